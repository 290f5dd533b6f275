"""A step of the history that raises leaves all as it was, leaves the history and is told of; the window goes on."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from xanesview.gui.app import install_exception_hook

UNDO = Qt.KeyboardModifier.ControlModifier
REDO = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(benzene_window, monkeypatch, tmp_path):
    """The window on benzene with the hook that a program has."""
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    install_exception_hook(benzene_window, tmp_path / "xanesview.log")
    return benzene_window


class Broken:
    """Raises as often as it is told to when sites are asked for, and does what was there before after that."""

    def __init__(self, window, monkeypatch, times: int) -> None:
        self.left, self.usual = times, window.workspace._queue.want
        monkeypatch.setattr(window.workspace._queue, "want", self)

    def __call__(self, *what):
        if self.left:
            self.left -= 1
            raise KeyError("no such site")
        return self.usual(*what)



def click_site(window, row: int) -> None:
    """Click the name of a site: it alone is picked."""
    window.tabs.show("Sites")
    QApplication.processEvents()
    table = window.sites.table
    at = table.visualRect(table.model().index(row, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def told(window) -> str:
    return window.plot_messages.notice.message


@pytest.mark.parametrize("times", [1, 2], ids=["", "and can't be turned back"])
def test_a_step_that_raises_is_not_done_and_told_with_details(window, monkeypatch, qtbot, capsys, times):
    workspace = window.workspace
    before, steps = workspace.session, workspace.undo_stack.count()
    Broken(window, monkeypatch, times)
    click_site(window, 2)
    assert workspace.session.picked == before.picked
    assert workspace.undo_stack.count() == steps
    assert told(window).startswith("“pick C3” could not be done; all is as it was before (KeyError: ")
    assert "Traceback" in window.plot_messages.details()
    assert "no such site" in window.plot_messages.details()
    click_site(window, 2)
    assert workspace.session.picked == (2,)
    assert workspace.undo_stack.count() == steps + 1


@pytest.mark.parametrize("way", ["undo", "redo"])
def test_what_cannot_be_undone_or_redone_leaves_the_history_and_the_window_goes_on(window, monkeypatch, qtbot, way):
    workspace, stack = window.workspace, window.workspace.undo_stack
    first = workspace.session.picked
    click_site(window, 2)
    steps = stack.count()
    if way == "redo":
        QTest.keyClick(window, Qt.Key.Key_Z, UNDO)
        assert workspace.session.picked == first
    stands = workspace.session
    Broken(window, monkeypatch, 1)
    QTest.keyClick(window, Qt.Key.Key_Z, UNDO if way == "undo" else REDO)
    assert workspace.session.picked == stands.picked
    assert stack.count() == steps - 1
    assert ("could not be undone" if way == "undo" else "could not be done") in told(window)
    window.workspace.set_per_atom(not workspace.session.per_atom)
    QTest.keyClick(window, Qt.Key.Key_Z, UNDO)
    assert workspace.session.per_atom == stands.per_atom


def test_a_jump_over_steps_of_which_one_raises_arrives(window, monkeypatch, qtbot):
    workspace, stack = window.workspace, window.workspace.undo_stack
    begin = stack.index()
    workspace.set_per_atom(not workspace.session.per_atom)
    monkeypatch.setattr(workspace.computation, "set_refine", lambda on: on and None)
    workspace.set_refine(True)
    workspace.set_per_atom(not workspace.session.per_atom)
    end = stack.index()

    def broken(_on):
        raise OSError("the engine is gone")

    monkeypatch.setattr(stack.command(end - 2), "_switch", broken)
    workspace.go_to(begin)
    workspace.go_to(end)
    assert stack.index() == stack.count() == end
    assert "“refine” could not be done" in told(window)
