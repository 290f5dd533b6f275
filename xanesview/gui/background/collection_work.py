"""Work on the user's library beside the window, one piece after the other: nothing of the disk is waited for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from xanesview.errors import Cancelled
from xanesview.gui.background.spectrum_reading import SpectrumReading

Work = Callable[[Callable[[int, int], None], Callable[[], bool]], Any]
"""Gets a function that takes how much of how much is done, and one that tells whether it is given up."""
Deliver = Callable[[Callable[[], Any]], None]
_TOLD_EVERY_MS = 150


class CollectionWork(QObject):
    """A queue of work, all of which is done unless it is given up; the answers come in its order."""

    begun = Signal(str)  # what is done now
    ended = Signal(str)  # why it failed; empty where it did not
    advanced = Signal(int, int)  # so much of so much is done
    settled = Signal()  # nothing waits any more

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue = SpectrumReading(self)
        self._queue.one.patience_s = 0.0  # the window waits for no disk
        self._queue.begun.connect(self._begin)
        self._queue.ended.connect(self._end)
        self._given_up: list[threading.Event] = []
        self._progress = (0, 0)
        self._clock = QTimer(self, interval=_TOLD_EVERY_MS)
        self._clock.timeout.connect(lambda: self.advanced.emit(*self._progress))

    @property
    def is_busy(self) -> bool:
        """Whether something is done or waits."""
        return bool(self._given_up)

    def do(self, name: str, work: Work, deliver: Deliver) -> None:
        """Do a piece of work as soon as those before it are done.

        Parameters
        ----------
        name : str
            In words, for the list of jobs.
        work : callable
            Done in the thread.
        deliver : callable
            Called in the window's thread with a function that returns what came of it, or raises.
        """
        given_up = threading.Event()
        self._given_up.append(given_up)

        def progress(done: int, of_all: int) -> None:
            self._progress = (done, of_all)

        def read() -> Any:
            if given_up.is_set():
                raise Cancelled
            return work(progress, given_up.is_set)

        self._queue.begin(name, read, deliver)

    def cancel(self) -> None:
        """Give up what is done now; what it has done so far stays."""
        if self._given_up:
            self._given_up[0].set()

    def shutdown(self) -> None:
        """The window closes: begin nothing more, and end what runs."""
        for given_up in self._given_up:
            given_up.set()
        self._clock.stop()
        self._queue.shutdown()

    def _begin(self, name: str) -> None:
        self._progress = (0, 0)
        self._clock.start()
        self.begun.emit(name)

    def _end(self, problem: str) -> None:
        self._clock.stop()
        self._given_up = self._given_up[1:]
        self.ended.emit(problem)
        if not self._given_up:
            self.settled.emit()
