"""The thread that reads properties from spectra: torch must not stop the window."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.gui.background.ending import let_end

if TYPE_CHECKING:
    from xanesview.inference.property_reader import PropertyReader, PropertyReading

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Question:
    """A spectrum, "molecule" or "site", and the atomic numbers (N,) where the composition is known."""

    spectrum: Spectrum
    kind: str
    numbers: np.ndarray | None

    def equals(self, other: Question) -> bool:
        """Tell whether the answer would be the same."""
        return (
            (self.kind, self.spectrum.kind) == (other.kind, other.spectrum.kind)
            and np.array_equal(self.spectrum.energy_ev, other.spectrum.energy_ev)
            and np.array_equal(self.spectrum.intensity, other.spectrum.intensity, equal_nan=True)
            and (self.numbers is None) == (other.numbers is None)
            and (self.numbers is None or np.array_equal(self.numbers, other.numbers))
        )


class _Reading(QThread):
    """Answers one question; torch and the networks are first loaded here."""

    def __init__(self, load: Callable[[], PropertyReader], question: Question) -> None:
        super().__init__()
        self.setObjectName("properties")
        self._load, self._question = load, question
        self.answer: PropertyReading | XanesviewError | None = None

    def run(self) -> None:
        """Read; a refusal is an answer, too."""
        asked = self._question
        try:
            self.answer = self._load().read(asked.spectrum, asked.kind, asked.numbers)
        except XanesviewError as error:
            self.answer = error
        except Exception as error:  # a bug here must not end the thread; the panel says so and goes on
            log.exception("reading properties failed")
            self.answer = XanesviewError(
                f"The properties could not be read ({type(error).__name__}: {error}).",
                "The log (Help ▸ Show the log) holds the details.",
            )


class PropertyReadings(QObject):
    """Reads in the background; the newest question wins.

    Parameters
    ----------
    load
        Makes the reader; called in the thread.
    """

    answered = Signal(object)  # PropertyReading or XanesviewError
    busy_changed = Signal()

    def __init__(self, load: Callable[[], PropertyReader], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._load = load
        self._running: _Reading | None = None
        self._next: Question | None = None
        self._unwanted = False
        self._stopped = False

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._running is not None and not self._unwanted

    def ask(self, question: Question) -> None:
        """Read this instead of what was asked for before."""
        self._unwanted = False
        if self._running is not None:
            self._next = question
        elif not self._stopped:
            self._start(question)

    def forget(self) -> None:
        """No answer is wanted any more."""
        self._next, self._unwanted = None, True
        self.busy_changed.emit()

    def stop(self) -> None:
        """Begin nothing more; `wait_for_threads` waits for what is being read."""
        self._stopped = True
        self._next = None
        if self._running is not None:
            let_end(self._running)

    def _start(self, question: Question) -> None:
        self._running = _Reading(self._load, question)
        self._running.finished.connect(self._take)
        self._running.start()
        self.busy_changed.emit()

    def _take(self) -> None:
        self._running.wait()
        answer, question = self._running.answer, self._next
        self._running = self._next = None
        if self._stopped:
            return
        self.busy_changed.emit()
        if question is not None:
            self._start(question)
        elif not self._unwanted:
            self.answered.emit(answer)
