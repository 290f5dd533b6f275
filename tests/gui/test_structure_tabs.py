"""Several structures open at once: tabs above the 3D view, keys, files dropped together, undo."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
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
