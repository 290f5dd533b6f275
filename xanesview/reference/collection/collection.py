"""The user's collection: spectra kept, found by words, changed and given back."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from xanesview.domain.counts import counted
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.io.json_text import json_text
from xanesview.reference.collection.entry import EDITABLE, Entry, Record
from xanesview.reference.collection.file import Damaged, collection_path, has_index, is_writable, opened
from xanesview.reference.collection.rescue import rescue
from xanesview.reference.collection.rows import (
    LISTED,
    NUMBERS,
    edited_of,
    entry_of,
    facts_of,
    keep_row,
    labels_of,
    part_of,
    pass_over,
    spectrum_of,
    words_of,
    write_told,
)

log = logging.getLogger(__name__)

MOST_FOUND = 500
FROM_PLOT = ""
"""The source of what was kept from the plot, and is in no file."""
_Made = TypeVar("_Made")


def _mended(work: Callable[..., _Made]) -> Callable[..., _Made]:
    """Set a damaged file aside, go on with what of it is sound, note it, and do the work once more."""

    @functools.wraps(work)
    def done(self: Collection, *arguments: Any, **named: Any) -> _Made:
        try:
            return work(self, *arguments, **named)
        except Damaged as damage:
            log.warning("the library is damaged: %s", damage)
            if not self.is_there:  # another window is at it
                return work(self, *arguments, **named)
            saved = rescue(self.path)
            self.notices.append(_told(saved.aside, saved.n_kept, saved.n_all))
            return work(self, *arguments, **named)

    return done


def _sound(**row: Any) -> dict[str, str]:
    """Return a row of texts as they were written."""
    try:
        return labels_of(row)
    except ValueError as error:
        raise Damaged(str(error)) from error


def _told(aside: Path, n_kept: int, n_all: int) -> Notice:
    if not n_all:
        return Notice(
            "library-damaged",
            f"Your library was damaged; it was set aside as {aside.name}, and a new one begun.",
            f"It lies in {aside.parent}. Watched folders have to be added again.",
        )
    return Notice(
        "library-damaged",
        f"Your library was damaged: {n_kept:,} of {counted(n_all, 'spectrum', 'spectra')} were kept, and the damaged "
        f"file was set aside as {aside.name}.",
        f"It lies in {aside.parent}. What is missing comes back when its files are added again.",
    )


class Collection:
    """All work on one file; may be used from several threads, as every piece of work opens the file by itself.

    Attributes
    ----------
    notices : list of Notice
        What is to be told of the file, each once; whoever tells it takes it away.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.notices: list[Notice] = []

    @property
    def path(self) -> Path:
        """Where the file stands, or will."""
        return collection_path() if self._path is None else self._path

    @property
    def is_there(self) -> bool:
        """Whether there is one yet."""
        return self.path.is_file()

    @property
    def is_writable(self) -> bool:
        """Whether something can be kept."""
        return is_writable(self.path)

    # ---- reading ----

    @_mended
    def count(self) -> int:
        """Return how many spectra there are."""
        if not self.is_there:
            return 0
        with opened(self.path) as database:
            return database.execute("SELECT count(*) FROM spectrum").fetchone()[0]

    @_mended
    def search(self, words: str = "", most: int = MOST_FOUND) -> list[Entry]:
        """Return the spectra that have all words, each of them or its beginning; the newest ones without words."""
        if not self.is_there:
            return []
        wanted = words_of(words)
        if words.strip() and not wanted:
            return []
        with opened(self.path) as database:
            if not wanted:
                rows = database.execute(f"SELECT {LISTED} FROM spectrum ORDER BY number DESC LIMIT ?", (most,))
            elif has_index(database):
                asked = " ".join(f'"{word}"*' for word in wanted)
                rows = database.execute(
                    f"SELECT {LISTED} FROM spectrum JOIN (SELECT rowid, rank FROM word_index WHERE word_index MATCH ?) "
                    "ON rowid = number ORDER BY rank, number LIMIT ?",
                    (asked, most),
                )
            else:
                has_all = " AND ".join("' ' || words LIKE ?" for _ in wanted)
                rows = database.execute(
                    f"SELECT {LISTED} FROM spectrum WHERE {has_all} ORDER BY number LIMIT ?",
                    (*(f"% {word}%" for word in wanted), most),
                )
            return self._entries(rows)

    @_mended
    def entries(self, numbers: Iterable[int]) -> list[Entry]:
        """Return spectra by their numbers, in that order; those that are gone are left out."""
        if not self.is_there:
            return []
        with opened(self.path) as database:
            found = [
                database.execute(f"SELECT {LISTED} FROM spectrum WHERE number = ?", (number,)).fetchone()
                for number in numbers
            ]
        return self._entries(row for row in found if row is not None)

    def _entries(self, rows: Iterable[Sequence[Any]]) -> list[Entry]:
        """Return rows as entries; of a file that can't be mended damaged ones are left out."""
        found: list[Entry] = []
        for row in rows:
            try:
                found.append(entry_of(row))
            except Damaged as damage:
                if self.is_writable:
                    raise
                log.warning("left out of the library: %s", damage)
                if not any(notice.kind == "library-row" for notice in self.notices):
                    self.notices.append(Notice(
                        "library-row", "Damaged spectra of your library are left out.",
                        "Make it writable, and it is mended.",
                    ))  # fmt: skip
        return found

    @_mended
    def spectrum(self, number: int) -> Spectrum:
        """Return one spectrum with its numbers, its facts and whom to cite.

        Raises
        ------
        XanesviewError
            If it is there no more.
        """
        with opened(self.path) as database:
            row = database.execute(f"SELECT {NUMBERS} FROM spectrum WHERE number = ?", (number,)).fetchone()
        if row is None:
            raise XanesviewError("This spectrum is in the library no more.", "Search again.")
        return spectrum_of(row)

    # ---- changing ----

    @_mended
    def keep(self, records: Sequence[Record], source: str = FROM_PLOT, state: str = "") -> list[int]:
        """Keep spectra of one file, or from the plot, and return their numbers.

        A file that is kept again changes its own entries, but for what the user has edited; what it lost is missing.

        Parameters
        ----------
        records : sequence of Record
        source : str
            The file; empty for curves from the plot, each of which is kept once.
        state : str
            Of the file, by which is told whether it has changed.
        """
        with opened(self.path, writes=True) as database:
            numbers = [keep_row(database, record, source, state) for record in records]
            if source:
                database.execute("DELETE FROM passed_over WHERE source = ?", (source,))
                places = [record.place for record in records]
                for number, place in database.execute("SELECT number, place FROM spectrum WHERE source = ?", (source,)):
                    database.execute("UPDATE spectrum SET missing = ? WHERE number = ?", (place not in places, number))
        return [number for number in numbers if number]

    @_mended
    def edit(self, numbers: Iterable[int], **changes: Any) -> None:
        """Change what is said of spectra; it stays so when their file is read again.

        Parameters
        ----------
        **changes
            Fields of `Description`.
        """
        if set(changes) - set(EDITABLE):
            raise ValueError(f"{changes} can't be edited")
        with opened(self.path, writes=True) as database:
            for number in numbers:
                row = database.execute(f"SELECT {LISTED}, edited, facts FROM spectrum WHERE number = ?", (number,))
                found = row.fetchone()
                if found is None:
                    continue
                told = entry_of(found[:-2]).told.replace(**changes)
                edited = sorted({*edited_of(found[-2]), *changes})
                write_told(database, number, told, facts_of(found[-1]), found[9])
                database.execute("UPDATE spectrum SET edited = ? WHERE number = ?", (json_text(edited), number))

    @_mended
    def remove(self, numbers: Iterable[int]) -> None:
        """Take spectra away; a watched folder does not bring them back."""
        with opened(self.path, writes=True) as database:
            for number in numbers:
                row = database.execute(
                    "SELECT source, place, state FROM spectrum WHERE number = ?", (number,)
                ).fetchone()
                if row is not None and row[0]:
                    pass_over(database, part_of(*row[:2]), row[2], "removed")
                database.execute("DELETE FROM spectrum WHERE number = ?", (number,))
                if has_index(database):
                    database.execute("DELETE FROM word_index WHERE rowid = ?", (number,))

    # ---- folders and files ----

    @_mended
    def folders(self) -> list[Path]:
        """Return the folders that are watched."""
        if not self.is_there:
            return []
        with opened(self.path) as database:
            rows = database.execute("SELECT path FROM folder ORDER BY path")
            return [Path(_sound(path=path)["path"]) for (path,) in rows]

    @_mended
    def folder_tags(self) -> dict[Path, tuple[str, ...]]:
        """Return the tags that what comes into each watched folder gets; none where nothing can be kept."""
        if not self.is_there or not self.is_writable:  # one of an earlier version lacks the column
            return {}
        with opened(self.path) as database:
            rows = database.execute("SELECT path, tags FROM folder ORDER BY path")
            return {Path(path): tuple(json.loads(_sound(path=path, tags=tags)["tags"])) for path, tags in rows}

    @_mended
    def watch(self, folder: Path, tags: Sequence[str] = ()) -> None:
        """Watch a folder from now on; what comes into it gets these tags, with those that were said before."""
        known = self.folder_tags().get(folder, ())
        told = json_text(list(dict.fromkeys((*known, *tags))))
        with opened(self.path, writes=True) as database:
            database.execute("INSERT OR IGNORE INTO folder (path) VALUES (?)", (str(folder),))
            database.execute("UPDATE folder SET tags = ? WHERE path = ?", (told, str(folder)))

    @_mended
    def unwatch(self, folder: Path) -> None:
        """Watch a folder no more; what was kept of it stays."""
        with opened(self.path, writes=True) as database:
            database.execute("DELETE FROM folder WHERE path = ?", (str(folder),))

    @_mended
    def states(self) -> dict[str, str]:
        """Return the state in which each file was read, or found to hold no spectrum."""
        if not self.is_there:
            return {}
        with opened(self.path) as database:
            known = "SELECT source, state FROM "
            rows = [
                *database.execute(f"{known} passed_over WHERE why != 'removed'"),
                *database.execute(f"{known} spectrum WHERE source != '' AND NOT missing"),
            ]
        return {source: _sound(source=source, state=state)["state"] for source, state in rows}

    @_mended
    def pass_over(self, why: Sequence[tuple[str, str, str]]) -> None:
        """Note files that hold no spectrum, each with its state and why: they need not be read again."""
        with opened(self.path, writes=True) as database:
            for source, state, reason in why:
                pass_over(database, source, state, reason)

    @_mended
    def take_back(self, source: str) -> None:
        """Keep again what of a file was removed: its user names it anew."""
        with opened(self.path, writes=True) as database:
            database.execute(
                "DELETE FROM passed_over WHERE source = ? OR source LIKE ?", (source, part_of(source, "%"))
            )

    @_mended
    def mark_missing(self, sources: Sequence[str]) -> int:
        """Note that files are gone, what was read of them stays; return of how many there is something."""
        n_missing = 0
        with opened(self.path, writes=True) as database:
            for source in sources:
                changed = database.execute("UPDATE spectrum SET missing = 1 WHERE source = ?", (source,))
                n_missing += changed.rowcount > 0
                database.execute("DELETE FROM passed_over WHERE source = ? AND why != 'removed'", (source,))
        return n_missing
