"""The plot under the mouse: what a user sees when pointing, clicking, zooming and turning the polarisation."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from tests.gui.plot import carbon_edge as edge
from xanesview.gui.appearance.palette import DARK, LIGHT
from xanesview.gui.appearance.theme import TEXT_SIZE_PT, apply_theme, set_text_size, small_font
from xanesview.gui.plot.chips import Explanation
from xanesview.gui.plot.overlays import BUSY_AFTER_MS
from xanesview.gui.plot.spectrum_plot import SpectrumPlot
from xanesview.shown.curve import Chip, Curve


@pytest.fixture
def plot(qtbot) -> SpectrumPlot:
    widget = SpectrumPlot()
    qtbot.addWidget(widget)
    widget.resize(720, 520)
    with qtbot.waitExposed(widget):
        widget.show()
    widget.set_y_bound(edge.bound())
    with qtbot.waitSignal(widget.painted, timeout=3000):
        widget.set_curves(edge.curves())
    return widget


def place(plot: SpectrumPlot, energy_ev: float, intensity: float) -> QPoint:
    """Return where a point of the plane lies on the drawing surface."""
    scene = plot._plot.getViewBox().mapViewToScene(QPointF(energy_ev, intensity))
    return plot._view.mapFromScene(scene)


def point_at(qtbot, plot: SpectrumPlot, energy_ev: float, intensity: float) -> None:
    """Move the pointer there and wait until the window system has told of it."""
    QApplication.processEvents()  # new labels may have changed the width
    at = place(plot, energy_ev, intensity)
    QTest.mouseMove(plot._view.viewport(), at - QPoint(3, 0))
    QTest.mouseMove(plot._view.viewport(), at)
    qtbot.waitUntil(lambda: (r := plot.reading()) is not None and abs(r.energy_ev - energy_ev) < 0.07, timeout=3000)


def click(plot: SpectrumPlot, at: QPoint) -> None:
    QTest.mouseClick(plot._view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def picture(plot: SpectrumPlot) -> QImage:
    QApplication.processEvents()
    return plot._view.grab().toImage()


def count(image: QImage, colour: str, tolerance: int = 24) -> int:
    """Count the pixels of a colour."""
    raw = np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB888).bits(), np.uint8)
    raw = raw.reshape(image.height(), -1)[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)
    wanted = np.array(QColor(colour).getRgb()[:3])
    return int((np.abs(raw.astype(int) - wanted).max(axis=2) <= tolerance).sum())


def test_an_empty_plot_says_what_it_is_for(qtbot) -> None:
    plot = SpectrumPlot()
    qtbot.addWidget(plot)
    plot.resize(500, 400)
    with qtbot.waitExposed(plot):
        plot.show()
    assert plot._empty.isVisible()
    assert "pick an atom" in plot._empty.text()
    plot.set_curves(edge.curves())
    assert not plot._empty.isVisible()
    plot.set_curves([])
    assert plot._empty.isVisible()


@pytest.mark.parametrize(("mode", "scheme"), [("light", LIGHT), ("dark", DARK)])
def test_the_current_curve_is_drawn_in_the_accent(qtbot, qapp, plot: SpectrumPlot, mode: str, scheme) -> None:
    apply_theme(qapp, mode)
    qtbot.waitUntil(lambda: count(picture(plot), scheme.accent) > 300, timeout=5000)
    plot.set_curves([curve for curve in edge.curves() if curve.role != "current"])
    assert count(picture(plot), scheme.accent) < 5, "no curve: a mixed colour may be alike by chance"
    assert count(picture(plot), scheme.surface, 4) > 100_000


@pytest.mark.parametrize("height", [520, 340, 314])
def test_the_title_of_the_axis_fits_beside_it(qtbot, plot: SpectrumPlot, height: int) -> None:
    plot.set_unit("hartree bohr²/eV")
    plot.set_difference_visible(True)
    with qtbot.waitSignal(plot.painted, timeout=2000):
        plot.resize(420, height)
    axis = plot._plot.getAxis("left")
    assert (axis.labelText == "Absorption (hartree bohr²/eV)") == (height == 520)
    box = axis.label.mapRectToParent(axis.label.boundingRect())
    assert box.top() >= 0
    assert box.bottom() <= axis.size().height()


def test_axes_stay_while_the_polarisation_turns_and_the_curve_moves(qtbot, plot: SpectrumPlot) -> None:
    before, shown = plot.view_range(), picture(plot)
    for angle in np.linspace(0, np.pi, 9):
        with qtbot.waitSignal(plot.painted, timeout=2000):
            plot.set_curves(edge.curves((0.0, np.sin(angle), np.cos(angle))))
        assert plot.view_range() == before
    assert picture(plot) != shown


def test_crosshair_reads_the_current_curve(qtbot, plot: SpectrumPlot) -> None:
    expected = np.interp(293.0, edge.ENERGY_EV, plot.curves()[0].intensity)
    point_at(qtbot, plot, 293.0, expected)
    reading = plot.reading()
    assert reading.curve.role == "current"
    assert reading.energy_ev == pytest.approx(293.0, abs=0.07)
    assert reading.intensity == pytest.approx(expected, abs=0.02)
    assert reading.text() == f"{reading.energy_ev:.2f} eV   {reading.intensity:.3f}"


def test_crosshair_reads_the_curve_under_the_pointer(qtbot, plot: SpectrumPlot) -> None:
    frozen = next(curve for curve in plot.curves() if curve.role == "frozen")
    point_at(qtbot, plot, 293.4, float(np.interp(293.4, frozen.energy_ev, frozen.intensity)))
    assert plot.reading().curve.key == "frozen"


def test_crosshair_leaves_with_the_pointer(qtbot, plot: SpectrumPlot) -> None:
    point_at(qtbot, plot, 293.0, 0.5)
    QApplication.sendEvent(plot._view, QEvent(QEvent.Type.Leave))
    assert plot.reading() is None


def test_a_click_pins_the_peak_and_another_click_removes_the_pin(qtbot, plot: SpectrumPlot) -> None:
    at = place(plot, 285.25, 1.0)
    with qtbot.waitSignal(plot.pinned, timeout=1000) as caught:
        click(plot, at)
    current = plot.curves()[0]
    peak = current.energy_ev[np.argmax(current.intensity)]
    assert caught.args[0] == pytest.approx(peak)
    assert plot.pins() == [pytest.approx(peak)]
    QTest.qWait(QApplication.doubleClickInterval() + 50)  # or Qt takes the two for a double click
    with qtbot.waitSignal(plot.unpinned, timeout=1000):
        click(plot, at)
    assert plot.pins() == []


def test_wheel_zooms_energies_and_double_click_resets(qtbot, plot: SpectrumPlot) -> None:
    whole = plot.view_range()
    at = place(plot, 290.0, 1.0)
    viewport = plot._view.viewport()
    event = QWheelEvent(
        QPointF(at), QPointF(viewport.mapToGlobal(at)), QPoint(0, 0), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(viewport, event)
    (low, high), intensities = plot.view_range()
    assert whole[0][0] < low < 290.0 < high < whole[0][1]
    assert intensities == whole[1]
    assert plot._reset_button.isEnabled()
    plot.set_curves(edge.curves((1, 0, 0)))
    assert plot.view_range()[0] == (low, high)
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=at)  # the second press only
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=at)
    assert plot.view_range() == whole
    assert plot.pins() == []


def test_a_drag_zooms_to_the_box(plot: SpectrumPlot) -> None:
    start, end = place(plot, 284.0, 2.0), place(plot, 291.0, 0.2)
    viewport = plot._view.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    for share in (0.3, 0.6, 1.0):
        QTest.mouseMove(viewport, start + (end - start) * share)
        QApplication.processEvents()
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)
    QApplication.processEvents()
    energies, intensities = plot.view_range()
    assert energies == pytest.approx((284.0, 291.0), abs=0.15)
    assert intensities == pytest.approx((0.2, 2.0), abs=0.05)
    assert plot.pins() == []
    QTest.mouseClick(plot._reset_button, Qt.MouseButton.LeftButton)
    assert plot.view_range()[0][1] == 310.0


def test_labels_at_the_ends_up_to_five_then_a_list(plot: SpectrumPlot) -> None:
    assert not plot._key.is_list
    places = [box for box, _ in plot._key.entries()]
    assert len(places) == 5
    ordered = sorted(places, key=lambda box: box.top())
    assert all(above.bottom() <= below.top() + 0.01 for above, below in itertools.pairwise(ordered))
    plot.set_curves(edge.curves(n_sites=4))
    assert plot._key.is_list
    assert [curve.label for _, curve in plot._key.entries()] == [curve.label for curve in plot.curves()]


def test_a_click_in_the_key_hides_a_curve_and_brings_it_back(qtbot, plot: SpectrumPlot) -> None:
    for visible in (False, True):
        box = next(box for box, curve in plot._key.entries() if curve.key == "frozen")
        with qtbot.waitSignal(plot.curve_toggled, timeout=1000) as caught:
            QTest.mouseClick(plot._key, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
        curve, wanted = caught.args
        assert (curve.key, wanted) == ("frozen", visible)
        assert {curve.key: curve.visible for curve in plot.curves()}["frozen"] is visible
    plot.set_curves(edge.curves((1, 0, 0)))
    assert all(curve.visible for curve in plot.curves())


def test_difference_panel_shows_on_demand_and_leaves_the_energies_alone(qtbot, plot: SpectrumPlot) -> None:
    before = plot.view_range()
    with qtbot.waitSignal(plot.difference_toggled, timeout=1000):
        QTest.mouseClick(plot.header.difference, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert plot.difference_visible
    assert plot._lower.plot.isVisible()
    assert plot._lower.plot.getViewBox().height() > 40
    drawn = plot._lower.layer._curves[0][0].intensity
    np.testing.assert_allclose(drawn, plot.curves()[0].intensity - edge.isotropic())
    low, high = plot._lower.plot.getViewBox().viewRange()[1]
    assert low < drawn.min()
    assert drawn.max() < high
    assert plot.view_range() == before
    plot.set_difference_visible(False)
    assert not plot._lower.plot.isVisible()


def test_long_predictions_pale_the_curves_and_short_ones_do_not(qtbot, plot: SpectrumPlot) -> None:
    accent = count(picture(plot), LIGHT.accent)
    plot.set_busy(True)
    plot.set_busy(False)
    assert not plot._busy.is_running
    plot.set_busy(True)
    qtbot.waitUntil(lambda: plot._busy.is_running, timeout=BUSY_AFTER_MS * 10)
    assert count(picture(plot), LIGHT.accent) < 0.2 * accent
    plot.set_busy(False)
    assert not plot._busy.is_running
    assert count(picture(plot), LIGHT.accent) == pytest.approx(accent, rel=0.05)


def test_a_chip_opens_its_explanation(qtbot, plot: SpectrumPlot) -> None:
    plot.set_chips([Chip("isotropic network"), Chip("outside training", "The S–S bond is not in the data.", "warning")])
    chip = next(button for button in plot.findChildren(QPushButton) if button.text() == "outside training")
    with qtbot.waitSignal(plot.chip_clicked, timeout=1000) as caught:
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert caught.args == [1]
    card = plot.findChild(Explanation)
    assert card.isVisible()
    card.close()
    plot.set_chips([])
    assert not plot._chips.isVisible()


def test_gaps_and_flat_and_tiny_curves_are_drawn(qtbot, plot: SpectrumPlot) -> None:
    energy = edge.ENERGY_EV
    holes = edge.isotropic().copy()
    holes[50:60] = np.nan
    few = energy[:1]
    plot.set_curves([
        Curve("current", energy, holes, "with a gap", "current", band=0.1 * np.abs(holes)),
        Curve("nan", energy, np.full(energy.size, np.nan), "nothing", "site"),
        Curve("zero", energy, np.zeros(energy.size), "zero", "isotropic"),
        Curve("one", few, few * 0 + 1, "one point", "measured"),
    ])  # fmt: skip
    plot.set_y_bound(None)
    point_at(qtbot, plot, float(energy[55]), 0.2)
    assert count(picture(plot), LIGHT.accent) > 100


def test_a_very_long_measurement_keeps_its_outline(qtbot, plot: SpectrumPlot) -> None:
    grid = np.linspace(280.0, 310.0, 200_000)
    noise = np.interp(grid, edge.ENERGY_EV, edge.isotropic())
    noise[100_000] = 2.4
    with qtbot.waitSignal(plot.painted, timeout=5000):
        plot.set_curves([*edge.curves(overlays=False), Curve("long", grid, noise, "long", "measured")])
    top = place(plot, grid[100_000], 2.3)
    column = picture(plot).copy(top.x() - 2, top.y(), 5, 20)
    assert count(column, LIGHT.measured, 120) > 5


def test_the_difference_gives_its_room_back(plot: SpectrumPlot, qtbot) -> None:
    def height() -> float:
        return plot._plot.geometry().height()

    qtbot.waitUntil(lambda: height() > 150)
    before = height()
    plot.set_difference_visible(True)
    qtbot.waitUntil(lambda: height() < before - 100)
    plot.set_difference_visible(False)
    qtbot.waitUntil(lambda: abs(height() - before) < 3)


def test_words_at_marks_stand_on_no_other(qtbot, plot: SpectrumPlot) -> None:
    plot.set_ip(293.0)
    for energy in (290.4, 291.2, 292.0, 292.9, 293.1, 305.9):
        plot.pin(energy)
    qtbot.waitUntil(lambda: len(plot._marks.tags) == 7, timeout=2000)
    tags = plot._marks.tags
    assert not any(one.intersects(two) for at, one in enumerate(tags) for two in tags[:at])
    area = plot._plot.getViewBox().sceneBoundingRect()
    assert all(area.left() <= tag.left() and tag.right() <= area.right() + 1 for tag in tags)


def digits_beside_the_title(plot: SpectrumPlot) -> float:
    """How many digits the numbers of the left axis may have before they run into its title."""
    QApplication.processEvents()  # the layout gives the axis its width
    plot.grab()
    axis = plot._plot.getAxis("left")
    title = axis.label.mapRectToParent(axis.label.boundingRect()).right() - axis.label.document().documentMargin()
    room = axis.width() - axis.style["tickTextOffset"][0] - title
    return room / QFontMetricsF(small_font()).horizontalAdvance("0")


def test_numbers_keep_their_room_beside_the_title_in_large_letters(plot: SpectrumPlot) -> None:
    usual = digits_beside_the_title(plot)
    try:
        set_text_size(13.0)
        apply_theme(QApplication.instance(), "light")
        plot.apply_theme()
        assert digits_beside_the_title(plot) > usual - 0.5
    finally:
        set_text_size(TEXT_SIZE_PT)
        apply_theme(QApplication.instance(), "light")


@pytest.mark.parametrize("by_ev", [-200.0, 200.0])
def test_a_curve_of_another_edge_has_no_line_to_a_place_where_it_is_not(plot: SpectrumPlot, by_ev: float) -> None:
    """Kept at carbon while copper is shown, or the other way round: its entry waits at the top."""
    given = edge.curves()
    other = Curve("other", given[0].energy_ev + by_ev, given[0].intensity, "mean of 12 frames", "frozen")
    low, high = plot.view_range()[0]
    plot.set_curves([*given[:2], other])
    plot._plot.setXRange(low, high, padding=0)
    place, curve = min(plot._key.entries(), key=lambda entry: entry[0].top())
    assert curve.key == "other"
    assert place.top() == plot._key._area[0]
    assert plot._end_of(other) is None
