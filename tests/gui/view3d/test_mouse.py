"""What the mouse does: drag the arrow, orbit, pick, hover, menus; in the OpenGL and in the flat view alike."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from tests.gui.view3d.conftest import Mouse, count_near, on_screen
from xanesview.domain.geometry.directions import to_angles_deg
from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.gui.view3d.interaction import InteractiveView

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.mark.parametrize("tip", [0, 1])
def test_a_dragged_tip_follows_the_pointer(view: InteractiveView, mouse: Mouse, tip: int) -> None:
    heard: list[tuple[np.ndarray, str]] = []
    view.direction_dragged.connect(lambda v, phase: heard.append((v, phase)))
    rotation = view.camera.rotation.copy()
    start = np.round(view.tips_px()[tip])
    towards = np.array([260.0, 210.0]) - start
    mouse.press(start)
    for step in np.linspace(0.05, 0.6, 12):
        pointer = np.round(start + step * towards + np.array([8 * np.sin(6 * step), 0]))
        mouse.move(pointer)
        assert np.hypot(*(view.tips_px()[tip] - pointer)) < 1.0
        # What the view says is what it draws.
        assert heard[-1][0] == pytest.approx(view.arrow.direction)
    mouse.release(pointer)
    assert [phase for _, phase in heard] == ["begin", *["move"] * 12, "end"]
    assert heard[0][0] == pytest.approx([0.36, 0.48, 0.8])
    assert np.linalg.norm(heard[-1][0]) == pytest.approx(1.0)
    # The direction never flips sign during a drag.
    steps = [a[0] @ b[0] for a, b in pairwise(heard)]
    assert min(steps) > 0.8
    assert np.array_equal(view.camera.rotation, rotation)


def test_a_tip_does_not_jump_under_a_pointer_that_holds_it_off_centre(view: InteractiveView, mouse: Mouse) -> None:
    start = view.tips_px()[0]
    mouse.press(start + np.array([9, -7]))
    mouse.move(start + np.array([10, -7]))
    assert np.hypot(*(view.tips_px()[0] - start - np.array([1, 0]))) < 1.0
    mouse.release(start + np.array([10, -7]))


def test_a_click_on_a_tip_is_no_drag(view: InteractiveView, mouse: Mouse, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(view.direction_dragged), qtbot.assertNotEmitted(view.background_clicked):
        mouse.click(view.tips_px()[0])


def test_shift_snaps_to_fifteen_degrees(view: InteractiveView, mouse: Mouse) -> None:
    start = view.tips_px()[0]
    mouse.press(start)
    for step in (5, 11, 23, 37):
        mouse.move(start + np.array([step, step]), SHIFT)
        theta, phi = to_angles_deg(view.arrow.direction)
        assert theta / 15 == pytest.approx(round(theta / 15), abs=1e-6)
        assert phi / 15 == pytest.approx(round(phi / 15), abs=1e-6)
    mouse.release(start + np.array([37, 37]), modifiers=SHIFT)


def test_dragging_elsewhere_orbits_and_leaves_the_arrow(view: InteractiveView, mouse: Mouse, qtbot: QtBot) -> None:
    rotation, direction = view.camera.rotation.copy(), view.arrow.direction
    with qtbot.assertNotEmitted(view.direction_dragged), qtbot.assertNotEmitted(view.atom_clicked):
        mouse.press((40, 40))
        mouse.move((80, 50))
        mouse.move((120, 70))
        mouse.release((120, 70))
    assert not np.allclose(view.camera.rotation, rotation)
    assert np.array_equal(view.arrow.direction, direction)


def test_a_click_picks_and_with_shift_it_adds(view: InteractiveView, mouse: Mouse, qtbot: QtBot) -> None:
    clear = [a for a in range(12) if view.atom_at(*view.atoms_px()[a]) == a and view.tip_at(*view.atoms_px()[a]) < 0]
    assert len(clear) >= 8
    for atom in clear:
        with qtbot.waitSignal(view.atom_clicked) as plain:
            mouse.click(view.atoms_px()[atom])
        assert plain.args == [atom, False]
        with qtbot.waitSignal(view.atom_clicked) as added:
            mouse.click(view.atoms_px()[atom] + np.array([1, -1]), modifiers=SHIFT)
        assert added.args == [atom, True]
    with qtbot.waitSignal(view.background_clicked):
        mouse.click((8, 8))


def test_the_right_button_asks_for_a_menu_and_drags_the_scene(
    view: InteractiveView, mouse: Mouse, qtbot: QtBot
) -> None:
    right = Qt.MouseButton.RightButton
    place = view.atoms_px()[3]
    with qtbot.waitSignal(view.context_requested) as asked:
        mouse.click(place, right)
    assert asked.args[0] == 3
    assert (asked.args[1] - view.mapToGlobal(QPoint(*place.astype(int)))).manhattanLength() < 4
    with qtbot.waitSignal(view.context_requested) as asked:
        mouse.click((8, 8), right)
    assert asked.args[0] == -1
    with qtbot.assertNotEmitted(view.context_requested):
        mouse.press((100, 100), right)
        mouse.move((130, 100))
        mouse.release((130, 100), right)
    assert view.atoms_px()[3] == pytest.approx(place + np.array([30, 0]), abs=4)


def test_a_double_click_centres_an_atom(view: InteractiveView) -> None:
    place = view.atoms_px()[2]
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(*place.astype(int)))
    assert view.atoms_px()[2] == pytest.approx([view.width() / 2, view.height() / 2], abs=1)


def test_the_wheel_zooms(view: InteractiveView) -> None:
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    before = np.ptp(view.atoms_px(), axis=0)
    none, centre = Qt.MouseButton.NoButton, QPointF(260, 210)
    event = QWheelEvent(
        centre, view.mapToGlobal(centre), QPoint(), QPoint(0, 240), none, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)
    assert (np.ptp(view.atoms_px(), axis=0) > 1.15 * before).all()


def test_pointing_at_an_atom_tells_its_name_and_outlines_it(view: InteractiveView, mouse: Mouse, qtbot: QtBot) -> None:
    place = view.atoms_px()[0]
    before = on_screen(view)
    with qtbot.waitSignal(view.atom_hovered) as hovered:
        mouse.move(place)
    assert hovered.args == [0]
    assert view.cursor().shape() == Qt.CursorShape.PointingHandCursor
    qtbot.waitUntil(lambda: not np.array_equal(on_screen(view), before))
    with qtbot.waitSignal(view.atom_hovered) as left:
        mouse.move((8, 8))
    assert left.args == [-1]


def test_a_tip_grows_under_the_pointer_which_becomes_a_hand(view: InteractiveView, mouse: Mouse, qtbot: QtBot) -> None:
    from xanesview.gui.appearance.theme import colours

    accent = colours(view).accent
    tip = view.tips_px()[0]
    qtbot.waitUntil(lambda: count_near(on_screen(view), accent, 150) > 50)
    small = count_near(on_screen(view), accent, 150)
    mouse.move(tip)
    assert view.cursor().shape() == Qt.CursorShape.OpenHandCursor
    qtbot.waitUntil(lambda: count_near(on_screen(view), accent, 150) > small + 20)
    mouse.press(tip)
    assert view.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    mouse.release(tip)
    mouse.move((8, 8))
    assert view.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_without_a_use_for_the_direction_the_arrow_is_grey_and_says_why(
    view: InteractiveView, mouse: Mouse, qtbot: QtBot
) -> None:
    from xanesview.gui.appearance.theme import colours

    accent = colours(view).accent
    qtbot.waitUntil(lambda: count_near(on_screen(view), accent, 150) > 50)
    view.set_geometry(LinearPolarisation((0.36, 0.48, 0.8)), "This network knows no direction.")
    qtbot.waitUntil(lambda: count_near(on_screen(view), accent, 150) == 0)
    mouse.move(view.tips_px()[0])
    assert QToolTip.text() == "This network knows no direction."
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


@pytest.mark.parametrize("key", ["w", "s", "3", "e", "q", "f", "r", "p", "j", "c"])
def test_no_key_does_anything_here(view: InteractiveView, key: str, qtbot: QtBot) -> None:
    view.setFocus()
    before = view.camera.rotation.copy(), view.camera.distance_angstrom
    QTest.keyClick(view, key)
    assert np.array_equal(view.camera.rotation, before[0])
    assert view.camera.distance_angstrom == before[1]
    assert view.isVisible()
