"""The spectrum plot: the current curve and all that it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.theme import colours
from xanesview.gui.plot.axes import colour_axes, make_plot, title_axis
from xanesview.gui.plot.axis_fitting import AxisFitting
from xanesview.gui.plot.chips import ChipRow
from xanesview.gui.plot.curve_key import CurveKey
from xanesview.gui.plot.curve_layer import CurveLayer
from xanesview.gui.plot.curve_style import CurveStyle, styles_of
from xanesview.gui.plot.header import PlotHeader
from xanesview.gui.plot.lower_curves import DIFFERENCE, RESIDUALS
from xanesview.gui.plot.lower_panel import LowerPanel
from xanesview.gui.plot.mark_layer import MarkLayer, Reading
from xanesview.gui.plot.overlays import BusyLine, EmptyText
from xanesview.gui.plot.pointer import PlotPointer, PlotView
from xanesview.gui.plot.ranges import PREDICTED, next_finite
from xanesview.gui.plot.regions import Region, Regions
from xanesview.shown.curve import Chip, Curve, differ_in_numbers

#: Of the width of its pane, what curves keep beside the names of curves.
LEAST_SHARE = 0.6
_GUIDE_DASH = (2.0, 2.0)
EMPTY_TEXT = "Absorption spectrum\n\nOpen a molecule or a crystal and pick an atom: its spectrum appears here."


class SpectrumPlot(QWidget):
    """Shows spectra: current direction, isotropic average, sites, references, frozen curves.

    The axes never move by themselves while the numbers of the same curves change; they are chosen when other curves
    come and when curves have come to rest, and `set_y_bound` says how high the current curve can rise, and how low it
    can fall, in any direction.
    """

    curve_toggled = Signal(object, bool)  # the curve, and whether the user wants to see it
    pointed = Signal(object)  # energy under the pointer, eV; None when it has gone
    pinned = Signal(float)
    unpinned = Signal(float)
    chip_clicked = Signal(int)
    control_wanted = Signal(str)  # a chip of something that is set was clicked; see `Chip.opens`
    difference_toggled = Signal(bool)
    residuals_toggled = Signal(bool)
    region_moved = Signal(object, object, bool)  # key, energies, whether the button has gone up
    painted = Signal()
    empty_button_clicked = Signal()
    empty_way_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: list[Curve] = []  # as shown, with the user's own hiding
        self._given: dict[str, bool] = {}  # visibility that came with the curves
        self._override: dict[str, bool] = {}  # visibility by a click in the key
        self._styles: list[CurveStyle] = []
        self._owned: dict[str, tuple[Region, ...]] = {}  # regions, by who shows them
        self._guides: list[Curve] = []
        self._unit, self._quantity = "arb. u.", "Absorption"
        self._energy_titles: tuple[str, ...] = ("Photon energy (eV)",)
        self._build_plots()
        self._build_frame()
        self._connect()
        self.apply_theme()
        self.set_curves([])

    # ---- what is shown ----

    def set_curves(self, curves: Sequence[Curve], *, turned: bool = False) -> None:
        """Show these curves; when they are the same as before with new numbers, only the numbers change.

        After a turn of the light alone (`turned`) the axes need no look: the bounds hold for every direction.
        """
        same = len(curves) == len(self._curves) and all(map(differ_in_numbers, curves, self._curves))
        for curve in curves:
            if self._given.get(curve.key) != curve.visible:
                self._override.pop(curve.key, None)
        self._given = {curve.key: curve.visible for curve in curves}
        shown = [
            curve
            if self._override.get(curve.key, curve.visible) == curve.visible
            else replace(curve, visible=not curve.visible)
            for curve in curves
        ]
        same = same and all(one.visible == two.visible for one, two in zip(shown, self._curves, strict=True))
        self._curves = shown
        if not same or not shown:
            self._styles = styles_of(shown, colours(self))
            self._fitting.fit()
            self._empty.setVisible(not shown)
            self._view.setVisible(bool(shown))
            self._key.setVisible(bool(shown))
        else:
            self._fitting.follow_numbers(turned=turned)
        self._hand_on(fit=not same)

    def curves(self) -> list[Curve]:
        """Return the curves as shown."""
        return list(self._curves)

    def set_y_bound(self, bound: float | None, floor: float = 0.0) -> None:
        """Fix how high and low the current curve can go in any direction; None fits the axis to the curves."""
        self._fitting.set_bound(bound, floor)

    def set_ip(self, ip_ev: float | None) -> None:
        """Mark the ionisation potential (or edge), in eV."""
        if ip_ev != self._marks.ip_ev:
            self._marks.ip_ev = self._lower.marks.ip_ev = ip_ev
            self._refresh()

    def set_ip_name(self, name: str) -> None:
        """Say what the marked energy is: "IP" or "E0"."""
        if name != self._marks.ip_name:
            self._marks.ip_name = name
            self._refresh()

    def set_looked_at(self, energy_ev: float | None) -> None:
        """Mark the energy, eV, that other pictures follow while the pointer is elsewhere; None marks none."""
        if energy_ev != self._marks.looked_ev:
            self._marks.looked_ev = energy_ev
            if self._marks.pointer is None:
                self._view.viewport().update()

    def below_chip(self, control: str) -> QPoint:
        """Return the place on the screen under the chip that opens a control."""
        return self._chips.below(control)

    def set_energy_titles(self, *titles: str) -> None:
        """Name the energy axis: the first of the titles that fits is written."""
        if titles != self._energy_titles:
            self._energy_titles = titles
            self._write_titles()

    def move_energies(self, by_ev: float) -> None:
        """Energies are counted from another zero: move what is in view and what is pinned along."""
        box = self._plot.getViewBox()
        (low, high), _ = box.viewRange()
        box.setXRange(low + by_ev, high + by_ev, padding=0)
        for marks in (self._marks, self._lower.marks):
            marks.pins_ev = [pin + by_ev for pin in marks.pins_ev]
        self._fitting.move(by_ev)

    def set_unit(self, unit: str, quantity: str = "Absorption") -> None:
        """Name the intensity and its unit on the axis."""
        if (unit, quantity) != (self._unit, self._quantity):
            self._unit, self._quantity = unit, quantity
            self._write_titles()

    def set_title(self, text: str) -> None:
        """Say above the plot what the current curve is."""
        self.header.set_title(text)

    def set_chips(self, chips: Sequence[Chip]) -> None:
        """Show short notices on top."""
        self._chips.set_chips(chips)

    @property
    def picture(self) -> QWidget:
        """Axes and curves, without what stands above them."""
        return self._view

    def put_strip(self, strip: QWidget) -> None:
        """Place a strip of controls between the chips and the curves."""
        self.layout().insertWidget(self.layout().indexOf(self._chips) + 1, strip)

    def set_empty_text(self, text: str, button: str = "", ways: Sequence[tuple[str, str, bool]] = ()) -> None:
        """Say what stands here while there is no curve; a button offers the first step, in one of some ways."""
        self._empty.setText(text)
        self._empty.set_button(button, ways)

    def set_busy(self, busy: bool) -> None:
        """Tell that a prediction runs; after a moment the old curves pale and a hairline moves along the top."""
        self._busy.set_busy(busy)

    def set_difference_visible(self, visible: bool) -> None:
        """Show or hide the slim lower panel with the difference to the isotropic curve."""
        self._show_below(DIFFERENCE, visible)

    def set_residuals_visible(self, visible: bool) -> None:
        """Show or hide the slim lower panel with what is left of the references without the current curve."""
        self._show_below(RESIDUALS, visible)

    def _show_below(self, kind: str, visible: bool) -> None:
        """Show one thing below, which takes the place of the other, or nothing."""
        if visible == (self._lower.kind == kind):
            return
        self._lower.show(kind if visible else "")
        buttons = {DIFFERENCE: self.header.difference, RESIDUALS: self.header.residuals}
        for name, button in buttons.items():
            button.setChecked(self._lower.kind == name)
        self._write_titles()
        self.difference_toggled.emit(self._lower.kind == DIFFERENCE)
        self.residuals_toggled.emit(self._lower.kind == RESIDUALS)
        self._hand_on(fit=False)
        self._fitting.fit_intensities()

    def set_residuals(self, curves: Sequence[Curve]) -> None:
        """Take what is left of the references, before the curves that it is drawn with."""
        self._lower.set_residuals(curves)

    def show_regions(self, regions: Sequence[Region], owner: str = "steps") -> None:
        """Show an owner's ranges and lines to be dragged; the part in view grows where they lie beyond it."""
        self._owned[owner] = tuple(regions)
        regions = [region for own in self._owned.values() for region in own]
        self._regions.show(regions)
        ends = [value for region in regions for value in region.values_ev]
        self._fitting.show_also((min(ends), max(ends)) if ends else None)
        self._refresh()

    def show_guides(self, curves: Sequence[Curve]) -> None:
        """Draw thin lines that a step stands on, beside the curves; they are in no list and no export."""
        if curves or self._guides:
            self._guides = list(curves)
            self._hand_on(fit=False)

    def guides(self) -> list[Curve]:
        """Return the lines that the step looked at stands on."""
        return list(self._guides)

    @property
    def is_zoomed(self) -> bool:
        """Whether the user has chosen what part to see."""
        return self._fitting.is_zoomed

    def lower_curves(self) -> list[Curve]:
        """Return what the lower panel shows, nothing where it does not show."""
        return list(self._lower.shown) if self._lower.kind else []

    def lower_title(self) -> str:
        """Return what the lower panel calls its intensities, in short."""
        return self._lower.short_title

    @property
    def difference_visible(self) -> bool:
        """Whether the difference to the isotropic curve shows."""
        return self._lower.kind == DIFFERENCE

    @property
    def residuals_visible(self) -> bool:
        """Whether what is left of the references shows."""
        return self._lower.kind == RESIDUALS

    def reset_zoom(self) -> None:
        """Show everything again."""
        self._fitting.reset()
        self._reset_button.setEnabled(False)

    def give_up_box(self) -> bool:
        """Forget the zoom box that is being drawn; False where none is."""
        return self._plot.getViewBox().give_up_box() or self._lower.plot.getViewBox().give_up_box()

    def view_range(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the energies (eV) and the intensities now in view."""
        x, y = self._plot.getViewBox().viewRange()
        return (float(x[0]), float(x[1])), (float(y[0]), float(y[1]))

    def energies_ev(self) -> tuple[float, float]:
        """Return the energies now in view, in eV."""
        return self.view_range()[0]

    def intensities(self) -> tuple[float, float] | None:
        """Return the intensities in view where the user has zoomed; else they follow the curves."""
        return self.view_range()[1] if self.is_zoomed else None

    def show_energies(self, low_ev: float, high_ev: float) -> None:
        """Bring energies into view, with the curves that are drawn there from their foot to their top."""
        room = 0.05 * (high_ev - low_ev) or 1.0
        low, high = low_ev - room, high_ev + room
        seen = [
            curve.drawn[(curve.energy_ev >= low) & (curve.energy_ev <= high)]
            for curve in self._curves if curve.visible and curve.role != "difference"
        ]  # fmt: skip
        values = np.concatenate([np.zeros(1), *seen])
        bottom, top = float(np.nanmin(values)), float(np.nanmax(values))
        span = (top - bottom) or 1.0
        self.set_view_range((low, high), (bottom - 0.02 * span, top + 0.06 * span))

    def set_view_range(self, energies_ev: tuple[float, float], intensities: tuple[float, float]) -> None:
        """Show a part of the plane, as if the user had zoomed there."""
        self._plot.getViewBox().setRange(xRange=energies_ev, yRange=intensities, padding=0)
        self._note_zoom()

    # ---- pins and readout ----

    def pins(self) -> list[float]:
        """Return the pinned energies, in eV."""
        return list(self._marks.pins_ev)

    def pin(self, energy_ev: float) -> None:
        """Pin an energy: a line with the current curve's intensity there."""
        self._pointer.pin(energy_ev)

    def unpin(self, energy_ev: float) -> None:
        """Remove a pinned energy."""
        self._pointer.unpin(energy_ev)

    def reading(self) -> Reading | None:
        """Return what the crosshair reads now."""
        return self._marks.read(self._plot.getViewBox().childGroup.sceneTransform())

    # ---- theme ----

    def apply_theme(self) -> None:
        """Follow the palette."""
        scheme = colours(self)
        self._view.resetCachedContent()  # the ground of the old theme
        colour_axes(self._plot, scheme)
        self._marks.scheme = scheme
        self._lower.apply_theme(scheme)
        self._regions.apply_theme(scheme)
        self.header.apply_theme()
        self._chips.apply_theme()
        self._write_titles()
        self._styles = styles_of(self._curves, scheme)
        self._hand_on(fit=False)

    def changeEvent(self, event: QEvent) -> None:
        """Take the new colours when the palette changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.apply_theme()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the key yield before the curves do."""
        super().resizeEvent(event)
        pane = self.contentsRect().width() - 2 * SPACING
        self._key.set_most(pane * (1 - LEAST_SHARE) - self._plot.getAxis("left").width())

    # ---- building ----

    def _build_plots(self) -> None:
        self._view = PlotView(self)
        self._plot = make_plot()
        self._view.addItem(self._plot, row=0, col=0)
        self._lower = LowerPanel(self._view, self._plot)
        self._fitting = AxisFitting(self._plot, self._lower, lambda: self._curves, self)
        self._regions = Regions(self._plot, self)
        self._layer, self._marks = CurveLayer(), MarkLayer()
        for item in (self._layer, self._marks):
            self._plot.getViewBox().addItem(item, ignoreBounds=True)

    def _build_frame(self) -> None:
        self.header = PlotHeader(self)
        self._reset_button = self.header.reset
        self._chips = ChipRow(self, keeps_line=True)
        self._key = CurveKey(self._end_of, self)
        self._busy = BusyLine(self)
        picture = QWidget(self)
        self._empty = EmptyText(EMPTY_TEXT, picture)
        self._empty.clicked.connect(self.empty_button_clicked)
        self._empty.chosen.connect(self.empty_way_chosen)
        row = QHBoxLayout(picture)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._view, 1)
        row.addWidget(self._key)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING // 2, SPACING, SPACING)
        column.setSpacing(SPACING // 2)
        column.addWidget(self.header)
        column.addWidget(self._busy)
        column.addWidget(self._chips)
        column.addWidget(picture, 1)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.Base)
        self.setMinimumSize(280, 200)

    def _connect(self) -> None:
        self._view.painted.connect(self.painted)
        self._pointer = PlotPointer(self._view, [(self._plot, self._marks), (self._lower.plot, self._lower.marks)])
        self._pointer.current = self._current
        self._pointer.pointed.connect(self.pointed)
        self._pointer.pinned.connect(self.pinned)
        self._pointer.unpinned.connect(self.unpinned)
        self._pointer.reset_wanted.connect(self.reset_zoom)
        for plot in (self._plot, self._lower.plot):
            plot.getViewBox().zoomed.connect(self._note_zoom)
        self._plot.getViewBox().sigRangeChanged.connect(lambda *_: self._place_key())
        self._plot.getViewBox().sigResized.connect(lambda *_: self._place_key())
        self._key.toggled.connect(self._toggle)
        self._chips.clicked.connect(self.chip_clicked)
        self._chips.control_wanted.connect(self.control_wanted)
        self._busy.shown_changed.connect(self._pale)
        self._reset_button.clicked.connect(self.reset_zoom)
        self.header.difference.toggled.connect(self.set_difference_visible)
        self.header.residuals.toggled.connect(self.set_residuals_visible)
        self._regions.moved.connect(self.region_moved)

    def _write_titles(self) -> None:
        scheme = colours(self)
        title_axis(self._plot.getAxis("bottom"), scheme, *self._energy_titles)
        what = self._quantity
        short = f"{what}{' per atom' * self._unit.endswith(' per atom')}"
        title_axis(self._plot.getAxis("left"), scheme, f"{what} ({self._unit})", self._unit, short, what)
        self._lower.write_titles(scheme, self._energy_titles)
        self._plot.getAxis("bottom").showLabel(not self._lower.kind)

    # ---- drawing ----

    def _hand_on(self, *, fit: bool) -> None:
        """Give the numbers to everything that draws them."""
        main = [(c, s) for c, s in zip(self._curves, self._styles, strict=True) if c.role != "difference"]
        curves, styles = [c for c, _ in main], [s for _, s in main]
        guides = [CurveStyle(colours(self).control, 1.0, _GUIDE_DASH, depth=-1) for _ in self._guides]
        self._layer.set_curves([*curves, *self._guides], [*styles, *guides])
        self._marks.set_curves(curves, styles)
        self._key.set_curves(curves, styles, fit=fit)
        if self._lower.kind:
            self._lower.fill(self._curves, self._styles, colours(self))
        self._refresh()

    def _refresh(self) -> None:
        self._view.has_news = True
        self._view.viewport().update()
        self._key.update()

    def _place_key(self) -> None:
        area = self._plot.getViewBox().sceneBoundingRect()
        top = self._view.mapFromScene(area.topLeft()).y()
        bottom = self._view.mapFromScene(area.bottomLeft()).y()
        self._key.set_area(top, bottom)

    def _end_of(self, curve: Curve) -> float | None:
        """Return the height of a curve's right end in view, in pixels of the key, or None."""
        left, right = self._plot.getViewBox().viewRange()[0]
        if not len(curve.energy_ev) or curve.energy_ev[-1] < left:
            return None
        # the last point in view and the first beyond, however many there are
        after = int(np.searchsorted(curve.energy_ev, right, side="right"))
        ends = [next_finite(curve.intensity, after - 1, -1), next_finite(curve.intensity, after, 1)]
        if ends[0] is None:
            return None
        near = [end for end in ends if end is not None]
        value = float(np.interp(right, curve.energy_ev[near], curve.intensity[near])) + curve.offset
        box = self._plot.getViewBox()
        y = self._view.viewportTransform().map(box.mapViewToScene(QPointF(right, value))).y()
        area = box.sceneBoundingRect()
        return float(min(max(y, area.top()), area.bottom()))

    # ---- what the user does ----

    def _current(self) -> Curve | None:
        return next((curve for curve in self._curves if curve.role == "current" and curve.visible), None)

    def _toggle(self, key: str, visible: bool) -> None:
        self._override[key] = visible
        self.set_curves([replace(curve, visible=self._given[curve.key]) for curve in self._curves])
        self.curve_toggled.emit(next(curve for curve in self._curves if curve.key == key), visible)

    def _note_zoom(self) -> None:
        self._fitting.is_zoomed = True
        self._reset_button.setEnabled(True)

    def _pale(self, pale: bool) -> None:
        self._layer.pale_roles = frozenset(PREDICTED) if pale else frozenset()
        self._view.viewport().update()
