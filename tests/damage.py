"""Ways in which a file on a disk goes bad."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def cut_off(content: bytes) -> bytes:
    """Return the first half: a copy that was interrupted."""
    return content[: len(content) // 2]


def cut_off_late(content: bytes) -> bytes:
    """Return all but the last bytes."""
    return content[:-30]


def flipped(content: bytes) -> bytes:
    """Return it with one bit changed in the middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0x10]) + content[middle + 1 :]


def zeroed(content: bytes) -> bytes:
    """Return it with zeros in the middle: a block that never reached the disk."""
    third = len(content) // 3
    return content[:third] + bytes(third) + content[2 * third :]


def empty(content: bytes) -> bytes:
    """Return nothing."""
    return b""


def another(content: bytes) -> bytes:
    """Return something else entirely."""
    return b"<html>404 Not Found</html>" * 20


KINDS: tuple[Callable[[bytes], bytes], ...] = (cut_off, cut_off_late, flipped, zeroed, empty, another)


def damage(path: Path, kind: Callable[[bytes], bytes]) -> None:
    """Let a file go bad in place."""
    path.write_bytes(kind(path.read_bytes()))
