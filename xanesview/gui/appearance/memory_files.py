"""Small files in memory, for what Qt takes by a file's name only: no folder is needed that can be written to.

They are made as Qt's resource compiler makes them: a tree of nodes, the names, the contents, numbers with the highest
byte first.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from PySide6.QtCore import qRegisterResourceData

_VERSION, _FOLDER, _FILE, _ANY_LANGUAGE = 1, 2, 0, 1
#: Qt reads them where they lie, so they are kept.
_registered: list[tuple[bytes, bytes, bytes]] = []


def register(folder: str, files: Mapping[str, bytes]) -> dict[str, str]:
    """Let Qt find files in memory.

    Parameters
    ----------
    folder : their folder's name, not used before
    files : contents by name

    Returns
    -------
    dict
        Path of each file, by name.
    """
    ordered = sorted(files, key=_hash)  # Qt looks names up by halves
    names, contents, nodes = _name(folder), b"", b""
    for name in ordered:
        nodes += struct.pack(">IHHHI", len(names), _FILE, 0, _ANY_LANGUAGE, len(contents))
        names += _name(name)
        contents += struct.pack(">I", len(files[name])) + files[name]
    root = struct.pack(">IHII", 0, _FOLDER, 1, 1)
    tree = root + struct.pack(">IHII", 0, _FOLDER, len(ordered), 2) + nodes
    _registered.append((tree, names, contents))
    qRegisterResourceData(_VERSION, *_registered[-1])
    return {name: f":/{folder}/{name}" for name in files}


def _name(text: str) -> bytes:
    return struct.pack(">HI", len(text), _hash(text)) + text.encode("utf-16-be")


def _hash(text: str) -> int:
    """Return Qt's hash of a name, as the System V object format defines it."""
    found = 0
    for character in text:
        found = (found << 4) + ord(character)
        found ^= (found & 0xF0000000) >> 23
        found &= 0x0FFFFFFF
    return found
