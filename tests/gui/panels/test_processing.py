"""The list of steps, ranges on the plot, the fit and what is left, as a user does it in the real window."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QToolButton

from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.domain.processing import prediction_fit
from xanesview.domain.processing.steps.arctangent_step import ArctangentStep
from xanesview.domain.processing.steps.at_energy import AtEnergy
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.processing.steps.energy_shift import EnergyShift
from xanesview.domain.processing.steps.gaussian_broadening import GaussianBroadening
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.processing.steps.smoothing import Smoothing
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.session.curve_processing import PREDICTION
from xanesview.gui.window.processing_link import WINDOW
from xanesview.shown import processing as shown_processing
from xanesview.shown import tensors
from xanesview.shown.curve import Subject
from xanesview.shown.spectra import current_spectrum, exported_spectra, isotropic_spectrum

LEFT = Qt.MouseButton.LeftButton
PATIENT = {"timeout": 30_000}
FILM = Subject("reference", 0)


def measured(window, shift_ev: float = 0.0, label: str = "film") -> Spectrum:
    """The isotropic average as a beamline would give it: in counts, on a background."""
    mean = isotropic_spectrum(window.workspace.shown)
    grid = np.linspace(280.5, 319.5, 261)
    counts = 1000.0 * np.interp(grid - shift_ev, mean.energy_ev, mean.intensity) + 50.0
    return Spectrum(grid, counts, label=label, kind="measured")


@pytest.fixture
def window(benzene_window, qtbot):
    benzene_window.references.add(measured(benzene_window), source="film.dat")
    benzene_window.tabs.show("Processing")
    qtbot.waitUntil(lambda: "reference-0" in drawn(benzene_window), **PATIENT)
    return benzene_window


@pytest.fixture
def panel(window, qtbot):
    qtbot.waitUntil(window.tabs["Processing"].isVisible)
    return window.tabs["Processing"]


def drawn(window) -> dict:
    return {curve.key: curve for curve in window.plot.curves()}


def settle(qtbot, window) -> None:
    QApplication.processEvents()
    qtbot.waitUntil(lambda: not window.plot_link._later.isActive() and not window.processing_link._later.isActive())
    QApplication.processEvents()


def steps(window) -> tuple:
    return window.workspace.session.references[0].steps


def choose_step(qtbot, window, panel, at: int) -> None:
    QTest.mouseClick(panel.rows[at].title, LEFT)
    assert window.workspace.processing.step == at
    settle(qtbot, window)


def type_into(field, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def place_px(window, energy_ev: float, share: float = 0.5) -> QPoint:
    """Where an energy lies on the plot's surface, at a share of its height."""
    box = window.plot._plot.getViewBox()
    (_, _), (low, high) = box.viewRange()
    scene = box.mapViewToScene(QPointF(energy_ev, low + share * (high - low)))
    return window.plot._view.mapFromScene(scene)


def point_at_end(qtbot, window, energy_ev: float) -> None:
    """Go to the end of the window of the comparison until it lights up, as one does before pressing.

    On a busy machine the plot is still laid out anew for a while: where the end stood before, a press draws a frame.
    """
    surface = window.plot._view.viewport()

    def is_lit() -> bool:
        at = place_px(window, energy_ev)
        QTest.mouseMove(surface, at + QPoint(1, 0))
        QTest.mouseMove(surface, at)
        QApplication.processEvents()
        item = window.plot._regions.item(WINDOW)
        return at == place_px(window, energy_ev) and any(line.mouseHovering for line in item.lines)

    qtbot.waitUntil(is_lit, **PATIENT)


def drag(window, start: QPoint, end: QPoint) -> None:
    surface = window.plot._view.viewport()
    QTest.mouseMove(surface, start)
    QApplication.processEvents()
    QTest.mousePress(surface, LEFT, pos=start)
    for k in range(1, 9):
        QTest.mouseMove(surface, start + (end - start) * k / 8)
        QApplication.processEvents()
    QTest.mouseRelease(surface, LEFT, pos=end)
    QApplication.processEvents()


def test_a_new_overlay_stands_at_once_on_one_scale_with_the_prediction(window, panel, qtbot):
    session = window.workspace.session
    assert isinstance(session.references[0].steps[-1], EdgeStep)
    assert session.references[0].statement.startswith("measured and predicted normalised to their edge steps")
    assert panel.words.text().startswith("Measured and predicted normalised")
    curves = drawn(window)
    at = np.interp(curves["isotropic"].energy_ev, curves["reference-0"].energy_ev, curves["reference-0"].intensity)
    inside = (curves["isotropic"].energy_ev > 281.0) & (curves["isotropic"].energy_ev < 319.0)
    np.testing.assert_allclose(curves["isotropic"].intensity[inside], at[inside], atol=0.25)
    assert np.interp(315.0, curves["current"].energy_ev, curves["isotropic"].intensity) == pytest.approx(1.0, abs=0.01)
    assert "edge step" in curves["reference-0"].label
    assert current_spectrum(window.workspace.shown).unit == "edge steps"
    assert window.workspace.undo_stack.undoText() == "add reference"
    window.workspace.undo_stack.undo()
    assert window.workspace.session.references == ()
    assert window.workspace.session.prediction_steps == {}, "one step back takes all of it back"


def test_steps_are_added_switched_edited_ordered_and_removed_one_undo_step_each(window, panel, qtbot):
    first = steps(window)
    menu = panel.add_button.menu()
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == "Smoothing").trigger()
    settle(qtbot, window)
    assert isinstance(steps(window)[-1], Smoothing)
    assert len(panel.rows) == len(first) + 1
    row = panel.rows[-1]
    assert row.form.isVisible(), "the new step is looked at"
    type_into(row.form.fields["width_ev"], "1,5 eV")
    assert steps(window)[-1].width_ev == 1.5
    settle(qtbot, window)
    QTest.mouseClick(row._tick, LEFT)
    assert not steps(window)[-1].on
    QTest.mouseClick(row.buttons["up"], LEFT)
    assert isinstance(steps(window)[-2], Smoothing)
    settle(qtbot, window)
    QTest.mouseClick(panel.rows[-2].buttons["close"], LEFT)
    assert steps(window) == first
    texts = []
    for _ in range(5):
        texts.append(window.workspace.undo_stack.undoText())
        window.workspace.undo_stack.undo()
    assert texts == [
        "remove step smoothing", "move step smoothing", "switch smoothing off", "change smoothing", "add step smoothing"
    ]  # fmt: skip
    assert steps(window) == first


def test_an_empty_field_leaves_a_number_to_the_data_and_shows_what_they_gave(window, panel, qtbot):
    choose_step(qtbot, window, panel, 1)
    field = panel.rows[1].form.fields["pre_low_ev"]
    assert field.text() == ""
    assert float(field.placeholderText().replace("−", "-")) < 0.0
    type_into(field, "-3")
    assert steps(window)[1].pre_low_ev == -3.0
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert steps(window)[1].pre_low_ev is None


def test_what_cannot_be_is_marked_in_its_field(window, panel, qtbot):
    choose_step(qtbot, window, panel, 1)
    field = panel.rows[1].form.fields["post_low_ev"]
    before = steps(window)
    type_into(field, "500")
    assert field.property("invalid")
    assert "is empty" in field.toolTip()
    assert steps(window) == before


def test_a_step_that_cannot_be_done_says_so_in_its_row_and_the_curve_before_it_is_drawn(window, panel, qtbot):
    settle(qtbot, window)
    before = drawn(window)["reference-0"].intensity
    window.workspace.processing.set_steps(FILM, (*steps(window), AtEnergy(7000.0), ScaleAndOffset(9.0)), "try")
    settle(qtbot, window)
    np.testing.assert_allclose(drawn(window)["reference-0"].intensity, before)
    assert panel.rows[2].problem.isVisible()
    assert panel.rows[2].problem.text().startswith("Not done: 7000 eV is outside of the data.")
    assert not panel.rows[3].problem.isVisible()
    chip = next(chip for chip in window.plot._chips.chips if chip.text == "step 3 not done")
    window.workspace.processing.choose(PREDICTION)
    window.plot.control_wanted.emit(chip.opens)
    assert window.workspace.processing.subject == FILM


def test_a_range_is_dragged_on_the_plot_in_one_undo_step(window, panel, qtbot):
    choose_step(qtbot, window, panel, 1)
    regions = window.plot._regions
    assert {key[2][0] for key in regions.keys()} == {"pre_low_ev", "post_low_ev", "e0_ev"}  # noqa: SIM118
    line = next(key for key in regions.keys() if key[2] == ("e0_ev",))  # noqa: SIM118
    e0, count = regions.item(line).value(), window.workspace.undo_stack.count()
    assert steps(window)[0].e0_ev is None, "nobody has set it: it is found"
    low = steps(window)[1].post_low_ev + e0
    drag(window, place_px(window, low), place_px(window, low + 4.0))
    settle(qtbot, window)
    assert steps(window)[1].post_low_ev == pytest.approx(low + 4.0 - e0, abs=0.2)
    assert window.workspace.undo_stack.count() == count + 1
    assert window.workspace.undo_stack.undoText() == "change edge step"
    window.workspace.undo_stack.undo()
    assert steps(window)[1].post_low_ev == pytest.approx(low - e0)
    settle(qtbot, window)
    drag(window, place_px(window, e0, 0.8), place_px(window, e0 + 1.0, 0.8))
    settle(qtbot, window)
    assert steps(window)[0].method == "given"
    assert steps(window)[0].e0_ev == pytest.approx(e0 + 1.0, abs=0.2)
    assert regions.item(line).value() == pytest.approx(steps(window)[0].e0_ev, abs=0.01)
    QTest.mouseClick(panel.rows[1].title, LEFT)
    settle(qtbot, window)
    assert regions.keys() == [], "ranges are seen only while their step is looked at"


def test_ranges_go_when_another_tab_comes_to_the_front(window, panel, qtbot):
    choose_step(qtbot, window, panel, 1)
    assert window.plot._regions.keys()
    window.tabs.show("Sites")
    settle(qtbot, window)
    qtbot.waitUntil(lambda: not window.plot._regions.keys())


def test_the_fit_becomes_steps_and_one_undo_takes_it_back(window, panel, qtbot):
    workspace = window.workspace
    predicted = current_spectrum(workspace.shown)
    grid = np.linspace(281.0, 319.0, 301)
    counts = 3.0 * np.interp(grid - 0.4, predicted.energy_ev, predicted.intensity) + 0.5
    workspace.processing.overlay(ReferenceCurve(Spectrum(grid, counts, kind="measured"), label="shifted"))
    before = workspace.session
    QTest.mouseClick(panel.fit_button, LEFT)
    qtbot.waitUntil(lambda: workspace.undo_stack.undoText() == "fit shifted", **PATIENT)
    fitted = workspace.session.references[1]
    assert fitted.shift_ev == pytest.approx(-0.4, abs=0.03)
    assert isinstance(fitted.steps[-2], EnergyShift)
    assert isinstance(fitted.steps[-1], ScaleAndOffset)
    qtbot.waitUntil(lambda: panel.words.text().startswith("measured curve shifted −0.4"), **PATIENT)
    assert "±" in panel.words.text()
    turned = f"{workspace.session.references[1].shift_ev:+.2f}".replace("-", "−")
    assert turned[:4] in panel.words.text(), "the step, the table and the words tell one and the same shift"
    settle(qtbot, window)
    curves = drawn(window)
    near = np.interp(curves["reference-1"].energy_ev, curves["current"].energy_ev, curves["current"].intensity)
    height = curves["current"].intensity.max()
    np.testing.assert_allclose(curves["reference-1"].intensity[10:-10], near[10:-10], atol=0.03 * height)
    QTest.mouseClick(panel.details_button, LEFT)
    details = panel._details
    assert details.values.rowCount() == 7
    assert details.correlations.rowCount() == len(window.workspace.fitting.report.fit.names)
    assert "R-factor" in details.text()
    assert "At the measured points of the fit: cosine" in details.text(), "the panel's are of the curves as drawn"
    assert not re.search(r"-\d", details.words.text()), "a minus, not a hyphen"
    details.close()
    workspace.undo_stack.undo()
    assert workspace.session.references == before.references
    assert workspace.session.prediction_steps == before.prediction_steps
    settle(qtbot, window)
    assert not panel.details_button.isVisible(), "what was found no longer holds"


def test_a_fit_of_curves_on_their_edge_steps_leaves_them_there(window, panel, qtbot):
    """The film is the average over all directions, and so is the curve along a diagonal of three equal axes."""
    workspace = window.workspace
    workspace.set_geometry(LinearPolarisation(tuple(np.ones(3) / np.sqrt(3.0))))
    settle(qtbot, window)
    kinds = [type(step) for step in steps(window)]
    assert EdgeStep in kinds
    for _ in range(2):
        QTest.mouseClick(panel.fit_button, LEFT)
        qtbot.waitUntil(lambda: not workspace.fitting.is_busy and workspace.fitting.report is not None, **PATIENT)
    assert [type(step) for step in steps(window)] == [*kinds, EnergyShift, ScaleAndOffset]
    assert steps(window)[-1].scale == pytest.approx(1.0, abs=0.05)
    assert steps(window)[-1].offset == pytest.approx(0.0, abs=0.05)
    predicted = workspace.processing.steps_of(PREDICTION)
    assert not any(isinstance(step, ArctangentStep) for step in predicted), "its edge step is 1 already"
    assert any(isinstance(step, EdgeStep) for step in predicted)
    settle(qtbot, window)
    for key in ("current", "reference-0"):
        curve = drawn(window)[key]
        assert np.interp(315.0, curve.energy_ev, curve.intensity) == pytest.approx(1.0, abs=0.06), key
    assert "edge step" not in panel.words.text().partition("factor")[2]


def test_a_second_fit_replaces_the_first(window, panel, qtbot):
    fitting = window.workspace.fitting
    for _ in range(2):
        fitting.fit()
        qtbot.waitUntil(lambda: not fitting.is_busy and fitting.report is not None, **PATIENT)
    assert [type(step) for step in steps(window)].count(EnergyShift) == 1


def test_a_fit_that_means_nothing_is_told_and_a_click_takes_it_back(window, panel, qtbot, tmp_path):
    """The average over all directions, fitted with the curve along the normal, which is another one."""
    before, bar = window.workspace.session, window.plot_messages

    def marks() -> list:
        return [chip for chip in window.plot._chips.chips if chip.text == "fit means nothing"]

    assert not marks()
    QTest.mouseClick(panel.fit_button, LEFT)
    qtbot.waitUntil(lambda: "The fit means nothing: the error of the factor is larger" in bar.text(), **PATIENT)
    assert "a flat line describes the curve nearly as well without the prediction" in bar.text()
    qtbot.waitUntil(lambda: bool(marks()), **PATIENT)
    assert marks()[0].severity == "warning"
    assert "film" in marks()[0].detail
    qtbot.waitUntil(lambda: panel.words.text().startswith("This fit means nothing: "), **PATIENT)
    QTest.mouseClick(panel.details_button, LEFT)
    assert "The fit means nothing: " in panel._details.text()
    window.saving.write(tmp_path / "nothing.xanesview")
    bar.clear()
    assert marks(), "closing the message leaves the mark"
    QTest.mouseClick(panel.fit_button, LEFT)
    qtbot.waitUntil(lambda: "means nothing" in bar.text(), **PATIENT)
    undo = bar.findChild(QToolButton, "message-undo")
    window.directions.x()
    assert not undo.isVisible(), "the last step is another one"
    window.workspace.undo_stack.undo()
    assert undo.isVisible()
    QTest.mouseClick(undo, LEFT)
    assert window.workspace.undo_stack.undoText() == "fit film"
    window.workspace.undo_stack.undo()
    assert window.workspace.session.references == before.references
    qtbot.waitUntil(lambda: not marks() and not bar.isVisible(), **PATIENT)
    assert panel._details is None
    window.opening.open_paths([tmp_path / "nothing.xanesview"])
    qtbot.waitUntil(lambda: bool(marks()), **PATIENT)


def test_a_fit_that_fails_is_told_and_the_next_one_runs(window, panel, qtbot, monkeypatch):
    fitting, told = window.workspace.fitting, []
    fitting.told.connect(told.append)

    def broken(*_arguments):
        raise RuntimeError("a bug in a library")

    with monkeypatch.context() as patch:
        patch.setattr(prediction_fit, "fit_series", broken)
        fitting.fit()
        qtbot.waitUntil(lambda: bool(told), **PATIENT)
    assert "a bug in a library" in told[0].message
    assert not fitting.is_busy
    fitting.fit()
    qtbot.waitUntil(lambda: fitting.report is not None, **PATIENT)


def test_residuals_and_window_come_by_key_and_the_window_is_dragged(window, panel, qtbot):
    window.view.setFocus()
    QTest.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: window.plot.residuals_visible)
    settle(qtbot, window)
    ((curve, _),) = window.plot._lower.layer._curves
    current, film = drawn(window)["current"], drawn(window)["reference-0"]
    np.testing.assert_allclose(
        curve.intensity, film.intensity - np.interp(film.energy_ev, current.energy_ev, current.intensity)
    )
    window.directions.x()
    ((turned, _),) = window.plot._lower.layer._curves
    assert not np.allclose(turned.intensity, curve.intensity), "it follows the arrow"
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    settle(qtbot, window)
    low, high = window.workspace.session.window_ev
    count = window.workspace.undo_stack.count()
    point_at_end(qtbot, window, low)
    drag(window, place_px(window, low), place_px(window, low + 5.0))
    settle(qtbot, window)
    assert window.workspace.session.window_ev[0] == pytest.approx(low + 5.0, abs=0.2)
    assert window.workspace.session.window_ev[1] == high
    assert window.workspace.undo_stack.count() == count + 1
    qtbot.waitUntil(lambda: "· 286." in panel.score_words.text(), **PATIENT)
    window.named_actions["difference"].setChecked(True)
    assert not window.plot.residuals_visible, "one or the other stands below"


def test_steps_are_copied_kept_as_a_recipe_loaded_and_reset(window, panel, qtbot, tmp_path: Path, monkeypatch):
    window.references.add(measured(window, 0.5, "other"))
    other = Subject("reference", 1)
    assert window.workspace.processing.subject == other, "a new curve is looked at"
    window.workspace.processing.choose(FILM)
    window.workspace.processing.set_steps(FILM, (*steps(window), Smoothing(width_ev=2.0)), "try")
    settle(qtbot, window)
    menu = panel.more_button.menu()
    menu.aboutToShow.emit()
    copies = next(action for action in menu.actions() if action.text() == "Copy steps to").menu()
    next(action for action in copies.actions() if action.text() == "other").trigger()
    assert window.workspace.session.references[1].steps == steps(window)
    path = tmp_path / "film.toml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    panel.save_recipe()
    kept = steps(window)
    window.workspace.processing.set_steps(FILM, (), "remove steps")
    panel.load_recipe()
    assert steps(window) == kept
    window.workspace.processing.choose(PREDICTION)
    panel.load_recipe()
    assert steps(window) == kept
    assert isinstance(window.workspace.session.prediction_steps["C K"][-1], Smoothing)
    window.workspace.processing.choose(FILM)
    window.workspace.processing.reset()
    assert window.workspace.undo_stack.undoText() == "reset steps"
    assert [type(step) for step in steps(window)] == [type(step) for step in kept[:-1]]


def test_turning_the_arrow_processes_nothing_again(window, qtbot, monkeypatch):
    settle(qtbot, window)
    asked = []
    monkeypatch.setattr(shown_processing, "outcome_of", lambda *_: asked.append("reference"))
    monkeypatch.setattr(tensors, "processed", lambda *_: asked.append("prediction"))
    before = drawn(window)
    window.directions.x()
    after = drawn(window)
    assert not np.allclose(after["current"].intensity, before["current"].intensity)
    assert after["reference-0"].intensity is before["reference-0"].intensity
    window.references.table.setFocus()
    window.workspace.curves.rename(FILM, "another name")
    settle(qtbot, window)
    assert asked == [], "a name changes no number"


def test_frozen_curves_and_other_measures_go_along(window, qtbot):
    window.workspace.curves.freeze()
    settle(qtbot, window)
    curves = drawn(window)
    np.testing.assert_allclose(curves["frozen-0"].intensity, curves["current"].intensity, atol=1e-9)
    before = curves["reference-0"].intensity
    window.workspace.set_per_atom(False)
    settle(qtbot, window)
    curves = drawn(window)
    np.testing.assert_allclose(curves["reference-0"].intensity, before, err_msg="edge steps are neither")
    np.testing.assert_allclose(curves["frozen-0"].intensity, curves["current"].intensity, atol=1e-9)
    window.workspace.processing.set_steps(PREDICTION, (), "remove steps")
    settle(qtbot, window)
    curves = drawn(window)
    np.testing.assert_allclose(curves["frozen-0"].intensity, curves["current"].intensity, atol=1e-9)


def test_a_frozen_curve_keeps_the_steps_it_was_frozen_with(window, qtbot):
    window.workspace.curves.freeze()
    settle(qtbot, window)
    kept = drawn(window)["frozen-0"].intensity
    plain = window.workspace.shown.steps
    wider = (*plain, GaussianBroadening(3.0))
    window.workspace.processing.set_steps(PREDICTION, wider, "widen")
    settle(qtbot, window)
    curves = drawn(window)
    np.testing.assert_array_equal(curves["frozen-0"].intensity, kept)
    assert curves["current"].intensity.max() < 0.9 * kept.max()
    window.workspace.curves.freeze()
    window.workspace.processing.set_steps(PREDICTION, plain, "as before")
    settle(qtbot, window)
    curves = drawn(window)
    assert curves["frozen-1"].intensity.max() < 0.9 * curves["current"].intensity.max()
    frozen = [spectrum for spectrum in exported_spectra(window.workspace.shown) if spectrum.kind == "frozen"]
    told = [
        any("Gaussian" in value for key, value in one.provenance.items() if key.startswith("step ")) for one in frozen
    ]
    assert told == [False, True]
    window.workspace.processing.set_steps(PREDICTION, (), "remove steps")
    settle(qtbot, window)
    curves = drawn(window)
    np.testing.assert_allclose(
        curves["frozen-0"].intensity, curves["current"].intensity, atol=1e-9, err_msg="in the measure of the plot"
    )


def test_a_curve_frozen_before_steps_is_drawn_in_the_measure_of_the_plot_alone(window, qtbot):
    steps = window.workspace.shown.steps
    window.workspace.processing.set_steps(PREDICTION, (), "remove steps")
    window.workspace.curves.freeze()
    window.workspace.processing.set_steps(PREDICTION, steps, "as before")
    settle(qtbot, window)
    curves = drawn(window)
    np.testing.assert_allclose(curves["frozen-0"].intensity, curves["current"].intensity, atol=1e-9)
    window.workspace.processing.set_steps(PREDICTION, (*steps, GaussianBroadening(3.0)), "widen")
    settle(qtbot, window)
    np.testing.assert_allclose(drawn(window)["frozen-0"].intensity, curves["frozen-0"].intensity, atol=1e-9)


def test_exports_tell_the_steps_of_both(window, qtbot):
    by_kind = {spectrum.kind: spectrum for spectrum in exported_spectra(window.workspace.shown)}
    film, predicted = by_kind["measured"], by_kind["predicted"]
    for spectrum in (film, predicted):
        assert spectrum.provenance["step 2"].startswith("normalised to the edge step")
        assert float(spectrum.provenance["processed edge_step"]) > 0.0
        assert spectrum.unit == "edge steps"
    np.testing.assert_allclose(film.intensity, drawn(window)["reference-0"].intensity)


def test_a_computed_reference_takes_a_shift_as_a_step_and_follows_the_arrow(window, qtbot):
    window.opening.open_example("benzene")
    QTest.mouseClick(window.references.bundled_button, LEFT)
    settle(qtbot, window)
    number = len(window.workspace.session.references) - 1
    before = drawn(window)[f"reference-{number}"]
    window.workspace.processing.set_steps(Subject("reference", number), (EnergyShift(0.5),), "shift reference")
    settle(qtbot, window)
    after = drawn(window)[f"reference-{number}"]
    np.testing.assert_allclose(after.energy_ev, before.energy_ev + 0.5)
    window.directions.x()
    assert not np.allclose(drawn(window)[f"reference-{number}"].intensity, after.intensity)


def test_normalised_curves_come_back_from_a_file_as_they_were(window, qtbot, tmp_path: Path):
    window.workspace.curves.freeze()
    settle(qtbot, window)
    before = drawn(window)
    path = tmp_path / "curves.csv"
    window.exporting.write_data(path)
    window.opening.open_paths([path])
    qtbot.waitUntil(lambda: len(window.workspace.session.references) == 2, **PATIENT)
    settle(qtbot, window)
    curves = drawn(window)
    np.testing.assert_allclose(curves["reference-1"].intensity, before["reference-0"].intensity, atol=1e-6)
    back = [curve for curve in curves.values() if curve.role == "frozen" and curve.key != "frozen-0"]
    height = before["current"].intensity.max()
    assert any(curve.intensity.max() == pytest.approx(height, rel=1e-4) for curve in back)


def test_a_window_chosen_at_another_edge_counts_there_alone(window, panel, qtbot):
    workspace = window.workspace
    workspace.processing.set_window((7100.0, 7150.0))
    assert shown_processing.shown_window_ev(workspace.shown) is None
    assert not window.named_actions["compare_window"].isChecked()
    window.named_actions["compare_window"].trigger()
    low, high = shown_processing.shown_window_ev(workspace.shown)
    whole = shown_processing.whole_range_ev(workspace.shown)
    assert whole[0] < low < high < whole[1]
    assert window.named_actions["compare_window"].isChecked()


def test_beside_another_edge_a_curve_of_it_is_looked_at(window, panel, qtbot):
    workspace, grid = window.workspace, np.linspace(7000.0, 7200.0, 200)
    iron = Spectrum(grid, np.tanh((grid - 7112.0) / 3.0) + 1.0, label="iron", kind="measured")
    window.references.add(iron, source="iron.dat")
    workspace.processing.choose(Subject("reference", 1))
    settle(qtbot, window)
    assert workspace.processing.subject == Subject("reference", 1), "as long as the edge is the same"
    window.opening.open_example("pyridine")
    workspace.set_network("nitrogen")
    qtbot.waitUntil(lambda: workspace.processing.subject == Subject("reference", 0), **PATIENT)
