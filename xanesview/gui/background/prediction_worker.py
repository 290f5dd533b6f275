"""The thread that predicts: a mailbox of one place for predictions, one for directions, and a row for the rest."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QThread, Signal

from xanesview.domain.structure import Structure
from xanesview.errors import Cancelled, XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.geometry.weight_tensor import WeightTensor
    from xanesview.inference.loaded_network import Predictor

log = logging.getLogger(__name__)


@dataclass
class Request:
    """One letter for the mailbox; `structure` None only loads the network, `weight` asks along one direction only.

    With a tolerance (Å) one site an orbit is predicted. One with a future is asked beside the window: whoever asked
    waits for that.
    """

    number: int
    network: str
    structure: Structure | None = None
    sites: tuple[int, ...] = ()
    weight: WeightTensor | None = None
    orbit_tolerance: float | None = None
    future: Future | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)

    def is_given_up(self) -> bool:
        """Whether nobody waits for the answer, or the window comes between."""
        return self.cancelled.is_set() or (self.future is not None and self.future.cancelled())

    def is_turn_of(self, other: Request) -> bool:
        """Whether this differs from another request in nothing but the direction."""
        same = self.structure is other.structure and (self.network, self.sites) == (other.network, other.sites)
        return same and self.weight is not None and other.weight is not None


class Worker(QThread):
    """Runs the newest request; torch is first imported here.

    Directions have a slot of their own: a drag asks for one after the other and must neither push a prediction out of
    the mailbox nor stop the evaluation that runs, else no answer would come before the drag ends. What is asked beside
    the window waits for both, and begins anew where the window has cut it short.
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
        self._waiting: Request | None = None
        self._turn: Request | None = None
        self._running: Request | None = None
        self._beside: deque[Request] = deque()
        self._ending = False

    def put(self, request: Request) -> None:
        """Leave a request; an older one that still waits or runs is cancelled, a direction that runs is not."""
        with self._mailbox:
            running = self._running
            self._cancel(self._waiting, running if running is not None and running.weight is None else None)
            self._waiting = request
            self._mailbox.notify()

    def put_turn(self, request: Request) -> None:
        """Leave a direction; one that waits is forgotten, one that runs may finish if it is of the same sites."""
        with self._mailbox:
            running = self._running
            if running is not None and running.weight is not None and not request.is_turn_of(running):
                self._cancel(running)
            self._turn = request
            self._mailbox.notify()

    def put_beside(self, request: Request) -> None:
        """Leave a request that waits until the window wants nothing; its future may be cancelled until it runs."""
        with self._mailbox:
            if self._ending:
                request.future.cancel()
                return
            self._beside.append(request)
            self._mailbox.notify()

    @property
    def is_stopping(self) -> bool:
        """Whether something runs that was cancelled."""
        running = self._running
        return running is not None and running.cancelled.is_set()

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
            for request in self._beside:
                request.future.cancel()
            self._beside.clear()
            self._mailbox.notify()

    @staticmethod
    def _cancel(*requests: Request | None) -> None:
        for request in requests:
            if request is not None:
                request.cancelled.set()

    def run(self) -> None:
        """Serve requests until asked to end, directions after predictions, what is asked beside the window last."""
        while True:
            with self._mailbox:
                while not (self._waiting or self._turn or self._beside or self._ending):
                    self._mailbox.wait()
                if self._ending:
                    return
                if self._waiting is not None:
                    request, self._waiting = self._waiting, None
                elif self._turn is not None:
                    request, self._turn = self._turn, None
                else:
                    request = self._beside.popleft()
                self._running = request
            if request.future is None:
                self._serve(request)
            else:
                self._serve_beside(request)
            with self._mailbox:
                self._running = None
                if self._waiting is None and self._turn is None and not self._ending:
                    self.idle.emit()

    def _serve_beside(self, request: Request) -> None:
        """Answer by the future; once more later where the window came between."""
        if request.future.cancelled():
            return
        request.cancelled.clear()
        try:
            answer = self._answer(self._load(request.network), request)
        except Cancelled:
            with self._mailbox:
                if self._ending:
                    request.future.cancel()
                else:
                    self._beside.appendleft(request)
            return
        except XanesviewError as error:
            if request.future.set_running_or_notify_cancel():
                request.future.set_exception(error)
            return
        except Exception as error:  # as above: a bug must not end the thread, and whoever waits tells of it
            log.exception("prediction beside the window failed")
            if request.future.set_running_or_notify_cancel():
                request.future.set_exception(error)
            return
        if request.future.set_running_or_notify_cancel():
            request.future.set_result(answer)

    def _serve(self, request: Request) -> None:
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

    def _answer(self, predictor: Predictor, request: Request) -> object:
        """The prediction that is asked for, or the spectra (S, E) along one direction."""
        cancelled = request.is_given_up
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
