"""Undo goes on after a session was closed and opened again, and after the program was killed."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.acting import current, drag, shown
from tests.gui.fake_networks import FakeNetworks
from xanesview.gui.main_window import MainWindow
from xanesview.gui.settings import Settings
from xanesview.io.session_file import history
from xanesview.io.session_file.session_file import read_session_file, write_session_file

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def second(qtbot):
    window = MainWindow(networks=FakeNetworks(), settings=Settings(fresh=True), network="fake")
    with qtbot.waitExposed(window):
        window.show()
    window.make_view()
    yield window
    window.saving.asks = False
    window.close()
    window.deleteLater()


@pytest.fixture
def saved(benzene_window, tmp_path, qtbot):
    """A session with five steps, of which the last is undone."""
    window, work = benzene_window, benzene_window.workspace
    work.pick([0, 1])
    tip = window.view.tips_px()[0]
    drag(window.view, tip, np.add(tip, [(10.0, 8.0), (25.0, 30.0)]))
    work.curves.freeze()
    work.set_network("isotropic")
    work.undo_stack.undo()
    path = tmp_path / "work.xanesview"
    window.saving.write(path)
    qtbot.waitUntil(lambda: path.exists() and not window.saving.is_dirty)
    return path


def texts(window) -> list[str]:
    stack = window.workspace.undo_stack
    return [stack.text(place) for place in range(stack.count())]


def test_undo_goes_on_after_reopening(benzene_window, saved, second, qtbot):
    first = benzene_window
    second.opening.open_file(saved)
    qtbot.waitUntil(lambda: second.workspace.structure is not None and bool(second.plot.curves()))
    assert texts(second) == texts(first) == [
        "open Benzene", "pick sum of C1, C2", "turn polarisation", "freeze curve", "choose network isotropic",
    ]  # fmt: skip
    stack = second.workspace.undo_stack
    assert (stack.index(), stack.isClean()) == (4, True)
    assert not second.saving.is_dirty
    second.activateWindow()
    qtbot.waitUntil(second.isActiveWindow)
    QTest.keyClick(second, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: not shown(second, "frozen"))
    QTest.keyClick(second, Qt.Key.Key_Z, CTRL)
    first.workspace.go_to(2)
    QApplication.processEvents()
    qtbot.waitUntil(lambda: np.array_equal(current(second), current(first)))
    assert second.workspace.geometry == first.workspace.geometry
    assert second.saving.is_dirty
    second.workspace.go_to(5)
    assert second.workspace.session.network == "isotropic", "what was undone can be redone"
    second.workspace.go_to(0)
    assert second.workspace.structure is None


def test_the_list_shows_the_steps_of_the_file(saved, second, qtbot):
    second.opening.open_file(saved)
    qtbot.waitUntil(lambda: second.workspace.structure is not None)
    second.tabs.show("History")
    QApplication.processEvents()
    panel = second.tabs["History"]
    assert panel.texts()[0] == "Beginning"
    assert panel.texts()[3:] == ["Turn polarisation", "Freeze curve · saved", "Choose network isotropic"]


def test_steps_that_a_file_has_no_room_for_are_told_of(benzene_window, saved, second, qtbot, monkeypatch):
    monkeypatch.setattr(history, "MOST_STEPS", 2)
    said = []
    benzene_window.saving.saved.connect(lambda text, _path: said.append(text))
    benzene_window.workspace.pick([3])
    benzene_window.saving.write(saved)
    qtbot.waitUntil(lambda: bool(said))
    assert "the 3 oldest steps" in said[0]
    second.opening.open_file(saved)
    qtbot.waitUntil(lambda: second.workspace.structure is not None)
    second.tabs.show("History")
    QApplication.processEvents()
    assert second.tabs["History"].texts()[0] == "Beginning · 3 steps before it not kept in the file"


def test_a_list_that_cannot_be_read_leaves_the_work_and_says_so(saved, second, qtbot):
    work = read_session_file(saved)
    write_session_file(saved, work)
    content = saved.read_bytes()
    from tests.changed_sessions import resaid

    def spoil(said):
        said["history"]["of"] = "another"

    saved.write_bytes(resaid(content, spoil))
    second.opening.open_file(saved)
    qtbot.waitUntil(lambda: bool(second.workspace.session.frozen))
    assert second.workspace.undo_stack.count() == 0
    qtbot.waitUntil(lambda: second.structure_messages.notice is not None)
    assert "Not all steps of the history can be undone" in second.structure_messages.notice.message
