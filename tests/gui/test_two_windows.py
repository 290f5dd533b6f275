"""Two windows on one session file: the one that saves second overwrites nothing unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from xanesview.gui.dialogs.changed_file import ChangedFileDialog
from xanesview.io.session_file.session_file import read_session_file, write_session_file

CTRL, PLAIN = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def path(benzene_window, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that the window has saved, and another window has written since."""
    wanted = tmp_path / "work.xanesview"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(wanted), ""))
    with qtbot.waitSignal(benzene_window.saving.saved, timeout=5000):
        key(benzene_window, Qt.Key.Key_S)
    theirs = read_session_file(wanted)
    write_session_file(wanted, theirs.replace(view={**theirs.view, "theirs": True}))
    return wanted


def key(window, key, modifiers=CTRL) -> None:
    QTest.keyClick(window, key, modifiers)
    QApplication.processEvents()


def is_theirs(path: Path) -> bool:
    return "theirs" in read_session_file(path).view


def asked(window, qtbot) -> ChangedFileDialog:
    """Freeze a curve, save, and return what is asked."""
    key(window, Qt.Key.Key_C, PLAIN)
    key(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: bool(window.findChildren(ChangedFileDialog)), timeout=5000)
    (box,) = window.findChildren(ChangedFileDialog)
    assert "work.xanesview was changed" in box.text()
    assert "under another name" in box.informativeText()
    return box


def click(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_cancel_leaves_the_file_to_the_other_and_the_work_unsaved(benzene_window, qtbot, path) -> None:
    box = asked(benzene_window, qtbot)
    QTest.keyClick(box, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not benzene_window.saving.writing.is_busy, timeout=5000)
    assert is_theirs(path)
    assert benzene_window.saving.is_dirty
    assert benzene_window.windowTitle().startswith("*work.xanesview")


def test_another_name_keeps_both(benzene_window, qtbot, path, tmp_path, monkeypatch) -> None:
    other = tmp_path / "mine.xanesview"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(other), ""))
    box = asked(benzene_window, qtbot)
    with qtbot.waitSignal(benzene_window.saving.saved, timeout=5000):
        click(box.other_name)
    assert is_theirs(path)
    assert len(read_session_file(other).session.frozen) == 1
    assert benzene_window.saving.path == other


def test_overwriting_is_done_when_it_is_wanted_and_asked_once(benzene_window, qtbot, path) -> None:
    box = asked(benzene_window, qtbot)
    with qtbot.waitSignal(benzene_window.saving.saved, timeout=5000):
        click(box.overwrite)
    assert not is_theirs(path)
    assert len(read_session_file(path).session.frozen) == 1
    benzene_window.workspace.pick([0, 1])
    with qtbot.waitSignal(benzene_window.saving.saved, timeout=5000):
        benzene_window.saving.save()
    assert read_session_file(path).session.picked == (0, 1)


def test_closing_waits_for_the_answer(benzene_window, qtbot, path) -> None:
    window = benzene_window
    window.saving.asks = True
    key(window, Qt.Key.Key_C, PLAIN)
    window.close()
    unsaved = window.findChild(QMessageBox, "unsaved")
    click(unsaved.button(QMessageBox.StandardButton.Save))
    qtbot.waitUntil(lambda: bool(window.findChildren(ChangedFileDialog)), timeout=5000)
    assert window.isVisible()
    (box,) = window.findChildren(ChangedFileDialog)
    click(box.overwrite)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)
    assert len(read_session_file(path).session.frozen) == 1


def test_recovered_work_does_not_overwrite_what_was_saved_since(benzene_window, qtbot, path) -> None:
    """What was kept by itself tells which content of its file it began from."""
    window = benzene_window
    key(window, Qt.Key.Key_C, PLAIN)
    kept = window.saving.gather().whole()
    window.saving.take_up(read_session_file(path), path)
    window.saving.recover(kept)
    key(window, Qt.Key.Key_S)
    qtbot.waitUntil(lambda: bool(window.findChildren(ChangedFileDialog)), timeout=5000)
    assert is_theirs(path)
