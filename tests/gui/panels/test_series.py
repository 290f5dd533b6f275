"""The Series panel in the real window: curves over an angle, map, dichroism, polar plot, axes of a peak, files."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.gui.fake_networks import ENERGY_EV, PI_EV, site_tensor
from xanesview.cli.main import main
from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.geometry.polarisation import LinearPolarisation, Powder
from xanesview.gui.appearance.theme import small_font
from xanesview.gui.session.angle_studying import _about_peak
from xanesview.io.figures.angle_ramp import angle_colour
from xanesview.io.spectra.curves import exported_curves
from xanesview.io.spectra.tensor_file import write_prediction_h5

LEFT = Qt.MouseButton.LeftButton
MEAN = np.mean([site_tensor(atom) for atom in range(6)], axis=0)


def at(theta_deg: float) -> np.ndarray:
    """What six carbons show together, per atom: cos²θ of π*, sin²θ of σ*."""
    c = np.cos(np.deg2rad(theta_deg)) ** 2
    return (1.0 - c) * MEAN[0] + c * MEAN[2]


@pytest.fixture
def panel(qtbot, benzene_window):
    """The panel in front, all six carbons picked."""
    window = benzene_window
    window.sites.pick_all()
    window.tabs.show("Series")
    found = window.tabs["Series"]
    qtbot.waitUntil(lambda: found.series is not None)
    return found


def type_angles(panel, text: str) -> None:
    panel.angles.setFocus()
    panel.angles.selectAll()
    QTest.keyClicks(panel.angles, text)
    QTest.keyClick(panel.angles, Qt.Key.Key_Return)


def spot(window, energy_ev: float) -> QPoint:
    """Where an energy is on the plot, in pixels of its viewport."""
    box = window.plot._plot.getViewBox()
    _, (low, high) = window.plot.view_range()
    scene = box.mapViewToScene(QPointF(energy_ev, 0.5 * (low + high)))
    return window.plot._view.mapFromScene(scene)


def point_at(window, qtbot, energy_ev: float) -> None:
    viewport = window.plot._view.viewport()
    QTest.mouseMove(viewport, spot(window, energy_ev - 1.0))
    QApplication.processEvents()
    QTest.mouseMove(viewport, spot(window, energy_ev))
    qtbot.waitUntil(lambda: abs((window.workspace.cursor.energy_ev or 0.0) - energy_ev) < 0.2)


def test_one_look_at_the_tab_shows_curves_from_0_to_90_degrees_coloured_by_them(panel):
    drawn = panel.picture.drawn_curves()
    assert len(drawn) == 10
    for (curve, style), theta in zip(drawn, range(0, 91, 10), strict=True):
        np.testing.assert_allclose(curve.intensity, at(theta), atol=1e-12)
        assert style.colour == angle_colour(theta / 90.0, dark=False)
    assert panel.picture.bar.text() == "θ (°): 0 to 90"


def test_angles_are_typed_as_a_range_or_a_list_and_undo_in_one_step(panel, benzene_window, qtbot):
    workspace = benzene_window.workspace
    steps = workspace.undo_stack.count()
    type_angles(panel, "20,55,90")
    qtbot.waitUntil(lambda: len(panel.picture.drawn_curves()) == 3)
    assert workspace.undo_stack.count() == steps + 1
    assert workspace.session.angles.angles == "20,55,90"
    assert benzene_window.view.hasFocus(), "Enter gives the keyboard back"
    workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: len(panel.picture.drawn_curves()) == 10)
    assert panel.angles.text() == "0:90:10"


NO_SERIES = [("20:90:-5", "step"), ("45", "single"), ("0:90:0.01", "angles"), ("a:b:c", "")]


@pytest.mark.parametrize(("typed", "told"), NO_SERIES)
def test_what_is_no_series_is_marked_and_changes_nothing(panel, benzene_window, typed, told):
    type_angles(panel, typed)
    assert panel.angles.property("invalid")
    assert told in panel.angles.toolTip()
    assert benzene_window.workspace.session.angles.angles == "0:90:10"


def test_the_map_holds_the_intensities_over_angle_and_energy(panel):
    QTest.mouseClick(panel.parts["map"], LEFT)
    image = panel.picture._image.image
    np.testing.assert_allclose(image[0], at(0.0), atol=1e-9)
    np.testing.assert_allclose(image[-1], at(90.0), atol=1e-9)
    between = 0.5 * (at(40.0) + at(50.0))  # of neighbours, by straight lines
    np.testing.assert_allclose(0.5 * (image[127] + image[128]), between, atol=2e-3)
    assert "per atom" in panel.picture.bar.text()


def test_the_dichroism_is_the_field_along_the_normal_less_across(panel):
    QTest.mouseClick(panel.parts["dichroism"], LEFT)
    (curve, _), = panel.picture.drawn_curves()
    np.testing.assert_allclose(curve.intensity, MEAN[2] - MEAN[0], atol=1e-12)


def test_the_polar_plot_follows_the_pointer_on_the_spectrum(panel, benzene_window, qtbot):
    QTest.mouseClick(panel.parts["polar"], LEFT)
    point_at(benzene_window, qtbot, PI_EV)
    energy = benzene_window.workspace.cursor.energy_ev
    polar = panel.polar.polar()
    for angle, value, _ in polar.points:
        assert value == pytest.approx(np.interp(energy, ENERGY_EV, at(angle)), abs=1e-9)
    assert polar.turn[0] == pytest.approx(polar.turn[len(polar.turn) // 2]), "ε and −ε are the same"
    top, right = panel.polar.place(0.0, polar.top), panel.polar.place(90.0, polar.top)
    assert (round(top.x()), round(right.y())) == (round(panel.polar.width() / 2), round(panel.polar.height() / 2))
    assert f"{energy:.2f} eV" in polar.words


def test_a_pinned_energy_holds_when_the_pointer_has_gone(panel, benzene_window, qtbot):
    cursor = benzene_window.workspace.cursor
    benzene_window.plot.pin(293.0)
    assert cursor.energy_ev == 293.0
    point_at(benzene_window, qtbot, PI_EV)
    benzene_window.plot._view.left.emit()
    assert cursor.energy_ev == 293.0
    assert "293.00 eV; anisotropy −" in panel.text(), "σ* lies in the plane"


def test_the_axes_of_a_peak_are_told_in_a_window_dragged_on_the_spectrum(panel, benzene_window, qtbot):
    window, workspace = benzene_window, benzene_window.workspace
    QTest.mouseClick(panel.peak, LEFT)
    qtbot.waitUntil(lambda: "peak" in window.plot._regions.keys())  # noqa: SIM118
    item = window.plot._regions.item("peak")
    assert item.getRegion()[0] < PI_EV < item.getRegion()[1]
    assert "unique axis (0.00, 0.00, 1.00)" in panel.text()
    assert "anisotropy +1.000" in panel.text()
    steps = workspace.undo_stack.count()
    for high in (286.0, 286.5, 287.0):
        item.lines[1].setPos(high)
        item.lines[1].sigPositionChanged.emit(item.lines[1])
    item.sigRegionChangeFinished.emit(item)
    assert workspace.session.angles.window_ev[1] == pytest.approx(287.0)
    assert workspace.undo_stack.count() == steps + 1
    window.tabs.show("Sites")
    qtbot.waitUntil(lambda: "peak" not in window.plot._regions.keys())  # noqa: SIM118


def test_the_series_goes_over_the_angle_of_the_experiment_at_hand(panel, benzene_window, qtbot):
    workspace = benzene_window.workspace
    workspace.set_geometry(PolarisedBeam.at_grazing(40.0, 0.0, 90.0))
    qtbot.waitUntil(lambda: panel.series.name == "grazing angle")
    assert [panel.varied.itemText(k) for k in range(panel.varied.count())] == [
        "grazing angle", "azimuth", "field, from p"
    ]  # fmt: skip
    np.testing.assert_allclose(panel.series.intensities, np.tile(MEAN[0], (10, 1)), atol=1e-12)  # s-polarised
    workspace.set_geometry(Powder())
    qtbot.waitUntil(lambda: panel.series is None)
    assert "no angle changes the curve" in panel._empty.text()


def test_phi_goes_round_in_the_surface_where_the_arrow_lies_along_the_normal(panel, benzene_window, qtbot):
    benzene_window.workspace.set_geometry(LinearPolarisation((0.0, 0.0, 1.0)))
    panel.varied.setCurrentIndex(1)
    panel.varied.activated.emit(1)
    qtbot.waitUntil(lambda: panel.series.name == "φ")
    np.testing.assert_allclose(panel.series.intensities[0], MEAN[0], atol=1e-12)
    assert "φ goes at θ = 90°" in panel.text()


def test_a_network_without_directions_says_so(panel, benzene_window, qtbot):
    benzene_window.workspace.set_network("isotropic")
    qtbot.waitUntil(lambda: panel.series is None and "every angle gives the same" in panel._empty.text())


def test_it_computes_nothing_while_nobody_sees_it(panel, benzene_window, monkeypatch):
    benzene_window.tabs.show("Sites")
    QApplication.processEvents()
    asked = []
    monkeypatch.setattr(Geometry, "weight", lambda self: asked.append(self) or self._weight)
    benzene_window.workspace.angles.change("x", angles="0:90:1")
    QApplication.processEvents()
    assert len(asked) < 5


def test_many_angles_stay_quick_and_the_note_says_how_many_curves_are_drawn(panel, benzene_window):
    benzene_window.workspace.angles.change("x", angles="0:360:0.5")
    panel.refresh()
    assert len(panel.series.angles) == 721
    assert len(panel.picture.drawn_curves()) <= 91
    assert "one of 8 curves drawn" in panel.text()


@pytest.mark.parametrize("ending", ["csv", "h5"])
def test_a_saved_series_has_the_numbers_of_the_command_line(panel, benzene_window, tmp_path, monkeypatch, ending):
    window, ours, theirs = benzene_window, tmp_path / f"window.{ending}", tmp_path / f"command.{ending}"
    type_angles(panel, "0:90:30")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(ours), ""))
    QTest.mouseClick(panel.export, LEFT)
    write_prediction_h5(tmp_path / "tensors.h5", window.workspace.shown.prediction.tensor, {})
    words = ["--theta", "0:90:30", "--phi", "0", "--axis", "absolute", "--out", str(theirs)]
    assert main(["series", str(tmp_path / "tensors.h5"), *words]) == 0
    saved, expected = exported_curves(ours), exported_curves(theirs)
    assert [one.label.replace(" °", "°") for one in expected] == [one.label for one in saved]
    for one, other in zip(saved, expected, strict=True):
        np.testing.assert_allclose(one.energy_ev, other.energy_ev)
        np.testing.assert_allclose(one.intensity, other.intensity, atol=1e-9)
        assert one.provenance.get("angle") == other.provenance.get("angle")
    np.testing.assert_allclose(saved[1].intensity, 6.0 * at(30.0), atol=1e-9)  # a sum, whatever is drawn


def test_a_series_is_saved_as_a_figure(panel, benzene_window, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "series.svg"), ""))
    QTest.mouseClick(panel.export, LEFT)
    text = (tmp_path / "series.svg").read_text(encoding="utf-8")
    assert text.count('id="angle-') == 10
    assert "dichroism" in text


def test_it_follows_the_theme(panel, benzene_window):
    benzene_window.set_theme("dark")
    QApplication.processEvents()
    (_, style), *_ = panel.picture.drawn_curves()
    assert style.colour == angle_colour(0.0, dark=True)


def test_the_polar_plot_over_the_grazing_angle_is_a_whole_turn(panel):
    panel.workspace.set_geometry(PolarisedBeam.at_grazing(20.0, 30.0))
    panel.show_part("polar")
    polar = panel.polar.polar()
    assert polar.angles[-1] - polar.angles[0] == pytest.approx(360.0)
    half = len(polar.turn) // 2
    np.testing.assert_allclose(polar.turn[: half + 1], polar.turn[half:], rtol=1e-9)
    np.testing.assert_allclose(np.diff(polar.angles), 3.0)


@pytest.mark.parametrize("ends", [(-9.18e-4, 4.7), (-9.18e-5, 8.2e-3), (0.0, 1.25e6), (20.0, 77.5)])
def test_the_numbers_at_the_scale_have_room(panel, ends):
    bar = panel.picture.bar
    bar.show_intensities(ends, "Absorption")
    metrics = QFontMetricsF(small_font())
    assert bar.width() >= 22 + max(metrics.horizontalAdvance(text) for text in bar.numbers(3))
    assert bar.width() < 90


def test_the_line_below_is_whole_for_readers_and_says_what_there_is_room_for(panel, benzene_window, qtbot):
    assert panel.note.text() == panel.text()
    panel.note.resize(150, panel.note.height())
    assert panel.note.drawn_text().endswith("…")
    assert panel.note.fontMetrics().horizontalAdvance(panel.note.drawn_text()) <= 150


def test_the_window_of_a_peak_begins_about_a_line_and_not_at_the_foot_of_one():
    energy = np.linspace(-10.0, 40.0, 501)
    beyond = np.exp(-0.5 * ((energy - 6.0) / 2.0) ** 2)
    low, high = _about_peak(energy, beyond, 0.0)
    assert low < 6.0 < high, "nothing below E0 but the foot"
    low, high = _about_peak(energy, beyond + 0.4 * np.exp(-0.5 * ((energy + 5.0) / 0.5) ** 2), 0.0)
    assert low < -5.0 < high, "a resonance below E0"
