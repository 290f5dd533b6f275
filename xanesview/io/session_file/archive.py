"""The zip that a session file is: what it is called first, then its text, then its arrays, each once.

Arrays are named by their content, so that a tensor which stands in two places is written once. They are stored as they
are: numbers hardly pack, and packing would take longer than writing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

import numpy as np

from xanesview.errors import DamagedFileError, OddContent, in_plain_words
from xanesview.io.npz import DAMAGE
from xanesview.io.session_mark import FIRST, MIME, has_magic
from xanesview.limits import LARGEST_SESSION_TEXT, LARGEST_TABLE, MOST_MEMBERS, check_bytes, check_count

_TEXT, _ARRAYS, _ENDING = "session.json", "arrays/", ".npy"
_WHEN = (1980, 1, 1, 0, 0, 0)
_BEST_PACKED = 20
_DAMAGED = "It is damaged or cut off; take an older copy of it."


class ArraysWritten:
    """Takes arrays and names them by their content."""

    def __init__(self) -> None:
        self.members: dict[str, bytes] = {}
        self._names: dict[int, tuple[str, np.ndarray]] = {}  # by id, with the array, so that its id stays taken

    def put(self, array: np.ndarray) -> str:
        """Take an array and return its name."""
        if id(array) in self._names:
            return self._names[id(array)][0]
        content = BytesIO()
        np.lib.format.write_array(content, np.ascontiguousarray(array).reshape(array.shape), allow_pickle=False)
        data = content.getvalue()
        name = name_of(data)
        self.members[f"{_ARRAYS}{name}{_ENDING}"] = data
        self._names[id(array)] = (name, array)
        return name


class ArraysRead:
    """Gives the arrays of an archive, each read once; keeps count of which were asked for."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._found: dict[str, np.ndarray] = {}
        self._damaged: set[str] = set()

    def get(self, name: str) -> np.ndarray:
        """Return the array of a name.

        Raises
        ------
        OddContent
            If it is missing, or isn't what was written under that name.
        """
        if name not in self._found:
            self._found[name] = self._read(name)
        return self._found[name]

    def damaged(self, names: Iterable[str]) -> frozenset[str]:
        """Return those of the names whose arrays can't be used."""
        for name in names:
            try:
                self.get(name)
            except OddContent:
                self._damaged.add(name)
        return frozenset(self._damaged)

    def _read(self, name: str) -> np.ndarray:
        try:
            data = self._archive.read(f"{_ARRAYS}{name}{_ENDING}")
            if name_of(data) != name:
                raise OddContent("an array is not what was saved")
            array = _array(data)
        except DAMAGE as error:
            raise error if isinstance(error, OddContent) else OddContent("an array is damaged") from error
        array.setflags(write=False)
        return array

    def member(self, name: str) -> bytes:
        """Return the bytes of a member of the archive."""
        return self._archive.read(name)

    def left(self) -> dict[str, bytes]:
        """Return the members that were not asked for, by name; those that are damaged are of no use to anybody."""
        asked = {f"{_ARRAYS}{name}{_ENDING}" for name in (*self._found, *self._damaged)} | {FIRST, _TEXT}
        found = {}
        for name in self._archive.namelist():
            if name not in asked and not name.endswith("/"):
                with contextlib.suppress(*DAMAGE):
                    found[name] = self._archive.read(name)
        return found


def name_of(data: bytes) -> str:
    """Return the name of an array by the bytes of its member."""
    return hashlib.sha256(data).hexdigest()[:32]


def _array(data: bytes) -> np.ndarray:
    """Return the array of a member, which declares no more than it holds."""
    stream = BytesIO(data)
    head = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    shape, _, dtype = head[np.lib.format.read_magic(stream)](stream)
    if math.prod(shape) * dtype.itemsize != len(data) - stream.tell():
        raise OddContent("an array is not as large as it declares")
    stream.seek(0)
    return np.lib.format.read_array(stream, allow_pickle=False)


def packed(text: Mapping[str, Any], members: Mapping[str, bytes]) -> bytes:
    """Return the bytes of a session file."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo(FIRST, _WHEN), MIME)
        said = zipfile.ZipInfo(_TEXT, _WHEN)
        archive.writestr(said, json.dumps(text, indent=1, allow_nan=False), zipfile.ZIP_DEFLATED, 6)
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _WHEN), data)
    return content.getvalue()


def unpacked(file: str, content: bytes) -> tuple[dict[str, Any], ArraysRead]:
    """Return what a session file says, and its arrays, after a look at all sizes that it declares.

    Parameters
    ----------
    file : what it is called
    content : its bytes

    Raises
    ------
    DamagedFileError
        If it is no such file, or was cut off or changed.
    XanesviewError
        If it is too large.
    """
    no_session = DamagedFileError(f"{file} is no session file.", "Open one that xanesview has saved.")
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except DAMAGE as error:
        raise damaged(file, error) if has_magic(content) else no_session from error
    if _TEXT not in archive.namelist():  # nor one that another program has unpacked and packed again
        raise damaged(file, OddContent("it says nothing")) if has_magic(content) else no_session
    try:
        check_count(len(archive.infolist()), MOST_MEMBERS, "members of an archive", _DAMAGED, DamagedFileError)
        _check_unfolded(archive, len(content))
        check_bytes(sum(one.file_size for one in archive.infolist()), LARGEST_TABLE, file, _DAMAGED)
        check_bytes(archive.getinfo(_TEXT).file_size, LARGEST_SESSION_TEXT, file, _DAMAGED)
        said = json.loads(archive.read(_TEXT))
    except (*DAMAGE, OddContent, RecursionError) as error:
        raise damaged(file, error) from error
    if not isinstance(said, dict):
        raise damaged(file, OddContent("it says nothing"))
    return said, ArraysRead(archive)


def _check_unfolded(archive: zipfile.ZipFile, n_bytes: int) -> None:
    """Refuse what unfolds to far more than it is: arrays are stored as they are, and text packs no better than this."""
    if sum(one.file_size for one in archive.infolist()) > LARGEST_SESSION_TEXT + _BEST_PACKED * n_bytes:
        raise OddContent("it declares far more than it holds")


def damaged(file: str, error: BaseException) -> DamagedFileError:
    """Return what to tell of a session file that can't be read."""
    return DamagedFileError(f"{file} cannot be read ({in_plain_words(error)}).", _DAMAGED)
