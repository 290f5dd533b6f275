"""Work on a structure whose tab was closed is not lost unasked, and comes back from a saved session."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QToolButton

from tests.gui.acting import drag, uncovered_atom
from xanesview.io.session_file.session_file import read_session_file

CTRL = Qt.KeyboardModifier.ControlModifier
PLAIN = Qt.KeyboardModifier.NoModifier


def weigh(window, qtbot) -> None:
    window.workspace.pick((0,))
    window.workspace.set_site_weight(0, 0.5)


def move_an_atom(window, qtbot) -> None:
    window.view.setFocus()
    QTest.keyClick(window, Qt.Key.Key_G)
    qtbot.waitUntil(lambda: window.edit_row.isVisible())
    QApplication.processEvents()
    atom = uncovered_atom(window, range(2, 4))
    at = window.view.atoms_px()[atom]
    drag(window.view, at, [np.add(at, (8, 3)), np.add(at, (20, 10))])
    QTest.keyClick(window, Qt.Key.Key_G)


@pytest.fixture
def two(qtbot, benzene_window):
    """Formaldehyde in a tab beside benzene."""
    window = benzene_window
    window.saving.asks = True
    window.opening.open_example("formaldehyde")
    qtbot.waitUntil(lambda: window.structure_tabs.count() == 2 and window.workspace.shown.prediction is not None)
    return window


def question(window) -> QMessageBox:
    (box,) = (one for one in window.findChildren(QMessageBox, "unsaved") if one.isVisible())
    return box


@pytest.mark.parametrize("work", [weigh, move_an_atom])
@pytest.mark.parametrize("saved", [False, True])
def test_quitting_asks_for_work_in_a_tab_that_was_closed(two, qtbot, tmp_path, monkeypatch, work, saved) -> None:
    window, path = two, tmp_path / "work.xanesview"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    if saved:
        with qtbot.waitSignal(window.saving.saved, timeout=5000):
            QTest.keyClick(window, Qt.Key.Key_S, CTRL)
    work(window, qtbot)
    QTest.keyClick(window, Qt.Key.Key_W, CTRL)
    assert window.structure_tabs.count() == 1
    assert "was closed with its changes" in window.structure_messages.text()
    window.close()
    box = question(window)
    assert "Formaldehyde" in box.informativeText()
    QTest.mouseClick(box.button(QMessageBox.StandardButton.Save), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)
    kept = read_session_file(path)
    assert "close" in kept.history.undo[0].text
    assert len(kept.history.undo[0].session.structures) == 2, "a saved session brings it back"


def test_the_message_brings_it_back(two, qtbot) -> None:
    weigh(two, qtbot)
    QTest.keyClick(two, Qt.Key.Key_W, CTRL)
    QApplication.processEvents()
    button = two.structure_messages.findChild(QToolButton, "message-undo")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert two.structure_tabs.count() == 2
    assert two.workspace.session.site_weights == {0: 0.5}
    assert not two.structure_messages.isVisible()


def test_a_tab_that_was_only_looked_at_is_closed_silently(two) -> None:
    QTest.keyClick(two, Qt.Key.Key_W, CTRL)
    assert not two.structure_messages.isVisible()
    two.close()
    assert not two.isVisible()


def test_work_that_was_undone_before_the_tab_was_closed_is_none(two, qtbot) -> None:
    weigh(two, qtbot)
    QTest.keyClick(two, Qt.Key.Key_Z, CTRL)
    QTest.keyClick(two, Qt.Key.Key_W, CTRL)
    two.close()
    assert not two.isVisible()
