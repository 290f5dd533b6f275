"""Spectra of several angles dropped on the window: one series, coloured by angle, fitted to the prediction together."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.film_files import ENERGY_EV, THETAS_DEG, write_spectra, write_table
from tests.gui.acting import LEFT
from tests.gui.fake_networks import ENERGY_EV as PREDICTED_EV
from tests.gui.fake_networks import site_tensor
from xanesview.domain.geometry.directions import from_angles_deg
from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.domain.processing import undetermined
from xanesview.domain.processing.broadening import gaussian
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.appearance.palette import DARK, LIGHT
from xanesview.gui.panels.references.table import COSINE
from xanesview.gui.panels.tilt.table import LABEL
from xanesview.gui.plot.curve_style import styles_of
from xanesview.gui.session.curve_processing import PREDICTION
from xanesview.io.figures.additions import names_beside_bar
from xanesview.io.figures.angle_ramp import angle_colour
from xanesview.io.figures.curve_looks import with_roles
from xanesview.io.spectra.curves import exported_curves
from xanesview.shown.curve import Subject
from xanesview.shown.curves import curves
from xanesview.shown.residuals import residual_curves
from xanesview.shown.series_changes import SCALED, tilt_spectra
from xanesview.shown.spectra import isotropic_spectrum

PATIENT = {"timeout": 30_000}
SHIFT_EV, SCALE = 0.5, 40.0
MEAN = np.mean([site_tensor(atom) for atom in range(6)], axis=0)


def spectra(shift_ev: float = SHIFT_EV) -> np.ndarray:
    """Spectra (A, E) of the six carbons with the field in the x, z plane, in another unit and moved."""
    cosines = np.cos(np.deg2rad(THETAS_DEG)) ** 2
    rows = [np.interp(ENERGY_EV - shift_ev, PREDICTED_EV, (1.0 - c) * MEAN[0] + c * MEAN[2]) for c in cosines]
    return SCALE * np.array(rows)


def drop(window, paths) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    how = (QPoint(80, 80), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, QDragEnterEvent(*how))
    QApplication.sendEvent(window, QDropEvent(*how))


@pytest.fixture
def series_window(benzene_window, qtbot, tmp_path):
    window = benzene_window
    window.sites.pick_all()
    window.workspace.set_geometry(LinearPolarisation((0.6, 0.0, 0.8)))
    drop(window, write_spectra(tmp_path, spectra())[::-1])
    qtbot.waitUntil(lambda: len(window.workspace.session.references) == len(THETAS_DEG), **PATIENT)
    return window


def measured(window):
    return [curve for curve in window.plot.curves() if curve.role == "measured"]


def test_dropped_files_are_one_series_with_one_factor_in_one_step(series_window):
    window = series_window
    references = window.workspace.session.references
    assert tuple(one.angle_deg for one in references) == THETAS_DEG
    assert {one.series for one in references} == {"film"}
    assert len({one.steps for one in references}) == 1, "one factor: relations between angles stay"
    assert all("one factor and one offset" in one.statement for one in references)
    drawn = np.array([curve.intensity for curve in measured(window)])
    at = drawn.shape[1] // 3
    share = (drawn - drawn[0])[:, at] / (drawn[-1] - drawn[0])[at]
    kept = (spectra() - spectra()[0])[:, at] / (spectra()[-1] - spectra()[0])[at]
    np.testing.assert_allclose(share, kept, atol=1e-3, err_msg="dichroism is kept")
    window.workspace.undo_stack.undo()
    assert window.workspace.session.references == ()


def test_a_new_series_lies_on_the_predictions_at_its_angles_and_is_scored_against_them(benzene_window, qtbot, tmp_path):
    window, workspace = benzene_window, benzene_window.workspace
    window.sites.pick_all()
    workspace.set_geometry(LinearPolarisation((0.6, 0.0, 0.8)))
    drop(window, write_spectra(tmp_path, spectra(shift_ev=0.0)))
    qtbot.waitUntil(lambda: len(workspace.session.references) == len(THETAS_DEG), **PATIENT)
    (scale,) = {one.steps[-1].scale for one in workspace.session.references}
    assert scale == pytest.approx(1.0 / SCALE, rel=0.01), "it was made by this scale"
    window.tabs.show("Processing")
    workspace.processing.choose(Subject("reference", 0))
    words = window.tabs["Processing"].score_words
    qtbot.waitUntil(lambda: words.text().endswith(f"prediction at {THETAS_DEG[0]:g}°"), **PATIENT)
    window.tabs.show("References")
    table, rows = window.references.table, range(len(THETAS_DEG))
    qtbot.waitUntil(lambda: all(table.item(row, COSINE).text() > "0.99" for row in rows), **PATIENT)


def test_a_series_that_comes_before_the_prediction_is_scaled_when_it_comes(window, qtbot, tmp_path):
    drop(window, write_spectra(tmp_path, spectra()))
    qtbot.waitUntil(lambda: len(window.workspace.session.references) == len(THETAS_DEG), **PATIENT)
    assert not any(one.steps for one in window.workspace.session.references)
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: any(one.steps for one in window.workspace.session.references), **PATIENT)
    references = window.workspace.session.references
    assert len({one.steps for one in references}) == 1, "one factor and one offset for all"
    assert {one.statement for one in references} == {SCALED}
    again = tmp_path / "again"
    again.mkdir()
    drop(window, write_spectra(again, spectra()))
    qtbot.waitUntil(lambda: len(window.workspace.session.references) == 2 * len(THETAS_DEG), **PATIENT)
    assert window.workspace.session.references[-1].steps == references[0].steps, "as of a series that comes after it"


def test_another_curve_leaves_a_series_as_it_is(series_window, qtbot):
    window, workspace = series_window, series_window.workspace
    series = workspace.session.references
    mean = isotropic_spectrum(workspace.shown)
    grid = np.linspace(280.5, 319.5, 261)
    counts = 1000.0 * np.interp(grid, mean.energy_ev, mean.intensity) + 50.0
    window.references.add(Spectrum(grid, counts, label="other", kind="measured"), source="other.dat")
    qtbot.waitUntil(lambda: len(workspace.session.references) == len(series) + 1, **PATIENT)
    assert workspace.session.references[:-1] == series
    assert not workspace.session.prediction_steps
    assert isinstance(workspace.session.references[-1].steps[-1], ScaleAndOffset), "it is brought to what is there"


def test_a_background_left_in_all_curves_goes_into_one_offset_and_the_tilt_stays(benzene_window, qtbot, tmp_path):
    window = benzene_window
    window.sites.pick_all()
    drop(window, write_spectra(tmp_path, spectra(), name="bare"))
    qtbot.waitUntil(lambda: len(window.workspace.session.references) == len(THETAS_DEG), **PATIENT)
    bare = window.workspace.session.references[0].steps[-1]
    drop(window, write_spectra(tmp_path, spectra() + 100.0, name="raised"))
    qtbot.waitUntil(lambda: len(window.workspace.session.references) == 2 * len(THETAS_DEG), **PATIENT)
    raised = window.workspace.session.references[-1].steps[-1]
    assert raised.scale == pytest.approx(bare.scale, rel=1e-3)
    assert raised.offset == pytest.approx(bare.offset - 100.0 * bare.scale, rel=1e-2)
    shown = window.workspace.shown
    found = tilt_spectra(shown, window.workspace.angles.measured)
    for one, values in zip(found, spectra() + 100.0, strict=True):
        np.testing.assert_allclose(one.intensity, values, rtol=1e-3)


def test_its_curves_have_the_colours_of_their_angles(series_window):
    window = series_window
    QApplication.processEvents()
    shares = [curve.angle_share for curve in measured(window)]
    np.testing.assert_allclose(shares, np.array(THETAS_DEG) / 90.0)
    styles = {c.key: s for c, s in zip(window.plot._curves, window.plot._styles, strict=True)}
    assert styles[measured(window)[0].key].colour == angle_colour(20.0 / 90.0, dark=False)
    named = zip(THETAS_DEG, measured(window), strict=True)
    assert all(curve.label.count(f"{theta:g}") == 1 for theta, curve in named), "told once: the file's name tells it"


def test_a_table_of_a_column_an_angle_is_a_series_too(benzene_window, qtbot, tmp_path):
    window = benzene_window
    drop(window, [write_table(tmp_path / "film.csv", spectra())])
    qtbot.waitUntil(lambda: len(window.workspace.session.references) == len(THETAS_DEG), **PATIENT)
    assert tuple(one.angle_deg for one in window.workspace.session.references) == THETAS_DEG
    assert "the titles of the columns" in window.plot_messages.text()


def test_files_without_angles_are_overlaid_each_by_itself(benzene_window, qtbot, tmp_path):
    window = benzene_window
    paths = write_spectra(tmp_path, spectra())
    plain = [path.rename(tmp_path / f"sample{'abcde'[k]}.dat") for k, path in enumerate(paths)][:2]
    drop(window, plain)
    qtbot.waitUntil(lambda: len(window.workspace.session.references) == 2, **PATIENT)
    assert [one.angle_deg for one in window.workspace.session.references] == [None, None]


def test_an_angle_is_changed_in_one_step_and_the_colour_follows(series_window, qtbot):
    window, workspace = series_window, series_window.workspace
    steps = workspace.undo_stack.count()
    workspace.angles.set_angle(0, 30.0)
    assert workspace.undo_stack.count() == steps + 1
    qtbot.waitUntil(lambda: measured(window)[0].angle_share == pytest.approx(30.0 / 90.0))
    assert workspace.angles.measured.angles_deg[0] == 30.0
    workspace.undo_stack.undo()
    assert workspace.angles.measured.angles_deg[0] == 20.0


def test_exported_curves_come_back_as_the_series(series_window, qtbot, tmp_path):
    window = series_window
    window.exporting.write_data(tmp_path / "curves.csv")
    for place in reversed(range(len(THETAS_DEG))):
        window.workspace.remove_reference(place)
    drop(window, [tmp_path / "curves.csv"])
    qtbot.waitUntil(lambda: window.workspace.angles.measured is not None, **PATIENT)
    assert tuple(window.workspace.angles.measured.angles_deg) == THETAS_DEG
    assert window.workspace.angles.measured.name == "film"


def test_the_series_panel_draws_it_dotted_in_the_same_colours(series_window, qtbot):
    window = series_window
    window.tabs.show("Series")
    panel = window.tabs["Series"]
    qtbot.waitUntil(lambda: panel.series is not None)
    dotted = [style.colour for _, style in panel.picture.drawn_curves() if style.dash]
    assert dotted == [angle_colour(theta / 90.0, dark=False) for theta in THETAS_DEG]
    panel.as_measured.click()
    qtbot.waitUntil(lambda: len(panel.series.angles) == len(THETAS_DEG))
    np.testing.assert_allclose(panel.series.angles, THETAS_DEG)


def test_the_whole_series_is_fitted_with_one_shift_and_one_scale(series_window, qtbot):
    window, fitting = series_window, series_window.workspace.fitting
    steps = window.workspace.undo_stack.count()
    fitting.fit_series()
    qtbot.waitUntil(lambda: not fitting.is_busy and len(fitting.reports) == len(THETAS_DEG), **PATIENT)
    assert window.workspace.undo_stack.count() == steps + 1
    fit = fitting.report.fit
    assert fit["shift_ev"].value == pytest.approx(SHIFT_EV, abs=0.02)
    assert fit["scale"].value == pytest.approx(SCALE, rel=0.02)
    references = window.workspace.session.references
    assert len({one.shift_ev for one in references}) == 1
    assert references[0].shift_ev == pytest.approx(-SHIFT_EV, abs=0.02)
    assert all("with 4 others" in one.statement for one in references)
    window.workspace.set_geometry(LinearPolarisation((1.0, 0.0, 0.0)))
    assert not fitting.is_stale, "the series has angles of its own"
    window.workspace.undo_stack.undo()
    placed = window.workspace.shown.references
    for theta, one in zip(THETAS_DEG, placed, strict=True):
        c = np.cos(np.deg2rad(theta)) ** 2
        expected = np.interp(one.spectrum.energy_ev, PREDICTED_EV, (1.0 - c) * MEAN[0] + c * MEAN[2])
        inside = one.spectrum.energy_ev < 305.0
        np.testing.assert_allclose(one.spectrum.intensity[inside], expected[inside], atol=0.02)
    window.workspace.undo_stack.undo()
    assert {one.shift_ev for one in window.workspace.session.references} == {0.0}


def test_the_predictions_of_a_fitted_series_stand_beside_it_in_its_colours(series_window, qtbot, tmp_path):
    window, fitting = series_window, series_window.workspace.fitting
    before = len(window.plot.curves())
    fitting.fit_series()
    qtbot.waitUntil(lambda: bool(fitting.reports) and len(window.plot.curves()) == before + len(THETAS_DEG), **PATIENT)
    pairs = list(zip(window.plot._curves, window.plot._styles, strict=True))
    fitted = [(curve, style) for curve, style in pairs if curve.key.startswith("at-")]
    of_measured = {curve.angle_share: style for curve, style in pairs if curve.role == "measured"}
    for theta, (curve, style) in zip(THETAS_DEG, fitted, strict=True):
        assert curve.label == f"{theta:g}° predicted"
        assert style.colour == of_measured[curve.angle_share].colour == angle_colour(theta / 90.0, dark=False)
        assert style.dash
        c = np.cos(np.deg2rad(theta)) ** 2
        expected = np.interp(curve.energy_ev, PREDICTED_EV, (1.0 - c) * MEAN[0] + c * MEAN[2])
        scale = curve.intensity.max() / expected.max()
        np.testing.assert_allclose(curve.intensity, scale * expected, atol=0.05 * curve.intensity.max())
    for rest in residual_curves(window.plot.curves()):
        inside = rest.energy_ev < 305.0
        assert np.abs(rest.intensity[inside]).max() < 0.05 * MEAN.max(), "each set against the prediction at its angle"
    figure = window.exporting.screen_figure()
    drawn = {one.spectrum.label: one.colour for one in figure.curves}
    assert drawn["20° predicted"] == angle_colour(20.0 / 90.0, dark=False)
    window.exporting.write_data(tmp_path / "all.csv")
    qtbot.waitUntil(lambda: (tmp_path / "all.csv").exists())
    again = {one.spectrum.label: one for one in with_roles(exported_curves(tmp_path / "all.csv"))}
    for theta in THETAS_DEG:
        partner = again[f"{theta:g}° predicted"]
        assert partner.colour == angle_colour(theta / 90.0, dark=False), "read again it has the colour of its angle"
        assert (partner.role, partner.dash_pattern) == ("compared", (4.5, 2.5))
    assert "grazing" in (tmp_path / "all.csv").read_text() or "ε = " in (tmp_path / "all.csv").read_text()
    window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: len(window.plot.curves()) == before)


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
def test_curves_frozen_beside_a_measured_series_have_colours_of_their_own(series_window, scheme):
    window = series_window
    for theta in THETAS_DEG[:3]:
        window.workspace.set_geometry(LinearPolarisation(from_angles_deg(theta, 0.0)))
        QTest.keyClick(window, Qt.Key.Key_C)
    window.workspace.set_geometry(LinearPolarisation((0.0, 0.0, 1.0)))
    window.plot_link.refresh()
    seen = window.plot.curves()
    colours = {curve.key: style.colour for curve, style in zip(seen, styles_of(seen, scheme), strict=True)}
    frozen = [colour for key, colour in colours.items() if key.startswith("frozen")]
    assert len(set(frozen)) == 3
    angles = {angle_colour(share, scheme.dark) for share in np.linspace(0.0, 1.0, 91)}
    assert not set(frozen) & angles
    assert {colour for key, colour in colours.items() if key.startswith("reference")} <= angles
    figure = window.exporting.screen_figure()
    named = [one.spectrum.label for one in figure.curves if one.role == "frozen" and one.angle_deg is None]
    assert named == [f"θ = {theta:g}°" for theta in THETAS_DEG[:3]], "named one by one: the bar is of the measured ones"


def test_angles_in_the_dark_look_unlike_their_neighbours():
    """Steps of 10° are further apart than those of viridis were between 20° and 40°, in units of Oklab × 100."""
    colours = np.array([_oklab(angle_colour(theta / 90.0, dark=True)) for theta in range(0, 91, 10)])
    steps = np.linalg.norm(np.diff(colours, axis=0), axis=1)
    assert steps.min() > 6.5
    assert steps[2:4].min() > 9.0


def _oklab(colour: str) -> np.ndarray:
    """Björn Ottosson's perceptual coordinates of a colour, times 100."""
    value = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255.0
    linear = np.where(value > 0.04045, ((value + 0.055) / 1.055) ** 2.4, value / 12.92)
    cones = [[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]]
    axes = [[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]]
    return 100.0 * np.array(axes) @ np.cbrt(np.array(cones) @ linear)


def test_what_the_fit_of_a_series_found_stands_in_the_tilt_panel(series_window, qtbot):
    window = series_window
    window.tabs.show("Tilt")
    panel = window.tabs["Tilt"]
    assert not panel.series_fit.isVisible()
    QTest.mouseClick(panel.fit_series, LEFT)
    qtbot.waitUntil(lambda: panel.series_fit.isVisible(), **PATIENT)
    assert "% unexplained): measured curve shifted −0.5" in panel.series_fit.text()
    assert panel.series_fit.text().startswith("series of 5 (R at most ")
    assert "±" in panel.series_fit.text()
    window.workspace.pick((0,))
    qtbot.waitUntil(lambda: "out of date" in panel.series_fit.text(), **PATIENT)
    qtbot.waitUntil(lambda: any(chip.text == "fit out of date" for chip in window.plot._chips.chips), **PATIENT)


def test_the_window_of_a_peak_stays_through_a_fit_and_its_undo(benzene_window, qtbot, tmp_path):
    window, workspace = benzene_window, benzene_window.workspace
    window.sites.pick_all()
    wide = np.array([gaussian(ENERGY_EV, row, 3.0) for row in spectra()])
    drop(window, write_spectra(tmp_path, wide))
    qtbot.waitUntil(lambda: workspace.angles.measured is not None, **PATIENT)
    window.tabs.show("Tilt")
    before, fitting = workspace.angles.window_ev, workspace.fitting
    fitting.fit_series()
    qtbot.waitUntil(lambda: not fitting.is_busy and bool(fitting.reports), **PATIENT)
    assert fitting.report.fit["fwhm_ev"].value == pytest.approx(3.0, abs=0.2)
    moved = tuple(end - SHIFT_EV for end in before)
    assert workspace.angles.window_ev == pytest.approx(moved, abs=0.15), "it goes with the peak, so wide as it is"
    workspace.undo_stack.undo()
    assert workspace.angles.window_ev == before
    qtbot.waitUntil(lambda: window.plot._regions.item("peak").getRegion() == pytest.approx(before))


def test_a_chosen_window_of_a_peak_ends_with_the_structure_or_the_series_it_was_chosen_on(
    series_window, qtbot, tmp_path
):
    window, workspace = series_window, series_window.workspace
    found, benzene = workspace.angles.window_ev, workspace.structure
    workspace.angles.set_window((287.0, 289.0))
    window.opening.open_example("thiophene")
    qtbot.waitUntil(lambda: workspace.structure is not benzene, **PATIENT)
    qtbot.waitUntil(lambda: workspace.shown.look is not None, **PATIENT)
    assert workspace.angles.window_ev == pytest.approx(found, abs=0.3)
    workspace.undo_stack.undo()
    assert workspace.angles.window_ev == (287.0, 289.0)
    drop(window, write_spectra(tmp_path, spectra(), name="second"))
    qtbot.waitUntil(lambda: workspace.angles.measured.name == "second", **PATIENT)
    assert workspace.session.angles.window_ev is None


def test_a_series_fit_that_means_nothing_is_told_as_a_warning_until_it_is_undone(series_window, qtbot, monkeypatch):
    window, workspace = series_window, series_window.workspace
    monkeypatch.setattr(undetermined, "AT_END_EV", 5.0 - 0.4)  # as if no more than 0.4 eV had been searched
    workspace.fitting.fit_series()
    qtbot.waitUntil(lambda: bool(workspace.fitting.reports), **PATIENT)
    bar = window.plot_messages
    qtbot.waitUntil(lambda: "The fit means nothing: the shift of 0.50 eV" in bar.text(), **PATIENT)
    assert "Undo it (Ctrl+Z)" in bar.text()
    assert bar.severity == "warning"
    chip = next(one for one in window.plot._chips.chips if one.text == "fit means nothing")
    assert all(reference.label in chip.detail for reference in workspace.session.references)
    window.tabs.show("Tilt")
    qtbot.waitUntil(lambda: "this fit means nothing: " in window.tabs["Tilt"].series_fit.text(), **PATIENT)
    workspace.undo_stack.undo()
    assert "means nothing" not in bar.text() or not bar.isVisible()


def has_score(panel, workspace, place: int) -> bool:
    """Whether the panel has scores near 1 for this curve."""
    text = panel.score_words.text()
    return workspace.processing.subject.which == place and text.startswith(("Cosine 0.999", "Cosine 1.0"))


def test_scores_of_a_fitted_series_are_against_the_prediction_at_each_angle(series_window, qtbot):
    window, workspace = series_window, series_window.workspace
    window.tabs.show("Processing")
    panel = window.tabs["Processing"]
    workspace.fitting.fit_series()
    qtbot.waitUntil(lambda: bool(workspace.fitting.reports), **PATIENT)
    for place in (0, 4):  # the arrow stands at one of the angles at most
        workspace.processing.choose(Subject("reference", place))
        qtbot.waitUntil(partial(has_score, panel, workspace, place), **PATIENT)
    window.tabs.show("References")
    table = window.references.table
    qtbot.waitUntil(lambda: all(table.item(row, COSINE).text() in ("0.9999", "1.0000") for row in range(5)), **PATIENT)


def test_a_series_of_another_molecule_is_told_as_much_unexplained_until_it_is_undone(benzene_window, qtbot, tmp_path):
    window, workspace = benzene_window, benzene_window.workspace
    window.sites.pick_all()
    workspace.set_geometry(LinearPolarisation((0.6, 0.0, 0.8)))
    further = sum(0.7 * np.exp(-0.5 * ((ENERGY_EV - at) / 0.6) ** 2) for at in (288.0, 299.5, 303.0))
    drop(window, write_spectra(tmp_path, spectra() + SCALE * further))
    qtbot.waitUntil(lambda: len(workspace.session.references) == len(THETAS_DEG), **PATIENT)
    window.tabs.show("Tilt")
    panel, bar = window.tabs["Tilt"], window.plot_messages
    QTest.mouseClick(panel.fit_series, LEFT)
    qtbot.waitUntil(lambda: bar.isVisible() and "The fit leaves much unexplained: " in bar.text(), **PATIENT)
    assert "% of what an edge step leaves without the prediction" in bar.text()
    assert "Do molecule, tilt and polarisation fit the curves?" in bar.text()
    assert bar.severity == "warning"
    assert "% unexplained: measured curve shifted" in panel.series_fit.text()
    workspace.undo_stack.undo()
    assert "unexplained" not in bar.text() or not bar.isVisible()
    assert not panel.series_fit.isVisible()


def test_names_in_a_figure_have_the_angles_together_in_their_order_before_the_sites(benzene_window, qtbot, tmp_path):
    window, workspace = benzene_window, benzene_window.workspace
    window.sites.pick_all()
    paths = write_spectra(tmp_path, spectra())
    for place in (3, 1, 4, 0, 2):  # angles as they may come
        drop(window, [paths[place]])
    qtbot.waitUntil(lambda: len(workspace.session.references) == len(THETAS_DEG), **PATIENT)
    for place, one in enumerate(workspace.session.references):
        angle = float(one.label.removeprefix("film_").removesuffix("deg"))
        workspace.replace_reference(place, one.replace(angle_deg=angle, series="film"))
    workspace.fitting.fit_series()
    qtbot.waitUntil(lambda: bool(workspace.fitting.reports), timeout=60_000)
    workspace.curves.set_visible([Subject("site", 2)], False)
    figure = window.exporting.screen_figure()
    names = [curve.spectrum.label for curve in figure.curves]
    angles = [curve.angle_deg for curve in figure.curves]
    assert angles[2:12] == [20.0, 20.0, 40.0, 40.0, 55.0, 55.0, 70.0, 70.0, 90.0, 90.0]
    assert names[1:4] == ["isotropic average", names[2], "20° predicted"]
    assert names[12:] == ["C1", "C2", "C4", "C5", "C6"]
    told = [curve.spectrum.label for curve in names_beside_bar(figure.curves)]
    assert told == [names[0], "isotropic average", "measured", "predicted", *names[12:]]
    listed = [row.subject for row in curves(workspace.shown) if row.subject is not None]
    workspace.curves.move([listed[-1]], -1)
    assert [one.spectrum.label for one in window.exporting.screen_figure().curves][2] == "C1", "the user's own order"


def test_beside_fit_the_whole_series_is_fitted_and_tilt_opens_with_it(series_window, qtbot, tmp_path):
    window, workspace = series_window, series_window.workspace
    window.tabs.show("Processing")
    buttons, panel = window.tabs["Processing"].series, window.tabs["Processing"]
    panel.refresh()
    assert workspace.processing.subject.which == len(THETAS_DEG) - 1, "the last one that was loaded"
    assert buttons.isVisible()
    assert "all 5 curves of film" in buttons.fit.toolTip()
    QTest.mouseClick(buttons.fit, LEFT)
    qtbot.waitUntil(lambda: len(workspace.fitting.reports) == len(THETAS_DEG), **PATIENT)
    assert workspace.undo_stack.undoText() == "fit film"
    drop(window, write_spectra(tmp_path, spectra(), name="second"))
    qtbot.waitUntil(lambda: workspace.angles.measured.name == "second", **PATIENT)
    workspace.processing.choose(Subject("reference", 1))
    panel.refresh()
    assert "with film" in buttons.tilt.toolTip()
    QTest.mouseClick(buttons.tilt, LEFT)
    assert window.docks["Tilt"].isVisible()
    tilt = window.tabs["Tilt"]
    assert tilt.table.item(0, LABEL).text().startswith("20deg")
    qtbot.waitUntil(lambda: tilt.fitting.series is not None and tilt.fitting.series.name == "film", **PATIENT)
    QTest.mouseClick(tilt.fit_series, LEFT)
    qtbot.waitUntil(lambda: [one.subject.which for one in workspace.fitting.reports] == [0, 1, 2, 3, 4], **PATIENT)
    drop(window, write_spectra(tmp_path, spectra(), name="third"))
    qtbot.waitUntil(lambda: workspace.angles.measured.name == "third", **PATIENT)


def test_a_curve_of_no_series_has_no_buttons_for_one(series_window, qtbot):
    window = series_window
    window.tabs.show("Processing")
    panel = window.tabs["Processing"]
    for subject in (PREDICTION, Subject("reference", 2)):
        window.workspace.processing.choose(subject)
        panel.refresh()
        assert panel.series.isVisible() == (subject != PREDICTION)
    for place in (0, 1, 3, 4):
        references = window.workspace.session.references
        window.workspace.replace_reference(place, references[place].replace(visible=False))
    panel.refresh()
    assert not panel.series.isVisible(), "one angle that is drawn is no series"


def test_names_of_a_series_stay_apart_where_there_is_little_room(series_window):
    window = series_window
    window.tabs.show("Tilt")
    table = window.tabs["Tilt"].table
    labels = [f"a_film_with_a_long_name_{theta:g}deg" for theta in THETAS_DEG]
    table.show_series(range(len(labels)), THETAS_DEG, labels)
    drawn = {table.fontMetrics().elidedText(label, table.textElideMode(), 110) for label in labels}
    assert len(drawn) == len(labels)
