"""The heaps in which an HDF5 file keeps text of any length, checked before the library reads them.

Where one is damaged the library reads for ever or beyond its memory, which ends the process: it goes from one object to
the next by sizes that it believes, and one of 0 leads it nowhere. So they are gone through here first.

References
----------
HDF5 File Format Specification Version 3.0, III.E. Disk Format: Level 1E - Global Heap.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from xanesview.errors import OddContent

_MARK = b"GCOL\x01\0\0\0"  # signature, version, three bytes of nothing
_HEADER = 16
_BLOCK = 8_000_000
_ALL_OF = 256_000_000
"""Of larger files beginning and end are looked at: text is written before numbers, or after them."""


def refuse_damaged_heaps(path: Path) -> None:
    """Refuse a file with a heap whose objects do not fill it one after the other.

    Raises
    ------
    OddContent
        If there is one.
    OSError
        If the file can't be read.
    """
    facts = path.stat()
    if _has_damaged(path, facts.st_dev, facts.st_ino, facts.st_mtime_ns, facts.st_size):
        raise OddContent("its table of text is damaged")


@lru_cache(maxsize=64)
def _has_damaged(path: Path, *version: int) -> bool:
    size = version[-1]
    parts = [(0, size)] if size <= _ALL_OF else [(0, _ALL_OF // 2), (size - _ALL_OF // 2, size)]
    with path.open("rb") as stream:
        return any(_is_damaged(stream, at, size) for begin, end in parts for at in list(_places(stream, begin, end)))


def _places(stream: BinaryIO, begin: int, end: int) -> Iterator[int]:
    """Yield where heaps begin."""
    overlap = len(_MARK) - 1
    for start in range(begin, end, _BLOCK):
        stream.seek(start)
        block = stream.read(min(_BLOCK + overlap, end - start))
        at = block.find(_MARK)
        while at >= 0:
            yield start + at
            at = block.find(_MARK, at + 1)


def _is_damaged(stream: BinaryIO, begin: int, in_file: int) -> bool:
    """Whether the objects of a heap don't end where it ends; the one without a number is what is left free."""
    stream.seek(begin)
    head = stream.read(_HEADER)
    if len(head) < _HEADER:
        return True
    (size,) = struct.unpack_from("<Q", head, 8)
    if not _HEADER <= size <= in_file - begin:
        return True
    heap, at = head + stream.read(size - _HEADER), _HEADER
    while len(heap) - at >= _HEADER:
        number, _, _, length = struct.unpack_from("<HHIQ", heap, at)
        needed = length if number == 0 else _HEADER + (length + 7) // 8 * 8
        if not _HEADER <= needed <= len(heap) - at:
            return True
        at += needed
    return False
