"""Searches the library of computed spectra in a thread of its own; RDKit is first imported there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xanesview.domain.structure import Structure
from xanesview.errors import Cancelled
from xanesview.gui.background.latest_work import LatestWork

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from xanesview.io.spectra.stick_file import StickEntry
    from xanesview.reference.library.matching import Offer
    from xanesview.reference.library.search import Found


@dataclass(frozen=True)
class Answer:
    """What the library has for a text and a loaded molecule.

    ``found`` None means that nothing was looked for; ``lacking`` says of the molecule that was named, or is loaded,
    that the library has no spectrum of it.
    """

    offers: tuple[Offer, ...] = ()
    found: tuple[tuple[StickEntry, str], ...] | None = None
    heading: str = ""
    lacking: str | None = None
    n_entries: int = 0
    edges: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class LibrarySearch(LatestWork):
    """Answers the newest question, with an `Answer`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("library", "The library could not be searched", parent)
        self._offered: tuple[str, tuple[Offer, ...]] = ("", ())

    def look_for(self, text: str, structure: Structure | None, listing: bool) -> None:
        """Look for offers for a structure and, where the list is seen, for molecules that answer a text."""
        self.ask(lambda cancelled: self._answer(text.strip(), structure, listing, cancelled))

    def _answer(self, text: str, structure: Structure | None, listing: bool, cancelled: Callable[[], bool]) -> Answer:
        from xanesview.reference.library.library import load_library

        library = load_library(cancelled=cancelled)
        offers: tuple[Offer, ...] = ()
        # without a molecule of that formula RDKit need not be loaded
        if structure is not None and library.undisplaced(structure.formula):
            from xanesview.reference.library.matching import offers as offers_for

            if self._offered[0] != structure.content_hash:
                self._offered = (structure.content_hash, tuple(offers_for(structure, library)))
            offers = self._offered[1]
        heading, found, missing = "", None, None
        if cancelled():  # RDKit takes a second to load, and can't be stopped
            raise Cancelled
        if listing and library.entries:
            heading, found, missing = _listed(library, text, structure)
        return Answer(offers, found, heading, missing, len(library.entries), library.edges(), library.problems)


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
