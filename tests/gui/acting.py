"""What a user does with mouse and keys, and what they see of the plot."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def mouse(view, kind: QEvent.Type, at, button=LEFT, held=LEFT, keys=Qt.KeyboardModifier.NoModifier) -> None:
    place = QPointF(*map(float, at))
    event = QMouseEvent(kind, place, QPointF(view.mapToGlobal(place.toPoint())), button, held, keys)
    QApplication.sendEvent(view, event)


def drag(view, start, path, keys=Qt.KeyboardModifier.NoModifier) -> None:
    """Press at `start`, move along `path`, release at its end."""
    mouse(view, QEvent.Type.MouseButtonPress, start)
    for place in path:
        mouse(view, QEvent.Type.MouseMove, place, NONE, LEFT, keys)
        QApplication.processEvents()
    mouse(view, QEvent.Type.MouseButtonRelease, path[-1], LEFT, NONE, keys)
    QApplication.processEvents()


def click(view, at, keys=Qt.KeyboardModifier.NoModifier) -> None:
    mouse(view, QEvent.Type.MouseButtonPress, at, keys=keys)
    mouse(view, QEvent.Type.MouseButtonRelease, at, LEFT, NONE, keys)
    QApplication.processEvents()


def shown(window, role: str):
    return [curve for curve in window.plot.curves() if curve.role == role]


def current(window) -> np.ndarray:
    return shown(window, "current")[0].intensity


def uncovered_atom(window, atoms) -> int:
    """An atom that a click at its centre would hit."""
    places = window.view.atoms_px()
    return next(atom for atom in atoms if window.view.atom_at(*places[atom]) == atom)


#: A window answers within this, whatever runs beside it, ms.
LIVELY_MS = 100


def longest_pause_ms(window, qtbot, beats: int = 30) -> float:
    """Return the shortest of a few longest waits between beats of the event loop: a busy machine spoils single ones."""
    longest = []
    for _ in range(3):
        times: list[float] = []
        timer = QTimer(window, interval=5)
        timer.timeout.connect(lambda seen=times: seen.append(time.perf_counter()))
        timer.start()
        qtbot.waitUntil(lambda seen=times: len(seen) > beats, timeout=20_000)
        timer.stop()
        timer.deleteLater()
        longest.append(1000.0 * max(after - before for before, after in pairwise(times)))
    return min(longest)
