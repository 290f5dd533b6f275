"""Predictions in the background: numbered requests to a worker, of which the newest counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from xanesview.domain.structure import Structure
from xanesview.gui.background.ending import let_end
from xanesview.gui.background.prediction_worker import Request, Worker

if TYPE_CHECKING:
    from xanesview.domain.geometry.weight_tensor import WeightTensor
    from xanesview.inference.loaded_network import Predictor


class LivePrediction(QObject):
    """Predicts in the background; the newest request wins and late answers are dropped.

    Parameters
    ----------
    load
        Makes a predictor from a network's name; called in the worker thread.
    """

    finished = Signal(int, object)  # request number, Prediction
    turned = Signal(int, object)  # request number, spectra (S, E) along the direction asked for
    failed = Signal(int, str, str)  # request number, message, hint
    progress = Signal(int, int, int)  # request number, sites done, sites of the request
    busy_changed = Signal(bool)
    opening_changed = Signal(bool)  # a network is read for the first time, which takes seconds; or that is over

    def __init__(self, load: Callable[[str], Predictor], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._newest: int | None = None
        self._newest_turn: int | None = None
        self._busy = False
        self._opened: set[str] = set()  # networks that have answered
        self._opening = ""
        self._worker: Worker | None = Worker(load)
        self._worker.done.connect(self._pass_on_result)
        self._worker.turned.connect(self._pass_on_turn)
        self._worker.failed.connect(self._pass_on_failure)
        self._worker.progress.connect(self._pass_on_progress)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._busy

    @property
    def is_opening(self) -> bool:
        """Whether the network that is asked is read for the first time."""
        return bool(self._opening)

    @property
    def is_ending(self) -> bool:
        """Whether what was given up still runs: a network is stopped between two of its steps only."""
        return self._worker is not None and self._worker.is_stopping

    def warm_up(self, network: str) -> None:
        """Load a network before it is needed, so that the first spectrum comes sooner."""
        if self._newest is None and self._worker is not None:
            self._post(Request(0, network))

    def request(
        self, structure: Structure, sites: Sequence[int], network: str, orbit_tolerance: float | None = None
    ) -> int:
        """Ask for the tensors of `sites`; returns the number that the answer will carry.

        With a tolerance (Å) one site an orbit is predicted and turned to the others.
        """
        self._number += 1
        self._newest = self._number
        if self._worker is not None:  # after `shutdown` nobody will answer
            # it is said, and painted, before the worker begins: while it loads the network it lets nobody else work
            self._set_opening("" if network in self._opened else network)
            self._set_busy(True)
            asked = tuple(int(i) for i in sites)
            self._post(Request(self._number, network, structure, asked, orbit_tolerance=orbit_tolerance))
        return self._number

    def request_along(self, structure: Structure, sites: Sequence[int], network: str, weight: WeightTensor) -> int:
        """Ask a network that takes the direction as an input for spectra; returns the number of the answer.

        Newest wins, but what runs may finish: while directions come faster than answers, each answer is of a
        direction a moment ago.
        """
        self._number += 1
        self._newest_turn = self._number
        if self._worker is not None:
            self._start()
            sites = tuple(int(i) for i in sites)
            self._worker.put_turn(Request(self._number, network, structure, sites, weight))
        return self._number

    def beside(
        self, structure: Structure, sites: Sequence[int], network: str, weight: WeightTensor | None = None
    ) -> Future:
        """Ask for a prediction, or for spectra of an experiment, without changing what the window waits for.

        It waits until the window wants nothing. The future has the answer or what was raised; it is cancelled where
        nobody will answer any more, and by whoever gives it up.
        """
        future: Future = Future()
        if self._worker is None:
            future.cancel()
            return future
        self._start()
        asked = tuple(int(i) for i in sites)
        self._worker.put_beside(Request(0, network, structure, asked, weight, future=future))
        return future

    def cancel(self) -> None:
        """Give up what was asked for; no answer to it will come."""
        self._newest = self._newest_turn = None
        if self._worker is not None:
            self._worker.drop()
        self._set_opening("")
        self._set_busy(False)

    def shutdown(self) -> None:
        """Ask the thread to end; `wait_for_threads` waits until it has."""
        worker, self._worker = self._worker, None
        if worker is None:
            return
        self._newest = self._newest_turn = None
        self._set_busy(False)
        worker.end()
        let_end(worker)

    def _post(self, request: Request) -> None:
        self._start()
        self._worker.put(request)

    def _start(self) -> None:
        if not self._worker.isRunning():
            self._worker.start(QThread.Priority.LowPriority)

    def _pass_on_turn(self, number: int, spectra: object) -> None:
        if self._newest_turn is not None:
            self.turned.emit(number, spectra)

    def _pass_on_result(self, number: int, prediction: object) -> None:
        if number == self._newest:
            self._newest = None
            self._opened.add(prediction.network)
            self._set_opening("")
            self._set_busy(False)
            self.finished.emit(number, prediction)

    def _pass_on_failure(self, number: int, message: str, hint: str) -> None:
        if number == self._newest:  # a failed warm-up says nothing: the first request fails with the same words
            self._newest = None
            self._set_opening("")
            self._set_busy(False)
            self.failed.emit(number, message, hint)
        elif number == self._newest_turn:
            self._newest_turn = None
            self.failed.emit(number, message, hint)

    def _pass_on_progress(self, number: int, done: int, total: int) -> None:
        if number == self._newest:
            self._set_opening("")
            self.progress.emit(number, done, total)

    def _set_opening(self, network: str) -> None:
        if network != self._opening:
            self._opening = network
            self.opening_changed.emit(bool(network))

    def _set_busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)
