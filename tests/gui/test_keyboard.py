"""Letters are keys from the start and after a click on a tab; what is cut says so; what was undone is not told."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QTabBar

from tests.gui.acting import LEFT, shown
from tests.gui.test_keys import press
from xanesview.gui.appearance.choice import Choice
from xanesview.gui.main_window import MainWindow
from xanesview.gui.settings import Settings


def click_tab(window, title: str) -> None:
    bars = [bar for bar in window.desk.findChildren(QTabBar) if bar.count() > 5]
    bar, row = next((bar, row) for bar in bars for row in range(bar.count()) if bar.tabText(row) == title)
    QTest.mouseClick(bar, LEFT, pos=bar.tabRect(row).center())
    QApplication.processEvents()


def test_the_view_has_the_keyboard_from_the_start(qtbot, networks) -> None:
    window = MainWindow(networks=networks, settings=Settings(fresh=True), network="fake")
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert not isinstance(QApplication.focusWidget(), QLineEdit)
    window.make_view()
    qtbot.waitUntil(window.view.hasFocus)
    window.close()
    window.deleteLater()


@pytest.mark.parametrize("field", ["theta", "vector"])
def test_letters_are_keys_after_a_click_on_a_tab(benzene_window, qtbot, field) -> None:
    window = benzene_window
    QTest.mouseClick(getattr(window.geometry_panel, field), LEFT)
    assert getattr(window.geometry_panel, field).hasFocus()
    click_tab(window, "Curves")
    qtbot.waitUntil(window.view.hasFocus)
    press(Qt.Key.Key_C)
    qtbot.waitUntil(lambda: len(shown(window, "frozen")) == 1)


def test_a_field_out_of_sight_takes_no_letters(benzene_window, qtbot) -> None:
    """Qt leaves the keyboard with a panel that another one covers."""
    window = benzene_window
    window.show_start()
    window.start.findChild(QLineEdit).setFocus()
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    window.tabs.show("Sites")
    qtbot.waitUntil(window.view.hasFocus)
    press(Qt.Key.Key_C)
    qtbot.waitUntil(lambda: len(shown(window, "frozen")) == 1)


def test_a_field_keeps_the_keyboard_where_the_user_put_it(benzene_window, qtbot) -> None:
    field = benzene_window.geometry_panel.theta
    benzene_window.sites.table.setFocus()
    QTest.mouseClick(field, LEFT)
    qtbot.wait(20)
    assert field.hasFocus()


def test_a_desktop_that_activates_the_window_gives_no_field_the_keyboard(benzene_window, qtbot) -> None:
    window, field = benzene_window, benzene_window.geometry_panel.theta
    window.keyboard._has_chosen = False
    window.view.clearFocus()
    field.setFocus(Qt.FocusReason.ActiveWindowFocusReason)  # from nothing, as a window manager does
    qtbot.waitUntil(window.view.hasFocus)
    QTest.mouseClick(field, LEFT)
    window.view.clearFocus()
    field.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
    qtbot.wait(20)
    assert field.hasFocus(), "the user was there before"


def test_what_was_said_of_a_step_goes_when_it_is_undone(benzene_window, qtbot) -> None:
    window, bar = benzene_window, benzene_window.plot_messages
    workspace = window.workspace
    workspace.curves.freeze()
    workspace.curves.remove([curve.subject for curve in shown(window, "current")])
    qtbot.waitUntil(bar.isVisible)
    qtbot.wait(10)
    assert "can't be removed" in bar.text()
    workspace.undo_stack.undo()
    assert not bar.isVisible()


def test_what_is_cut_ends_in_an_ellipsis_and_is_whole_in_the_tooltip(qtbot) -> None:
    choice = Choice(toolTip="What to choose")
    qtbot.addWidget(choice)
    choice.addItems(["a choice with a long name", "short"])
    choice.resize(120, 30)
    choice.show()
    assert choice.shown_text().endswith("…")
    choice.setCurrentIndex(1)
    assert choice.shown_text() == "short"
    choice.setCurrentIndex(0)
    choice.resize(400, 30)
    assert choice.shown_text() == choice.currentText()


def test_showing_another_structure_does_not_mark_a_saved_session(benzene_window, qtbot, tmp_path) -> None:
    window = benzene_window
    window.opening.open_example("formaldehyde")
    qtbot.waitUntil(lambda: window.structure_tabs.count() == 2)
    with qtbot.waitSignal(window.saving.saved, timeout=20_000):
        window.saving.write(tmp_path / "work.xanesview")
    assert not window.windowTitle().startswith("*")
    for _ in range(3):
        window.structure_tabs.show_next()
        QApplication.processEvents()
        assert not window.saving.is_dirty
        assert not window.windowTitle().startswith("*")
    window.directions.x()
    assert window.saving.is_dirty
    assert window.windowTitle().startswith("*")
    window.workspace.undo_stack.undo()
    assert not window.saving.is_dirty


def test_a_frozen_copy_is_told_from_the_current_curve_and_a_new_name_stands_alone(benzene_window, qtbot) -> None:
    window, workspace = benzene_window, benzene_window.workspace
    workspace.curves.freeze()
    qtbot.waitUntil(lambda: len(shown(window, "frozen")) == 1)
    labels = [curve.label for curve in window.plot.curves()]
    assert len(set(labels)) == len(labels)
    assert shown(window, "frozen")[0].label == f"{shown(window, 'current')[0].label} · frozen"
    window.directions.x()
    assert not shown(window, "frozen")[0].label.endswith("frozen")
    qtbot.mouseClick(window.references.bundled_button, LEFT)
    qtbot.waitUntil(lambda: len(shown(window, "computed")) == 1)
    (curve,) = shown(window, "computed")
    workspace.curves.rename(curve.subject, "My own name")
    qtbot.waitUntil(lambda: shown(window, "computed")[0].label == "My own name")
    workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: shown(window, "computed")[0].label == curve.label)


@pytest.mark.parametrize("of_row", ["slider", "number"])
def test_a_row_that_goes_while_a_dialog_is_in_front_leaves_the_keyboard_to_the_view(window, qtbot, tmp_path, of_row):
    """Opening a file without frames: the field that came next would take Ctrl+Z for its own."""
    path = tmp_path / "two.xyz"
    path.write_text("".join(f"2\nframe\nC 0 0 0\nO 0 0 {1.1 + 0.1 * k}\n" for k in range(2)))
    window.opening.open_file(path)
    qtbot.waitUntil(window.frame_row.isVisible)
    window.keyboard._has_chosen = True
    getattr(window.frame_row, of_row).setFocus()
    dialog = QDialog(window)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: not window.isActiveWindow())
    steps = window.workspace.undo_stack.count()
    window.opening.open_example("benzene")
    dialog.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.waitUntil(lambda: window.workspace.undo_stack.count() == steps + 1)
    assert window.view.hasFocus()
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(window.frame_row.isVisible)


@pytest.mark.parametrize("name", ["absorber", "network"])
def test_keys_after_a_choice_was_looked_at_are_those_of_the_window(benzene_window, qtbot, name):
    """The letter of a direction chose another network, unasked: the closed list went on taking keys."""
    window = benzene_window
    window.view.setFocus()
    choice = getattr(window.toolbar, name)
    before = choice.currentText()
    QTest.mouseClick(choice, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(choice.view().isVisible)
    QTest.keyClick(choice.view(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not choice.view().isVisible())
    assert not choice.hasFocus()
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_X)
    assert choice.currentText() == before
