"""A foreign HDF5 file as a tree of columns: walked within limits, read without believing what it declares.

Files of beamlines hold images, tables in other files and packed text beside what is wanted here; these are passed over
where `io.hdf5.believed_h5` would refuse the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

from xanesview.errors import OddContent, XanesviewError, in_plain_words
from xanesview.io.hdf5 import check_dataset, refuse_complex
from xanesview.io.text_file import LARGEST, refuse_pipe

_DAMAGE = (
    OSError, KeyError, ValueError, IndexError, TypeError, RuntimeError, AttributeError, OverflowError, MemoryError,
)  # fmt: skip
_MOST_OBJECTS = 20_000
_DEEPEST = 12
_LARGEST_ATTRIBUTE = 10_000
_LARGEST_TEXT = 100_000
MOST_POINTS = 5_000_000
"""Numbers of one dataset that is read."""


@contextmanager
def opened_tree(path: Path) -> Iterator[h5py.File]:
    """Open a file to read; whatever is wrong with its content, in the block too, is told as one error.

    Raises
    ------
    XanesviewError
        If it is damaged, or an error of the block's own.
    """
    try:
        refuse_pipe(path)
        with h5py.File(path, "r", locking=False) as file:
            yield file
    except XanesviewError:
        raise
    except _DAMAGE as error:
        raise XanesviewError(
            f"{path.name} cannot be read as HDF5 ({in_plain_words(error)}).", "It may be damaged or cut off."
        ) from error


def groups_of(file: h5py.File) -> list[h5py.Group]:
    """Return the groups of a file, those on top first, each once, as far as they lie in the file itself."""
    found: list[h5py.Group] = []
    seen = set()
    waiting: list[tuple[h5py.Group, int]] = [(file, 0)]
    while waiting and len(found) < _MOST_OBJECTS:
        group, depth = waiting.pop(0)
        address = h5py.h5o.get_info(group.id).addr
        if address in seen:
            continue
        seen.add(address)
        found.append(group)
        if depth < _DEEPEST:
            waiting += [(one, depth + 1) for _, one in members(group) if isinstance(one, h5py.Group)]
    return found


def members(group: h5py.Group) -> list[tuple[str, h5py.Group | h5py.Dataset]]:
    """Return what lies in a group by name, in natural order; broken links and those to other files left out."""
    found = []
    for name in sorted(list(group)[:_MOST_OBJECTS], key=_natural):
        if isinstance(group.get(name, getlink=True), h5py.ExternalLink):
            continue
        try:
            one = group[name]
        except (KeyError, OSError, RuntimeError, ValueError):
            continue
        if isinstance(one, h5py.Group | h5py.Dataset):
            found.append((name, one))
    return found


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
    if not isinstance(one, h5py.Dataset) or one.dtype.kind not in "iuf" or not one.shape:
        return 0
    longer = [n for n in one.shape if n != 1]
    if len(longer) != 1 or not 3 <= longer[0] <= MOST_POINTS or one.is_virtual or one.external:
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
        if declared.get_space().get_simple_extent_npoints() * declared.get_type().get_size() > _LARGEST_ATTRIBUTE:
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
        one = group.get(name)
        if not isinstance(one, h5py.Dataset) or one.size != 1 or one.dtype.itemsize > _LARGEST_TEXT:
            return ""
        check_dataset(one, path)
        value = one[()]
    except (*_DAMAGE, XanesviewError, OddContent):
        return ""
    return _plain(value.reshape(-1)[0] if isinstance(value, np.ndarray) else value)


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", errors="replace")
    return " ".join(str(value)[:400].split())
