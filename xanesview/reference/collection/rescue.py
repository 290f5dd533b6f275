"""What can be read of a damaged collection, row by row, into a new one."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xanesview.reference.collection.file import connected, is_ours, new_collection, set_aside
from xanesview.reference.collection.rows import check_row, labels_of

log = logging.getLogger(__name__)

_MOST_TRIED = 2_000_000
"""So many numbers between the first and the last are asked for one by one."""


@dataclass(frozen=True)
class Rescued:
    """Where the damaged file is, and how many of its spectra stand in the new one."""

    aside: Path
    n_kept: int
    n_all: int


def rescue(path: Path) -> Rescued:
    """Set a damaged collection aside, and put what of it is sound into a new one in its place.

    Raises
    ------
    XanesviewError
        If the folder can't be written.
    """
    fresh = new_collection(path)
    try:
        n_kept, n_all = _copied(path, fresh)
        aside = set_aside(path)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return Rescued(aside, n_kept, n_all)


def _copied(path: Path, fresh: Path) -> tuple[int, int]:
    """Copy rows that are sound; return how many spectra, and of how many."""
    try:
        with (
            contextlib.closing(connected(path, writes=False)) as old,
            contextlib.closing(connected(fresh, writes=True)) as new,
        ):
            if not is_ours(old):
                return 0, 0
            new.execute("BEGIN")
            numbers = sorted(set(_numbers(old)))
            n_kept = sum(_copy(old, new, "spectrum", number) for number in numbers)
            for table in ("folder", "passed_over"):
                for number in sorted(set(_ends(old, table))):
                    _copy(old, new, table, number)
            if n_kept < len(numbers):  # watched files are read again, and bring back what was lost
                new.execute("UPDATE spectrum SET state = ''")
            new.commit()
            return n_kept, len(numbers)
    except sqlite3.DatabaseError as error:
        log.warning("nothing of the damaged library can be read: %s", error)
        return 0, 0


def _numbers(old: sqlite3.Connection) -> Iterator[int]:
    """Yield the numbers of spectra by every way that leads to them: each ends where it comes to a damaged page."""
    found = set(_ends(old, "spectrum"))
    for index in ("spectrum_by_digest", "spectrum_by_source"):
        for order in ("ASC", "DESC"):
            column = index.removeprefix("spectrum_by_")
            found |= set(_until_damage(
                old, f"SELECT rowid FROM spectrum INDEXED BY {index} ORDER BY {column} {order}"
            ))  # fmt: skip
    yield from found
    if found and max(found) - min(found) < _MOST_TRIED:
        for number in set(range(min(found), max(found))) - found:
            with contextlib.suppress(sqlite3.DatabaseError):
                if old.execute("SELECT 1 FROM spectrum WHERE rowid = ?", (number,)).fetchone():
                    yield number


def _ends(old: sqlite3.Connection, table: str) -> Iterator[int]:
    for order in ("ASC", "DESC"):
        yield from _until_damage(old, f"SELECT rowid FROM {table} NOT INDEXED ORDER BY rowid {order}")


def _until_damage(old: sqlite3.Connection, statement: str) -> Iterator[int]:
    with contextlib.suppress(sqlite3.DatabaseError):
        for (number,) in old.execute(statement):
            if isinstance(number, int):
                yield number


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: str, number: int) -> bool:
    """Copy one row, and tell whether it was sound."""
    try:
        there = [name for _, name, *_ in old.execute(f"PRAGMA table_info({table})")]
        names = [name for _, name, *_ in new.execute(f"PRAGMA table_info({table})") if name in there]
        columns = ", ".join(names)
        found = old.execute(f"SELECT {columns} FROM {table} NOT INDEXED WHERE rowid = ?", (number,)).fetchone()
        if found is None:
            return False
        row = dict(zip(names, found, strict=True))
        if table == "spectrum":
            check_row(row)
        else:
            labels_of(row)
        new.execute(f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(names))})", found)
    except (sqlite3.Error, ValueError) as error:
        log.warning("row %s of %s is left out: %s", number, table, error)
        return False
    return True
