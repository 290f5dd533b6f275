"""Keys: from a number field back to the view, Escape, mnemonics, the sheet of all keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QStyle, QStyleOptionSlider

from tests.gui.acting import LEFT, NONE, mouse, shown
from xanesview.gui.actions.action_making import underlined
from xanesview.gui.actions.action_table import ACTIONS
from xanesview.gui.panels.number_field import NumberField
from xanesview.gui.window.shortcuts import ShortcutsDialog

SHIFT = Qt.KeyboardModifier.ShiftModifier


def press(key: Qt.Key, keys=Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the keyboard is."""
    QTest.keyClick(QApplication.focusWidget() or QApplication.activeWindow(), key, keys)


@pytest.mark.parametrize("name", ["theta", "phi", "vector"])
def test_after_enter_in_a_field_keys_reach_the_window(benzene_window, qtbot, name):
    window, field = benzene_window, getattr(benzene_window.geometry_panel, name)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "35" if name != "vector" else "1, 0, 1")
    press(Qt.Key.Key_Return)
    assert window.view.hasFocus()
    text = field.text()
    press(Qt.Key.Key_C)
    qtbot.waitUntil(lambda: len(shown(window, "frozen")) == 1)
    assert field.text() == text


def test_enter_on_what_cannot_be_read_stays_in_the_field(benzene_window):
    field = benzene_window.geometry_panel.theta
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "many")
    press(Qt.Key.Key_Return)
    assert field.hasFocus(), "to be corrected"


def test_enter_in_the_shift_of_a_reference_gives_the_keyboard_back(benzene_window, qtbot):
    window = benzene_window
    qtbot.mouseClick(window.references.bundled_button, LEFT)
    window.tabs.show("References")
    field = window.references.table.findChild(NumberField, "shift")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.5")
    press(Qt.Key.Key_Return)
    assert window.workspace.session.references[0].shift_ev == 0.5
    assert window.view.hasFocus()


def test_escape_puts_a_dragged_arrow_back_and_leaves_no_step_behind(benzene_window):
    window, view = benzene_window, benzene_window.view
    before, steps = window.workspace.geometry, window.workspace.undo_stack.count()
    start = view.tips_px()[0]
    mouse(view, QEvent.Type.MouseButtonPress, start)
    for place in start + np.outer(range(1, 9), [12, 9]):
        mouse(view, QEvent.Type.MouseMove, place, NONE, LEFT)
    assert window.workspace.geometry != before
    press(Qt.Key.Key_Escape)
    assert window.workspace.geometry == before
    assert window.workspace.undo_stack.count() == steps
    assert not window.workspace.undo_stack.canRedo()
    mouse(view, QEvent.Type.MouseMove, [start[0] + 150, start[1] + 90], NONE, LEFT)
    mouse(view, QEvent.Type.MouseButtonRelease, [start[0] + 150, start[1] + 90], LEFT, NONE)
    assert window.workspace.geometry == before, "the rest of the drag turns nothing"
    assert len(window.workspace.session.picked) == 6


def slide(slider, steps: int, upto: int = 10) -> None:
    """Drag the handle of a slider by so many pixels, the button held down."""
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    handle = slider.style().subControlRect(
        QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, slider
    )
    QTest.mousePress(slider, LEFT, pos=handle.center())
    for k in range(1, upto + 1):
        mouse(slider, QEvent.Type.MouseMove, (handle.center().x() + steps * k / upto, handle.center().y()), NONE, LEFT)


@pytest.mark.parametrize("name", ["theta", "phi"])
def test_escape_puts_a_dragged_slider_back_and_leaves_no_step_behind(benzene_window, name):
    window, panel = benzene_window, benzene_window.geometry_panel
    if name == "phi":
        window.workspace.set_geometry(window.workspace.geometry.with_direction((0.6, 0.0, 0.8)))
    before, steps = window.workspace.geometry, window.workspace.undo_stack.count()
    slider, field = getattr(panel, f"{name}_slider"), getattr(panel, name)
    value, text = slider.value(), field.text()
    slide(slider, 60)
    assert window.workspace.geometry != before
    press(Qt.Key.Key_Escape)
    assert window.workspace.geometry == before
    assert (slider.value(), field.text()) == (value, text)
    assert window.workspace.undo_stack.count() == steps
    assert not window.workspace.undo_stack.canRedo()
    mouse(slider, QEvent.Type.MouseMove, (90, 8), NONE, LEFT)
    assert (slider.value(), window.workspace.geometry) == (value, before), "the rest of the drag turns nothing"
    QTest.mouseRelease(slider, LEFT, pos=QPoint(90, 8))
    assert (slider.value(), window.workspace.geometry) == (value, before)
    slide(slider, 40)
    QTest.mouseRelease(slider, LEFT)
    assert window.workspace.geometry != before, "the next drag works as ever"
    assert window.workspace.undo_stack.count() == steps + 1
    assert len(window.workspace.session.picked) == 6


def test_escape_puts_an_azimuth_back_that_turns_nothing_at_the_pole(benzene_window):
    panel = benzene_window.geometry_panel
    slide(panel.phi_slider, 50)
    assert panel.phi.text() != "0.0°"
    press(Qt.Key.Key_Escape)
    assert panel.phi.text() == "0.0°"
    QTest.mouseRelease(panel.phi_slider, LEFT)


def test_escape_puts_a_turned_camera_back(benzene_window):
    view = benzene_window.view
    before = view.camera.rotation.copy()
    mouse(view, QEvent.Type.MouseButtonPress, (12, 12))
    for k in range(1, 8):
        mouse(view, QEvent.Type.MouseMove, (12 + 10 * k, 12 + 6 * k), NONE, LEFT)
    assert not np.allclose(view.camera.rotation, before)
    press(Qt.Key.Key_Escape)
    np.testing.assert_allclose(view.camera.rotation, before)
    mouse(view, QEvent.Type.MouseButtonRelease, (82, 54), LEFT, NONE)
    np.testing.assert_allclose(view.camera.rotation, before)


def test_escape_forgets_a_zoom_box(benzene_window, qtbot):
    window = benzene_window
    surface, before = window.plot._view.viewport(), window.plot.view_range()
    first, last = QPoint(surface.width() // 2, 60), QPoint(surface.width() // 2 + 90, 160)
    QTest.mousePress(surface, LEFT, pos=first)
    for k in range(1, 10):
        QTest.mouseMove(surface, first + (last - first) * k / 9)
        QApplication.processEvents()
    assert window.plot._plot.getViewBox().rbScaleBox.isVisible()
    press(Qt.Key.Key_Escape)
    assert not window.plot._plot.getViewBox().rbScaleBox.isVisible()
    QTest.mouseRelease(surface, LEFT, pos=last)
    assert window.plot.view_range() == before


def test_escape_gives_up_a_search_first_then_the_field(benzene_window):
    window = benzene_window
    window.tabs.show("Library")
    field = window.library.field
    field.setFocus()
    QTest.keyClicks(field, "ben")
    press(Qt.Key.Key_Escape)
    assert field.text() == ""
    press(Qt.Key.Key_Escape)
    assert window.view.hasFocus()
    assert len(window.workspace.session.picked) == 6


def test_shift_escape_clears_the_sites(benzene_window):
    benzene_window.view.setFocus()
    press(Qt.Key.Key_Escape)
    assert len(benzene_window.workspace.session.picked) == 6
    press(Qt.Key.Key_Escape, SHIFT)
    assert benzene_window.workspace.session.picked == ()


@pytest.mark.parametrize("key", [Qt.Key.Key_F1, Qt.Key.Key_Question])
def test_help_has_two_keys(benzene_window, key):
    benzene_window.view.setFocus()
    press(key)
    assert benzene_window.help.guide.isVisible()


def test_no_two_entries_of_a_menu_have_the_same_letter(benzene_window):
    def menus(menu):
        yield menu
        for action in menu.actions():
            if action.menu() is not None:
                yield from menus(action.menu())

    bar = benzene_window.menuBar()
    for menu in [bar, *(m for action in bar.actions() for m in menus(action.menu()))]:
        texts = [action.text().replace("&&", "") for action in menu.actions() if not action.isSeparator()]
        letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
        assert len(letters) == len(set(letters)), texts
    assert all(benzene_window.named_actions[spec.id].text().count("&") for spec in ACTIONS[:-2])


def test_letters_of_a_menu_are_wished_ones_or_first_ones_of_words():
    assert underlined(["Open…", "Open recent", "Arrow along x"]) == ["&Open…", "Open &recent", "Arrow along &x"]
    assert underlined(["Arrow along y", "Along b"], ["y", "b"]) == ["Arrow along &y", "Along &b"]
    assert underlined(["a", "a"]) == ["&a", "a"]


def test_the_sheet_of_keys_fits_a_small_screen_without_scrolling(benzene_window, qtbot):
    benzene_window.resize(1024, 700)
    press(Qt.Key.Key_F1, Qt.KeyboardModifier.ControlModifier)
    sheet = benzene_window.findChild(ShortcutsDialog)
    qtbot.waitUntil(sheet.isVisible)
    (area,) = sheet.findChildren(QScrollArea)
    assert area.verticalScrollBar().maximum() == area.horizontalScrollBar().maximum() == 0
    assert sheet.minimumSizeHint().height() < 300, "and on a smaller one it is scrolled"
    assert sheet.width() <= 1000
    assert sheet.height() <= 768 / 1.25 - 40, "below a title, on a screen of 1366 × 768 at a scale of 1.25"
    for label in sheet.findChildren(QLabel):
        assert label.width() >= label.sizeHint().width() - 1, f"{label.text()} is cut off"
    sheet.reject()
