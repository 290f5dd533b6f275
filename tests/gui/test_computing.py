"""Reference spectra computed beside the window, Refine, and edges that no network predicts."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton

from tests.gui.acting import LEFT, current, shown
from tests.gui.fake_networks import FakeNetworks
from xanesview import paths
from xanesview.gui.dialogs.unsaved import UnsavedDialog
from xanesview.gui.panels.sites.table import SOURCE
from xanesview.gui.session import autosave
from xanesview.io.session_file.session_file import read_session_file
from xanesview.reference.engine import feasibility
from xanesview.reference.kept import UNIT

pytest.importorskip("pyscf", reason="the extra abinitio is not installed")
SCRIPT = Path(__file__).with_name("fake_engine.py")


@pytest.fixture
def networks() -> FakeNetworks:
    """The analytic network says it means what the engine computes, so that the one can replace the other."""
    found = FakeNetworks()
    found._cards = {
        "fake": dataclasses.replace(found._cards["fake"], unit=UNIT),
        "isotropic": dataclasses.replace(found._cards["isotropic"], unit=UNIT),
    }
    return found


def behave(window, way: str) -> None:
    window.workspace.computation.engine.command = (sys.executable, str(SCRIPT), way)


@pytest.fixture
def formaldehyde_window(qtbot, window):
    """The window with formaldehyde predicted and an engine that answers at once."""
    behave(window, "quick")
    window.opening.open_example("formaldehyde")
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None and bool(window.plot.curves()), timeout=5000)
    return window


def idle(window) -> bool:
    return not window.workspace.computation.is_busy


def is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def choose_absorber(window, text: str) -> None:
    combo = window.toolbar.absorber
    row = combo.findText(text)
    assert row >= 0, [combo.itemText(i) for i in range(combo.count())]
    combo.setCurrentIndex(row)
    combo.activated.emit(row)


def source_of(window, atom: int) -> str:
    model = window.sites.model
    return model.data(model.index(model.row_of(atom), SOURCE))


def test_the_engine_itself_computes_a_reference_that_follows_the_arrow(qtbot, window):
    """The only test with the real engine: its numbers are those of the reference that comes with the example."""
    window.opening.open_example("formaldehyde")
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None, timeout=5000)
    window.named_actions["compute_reference"].trigger()
    assert window.status.computing.isVisible()
    assert "computing C1" in window.status.computing.text.text()
    assert "left" in window.status.computing.text.text()
    qtbot.waitUntil(lambda: len(shown(window, "computed")) == 1, timeout=60_000)
    assert idle(window)
    curve = shown(window, "computed")[0]
    peak = curve.energy_ev[curve.intensity.argmax()]
    assert 284.5 < peak < 287.5
    window.references._load_bundled()
    qtbot.waitUntil(lambda: len(shown(window, "computed")) == 2)
    ours, bundled = (c.intensity for c in shown(window, "computed"))
    np.testing.assert_allclose(ours, bundled, atol=0.02 * bundled.max())
    before = ours.copy()
    window.directions.x()
    assert np.abs(shown(window, "computed")[0].intensity - before).max() > 0.2 * before.max()


def test_the_window_stays_live_and_the_overlay_has_scores(formaldehyde_window, qtbot):
    window = formaldehyde_window
    window.docks["References"].raise_()
    qtbot.waitUntil(lambda: window.references.compute_button.isVisible())
    assert "Compute C1 (about" in window.references.compute_button.text()
    qtbot.mouseClick(window.references.compute_button, LEFT)
    qtbot.waitUntil(lambda: len(shown(window, "computed")) == 1)
    assert shown(window, "computed")[0].label == "TP-DFT"
    table = window.references.table
    qtbot.waitUntil(lambda: table.item(0, 6).text() not in ("", "–"))
    assert window.workspace.undo_stack.undoText() == "compute C1"
    window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: not shown(window, "computed"))


def test_equivalent_sites_come_from_one_calculation(qtbot, window):
    behave(window, "quick")
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None, timeout=5000)
    window.named_actions["compute_reference"].trigger()
    assert len(window.workspace.computation.waiting()) == 1, "six carbons are one orbit"
    qtbot.waitUntil(lambda: len(shown(window, "computed")) == 1)
    assert window.workspace.computation.known() == frozenset(range(6))


def test_what_was_computed_before_is_offered_again_after_reopening(formaldehyde_window, qtbot):
    window = formaldehyde_window
    window.named_actions["compute_reference"].trigger()
    qtbot.waitUntil(lambda: len(shown(window, "computed")) == 1)
    window.opening.open_example("benzene")
    window.structure_tabs.tabCloseRequested.emit(0)  # what is open keeps its computed spectra
    window.workspace.computation.sites = type(window.workspace.computation.sites)()  # as after a new start
    behave(window, "hang")
    window.opening.open_example("formaldehyde")
    window.docks["References"].raise_()
    qtbot.waitUntil(lambda: window.references.compute_button.text() == "Overlay computed C1")
    qtbot.mouseClick(window.references.compute_button, LEFT)
    qtbot.waitUntil(lambda: len(shown(window, "computed")) == 1)
    assert idle(window)


def test_refine_turns_the_curve_into_the_computed_one_and_back(formaldehyde_window, qtbot):
    window = formaldehyde_window
    predicted = current(window).copy()
    assert window.sites.table.isColumnHidden(SOURCE)
    window.named_actions["refine"].trigger()
    qtbot.waitUntil(lambda: shown(window, "current")[0].label == "computed")
    peak = shown(window, "current")[0].energy_ev[current(window).argmax()]
    assert peak == pytest.approx(286.0, abs=0.1)
    assert not window.sites.table.isColumnHidden(SOURCE)
    assert source_of(window, 0) == "computed"
    assert [chip.text for chip in window.plot._chips.chips].count("computed") == 1
    window.named_actions["refine"].trigger()
    qtbot.waitUntil(lambda: shown(window, "current")[0].label != "computed")
    np.testing.assert_allclose(current(window), predicted)


def test_refine_is_one_step_that_undo_takes_back_and_redo_brings_back(formaldehyde_window, qtbot):
    """Ctrl+Z after it once closed the structure."""
    window, stack = formaldehyde_window, formaldehyde_window.workspace.undo_stack
    predicted, steps = current(window).copy(), stack.count()
    window.named_actions["refine"].trigger()
    qtbot.waitUntil(lambda: shown(window, "current")[0].label == "computed")
    computed = current(window).copy()
    assert (stack.count(), stack.undoText()) == (steps + 1, "refine")
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shown(window, "current")[0].label != "computed")
    np.testing.assert_array_equal(current(window), predicted)
    assert not window.named_actions["refine"].isChecked()
    assert window.workspace.structure.name == "Formaldehyde"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: shown(window, "current")[0].label == "computed")
    np.testing.assert_array_equal(current(window), computed)
    assert window.named_actions["refine"].isChecked()
    assert stack.count() == steps + 1


def test_refine_follows_to_the_next_molecule_picked_sites_first(qtbot, window):
    behave(window, "slow")
    window.named_actions["refine"].trigger()
    window.opening.open_example("toluene")
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None and not idle(window), timeout=5000)
    picked = next(i for i in reversed(window.workspace.shown.absorbers) if source_of(window, i) == "predicted")
    window.workspace.pick((picked,))
    qtbot.waitUntil(lambda: source_of(window, picked) == "computed", timeout=5000)
    assert len(window.workspace.shown.computed_sites) < 7
    window.sites.pick_all()
    qtbot.waitUntil(lambda: "of 7 computed" in shown(window, "current")[0].label)
    window.workspace.pick(window.workspace.session.picked[:4])  # of more the sum alone is drawn
    qtbot.waitUntil(lambda: {c.label.endswith(" computed") for c in shown(window, "site")} == {True, False})
    window.opening.open_example("formaldehyde")  # what is left of toluene is given up
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None and idle(window), timeout=5000)
    assert window.workspace.shown.computed_sites == {0}


def test_exports_say_which_sites_are_computed(formaldehyde_window, qtbot, tmp_path, monkeypatch):
    window = formaldehyde_window
    window.named_actions["refine"].trigger()
    qtbot.waitUntil(lambda: bool(window.workspace.shown.computed_sites))
    path = tmp_path / "curves.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window.named_actions["export_data"].trigger()
    header = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    assert any("computed_sites" in line and line.rstrip().endswith("0") for line in header)
    assert any("transition-potential" in line for line in header)
    assert any("kind" in line and "computed" in line for line in header)


def test_a_frozen_prediction_says_so_beside_the_computed_curve(formaldehyde_window, qtbot):
    window = formaldehyde_window
    window.named_actions["freeze"].trigger()
    window.named_actions["refine"].trigger()
    qtbot.waitUntil(lambda: shown(window, "current")[0].label == "computed")
    assert shown(window, "frozen")[0].label.endswith(" · predicted")


def test_an_isotropic_network_is_not_replaced_by_tensors(formaldehyde_window, qtbot):
    window = formaldehyde_window
    window.workspace.set_network("isotropic")
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None)
    window.named_actions["refine"].trigger()
    qtbot.waitUntil(lambda: window.workspace.computation.known() == {0})
    assert not window.workspace.shown.computed_sites


def test_stop_ends_the_process_and_keeps_the_window_as_it_was(formaldehyde_window, qtbot):
    window = formaldehyde_window
    behave(window, "hang")
    window.named_actions["compute_reference"].trigger()
    process_id = window.workspace.computation.engine.process_id
    assert is_alive(process_id)
    qtbot.waitUntil(lambda: window.status.computing.bar.value() > 0)
    qtbot.mouseClick(window.status.computing.stop, LEFT)
    assert idle(window)
    assert not is_alive(process_id)
    assert not window.status.computing.isVisible()
    assert not shown(window, "computed")
    behave(window, "quick")
    window.named_actions["compute_reference"].trigger()
    qtbot.waitUntil(lambda: len(shown(window, "computed")) == 1)


def test_stopping_refine_keeps_what_is_computed_and_switching_it_on_again_goes_on(qtbot, window):
    behave(window, "slow")
    window.opening.open_example("toluene")
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None, timeout=5000)
    window.sites.pick_all()
    window.named_actions["refine"].trigger()
    qtbot.waitUntil(lambda: bool(window.workspace.shown.computed_sites), timeout=5000)
    window.named_actions["stop_computing"].trigger()
    kept = window.workspace.shown.computed_sites
    assert idle(window)
    assert window.named_actions["refine"].isChecked()
    qtbot.waitUntil(lambda: "of 7 computed" in shown(window, "current")[0].label)
    behave(window, "quick")
    window.named_actions["refine"].trigger()
    window.named_actions["refine"].trigger()
    qtbot.waitUntil(lambda: len(window.workspace.shown.computed_sites) == 7, timeout=5000)
    assert kept < window.workspace.shown.computed_sites


def test_closing_the_window_ends_the_process(formaldehyde_window):
    window = formaldehyde_window
    behave(window, "hang")
    window.named_actions["compute_reference"].trigger()
    process_id = window.workspace.computation.engine.process_id
    assert is_alive(process_id)
    window.close()
    assert not is_alive(process_id)


def test_a_process_that_dies_is_told_in_one_sentence(formaldehyde_window, qtbot):
    window = formaldehyde_window
    behave(window, "die")
    window.named_actions["compute_reference"].trigger()
    qtbot.waitUntil(window.plot_messages.isVisible)
    assert "ended with code 3" in window.plot_messages.text()
    assert idle(window)


def test_a_site_that_fails_is_told_and_not_tried_for_ever(formaldehyde_window, qtbot):
    window = formaldehyde_window
    behave(window, "fail")
    window.named_actions["refine"].trigger()
    qtbot.waitUntil(window.plot_messages.isVisible)
    assert window.plot_messages.text() == "It did not converge. Relax it."
    assert idle(window)
    assert not window.workspace.shown.computed_sites


def test_an_engine_that_can_not_be_started_is_told(formaldehyde_window, qtbot):
    window = formaldehyde_window
    window.workspace.computation.engine.command = ("no-such-program",)
    window.named_actions["compute_reference"].trigger()
    qtbot.waitUntil(window.plot_messages.isVisible)
    assert "can't be started" in window.plot_messages.text()
    assert idle(window)


def test_an_open_shell_is_refused(window, qtbot):
    behave(window, "hang")
    window.opening.open_smiles("[CH3]")
    qtbot.waitUntil(lambda: bool(window.workspace.session.picked))
    window.named_actions["compute_reference"].trigger()
    assert "unpaired electrons" in window.plot_messages.notice.message
    assert idle(window)


def test_without_pyscf_the_hint_says_how_to_install_it(formaldehyde_window, monkeypatch):
    window = formaldehyde_window
    monkeypatch.setattr(
        feasibility, "find_spec", lambda name: None if name == "pyscf" else importlib.util.find_spec(name)
    )
    window.named_actions["compute_reference"].trigger()
    assert window.plot_messages.notice.hint == "Install it: pip install 'xanesview[abinitio]'"
    assert idle(window)


def test_an_edge_without_a_network_is_computed_with_one_click(qtbot, window):
    behave(window, "quick")
    window.opening.open_example("formaldehyde")
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None, timeout=5000)
    choose_absorber(window, "O K")
    button = window.findChild(QPushButton, "empty-button")
    qtbot.waitUntil(button.isVisible)
    assert window.plot._empty.text() == "There is no network for the O K-edge."
    assert button.text().startswith("Compute O1 (about ")
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    assert shown(window, "current")[0].label == "computed"
    assert not shown(window, "computed"), "nothing to compare with: it is the curve itself"
    assert not button.isVisible()
    energies = shown(window, "current")[0].energy_ev
    assert energies[0] < 532.0 < energies[-1]
    choose_absorber(window, "C K")
    qtbot.waitUntil(lambda: shown(window, "current")[0].label.startswith("ε"))


def test_nothing_is_computed_without_a_picked_site(formaldehyde_window):
    window = formaldehyde_window
    window.sites.pick_none()
    window.named_actions["compute_reference"].trigger()
    assert window.plot_messages.notice.message == "No site is picked to compute."


def test_dragging_asks_no_engine_and_draws_the_computed_curve(formaldehyde_window, qtbot):
    window = formaldehyde_window
    window.named_actions["refine"].trigger()
    qtbot.waitUntil(lambda: bool(window.workspace.shown.computed_sites))
    before = window.workspace.shown.prediction
    window.directions.x()
    assert window.workspace.shown.prediction is before
    qtbot.waitUntil(lambda: current(window).max() < 1e-9)
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: current(window).max() > 1e-6)


def test_what_was_computed_is_not_lost_silently(formaldehyde_window, qtbot, tmp_path):
    """Computed sites are no undo step; they are work all the same: the title's star, and the question at the end."""
    window = formaldehyde_window
    saving = window.saving
    assert not saving.is_dirty
    assert "*" not in window.windowTitle()
    window.named_actions["compute_reference"].trigger()
    qtbot.waitUntil(lambda: idle(window) and len(shown(window, "computed")) == 1)
    assert saving.is_dirty
    assert "*" in window.windowTitle()
    asked: list[bool] = []
    saving.asks = True
    saving.when_safe(lambda: asked.append(True))
    dialog = window.findChild(UnsavedDialog)
    assert dialog is not None
    assert asked == []
    dialog.reject()
    saving.write(tmp_path / "work.xanesview")
    qtbot.waitUntil(lambda: not saving.is_dirty, timeout=5000)
    assert "*" not in window.windowTitle()
    saving.open(tmp_path / "work.xanesview")
    qtbot.waitUntil(lambda: len(shown(window, "computed")) == 1, timeout=5000)
    assert not saving.is_dirty
    saving.asks = False


def test_sites_that_were_computed_are_kept_by_themselves_without_a_step_of_the_user(
    formaldehyde_window, qtbot, monkeypatch, tmp_path
):
    window = formaldehyde_window
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.setattr(autosave, "REST_MS", 20)
    window.keep_work()
    window.workspace.computation.set_refine(True)
    qtbot.waitUntil(lambda: window.workspace.computation.made > 0)
    qtbot.waitUntil(lambda: window.autosave.path is not None and window.autosave.path.exists())
    assert len(read_session_file(window.autosave.path).computations) == 1
    with qtbot.waitSignal(window.saving.saved):
        window.saving.write(tmp_path / "work.xanesview")
    qtbot.waitUntil(lambda: not window.autosave.path.exists())
    window.saving.asks = False
