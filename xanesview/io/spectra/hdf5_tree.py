"""A foreign HDF5 file as a tree of columns: walked within limits, read without believing what it declares.

Files of beamlines hold images, tables in other files and packed text beside what is wanted here; these are passed over
where `io.hdf5.believed_h5` would refuse the whole file.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

from xanesview.errors import OddContent, XanesviewError, in_plain_words
from xanesview.io.hdf5 import (
    check_dataset,
    declared_bytes,
    is_any_text,
    is_list,
    lies_elsewhere,
    read_h5,
    refuse_complex,
)
from xanesview.io.hdf5_lengths import declared_text
from xanesview.io.text_file import LARGEST

_DAMAGE = (
    OSError, KeyError, ValueError, IndexError, TypeError, RuntimeError, AttributeError, OverflowError, MemoryError,
)  # fmt: skip
_MOST_OBJECTS = 20_000
_DEEPEST = 12
_LARGEST_ATTRIBUTE = 10_000
_LARGEST_TEXT = 100_000
MOST_POINTS = 5_000_000
"""Numbers of one dataset that is read."""
_Member = tuple[str, h5py.Group | h5py.Dataset]
_walked: dict[int, dict[tuple[int, str], list]] = {}
"""What was found in the groups of files that are open, by file and place: several readings look at each group."""


@contextmanager
def opened_tree(path: Path) -> Iterator[h5py.File]:
    """Open a file to read; whatever is wrong with its content, in the block too, is told as one error.

    Raises
    ------
    XanesviewError
        If it is damaged, or an error of the block's own.
    """
    try:
        with read_h5(path) as file:
            number = h5py.h5o.get_info(file.id).fileno
            _walked[number] = {}
            try:
                yield file
            finally:
                _walked.pop(number, None)
    except XanesviewError:
        raise
    except _DAMAGE as error:
        raise XanesviewError(
            f"{path.name} cannot be read as HDF5 ({in_plain_words(error)}).", "It may be damaged or cut off."
        ) from error


def groups_of(file: h5py.Group) -> list[h5py.Group]:
    """Return the groups of a file, those on top first, each once, as far as they lie in the file itself."""
    return _kept(file, "groups", lambda: [group for group, _ in _groups(file)])


def groups_with_data(file: h5py.Group) -> list[h5py.Group]:
    """Return those groups of a file that have a dataset in or below them, and the file itself."""

    def look() -> list[h5py.Group]:
        found = _groups(file)
        full = {0}
        for place, (group, parent) in reversed(list(enumerate(found))):
            if place in full or any(isinstance(one, h5py.Dataset) for _, one in members(group)):
                full |= {place, parent}
        return [group for place, (group, _) in enumerate(found) if place in full]

    return _kept(file, "groups with data", look)


def _groups(file: h5py.Group) -> list[tuple[h5py.Group, int]]:
    """Return each group with the place of the one above it; the file with its own."""
    found: list[tuple[h5py.Group, int]] = []
    seen = set()
    waiting: deque[tuple[h5py.Group, int, int]] = deque([(file, 0, 0)])
    while waiting and len(found) < _MOST_OBJECTS:
        group, depth, parent = waiting.popleft()
        address = h5py.h5o.get_info(group.id).addr
        if address in seen:
            continue
        seen.add(address)
        place = len(found)
        found.append((group, parent))
        if depth < _DEEPEST:
            waiting += [(one, depth + 1, place) for _, one in members(group) if isinstance(one, h5py.Group)]
    return found


def members(group: h5py.Group) -> list[_Member]:
    """Return what lies in a group by name, in natural order; broken links and what lies in other files left out."""
    return _kept(group, "members", lambda: _members(group))


def member(group: h5py.Group, name: str | None) -> h5py.Group | h5py.Dataset | None:
    """Return what a group has of a name or a path; None where that is nothing, broken, or lies in another file."""
    try:
        one = group[name] if name else None
    except _DAMAGE:
        return None
    if isinstance(one, h5py.Dataset):
        return None if lies_elsewhere(one) else one
    return one if isinstance(one, h5py.Group) else None


def refuse_elsewhere(group: h5py.Group, name: str | None, path: Path) -> None:
    """Refuse what a group has of a name or a path if it lies in another file.

    Raises
    ------
    XanesviewError
        If it does.
    """
    try:
        is_elsewhere = bool(name) and _leads_away(group, name)
    except _DAMAGE:
        return
    if is_elsewhere:
        raise XanesviewError(
            f"{name} of {path.name} lies in other files, which are not followed.",
            "Copy it into one file first, as h5copy -f ext and h5repack do.",
        )


def _leads_away(group: h5py.Group, name: str, most: int = 10) -> bool:
    """Tell whether a path leads into another file, by links of its own file as well."""
    at = group.file if name.startswith("/") else group
    for part in filter(None, name.split("/")):
        link = at.get(part, getlink=True)
        if isinstance(link, h5py.ExternalLink):
            return True
        if isinstance(link, h5py.SoftLink) and most and _leads_away(at, _decoded(link.path), most - 1):
            return True
        at = at[part]
    return isinstance(at, h5py.Dataset) and lies_elsewhere(at)


def refuse_all_elsewhere(top: h5py.Group, path: Path) -> None:
    """Refuse the first that lies in another file; for files of which nothing else can be read."""
    for group in groups_of(top):
        there = {name for name, _ in members(group)}
        for key in list(group)[:_MOST_OBJECTS]:
            if key not in there:
                refuse_elsewhere(group, key, path)


def _members(group: h5py.Group) -> list[_Member]:
    found = []
    for key in list(group)[:_MOST_OBJECTS]:
        if isinstance(group.get(key, getlink=True), h5py.ExternalLink):
            continue
        one = member(group, key)
        if one is not None:
            found.append((_decoded(key), one))
    return sorted(found, key=lambda pair: _natural(pair[0]))


def _kept(group: h5py.Group, what: str, look: Callable[[], list]) -> list:
    """Return what was found in a group before, as long as its file is open; else look."""
    facts = h5py.h5o.get_info(group.id)
    known = _walked.get(facts.fileno)
    if known is None:
        return look()
    key = (facts.addr, what)
    if key not in known:
        known[key] = look()
    return known[key]


def refuse_complex_in(groups: list[h5py.Group], path: Path) -> None:
    """Refuse the first table of complex numbers; for files of which nothing else can be read.

    Raises
    ------
    XanesviewError
        If there is one.
    """
    for group in groups:
        for _, one in members(group):
            if isinstance(one, h5py.Dataset):
                refuse_complex(one, path)


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() and part.isascii() and len(part) < 10 else (0, part)
            for part in re.split(r"(\d+)", name)]  # fmt: skip


def length_of(one: object) -> int:
    """Return how many numbers a dataset has along its one dimension longer than 1; 0 for anything else."""
    if not isinstance(one, h5py.Dataset) or one.dtype.kind not in "iuf" or lies_elsewhere(one) or not one.shape:
        return 0
    longer = [n for n in one.shape if n != 1]
    if len(longer) != 1 or not 3 <= longer[0] <= MOST_POINTS:
        return 0
    return longer[0]


def numbers(one: h5py.Dataset, path: Path) -> np.ndarray:
    """Return the numbers of a dataset in its own dimensions; NaN beyond what can be measured.

    Raises
    ------
    XanesviewError, OSError
        Where it declares more than is there, is damaged, or complex.
    """
    check_dataset(one, path)
    values = np.asarray(one[()], dtype=np.float64)
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(values) < LARGEST, values, np.nan)


def column(one: h5py.Dataset, path: Path) -> np.ndarray:
    """Return the numbers of a dataset of one dimension, others of length 1 left out."""
    return numbers(one, path).reshape(-1)


def attribute(one: h5py.Group | h5py.Dataset, name: str) -> str:
    """Return an attribute as text, lists parted by spaces; empty where there is none or it is no small text."""
    try:
        if name not in one.attrs:
            return ""
        declared = one.attrs.get_id(name)
        if declared_bytes(declared) > _LARGEST_ATTRIBUTE or is_list(declared.dtype):
            return ""
        if is_any_text(declared.dtype) and declared_text(one) > _LARGEST_TEXT:
            return ""
        value = one.attrs[name]
    except _DAMAGE:
        return ""
    if isinstance(value, np.ndarray):
        return " ".join(_plain(item) for item in value.reshape(-1)[:50])
    return _plain(value)


def text(group: h5py.Group, name: str, path: Path) -> str:
    """Return the text, or a single number, of a dataset of a group; empty where there is none that can be believed."""
    try:
        one = member(group, name)
        if not isinstance(one, h5py.Dataset) or one.size != 1 or one.dtype.itemsize > _LARGEST_TEXT:
            return ""
        check_dataset(one, path)
        value = one[()]
    except (*_DAMAGE, XanesviewError, OddContent):
        return ""
    return _plain(value.reshape(-1)[0] if isinstance(value, np.ndarray) else value)


def _plain(value: object) -> str:
    if isinstance(value, bytes | str):
        value = _decoded(value)
    return " ".join(str(value)[:400].split())


def _decoded(value: bytes | str) -> str:
    """Return text of a file, in Latin-1 where it is no UTF-8, whose bytes the library gives as they are."""
    raw = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
