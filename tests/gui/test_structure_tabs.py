"""Several structures open at once: tabs above the 3D view, keys, files dropped together, undo."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from xanesview.io.examples import find_example

FILES = ("benzene", "pyridine", "thiophene")


def files() -> list[Path]:
    return [find_example(name).path for name in FILES]


@pytest.fixture
def three(qtbot, window):
    """The window with three structures, opened together; the first is shown."""
    window.opening.open_paths(files())
    qtbot.waitUntil(lambda: window.structure_tabs.count() == 3, timeout=10_000)
    return window


def shown_name(window) -> str:
    return window.workspace.structure.name


def click_tab(window, tab: int) -> None:
    bar = window.structure_tabs
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(tab).center())
    QApplication.processEvents()


def test_every_file_opened_is_among_the_recent_ones_on_the_start_page(three):
    shelf = three.start.recent
    assert {shelf.itemAt(k).widget().text() for k in range(shelf.count())} == {path.name for path in files()}


def test_no_tabs_for_a_single_structure(benzene_window):
    assert not benzene_window.structure_tabs.isVisible()
    assert not benzene_window.named_actions["close_structure"].isEnabled()


def test_files_opened_together_stand_in_tabs_and_the_first_is_shown(three):
    assert three.structure_tabs.isVisible()
    assert [name.lower() for name in map(three.structure_tabs.tabText, range(3))] == list(FILES)
    assert three.structure_tabs.currentIndex() == 0
    assert shown_name(three).lower() == "benzene"


def test_a_click_brings_a_structure_back_as_it_was_left(qtbot, three):
    workspace = three.workspace
    qtbot.waitUntil(lambda: workspace.shown.prediction is not None, timeout=5000)
    workspace.pick((0, 3))
    workspace.set_geometry(workspace.geometry.with_direction((1.0, 0.0, 0.0)))
    click_tab(three, 1)
    assert shown_name(three).lower() == "pyridine"
    assert workspace.session.picked != (0, 3)
    click_tab(three, 0)
    assert workspace.session.picked == (0, 3)
    assert workspace.geometry.direction == (1.0, 0.0, 0.0)
    assert any(curve.role == "current" for curve in three.plot.curves()) or workspace.shown.prediction is not None


def turn_with_the_mouse(window, dx_px: int, dy_px: int) -> None:
    view, start = window.view, QPoint(12, 12)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for share in (0.5, 1.0):
        QTest.mouseMove(view, start + QPoint(int(share * dx_px), int(share * dy_px)))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(dx_px, dy_px))


def seen_from(window) -> tuple[np.ndarray, np.ndarray, float]:
    camera = window.view.camera
    return camera.rotation.copy(), camera.target_angstrom.copy(), camera.visible_angstrom


def assert_same_view(one: tuple, other: tuple) -> None:
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_each_structure_is_seen_from_where_it_was_left(qtbot, three):
    first = seen_from(three)[0]
    turn_with_the_mouse(three, 90, 40)
    three.view.centre_on(3)
    three.view.camera.zoom(1.4)
    turned = seen_from(three)
    assert np.abs(turned[0] - first).max() > 0.1
    click_tab(three, 1)
    standard = seen_from(three)
    three.view.stand_on(np.array([0.0, 0.6, 0.8]), np.array([0.0, 0.0, 1.0]))
    stood = seen_from(three)
    assert np.abs(stood[0] - standard[0]).max() > 0.1
    click_tab(three, 0)
    assert_same_view(seen_from(three), turned)
    click_tab(three, 1)
    assert_same_view(seen_from(three), stood)
    click_tab(three, 2)
    click_tab(three, 1)
    assert_same_view(seen_from(three), stood)
    three.workspace.undo_stack.undo()
    three.workspace.undo_stack.undo()
    assert_same_view(seen_from(three), stood)


def test_two_of_one_name_are_seen_each_from_its_side(qtbot, window, tmp_path):
    again = tmp_path / "again.xyz"
    again.write_text(re.sub(r"0\.\d+\s*$", "0.02\n", files()[0].read_text()))  # the last atom is a little elsewhere
    window.opening.open_paths([files()[0]])
    window.opening.open_paths([again])
    qtbot.waitUntil(lambda: window.structure_tabs.count() == 2)
    assert len({one.name for one in window.workspace.session.structures}) == 1
    turn_with_the_mouse(window, 90, 40)
    second = seen_from(window)
    click_tab(window, 0)
    turn_with_the_mouse(window, -60, 10)
    first = seen_from(window)
    click_tab(window, 1)
    assert_same_view(seen_from(window), second)
    click_tab(window, 0)
    assert_same_view(seen_from(window), first)


def test_keys_step_round_and_close(three):
    QTest.keyClick(three, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert shown_name(three).lower() == "pyridine"
    three.named_actions["previous_structure"].trigger()
    three.named_actions["previous_structure"].trigger()
    assert shown_name(three).lower() == "thiophene"
    QTest.keyClick(three, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert three.structure_tabs.count() == 2
    assert shown_name(three).lower() == "pyridine"
    three.workspace.undo_stack.undo()
    assert three.structure_tabs.count() == 3
    assert shown_name(three).lower() == "thiophene"


def test_the_only_structure_is_not_closed_and_a_closed_one_comes_back_with_its_work(qtbot, three):
    workspace = three.workspace
    qtbot.waitUntil(lambda: workspace.shown.prediction is not None, timeout=5000)
    workspace.pick((0, 3))
    workspace.set_site_weight(3, 2.0)
    work = workspace.session
    for _ in range(4):
        QTest.keyClick(three, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert three.structure_tabs.count() == 1
    assert workspace.structure is not None
    assert not three.named_actions["close_structure"].isEnabled()
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    assert three.structure_tabs.count() == 3
    assert shown_name(three).lower() == "benzene"
    assert (workspace.session.picked, workspace.session.site_weights) == (work.picked, work.site_weights)


def test_a_structure_that_is_opened_next_stands_beside_the_one_before(qtbot, benzene_window):
    benzene_window.opening.open_example("pyridine")
    qtbot.waitUntil(lambda: shown_name(benzene_window).lower() == "pyridine", timeout=5000)
    assert benzene_window.structure_tabs.count() == 2
    assert benzene_window.structure_tabs.currentIndex() == 1


def test_a_file_that_cannot_be_read_leaves_the_others(qtbot, window, tmp_path):
    broken = tmp_path / "broken.xyz"
    broken.write_text("no structure\n")
    first, second, _ = files()
    window.opening.open_paths([first, broken, second])
    qtbot.waitUntil(lambda: window.structure_tabs.count() == 2, timeout=10_000)
    assert shown_name(window).lower() == "benzene"
