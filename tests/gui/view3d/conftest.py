"""A view of either kind on the screen, and a mouse."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from ase.build import fcc111, molecule
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.domain.structure import Structure
from xanesview.gui.view3d.flat_view import FlatView
from xanesview.gui.view3d.interaction import InteractiveView
from xanesview.gui.view3d.view import StructureView

KINDS = {"opengl": StructureView, "flat": FlatView}


def structure_of(atoms) -> Structure:
    """Return a Structure of an ase.Atoms."""
    return Structure(
        numbers=atoms.numbers,
        positions_angstrom=atoms.positions,
        cell_angstrom=atoms.cell.array,
        pbc=atoms.pbc,
    )


def slab(nx: int, ny: int, layers: int) -> Structure:
    """Return a copper slab of nx × ny × layers atoms."""
    atoms = fcc111("Cu", (nx, ny, layers), vacuum=8.0)
    atoms.pbc = (True, True, False)
    return structure_of(atoms)


@pytest.fixture
def benzene() -> Structure:
    return structure_of(molecule("C6H6"))


@pytest.fixture(params=list(KINDS))
def view(request: pytest.FixtureRequest, qtbot: QtBot, benzene: Structure) -> Iterator[InteractiveView]:
    """A view with benzene and a slanted arrow, painted once."""
    one = KINDS[request.param]()
    yield from shown(one, qtbot, benzene)


@pytest.fixture
def gl_view(qtbot: QtBot, benzene: Structure) -> Iterator[StructureView]:
    yield from shown(StructureView(), qtbot, benzene)


def shown(one: InteractiveView, qtbot: QtBot, structure: Structure) -> Iterator[InteractiveView]:
    qtbot.addWidget(one)
    one.resize(520, 420)
    # A bare X server has no window manager: put the window where it can be photographed.
    one.move(20, 20)
    one.show()
    qtbot.waitExposed(one)
    one.set_structure(structure)
    one.set_geometry(LinearPolarisation((0.36, 0.48, 0.8)))
    QApplication.processEvents()
    yield one
    one.close_view()
    one.close()


class Mouse:
    """Sends the events of a real mouse to the widget under a place of the view.

    Not `QTest.mouseMove`: that takes no keyboard modifiers and rounds to whole pixels.
    """

    def __init__(self, view: InteractiveView) -> None:
        self.view = view
        self._held = Qt.MouseButton.NoButton

    def _send(self, kind: QEvent.Type, place: np.ndarray, button: Qt.MouseButton, modifiers) -> None:
        point = QPointF(float(place[0]), float(place[1]))
        target = self.view.childAt(point.toPoint()) or self.view
        local = QPointF(target.mapFrom(self.view, point))
        # What the target ignores, Qt hands on to its parents.
        event = QMouseEvent(kind, local, self.view.mapToGlobal(point), button, self._held, modifiers)
        QApplication.sendEvent(target, event)

    def press(self, place, button=Qt.MouseButton.LeftButton, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        self._held = button
        self._send(QEvent.Type.MouseButtonPress, place, button, modifiers)

    def move(self, place, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        self._send(QEvent.Type.MouseMove, place, Qt.MouseButton.NoButton, modifiers)

    def release(self, place, button=Qt.MouseButton.LeftButton, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        self._held = Qt.MouseButton.NoButton
        self._send(QEvent.Type.MouseButtonRelease, place, button, modifiers)

    def click(self, place, button=Qt.MouseButton.LeftButton, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        self.press(place, button, modifiers)
        self.release(place, button, modifiers)


@pytest.fixture
def mouse(view: InteractiveView) -> Mouse:
    return Mouse(view)


def on_screen(view: InteractiveView) -> np.ndarray:
    """Photograph the view as it is on the screen, (height, width, 3) uint8."""
    # The still frame is complete when nothing is pending any more.
    QTest.qWait(0)
    corner = view.mapToGlobal(QPoint(0, 0))
    picture = view.screen().grabWindow(0, corner.x(), corner.y(), view.width(), view.height())
    return pixels(picture.toImage())[..., :3]


def pixels(image: QImage) -> np.ndarray:
    """Return an image as (height, width, 4) uint8: red, green, blue, alpha."""
    straight = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(straight.constBits(), np.uint8).reshape(straight.height(), straight.bytesPerLine())
    return rows[:, : 4 * straight.width()].reshape(straight.height(), straight.width(), 4).copy()


def count_near(picture: np.ndarray, colour: str, tolerance: int = 60) -> int:
    """Count pixels whose colour is near ``#rrggbb``."""
    rgb = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)])
    return int((np.abs(picture[..., :3].astype(int) - rgb).sum(axis=-1) < tolerance).sum())
