"""Explains a site's spectrum in a thread of its own; torch is first imported there."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from PySide6.QtCore import QObject, Signal

from xanesview.domain.structure import Structure
from xanesview.errors import Cancelled, XanesviewError
from xanesview.gui.background.ending import let_end

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Question:
    """What is to be explained; see `xanesview.inference.explanation.explain`."""

    structure: Structure
    site: int
    network: Path
    windows_ev: tuple[tuple[float, float], ...]
    method: str


class Explaining(QObject):
    """Answers the newest question; an older one that runs is cancelled, one that waits is dropped."""

    answered = Signal(object, object)  # Question, Explanation
    failed = Signal(object, str, str)  # Question, message, hint

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._questions: SimpleQueue[tuple[int, Question] | None] = SimpleQueue()
        self._newest = 0

    def ask(self, question: Question) -> None:
        """Explain this, and nothing that was asked before."""
        self._newest += 1
        self._questions.put((self._newest, question))
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="explanation", daemon=True)
            self._thread.start()

    def cancel(self) -> None:
        """Give up what was asked for."""
        self._newest += 1

    def stop(self) -> None:
        """Ask the thread to end; the step of the network that it is at is finished first."""
        self._newest += 1
        self._questions.put(None)
        if self._thread is not None:
            let_end(self._thread)

    def _work(self) -> None:
        while (waiting := self._questions.get()) is not None:
            self._run(*waiting)

    def _run(self, number: int, question: Question) -> None:
        if number != self._newest:
            return
        try:
            answer = self._explained(question, lambda: number != self._newest)
        except Cancelled:
            return
        except XanesviewError as error:
            if number == self._newest:
                self.failed.emit(question, error.message, error.hint)
            return
        except Exception as error:  # a bug in a network must not end the thread; the panel says so
            log.exception("explanation failed")
            if number == self._newest:
                told = f"The explanation stopped unexpectedly ({type(error).__name__}: {error})."
                self.failed.emit(question, told, "The log (Help ▸ Show the log) holds the details.")
            return
        if number == self._newest:
            self.answered.emit(question, answer)

    def _explained(self, question: Question, cancelled):
        from xanesview.inference.explanation import explain

        return explain(
            question.structure, question.site, question.network, question.windows_ev, question.method,
            cancelled=cancelled,
        )  # fmt: skip
