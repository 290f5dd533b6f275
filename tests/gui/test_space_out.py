"""Curves stood apart, by key and by button: one undo step, and the axis follows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest


def offsets(window) -> list[float]:
    return [curve.offset for curve in window.plot.curves() if curve.visible and curve.role != "difference"]


@pytest.mark.parametrize("way", ["key", "button", "menu"])
def test_space_out_is_one_undo_step(benzene_window, qtbot, way) -> None:
    window, stack = benzene_window, benzene_window.workspace.undo_stack
    window.tabs.show("Curves")
    before, top = stack.count(), window.plot.view_range()[1][1]
    if way == "key":
        QTest.keyClick(window, Qt.Key.Key_W)
    elif way == "button":
        QTest.mouseClick(window.tabs["Curves"].buttons["space"], Qt.MouseButton.LeftButton)
    else:
        window.named_actions["space_curves"].trigger()
    qtbot.waitUntil(lambda: any(offsets(window)), timeout=30_000)
    assert stack.count() == before + 1
    assert stack.undoText() == "space curves out"
    assert window.plot.view_range()[1][1] > top
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not any(offsets(window)), timeout=30_000)
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: any(offsets(window)), timeout=30_000)


def test_space_in_the_list_hides_in_one_undo_step(benzene_window, qtbot) -> None:
    window, panel = benzene_window, benzene_window.tabs["Curves"]
    window.tabs.show("Curves")
    qtbot.waitUntil(lambda: len(panel.model.curves) > 1, timeout=30_000)
    panel.table.setFocus()
    panel.select(["isotropic"])
    QTest.keyClick(panel.table, Qt.Key.Key_Space)
    hidden = lambda: not next(c for c in window.plot.curves() if c.key == "isotropic").visible  # noqa: E731
    qtbot.waitUntil(hidden, timeout=30_000)
    window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: not hidden(), timeout=30_000)


def test_space_in_the_table_of_sites_is_one_undo_step(benzene_window, qtbot) -> None:
    window, panel = benzene_window, benzene_window.sites
    window.tabs.show("Sites")
    table, before = panel.table, window.workspace.session.picked
    table.setFocus()
    table.setCurrentIndex(table.model().index(2, 0))
    picked = window.workspace.session.picked
    count = window.workspace.undo_stack.count()
    QTest.keyClick(table, Qt.Key.Key_Space)
    changed = window.workspace.session.picked
    assert window.workspace.undo_stack.count() - count == int(changed != picked)
    while window.workspace.undo_stack.canUndo() and window.workspace.session.picked != before:
        window.workspace.undo_stack.undo()
    assert window.workspace.session.picked == before
