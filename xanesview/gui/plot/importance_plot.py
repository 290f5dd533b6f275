"""Importance against distance: bars of one or two windows of energies over the histogram of neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from xanesview.gui.appearance.theme import colours
from xanesview.gui.plot.axes import NumberAxis, colour_axes, make_plot, title_axis

_COUNT_SHARE = 0.94  # of the height that the tallest step of the histogram takes
_PALE = 0.28
_WIDE_PX, _HIGH_PX = 200, 120


@dataclass(frozen=True, eq=False)
class Bars:
    """One value a bin, (B,), in %.

    ``colour`` ``#rrggbb``; ``negative`` the colour of values below zero; pale ones stand back.
    """

    values: np.ndarray
    colour: str
    negative: str | None = None
    pale: bool = False


class ImportancePlot(QWidget):
    """Bars by distance in front, how many neighbours stand there behind, counted at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(_WIDE_PX, _HIGH_PX)
        self._edges, self._neighbours = np.array([0.0, 1.0]), np.zeros(1)
        self._bars: tuple[Bars, ...] = ()
        self._titles = ("distance (Å)", ("importance (%)",))
        self._view = pg.GraphicsView(background=None)
        self._view.setAccessibleName("Importance by distance")
        self._view.setFrameShape(self._view.Shape.NoFrame)
        self._plot = make_plot()
        self._plot.setMouseEnabled(False, False)
        self._plot.getAxis("left").setWidth(50)
        self._view.setCentralItem(self._plot)
        self._counts = pg.ViewBox(enableMenu=False, defaultPadding=0.0)
        self._right = NumberAxis("right")
        self._right.setStyle(tickLength=0, tickTextOffset=4, tickAlpha=0)
        self._right.setWidth(44)
        self._plot.layout.addItem(self._right, 2, 3)
        self._plot.scene().addItem(self._counts)
        self._counts.setZValue(-10)
        self._counts.setMouseEnabled(False, False)
        self._right.linkToView(self._counts)
        self._counts.setXLink(self._plot.getViewBox())
        self._plot.getViewBox().sigResized.connect(self._place_counts)
        self._steps = pg.PlotCurveItem(self._edges, self._neighbours, stepMode="center", fillLevel=0)
        self._counts.addItem(self._steps)
        self._items: list[pg.BarGraphItem] = []
        self._zero = pg.InfiniteLine(0.0, 0)
        self._plot.addItem(self._zero)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._view)
        self.apply_theme()

    def set_bars(
        self, edges_angstrom: np.ndarray, neighbours: np.ndarray, bars: Sequence[Bars], distance: str, *importance: str
    ) -> None:
        """Show bars (of two pale and strong ones side by side) by bins with edges (B + 1,) and neighbours (B,) in them.

        Parameters
        ----------
        distance : title of the distances' axis
        importance : titles of the bars' axis in falling length; the first that fits is written
        """
        self._edges, self._neighbours = np.asarray(edges_angstrom, float), np.asarray(neighbours, float)
        self._bars = tuple(bars)
        self._titles = (distance, importance)
        self._draw()

    def bars(self) -> tuple[Bars, ...]:
        """Return what is drawn."""
        return self._bars

    def set_waiting(self, waiting: bool) -> None:
        """Let the picture pale while another is on its way."""
        self._plot.setOpacity(0.45 if waiting else 1.0)
        self._counts.setOpacity(0.45 if waiting else 1.0)

    def apply_theme(self) -> None:
        """Take the colours of the palette now in force."""
        scheme = colours(self)
        colour_axes(self._plot, scheme)
        self._right.setTickFont(self._plot.getAxis("left").style["tickFont"])
        self._right.setTextPen(QColor(scheme.muted))
        self._right.setPen(QPen(Qt.PenStyle.NoPen))
        self._right.setTickPen(QPen(Qt.PenStyle.NoPen))
        ground = QColor(scheme.border)
        ground.setAlphaF(0.75)
        self._steps.setBrush(ground)
        self._steps.setPen(QPen(Qt.PenStyle.NoPen))
        line = QPen(QColor(scheme.faint), 1.0)
        line.setCosmetic(True)
        self._zero.setPen(line)
        self._view.resetCachedContent()  # its ground would else keep the old colour until the size changes
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_zero"):
            self.apply_theme()

    def _draw(self) -> None:
        for item in self._items:
            self._plot.removeItem(item)
        self._items = []
        width = float(np.diff(self._edges).min()) * 0.86
        middle = 0.5 * (self._edges[1:] + self._edges[:-1])
        for k, bars in enumerate(self._bars):
            own = width / len(self._bars)
            x = middle - 0.5 * width + (k + 0.5) * own
            for part, colour in (
                (np.maximum(bars.values, 0), bars.colour),
                (np.minimum(bars.values, 0), bars.negative),
            ):
                if colour is not None and np.any(part):
                    fill = QColor(colour)
                    fill.setAlphaF(_PALE if bars.pale else 1.0)
                    item = pg.BarGraphItem(x=x, height=part, width=own, brush=fill, pen=QPen(Qt.PenStyle.NoPen))
                    self._plot.addItem(item)
                    self._items.append(item)
        self._fit(middle)
        self._write_titles()

    def _fit(self, middle: np.ndarray) -> None:
        values = np.concatenate([b.values for b in self._bars] or [np.zeros(1)])
        low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
        if low < 0.0:
            high = max(high, -low)
            low = -high
        high = high or 1.0
        taken = (self._neighbours > 0) | np.any([b.values != 0 for b in self._bars] or [self._neighbours > 0], axis=0)
        first = max(0.0, float(self._edges[np.argmax(taken)]) - 0.25) if taken.any() else 0.0
        self._plot.setXRange(first, float(self._edges[-1]), padding=0.0)
        self._plot.setYRange(1.08 * low, 1.08 * high, padding=0.0)
        most = max(1.0, float(self._neighbours.max(initial=0.0)))
        top = most / _COUNT_SHARE
        self._counts.setYRange(-top if low < 0 else 0.0, top, padding=0.0)
        step = max(1, int(np.ceil(most / 3)))
        self._right.setTicks([[(k, str(k)) for k in range(0, int(most) + 1, step)]])
        self._steps.setData(self._edges, self._neighbours)
        self._place_counts()

    def _write_titles(self) -> None:
        scheme = colours(self)
        distance, importance = self._titles
        title_axis(self._plot.getAxis("bottom"), scheme, distance)
        title_axis(self._plot.getAxis("left"), scheme, *importance)
        title_axis(self._right, scheme, "neighbours", "")

    def _place_counts(self) -> None:
        self._counts.setGeometry(self._plot.getViewBox().sceneBoundingRect())
