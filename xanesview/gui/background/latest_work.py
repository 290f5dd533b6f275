"""Work in a thread of its own, for the newest question only; packages that take long to load are imported there."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, Signal

from xanesview.errors import Cancelled, XanesviewError
from xanesview.gui.background.ending import let_end

log = logging.getLogger(__name__)

Work = Callable[[Callable[[], bool]], Any]
"""Gets a function that tells whether nobody waits any more; returns the answer, or raises."""


class LatestWork(QObject):
    """Answers the newest question; an answer that nobody waits for any more is dropped.

    Parameters
    ----------
    name : str
        Of the thread.
    failing : str
        What a bug is told of as, such as "The prediction could not be fitted".
    """

    done = Signal(object)
    failed = Signal(str, str)  # message, hint
    busy_changed = Signal(bool)
    _answered = Signal(int, object, str, str)

    def __init__(self, name: str, failing: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name, self._failing = name, failing
        self._thread: threading.Thread | None = None
        self._newest = 0
        self._is_busy = False
        self._questions: SimpleQueue[tuple[int, Work] | None] = SimpleQueue()
        self._telling = _Telling()
        telling, questions = self._telling, self._questions  # `self` would be kept alive by what waits for its end

        def gone() -> None:
            telling.close()
            questions.put(None)

        self.destroyed.connect(gone)
        self._answered.connect(self._take)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._is_busy

    def ask(self, work: Work) -> None:
        """Begin, instead of whatever was asked for before."""
        self._newest += 1
        self._questions.put((self._newest, work))
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        self._set_busy(True)

    def forget(self) -> None:
        """Nobody waits for an answer any more."""
        self._newest += 1
        self._set_busy(False)

    def tell(self, emit: Callable[[], None]) -> None:
        """Emit a signal of this object or of its parent, in the thread: what `emit` does.

        Raises
        ------
        Cancelled
            where these may have gone.
        """
        self._telling.tell(emit)

    def shutdown(self) -> None:
        """The window closes; what runs is asked to end."""
        self.forget()
        self._telling.close()
        self._questions.put(None)
        if self._thread is not None:
            let_end(self._thread)

    def _set_busy(self, busy: bool) -> None:
        if busy != self._is_busy:
            self._is_busy = busy
            self.busy_changed.emit(busy)

    def _work(self) -> None:
        while (question := self._questions.get()) is not None:
            number, work = question
            if number != self._newest:
                continue
            answer = self._attempt(work, lambda number=number: number != self._newest)
            try:
                self.tell(lambda told=(number, *answer): self._answered.emit(*told))
            except Cancelled:  # the window has gone
                return

    def _attempt(self, work: Work, cancelled: Callable[[], bool]) -> tuple[object, str, str]:
        """Return the answer, or None with message and hint why there is none."""
        try:
            return work(cancelled), "", ""
        except Cancelled:
            return None, "", ""
        except XanesviewError as error:
            return None, error.message, error.hint
        except Exception as error:  # a bug here must not end the thread, or the window would wait for ever
            log.exception("%s failed", self._name)
            why = f"{self._failing} ({type(error).__name__}: {error})."
            return None, why, "The log (Help ▸ Show the log) holds the details."

    def _take(self, number: int, answer: object, message: str, hint: str) -> None:
        if number != self._newest:
            return
        self._set_busy(False)
        if answer is None:
            self.failed.emit(message, hint)
        else:
            self.done.emit(answer)


class _Telling:
    """Lets a thread emit signals of an object as long as it is there.

    To emit while another thread destroys the object can end the process, whatever Python knows of it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_closed = False

    def tell(self, emit: Callable[[], None]) -> None:
        with self._lock:
            if self._is_closed:
                raise Cancelled
            emit()

    def close(self) -> None:
        """Wait for what is being told; nothing is any more."""
        with self._lock:
            self._is_closed = True
