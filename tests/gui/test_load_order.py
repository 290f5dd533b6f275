"""What a measured spectrum becomes does not depend on which structure is open, was open, or is opened later."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.spectrum import Spectrum

PATIENT = {"timeout": 30_000}


def edge_scan(label: str = "scan") -> Spectrum:
    """Counts over the edge of the analytic network, with a level on both sides that is this scan's alone."""
    grid = np.linspace(270.5, 340.0, 500)
    curve = 0.6 * np.exp(-0.5 * ((grid - 285.2) / 0.5) ** 2) + 0.5 * (1.0 + np.tanh((grid - 288.0) / 1.0))
    return Spectrum(grid, 4e4 * curve + 900.0, label=label, kind="measured")


@pytest.mark.parametrize("before", ["", "benzene", "thiophene"])
def test_the_edge_step_of_a_scan_is_the_same_whatever_was_open(window, qtbot, before):
    workspace = window.workspace
    if before:
        window.opening.open_example(before)
        qtbot.waitUntil(lambda: workspace.shown.look is not None, **PATIENT)
    window.references.add(edge_scan(), source="scan.dat")
    first = workspace.session.references[0].steps
    if not before:
        window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: bool(workspace.session.prediction_steps), **PATIENT)
    found = workspace.session.references[0]
    assert [step.kind for step in first] == ["e0", "edge_step"]
    assert found.steps == first
    assert found.statement.startswith("measured and predicted normalised to their edge steps")
    assert first[1].post_high_ev == pytest.approx(340.0 - 288.0, abs=3.5), "the whole range of its file"
    window.opening.open_example("pyridine")
    qtbot.waitUntil(lambda: workspace.shown.look is not None and not workspace.is_busy, **PATIENT)
    QApplication.processEvents()
    assert workspace.session.references[0].steps == first


def test_a_scan_that_met_no_prediction_says_nothing_of_it_once_it_does(window, qtbot):
    workspace = window.workspace
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: workspace.shown.look is not None, **PATIENT)
    short = Spectrum(np.linspace(400.0, 404.0, 60), np.linspace(1.0, 2.0, 60) ** 3, label="N", kind="measured")
    window.references.add(short, source="n.dat")
    assert "no energies in common" in workspace.session.references[0].statement
    moved = short.replace(energy_ev=short.energy_ev - 116.0)
    references = (workspace.session.references[0].replace(spectrum=moved),)
    workspace._change(workspace.session.replace(references=references), "move")
    qtbot.waitUntil(lambda: "scaled to the prediction" in workspace.session.references[0].statement, **PATIENT)


def test_frozen_curves_keep_the_measure_of_a_measured_one_while_no_site_is_picked(window, qtbot):
    """They fell to their own small numbers, a flat line at the bottom of an axis of edge steps."""
    workspace = window.workspace
    window.opening.open_example("benzene")
    window.references.add(edge_scan(), source="scan.dat")
    qtbot.waitUntil(lambda: bool(workspace.session.prediction_steps), **PATIENT)
    window.named_actions["freeze"].trigger()
    qtbot.waitUntil(lambda: any(curve.role == "frozen" for curve in window.plot.curves()), **PATIENT)
    before = next(curve for curve in window.plot.curves() if curve.role == "frozen").intensity.max()
    window.sites.pick_none()
    qtbot.waitUntil(lambda: not any(curve.role == "current" for curve in window.plot.curves()), **PATIENT)
    frozen = next(curve for curve in window.plot.curves() if curve.role == "frozen")
    assert frozen.intensity.max() == pytest.approx(before, rel=1e-6)


def test_a_curve_frozen_before_a_scan_lies_on_the_current_one(window, qtbot):
    """A scan of other energies than the prediction puts a factor behind its edge step; the frozen curve lacked it."""
    workspace = window.workspace
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: any(curve.role == "current" for curve in window.plot.curves()), **PATIENT)
    window.named_actions["freeze"].trigger()
    scan = edge_scan()
    falling = 1.0 + 0.8 * np.exp(-((scan.energy_ev - 300.0) / 14.0) ** 2)  # its step ends lower than the prediction's
    window.references.add(scan.replace(intensity=(scan.intensity - 900.0) * falling), source="scan.dat")
    qtbot.waitUntil(lambda: bool(workspace.session.prediction_steps), **PATIENT)
    assert isinstance(workspace.shown.steps[-1], ScaleAndOffset)
    curves = {}

    def both() -> bool:
        curves.update({curve.role: curve for curve in window.plot.curves()})
        return "frozen" in curves and curves["frozen"].intensity.max() == pytest.approx(
            curves["current"].intensity.max(), rel=1e-6
        )

    qtbot.waitUntil(both, **PATIENT)


def test_exported_curves_that_were_normalised_bring_the_prediction_to_their_measure(window, qtbot, tmp_path):
    """The prediction lay flat at zero beside curves in edge steps."""
    workspace, path = window.workspace, tmp_path / "curves.csv"
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: workspace.shown.look is not None, **PATIENT)
    window.references.add(edge_scan(), source="scan.dat")
    qtbot.waitUntil(lambda: bool(workspace.session.prediction_steps), **PATIENT)
    window.exporting.write_data(path)
    qtbot.waitUntil(path.exists, **PATIENT)
    while workspace.undo_stack.canUndo() and workspace.session.references:
        workspace.undo_stack.undo()
    assert not workspace.session.prediction_steps
    window.opening.overlay([path])

    def averages() -> list[float]:
        return [curve.intensity.max() for curve in window.plot.curves() if "isotropic average" in curve.label]

    qtbot.waitUntil(lambda: len(averages()) == 2, **PATIENT)
    assert averages()[0] == pytest.approx(averages()[1], rel=1e-3)
    workspace.undo_stack.undo()
    assert not workspace.session.prediction_steps, "one step with the curves"
