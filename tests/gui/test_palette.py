"""The command palette as it is used: keys only."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from xanesview.gui.actions.action_making import obstacle
from xanesview.gui.actions.action_table import ACTIONS
from xanesview.gui.window.palette.dialog import CommandPalette
from xanesview.io.examples import examples

BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def palette(benzene_window, qtbot) -> CommandPalette:
    return opened(benzene_window, qtbot)


def opened(window, qtbot) -> CommandPalette:
    qtbot.waitUntil(lambda: window.isActiveWindow() and window.findChild(CommandPalette) is None)
    QTest.keyClick(window, Qt.Key.Key_P, BOTH)
    palette = window.findChild(CommandPalette)
    qtbot.waitUntil(lambda: palette.isVisible() and palette.field.hasFocus())
    return palette


def typed(palette, text: str, key=Qt.Key.Key_Return) -> None:
    QTest.keyClicks(palette.field, text)
    QTest.keyClick(palette.field, key)
    QApplication.processEvents()


def entry(palette, key: str):
    return next(one for one in palette._listed if one.key == key)


def test_a_few_letters_and_enter_run_an_action(benzene_window, palette, qtbot):
    typed(palette, "freez cur")
    qtbot.waitUntil(lambda: len(benzene_window.workspace.session.frozen) == 1)
    assert benzene_window.findChild(CommandPalette) is None


def test_escape_closes_and_changes_nothing(benzene_window, palette, qtbot):
    before = benzene_window.workspace.session
    typed(palette, "freez", Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: benzene_window.findChild(CommandPalette) is None)
    assert benzene_window.workspace.session is before


def test_arrows_choose(benzene_window, palette):
    first = palette.current
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.current is not first
    QTest.keyClick(palette.field, Qt.Key.Key_Up)
    QTest.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentRow() == palette.list.count() - 1, "round and round"
    palette.reject()


def test_what_cannot_be_done_says_why_and_stays(benzene_window, palette):
    QTest.keyClicks(palette.field, "redo")
    assert palette.current.key == "action/redo"
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    assert palette.hint.text() == "Nothing was undone"
    palette.reject()


def test_a_field_that_another_panel_hides_gives_the_keys_back(benzene_window, qtbot):
    window = benzene_window
    window.tabs.show("Series")
    qtbot.waitUntil(window.tabs.docks["Series"].widget().isVisible)
    field = next(one for one in window.tabs["Series"].findChildren(QLineEdit) if one.isVisible() and one.isEnabled())
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    typed(opened(window, qtbot), "processing")
    qtbot.waitUntil(lambda: field.visibleRegion().isEmpty() and window.isActiveWindow())
    before = field.text()
    for key in (Qt.Key.Key_2, Qt.Key.Key_C):
        QTest.keyClick(window.focusWidget() or window, key)
    qtbot.waitUntil(lambda: len(window.workspace.session.frozen) == 1)
    assert field.text() == before


def test_shortcuts_stand_beside(palette):
    assert entry(palette, "action/freeze").shortcut == "C"
    palette.reject()


def test_every_action_that_cannot_be_used_says_why(window, benzene_window, qtbot):
    for spec in ACTIONS:
        action = benzene_window.named_actions[spec.id]
        if not (action.isEnabled() and action.isVisible()):
            assert obstacle(spec, action) != "It can't be used just now", spec.id


def test_panels_examples_networks_and_edges_are_found(benzene_window, palette, qtbot):
    listed = {one.key for one in palette._listed}
    assert {f"panel/{title}" for title in benzene_window.docks} <= listed
    assert {f"example/{one.name}" for one in examples()} <= listed
    assert entry(palette, "edge/N K/False").obstacle == "Benzene has no N atom"
    assert entry(palette, "network/fake").obstacle == "It predicts already"
    typed(palette, "isotropic analytic")
    qtbot.waitUntil(lambda: benzene_window.workspace.session.network == "isotropic")
    again = opened(benzene_window, qtbot)
    assert again.current.key == "network/isotropic", "what was used last stands first"
    typed(again, "panel curves")
    qtbot.waitUntil(lambda: benzene_window.docks["Curves"].widget().panel is not None)
    typed(opened(benzene_window, qtbot), "example pyridine")
    qtbot.waitUntil(lambda: "yridine" in benzene_window.workspace.structure.name)
    typed(opened(benzene_window, qtbot), "absorber N")
    qtbot.waitUntil(lambda: benzene_window.workspace.session.network == "nitrogen")


def test_letters_typed_into_the_field_are_no_shortcuts(benzene_window, palette):
    before = benzene_window.workspace.session
    QTest.keyClicks(palette.field, "cdwnp")
    assert palette.field.text() == "cdwnp"
    assert palette.titles() == []
    assert benzene_window.workspace.session is before
    palette.reject()
