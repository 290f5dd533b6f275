"""The file of the user's collection: SQLite, made, migrated, and set aside where it is damaged.

Each piece of work opens the file, does one short transaction and closes it, so that two windows and their threads use
it side by side, also on a disk of the network; who finds it busy waits. The tables are made and changed by `_STEPS`:
how many of them were done stands in the file.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from typing import Any
from urllib.parse import quote

from xanesview.errors import XanesviewError
from xanesview.paths import data_dir

log = logging.getLogger(__name__)

NAME = "library.sqlite"
APPLICATION = 0x78617665  # "xave"
BUSY_S = 5.0
_LARGEST_VALUE = 64_000_000  # bytes of a text or an array
_STEPS = (
    """
    CREATE TABLE folder (number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
    CREATE TABLE spectrum (
        number INTEGER PRIMARY KEY,
        name TEXT NOT NULL, compound TEXT NOT NULL, element TEXT NOT NULL, edge TEXT NOT NULL, angle_deg REAL,
        tags TEXT NOT NULL, citation TEXT NOT NULL,
        kind TEXT NOT NULL, label TEXT NOT NULL, unit TEXT NOT NULL, axis TEXT NOT NULL, native_fwhm_ev REAL NOT NULL,
        energy_ev BLOB NOT NULL, intensity BLOB NOT NULL, digest TEXT NOT NULL, facts TEXT NOT NULL,
        thumbnail BLOB NOT NULL, first_ev REAL NOT NULL, last_ev REAL NOT NULL,
        source TEXT NOT NULL, place INTEGER NOT NULL, state TEXT NOT NULL, missing INTEGER NOT NULL,
        edited TEXT NOT NULL, words TEXT NOT NULL, added TEXT NOT NULL
    );
    CREATE INDEX spectrum_by_source ON spectrum (source, place);
    CREATE INDEX spectrum_by_digest ON spectrum (digest);
    CREATE TABLE passed_over (source TEXT PRIMARY KEY, state TEXT NOT NULL, why TEXT NOT NULL);
    """,
    "ALTER TABLE folder ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'",
)
VERSION = len(_STEPS)
_INDEX = "CREATE VIRTUAL TABLE IF NOT EXISTS word_index USING fts5(words, tokenize = 'unicode61 remove_diacritics 2')"
_checked: set[tuple[str, int]] = set()


#: Halves of surrogates, as Python has the bytes of names that are no UTF-8, and what they are kept as: SQLite takes
#: neither. Nobody writes with the characters of the last private plane.
_HALF, _KEPT = re.compile(r"[\ud800-\udfff]"), re.compile(r"[\U0010d800-\U0010dfff]")
_APART = 0x100000


class _Database(sqlite3.Connection):
    """A connection that takes any text of Python, and gives it back as it was."""

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> sqlite3.Cursor:
        return super().execute(statement, [_kept(value) if isinstance(value, str) else value for value in values])


def _kept(text: str) -> str:
    return _HALF.sub(lambda half: chr(ord(half[0]) + _APART), text)


def _text_of(raw: bytes) -> str:
    return _KEPT.sub(lambda half: chr(ord(half[0]) - _APART), raw.decode("utf-8", "replace"))


class Damaged(Exception):
    """The file is no collection, or a part of it can't be read; it is to be set aside."""


def collection_path() -> Path:
    """Return where the collection stands; there may be none yet."""
    return data_dir() / NAME


@contextlib.contextmanager
def opened(path: Path, writes: bool = False) -> Iterator[sqlite3.Connection]:
    """Open the collection for one transaction; it is undone where something is raised.

    Raises
    ------
    Damaged
        If its content is no collection.
    XanesviewError
        If it can't be opened or written, or comes from a newer version.
    """
    try:
        writes = writes or (path.exists() and _is_to_be_brought_up(path))
        with contextlib.closing(connected(path, writes)) as database:
            _look_over(path, database)
            _refuse_newer(path, database)
            if writes:
                database.execute("BEGIN IMMEDIATE")
                _migrate(path, database)
            yield database
            if writes:
                database.commit()
    except sqlite3.OperationalError as error:
        if str(error).startswith("no such") or any(word in str(error) for word in ("fts5", "vtable", "word_index")):
            raise Damaged(str(error)) from error
        raise _cannot(path, error) from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError):
            raise
        raise Damaged(str(error)) from error


def is_writable(path: Path) -> bool:
    """Whether the collection can be written, as far as permissions tell."""
    return os.access(path if path.exists() else path.parent, os.W_OK) and os.access(path.parent, os.W_OK)


def set_aside(path: Path) -> Path:
    """Give a damaged collection another name, so that a new one can begin, and return that name.

    Raises
    ------
    XanesviewError
        If it can't be renamed.
    """
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    names = (f"{path.stem}-damaged-{stamp}{more}{path.suffix}" for more in chain([""], (f"-{k}" for k in count(2))))
    aside = next(one for one in map(path.with_name, names) if not one.exists())
    try:
        path.replace(aside)
        journal = path.with_name(path.name + "-journal")
        if journal.exists():  # it would be played back into the new one
            journal.replace(aside.with_name(aside.name + "-journal"))
    except FileNotFoundError:  # another window has done it
        return aside
    except OSError as error:
        raise XanesviewError(
            f"The library {path} is damaged, and can't be set aside ({error.strerror}).", "Move it away by hand."
        ) from error
    log.warning("the damaged library was set aside as %s", aside)
    return aside


def has_index(database: sqlite3.Connection) -> bool:
    """Whether words can be searched by an index: where SQLite has FTS5, and the file was written by one that has."""
    there = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'word_index'").fetchone()[0]
    return bool(there) and _has_fts5(database)


def _is_to_be_brought_up(path: Path) -> bool:
    """Whether a file has tables of an earlier version, or none yet, since another window makes them.

    One that can't be written is read as it is.
    """
    with contextlib.closing(connected(path, writes=False)) as database:
        version = _version(database)
    return version < VERSION and (version == 0 or is_writable(path))


def connected(path: Path, writes: bool) -> sqlite3.Connection:
    """Return a connection to a file that nobody has looked over; who asks closes it."""
    name = quote(os.fsencode(path.absolute()))
    if writes and not is_writable(path):
        raise XanesviewError(
            f"Nothing can be kept in the library: {path} cannot be written.",
            "Make room there and make it writable, or name another folder in the environment variable XANESVIEW_HOME.",
        )
    # who only reads may have to write, too: what a window that has crashed left half done is undone by the next one
    how = "mode=rwc" if writes else "mode=rw" if is_writable(path) else "mode=ro&immutable=1"
    database = sqlite3.connect(f"file:{name}?{how}", uri=True, timeout=BUSY_S, isolation_level=None, factory=_Database)
    database.text_factory = _text_of
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE)
    return database


def _look_over(path: Path, database: sqlite3.Connection) -> None:
    """Check once a process that the file is whole and ours: it is nobody's to be trusted."""
    database.execute("PRAGMA trusted_schema = OFF")
    with contextlib.suppress(FileNotFoundError):
        if (str(path), path.stat().st_ino) in _checked:
            return
    # what can't be mended, since nothing can be written there, is read as far as that goes
    if is_writable(path) and database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise Damaged("quick_check")
    if not is_ours(database):
        raise Damaged("another program's")
    if is_writable(path) and _version(database) == VERSION and has_index(database):
        _look_over_index(database)
    _checked.add((str(path), path.stat().st_ino))


def is_ours(database: sqlite3.Connection) -> bool:
    """Whether a file is a collection, or will be one: it has nothing that acts by itself."""
    kinds = {kind for (kind,) in database.execute("SELECT type FROM sqlite_master")}
    application = database.execute("PRAGMA application_id").fetchone()[0]
    return not kinds or (application == APPLICATION and not kinds - {"table", "index"})


def new_collection(path: Path) -> Path:
    """Make an empty collection beside another one, and return where it is."""
    fresh = path.with_name(f"{path.stem}-new-{os.getpid()}-{threading.get_ident()}{path.suffix}")
    fresh.unlink(missing_ok=True)
    with opened(fresh, writes=True):
        pass
    return fresh


def _look_over_index(database: sqlite3.Connection) -> None:
    """Check that the index is whole and has the words of the spectra; fill it anew where it has others."""
    database.execute("BEGIN IMMEDIATE")  # SQLite has the check as something that is written
    database.execute("INSERT INTO word_index (word_index) VALUES ('integrity-check')")
    if _is_index_stale(database):
        _fill_index(database)
    database.commit()


def _is_index_stale(database: sqlite3.Connection) -> bool:
    """Whether the index has other words than the spectra; a file written where SQLite has none is so, too."""
    differing = (
        "SELECT EXISTS (SELECT 1 FROM spectrum LEFT JOIN word_index ON word_index.rowid = number "
        "WHERE word_index.words IS NOT spectrum.words)"
    )
    counts = [database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("spectrum", "word_index")]
    return counts[0] != counts[1] or bool(database.execute(differing).fetchone()[0])


def _fill_index(database: sqlite3.Connection) -> None:
    database.execute("DELETE FROM word_index")
    database.execute("INSERT INTO word_index (rowid, words) SELECT number, words FROM spectrum")


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _refuse_newer(path: Path, database: sqlite3.Connection) -> None:
    if _version(database) > VERSION:
        raise XanesviewError(
            f"The library {path} was written by a newer version of the program.", "Install the newer version again."
        )


def _migrate(path: Path, database: sqlite3.Connection) -> None:
    """Bring the tables to the present version, within the transaction that is open; an index where there can be one."""
    _refuse_newer(path, database)
    version = _version(database)
    for number, step in enumerate(_STEPS[version:], start=version + 1):
        for statement in filter(None, map(str.strip, step.split(";"))):
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {number}")
        database.execute(f"PRAGMA application_id = {APPLICATION}")
    if _has_fts5(database):
        database.execute(_INDEX)
        counts = [database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("spectrum", "word_index")]
        if counts[0] != counts[1]:  # written where SQLite has no index
            _fill_index(database)


def _has_fts5(database: sqlite3.Connection) -> bool:
    return any(option == "ENABLE_FTS5" for (option,) in database.execute("PRAGMA compile_options"))


def _cannot(path: Path, error: sqlite3.OperationalError) -> XanesviewError:
    """Return what to tell where the file can't be used just now, in words of our own."""
    text = str(error).lower()
    log.warning("the library %s can't be used: %s", path, error)
    if "locked" in text or "busy" in text:
        return XanesviewError("The library is in use by another window for long.", "Try again in a moment.")
    if "full" in text:
        return XanesviewError(f"There is no room for the library at {path}.", "Make room on that disk.")
    if "readonly" in text or "read-only" in text or "unable to open" in text:
        return XanesviewError(f"The library {path} cannot be opened or written.", "Check its permissions.")
    return XanesviewError(f"The library {path} cannot be used ({error}).", "Try again; the log has the details.")
