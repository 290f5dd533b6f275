"""Conformers of a SMILES are sought beside the window, open as frames, and their weighted mean is drawn."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.acting import LEFT, shown
from xanesview.domain.ranking.conformer_set import with_shares
from xanesview.gui.dialogs.conformers import ConformersDialog
from xanesview.io.structures.conformer_file import write_conformers
from xanesview.io.structures.registry import structure_from_smiles

CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
#: Says that one of two is relaxed; once the gate is there, copies a file of conformers to where they are wanted.
FAKE = """
import json, pathlib, shutil, sys, time
for line in sys.stdin:
    job = json.loads(line)
    print(json.dumps({"number": job["number"], "stage": "1 of 2"}), flush=True)
    while not pathlib.Path(sys.argv[1]).exists():
        time.sleep(0.02)
    if job["smiles"] == "bad":
        print(json.dumps({"number": job["number"], "error": "No such molecule.", "hint": "Type another."}), flush=True)
        continue
    pathlib.Path(job["path"]).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(sys.argv[2], job["path"])
    print(json.dumps({"number": job["number"], "count": 2, "notices": []}), flush=True)
"""


@pytest.fixture
def seeking(window, tmp_path):
    """The window; the search answers once the gate is there, with two propanals of 75 and 25 %."""
    one = structure_from_smiles("CCC=O")
    other = one.replace(positions_angstrom=1.02 * one.positions_angstrom)
    energy = 0.025692 * np.log(3.0)  # kT at 298.15 K
    frames = with_shares([one, other], [0.0, energy], False)
    write_conformers(tmp_path / "two.extxyz", frames)
    gate = tmp_path / "gate"
    window.workspace.conformers.engine.command = (sys.executable, "-c", FAKE, str(gate), str(tmp_path / "two.extxyz"))
    QTest.keyClick(window, Qt.Key.Key_F, CTRL_ALT)
    return window, window.findChild(ConformersDialog), gate


def test_they_open_as_frames_and_the_mean_is_drawn_by_their_shares(seeking, qtbot):
    window, dialog, gate = seeking
    workspace = window.workspace
    QTest.keyClicks(dialog.smiles, "CCC=O")
    qtbot.mouseClick(dialog.find_button, LEFT)
    qtbot.waitUntil(lambda: "Relaxed 1 of 2" in dialog.problem.text())
    steps = workspace.undo_stack.count()
    gate.touch()
    qtbot.waitUntil(lambda: workspace.structure is not None and workspace.structure.n_frames == 2)
    qtbot.waitUntil(lambda: bool(shown(window, "frozen")))
    row = window.frame_row
    assert row.isVisible()
    assert row.conformer.text() == "+0.0 kJ/mol, 75 % at 298 K"
    (mean,) = shown(window, "frozen")
    assert mean.label == "mean of 2 conformers"
    bar = window.structure_messages
    assert bar.text().startswith("2 conformers found; the file is ")
    assert bar.severity == "info"
    assert workspace.undo_stack.count() == steps + 1, "structure and mean came of one wish"
    curve = workspace.session.frozen[0].spectrum
    assert curve.provenance["shares"] == "0.7500, 0.2500"
    qtbot.waitUntil(lambda: not workspace.is_busy)
    first = shown(window, "current")[0].intensity
    row.slider.setFocus()
    QTest.keyClick(row.slider, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: workspace.structure.frame == 1 and not workspace.is_busy)
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    assert row.conformer.text() == "+2.7 kJ/mol, 25 % at 298 K"
    second = shown(window, "current")[0].intensity
    assert mean.intensity == pytest.approx(0.75 * first + 0.25 * second, abs=1e-6)
    for _ in range(2):  # the frame, then the structure with its mean
        workspace.undo_stack.undo()
    assert workspace.structure is None
    assert workspace.session.frozen == ()
    workspace.undo_stack.redo()
    assert workspace.structure.n_frames == 2
    assert [one.look.name for one in workspace.session.frozen] == ["mean of 2 conformers"]


def test_what_fails_is_said_and_the_dialog_stays(seeking, qtbot):
    _window, dialog, gate = seeking
    gate.touch()
    QTest.keyClicks(dialog.smiles, "bad")
    QTest.keyClick(dialog.smiles, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "No such molecule" in dialog.problem.text())
    assert dialog.isVisible()
    assert dialog.find_button.isEnabled()
    dialog.reject()


def test_cancel_ends_the_process(seeking, qtbot):
    window, dialog, _gate = seeking
    search = window.workspace.conformers
    QTest.keyClicks(dialog.smiles, "CCC=O")
    qtbot.mouseClick(dialog.find_button, LEFT)
    qtbot.waitUntil(lambda: search.total == 2)
    dialog.reject()
    QApplication.processEvents()
    assert not search.engine.is_running
    assert not search.is_busy
    assert window.workspace.structure is None


def test_a_mean_that_comes_after_its_structure_was_undone_is_dropped(seeking, qtbot, networks):
    window, dialog, gate = seeking
    workspace = window.workspace
    QTest.keyClicks(dialog.smiles, "CCC=O")
    qtbot.mouseClick(dialog.find_button, LEFT)
    networks.gate.clear()
    gate.touch()
    qtbot.waitUntil(lambda: workspace.structure is not None and workspace.ensemble.is_busy)
    QApplication.processEvents()
    workspace.undo_stack.undo()
    networks.gate.set()
    qtbot.waitUntil(lambda: not workspace.ensemble.is_busy and not workspace.is_busy)
    assert workspace.structure is None
    assert workspace.session.frozen == ()
    workspace.undo_stack.redo()
    assert workspace.structure.n_frames == 2, "what was undone can be brought back"
    qtbot.waitUntil(lambda: not workspace.is_busy)
