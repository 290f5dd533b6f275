"""Cyclic garbage is collected in the window's thread alone.

Python collects it in whatever thread happens to allocate. A widget, an action or a timer that ends so in a worker
thread takes Qt's locks there while the window's thread holds them and waits for the interpreter: both stand for ever.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

from xanesview.networks.torch_access import is_loading

#: How often it is looked whether there is something to collect, ms.
INTERVAL_MS = 500


class Collecting(QObject):
    """Collects in the thread that makes it, by Python's own thresholds, in place of Python's collector.

    Old objects, which take longest to look through, wait while a mouse button is down: a drag goes on without a halt.

    Parameters
    ----------
    parent : owns it
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the generations that have passed their thresholds; not while torch is imported in another thread.

        Its types are half made then, and to look through them has ended the process.
        """
        if is_loading():
            return
        oldest = 1 if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton else 2
        for generation in range(oldest, -1, -1):
            limit = gc.get_threshold()[generation]
            if 0 < limit < gc.get_count()[generation]:
                gc.collect(generation)  # the younger ones with it
                return

    def stop(self) -> None:
        """Give collecting back to Python: for when no thread runs beside the window's any more."""
        self._timer.stop()
        gc.enable()
