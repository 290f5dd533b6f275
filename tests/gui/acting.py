"""What a user does with mouse and keys, and what they see of the plot."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
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
