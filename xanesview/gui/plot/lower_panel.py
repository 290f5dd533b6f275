"""The slim panel below the plot: the difference to the isotropic curve, or what is left of the references."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg

from xanesview.gui.appearance.palette import Colours
from xanesview.gui.plot.axes import colour_axes, make_plot, title_axis
from xanesview.gui.plot.curve_layer import CurveLayer
from xanesview.gui.plot.curve_style import CurveStyle, styles_of
from xanesview.gui.plot.lower_curves import DIFFERENCE, RESIDUALS, TITLES, differences, residuals_of
from xanesview.gui.plot.mark_layer import MarkLayer
from xanesview.gui.plot.pointer import PlotView
from xanesview.shown.curve import Curve

_HEIGHT_PX, _LEAST_HEIGHT_PX, _MOST_SHARE = 132, 92, 0.45
"""Of the panel: its height where there is room, and the most of the surface that it takes where there is little."""
_LEAST_SHARE = 0.02
"""Of the height of the plot above: less would show rounding as a result."""


class LowerPanel:
    """A panel with the energies of the plot above it.

    Attributes
    ----------
    kind : str
        What it shows: `DIFFERENCE`, `RESIDUALS`, or nothing: then it takes no room.
    shown : list of Curve
        Its curves.
    """

    def __init__(self, view: PlotView, above: pg.PlotItem) -> None:
        self.kind = ""
        self._view, self._above = view, above
        self._residuals: list[Curve] = []
        self._residual_styles: list[CurveStyle] = []
        self._half = 0.0
        self.shown: list[Curve] = []
        self.plot = make_plot()
        view.addItem(self.plot, row=1, col=0)
        self.plot.setXLink(above)
        self.plot.getViewBox().setMouseEnabled(x=True, y=False)
        self.layer, self.marks = CurveLayer(), MarkLayer()
        self.marks.shows_readout = False
        for item in (self.layer, self.marks):
            self.plot.getViewBox().addItem(item, ignoreBounds=True)
        self._place()
        view.resized.connect(self._share_height)

    def show(self, kind: str) -> None:
        """Show something, or (empty) nothing."""
        self.kind = kind
        self._half = 0.0
        self._place()
        bottom = self._above.getAxis("bottom")
        bottom.setStyle(showValues=not kind)
        bottom.showLabel(not kind)
        bottom.setHeight(8 if kind else None)

    def _place(self) -> None:
        """Put the panel into the layout, or take it out: a hidden one would still keep room for its axis."""
        layout = self._view.ci.layout
        if self.kind and not self.plot.isVisible():
            layout.addItem(self.plot, 1, 0)
        elif not self.kind:
            layout.removeItem(self.plot)
        self.plot.setVisible(bool(self.kind))
        self._share_height()

    def _share_height(self) -> None:
        room = min(_HEIGHT_PX, max(_LEAST_HEIGHT_PX, round(_MOST_SHARE * self._view.height())))
        self._view.ci.layout.setRowFixedHeight(1, room if self.kind else 0)

    def set_residuals(self, curves: Sequence[Curve]) -> None:
        """Take what is left of the references."""
        self._residuals = list(curves)

    def fill(self, curves: Sequence[Curve], styles: Sequence[CurveStyle], scheme: Colours) -> None:
        """Draw anew; the curves and styles of the plot above give the colours."""
        if self.kind == RESIDUALS:
            self.shown, drawn = residuals_of(self._residuals, curves, styles)
            self.layer.set_curves(self.shown, drawn)
            return
        self.shown = differences(curves)
        self.layer.set_curves(self.shown, styles_of(self.shown, scheme))

    @property
    def short_title(self) -> str:
        """What its intensities are called, in short."""
        return TITLES.get(self.kind, TITLES[DIFFERENCE])[-1]

    def fit(self, highest: float, *, only_grow: bool) -> None:
        """Choose the intensities, those of the plot above reaching up to `highest`."""
        # A tensor with positive eigenvalues departs from its mean by no more than 2/3 of the largest one.
        half = 0.7 * highest
        if self.kind == RESIDUALS:
            low, high = self._above.getViewBox().viewRange()[0]
            largest = _LEAST_SHARE * highest
            for curve in self._residuals:
                inside = (curve.energy_ev >= low) & (curve.energy_ev <= high) & np.isfinite(curve.intensity)
                largest = max(largest, float(np.abs(curve.intensity[inside]).max(initial=0.0)))
            half = 1.15 * largest
        if only_grow:
            half = max(half, self._half)
        if half != self._half:
            self._half = half
            self.plot.getViewBox().setYRange(-half, half, padding=0)

    def apply_theme(self, scheme: Colours) -> None:
        """Follow the palette."""
        colour_axes(self.plot, scheme)
        self.marks.scheme = scheme
        self.layer.zero_line = scheme.faint

    def write_titles(self, scheme: Colours, energy_titles: Sequence[str]) -> None:
        """Name the axes."""
        title_axis(self.plot.getAxis("bottom"), scheme, *energy_titles)
        title_axis(self.plot.getAxis("left"), scheme, *TITLES.get(self.kind, TITLES[DIFFERENCE]))
