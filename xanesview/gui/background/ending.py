"""Threads at the end of their window: all are asked to end, then waited for together, and for a moment only.

A step of a network, a package that is being loaded or a library's search can't be stopped in the middle. What such a
thread still does nobody wants any more, so the program ends without it.
"""

from __future__ import annotations

import logging
import threading
import time

from PySide6.QtCore import QThread

log = logging.getLogger(__name__)

#: How long the end of the program waits for a thread from when it was asked to end, s.
PATIENCE_S = 0.7

#: Threads and when they were asked to end; destroying a QThread that runs aborts the process, so they are kept.
_asked: dict[QThread | threading.Thread, float] = {}


def let_end(thread: QThread | threading.Thread) -> None:
    """Keep a thread that was asked to end until it has."""
    _asked[thread] = time.monotonic()


def wait_for_threads(patience_s: float = PATIENCE_S) -> bool:
    """Wait until all threads that were asked to end have done so, or have had so many seconds; True if none is left."""
    for thread, asked in list(_asked.items()):
        left_s = max(0.0, asked + patience_s - time.monotonic())
        if _has_ended(thread, left_s):
            del _asked[thread]
        else:
            name = thread.objectName() if isinstance(thread, QThread) else thread.name
            log.warning("the thread “%s” did not end in time", name)
    return not _asked


def _has_ended(thread: QThread | threading.Thread, within_s: float) -> bool:
    if isinstance(thread, QThread):
        return thread.wait(round(1000 * within_s))
    thread.join(within_s)
    return not thread.is_alive()
