"""ASE's .traj: a frame of a trajectory, the first where none is asked for (https://wiki.fysik.dtu.dk/ase/ase/io/ulm.html).

Numbers, positions, cell and periodic directions are taken from the file's own JSON and arrays of plain numbers.
ASE's own readers are not called: which of them reads a file is decided by its content, that of old trajectories
unpickles, which runs code, and the present one makes the objects that a file names and takes sizes of arrays on trust.
Files of those old versions are refused.
"""

from __future__ import annotations

import errno
import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.checks import checked_structure
from xanesview.io.structures.frames import chosen_frame, frame_notice
from xanesview.limits import MOST_ATOMS

MAGIC = b"- of Ulm"
_TAG = b"ASE-Trajectory"
_MOST_BYTES = 50_000_000  # of the JSON of one frame
_UNCHANGED = ("numbers", "pbc", "cell")
_KINDS = "iuf"  # integers and floating point numbers


def read_trajectory(path: Path, frame: int | None = None) -> Structure:
    """Return a frame of a trajectory, from 0; the first where none is asked for.

    Raises
    ------
    XanesviewError
        If the file is another kind of ULM file, damaged or cut off.
    """
    try:
        with path.open("rb") as stream:
            place, items, little = _items(path, stream, frame)
            numbers = _array(path, stream, items, "numbers", little)
            positions = _array(path, stream, items, "positions", little).reshape(-1, 3)
            cell = _array(path, stream, items, "cell", little).reshape(3, 3)
            pbc = np.array([bool(flag) for flag in items.get("pbc", [False] * 3)])
    except OSError as error:
        if error.errno == errno.EINVAL:  # a place before the file's beginning
            raise _damaged(path) from error
        raise XanesviewError(f"{path.name} cannot be read: {error.strerror or error}.", "Check the file.") from error
    except (ValueError, TypeError, AttributeError, struct.error, RecursionError, OverflowError) as error:
        raise _damaged(path) from error
    if len(positions) != len(numbers) or pbc.shape != (3,):
        raise _damaged(path)
    return structure_of_arrays(path, numbers, positions, cell, pbc, frame_notice(place, frame), path.stem, place)


def structure_of_arrays(
    path: Path,
    numbers: np.ndarray,
    positions: np.ndarray,
    cell: np.ndarray,
    pbc: np.ndarray,
    notices: Sequence[Notice],
    name: str,
    place: Mapping[str, int],
) -> Structure:
    """Return the structure of arrays that a file of ASE's holds: (N,), (N, 3) and (3, 3) in Å, (3,) bool.

    Raises
    ------
    XanesviewError
        For atoms that are no elements, and as `checked_structure`.
    """
    if not np.all(np.isin(numbers, np.arange(1, 119))):
        raise XanesviewError(f"{path.name} holds atoms that are no elements.", "Replace dummy atoms, or delete them.")
    pbc = pbc & cell.any(axis=1)
    return checked_structure(
        numbers.astype(int),
        positions,
        cell if pbc.any() else None,
        pbc if pbc.any() else None,
        notices,
        name=name,
        source=str(path),
        **place,
    )


def _items(path: Path, stream: BinaryIO, asked: int | None) -> tuple[dict[str, int], dict[str, Any], bool]:
    """Return which frame it is of how many, its JSON, and whether its arrays are little-endian.

    What does not change along a trajectory stands in its first frame only.
    """
    head = stream.read(48)
    if len(head) < 48 or not head.startswith(MAGIC) or not head[8:24].startswith(_TAG):
        raise XanesviewError(f"{path.name} is no trajectory of ASE.", "Other ULM files, such as GPAW's, are not read.")
    _, count, offsets_at = struct.unpack("<3q", head[24:48])
    if count < 1:
        raise XanesviewError(f"{path.name} holds no frame.", "The calculation that wrote it has not begun.")
    place = chosen_frame(path, count, asked, 0)
    first = _json(path, stream, offsets_at)
    items = first
    if place["frame"]:
        kept = {key: value for key, value in first.items() if key.rstrip(".") in _UNCHANGED}
        own = _json(path, stream, offsets_at + 8 * place["frame"])
        items = {key: v for key, v in kept.items() if key.rstrip(".") not in {k.rstrip(".") for k in own}} | own
    return place, items, bool(first.get("_little_endian", True))


def _json(path: Path, stream: BinaryIO, offset_at: int) -> dict[str, Any]:
    """Return the JSON of the frame whose place in the file stands at an offset."""
    stream.seek(offset_at)
    (offset,) = struct.unpack("<q", stream.read(8))
    stream.seek(offset)
    (size,) = struct.unpack("<q", stream.read(8))
    if not 0 < size <= _MOST_BYTES:
        raise _damaged(path)
    return json.loads(stream.read(size).decode("utf-8"))


def _array(path: Path, stream: BinaryIO, frame: dict[str, Any], key: str, little: bool) -> np.ndarray:
    """Return numbers that stand in the JSON, or where it says in the file."""
    value = frame.get(key, frame.get(f"{key}."))
    if isinstance(value, dict) and "array." in value:  # a cell with its own description
        value = value["array."]
    if isinstance(value, dict) and "ndarray" in value:
        shape, kind, offset = value["ndarray"]
        dtype = np.dtype(str(kind))
        count = int(np.prod([int(n) for n in shape], dtype=float))
        if dtype.kind not in _KINDS or not 0 <= count <= 3 * MOST_ATOMS:
            raise _damaged(path)
        stream.seek(int(offset))
        data = stream.read(count * dtype.itemsize)
        return np.frombuffer(data, dtype.newbyteorder("<" if little else ">"), count).astype(float)
    if isinstance(value, dict) and "__ndarray__" in value:
        value = value["__ndarray__"][2]
    return np.array(value, float)


def _damaged(path: Path) -> XanesviewError:
    return XanesviewError(f"{path.name} is damaged or cut off.", "Write the trajectory again, or its frame as .extxyz.")
