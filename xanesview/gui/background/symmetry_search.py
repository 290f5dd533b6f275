"""The thread that looks for the symmetry of a structure: spglib and scipy must not stop the window."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from xanesview.gui.background.ending import let_end

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure
    from xanesview.domain.symmetry import Orbit

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class SymmetryQuestion:
    """A structure, the sites (atom indices) whose orbits are wanted, and how far atoms may be off their places, Å."""

    structure: Structure
    sites: tuple[int, ...]
    tolerance_angstrom: float


@dataclass(frozen=True, eq=False)
class FoundSymmetry:
    """The symbol of the group, empty where none was found; the orbits; or why there are none."""

    question: SymmetryQuestion
    symbol: str = ""
    orbits: tuple[Orbit, ...] = ()
    problem: str = ""


class _Search(QThread):
    """Answers one question."""

    def __init__(self, question: SymmetryQuestion) -> None:
        super().__init__()
        self.setObjectName("symmetry")
        self._question = question
        self.found = FoundSymmetry(question)

    def run(self) -> None:
        """Search; what goes wrong is an answer, too."""
        from xanesview.domain.group_symbol import symmetry_symbol
        from xanesview.domain.symmetry import orbits

        asked = self._question
        try:
            found = orbits(asked.structure, asked.sites, asked.tolerance_angstrom)
            symbol = symmetry_symbol(asked.structure, asked.tolerance_angstrom)
            self.found = FoundSymmetry(asked, symbol, tuple(found))
        except Exception as error:  # a bug here must not end the thread; the panel says so and goes on
            log.exception("the search for symmetry failed")
            self.found = FoundSymmetry(asked, problem=f"not found ({type(error).__name__}: {error})")


class SymmetrySearch(QObject):
    """Searches in the background; the newest question wins."""

    found = Signal(object)  # FoundSymmetry
    busy_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: _Search | None = None
        self._next: SymmetryQuestion | None = None
        self._stopped = self._unwanted = False

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._running is not None and not self._unwanted

    def ask(self, question: SymmetryQuestion) -> None:
        """Look for this instead of what was asked for before."""
        self._unwanted = False
        if self._running is not None:
            self._next = question
        elif not self._stopped:
            self._running = _Search(question)
            self._running.finished.connect(self._take)
            self._running.start()
        self.busy_changed.emit()

    def forget(self) -> None:
        """No answer is wanted any more; what runs ends unheard."""
        self._next, self._unwanted = None, True
        self.busy_changed.emit()

    def stop(self) -> None:
        """Begin nothing more; `wait_for_threads` waits for what runs."""
        self._stopped, self._next = True, None
        if self._running is not None:
            let_end(self._running)

    def _take(self) -> None:
        self._running.wait()
        found, question = self._running.found, self._next
        self._running = self._next = None
        if self._stopped:
            return
        self.busy_changed.emit()
        if question is not None:
            self.ask(question)
        elif not self._unwanted:
            self.found.emit(found)
