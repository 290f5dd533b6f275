"""Fits a prediction to a measured curve in a thread of its own; the fitting library is first imported there."""

from __future__ import annotations

import logging
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from xanesview.errors import XanesviewError
from xanesview.gui.background.ending import let_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xanesview.domain.processing.prediction_fit import FitChoices, PredictionFit
    from xanesview.domain.spectrum import Spectrum

    _Question = tuple[int, Sequence[Spectrum], Sequence[Spectrum], FitChoices]

log = logging.getLogger(__name__)


class PredictionFitting(QObject):
    """Fits for the newest question; an answer that nobody waits for any more is dropped."""

    fitted = Signal(object)  # a PredictionFit
    failed = Signal(str, str)  # message, hint
    busy_changed = Signal(bool)
    _answered = Signal(int, object, str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._questions: SimpleQueue[_Question | None] = SimpleQueue()
        self._newest = 0
        self._is_busy = False
        self._answered.connect(self._take)

    @property
    def is_busy(self) -> bool:
        """Whether a fit is awaited."""
        return self._is_busy

    def fit(self, measured: Sequence[Spectrum], predictions: Sequence[Spectrum], choices: FitChoices) -> None:
        """Begin to fit, instead of whatever was asked for before."""
        self._newest += 1
        self._questions.put((self._newest, measured, predictions, choices))
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="prediction-fit", daemon=True)
            self._thread.start()
        self._set_busy(True)

    def forget(self) -> None:
        """Nobody waits for an answer any more."""
        self._newest += 1
        self._set_busy(False)

    def shutdown(self) -> None:
        """The window closes; a fit that runs is finished first."""
        self.forget()
        self._questions.put(None)
        if self._thread is not None:
            let_end(self._thread)

    def _set_busy(self, busy: bool) -> None:
        if busy != self._is_busy:
            self._is_busy = busy
            self.busy_changed.emit(busy)

    def _work(self) -> None:
        while (question := self._questions.get()) is not None:
            number, *asked = question
            if number != self._newest:
                continue
            answer = _fitted(*asked)
            try:
                self._answered.emit(number, *answer)
            except RuntimeError:  # the window has gone
                return

    def _take(self, number: int, fit: object, message: str, hint: str) -> None:
        if number != self._newest:
            return
        self._set_busy(False)
        if fit is None:
            self.failed.emit(message, hint)
        else:
            self.fitted.emit(fit)


def _fitted(
    measured: Sequence[Spectrum], predictions: Sequence[Spectrum], choices: FitChoices
) -> tuple[PredictionFit | None, str, str]:
    """Return the fit, or None with message and hint why there is none."""
    try:
        from xanesview.domain.processing.prediction_fit import fit_series

        return fit_series(measured, predictions, choices), "", ""
    except XanesviewError as error:
        return None, error.message, error.hint
    except Exception as error:  # a bug here must not end the thread, or the window would wait for ever
        log.exception("fitting failed")
        why = f"The prediction could not be fitted ({type(error).__name__}: {error})."
        return None, why, "The log (Help ▸ Show the log) holds the details."
