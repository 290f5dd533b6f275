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

if TYPE_CHECKING:
    from xanesview.inference.predictor import Predictor

log = logging.getLogger(__name__)

#: Threads that didn't end in time; destroying a running QThread aborts the process, so they are kept until they end.
_unfinished: set[QThread] = set()


@dataclass
class _Request:
    """One letter for the mailbox; `structure` None only loads the network."""

    number: int
    network: str
    structure: Structure | None = None
    sites: tuple[int, ...] = ()
    cancelled: threading.Event = field(default_factory=threading.Event)


class _Worker(QThread):
    """Runs the newest request; torch is first imported here."""

    done = Signal(int, object)
    failed = Signal(int, str, str)
    progress = Signal(int, int, int)
    idle = Signal()

    def __init__(self, load: Callable[[str], Predictor]) -> None:
        super().__init__()
        self.setObjectName("prediction")
        self._load = load
        self._mailbox = threading.Condition()
        self._waiting: _Request | None = None
        self._running: _Request | None = None
        self._ending = False

    def put(self, request: _Request) -> None:
        """Leave a request; an older one that still waits or runs is cancelled."""
        with self._mailbox:
            self._cancel_held()
            self._waiting = request
            self._mailbox.notify()

    def drop(self) -> None:
        """Cancel what waits and what runs."""
        with self._mailbox:
            self._cancel_held()
            self._waiting = None

    def end(self) -> None:
        """Ask the thread to return."""
        with self._mailbox:
            self._cancel_held()
            self._waiting = None
            self._ending = True
            self._mailbox.notify()

    def _cancel_held(self) -> None:
        for request in (self._waiting, self._running):
            if request is not None:
                request.cancelled.set()

    def run(self) -> None:
        """Serve requests until asked to end."""
        while True:
            with self._mailbox:
                while self._waiting is None and not self._ending:
                    self._mailbox.wait()
                if self._ending:
                    return
                request = self._running = self._waiting
                self._waiting = None
            self._serve(request)
            with self._mailbox:
                self._running = None
                if self._waiting is None and not self._ending:
                    self.idle.emit()

    def _serve(self, request: _Request) -> None:
        try:
            predictor = self._load(request.network)
            if request.structure is None or request.cancelled.is_set():
                return
            prediction = predictor.predict(
                request.structure,
                request.sites,
                progress=lambda done, total: self.progress.emit(request.number, done, total),
                cancelled=request.cancelled.is_set,
            )
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
            self.done.emit(request.number, prediction)


class LivePrediction(QObject):
    """Predicts in the background; the newest request wins and late answers are dropped.

    Parameters
    ----------
    load
        Makes a predictor from a network's name; called in the worker thread.
    """

    finished = Signal(int, object)  # request number, Prediction
    failed = Signal(int, str, str)  # request number, message, hint
    progress = Signal(int, int, int)  # request number, sites done, sites of the request
    busy_changed = Signal(bool)

    def __init__(self, load: Callable[[str], Predictor], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._newest: int | None = None
        self._busy = False
        self._worker: _Worker | None = _Worker(load)
        self._worker.done.connect(self._pass_on_result)
        self._worker.failed.connect(self._pass_on_failure)
        self._worker.progress.connect(self._pass_on_progress)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._busy

    def warm_up(self, network: str) -> None:
        """Load a network before it is needed, so that the first spectrum comes sooner."""
        if self._newest is None and self._worker is not None:
            self._post(_Request(0, network))

    def request(self, structure: Structure, sites: Sequence[int], network: str) -> int:
        """Ask for the tensors of `sites`; returns the number that the answer will carry."""
        self._number += 1
        self._newest = self._number
        if self._worker is not None:  # after `shutdown` nobody will answer
            self._post(_Request(self._number, network, structure, tuple(int(i) for i in sites)))
            self._set_busy(True)
        return self._number

    def cancel(self) -> None:
        """Give up what was asked for; no answer to it will come."""
        self._newest = None
        if self._worker is not None:
            self._worker.drop()
        self._set_busy(False)

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """End the thread; True if it has ended within `timeout_ms`."""
        worker, self._worker = self._worker, None
        if worker is None:
            return True
        self._newest = None
        self._set_busy(False)
        worker.end()
        if not worker.isRunning() or worker.wait(timeout_ms):
            worker.deleteLater()
            return True
        log.warning("the prediction thread did not end within %d ms", timeout_ms)
        _unfinished.add(worker)
        return False

    def _post(self, request: _Request) -> None:
        if not self._worker.isRunning():
            self._worker.start(QThread.Priority.LowPriority)
        self._worker.put(request)

    def _pass_on_result(self, number: int, prediction: object) -> None:
        if number == self._newest:
            self._newest = None
            self._set_busy(False)
            self.finished.emit(number, prediction)

    def _pass_on_failure(self, number: int, message: str, hint: str) -> None:
        if number == self._newest:  # a failed warm-up says nothing: the first request fails with the same words
            self._newest = None
            self._set_busy(False)
            self.failed.emit(number, message, hint)

    def _pass_on_progress(self, number: int, done: int, total: int) -> None:
        if number == self._newest:
            self.progress.emit(number, done, total)

    def _set_busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)


def wait_for_unfinished(timeout_ms: int) -> bool:
    """Wait at the end of the program for threads that did not end with their window; True if none is left."""
    for thread in list(_unfinished):
        if thread.wait(timeout_ms):
            _unfinished.discard(thread)
    return not _unfinished
