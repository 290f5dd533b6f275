"""The Tilt panel in the real window: a series, its angles, the window on the plot, the tilt, the whole orientation."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.film_files import ENERGY_EV, THETAS_DEG, write_spectra
from tests.gui.fake_networks import ENERGY_EV as PREDICTED_EV
from tests.gui.fake_networks import site_tensor
from xanesview.cli.main import main
from xanesview.domain.geometry.average import AzimuthalDisorder
from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.dichroism import vector_orbital_intensity
from xanesview.domain.geometry.directions import from_angles_deg, to_angles_deg
from xanesview.domain.orientation import orientation_fit
from xanesview.errors import Cancelled
from xanesview.io.figures.angle_ramp import angle_colour

LEFT = Qt.MouseButton.LeftButton
PATIENT = {"timeout": 30_000}
TILT_DEG, SHIFT_EV = 35.0, 0.4
MEAN = np.mean([site_tensor(atom) for atom in range(6)], axis=0)


def film(normal: np.ndarray) -> np.ndarray:
    """Spectra (A, E) of six carbons in a film about a normal in the molecule's frame, moved, with a little noise."""
    weights = [
        PolarisedBeam.at_grazing(theta, 20.0, normal=normal).with_average(AzimuthalDisorder()).weight().voigt
        for theta in THETAS_DEG
    ]
    rows = np.array([np.interp(ENERGY_EV - SHIFT_EV, PREDICTED_EV, weight @ MEAN) for weight in weights])
    return 3.0 * rows + 0.004 * np.random.default_rng(4).normal(size=rows.shape)


@pytest.fixture
def panel(benzene_window, qtbot, tmp_path):
    """The panel in front with a film whose normal stands at 35° from that of the ring."""
    window = benzene_window
    window.sites.pick_all()
    window.tabs.show("Tilt")
    paths = write_spectra(tmp_path, film(from_angles_deg(TILT_DEG, 60.0)))
    window.opening.open_paths(paths)
    found = window.tabs["Tilt"]
    qtbot.waitUntil(lambda: found.fitting.tilt is not None, **PATIENT)
    return found


@pytest.fixture
def quick(monkeypatch):
    """Orientations are found by a coarser scan, so that a test takes a moment."""
    monkeypatch.setattr(orientation_fit, "_WIDTHS_EV", (0.0,))
    monkeypatch.setattr(orientation_fit, "_N_STARTS", 1)


def test_without_a_series_it_says_what_to_load(benzene_window):
    benzene_window.tabs.show("Tilt")
    panel = benzene_window.tabs["Tilt"]
    assert panel._empty.isVisible()
    assert "film_20deg.dat" in panel._empty.text()
    assert panel._empty.alignment() & Qt.AlignmentFlag.AlignTop, "below, it would be out of sight in a low window"


def test_the_tilt_stands_with_its_error_and_the_points_on_a_line_over_the_squared_cosine(panel):
    fit = panel.fitting.tilt.fit
    assert fit.tilt_deg == pytest.approx(TILT_DEG, abs=1.0)
    assert panel.result.text().startswith(f"tilt {fit.text()}")
    at, values = panel.plot.points()
    np.testing.assert_allclose(at, np.cos(np.deg2rad(THETAS_DEG)) ** 2)
    (x0, x1), (y0, y1) = panel.plot.line()
    np.testing.assert_allclose(values, y0 + (y1 - y0) * (at - x0) / (x1 - x0), atol=0.03)
    brushes = [brush.color().name() for brush in panel.plot._points.data["brush"]]
    assert brushes == [angle_colour(theta / 90.0, dark=False) for theta in THETAS_DEG]


def test_it_is_the_tilt_that_the_command_line_prints(panel, capsys, tmp_path):
    low, high = panel.angles.window_ev
    files = [str(tmp_path / f"film_{theta:g}deg.dat") for theta in THETAS_DEG]
    assert main(["fit-tilt", *files, "--window", f"{low:g}:{high:g}"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"tilt {panel.fitting.tilt.fit.text()}"


def test_the_window_is_dragged_on_the_spectrum_and_the_tilt_follows_in_one_step(panel, benzene_window, qtbot):
    window, before = benzene_window, panel.fitting.tilt
    qtbot.waitUntil(lambda: window.plot._regions.item("peak") is not None)
    item, steps = window.plot._regions.item("peak"), window.workspace.undo_stack.count()
    for high in (286.2, 286.6):
        item.lines[1].setPos(high)
        item.lines[1].sigPositionChanged.emit(item.lines[1])
    item.sigRegionChangeFinished.emit(item)
    qtbot.waitUntil(lambda: panel.fitting.tilt is not before and panel.fitting.tilt is not None, **PATIENT)
    assert panel.fitting.tilt.peaks.window_ev[1] == pytest.approx(286.6)
    assert window.workspace.undo_stack.count() == steps + 1
    assert f"{286.6:.2f} eV" in panel.details.text()
    window.tabs.show("Sites")
    qtbot.waitUntil(lambda: window.plot._regions.item("peak") is None)


def test_an_angle_typed_in_the_table_changes_the_tilt_and_undoes(panel, benzene_window, qtbot):
    field, before = panel.table.cellWidget(0, 0), panel.fitting.tilt
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "32")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.fitting.tilt is not before, **PATIENT)
    assert benzene_window.workspace.session.references[0].angle_deg == 32.0
    assert abs(panel.fitting.tilt.fit.tilt_deg - TILT_DEG) > abs(before.fit.tilt_deg - TILT_DEG)
    benzene_window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: panel.fitting.tilt.fit.tilt_deg == pytest.approx(before.fit.tilt_deg), **PATIENT)


def test_angles_from_the_other_side_are_turned_over_together(panel, benzene_window, qtbot):
    steps = benzene_window.workspace.undo_stack.count()
    QTest.mouseClick(panel.turn_over, LEFT)
    assert benzene_window.workspace.undo_stack.count() == steps + 1
    assert [one.angle_deg for one in benzene_window.workspace.session.references] == [70.0, 50.0, 35.0, 20.0, 0.0]
    assert list(benzene_window.workspace.angles.measured.angles_deg) == [0.0, 20.0, 35.0, 50.0, 70.0]


@pytest.mark.parametrize("measure", ["height", "fit"])
def test_every_measure_finds_the_tilt(panel, qtbot, measure):
    panel.measure.setCurrentIndex(panel.measure.findData(measure))
    panel.measure.activated.emit(panel.measure.currentIndex())
    qtbot.waitUntil(lambda: panel.fitting.tilt is not None and panel.fitting.tilt.peaks.how == measure, **PATIENT)
    assert panel.fitting.tilt.fit.tilt_deg == pytest.approx(TILT_DEG, abs=2.0)


def test_a_series_brings_the_degree_that_its_files_tell_in_one_step(panel, benzene_window, qtbot, tmp_path):
    window, steps = benzene_window, benzene_window.workspace.undo_stack.count()
    told = []
    panel.angles.told.connect(lambda notice: told.append(notice.message))
    assert panel.degree.text() == "P 1.00"
    (tmp_path / "more").mkdir()
    paths = write_spectra(tmp_path / "more", film(from_angles_deg(TILT_DEG, 60.0)))
    for path in paths:
        path.write_text(f"# Degree of polarisation: 0.90\n{path.read_text()}")
    window.opening.open_paths(paths)
    qtbot.waitUntil(lambda: len(told) == 1, **PATIENT)
    assert told[0].endswith("The degree of polarisation is P = 0.9, by their headers.")
    qtbot.waitUntil(lambda: panel.degree.text() == "P 0.90", **PATIENT)
    qtbot.waitUntil(lambda: panel.fitting.tilt is not None and panel.fitting.tilt.fit.degree == 0.9, **PATIENT)
    assert window.workspace.undo_stack.count() == steps + 1
    window.workspace.undo_stack.undo()
    assert panel.degree.text() == "P 1.00"


def test_a_plane_orbital_at_a_degree_of_polarisation(panel, qtbot):
    panel.orbital.setCurrentIndex(1)
    panel.orbital.activated.emit(1)
    panel.degree.setFocus()
    panel.degree.selectAll()
    QTest.keyClicks(panel.degree, "0.8")
    QTest.keyClick(panel.degree, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: panel.fitting.tilt is not None
        and (panel.fitting.tilt.fit.orbital, panel.fitting.tilt.fit.degree) == ("plane", 0.8), **PATIENT
    )  # fmt: skip
    assert panel.workspace.session.angles.degree == 0.8


def test_intensities_that_no_tilt_gives_are_told_of(panel, qtbot, benzene_window):
    for place, angle in enumerate((90.0, 70.0, 55.0, 40.0, 20.0)):  # far more dichroism the other way round
        benzene_window.workspace.angles.set_angle(place, angle)
    expected = vector_orbital_intensity(np.array(THETAS_DEG), 90.0)
    assert expected[-1] > expected[0]
    qtbot.waitUntil(lambda: panel.fitting.tilt is not None and panel.fitting.tilt.fit.tilt_deg > 60.0, **PATIENT)


def test_the_whole_prediction_finds_tilt_and_shift_and_shows_how_sure_it_is(panel, benzene_window, qtbot, quick):
    window = benzene_window
    QTest.mouseClick(panel.whole, LEFT)
    assert panel.whole.text() == "Cancel"
    qtbot.waitUntil(lambda: panel.fitting.orientation is not None, timeout=60_000)
    fit = panel.fitting.orientation.fit
    tilt, _ = to_angles_deg(fit.normal, (0.0, 0.0, 1.0))
    assert min(tilt, 180.0 - tilt) == pytest.approx(TILT_DEG, abs=1.5)
    assert fit.shift_ev == pytest.approx(SHIFT_EV, abs=0.05)
    assert "whole prediction: tilt" in panel.orientation.text()
    assert "azimuth open" in panel.orientation.text()
    sphere = window.view._confidence
    assert 0.0 < sphere.share_inside < 0.5, "a ring about the axis: the azimuth of benzene is open"
    window.tabs.show("Sites")
    assert window.view._confidence is None
    window.tabs.show("Tilt")
    assert window.view._confidence is not None


def test_an_orientation_that_explains_little_is_told_as_a_warning_that_goes_with_it(
    panel, benzene_window, qtbot, quick, tmp_path
):
    bar = benzene_window.plot_messages
    lines = [np.exp(-0.5 * ((ENERGY_EV - at) / 0.5) ** 2) for at in (285.0, 287.4, 291.2)]
    rows = [c * lines[0] + lines[1] + (1.0 - c) * lines[2] for c in np.cos(np.deg2rad(THETAS_DEG)) ** 2]
    benzene_window.opening.open_paths(write_spectra(tmp_path, np.array(rows), name="other"))
    qtbot.waitUntil(lambda: panel.angles.measured.name == "other", **PATIENT)
    QTest.mouseClick(panel.whole, LEFT)
    qtbot.waitUntil(lambda: panel.fitting.orientation is not None, timeout=60_000)
    qtbot.waitUntil(lambda: bar.isVisible() and "The fit leaves much unexplained: " in bar.text(), **PATIENT)
    assert "molecule, edge and angles" in bar.text()
    assert bar.severity == "warning"
    assert panel.orientation.text().startswith("much unexplained (")
    panel.angles.set_angle(panel.angles.measured.places[1], 42.0)
    qtbot.waitUntil(lambda: panel.fitting.orientation is None, **PATIENT)
    assert not bar.isVisible()


def test_a_button_turns_the_geometry_so_that_the_prediction_is_that_of_the_film(panel, benzene_window, qtbot, quick):
    workspace = benzene_window.workspace
    QTest.mouseClick(panel.whole, LEFT)
    qtbot.waitUntil(lambda: panel.fitting.orientation is not None, timeout=60_000)
    before, steps = workspace.geometry, workspace.undo_stack.count()
    QTest.mouseClick(panel.turn, LEFT)
    fit, geometry = panel.fitting.orientation.fit, workspace.geometry
    np.testing.assert_allclose(geometry.normal, fit.normal)
    assert workspace.undo_stack.count() == steps + 1
    theta, _ = to_angles_deg(geometry.direction, geometry.normal)
    along, across = film(fit.normal)[0], film(from_angles_deg(TILT_DEG, 60.0))[0]
    np.testing.assert_allclose(along, across, atol=0.2)
    weight = PolarisedBeam.at_grazing(theta, 0.0, normal=fit.normal).with_average(AzimuthalDisorder()).weight()
    np.testing.assert_allclose(geometry.weight().voigt, weight.voigt, atol=1e-9)
    up = benzene_window.view.camera.rotation[1]  # on the screen
    assert up @ fit.normal > 0.9, "the molecule stands on the surface as it is drawn"
    assert workspace.undo_stack.undoText() == "turn molecule to the fitted orientation"
    assert "film" in panel.turn.toolTip()
    workspace.undo_stack.undo()
    assert workspace.geometry == before


def test_turning_to_the_orientation_leaves_a_beam_a_beam_and_says_what_changes(panel, benzene_window, qtbot, quick):
    workspace, told = benzene_window.workspace, []
    workspace.message.connect(told.append)
    workspace.set_geometry(PolarisedBeam.at_grazing(30.0, 40.0, 15.0, degree=0.9))
    QTest.mouseClick(panel.whole, LEFT)
    qtbot.waitUntil(lambda: panel.fitting.orientation is not None, timeout=60_000)
    QTest.mouseClick(panel.turn, LEFT)
    after = workspace.geometry
    assert isinstance(after, PolarisedBeam)
    assert (after.grazing_deg, after.azimuth_deg, after.polarisation_deg) == pytest.approx((30.0, 40.0, 15.0))
    assert after.degree == 0.9
    assert "sample: " in told[-1].message
    assert "experiment" not in told[-1].message


def test_an_orientation_can_be_cancelled_and_nothing_comes_of_it(panel, benzene_window, qtbot, monkeypatch):
    ended = threading.Event()

    def endless(*_arguments, cancelled, **_more):
        while not cancelled():
            pass
        ended.set()
        raise Cancelled

    monkeypatch.setattr(orientation_fit, "fit_orientation", endless)
    QTest.mouseClick(panel.whole, LEFT)
    qtbot.waitUntil(lambda: panel.fitting.is_busy)
    QTest.mouseClick(panel.whole, LEFT)
    assert panel.whole.text() == "Orientation"
    qtbot.waitUntil(ended.is_set)
    QApplication.processEvents()
    assert panel.fitting.orientation is None


def test_another_structure_forgets_the_orientation(panel, benzene_window, qtbot, quick):
    QTest.mouseClick(panel.whole, LEFT)
    qtbot.waitUntil(lambda: panel.fitting.orientation is not None, timeout=60_000)
    benzene_window.opening.open_example("thiophene")
    qtbot.waitUntil(lambda: panel.fitting.orientation is None and benzene_window.view._confidence is None, **PATIENT)


def _undo_the_opening(window):
    window.workspace.undo_stack.undo()


def _change_an_angle(window):
    window.workspace.angles.set_angle(1, 42.0)


def _change_the_degree(window):
    window.workspace.angles.change("choose degree", degree=0.9)


def _narrow_the_window(window):
    window.workspace.processing.set_window((283.0, 300.0))


def _take_a_site_out(window):
    window.workspace.toggle_pick(0)


@pytest.mark.parametrize(
    "act", [_undo_the_opening, _change_an_angle, _change_the_degree, _narrow_the_window, _take_a_site_out]
)
def test_an_orientation_goes_when_anything_it_is_of_has_changed(panel, benzene_window, qtbot, quick, act):
    window = benzene_window
    QTest.mouseClick(panel.whole, LEFT)
    qtbot.waitUntil(lambda: panel.fitting.orientation is not None, timeout=60_000)
    assert panel.turn.isEnabled()
    assert window.view._confidence is not None
    act(window)
    qtbot.waitUntil(lambda: panel.fitting.orientation is None, **PATIENT)
    assert window.view._confidence is None
    assert not panel.turn.isEnabled()
    assert not panel.orientation.text()


def test_an_orientation_stays_while_only_the_arrow_turns(panel, benzene_window, qtbot, quick):
    QTest.mouseClick(panel.whole, LEFT)
    qtbot.waitUntil(lambda: panel.fitting.orientation is not None, timeout=60_000)
    found = panel.fitting.orientation
    QTest.mouseClick(panel.turn, LEFT)
    panel.fitting.refresh()
    assert panel.fitting.orientation is found


def test_the_window_begins_at_the_films_own_first_peak_not_at_the_predictions(benzene_window, qtbot, tmp_path):
    """A film whose π* is far from what the network predicts: the tilt is read where the film absorbs."""
    window = benzene_window
    window.sites.pick_all()
    rows = [
        np.exp(-0.5 * ((ENERGY_EV - 283.9) / 0.3) ** 2) * vector_orbital_intensity(theta, TILT_DEG)
        + 1.5 / (1.0 + np.exp(-2.0 * (ENERGY_EV - 290.0)))
        for theta in THETAS_DEG
    ]
    window.opening.open_paths(write_spectra(tmp_path, np.array(rows)))
    window.tabs.show("Tilt")
    panel = window.tabs["Tilt"]
    qtbot.waitUntil(lambda: panel.fitting.tilt is not None, **PATIENT)
    low, high = panel.angles.window_ev
    assert (low + high) / 2.0 == pytest.approx(283.9, abs=0.15)
    assert panel.fitting.tilt.fit.tilt_deg == pytest.approx(TILT_DEG, abs=1.5)


def test_the_step_to_take_next_stands_out(panel, benzene_window, qtbot, quick):
    def following() -> list[str]:
        steps = panel.steps
        return [one.text() for one in (steps.whole, steps.turn, steps.fit_series, steps.figure) if one.property("next")]

    assert following() == ["Orientation"]
    QTest.mouseClick(panel.whole, LEFT)
    qtbot.waitUntil(lambda: panel.fitting.orientation is not None, timeout=60_000)
    assert following() == ["Turn to it"]
    QTest.mouseClick(panel.turn, LEFT)
    qtbot.waitUntil(lambda: following() == ["Fit series"], **PATIENT)
    assert panel.orientation.text().endswith("; the molecule stands at this tilt")
    assert panel.details.text().startswith("of this peak alone: ")
    found, panel.fitting.orientation = panel.fitting.orientation, None  # as in a session that was opened again
    panel.refresh()
    assert following() == ["Fit series"], "it stands turned already"
    assert f"stands at a tilt of {found.fit.tilt_deg:.1f}°" in panel.orientation.text()
    panel.fitting.orientation = found
    panel.refresh()
    benzene_window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: following() == ["Turn to it"], **PATIENT)
    QTest.mouseClick(panel.turn, LEFT)
    QTest.mouseClick(panel.fit_series, LEFT)
    qtbot.waitUntil(lambda: following() == ["Figure…"], timeout=60_000)


@pytest.mark.parametrize(("width", "height"), [(1400, 860), (1024, 700)])
def test_what_was_found_is_above_the_table_and_all_can_be_reached(panel, benzene_window, qtbot, quick, width, height):
    benzene_window.resize(width, height)
    QTest.mouseClick(panel.whole, LEFT)
    qtbot.waitUntil(lambda: panel.fitting.orientation is not None and panel.orientation.isVisible(), timeout=60_000)
    place = benzene_window.tabs.places["Tilt"]
    bar = place._area.verticalScrollBar()

    def is_all_within() -> bool:
        pieces = (panel.orientation, panel.table, panel.plot, panel.steps)
        bottoms = [one.mapTo(panel, one.rect().bottomLeft()).y() for one in pieces]
        reached = panel.height() == place._area.viewport().height() + bar.maximum()
        return reached and max(bottoms) <= panel.rect().bottom() and bar.isVisible() == (bar.maximum() > 0)

    def is_whole() -> bool:
        return panel.orientation.height() >= panel.orientation.heightForWidth(panel.orientation.width())

    qtbot.waitUntil(lambda: is_all_within() and is_whole(), **PATIENT)
    tops = [one.mapTo(panel, one.rect().topLeft()).y() for one in (panel.orientation, panel.table)]
    assert tops[0] < tops[1]


def test_no_button_moves_when_the_tilt_arrives(panel, benzene_window, qtbot):
    def tops() -> list[int]:
        QApplication.processEvents()
        panel._stack.currentWidget().layout().activate()
        return [one.mapTo(panel, one.rect().topLeft()).y() for one in (panel.whole, panel.fit_series, panel.table)]

    there, tilt = tops(), panel.fitting.tilt
    panel.fitting.tilt = None
    panel.fitting.changed.emit()
    assert panel.result.text() == "tilt …"
    assert tops() == there
    panel.fitting.tilt = tilt
