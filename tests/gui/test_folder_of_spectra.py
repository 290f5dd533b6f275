"""A folder of many spectra: those that the plot holds are drawn together, and all of them can be found and chosen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from xanesview.gui.dialogs.choose_spectra import ChooseSpectraDialog
from xanesview.io import recognition
from xanesview.limits import MOST_REFERENCES

LEFT = Qt.MouseButton.LeftButton
PATIENT = {"timeout": 60_000}


def write_scans(folder, count: int) -> None:
    folder.mkdir()
    energy = np.linspace(281.0, 312.0, 90)
    for number in range(count):
        mu = 1.0 + np.exp(-(((energy - 286.0 - 0.01 * number) / 0.8) ** 2))
        np.savetxt(folder / f"scan_{number:03d}.dat", np.c_[energy, mu], header="energy_eV mu", fmt="%.4f")


def open_folder(window, monkeypatch, folder) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: str(folder))
    QTest.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)


def test_the_spectra_of_a_folder_are_drawn_together_in_one_undo_step(benzene_window, qtbot, tmp_path, monkeypatch):
    window = benzene_window
    write_scans(tmp_path / "scans", 30)
    steps, changes = window.workspace.undo_stack.count(), []
    window.workspace.references_changed.connect(lambda: changes.append(1))
    open_folder(window, monkeypatch, tmp_path / "scans")
    qtbot.waitUntil(lambda: len(window.workspace.session.references) == 30, **PATIENT)
    assert len(changes) <= 2, "the lists of curves follow once"
    assert window.workspace.undo_stack.count() == steps + 1
    assert "30 spectra laid over the prediction" in window.plot_messages.notice.message
    assert [one.label for one in window.workspace.session.references[:2]] == ["scan_000", "scan_001"]
    assert all(one.steps for one in window.workspace.session.references), "each is brought to the prediction"
    qtbot.waitUntil(lambda: len([c for c in window.plot.curves() if c.role == "measured"]) == 30, **PATIENT)
    window.workspace.undo_stack.undo()
    assert not window.workspace.session.references


def test_of_more_than_a_plot_holds_all_are_listed_found_and_chosen(benzene_window, qtbot, tmp_path, monkeypatch):
    window = benzene_window
    write_scans(tmp_path / "scans", 130)
    open_folder(window, monkeypatch, tmp_path / "scans")
    qtbot.waitUntil(lambda: window.findChild(ChooseSpectraDialog) is not None, **PATIENT)
    dialog = window.findChild(ChooseSpectraDialog)
    assert dialog.told.text() == f"100 of 130 spectra ticked; the plot holds {MOST_REFERENCES}."
    QTest.mouseClick(dialog.untick, LEFT)
    assert not dialog.draw.isEnabled()
    QTest.keyClicks(dialog.search, "scan_12")
    assert dialog.list.model().rowCount() == 10
    QTest.mouseClick(dialog.tick, LEFT)
    dialog.search.clear()
    assert dialog.list.model().rowCount() == 130
    QTest.mouseClick(dialog.draw, LEFT)
    qtbot.waitUntil(lambda: len(window.workspace.session.references) == 10, **PATIENT)
    assert {one.label for one in window.workspace.session.references} == {f"scan_12{k}" for k in range(10)}


def test_of_very_many_files_few_are_looked_into_and_a_structure_among_them_is_found(tmp_path, monkeypatch):
    folder, looked = tmp_path / "scans", []
    write_scans(folder, 130)
    (folder / "plan.docx").write_bytes(b"PK")
    kind = recognition.kind_of_file
    monkeypatch.setattr(recognition, "kind_of_file", lambda path: looked.append(path) or kind(path))
    found = recognition.spectra_of_folders([folder], many=MOST_REFERENCES)
    assert [path.name for path in found] == [f"scan_{k:03d}.dat" for k in range(130)]
    assert len(looked) < 20, "the list stands at once"
    (folder / "water.xyz").write_text("3\n\nO 0 0 0\nH 0 0.8 0.6\nH 0 -0.8 0.6\n")
    assert not recognition.spectra_of_folders([folder], many=MOST_REFERENCES)
    (folder / "water.xyz").rename(folder / "scan_129.dat")
    looked.clear()
    assert len(recognition.spectra_of_folders([folder], many=MOST_REFERENCES, beside_structures=True)) == 129
    assert len(looked) > 130, "one of the few is none: each is looked into"


@pytest.mark.parametrize("kind", ["empty", "structures"])
def test_other_folders_are_lists_of_structures_as_before(benzene_window, qtbot, tmp_path, monkeypatch, kind):
    folder = tmp_path / "other"
    write_scans(folder, 2 if kind == "structures" else 0)
    if kind == "structures":
        (folder / "methane.xyz").write_text("2\n\nC 0 0 0\nO 0 0 1.1\n")
    open_folder(benzene_window, monkeypatch, folder)
    candidates = benzene_window.workspace.candidates
    qtbot.waitUntil(lambda: candidates.paths == (folder,) and not candidates.is_busy, **PATIENT)
    assert len(candidates.rows) == (1 if kind == "structures" else 0)
    assert not benzene_window.workspace.session.references
