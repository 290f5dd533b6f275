"""Searches the library of computed spectra in a thread of its own; RDKit is first imported there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from xanesview.domain.structure import Structure
from xanesview.errors import Cancelled, XanesviewError
from xanesview.gui.background.latest_work import LatestWork
from xanesview.gui.background.rest import wait_for_rest

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from xanesview.io.example_index import Example
    from xanesview.io.spectra.stick_file import StickEntry
    from xanesview.reference.collection.collection import Collection
    from xanesview.reference.collection.entry import Entry
    from xanesview.reference.library.matching import Offer
    from xanesview.reference.library.search import Found

#: Of the user's own references so many are listed that answer, and so many of the newest where nothing is asked.
MOST_FOUND, MOST_NEWEST = 300, 60


@dataclass(frozen=True)
class Answer:
    """What the library has for a text and a loaded molecule.

    ``found`` None means that nothing was looked for; ``lacking`` says of the molecule that was named, or is loaded,
    that the library has no spectrum of it; ``example`` is then the bundled one of what was named. ``own`` are
    those of the user's `n_own` references that answer, ``folders`` those that are watched.
    """

    offers: tuple[Offer, ...] = ()
    found: tuple[tuple[StickEntry, str], ...] | None = None
    heading: str = ""
    lacking: str | None = None
    n_entries: int = 0
    edges: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    own: tuple[Entry, ...] = ()
    n_own: int = 0
    folders: tuple[Path, ...] = ()
    example: Example | None = None


class LibrarySearch(LatestWork):
    """Answers the newest question, with an `Answer`; what is found of the user's own references is told before."""

    own_found = Signal(object)  # an Answer with the user's own references alone, while the others are looked for

    def __init__(self, collection: Collection, parent: QObject | None = None) -> None:
        super().__init__("library", "The library could not be searched", parent)
        self._collection = collection
        self._offered: tuple[str, tuple[Offer, ...]] = ("", ())

    def look_for(self, text: str, structure: Structure | None, listing: bool) -> None:
        """Look for offers for a structure and, where the list is seen, for molecules that answer a text."""
        self.ask(lambda cancelled: self._answer(text.strip(), structure, listing, cancelled))

    def _answer(self, text: str, structure: Structure | None, listing: bool, cancelled: Callable[[], bool]) -> Answer:
        from xanesview.reference.library.library import load_library

        own, n_own, folders, own_problem = self._own(text) if listing else ((), 0, (), "")
        if own and not cancelled():
            first = Answer(own=own, n_own=n_own, folders=folders)
            self.tell(lambda: self.own_found.emit(first))

        def given_up() -> bool:
            """Wait before each block while something is dragged: each takes turns with the window for 0.1 s."""
            wait_for_rest(cancelled)
            return cancelled()

        library = load_library(cancelled=given_up)
        offers: tuple[Offer, ...] = ()
        # without a molecule of that formula RDKit need not be loaded
        if structure is not None and library.undisplaced(structure.formula):
            wait_for_rest(cancelled)
            from xanesview.reference.library.matching import offers as offers_for

            if self._offered[0] != structure.content_hash:
                self._offered = (structure.content_hash, tuple(offers_for(structure, library)))
            offers = self._offered[1]
        heading, found, missing = "", None, None
        if cancelled():  # RDKit takes a second to load, and can't be stopped
            raise Cancelled
        if listing and library.entries:
            heading, found, missing = _listed(library, text, structure)
        problems = (*library.problems, *([own_problem] if own_problem else []))
        example = _example_of(text) if missing and text else None
        n_entries, edges = len(library.entries), library.edges()
        return Answer(offers, found, heading, missing, n_entries, edges, problems, own, n_own, folders, example)

    def _own(self, text: str) -> tuple[tuple[Entry, ...], int, tuple[Path, ...], str]:
        """Return the user's references that answer, how many there are, folders, and why they can't be searched."""
        try:
            own = self._collection.search(text, MOST_NEWEST if not text else MOST_FOUND)
            return tuple(own), self._collection.count(), tuple(self._collection.folders()), ""
        except XanesviewError as error:
            return (), 0, (), f"{error.message} {error.hint}"


def _example_of(text: str) -> Example | None:
    """Return the bundled example of the molecule that a text names, by any of its names; None without one."""
    from xanesview.io.example_index import examples
    from xanesview.reference.library.names import smiles_of

    smiles = smiles_of(text)
    return next((one for one in examples() if smiles is not None and smiles_of(one.title) == smiles), None)


def _listed(
    library, text: str, structure: Structure | None
) -> tuple[str, tuple[tuple[StickEntry, str], ...], str | None]:
    """Return a heading, what stands below it, and what is to be said of the molecule that is looked for."""
    from xanesview.reference.library.names import smiles_of
    from xanesview.reference.library.search import lacking, search, similar

    if text:
        found: list[Found] = search(library, text)
        missing = lacking(library, text)
        if smiles_of(text) is not None and not any(one.score == 1.0 for one in found):
            listed = {one.entry for one in found}  # others whose names hold this one: toluene in nitrotoluene
            alike = [one for one in similar(library, text) if one.entry not in listed]
            return f"Not in the library; most like {text}", _pairs([*alike, *found]), missing
        return f"Found {len(found)}", _pairs(found), missing
    if structure is not None:
        from xanesview.reference.library.matching import structure_smiles

        smiles = structure_smiles(structure)
        if smiles is not None:
            name = structure.name or structure.formula
            return f"Most like {name}", _pairs(similar(library, smiles)), lacking(library, smiles)
    ordered = sorted(library.entries, key=lambda e: (e.is_displaced, len(e.smiles), e.smiles))
    return "The smallest molecules", tuple((entry, "") for entry in ordered[:100]), None


def _pairs(found: list[Found]) -> tuple[tuple[StickEntry, str], ...]:
    return tuple((one.entry, one.why) for one in found)
