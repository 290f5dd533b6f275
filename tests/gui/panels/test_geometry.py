"""The panel Geometry: a beam that is typed, drawn and dragged, the surface, and what the sample averages over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.acting import LEFT, NONE, current, drag, mouse, shown
from tests.gui.fake_networks import site_tensor
from xanesview.domain.geometry.average import (
    AVERAGES,
    AzimuthalDisorder,
    MosaicSpread,
    OrderParameter,
    TiltDistribution,
    TwinnedDomains,
)
from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.directions import from_angles_deg
from xanesview.domain.geometry.frames import plane_normal
from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss, magic_collection_angle_mrad
from xanesview.domain.geometry.polarisation import LinearPolarisation, Powder
from xanesview.gui.panels.geometry.collection_plot import round_ticks
from xanesview.gui.panels.geometry.picture import ABOVE, ALONG, SIDE
from xanesview.shown.chips import chips
from xanesview.shown.curve_facts import with_provenance
from xanesview.shown.spectra import spectrum_of


@pytest.fixture
def panel(benzene_window):
    """The panel in front, beside a beam at 20° grazing."""
    benzene_window.workspace.set_geometry(PolarisedBeam.at_grazing(20.0, 30.0, degree=0.9))
    benzene_window.tabs.show("Geometry")
    QApplication.processEvents()
    return benzene_window.tabs["Geometry"]


def settle(panel) -> None:
    """Let the panel follow now, not in a moment."""
    panel.refresh()
    QApplication.processEvents()


def type_into(field, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()


def geometry(panel) -> PolarisedBeam:
    return panel.workspace.geometry


def test_the_button_beam_makes_of_linear_light_a_p_polarised_beam(benzene_window, qtbot):
    window = benzene_window
    field = from_angles_deg(25.0, 40.0)
    window.workspace.set_geometry(LinearPolarisation(field))
    before = current(window)
    qtbot.mouseClick(window.geometry_panel.mode_buttons["beam"], LEFT)
    beam = window.workspace.geometry
    assert beam.grazing_deg == pytest.approx(25.0)
    assert beam.azimuth_deg == pytest.approx(40.0)
    np.testing.assert_allclose(current(window), before, atol=1e-12)
    assert window.geometry_panel.degree.isVisible()


def test_the_panel_offers_a_beam_where_there_is_none(benzene_window, qtbot):
    window = benzene_window
    window.tabs.show("Geometry")
    panel = window.tabs["Geometry"]
    QApplication.processEvents()
    assert not panel.picture.isVisible()
    qtbot.mouseClick(panel.use_beam, LEFT)
    settle(panel)
    assert isinstance(geometry(panel), PolarisedBeam)
    assert panel.picture.isVisible()
    assert not panel.use_beam.isVisible()


def test_typed_angles_turn_the_beam_and_the_arrow_in_one_step_each(panel, benzene_window):
    stack = panel.workspace.undo_stack
    steps = stack.count()
    type_into(panel.beam.height_angle, "35")
    type_into(panel.beam.azimuth, "-80")
    settle(panel)
    assert geometry(panel).grazing_deg == pytest.approx(35.0)
    assert geometry(panel).azimuth_deg == pytest.approx(-80.0)
    np.testing.assert_allclose(geometry(panel).direction, from_angles_deg(35.0, -80.0), atol=1e-12)
    assert benzene_window.geometry_panel.theta.text() == "35.0°"
    assert panel.beam.azimuth.text() == "−80.0°"
    assert stack.count() == steps + 2
    stack.undo()
    stack.undo()
    settle(panel)
    assert panel.beam.height_angle.text() == "20.0°"


def test_the_angle_counts_from_the_surface_or_from_the_normal(panel, qtbot):
    qtbot.mouseClick(panel.beam.counted_from["from-normal"], LEFT)
    assert panel.beam.height_angle.text() == "70.0°"
    type_into(panel.beam.height_angle, "60")
    assert geometry(panel).grazing_deg == pytest.approx(30.0)
    assert panel.context.settings.angle_from_normal
    qtbot.mouseClick(panel.beam.counted_from["from-surface"], LEFT)
    assert panel.beam.height_angle.text() == "30.0°"


def test_s_and_p_and_an_angle_between(panel, qtbot):
    qtbot.mouseClick(panel.beam.fields["field-s"], LEFT)
    settle(panel)
    assert geometry(panel).direction[2] == pytest.approx(0.0, abs=1e-12)
    assert panel.beam.fields["field-s"].isChecked()
    type_into(panel.beam.field_angle, "30")
    settle(panel)
    assert geometry(panel).polarisation_deg == pytest.approx(30.0)
    assert not any(button.isChecked() for button in panel.beam.fields.values())
    qtbot.mouseClick(panel.beam.fields["field-p"], LEFT)
    assert geometry(panel).polarisation_deg == pytest.approx(0.0, abs=1e-9)
    type_into(panel.beam.degree, "0.5")
    assert geometry(panel).degree == 0.5


def test_at_normal_incidence_s_and_p_are_one(panel):
    type_into(panel.beam.height_angle, "90")
    settle(panel)
    assert not panel.beam.field_angle.isEnabled()
    assert "s and p are one" in panel.beam.field_angle.toolTip()
    type_into(panel.beam.azimuth, "75")
    np.testing.assert_allclose(geometry(panel).direction, from_angles_deg(90.0, 75.0), atol=1e-12)
    type_into(panel.beam.height_angle, "20")
    settle(panel)
    assert panel.beam.field_angle.isEnabled()
    assert geometry(panel).azimuth_deg == pytest.approx(75.0)


def polar(panel, view: int, x: float, y: float) -> tuple[float, float]:
    """A place in one of the views by its share of the width from the middle, y upwards."""
    rect = panel.picture.view_rect(view)
    place = rect.center() + 0.45 * rect.width() * QPointF(x, -y)
    return place.x(), place.y()


DRAGS = [
    (SIDE, (-0.6, 0.6), "grazing_deg", 45.0),
    (SIDE, (-0.9, -0.5), "grazing_deg", 0.0),  # not below the surface
    (SIDE, (0.5, 0.5), "grazing_deg", 90.0),  # nor past the normal
    (ABOVE, (0.0, 0.8), "azimuth_deg", -90.0),
    (ALONG, (0.6, 0.6), "polarisation_deg", 45.0),
]


def test_each_drag_of_the_drawing_is_one_step_of_undo(panel):
    before, stack = geometry(panel), panel.workspace.undo_stack
    for view, to, name, value in DRAGS:
        steps, start = stack.index(), panel.picture.beam_px(view)
        start, end = (start.x(), start.y()), polar(panel, view, *to)
        drag(panel.picture, start, [np.add(start, share * np.subtract(end, start)) for share in (0.5, 0.8, 1.0)])
        assert getattr(geometry(panel), name) == pytest.approx(value, abs=0.5)
        for other in {"grazing_deg", "azimuth_deg"} - {name}:
            assert getattr(geometry(panel), other) == pytest.approx(getattr(before, other), abs=1e-6)
        assert np.dot(geometry(panel).direction, geometry(panel).beam) == pytest.approx(0.0, abs=1e-12)
        assert stack.index() == steps + 1
        stack.undo()
        settle(panel)
        assert geometry(panel) == before


def test_shift_snaps_and_escape_gives_a_drag_of_the_drawing_up(panel, qtbot):
    before, picture = geometry(panel), panel.picture
    start = picture.beam_px(SIDE)
    picture.setFocus()
    mouse(picture, QEvent.Type.MouseButtonPress, (start.x(), start.y()))
    mouse(picture, QEvent.Type.MouseMove, polar(panel, SIDE, -0.7, 0.6), NONE, LEFT, Qt.KeyboardModifier.ShiftModifier)
    assert geometry(panel).grazing_deg == pytest.approx(40.0)
    qtbot.keyClick(picture, Qt.Key.Key_Escape)
    assert geometry(panel) == before
    mouse(picture, QEvent.Type.MouseMove, polar(panel, SIDE, -0.1, 0.9), NONE, LEFT)
    assert geometry(panel) == before
    mouse(picture, QEvent.Type.MouseButtonRelease, polar(panel, SIDE, -0.1, 0.9), LEFT, NONE)


def test_the_beam_is_dragged_in_the_scene_and_the_field_stays_across_it(panel, benzene_window, qtbot):
    window, view = benzene_window, benzene_window.view
    window.workspace.set_geometry(PolarisedBeam.at_grazing(35.0, 20.0, 90.0))
    settle(panel)
    stack, before = window.workspace.undo_stack, window.workspace.geometry
    steps, start = stack.count(), view.handle_px(2)
    assert view.tip_at(*start) == 2
    drag(view, start, start + np.outer(range(1, 9), [7, 5]))
    moved = window.workspace.geometry
    assert moved.beam != before.beam
    assert abs(moved.polarisation_deg) == pytest.approx(90.0), "s-polarised light stays so"
    assert np.dot(moved.direction, moved.beam) == pytest.approx(0.0, abs=1e-12)
    assert np.hypot(*(view.handle_px(2) - start - np.array([56, 40]))) < 1.5, "the handle follows the pointer"
    assert stack.count() == steps + 1
    qtbot.waitUntil(lambda: panel.picture.geometry_shown == moved)
    stack.undo()
    assert window.workspace.geometry == before


def test_escape_gives_a_drag_of_the_beam_up(panel, benzene_window):
    window, view = benzene_window, benzene_window.view
    before, start = window.workspace.geometry, view.handle_px(2)
    mouse(view, QEvent.Type.MouseButtonPress, start)
    mouse(view, QEvent.Type.MouseMove, start + np.array([40, 30]), NONE, LEFT)
    assert window.workspace.geometry != before
    assert window.giving_up is not None
    window.giving_up.give_up()
    assert window.workspace.geometry == before
    mouse(view, QEvent.Type.MouseButtonRelease, start + np.array([40, 30]), LEFT, NONE)


def test_the_surface_is_named_by_a_miller_index_by_atoms_or_by_a_direction(panel, benzene_window, qtbot):
    window = benzene_window
    window.opening.open_example("benzene_film")
    structure = window.workspace.structure
    window.workspace.set_geometry(PolarisedBeam.at_grazing(20.0, 10.0, normal=structure.surface_normal))
    settle(panel)
    choice = panel.normal
    assert choice.kind.currentText() == "of the slab"
    choice.kind.setCurrentText("Miller index")
    choice.kind.activated.emit(choice.kind.currentIndex())
    type_into(choice.text, "1, 0, 1")
    np.testing.assert_allclose(geometry(panel).normal, plane_normal(structure, (1, 0, 1)), atol=1e-12)
    assert geometry(panel).grazing_deg == pytest.approx(20.0), "the angles of the laboratory stay"
    start, end = window.view._shapes.normal_line
    np.testing.assert_allclose((end - start) / np.linalg.norm(end - start), geometry(panel).normal, atol=1e-9)
    settle(panel)
    assert (choice.kind.currentText(), choice.text.text()) == ("Miller index", "1, 0, 1")
    window.workspace.undo_stack.undo()
    window.workspace.undo_stack.undo()
    settle(panel)
    assert choice.kind.currentText() == "of the slab"
    choice.kind.setCurrentText("direction")
    choice.kind.activated.emit(choice.kind.currentIndex())
    type_into(choice.text, "0, 3, 4")
    np.testing.assert_allclose(geometry(panel).normal, (0, 0.6, 0.8), atol=1e-12)
    type_into(choice.text, "0, 0, 0")
    assert choice.text.property("invalid") is True
    np.testing.assert_allclose(geometry(panel).normal, (0, 0.6, 0.8), atol=1e-12)
    window.workspace.pick(tuple(structure.sites_of("C")[:2].tolist()))
    choice.kind.setCurrentText("picked atoms")
    choice.kind.activated.emit(choice.kind.currentIndex())
    assert "Three picked atoms" in window.structure_messages.text() + window.plot_messages.text()
    window.workspace.pick(tuple(structure.sites_of("C")[:6].tolist()))
    choice.kind.setCurrentText("picked atoms")
    choice.kind.activated.emit(choice.kind.currentIndex())
    settle(panel)
    assert choice.kind.currentText() == "picked atoms"


def test_the_directions_stand_in_every_frame(panel, benzene_window):
    window = benzene_window
    settle(panel)
    texts = {name: [label.text() for label in labels[2:]] for name, labels in panel.frames.cells.items()}
    assert texts["laboratory"] == ["0.00, 1.00, 0.00", "0.00, 0.00, 1.00"]
    assert texts["surface"] == texts["sample"] == ["0.30, 0.17, 0.94", "0.81, 0.47, −0.34"]
    assert panel.frames.cells["crystal"][2].isHidden()
    window.opening.open_example("benzene_film")
    window.named_actions["dir_a"].trigger()
    settle(panel)
    assert not panel.frames.cells["crystal"][2].isHidden()
    assert panel.frames.cells["crystal"][2].text() == "1.00, 0.00, 0.00"
    assert panel.frames.cells["laboratory"][2].isHidden()


def test_every_average_is_chosen_and_told_above_the_plot(panel, benzene_window):
    form, window = panel.average, benzene_window
    before = window.workspace.geometry
    for kind in AVERAGES:
        form.kind.setCurrentText(kind.title)
        form.kind.activated.emit(form.kind.currentIndex())
        settle(panel)
        assert window.workspace.geometry.average == kind()
        assert form.kind.currentText() == kind.title
        chips = [chip for chip in window.plot._chips.chips if chip.text.startswith("sample: ")]
        assert [chip.opens for chip in chips] == ["sample"]
        assert kind().describe() in chips[0].text
        assert kind().describe() in shown(window, "current")[0].tooltip
    for _ in AVERAGES:
        window.workspace.undo_stack.undo()
    settle(panel)
    assert window.workspace.geometry == before
    assert form.kind.currentText() == "Single crystal"
    assert not [chip for chip in window.plot._chips.chips if chip.text.startswith("sample: ")]


def test_the_numbers_of_an_average_are_typed(panel):
    workspace = panel.workspace
    workspace.set_geometry(workspace.geometry.with_average(TiltDistribution(10.0)))
    settle(panel)
    type_into(panel.average.mean_deg, "35")
    type_into(panel.average.width_deg, "15°")
    assert workspace.geometry.average == TiltDistribution(15.0, 35.0)
    workspace.set_geometry(workspace.geometry.with_average(MosaicSpread()))
    settle(panel)
    assert panel.average.width_deg.isVisible()
    assert not panel.average.mean_deg.isVisible()
    type_into(panel.average.width_deg, "8")
    assert workspace.geometry.average == MosaicSpread(8.0)
    panel.average.kind.setCurrentText("Twinned domains")
    panel.average.kind.activated.emit(panel.average.kind.currentIndex())
    settle(panel)
    type_into(panel.average.domains, "0=0.7, 90=0.3")
    assert workspace.geometry.average.text() == "domains:0=0.7,90=0.3"
    type_into(panel.average.domains, "sideways")
    assert panel.average.domains.property("invalid") is True
    assert workspace.geometry.average.text() == "domains:0=0.7,90=0.3"


def test_a_film_does_not_see_the_azimuth(panel, benzene_window):
    window = benzene_window
    window.workspace.set_geometry(window.workspace.geometry.with_average(AzimuthalDisorder()))
    settle(panel)
    before = current(window)
    type_into(panel.beam.azimuth, "110")
    np.testing.assert_allclose(current(window), before, atol=1e-12)


def test_a_powder_averages_over_everything_already(panel, benzene_window, qtbot):
    window = benzene_window
    qtbot.mouseClick(window.geometry_panel.mode_buttons["powder"], LEFT)
    settle(panel)
    assert isinstance(window.workspace.geometry, Powder)
    assert not panel.average.kind.isEnabled()
    assert "already" in panel.average.kind.toolTip()
    assert not panel.frames.isVisible()


def test_an_isotropic_network_is_said_in_the_panel(panel, benzene_window):
    window = benzene_window
    window.workspace.set_network("isotropic")
    settle(panel)
    assert "isotropic average only" in panel.told()
    window.workspace.set_network("fake")
    settle(panel)
    assert panel.told() == ""


def test_the_panel_follows_a_drag_of_the_arrow_only_while_it_is_seen(panel, benzene_window, qtbot, monkeypatch):
    window, calls = benzene_window, []
    monkeypatch.setattr(panel, "refresh", lambda: calls.append(1))
    window.tabs.show("Sites")
    QApplication.processEvents()
    start = window.view.tips_px()[0]
    drag(window.view, start, start + np.outer(range(1, 6), [9, 6]))
    qtbot.wait(60)
    assert calls == []


@pytest.fixture
def electrons(benzene_window, qtbot):
    """The panel in front, beside an energy-loss measurement."""
    qtbot.mouseClick(benzene_window.geometry_panel.mode_buttons["elnes"], LEFT)
    benzene_window.tabs.show("Geometry")
    settle(benzene_window.tabs["Geometry"])
    return benzene_window.tabs["Geometry"]


def test_the_microscope_is_typed_one_step_a_field(electrons, benzene_window):
    fields, workspace = electrons.electrons.fields, electrons.workspace
    assert not electrons.picture.isVisible()
    assert isinstance(workspace.geometry, ElectronEnergyLoss)
    assert workspace.geometry.energy_loss_ev == 285.0
    steps = workspace.undo_stack.count()
    typed = {
        "beam_energy_kev": 300.0, "collection_semi_angle_mrad": 2.5, "convergence_semi_angle_mrad": 1.0,
        "detector_offset_mrad": 3.0, "energy_loss_ev": 290.0,
    }  # fmt: skip
    for name, value in typed.items():
        type_into(fields[name], f"{value:g}")
    assert workspace.geometry == replace(ElectronEnergyLoss.like(workspace.geometry), **typed)
    assert workspace.undo_stack.count() == steps + len(typed)
    settle(electrons)
    type_into(fields["detector_azimuth_deg"], "30")
    assert workspace.geometry.detector_azimuth_deg == 30.0
    np.testing.assert_allclose(
        current(benzene_window), shown_total(benzene_window, workspace.geometry.weight().voigt), atol=1e-9
    )
    type_into(fields["collection_semi_angle_mrad"], "0")
    assert fields["collection_semi_angle_mrad"].property("invalid") is True
    assert workspace.geometry.collection_semi_angle_mrad == 2.5


def shown_total(window, weights: np.ndarray) -> np.ndarray:
    total = sum(np.tensordot(weights, np.array(site_tensor(site)), axes=1) for site in range(6))
    return total / window.workspace.shown.divisor


def test_mixing_and_magic_angle_are_shown_and_the_plot_sets_the_aperture(electrons, qtbot):
    workspace, form = electrons.workspace, electrons.electrons
    plot = form.plot
    qtbot.waitUntil(lambda: plot.is_complete)
    magic = magic_collection_angle_mrad(workspace.geometry)
    assert plot.magic_mrad == pytest.approx(magic)
    assert f"magic β = {magic:.3g} mrad" in form.told.text()
    np.testing.assert_allclose(np.interp(magic, plot.angles_mrad, plot.anisotropy), 0.0, atol=0.02)
    steps, start = workspace.undo_stack.count(), (plot.angle_px(5.0), 40.0)
    drag(plot, start, [(plot.angle_px(angle), 40.0) for angle in (4.0, 2.0, magic)])
    assert workspace.geometry.collection_semi_angle_mrad == pytest.approx(magic, abs=0.05)
    assert workspace.undo_stack.count() == steps + 1
    settle(electrons)
    assert "33 % along" in form.bar.accessibleName() or "34 % along" in form.bar.accessibleName()
    workspace.undo_stack.undo()
    assert workspace.geometry.collection_semi_angle_mrad == 5.0
    settle(electrons)
    mouse(plot, QEvent.Type.MouseButtonPress, start)
    mouse(plot, QEvent.Type.MouseMove, (plot.angle_px(3.0), 40.0), NONE, LEFT)
    assert workspace.geometry.collection_semi_angle_mrad == pytest.approx(3.0, abs=0.05)
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert workspace.geometry.collection_semi_angle_mrad == 5.0, "Escape gives the drag up"


def test_why_no_angle_is_magic_is_said(electrons):
    type_into(electrons.electrons.fields["detector_offset_mrad"], "3")
    settle(electrons)
    assert "no collection angle is magic" in electrons.electrons.told.text()
    type_into(electrons.electrons.fields["detector_offset_mrad"], "0")
    type_into(electrons.electrons.fields["convergence_semi_angle_mrad"], "20")
    settle(electrons)
    assert "no magic collection angle" in electrons.electrons.told.text()


def test_the_energy_loss_is_that_of_the_absorber(electrons, benzene_window, networks):
    window = benzene_window
    window.workspace.set_network("nitrogen")
    assert window.workspace.shown.card.element == "N"
    assert window.workspace.geometry.energy_loss_ev == 400.0


def test_a_beam_or_a_microscope_comes_back_with_undo_and_is_told_in_files(panel, benzene_window):
    window = benzene_window
    beam = window.workspace.geometry
    (curve,) = shown(window, "current")
    assert "beam 20.0° grazing, azimuth 30.0°, p, P = 0.90" in curve.tooltip
    facts = with_provenance(window.workspace.shown, spectrum_of_sum(window)).provenance
    assert facts["experiment"] == "beam"
    np.testing.assert_allclose([float(x) for x in facts["beam"].split(",")], beam.beam)
    window.workspace.set_geometry(ElectronEnergyLoss.like(beam))
    facts = with_provenance(window.workspace.shown, spectrum_of_sum(window)).provenance
    assert (facts["experiment"], facts["beam_energy_kev"]) == ("elnes", "200")
    window.workspace.undo_stack.undo()
    assert window.workspace.geometry == beam


def spectrum_of_sum(window):
    look = window.workspace.shown.look
    return spectrum_of(look.summed, look.total(window.workspace.geometry.weight()), "sum")


@pytest.mark.parametrize(
    ("average", "field", "typed"),
    [(MosaicSpread(10.0), "width_deg", "15"), (TiltDistribution(10.0, 30.0), "mean_deg", "40"),
     (OrderParameter(0.5), "order", "0.8"), (TwinnedDomains(), "domains", "0, 60")],
)  # fmt: skip
def test_enter_in_a_field_of_the_sample_gives_the_keyboard_back(panel, benzene_window, average, field, typed):
    window = benzene_window
    before = geometry(panel).with_average(average)
    window.workspace.set_geometry(before)
    settle(panel)
    type_into(getattr(panel.average, field), typed)
    assert geometry(panel).average != average
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert geometry(panel) == before


def test_enter_in_the_normal_gives_the_keyboard_back_but_not_where_it_cannot_be(panel, benzene_window):
    window, before = benzene_window, geometry(panel)
    panel.normal.kind.setCurrentText("direction")
    panel.normal._kind_chosen("direction")
    type_into(panel.normal.text, "1, 1")
    assert panel.normal.text.property("invalid") is True
    assert panel.normal.text.hasFocus(), "to be mended"
    type_into(panel.normal.text, "1, 1, 1")
    assert not panel.normal.text.hasFocus()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert geometry(panel) == before


def test_a_normal_is_seen_from_its_beginning_and_in_full_in_its_tooltip(panel):
    panel.workspace.set_geometry(geometry(panel).with_normal((-0.48, -0.6, -0.64)))
    settle(panel)
    field = panel.normal.text
    assert field.text().startswith("−0.48, −0.6")
    assert field.cursorPosition() == 0
    assert "(−0.48, −0.6, −0.64)" in field.toolTip()
    panel.workspace.set_geometry(geometry(panel).with_normal((1.0, 1.0, 1.0)))
    settle(panel)
    assert field.text() == "1, 1, 1", "whole numbers where a direction has such"


@pytest.mark.parametrize(("kind", "symbol"), [("unpolarised", "k"), ("elnes", "k")])
def test_unpolarised_light_and_electrons_go_where_the_beam_went_and_back(panel, benzene_window, qtbot, kind, symbol):
    """As clicked in the strip of the light: k is that of the beam, never the former field."""
    light, workspace = benzene_window.geometry_panel, panel.workspace
    workspace.set_geometry(PolarisedBeam.at_grazing(30.0, 0.0, 25.0))
    before, steps = workspace.geometry, workspace.undo_stack.count()
    qtbot.mouseClick(light.mode_buttons[kind], LEFT)
    assert light.vector.text() == "0.866, 0.000, −0.500"
    assert light._vector_label.text() == symbol
    np.testing.assert_allclose(workspace.geometry.direction, before.beam, atol=1e-12)
    qtbot.mouseClick(light.mode_buttons["beam"], LEFT)
    assert workspace.geometry == before
    assert workspace.undo_stack.count() == steps + 2
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    assert workspace.geometry == before


@pytest.mark.parametrize(
    ("counted", "typed", "reason"),
    [
        ("from-normal", "120", "An angle of incidence counts from the normal, 0 to 90°, so 120° does not exist."),
        ("from-surface", "-30", "A grazing angle counts from the surface, 0 to 90°, so −30° does not exist."),
        ("from-surface", "95", "A grazing angle counts from the surface, 0 to 90°, so 95° does not exist."),
    ],
)
def test_a_typed_angle_at_which_no_beam_falls_is_refused_with_the_reason_beside_it(
    panel, qtbot, counted, typed, reason
):
    qtbot.mouseClick(panel.beam.counted_from[counted], LEFT)
    before, field = geometry(panel), panel.beam.height_angle
    type_into(field, typed)
    assert geometry(panel) == before
    assert field.property("invalid")
    assert field.reason == reason
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.reason == ""
    assert not field.property("invalid")
    type_into(field, "40")
    assert field.reason == ""
    assert geometry(panel) != before


def test_a_beam_from_below_is_told_in_the_panel_and_above_the_plot(panel, benzene_window):
    assert not panel.beam.from_below.isVisible()
    panel.workspace.set_geometry(PolarisedBeam((0.0, 1.0, 0.0), beam=(1.0, 0.0, 0.5)))
    settle(panel)
    sentence = "The beam comes through the back of the sample, 26.6° from below the surface."
    assert panel.beam.from_below.isVisible()
    assert panel.beam.from_below.text() == sentence
    assert sentence in [chip.detail for chip in chips(panel.workspace.shown)]


@pytest.mark.parametrize("put", ["degree", "collection", "normal"])
def test_what_cannot_be_is_told_beside_every_kind_of_field(panel, qtbot, put):
    if put == "collection":
        panel.workspace.set_geometry(ElectronEnergyLoss.like(geometry(panel)))
        settle(panel)
        field, text, part = panel.electrons.fields["collection_semi_angle_mrad"], "0", "0 lies outside 0.001 to 1000"
    elif put == "normal":
        panel.normal.kind.setCurrentText("direction")
        panel.normal.kind.activated.emit(panel.normal.kind.currentIndex())
        field, text, part = panel.normal.text, "0,0,0", "points nowhere"
    else:
        field, text, part = panel.beam.degree, "1.2", "1.2 lies outside 0 to 1"
    type_into(field, text)
    assert part in field.reason
    line = field._reason
    assert line.isVisible()
    assert not line.visibleRegion().isEmpty()
    place, own = line.mapToGlobal(line.rect().topLeft()), field.mapToGlobal(field.rect().bottomLeft())
    assert 0 < place.y() - own.y() < 45 or place.y() + line.height() <= own.y()


def test_keys_typed_at_fields_that_only_show_are_no_keys_of_the_window(panel, benzene_window, qtbot):
    window, workspace = benzene_window, panel.workspace
    workspace.set_geometry(PolarisedBeam.at_grazing(90.0))
    settle(panel)
    workspace.pick((0, 1, 2))
    panel.normal.kind.setCurrentText("picked atoms")
    panel.normal.kind.activated.emit(panel.normal.kind.currentIndex())
    QApplication.processEvents()
    steps, picked = workspace.undo_stack.count(), workspace.session.picked
    camera, text = window.view.camera.rotation.copy(), panel.normal.text.text()
    for field in (panel.normal.text, panel.beam.field_angle):
        assert not field.isEnabled()
        qtbot.mouseClick(field, LEFT)
        assert field.hasFocus()
        for key in "abcfpg3":
            QTest.keyClick(field, key)
        QTest.keyClick(field, Qt.Key.Key_Up)
    QApplication.processEvents()
    assert panel.normal.text.text() == text
    assert (workspace.undo_stack.count(), workspace.session.picked) == (steps, picked)
    np.testing.assert_array_equal(window.view.camera.rotation, camera)
    assert panel.isVisible()


def test_the_axis_of_electrons_is_the_energy_they_lose(panel, benzene_window, qtbot):
    plot, light = benzene_window.plot, benzene_window.geometry_panel
    assert plot._energy_titles[0] == "Photon energy (eV)"
    qtbot.mouseClick(light.mode_buttons["elnes"], LEFT)
    qtbot.waitUntil(lambda: plot._energy_titles[0] == "Energy loss (eV)")
    qtbot.mouseClick(light.mode_buttons["beam"], LEFT)
    qtbot.waitUntil(lambda: plot._energy_titles[0] == "Photon energy (eV)")


@pytest.mark.parametrize("end", [0.7, 1.0, 5.0, 7.0, 13.0, 20.0, 100.0])
def test_angles_on_the_axis_of_electrons_are_round(end):
    ticks = round_ticks(end)
    assert 3 <= len(ticks) <= 7
    assert ticks[0] == 0.0
    assert end * 0.6 < ticks[-1] <= end
    assert all(len(f"{tick:g}".replace(".", "").strip("0")) <= 2 for tick in ticks)


def test_words_on_electrons_without_a_magic_angle_are_sentences(panel):
    panel.workspace.set_geometry(ElectronEnergyLoss(detector_offset_mrad=2.0))
    settle(panel)
    assert "mrad. With the detector off the axis" in panel.electrons.told.text()


def test_the_arc_is_drawn_from_where_the_angle_counts(panel, qtbot):
    before = panel.picture.grab().toImage()
    qtbot.mouseClick(panel.beam.counted_from["from-normal"], LEFT)
    assert panel.picture.grab().toImage() != before
    qtbot.mouseClick(panel.beam.counted_from["from-surface"], LEFT)
    assert panel.picture.grab().toImage() == before


def test_labels_count_the_angle_of_the_beam_as_the_panel_does(panel, benzene_window, qtbot):
    plot = benzene_window.plot
    panel.workspace.set_geometry(PolarisedBeam.at_grazing(20.0))

    def labels() -> list[str]:
        return [curve.label for curve in plot.curves()]

    assert "grazing 20°" in labels()
    qtbot.mouseClick(panel.beam.counted_from["from-normal"], LEFT)
    qtbot.waitUntil(lambda: "70° from normal" in labels())
    assert "grazing" not in plot.header.title.text()
    type_into(panel.beam.height_angle, "65")
    assert "65° from normal" in labels()
    qtbot.mouseClick(panel.beam.counted_from["from-surface"], LEFT)
    qtbot.waitUntil(lambda: "grazing 25°" in labels())
