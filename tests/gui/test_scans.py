"""Several scans of one measurement: overlaid, averaged with their spread, divided by a column of their file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.fake_networks import ENERGY_EV, site_tensor
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.processing.steps.energy_shift import EnergyShift
from xanesview.domain.processing.steps.i0_division import I0Division
from xanesview.domain.processing.steps.merge import Merge
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.processing.steps.subtraction import Subtraction
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice
from xanesview.gui.dialogs.column_import import ColumnImportDialog
from xanesview.io.spectra.athena import SHIFTED
from xanesview.io.spectra.told_of_scans import told_of_scans
from xanesview.shown.curve import Subject
from xanesview.shown.processing import PROCESSED

SHAPE = site_tensor(0)[:3].mean(axis=0)


def scan(label: str, change=0.0) -> ReferenceCurve:
    spectrum = Spectrum(ENERGY_EV, SHAPE + change, label=label, kind="measured")
    return ReferenceCurve(spectrum=spectrum, label=label)


@pytest.fixture
def five_scans(benzene_window, qtbot):
    chance = np.random.default_rng(5)
    for k in range(5):
        noise = 0.01 * chance.normal(size=SHAPE.size) + (0.4 if k == 3 else 0.0)
        benzene_window.workspace.add_reference(scan(f"scan {k + 1}", noise))
    benzene_window.tabs.show("Curves")
    panel = benzene_window.tabs["Curves"]
    qtbot.waitUntil(lambda: len(panel.model.curves) > 6, timeout=30_000)
    return benzene_window


def drawn(window) -> dict:
    return {curve.key: curve for curve in window.plot.curves()}


def test_the_mean_of_selected_scans_has_their_spread_and_tells_the_outlier(five_scans, qtbot) -> None:
    window = five_scans
    panel = window.tabs["Curves"]
    panel.select([f"reference-{k}" for k in range(5)])
    QTest.mouseClick(panel.buttons["mean"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "reference-5" in drawn(window), timeout=30_000)
    assert "scan 4" in window.plot_messages.notice.message
    assert "“Leave outliers out”" in window.plot_messages.notice.hint
    assert window.workspace.session.references[5].label == "scan, mean of 5"
    mean = drawn(window)["reference-5"]
    rows = np.array([drawn(window)[f"reference-{k}"].intensity for k in range(5)])
    np.testing.assert_allclose(mean.intensity, rows.mean(axis=0))
    np.testing.assert_allclose(mean.band, rows.std(axis=0, ddof=1))
    assert "1 outlier" in mean.label
    steps = window.workspace.session.references[5].steps
    window.workspace.processing.set_steps(
        Subject("reference", 5), (steps[0].replace(leave_out_outliers=True),), "leave out"
    )
    qtbot.waitUntil(lambda: drawn(window)["reference-5"].band.max() < 0.1, timeout=30_000)
    assert window.plot_messages.notice is None, "what it told of is mended"
    window.workspace.undo_stack.undo()
    window.workspace.undo_stack.undo()
    assert len(window.workspace.session.references) == 5


def test_a_mean_follows_the_steps_of_its_scans(five_scans, qtbot) -> None:
    workspace = five_scans.workspace
    workspace.processing.set_steps(Subject("reference", 1), (EnergyShift(1.0),), "shift")
    workspace.processing.mean([0, 1])
    both = Merge(curves=(f"scan 1{PROCESSED}", f"scan 2{PROCESSED}"), with_own=False)
    assert workspace.session.references[-1].steps == (both,)
    assert "follows their steps" in workspace.shown.references[-1].details
    before = workspace.shown.references[-1].spectrum
    workspace.processing.set_steps(Subject("reference", 1), (EnergyShift(4.0),), "shift")
    after = workspace.shown.references[-1].spectrum
    assert after.energy_ev[0] > before.energy_ev[0], "they have fewer energies in common"
    workspace.processing.set_steps(Subject("reference", 0), (ScaleAndOffset(3.0, 0.0),), "scale the first")
    twice = workspace.shown.references[-1].spectrum
    assert twice.intensity.max() > 1.5 * after.intensity.max(), "the first of them is followed like the others"


def test_curves_that_wait_for_each_other_say_so(five_scans) -> None:
    workspace = five_scans.workspace
    for one, other in ((0, 2), (1, 1)):
        subtraction = Subtraction(curve=f"scan {other}{PROCESSED}")
        workspace.processing.set_steps(Subject("reference", one), (subtraction,), "subtract")
    problems = [workspace.shown.references[k].outcome for k in (0, 1)]
    assert all(outcome.failed == 0 for outcome in problems)
    assert all("wait" in outcome.problem for outcome in problems)
    assert drawn(five_scans)["reference-0"].intensity.size == ENERGY_EV.size, "drawn as it was measured"


def scans_file(tmp_path: Path) -> Path:
    flux = 1.0 + 0.2 * np.sin(ENERGY_EV / 3.0)
    blocks = []
    for k in (1, 2, 3):
        rows = "\n".join(
            f"{e:.3f} {f:.6f} {f * (i + 0.05 * k):.6f}" for e, f, i in zip(ENERGY_EV, flux, SHAPE, strict=True)
        )
        blocks.append(f"#S {k} ascan energy 280 320 200 1\n#N 3\n#L energy  I0  TEY\n{rows}\n")
    path = tmp_path / "film.spec"
    path.write_text("#F film.spec\n\n" + "\n".join(blocks))
    return path


def test_all_scans_of_a_file_are_overlaid_at_once(benzene_window, qtbot, tmp_path) -> None:
    window = benzene_window
    window.opening.open_paths([scans_file(tmp_path)])
    qtbot.waitUntil(lambda: window.findChild(ColumnImportDialog) is not None, timeout=30_000)
    dialog = window.findChild(ColumnImportDialog)
    dialog.scan.setCurrentIndex(dialog.scan.count() - 1)
    assert dialog.wants_all
    QApplication.processEvents()
    previewed = dialog.plot.curves()
    assert [curve.label for curve in previewed] == list(dialog.preview.scans)
    assert len({tuple(curve.intensity) for curve in previewed}) == 3, "each of them, not the first alone"
    dialog.accept()
    assert len(window.workspace.session.references) == 3
    assert len({one.label for one in window.workspace.session.references}) == 3
    window.workspace.undo_stack.undo()
    assert not window.workspace.session.references


def test_a_scan_is_divided_by_a_column_of_its_file(benzene_window, qtbot, tmp_path) -> None:
    window, flux = benzene_window, 1.0 + 0.2 * np.sin(ENERGY_EV / 3.0)
    path = tmp_path / "raw.dat"
    rows = "\n".join(f"{e:.3f} {f * i:.7f} {f:.7f}" for e, f, i in zip(ENERGY_EV, flux, SHAPE + 0.1, strict=True))
    path.write_text(f"# energy TEY I0\n{rows}\n")
    raw = Spectrum(ENERGY_EV, flux * (SHAPE + 0.1), label="raw", kind="measured")
    window.workspace.add_reference(ReferenceCurve(spectrum=raw, label="raw", source=str(path)))
    window.tabs.show("Processing")
    panel, processing = window.tabs["Processing"], window.workspace.processing
    processing.choose(Subject("reference", 0))
    processing.add(I0Division)
    qtbot.waitUntil(lambda: len(panel.rows) == 1, timeout=30_000)
    combo = panel.rows[0].form.fields["curve"]
    at = next(k for k in range(combo.count()) if combo.itemText(k).startswith("Column"))
    combo.setCurrentIndex(at)
    combo.activated.emit(at)
    qtbot.waitUntil(lambda: panel._columns.menu is not None and panel._columns.menu.isVisible(), timeout=30_000)
    action = next(one for one in panel._columns.menu.actions() if one.text() == "I0")
    action.trigger()
    panel._columns.menu.close()
    qtbot.waitUntil(lambda: len(window.workspace.session.references) == 2, timeout=30_000)
    assert not window.workspace.session.references[1].visible
    assert processing.subject == Subject("reference", 0)
    found = window.workspace.shown.references[0].spectrum
    np.testing.assert_allclose(found.intensity, SHAPE + 0.1, atol=1e-4)
    window.workspace.undo_stack.undo()
    assert len(window.workspace.session.references) == 1


def test_lines_of_the_edge_step_stand_on_the_plot_while_it_is_edited(benzene_window, qtbot) -> None:
    window = benzene_window
    window.references.add(Spectrum(ENERGY_EV, 500.0 * SHAPE + 30.0, label="film", kind="measured"), source="film.dat")
    window.tabs.show("Processing")
    processing = window.workspace.processing
    steps = processing.steps
    place = next(k for k, step in enumerate(steps) if isinstance(step, EdgeStep))
    assert not window.plot.guides()
    processing.choose(Subject("reference", 0), place)
    qtbot.waitUntil(lambda: len(window.plot.guides()) == 3, timeout=30_000)
    before, pre, post = window.plot.guides()
    e0 = processing.outcome.after.facts["e0_ev"]
    distance = np.interp(e0, post.energy_ev, post.intensity) - np.interp(e0, pre.energy_ev, pre.intensity)
    assert distance == pytest.approx(1.0, abs=1e-6), "one edge step"
    assert before.energy_ev.size == ENERGY_EV.size
    assert not {curve.key for curve in window.plot.guides()} & set(drawn(window)), "in no list"
    window.tabs.show("Curves")
    qtbot.waitUntil(lambda: not window.plot.guides(), timeout=30_000)


def test_shifts_of_many_scans_are_told_once() -> None:
    order = Notice("spectrum-order", "The points were sorted.")
    shifts = [Notice(SHIFTED, f"Athena's shift of “{k}”, {k} eV, is part of its energies.") for k in range(1, 4)]
    assert told_of_scans([(shift, order) for shift in shifts] + [(order,)]) == [
        "Athena's shift is part of the energies of 3 scans.", order.message
    ]  # fmt: skip
    assert told_of_scans([(shifts[0],), ()]) == [shifts[0].message], "of one, its number"
