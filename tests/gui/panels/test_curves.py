"""The list of curves in the real window: renamed, hidden, removed, coloured, ordered, lifted, each step undone."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QStyleOptionViewItem

from xanesview.domain.geometry.directions import from_angles_deg
from xanesview.domain.geometry.kinds import geometry_from_header
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.appearance.palette import LIGHT
from xanesview.gui.panels.curves.panel import ROW_PX
from xanesview.gui.panels.curves.table import NAME, OFFSET
from xanesview.gui.plot.curve_style import styles_of
from xanesview.io.figures.angle_ramp import angle_colour
from xanesview.io.figures.curve_looks import FigureCurve, with_roles

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(benzene_window, qtbot):
    benzene_window.workspace.pick((0, 1))
    benzene_window.tabs.show("Curves")
    qtbot.waitUntil(lambda: benzene_window.tabs["Curves"].isVisible(), timeout=2000)
    return benzene_window


def panel(window):
    return window.tabs["Curves"]


def keys(window) -> list[str]:
    panel(window).refresh()
    return [curve.key for curve in panel(window).model.curves]


def drawn(window) -> dict:
    window.plot_link.refresh()
    return {curve.key: curve for curve in window.plot.curves() if curve.role != "difference"}


def freeze_at(window, *angles_deg: float) -> None:
    for theta in angles_deg:
        geometry = window.workspace.geometry
        window.workspace.set_geometry(geometry.with_direction(from_angles_deg(theta, 0.0, geometry.normal)))
        QTest.keyClick(window, Qt.Key.Key_C)
    panel(window).refresh()


def click_row(window, key: str, column: int = NAME, keys_held=Qt.KeyboardModifier.NoModifier) -> QPoint:
    panel(window).refresh()
    table = panel(window).table
    index = panel(window).model.index(panel(window).model.row_of(key), column)
    table.scrollTo(index)
    at = table.visualRect(index).center()
    QTest.mouseClick(table.viewport(), LEFT, keys_held, at)
    return at


def type_over(window, at: QPoint, text: str) -> None:
    table = panel(window).table
    QTest.mouseDClick(table.viewport(), LEFT, pos=at)
    field = next(field for field in table.findChildren(QLineEdit) if field.isVisible())
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()  # Qt takes the text a turn of events later


def press(window, name: str) -> None:
    QTest.mouseClick(panel(window).buttons[name], LEFT)
    panel(window).refresh()


def undo(window) -> None:
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def measured(label: str, shift_ev: float = 0.0) -> Spectrum:
    energy = np.linspace(283.0, 303.0, 80)
    return Spectrum(energy, np.exp(-(((energy - 288.0 - shift_ev) / 2.0) ** 2)), label=label, kind="measured")


def test_everything_that_is_drawn_is_in_the_list(window) -> None:
    freeze_at(window, 0.0, 30.0)
    window.references.add(measured("film"))
    assert keys(window) == list(drawn(window))
    assert {"current", "isotropic", "site-0", "site-1", "reference-0", "frozen-0", "frozen-1"} <= set(keys(window))


def test_a_name_is_typed_and_undone(window) -> None:
    freeze_at(window, 0.0, 30.0)
    at = click_row(window, "frozen-1")
    type_over(window, at, "flat lying")
    assert drawn(window)["frozen-1"].label == "flat lying"
    assert "flat lying" in [spectrum.label for spectrum in window.exporting.spectra()]
    undo(window)
    assert drawn(window)["frozen-1"].label == "θ = 30° · frozen", "the current one is at this angle, too"


def test_the_current_curve_is_named_by_the_angle_that_tells_frozen_ones_apart(window) -> None:
    freeze_at(window, 0.0, 30.0)
    geometry = window.workspace.geometry
    window.workspace.set_geometry(geometry.with_direction(from_angles_deg(50.0, 0.0, geometry.normal)))
    labels = {key: curve.label for key, curve in drawn(window).items()}
    assert [labels[key] for key in ("frozen-0", "frozen-1", "current")] == ["θ = 0°", "θ = 30°", "θ = 50°"]
    assert window.plot.header.title.text().endswith("θ = 50°")
    figure = window.exporting.screen_figure()
    assert "θ = 50°" in [curve.spectrum.label for curve in figure.curves]
    told = " ".join([figure.title, *(curve.spectrum.label for curve in figure.curves)])
    assert "ε" not in told, told
    assert figure.curves[0].spectrum.provenance["polarisation"].startswith("linear: ε = "), "the numbers keep it"
    window.workspace.set_geometry(geometry.with_direction(from_angles_deg(50.0, 40.0, geometry.normal)))
    assert drawn(window)["current"].label == "θ = 50°, φ = 40°"


def test_hiding_by_the_tick_and_by_the_space_bar(window) -> None:
    table = panel(window).table
    panel(window).refresh()
    index = panel(window).model.index(panel(window).model.row_of("isotropic"), NAME)
    QTest.mouseClick(table.viewport(), LEFT, pos=table.visualRect(index).topLeft() + QPoint(15, 13))
    assert not drawn(window)["isotropic"].visible
    assert "isotropic average" not in [spectrum.label for spectrum in window.exporting.spectra()]
    undo(window)
    assert drawn(window)["isotropic"].visible
    click_row(window, "site-0")
    click_row(window, "site-1", keys_held=Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert [drawn(window)[key].visible for key in ("site-0", "site-1")] == [False, False]
    undo(window)  # both were one step
    assert [drawn(window)[key].visible for key in ("site-0", "site-1")] == [True, True]


def test_one_frozen_curve_is_removed_and_the_others_keep_their_colours(window) -> None:
    freeze_at(window, 0.0, 30.0, 60.0)
    before = drawn(window)
    colours = dict(zip(before, [s.colour for s in styles_of(list(before.values()), LIGHT)], strict=True))
    click_row(window, "frozen-0")
    QTest.keyClick(panel(window).table, Qt.Key.Key_Delete)
    after = drawn(window)
    left = [curve for curve in after.values() if curve.role == "frozen"]
    assert [curve.label for curve in left] == ["θ = 30°", "θ = 60° · frozen"]
    now = [s.colour for s in styles_of(left, LIGHT)]
    assert now == [colours["frozen-1"], colours["frozen-2"]]
    freeze_at(window, 80.0)  # has the colour of its angle, as they have
    last = [curve for curve in drawn(window).values() if curve.role == "frozen"][-1]
    assert styles_of([last], LIGHT)[0].colour == angle_colour(80.0 / 90.0, dark=False)


def test_the_current_curve_can_not_be_removed_and_says_so(window) -> None:
    click_row(window, "current")
    assert not panel(window).buttons["remove"].isEnabled()
    QTest.keyClick(panel(window).table, Qt.Key.Key_Delete)
    assert "current" in drawn(window)
    assert "can't be removed" in window.plot_messages.notice.message
    assert not panel(window).buttons["colour"].isEnabled()
    assert "arrow" in panel(window).buttons["colour"].toolTip()


def test_a_new_colour_of_a_site_is_that_of_its_ring_too(window) -> None:
    click_row(window, "site-1")
    panel(window)._fill_colours()
    chosen = next(action for action in panel(window)._colour_menu.actions() if action.text() == LIGHT.curve(4))
    chosen.trigger()
    assert drawn(window)["site-1"].colour == LIGHT.curve(4)
    assert window.view.drawing().rings[1] == LIGHT.curve(4)
    figure = {curve.spectrum.label: curve for curve in window.exporting.screen_figure().curves}
    assert figure["C2"].colour == LIGHT.curve(4)
    undo(window)
    assert window.view.drawing().rings[1] == LIGHT.curve(1)


def test_a_line_style_reaches_plot_and_figure(window) -> None:
    click_row(window, "site-0")
    panel(window)._fill_lines()
    next(action for action in panel(window)._line_menu.actions() if action.text() == "dotted").trigger()
    assert styles_of([drawn(window)["site-0"]], LIGHT)[0].dash == (1.2, 2.2)
    figure = {curve.spectrum.label: curve for curve in window.exporting.screen_figure().curves}
    assert figure["C1"].dash_pattern == (1.2, 2.2)


def test_order_of_list_key_and_export_is_one(window) -> None:
    freeze_at(window, 0.0, 30.0)
    click_row(window, "frozen-1")
    table = panel(window).table
    QTest.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    press(window, "up")
    order = keys(window)
    assert order.index("frozen-1") == order.index("frozen-0") - 2
    assert list(drawn(window)) == order
    assert [index.row() for index in table.selectionModel().selectedRows()] == [order.index("frozen-1")]
    assert len(window.exporting.spectra()) == len(order)
    undo(window)
    undo(window)
    assert keys(window).index("frozen-1") == keys(window).index("frozen-0") + 1


def test_bringing_to_front_draws_above_the_current_curve(window) -> None:
    click_row(window, "site-0")
    press(window, "front")
    curves = list(drawn(window).values())
    depth = {curve.key: style.depth for curve, style in zip(curves, styles_of(curves, LIGHT), strict=True)}
    assert max(depth, key=depth.get) == "site-0"
    assert window.plot._current().key == "current"


def test_space_out_stands_curves_apart_and_level_undoes_it(window) -> None:
    freeze_at(window, 0.0, 30.0)
    before = drawn(window)["current"].intensity
    press(window, "space")
    curves = [curve for curve in drawn(window).values() if curve.visible]
    for upper, lower in pairwise(curves):
        below = np.interp(upper.energy_ev, lower.energy_ev, lower.drawn)
        assert np.all(upper.drawn >= below - 1e-9)
    low, high = window.plot.view_range()[1]
    assert low <= min(curve.drawn.min() for curve in curves)
    assert high >= max(curve.drawn.max() for curve in curves)
    np.testing.assert_allclose(drawn(window)["current"].intensity, before)  # numbers stay
    exported = window.exporting.spectra()[0]
    np.testing.assert_allclose(exported.intensity, window.workspace.shown.divisor * before)  # files hold sums
    assert float(exported.provenance["drawn_with_offset"]) == pytest.approx(curves[0].offset)
    press(window, "level")
    assert not any(curve.offset for curve in drawn(window).values())
    undo(window)
    undo(window)
    assert not any(curve.offset for curve in drawn(window).values())


def test_an_offset_is_typed_and_a_wrong_one_is_told(window) -> None:
    at = click_row(window, "site-1", OFFSET)
    for text in ("0,5", "much"):
        type_over(window, at, text)
    assert drawn(window)["site-1"].offset == 0.5
    assert "not a number" in window.plot_messages.notice.message


def test_what_is_frozen_already_is_refused_kindly(window) -> None:
    freeze_at(window, 0.0, 30.0)
    steps = window.workspace.undo_stack.count()
    QTest.keyClick(window, Qt.Key.Key_C)
    assert len(window.workspace.session.frozen) == 2
    assert window.workspace.undo_stack.count() == steps
    assert "frozen already: “θ = 30°”" in window.plot_messages.notice.message
    window.workspace.set_site_weight(0, 0.5)  # other weights are another curve
    QTest.keyClick(window, Qt.Key.Key_C)
    assert len(window.workspace.session.frozen) == 3


def test_frozen_curves_are_called_by_the_network_where_only_that_differs(window, qtbot) -> None:
    QTest.keyClick(window, Qt.Key.Key_C)
    other = next(name for name in ("isotropic", "other", "second") if _has(window, name))
    window.workspace.set_network(other)
    qtbot.waitUntil(lambda: window.workspace.shown.look is not None, timeout=5000)
    QTest.keyClick(window, Qt.Key.Key_C)
    labels = [curve.label for curve in drawn(window).values() if curve.role == "frozen"]
    assert len(set(labels)) == 2
    assert not any("ε" in label or "(0." in label for label in labels)


def _has(window, name: str) -> bool:
    return any(bundle.name == name for bundle in window.workspace.networks.bundles())


def test_measured_curves_differ_from_one_another(window) -> None:
    for number in range(3):
        window.references.add(measured(f"film {number}", 0.2 * number))
    curves = [curve for curve in drawn(window).values() if curve.role == "measured"]
    styles = styles_of(curves, LIGHT)
    assert len({style.colour for style in styles}) == len({style.marker for style in styles}) == 3


def test_no_two_of_many_measured_curves_look_alike_in_window_and_figure(window) -> None:
    window.references.add(measured("film", 0.0))
    (film,) = (curve for curve in drawn(window).values() if curve.role == "measured")
    styles = styles_of([replace(film, order=place) for place in range(24)], LIGHT)
    in_figure = with_roles([FigureCurve(measured(f"scan {place}", 0.0), "measured") for place in range(24)])
    for looks in (
        [(style.colour, style.marker) for style in styles], [(style.colour, style.dash) for style in styles],
        [(one.shade, one.mark) for one in in_figure], [(one.shade, one.dash_pattern) for one in in_figure],
    ):  # fmt: skip
        assert len(set(looks)) == 24
        assert all(one[1] != other[1] for one, other in pairwise(looks)), "neighbours differ without colour"
    assert [one.dashes for one in in_figure] == [style.dash for style in styles]


def test_twenty_curves_in_a_small_window(window) -> None:
    window.resize(1024, 700)
    freeze_at(window, *np.linspace(0.0, 90.0, 20))
    assert len(keys(window)) >= 22
    labels = [curve.label for curve in drawn(window).values()]
    assert len(set(labels)) == len(labels)
    curves = list(drawn(window).values())
    looks = {(style.colour, style.dash) for style in styles_of(curves, LIGHT)}
    assert len(looks) == len(curves)  # no two look alike
    click_row(window, "frozen-19")
    QTest.keyClick(panel(window).table, Qt.Key.Key_Delete)
    assert "frozen-19" not in drawn(window)
    assert panel(window).table.horizontalScrollBar().maximum() == 0


def test_rows_keep_their_height_under_the_pointer(window) -> None:
    freeze_at(window, 0.0, 30.0)
    table = panel(window).table
    for row in range(panel(window).model.rowCount()):
        QTest.mouseMove(table.viewport(), table.visualRect(panel(window).model.index(row, NAME)).center())
        QApplication.processEvents()
        assert {table.rowHeight(one) for one in range(panel(window).model.rowCount())} == {ROW_PX}


@pytest.mark.parametrize("ending", [".csv", ".h5"])
def test_a_dozen_exported_curves_come_back(window, tmp_path, ending: str) -> None:
    freeze_at(window, 0.0, 20.0, 40.0, 60.0)
    for number in range(4):
        window.references.add(measured(f"film {number}", 0.2 * number))
    path = tmp_path / f"v{ending}"
    window.exporting.write_data(path)
    written = window.exporting.spectra()
    assert len(written) == 12
    steps = window.workspace.undo_stack.count()
    window.opening.open_paths([path])
    assert window.workspace.undo_stack.count() == steps + 1
    session = window.workspace.session
    back = [one.spectrum for one in session.frozen[4:]] + [one.spectrum for one in session.references[4:]]
    assert sorted((one.label, one.kind) for one in back) == sorted((one.label, one.kind) for one in written)
    for one in back:
        same = next(two for two in written if two.label == one.label and two.kind == one.kind)
        np.testing.assert_array_equal(one.intensity, same.intensity)
        assert one.provenance.get("weight_tensor") == same.provenance.get("weight_tensor")
    labels = [curve.label for curve in drawn(window).values()]
    assert {"θ = 20°", "film 2 · scaled", f"film 2 · {path.name} · scaled"} <= set(labels)
    assert {"isotropic average", f"isotropic average · from {path.name}"} <= set(labels), "live and from the file"
    assert len(set(labels)) == len(labels)
    assert "12 curves" in window.plot_messages.notice.message
    undo(window)
    assert len(window.workspace.session.frozen) == 4


def test_data_under_the_name_of_a_picture_are_refused(window, tmp_path) -> None:
    window.exporting.write_data(tmp_path / "v.png")
    assert "v.png" in window.plot_messages.notice.message
    assert ".csv" in window.plot_messages.notice.hint
    assert not (tmp_path / "v.png").exists()
    assert not window.workspace.jobs.jobs, "a name that is refused is no job that failed"


def test_files_tell_by_which_weights_each_curve_is_seen(window) -> None:
    geometry = window.workspace.geometry
    window.workspace.set_geometry(geometry.with_direction((0.3, 0.5, 0.81)))
    told = {spectrum.label: spectrum.provenance for spectrum in window.exporting.spectra()}
    average, site = told["isotropic average"], told["C1"]
    assert [word.split("=")[1] for word in average["weight_tensor"].split()[:3]] == [repr(1 / 3)] * 3
    assert "direction" not in average
    np.testing.assert_array_equal(geometry_from_header(site).direction, window.workspace.geometry.direction)
    for facts in told.values():
        assert {"structure_hash", "network", "shift_ev", "added_fwhm_ev", "weight_tensor"} <= set(facts)


def test_what_long_names_share_stands_above_them_and_ticks_and_names_are_where_they_are_seen(window, qtbot) -> None:
    freeze_at(window, 20.0, 40.0, 70.0)
    window.opening.open_example("ethylbenzene")
    qtbot.waitUntil(lambda: bool(window.workspace.shown.sites) and not window.workspace.is_busy)
    model, table = panel(window).model, panel(window).table
    qtbot.waitUntil(lambda: panel(window).refresh() or any(map(model.heading, range(model.rowCount()))))
    row = model.row_of("frozen-0")
    shared = model.heading(row)
    assert shared.endswith(":")
    index = model.index(row, NAME)
    own, whole = model.data(index), model.curves[row].label
    assert own in whole
    assert shared.removesuffix(":") in whole
    assert shared.removesuffix(":") not in own
    assert model.data(index, Qt.ItemDataRole.ToolTipRole).count(whole)
    table.scrollTo(index)
    box = table.visualRect(index)
    assert box.height() == 2 * ROW_PX
    QTest.mouseClick(table.viewport(), LEFT, pos=QPoint(box.left() + 14, box.top() + ROW_PX // 2))
    assert model.curves[row].visible, "nothing is ticked beside the heading"
    QTest.mouseClick(table.viewport(), LEFT, pos=QPoint(box.left() + 14, box.bottom() - ROW_PX // 2))
    panel(window).refresh()
    assert not model.curves[row].visible
    type_over(window, QPoint(box.center().x(), box.bottom() - ROW_PX // 2), "my curve")
    panel(window).refresh()
    assert model.curves[model.row_of("frozen-0")].label == "my curve"


def test_names_without_room_say_what_tells_them_apart(window):
    """Cut in their middle, two frozen curves of a narrow window were called the same."""
    freeze_at(window, 0.0, 55.0)
    keys_of = [curve.key for curve in panel(window).model.curves if curve.role == "frozen"]
    for key, angle in zip(keys_of, (0, 55), strict=True):
        row = panel(window).model.row_of(key)
        name = f"A film of benzene on silver · θ = {angle}° · FWHM 0.93 eV"
        panel(window).model.setData(panel(window).model.index(row, NAME), name)
    panel(window).refresh()
    told = []
    for key in keys_of:
        index = panel(window).model.index(panel(window).model.row_of(key), NAME)
        option = QStyleOptionViewItem()
        option.initFrom(panel(window).table)
        option.rect = QRect(0, 0, 170, ROW_PX)
        panel(window).table.itemDelegate().initStyleOption(option, index)
        told.append(option.text)
        assert QFontMetrics(option.font).horizontalAdvance(option.text) < 170
    assert "0°" in told[0]
    assert "55°" in told[1]
