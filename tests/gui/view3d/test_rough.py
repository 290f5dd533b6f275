"""What takes long to draw is drawn roughly while the mouse moves it, and finely once it rests."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.view3d.conftest import Mouse, on_screen, pixels
from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.gui.view3d import canvas
from xanesview.gui.view3d.view import StructureView

FREE = np.array([20.0, 20.0])


@pytest.fixture
def slow(gl_view: StructureView, monkeypatch: pytest.MonkeyPatch) -> StructureView:
    """The view on a machine on which every frame takes too long."""
    monkeypatch.setattr(canvas, "ROUGH_ABOVE_S", -1.0)
    monkeypatch.setattr(canvas, "_SMOOTH_WHILE_MOVING_S", 0.0)
    return gl_view


@pytest.fixture
def mouse(gl_view: StructureView) -> Mouse:
    return Mouse(gl_view)


def orbited(mouse: Mouse, steps: int = 4) -> np.ndarray:
    mouse.press(FREE)
    for k in range(1, steps + 1):
        mouse.move(FREE + 8.0 * k)
        QApplication.processEvents()
    return FREE + 8.0 * steps


def test_the_atoms_stay_where_they_are_and_become_round_again(slow: StructureView, mouse: Mouse, qtbot: QtBot) -> None:
    at = orbited(mouse)
    assert slow._canvas._is_rough
    rough = on_screen(slow)[..., :3].astype(int)
    places = [(x, y) for atom, (x, y) in enumerate(slow.atoms_px()) if atom < 6 and slow.tip_at(x, y) < 0]
    ratio = slow.devicePixelRatioF()
    ground = rough[2, 2]
    seen = [np.abs(rough[round(y * ratio), round(x * ratio)] - ground).max() > 40 for x, y in places]
    assert sum(seen) >= len(seen) - 1, "carbons are drawn where they are"
    mouse.release(at)
    qtbot.waitUntil(lambda: slow._canvas.is_at_rest)
    assert not slow._canvas._is_rough
    fine = on_screen(slow)[..., :3].astype(int)
    assert np.abs(fine - rough).max() > 60


def test_a_pause_with_the_button_held_shows_the_fine_picture(slow: StructureView, mouse: Mouse, qtbot: QtBot) -> None:
    at = orbited(mouse)
    qtbot.waitUntil(lambda: not slow._canvas._is_rough)
    mouse.move(at + 8.0)
    QApplication.processEvents()
    assert slow._canvas._is_rough, "and it goes on roughly"
    mouse.release(at + 8.0)


def test_pictures_are_fine_whatever_moves(slow: StructureView, mouse: Mouse) -> None:
    at = orbited(mouse)
    picture = pixels(slow.image())
    assert not slow._canvas._is_rough
    mouse.release(at)
    QApplication.processEvents()
    assert np.abs(picture.astype(int) - pixels(slow.image()).astype(int)).max() < 60


def test_what_is_drawn_fast_is_never_rough(gl_view: StructureView, mouse: Mouse, monkeypatch) -> None:
    monkeypatch.setattr(canvas, "ROUGH_ABOVE_S", 10.0)
    at = orbited(mouse)
    assert not gl_view._canvas._is_rough
    mouse.release(at)


def test_marks_come_back(slow: StructureView, mouse: Mouse) -> None:
    structure = slow._scene.structure
    structure.set_marks({0: (1, 2, 3)})
    at = orbited(mouse)
    assert not structure._marks.GetVisibility()
    mouse.release(at)
    slow.image()
    assert structure._marks.GetVisibility()


def test_while_only_the_arrow_moves_the_rest_is_a_picture_of_it(
    slow: StructureView, mouse: Mouse, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canvas, "_KEPT_FINE_S", 10.0)
    tip = slow.tips_px()[0]
    mouse.press(tip)
    for k in range(1, 6):
        slow.set_geometry(LinearPolarisation(np.array([0.2 + 0.1 * k, 0.3, 1.0])))
        mouse.move(slow.tips_px()[0])
        QApplication.processEvents()
    own = slow._canvas
    assert own._over_kept
    kept = on_screen(slow)[..., :3].astype(int)
    own._backdrop.hide()
    own.window_vtk.Render()
    whole = on_screen(slow)[..., :3].astype(int)
    assert (np.abs(kept - whole).max(2) > 3).mean() < 2e-4, "the arrow stands behind what it stood behind"
    slow.set_picked({1: "#ff0000"})
    for k in (1, 2):
        mouse.move(slow.tips_px()[0] + 2.0 * k)
        QApplication.processEvents()
    ringed = on_screen(slow)[..., :3].astype(int)
    assert (np.abs(ringed - kept).max(2) > 60).sum() > 20, "another ring is another picture"
    qtbot.waitUntil(lambda: not own._over_kept)
    mouse.release(slow.tips_px()[0])
    qtbot.waitUntil(lambda: own.is_at_rest)


def test_a_turn_of_the_view_keeps_no_picture(slow: StructureView, mouse: Mouse) -> None:
    at = orbited(mouse)
    assert not slow._canvas._over_kept
    mouse.release(at)
