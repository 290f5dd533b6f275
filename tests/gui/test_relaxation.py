"""Molecules from SMILES are shown at once, relaxed beside the window, and replaced once, and the window says so."""

from __future__ import annotations

import dataclasses
import json
import sys

import numpy as np
import pytest
from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication

from tests.gui.acting import LEFT, current, shown
from xanesview import paths
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.structure import Notice, Structure
from xanesview.gui.session import autosave, geometry_relaxation
from xanesview.gui.session import jobs as jobs_module
from xanesview.gui.session.jobs import DONE, FAILED
from xanesview.io.session_file.session_file import read_session_file
from xanesview.io.structures.registry import structure_from_smiles
from xanesview.reference.engine.gfn2 import is_relaxed
from xanesview.reference.kept import METHOD
from xanesview.shown.curve_facts import with_provenance
from xanesview.shown.relaxed_session import with_geometries, with_geometry_before
from xanesview.shown.spectra import current_spectrum

PATIENT = {"timeout": 60_000}
#: Answers with the atoms 3 % further from the middle, as soon as the file appears that its argument names.
FAKE = """
import json, pathlib, sys, time
for line in sys.stdin:
    job = json.loads(line)
    while not pathlib.Path(sys.argv[1]).exists():
        time.sleep(0.02)
    positions = [[1.03 * c for c in row] for row in job["positions_angstrom"]]
    answer = {"positions_angstrom": positions, "largest_force": 0.005, "steps": 7}
    answer = json.loads(pathlib.Path(sys.argv[1]).read_text() or "null") or answer
    print(json.dumps({"number": job["number"], **answer}), flush=True)
"""


@pytest.fixture
def relaxing(window, monkeypatch, tmp_path):
    """The window, which relaxes; the answers come once the gate (a path) is there, and are what it holds."""
    gate = tmp_path / "gate"
    relaxation = window.workspace.relaxation
    relaxation.on = True
    relaxation.engine.command = (sys.executable, "-c", FAKE, str(gate))
    return window, gate


def status(window):
    return window.status.relaxation


def wait_until_relaxed(window, qtbot) -> None:
    qtbot.waitUntil(lambda: is_relaxed(window.workspace.structure), **PATIENT)


def test_the_geometry_is_replaced_once_and_nothing_that_was_done_meanwhile_is_lost(relaxing, qtbot):
    window, gate = relaxing
    workspace = window.workspace
    assert window.opening.open_smiles("CC=O")
    before = workspace.structure
    assert before.geometry_origin == "MMFF94"
    qtbot.waitUntil(lambda: bool(shown(window, "current")), **PATIENT)
    assert status(window).text.text() == "relaxing geometry…"
    assert status(window).stop.isVisible()
    workspace.pick((0,))
    workspace.set_geometry(workspace.geometry.with_direction((0.6, 0.0, 0.8)))
    workspace.set_site_weight(0, 2.0)
    window.view.camera.orbit(40, 25)
    camera, old_curve, steps = dataclasses.replace(window.view.camera), current(window), workspace.undo_stack.count()
    told = []
    workspace.structure_changed.connect(lambda: told.append(workspace.structure))
    gate.touch()
    wait_until_relaxed(window, qtbot)
    after = workspace.structure
    assert told == [after], "once"
    assert not workspace.relaxation.is_busy
    np.testing.assert_allclose(
        np.linalg.norm(after.positions_angstrom[0] - after.positions_angstrom[1]),
        1.03 * np.linalg.norm(before.positions_angstrom[0] - before.positions_angstrom[1]),
    )
    assert workspace.session.picked == (0,)
    assert workspace.session.weight_of(0) == 2.0
    assert workspace.geometry.direction == (0.6, 0.0, 0.8)
    np.testing.assert_array_equal(window.view.camera.rotation, camera.rotation)
    assert window.view.camera.distance_angstrom == camera.distance_angstrom
    assert window.view.structure is after
    assert status(window).text.text().startswith("geometry relaxed with GFN2-xTB: rms 0.0")
    assert not status(window).stop.isVisible()
    qtbot.waitUntil(lambda: bool(shown(window, "current")) and not workspace.is_busy, **PATIENT)
    assert current(window).shape == old_curve.shape
    exported = with_provenance(workspace.shown, current_spectrum(workspace.shown))
    assert exported.provenance["geometry_origin"] == after.geometry_origin
    assert workspace.undo_stack.count() == steps, "no step of the user's"


def test_undo_goes_through_what_the_user_did_and_never_back_to_the_force_field(relaxing, qtbot):
    window, gate = relaxing
    workspace = window.workspace
    window.opening.open_smiles("CC=O")
    workspace.pick((0,))
    gate.touch()
    wait_until_relaxed(window, qtbot)
    after = workspace.structure
    workspace.undo_stack.undo()
    assert workspace.session.picked != (0,)
    assert workspace.structure is after
    workspace.undo_stack.redo()
    assert (workspace.session.picked, workspace.structure) == ((0,), after)
    window.opening.open_example("benzene")
    window.opening.open_smiles("CC=O")
    assert workspace.structure is after, "what is known already is shown at once"
    assert len(workspace.session.structures) == 2
    assert not workspace.relaxation.is_busy


@pytest.mark.parametrize("how", ["button", "stop"])
def test_the_user_keeps_the_geometry(relaxing, qtbot, how):
    window, _gate = relaxing
    workspace = window.workspace
    window.opening.open_smiles("CC=O")
    before = workspace.structure
    qtbot.waitUntil(lambda: workspace.relaxation.engine.is_running, **PATIENT)
    if how == "button":
        qtbot.mouseClick(status(window).stop, LEFT)
    else:
        window.named_actions["cancel"].trigger()
    assert not workspace.relaxation.is_busy
    assert not workspace.relaxation.engine.is_running
    assert status(window).text.text() == "geometry: MMFF94"
    workspace.keep_structure(structure_from_smiles("C"))
    workspace.show_tab(1)
    workspace.show_tab(0)
    assert workspace.structure is before
    assert not workspace.relaxation.is_busy, "given up for good"
    window.opening.open_smiles("CC=O")
    assert workspace.structure.content_hash == before.content_hash


def test_the_chip_goes_back_to_the_geometry_of_before_and_forth(relaxing, qtbot):
    window, gate = relaxing
    workspace = window.workspace
    assert window.opening.open_smiles("CC=O")
    built = workspace.structure
    gate.touch()
    wait_until_relaxed(window, qtbot)
    relaxed = workspace.structure
    assert "as relaxed with GFN2-xTB (rms 0.0" in window.plot_messages.text()
    assert "The chip “relaxed geometry” above the plot goes back" in window.plot_messages.text()
    qtbot.waitUntil(lambda: bool(window.plot.curves()) and bool(workspace.shown.sites))
    workspace.set_geometry(workspace.geometry.with_direction((0.6, 0.0, 0.8)))
    picked, light = workspace.session.picked, workspace.geometry
    steps, side = workspace.undo_stack.count(), window.view.camera.rotation.copy()

    def choose(chip: str, entry: int) -> None:
        row = window.plot._chips
        qtbot.waitUntil(lambda: any(one.text == chip for one in row.chips))
        qtbot.mouseClick(row._buttons[[one.text for one in row.chips].index(chip)], LEFT)
        menu = QApplication.activePopupWidget()
        actions = menu.actions()
        assert [action.text() for action in actions] == ["Relaxed with GFN2-xTB", "As built (MMFF94)"]
        assert [action.isChecked() for action in actions] == [entry == 1, entry == 0]
        actions[entry].trigger()
        menu.close()

    choose("relaxed geometry", 1)
    assert workspace.structure is built
    assert (workspace.session.picked, workspace.geometry) == (picked, light)
    assert np.array_equal(window.view.camera.rotation, side)
    qtbot.waitUntil(lambda: bool(workspace.shown.sites))
    assert not workspace.relaxation.is_busy, "it is not relaxed once more"
    choose("geometry before relaxation", 0)
    assert workspace.structure is relaxed
    assert workspace.undo_stack.count() == steps + 2
    workspace.undo_stack.undo()
    assert workspace.structure is built
    workspace.undo_stack.undo()
    assert workspace.structure is relaxed
    workspace.undo_stack.redo()
    assert workspace.structure is built


def test_another_structure_ends_it_and_coming_back_begins_anew(relaxing, qtbot):
    window, gate = relaxing
    workspace = window.workspace
    window.opening.open_smiles("CC=O")
    qtbot.waitUntil(lambda: workspace.relaxation.engine.is_running, **PATIENT)
    window.opening.open_example("benzene")
    assert not workspace.relaxation.is_busy
    assert not workspace.relaxation.engine.is_running
    assert not status(window).isVisible(), "a file's geometry is the file's"
    gate.touch()
    workspace.show_tab(0)
    wait_until_relaxed(window, qtbot)
    assert workspace.structure.formula == "C2H4O"


def test_what_was_said_of_the_force_field_goes_and_what_is_left_is_said(relaxing, qtbot):
    window, gate = relaxing
    bar = window.structure_messages
    window.opening.open_smiles("CB(C)C")
    assert "UFF" in bar.text()
    gate.touch()
    wait_until_relaxed(window, qtbot)
    assert not bar.isVisible()
    gate.unlink()
    window.opening.open_smiles("O")
    positions = window.workspace.structure.positions_angstrom.tolist()
    gate.write_text(json.dumps({"positions_angstrom": positions, "largest_force": 0.3, "steps": 250}))
    wait_until_relaxed(window, qtbot)
    assert "stopped after 250 steps with forces of up to 0.30 eV/Å left" in bar.text()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ('{"error": "The electrons do not converge.", "hint": "Check the charge."}', "do not converge. Check"),
        ('{"positions_angstrom": [[0,0,0],[0,0,9],[0,9,0]], "largest_force": 0.0, "steps": 1}', "breaks"),
    ],
)
def test_why_the_geometry_stays_is_said(relaxing, qtbot, answer, words):
    window, gate = relaxing
    gate.write_text(answer)
    window.opening.open_smiles("O")
    bar = window.structure_messages
    qtbot.waitUntil(lambda: bar.isVisible() and bar.notice.kind == "relaxation", **PATIENT)
    assert bar.text().startswith("The geometry is that of MMFF94: ")
    assert words in bar.text()
    assert bar.severity == "info"
    assert status(window).text.text() == "geometry: MMFF94"
    assert window.workspace.relaxation.on


def test_without_the_package_it_is_said_once(relaxing, qtbot):
    window, gate = relaxing
    gate.write_text('{"error": "tblite is missing.", "hint": "Install it.", "hopeless": true}')
    window.opening.open_smiles("O")
    qtbot.waitUntil(lambda: "tblite is missing" in window.structure_messages.text(), **PATIENT)
    window.opening.open_smiles("N")
    assert not window.workspace.relaxation.is_busy
    assert not window.structure_messages.isVisible()


def test_a_process_that_dies_is_told(relaxing, qtbot, monkeypatch):
    monkeypatch.setattr(jobs_module, "MOMENT_MS", 0)
    window, _gate = relaxing
    window.workspace.relaxation.engine.command = (sys.executable, "-c", "raise SystemExit(3)")
    window.opening.open_smiles("O")
    qtbot.waitUntil(lambda: "ended with code 3" in window.structure_messages.text(), **PATIENT)
    assert not window.workspace.relaxation.is_busy
    (job,) = (one for one in window.workspace.jobs.jobs if one.name.startswith("Relax"))
    assert job.state == FAILED
    assert "ended with code 3" in job.sentence


def test_a_notice_of_what_was_relaxed_is_no_failure(relaxing, qtbot, monkeypatch):
    monkeypatch.setattr(jobs_module, "MOMENT_MS", 0)
    window, gate = relaxing
    window.opening.open_smiles("CC=O")
    relaxation = window.workspace.relaxation
    qtbot.waitUntil(lambda: relaxation.is_busy, **PATIENT)
    relaxation.told.emit(Notice("relaxation", "A bond became long."))
    gate.touch()
    wait_until_relaxed(window, qtbot)
    (job,) = (one for one in window.workspace.jobs.jobs if one.name.startswith("Relax"))
    qtbot.waitUntil(lambda: job.state == DONE, **PATIENT)


def test_one_atom_too_many_atoms_and_files(relaxing, qtbot):
    window, _gate = relaxing
    window.opening.open_smiles("[He]")
    assert not window.workspace.relaxation.is_busy
    places = 2.0 * np.stack(np.meshgrid(range(6), range(6), range(6)), axis=-1).reshape(-1, 3)
    window.opening.show_structure(Structure([6] * 216, places, source="SMILES", geometry_origin="MMFF94"))
    qtbot.waitUntil(lambda: "up to 200 are relaxed" in window.structure_messages.text(), **PATIENT)
    assert not window.workspace.relaxation.engine.is_running


def test_what_was_computed_for_the_geometry_before_says_so():
    from xanesview.domain.absorption import AbsorptionTensor
    from xanesview.domain.session import KeptStructure, Session

    water = structure_from_smiles("O")
    after = water.replace(positions_angstrom=1.02 * water.positions_angstrom)
    tensor = AbsorptionTensor(np.linspace(1, 2, 5), np.ones((1, 6, 5)), [0], "", "O K", 1.0)
    computed = ReferenceCurve(tensor=tensor, source=f"{METHOD}, O", structure_hash=water.content_hash)
    of_library = computed.replace(source="library")
    session = Session(structure=water, references=(computed, of_library), kept=(KeptStructure(water),))
    moved = with_geometries(session, {water.content_hash: after})
    assert moved.structure is after
    assert moved.kept[0].structure is after
    assert [one.structure_hash for one in moved.references] == [after.content_hash] * 2
    assert [one.computed_for for one in moved.references] == ["O before its relaxation", ""]
    assert with_geometries(moved, {water.content_hash: after}) is moved


def test_what_was_computed_goes_back_and_forth_with_the_geometry():
    from xanesview.domain.absorption import AbsorptionTensor
    from xanesview.domain.session import Session

    water = structure_from_smiles("O")
    after = water.replace(positions_angstrom=1.02 * water.positions_angstrom)
    tensor = AbsorptionTensor(np.linspace(1, 2, 5), np.ones((1, 6, 5)), [0], "", "O K", 1.0)
    computed = ReferenceCurve(tensor=tensor, source=f"{METHOD}, O", structure_hash=after.content_hash)
    of_before = computed.replace(computed_for="O before its relaxation")
    session = Session(structure=after, references=(computed, of_before))
    back = with_geometry_before(session, water)
    assert back.structure is water
    assert [one.structure_hash for one in back.references] == [water.content_hash] * 2
    assert [one.computed_for for one in back.references] == ["O after its relaxation", ""]
    assert with_geometries(back, {water.content_hash: after}) is back, "the user's choice holds"
    forth = with_geometries(back.replace(unrelaxed=frozenset()), {water.content_hash: after})
    assert forth == session


def test_the_command_line_says_how_the_window_relaxes(window):
    from xanesview.gui.app import Launch

    assert Launch().relax == "gfn2"
    window.opening.force_field = False
    window.opening.open_smiles("CCO")
    assert window.workspace.structure.geometry_origin == "ETKDG embedding"
    assert status(window).text.text() == "geometry: ETKDG embedding"


@pytest.mark.slow
def test_the_real_process_at_the_lowest_priority(window, qtbot, monkeypatch):
    import os

    window.workspace.relaxation.on = True
    window.opening.open_smiles("N#N")
    engine = window.workspace.relaxation.engine
    qtbot.waitUntil(lambda: engine.is_running and engine._process.state() == QProcess.ProcessState.Running, **PATIENT)
    if hasattr(os, "getpriority"):
        number = engine.process_id
        qtbot.waitUntil(
            lambda: not engine.is_running or os.getpriority(os.PRIO_PROCESS, number) == 19, **PATIENT
        )
    wait_until_relaxed(window, qtbot)
    first, second = window.workspace.structure.positions_angstrom
    assert np.linalg.norm(first - second) == pytest.approx(1.10, abs=0.02)
    assert not engine.is_running
    assert geometry_relaxation.AUTOMATIC is False, "in tests only"


def test_work_that_is_kept_by_itself_has_the_relaxed_geometry(relaxing, qtbot, monkeypatch, tmp_path):
    window, gate = relaxing
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.setattr(autosave, "REST_MS", 20)
    window.keep_work()
    assert window.opening.open_smiles("CC=O")
    qtbot.waitUntil(lambda: bool(shown(window, "current")), **PATIENT)
    window.workspace.curves.freeze()
    qtbot.waitUntil(lambda: window.autosave.path is not None and window.autosave.path.exists(), **PATIENT)
    gate.touch()
    wait_until_relaxed(window, qtbot)
    path = window.autosave.path
    qtbot.waitUntil(lambda: is_relaxed(read_session_file(path).session.structure), **PATIENT)
    (pair,) = read_session_file(path).geometries
    assert pair[0].geometry_origin == "MMFF94", "a window that takes it up need not relax it again"
    window.saving.asks = False
