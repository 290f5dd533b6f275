"""Records how long the event loop of a window stands still, whether a busy sign was seen, and what held it."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication

BEAT_MS = 5
#: From here on a window seems to hang, ms.
GAP_MS = 200.0
#: When it is looked at what holds the loop, ms after the last beat.
LOOK_MS = 120.0


@dataclass
class Gap:
    """One stand-still: ms, the part that the window's thread computed, whether the pointer said so, where it was."""

    milliseconds: float
    cpu_ms: float
    is_told: bool
    places: list[str] = field(default_factory=list)


class GapRecorder(QObject):
    """Beats in the event loop; a thread looks where the window's thread is when a beat is late."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.gaps: list[Gap] = []
        self.longest_ms = self.longest_cpu_ms = 0.0
        self._last, self._cpu = time.perf_counter(), time.thread_time()
        self._told = False
        self._places: list[str] = []
        self._main = threading.get_ident()
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()
        self._follow_pointer()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="gaps", daemon=True)
        self._thread.start()

    def take(self) -> tuple[float, float, list[Gap]]:
        """Return the longest untold stand-still since the last call, the longest computing in one, and all too long."""
        taken = self.longest_ms, self.longest_cpu_ms, self.gaps
        self.longest_ms, self.longest_cpu_ms, self.gaps = 0.0, 0.0, []
        return taken

    def stop(self) -> None:
        """End the beats and the looking."""
        self._timer.stop()
        self._over.set()
        self._thread.join()

    def _follow_pointer(self) -> None:
        """Notice each busy pointer: it may come and go between two beats."""
        before = QGuiApplication.setOverrideCursor

        def noticed(cursor) -> None:
            self._told = True
            before(cursor)

        QGuiApplication.setOverrideCursor = staticmethod(noticed)

    def _beat(self) -> None:
        now, cpu = time.perf_counter(), time.thread_time()
        pause = 1000.0 * (now - self._last) - BEAT_MS
        places, self._places = self._places, []
        told, self._told = self._told, QGuiApplication.overrideCursor() is not None
        if pause > GAP_MS:
            self.gaps.append(Gap(pause, 1000.0 * (cpu - self._cpu), told, places))
        if not told:
            self.longest_ms = max(self.longest_ms, pause)
            self.longest_cpu_ms = max(self.longest_cpu_ms, 1000.0 * (cpu - self._cpu))
        self._last, self._cpu = now, cpu

    def _look(self) -> None:
        seen = 0.0
        while not self._over.wait(0.02):
            last = self._last
            if 1000.0 * (time.perf_counter() - last) > LOOK_MS and last != seen:
                seen = last
                frame = sys._current_frames().get(self._main)
                lines = traceback.extract_stack(frame) if frame is not None else []
                self._places = [
                    f"{line.filename.rpartition('xanesview/')[2]}:{line.lineno} {line.name}" for line in lines[-9:]
                ]
