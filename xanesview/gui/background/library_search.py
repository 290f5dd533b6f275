"""Searches the library of computed spectra in a thread of its own; RDKit is first imported there."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.gui.background.ending import let_end

if TYPE_CHECKING:
    from xanesview.io.spectra.stick_file import StickEntry
    from xanesview.reference.library.matching import Offer
    from xanesview.reference.library.search import Found


@dataclass(frozen=True)
class Answer:
    """What the library has for a text and a loaded molecule.

    ``found`` None means that nothing was looked for.
    """

    offers: tuple[Offer, ...] = ()
    found: tuple[tuple[StickEntry, str], ...] | None = None
    heading: str = ""
    n_entries: int = 0
    edges: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class LibrarySearch(QObject):
    """Answers the newest question; older ones that have not begun are dropped."""

    answered = Signal(object)  # an Answer
    failed = Signal(str, str)  # message, hint

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._questions: SimpleQueue[tuple[int, str, Structure | None, bool] | None] = SimpleQueue()
        self._newest = 0
        self._offered: tuple[str, tuple[Offer, ...]] = ("", ())

    def ask(self, text: str, structure: Structure | None, listing: bool) -> None:
        """Look for offers for a structure and, where the list is seen, for molecules that answer a text."""
        self._newest += 1
        self._questions.put((self._newest, text, structure, listing))
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="library", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; what it works on is finished first."""
        self._newest += 1
        self._questions.put(None)
        if self._thread is not None:
            let_end(self._thread)

    def _work(self) -> None:
        while (question := self._questions.get()) is not None:
            self._run(*question)

    def _run(self, number: int, text: str, structure: Structure | None, listing: bool) -> None:
        if number != self._newest:
            return
        try:
            answer = self._answer(text.strip(), structure, listing)
        except XanesviewError as error:
            if number == self._newest:
                self.failed.emit(error.message, error.hint)
            return
        if number == self._newest:
            self.answered.emit(answer)

    def _answer(self, text: str, structure: Structure | None, listing: bool) -> Answer:
        from xanesview.reference.library.library import load_library

        library = load_library()
        offers: tuple[Offer, ...] = ()
        # without a molecule of that formula RDKit need not be loaded
        if structure is not None and library.undisplaced(structure.formula):
            from xanesview.reference.library.matching import offers as offers_for

            if self._offered[0] != structure.content_hash:
                self._offered = (structure.content_hash, tuple(offers_for(structure, library)))
            offers = self._offered[1]
        heading, found = "", None
        if listing and library.entries:
            heading, found = _listed(library, text, structure)
        return Answer(offers, found, heading, len(library.entries), library.edges(), library.problems)


def _listed(library, text: str, structure: Structure | None) -> tuple[str, tuple[tuple[StickEntry, str], ...]]:
    from xanesview.reference.library.names import smiles_of
    from xanesview.reference.library.search import search, similar

    if text:
        found: list[Found] = search(library, text)
        if not found and smiles_of(text) is not None:
            return f"Not in the library; most like {text}", _pairs(similar(library, text))
        return f"Found {len(found)}", _pairs(found)
    if structure is not None:
        from xanesview.reference.library.matching import structure_smiles

        smiles = structure_smiles(structure)
        if smiles is not None:
            name = structure.name or structure.formula
            return f"Most like {name}", _pairs(similar(library, smiles))
    ordered = sorted(library.entries, key=lambda e: (e.is_displaced, len(e.smiles), e.smiles))
    return "The smallest molecules", tuple((entry, "") for entry in ordered[:100])


def _pairs(found: list[Found]) -> tuple[tuple[StickEntry, str], ...]:
    return tuple((one.entry, one.why) for one in found)
