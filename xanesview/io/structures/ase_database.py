"""ASE's .db: a row of an SQLite database of atoms, the first where none is asked for (https://ase-lib.org).

Numbers, positions, cell and periodic directions are taken from the table ``systems`` as the plain arrays that they are.
ASE's own reader is not called: it makes objects of what the rows' JSON names. The file is opened to be read only, and
only a table of it is asked, never a view, by statements that are broken off where they take too long.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from pathlib import Path
from urllib.parse import quote

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.ase_trajectory import structure_of_arrays
from xanesview.io.structures.frames import chosen_frame, frame_notice
from xanesview.limits import MOST_ATOMS

MAGIC = b"SQLite format 3\0"
_PATIENCE_S = 10.0
_STEPS = 100_000  # of SQLite's machine between two looks at the clock
_PERIODIC = np.array([1, 2, 4])  # the bit of each cell vector


def read_database(path: Path, frame: int | None = None) -> Structure:
    """Return the atoms of a row, counted from 0 in the order of their numbers; the first where none is asked for.

    Raises
    ------
    XanesviewError
        If the file is another kind of database, damaged or without atoms.
    """
    try:
        with contextlib.closing(_opened(path)) as database:
            count = _count(path, database)
            place = chosen_frame(path, count, frame, 0)
            row = database.execute(
                "SELECT id, numbers, positions, cell, pbc FROM systems ORDER BY id LIMIT 1 OFFSET ?", (place["frame"],)
            ).fetchone()
        number, *arrays, periodic = row
        numbers, positions, cell = (
            np.frombuffer(blob or b"", kind) for blob, kind in zip(arrays, ("<i4", "<f8", "<f8"), strict=True)
        )
        positions, cell = positions.reshape(-1, 3), cell.reshape(-1, 3) if len(cell) else np.zeros((3, 3))
        pbc = (int(periodic or 0) & _PERIODIC).astype(bool)
    except (sqlite3.Error, ValueError, TypeError, OverflowError) as error:
        raise _damaged(path) from error
    if len(positions) != len(numbers) or cell.shape != (3, 3) or len(numbers) > MOST_ATOMS:
        raise _damaged(path)
    name = path.stem if count == 1 else f"{path.stem} {number}"
    return structure_of_arrays(path, numbers, positions, cell, pbc, frame_notice(place, frame), name, place)


def _opened(path: Path) -> sqlite3.Connection:
    """Open a database that nobody is to be trusted with: read only, without its triggers and functions."""
    name = quote(os.fsencode(path.absolute()))
    database = sqlite3.connect(f"file:{name}?mode=ro&immutable=1", uri=True)
    end = time.monotonic() + _PATIENCE_S
    database.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 32 * MOST_ATOMS)
    database.execute("PRAGMA trusted_schema = OFF")
    return database


def _count(path: Path, database: sqlite3.Connection) -> int:
    """Return how many rows of atoms there are."""
    kinds = dict(database.execute("SELECT name, type FROM sqlite_master WHERE name = 'systems'"))
    if kinds.get("systems") != "table":
        raise XanesviewError(f"{path.name} is no database of ASE.", "Structures are read from its table “systems”.")
    (count,) = database.execute("SELECT count(*) FROM systems").fetchone()
    if count < 1:
        raise XanesviewError(f"{path.name} holds no atoms.", "Its table “systems” is empty.")
    return int(count)


def _damaged(path: Path) -> XanesviewError:
    return XanesviewError(f"{path.name} is damaged or cut off.", "Write the database again, or its row as .extxyz.")
