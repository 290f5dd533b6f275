"""The worker that predicts: one thread, a one-slot mailbox, numbered requests."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from xanesview.domain.structure import Structure
from xanesview.errors import Cancelled, XanesviewError
from xanesview.gui.background.ending import let_end

if TYPE_CHECKING:
    from xanesview.domain.geometry.weight_tensor import WeightTensor
    from xanesview.inference.loaded_network import Predictor

log = logging.getLogger(__name__)


@dataclass
class _Request:
    """One letter for the mailbox; `structure` None only loads the network, `weight` asks along one direction only.

    With a tolerance (Å) one site an orbit is predicted.
    """

    number: int
    network: str
    structure: Structure | None = None
    sites: tuple[int, ...] = ()
    weight: WeightTensor | None = None
    orbit_tolerance: float | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)

    def is_turn_of(self, other: _Request) -> bool:
        """Whether this differs from another request in nothing but the direction."""
        same = self.structure is other.structure and (self.network, self.sites) == (other.network, other.sites)
        return same and self.weight is not None and other.weight is not None


class _Worker(QThread):
    """Runs the newest request; torch is first imported here.

    Directions have a slot of their own: a drag asks for one after the other and must neither push a prediction out of
    the mailbox nor stop the evaluation that runs, else no answer would come before the drag ends.
    """

    done = Signal(int, object)
    turned = Signal(int, object)
    failed = Signal(int, str, str)
    progress = Signal(int, int, int)
    idle = Signal()

    def __init__(self, load: Callable[[str], Predictor]) -> None:
        super().__init__()
        self.setObjectName("prediction")
        self._load = load
        self._mailbox = threading.Condition()
        self._waiting: _Request | None = None
        self._turn: _Request | None = None
        self._running: _Request | None = None
        self._ending = False

    def put(self, request: _Request) -> None:
        """Leave a request; an older one that still waits or runs is cancelled, a direction that runs is not."""
        with self._mailbox:
            running = self._running
            self._cancel(self._waiting, running if running is not None and running.weight is None else None)
            self._waiting = request
            self._mailbox.notify()

    def put_turn(self, request: _Request) -> None:
        """Leave a direction; one that waits is forgotten, one that runs may finish if it is of the same sites."""
        with self._mailbox:
            running = self._running
            if running is not None and running.weight is not None and not request.is_turn_of(running):
                self._cancel(running)
            self._turn = request
            self._mailbox.notify()

    def drop(self) -> None:
        """Cancel what waits and what runs."""
        with self._mailbox:
            self._cancel(self._waiting, self._turn, self._running)
            self._waiting = self._turn = None

    def end(self) -> None:
        """Ask the thread to return."""
        with self._mailbox:
            self._cancel(self._waiting, self._turn, self._running)
            self._waiting = self._turn = None
            self._ending = True
            self._mailbox.notify()

    @staticmethod
    def _cancel(*requests: _Request | None) -> None:
        for request in requests:
            if request is not None:
                request.cancelled.set()

    def run(self) -> None:
        """Serve requests until asked to end, directions after predictions."""
        while True:
            with self._mailbox:
                while self._waiting is None and self._turn is None and not self._ending:
                    self._mailbox.wait()
                if self._ending:
                    return
                if self._waiting is not None:
                    request, self._waiting = self._waiting, None
                else:
                    request, self._turn = self._turn, None
                self._running = request
            self._serve(request)
            with self._mailbox:
                self._running = None
                if self._waiting is None and self._turn is None and not self._ending:
                    self.idle.emit()

    def _serve(self, request: _Request) -> None:
        try:
            predictor = self._load(request.network)
            if request.structure is None or request.cancelled.is_set():
                return
            answer = self._answer(predictor, request)
        except Cancelled:
            return
        except XanesviewError as error:
            self.failed.emit(request.number, error.message, error.hint)
            return
        except Exception as error:  # a bug in the network must not end the thread; the window says so and goes on
            log.exception("prediction failed")
            self.failed.emit(
                request.number,
                f"The prediction stopped unexpectedly ({type(error).__name__}: {error}).",
                "The log (Help ▸ Show the log) holds the details; other structures may still work.",
            )
            return
        if not request.cancelled.is_set():
            (self.done if request.weight is None else self.turned).emit(request.number, answer)

    def _answer(self, predictor: Predictor, request: _Request) -> object:
        """The prediction that is asked for, or the spectra (S, E) along one direction."""
        cancelled = request.cancelled.is_set
        if request.weight is not None:
            return predictor.along(request.structure, request.sites, request.weight, cancelled=cancelled)
        how = {
            "progress": lambda done, total: self.progress.emit(request.number, done, total),
            "cancelled": cancelled,
        }
        if request.orbit_tolerance is not None:
            from xanesview.inference.orbit_prediction import predict_orbits

            tolerance = request.orbit_tolerance
            return predict_orbits(predictor, request.structure, request.sites, tolerance, **how)[0]
        return predictor.predict(request.structure, request.sites, **how)


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
        self._worker: _Worker | None = _Worker(load)
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

    def warm_up(self, network: str) -> None:
        """Load a network before it is needed, so that the first spectrum comes sooner."""
        if self._newest is None and self._worker is not None:
            self._post(_Request(0, network))

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
            self._post(_Request(self._number, network, structure, asked, orbit_tolerance=orbit_tolerance))
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
            self._worker.put_turn(_Request(self._number, network, structure, sites, weight))
        return self._number

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

    def _post(self, request: _Request) -> None:
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
