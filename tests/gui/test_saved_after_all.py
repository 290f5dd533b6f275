"""What could not be saved and is saved after all leaves nothing red behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from tests.full_disk import full_disk
from xanesview.gui.session.jobs import FAILED


def failed(window) -> list[str]:
    return [job.name for job in window.workspace.jobs.jobs if job.state == FAILED]


def test_a_session_that_is_saved_elsewhere(benzene_window, qtbot, tmp_path, monkeypatch) -> None:
    window, places = benzene_window, iter([tmp_path / "full.xanesview", tmp_path / "other.xanesview"])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(next(places)), ""))
    with full_disk(200):
        QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: window.structure_messages.isVisible(), timeout=5000)
    assert window.structure_messages.severity == "error"
    with qtbot.waitSignal(window.saving.saved, timeout=5000):
        QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert not window.structure_messages.isVisible()
    assert failed(window) == []
    assert "failed" not in window.status.jobs.text() or not window.status.jobs.isVisible()


@pytest.mark.parametrize("elsewhere", [False, True])
def test_an_export_that_is_written_again(benzene_window, qtbot, tmp_path, elsewhere) -> None:
    window, path = benzene_window, Path(tmp_path / "curves.csv")
    other = tmp_path / "other" / "curves.csv"
    other.parent.mkdir()
    with full_disk(200):
        window.exporting.write_data(path)
        qtbot.waitUntil(lambda: bool(failed(window)), timeout=5000)
    assert window.status.jobs.text() == "1 job failed"
    with qtbot.waitSignal(window.exporting.saved, timeout=5000):
        window.exporting.write_data(other if elsewhere else path)
    qtbot.waitUntil(lambda: not failed(window), timeout=5000)
    assert not window.status.jobs.isVisible()
