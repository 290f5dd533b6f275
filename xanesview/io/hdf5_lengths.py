"""How much text the attributes of an HDF5 object declare, as its header in the file says it.

Text of any length stands elsewhere, and its attribute says how long it is and where. The library makes room for as much
before it looks, up to 4 GB each time it is asked, and gives nobody that number: so it is read from the bytes here.
Attributes that lie in a heap of their own, as more than eight of one object may, are not seen.

References
----------
HDF5 File Format Specification Version 3.0, IV.A: object headers; IV.A.2.m: the attribute message.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

import h5py

_ATTRIBUTE, _CONTINUATION = 0x0C, 0x10
_SHARED = 2
_ANY_LENGTH = 9
_REFERENCE = 16  # bytes: a length, where the heap lies, and which of its objects
_MOST_BLOCKS = 200
_LONGEST_BLOCK = 4_000_000


def declared_text(one: h5py.Group | h5py.Dataset) -> int:
    """Return how many characters the attributes of an object declare to have, of those that are seen."""
    place = h5py.h5o.get_info(one.id).addr
    with open(one.file.filename, "rb") as stream:
        return sum(_declared(message) for message in _messages(stream, one.file.userblock_size, place))


def _messages(stream: BinaryIO, base: int, place: int) -> Iterator[bytes]:
    """Yield the attribute messages of an object header of either version."""
    stream.seek(base + place)
    head = stream.read(64)
    if head[:4] == b"OHDR" and len(head) >= 40:
        flags = head[5]
        at = 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        length = int.from_bytes(head[at : at + width], "little")
        form, size = ("<BHB", 4 + (2 if flags & 4 else 0))
        waiting = [(place + at + width, length)]
    elif head[:1] == b"\x01" and len(head) >= 16:
        form, size = "<HHB", 8
        waiting = [(place + 16, struct.unpack_from("<I", head, 8)[0])]
    else:
        return
    for _ in range(_MOST_BLOCKS):
        if not waiting:
            return
        begin, length = waiting.pop()
        stream.seek(base + begin)
        block = stream.read(min(length, _LONGEST_BLOCK))
        at = 4 if block[:4] == b"OCHK" else 0
        while at + size <= len(block):
            kind, n, flags = struct.unpack_from(form, block, at)
            content = block[at + size : at + size + n]
            if kind == _CONTINUATION and len(content) >= 16:
                waiting.append(struct.unpack_from("<QQ", content))
            elif kind == _ATTRIBUTE and not flags & _SHARED:
                yield content
            at += size + n


def _declared(message: bytes) -> int:
    """Return how many characters, or members of lists, an attribute declares; 0 where it holds what it says itself."""
    if len(message) < 9:
        return 0
    version, shared, *sizes = struct.unpack_from("<BBHHH", message)
    if version == 1:
        shared, sizes = 0, [(n + 7) // 8 * 8 for n in sizes]
    begin = 9 if version == 3 else 8
    name, kind, space = sizes
    at = begin + name
    if shared or len(message) <= at or message[at] & 0x0F != _ANY_LENGTH:
        return 0
    content = message[at + kind + space :]
    starts = range(0, len(content) - _REFERENCE + 1, _REFERENCE)
    return sum(struct.unpack_from("<I", content, start)[0] for start in starts)
