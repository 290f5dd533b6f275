"""The exported figure is what the plot shows: curves, order, names, colours, offsets, energies, lower panel."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.gui.fake_networks import ENERGY_EV, site_tensor
from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.directions import from_angles_deg
from xanesview.domain.processing.steps.energy_shift import EnergyShift
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.appearance.palette import LIGHT
from xanesview.gui.dialogs.export_figure import ExportFigureDialog
from xanesview.gui.plot.curve_style import styles_of
from xanesview.io.figures.additions import names_beside_bar
from xanesview.io.figures.curve_looks import angle_range
from xanesview.io.figures.figure_file import drawn
from xanesview.io.figures.foot import FOOT
from xanesview.io.figures.legend import LEAST_HEIGHT
from xanesview.shown.curve import Subject
from xanesview.shown.spectra import exported_spectra


@pytest.fixture
def full_window(qtbot, window):
    """Eight sites, too many for curves of their own; a measured curve; frozen ones, one lifted, one hidden."""
    window.opening.open_example("ethylbenzene")
    workspace = window.workspace
    qtbot.waitUntil(lambda: bool(window.plot.curves()), timeout=30_000)
    workspace.pick(workspace.shown.absorbers)
    qtbot.waitUntil(lambda: len(workspace.shown.sites) == 8, timeout=30_000)
    measured = Spectrum(ENERGY_EV, 7.5 * site_tensor(0)[2] + 0.02, label="beamline", kind="measured")
    window.references.add(measured)
    for turn in (window.directions.x, window.directions.y, window.directions.z):
        turn()
        workspace.curves.freeze()
    workspace.curves.set_look([Subject("frozen", 0)], offset=0.4)
    workspace.curves.set_visible([Subject("frozen", 2)], False)
    qtbot.waitUntil(lambda: sum(curve.role == "frozen" for curve in window.plot.curves()) >= 2)
    return window


def figure_dialog(window) -> ExportFigureDialog:
    window.named_actions["export_figure"].trigger()
    return window.findChild(ExportFigureDialog)


def seen(window):
    return [curve for curve in window.plot.curves() if curve.visible and curve.role != "difference"]


def test_a_figure_has_the_curves_of_the_screen_and_no_others(full_window) -> None:
    dialog = figure_dialog(full_window)
    curves = seen(full_window)
    listed = [dialog.controls.curves.item(row).text() for row in range(dialog.controls.curves.count())]
    assert listed == [curve.name for curve in curves]
    assert "beamline" in listed, "what was done to it is no part of its printed name"
    axes = drawn(dialog.content(), dialog.spec()).axes
    assert len(axes) == 1
    styles = styles_of(curves, LIGHT)
    for line, curve, style in zip(axes[0].lines, curves, styles, strict=True):
        assert line.get_color() == style.colour
        there = np.interp(291.0, curve.energy_ev, curve.drawn)
        assert np.interp(291.0, *line.get_data()) == pytest.approx(there, abs=1e-6)
    assert axes[0].get_xlim() == pytest.approx(full_window.plot.view_range()[0])
    dialog.reject()


@pytest.mark.parametrize("kind", ["residuals", "difference"])
def test_the_lower_panel_is_in_the_figure_where_it_is_on_the_screen(full_window, qtbot, kind) -> None:
    window = full_window
    window.named_actions[kind].trigger()
    qtbot.waitUntil(lambda: bool(window.plot.lower_curves()))
    dialog = figure_dialog(window)
    figure = drawn(dialog.content(), dialog.spec())
    upper, lower = figure.axes
    on_screen = window.plot.lower_curves()
    assert len(on_screen) == 1
    line = lower.lines[-1].get_data()
    assert np.interp(288.0, *line) == pytest.approx(
        np.interp(288.0, on_screen[0].energy_ev, on_screen[0].intensity), abs=1e-6
    )
    assert lower.get_ylabel() == window.plot.lower_title()
    figure.draw_without_rendering()
    boxes = [axes.get_window_extent() for axes in (upper, lower)]
    assert boxes[0].y1 - boxes[1].y0 >= LEAST_HEIGHT * figure.bbox.height
    legend = (*figure.legends, upper.get_legend())[0].get_window_extent()
    assert legend.x0 >= -1
    assert legend.y0 >= -1
    assert legend.x1 <= figure.bbox.width + 1
    dialog.controls.below.click()
    assert len(drawn(dialog.content(), dialog.spec()).axes) == 1
    dialog.reject()


def test_a_zoomed_plot_is_a_zoomed_figure(full_window) -> None:
    plot = full_window.plot
    plot._plot.getViewBox().setRange(xRange=(284.0, 287.0), yRange=(0.0, 0.5), padding=0)
    plot._note_zoom()
    dialog = figure_dialog(full_window)
    axes = drawn(dialog.content(), dialog.spec()).axes[0]
    assert axes.get_xlim() == pytest.approx((284.0, 287.0))
    assert axes.get_ylim() == pytest.approx((0.0, 0.5))
    dialog.reject()


def test_rows_of_the_list_stay_as_high_as_they_are(full_window, qtbot) -> None:
    dialog = figure_dialog(full_window)
    dialog.controls.tabs.setCurrentIndex(2)
    rows = dialog.controls.curves
    qtbot.waitUntil(lambda: rows.viewport().height() > 60)
    before = [rows.visualItemRect(rows.item(row)) for row in range(rows.count())]
    for row in (1, 2, 0):
        QTest.mouseMove(rows.viewport(), rows.visualItemRect(rows.item(row)).center() + QPoint(5, 0))
        qtbot.wait(20)
        assert [rows.visualItemRect(rows.item(at)) for at in range(rows.count())] == before
    assert before[1].height() >= 22
    assert before[1].top() >= before[0].bottom()
    dialog.reject()


@pytest.mark.parametrize(("from_normal", "words"), [(True, "70° from normal"), (False, "grazing")])
def test_a_figure_counts_the_angle_of_a_beam_as_the_window_does(benzene_window, from_normal, words):
    window = benzene_window
    window.settings.angle_from_normal = from_normal
    window.workspace.set_geometry(PolarisedBeam.at_grazing(20.0))
    figure = window.exporting.screen_figure()
    told = " ".join([figure.title, *(curve.spectrum.label for curve in figure.curves)])
    assert words in told
    assert ("grazing" in told) is not from_normal


def test_the_title_names_what_is_drawn_and_follows_the_ticks_until_one_is_typed(full_window, qtbot) -> None:
    window = full_window
    dialog = figure_dialog(window)
    controls = dialog.controls
    title = controls.title.text()
    assert title.startswith("Ethylbenzene · C K-edge · sum of all 8 C")
    only = [row for row in range(controls.curves.count()) if controls.curves.item(row).text() == "beamline"]
    for row in range(controls.curves.count()):
        if row not in only:
            controls.curves.item(row).setCheckState(Qt.CheckState.Unchecked)
    assert "Ethylbenzene" not in controls.title.text(), "nothing of it is in the figure any more"
    controls.curves.item(0).setCheckState(Qt.CheckState.Checked)
    assert controls.title.text().startswith("Ethylbenzene")
    controls.tabs.setCurrentIndex(1)
    controls.title.selectAll()
    QTest.keyClicks(controls.title, "My figure")
    controls.curves.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert controls.title.text() == "My figure"
    dialog.reject()


def test_a_shift_is_told_at_the_foot_of_the_figure_until_that_is_switched_off(full_window, qtbot) -> None:
    window = full_window
    at = next(at for at, one in enumerate(window.workspace.session.references) if one.label == "beamline")
    old = window.workspace.session.references[at]
    window.workspace.replace_reference(at, old.replace(steps=(*old.steps, EnergyShift(0.42))))
    dialog = figure_dialog(window)
    told = [text.get_text() for text in drawn(dialog.content(), dialog.spec()).texts if text.get_gid() == FOOT]
    assert len(told) == 1
    assert "+0.42 eV" in told[0]
    assert "beamline" in told[0]
    dialog.controls.tabs.setCurrentIndex(2)
    box = dialog.controls.foot
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(10, box.height() // 2))
    assert not box.isChecked()
    assert not drawn(dialog.content(), dialog.spec()).texts
    dialog.reject()


def test_frozen_curves_with_names_of_their_own_stand_in_the_list_not_in_the_bar(full_window) -> None:
    window = full_window
    workspace, geometry = window.workspace, window.workspace.geometry
    workspace.curves.remove([Subject("frozen", at) for at in range(len(workspace.session.frozen))])
    for theta in (20.0, 50.0, 80.0):
        workspace.set_geometry(geometry.with_direction(from_angles_deg(theta, 0.0, geometry.normal)))
        workspace.curves.freeze()
    assert angle_range(window.exporting.screen_figure().curves) is not None
    for at, name in enumerate(("clean", "dosed", "annealed")):
        workspace.curves.rename(Subject("frozen", at), name)
    figure = window.exporting.screen_figure()
    assert angle_range(figure.curves) is None
    told = [one for one in exported_spectra(workspace.shown) if one.label in ("clean", "dosed", "annealed")]
    assert len(told) == 3
    assert [one.provenance["angle"] for one in told] == ["20 °", "50 °", "80 °"], "they keep their colours"


def test_frozen_angles_have_the_letter_of_their_angle_on_the_bar_and_one_entry_among_the_names(full_window) -> None:
    window = full_window
    workspace, geometry = window.workspace, window.workspace.geometry
    workspace.curves.remove([Subject("frozen", at) for at in range(len(workspace.session.frozen))])
    for theta in (0.0, 30.0, 45.0, 90.0):
        workspace.set_geometry(geometry.with_direction(from_angles_deg(theta, 0.0, geometry.normal)))
        workspace.curves.freeze()
    figure = window.exporting.screen_figure()
    told = drawn(figure.content(), figure.usual_spec())
    (bar,) = (axes for axes in told.axes if axes.get_gid() == "angle-bar")
    assert bar.get_ylabel() == "θ (°)"
    names = [one.spectrum.label for one in names_beside_bar(figure.curves)]
    assert names.count("predicted") == 1
    assert not any(f"{angle}°" in name for name in names for angle in (30, 45))
