"""What panels tell of a curve while it moves: along with it where that is quick, else once it rests."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 120
_AT_ONCE_S = 0.012  # of the processor; what takes longer waits until nothing moves
_REST_MS = 250


class OnceAtRest(QTimer):
    """Calls `work` soon after it is wanted: eight times a second, or after a rest where the last call took long."""

    def __init__(self, parent: QObject, work: Callable[[], None]) -> None:
        super().__init__(parent, singleShot=True)
        self._work, self._took_s = work, 0.0
        self.timeout.connect(self._call)

    def want(self) -> None:
        """Ask for a call."""
        if self._took_s > _AT_ONCE_S:
            self.start(_REST_MS)  # anew: no move of a drag waits for it
        elif not self.isActive():
            self.start(_EVERY_MS)

    def _call(self) -> None:
        began = time.thread_time()
        self._work()
        self._took_s = time.thread_time() - began
