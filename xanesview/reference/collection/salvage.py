"""What can still be read of a damaged collection, row by row, and is kept in a new one."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from xanesview.errors import XanesviewError
from xanesview.reference.collection.file import LARGEST_VALUE, Damaged, has_index, opened, text_of
from xanesview.reference.collection.rows import entry_of, spectrum_of

log = logging.getLogger(__name__)

_COLUMNS = (
    "name", "compound", "element", "edge", "angle_deg", "tags", "citation", "kind", "label", "unit", "axis",
    "native_fwhm_ev", "energy_ev", "intensity", "digest", "facts", "thumbnail", "first_ev", "last_ev", "source",
    "place", "state", "missing", "edited", "words", "added",
)  # fmt: skip
_AT_ONCE = 200
_MOST_FAULTS = 50_000  # numbers without a row that are asked for: each takes microseconds
_ERRORS = (sqlite3.Error, ValueError, TypeError, OverflowError, XanesviewError)  # of a row, those of JSON among them


def salvage(damaged: Path, path: Path) -> int | None:
    """Copy what can be read of a damaged collection into a new one; return how many spectra, None where none can be.

    Each row is taken by itself: one page, or one value, of a file may be all that is damaged.
    """
    try:
        with contextlib.closing(_read_only(damaged)) as old, opened(path, writes=True) as new:
            count = sum(_take(new, row) for row in _rows(old))
            for table, columns in (("folder", "path, tags"), ("passed_over", "source, state, why")):
                _take_all(old, new, table, columns)
    except (*_ERRORS, OSError, Damaged) as error:
        log.warning("nothing of %s could be taken over: %s", damaged, error)
        return None
    return count or None


def _read_only(path: Path) -> sqlite3.Connection:
    name = quote(os.fsencode(path.absolute()))
    database = sqlite3.connect(f"file:{name}?mode=ro&immutable=1", uri=True, isolation_level=None)
    database.text_factory = text_of
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
    database.execute("PRAGMA trusted_schema = OFF")
    return database


def _rows(old: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Give the rows that can be read: in order as far as that goes, from there one by one."""
    there = {name for _, name, *_ in old.execute("PRAGMA table_info(spectrum)")}
    asked = ", ".join(name if name in there else "''" for name in _COLUMNS)
    last, highest, faults = 0, _highest(old), 0
    while last < highest and faults < _MOST_FAULTS:
        try:
            found = old.execute(
                f"SELECT number, {asked} FROM spectrum WHERE number > ? ORDER BY number LIMIT ?", (last, _AT_ONCE)
            ).fetchall()
            if not found:
                return
            yield from (row[1:] for row in found)
            last = found[-1][0]
        except _ERRORS:
            for number in range(last + 1, min(last + _AT_ONCE, highest) + 1):
                with contextlib.suppress(*_ERRORS):
                    yield from old.execute(f"SELECT {asked} FROM spectrum WHERE number = ?", (number,)).fetchall()
            last, faults = last + _AT_ONCE, faults + _AT_ONCE


def _highest(old: sqlite3.Connection) -> int:
    """Return the number of the last row; where its page is damaged, one far beyond."""
    try:
        return int(old.execute("SELECT max(number) FROM spectrum").fetchone()[0] or 0)
    except _ERRORS:
        return _MOST_FAULTS


def _take(new: sqlite3.Connection, row: tuple[Any, ...]) -> bool:
    """Keep a row if a spectrum can be made of it; tell whether."""
    told = dict(zip(_COLUMNS, row, strict=True))
    try:
        listed = ("name", "compound", "element", "edge", "angle_deg", "tags", "citation", "kind", "source", "missing",
                  "thumbnail", "first_ev", "last_ev")  # fmt: skip
        entry_of((0, *(told[name] for name in listed)))
        spectrum_of([told[name] for name in (
            "energy_ev", "intensity", "unit", "axis", "native_fwhm_ev", "kind", "facts", "name", "compound", "element",
            "edge", "angle_deg", "tags", "citation", "source",
        )])  # fmt: skip
        number = new.execute(
            f"INSERT INTO spectrum ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})", row
        ).lastrowid
        if has_index(new):
            new.execute("INSERT INTO word_index (rowid, words) VALUES (?, ?)", (number, str(told["words"])))
    except _ERRORS as error:
        log.warning("a spectrum of the damaged library is left out: %s", error)
        return False
    return True


def _take_all(old: sqlite3.Connection, new: sqlite3.Connection, table: str, columns: str) -> None:
    """Keep what can be read of a small table, up to its first damaged page."""
    with contextlib.suppress(*_ERRORS):
        for row in old.execute(f"SELECT {columns} FROM {table}"):
            if all(isinstance(value, str) for value in row):
                marks = ", ".join("?" * len(row))
                with contextlib.suppress(*_ERRORS):
                    new.execute(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", row)
