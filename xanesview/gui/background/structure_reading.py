"""Reads and builds structures beside the window: the newest request wins, late answers are dropped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from xanesview.domain.structure import Structure

#: What is ready this soon is shown at once, as if it had been read in the window itself, s.
PATIENCE_S = 0.08
#: What was given up may run on for some seconds, since RDKit can't be stopped in the middle of a molecule.
_THREADS = 3
#: What has run this long may never end, as a file of a network share that is gone; it keeps no other waiting, s.
HUNG_S = 10.0


class StructureReading(QObject):
    """One structure at a time, read or built in a thread.

    RDKit lets go of the interpreter while it embeds and relaxes a molecule, so a thread keeps the window alive. What is
    given up runs to its end unheard; neither the window nor the end of the program waits for it. A few of them run at
    the same time at most, not counting those that hang.

    Attributes
    ----------
    patience_s
        How long `begin` waits for the answer itself, s.
    """

    busy_changed = Signal()
    _ended = Signal(object)  # the Future, from the thread that ran it

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.patience_s = PATIENCE_S
        self._running: list[tuple[Future, float]] = []  # and since when, s
        self._wanted: tuple[Future, Callable[[], Structure]] | None = None  # what waits for a thread
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._start)
        self._current: tuple[Future, Callable[[Callable[[], Structure]], None]] | None = None
        self._telling = threading.Lock()
        self._closed = False
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._current is not None

    def begin(self, read: Callable[[], Structure], deliver: Callable[[Callable[[], Structure]], None]) -> bool:
        """Read in a thread; True if the answer came within the patience and has been delivered.

        Parameters
        ----------
        read
            Returns the structure, or raises what the user or a bug caused; called in the thread.
        deliver
            Called in the thread of the window with a function that returns the structure or raises what was raised.
            It is not called for a request that is given up or followed by another.
        """
        self.cancel()
        if self._closed:
            return False
        future: Future = Future()
        self._current, self._wanted = (future, deliver), (future, read)
        self._start()
        wait([future], self.patience_s)
        if future.done():
            self._deliver(future)
            return True
        future.add_done_callback(self._tell)
        self.busy_changed.emit()
        return False

    def cancel(self) -> None:
        """Give up what is awaited; no answer to it will come."""
        current, self._current, self._wanted = self._current, None, None
        self._again.stop()
        if current is not None:
            current[0].cancel()
            self.busy_changed.emit()

    def settle(self, within_s: float) -> bool:
        """Wait so long for what is awaited, and deliver it; False where it has not come."""
        if self._current is None:
            return True
        future = self._current[0]
        wait([future], within_s)
        if future.done():
            self._deliver(future)
        return future.done()

    def shutdown(self) -> None:
        """Give up what is awaited and begin nothing more; returns at once."""
        self.cancel()
        with self._telling:
            self._closed = True

    def _start(self) -> None:
        """Run what waits, at once or as soon as one of those that run has ended or is taken for hung."""
        now = time.monotonic()
        self._running = [(future, began) for future, began in self._running if not future.done()]
        if self._wanted is None:
            return
        recent = [began for _, began in self._running if now - began < HUNG_S]
        if len(recent) >= _THREADS:
            self._again.start(max(1, round(1000 * (min(recent) + HUNG_S - now)) + 1))
            return
        (future, read), self._wanted = self._wanted, None
        self._running.append((future, now))
        future.set_running_or_notify_cancel()
        thread = ThreadPoolExecutor(1, thread_name_prefix="structure")
        thread.submit(read).add_done_callback(lambda done: _hand_on(done, future))
        thread.shutdown(wait=False)  # it ends with what it reads

    def _tell(self, future: Future) -> None:
        with self._telling:  # after `shutdown` the window may be gone
            if not self._closed:
                self._ended.emit(future)

    def _deliver(self, future: Future) -> None:
        self._start()
        if self._current is None or self._current[0] is not future:
            return
        deliver = self._current[1]
        self._current = None
        self.busy_changed.emit()
        deliver(future.result)


def _hand_on(done: Future, future: Future) -> None:
    """Give a future what another one came to."""
    error = done.exception()
    if error is None:
        future.set_result(done.result())
    else:
        future.set_exception(error)
