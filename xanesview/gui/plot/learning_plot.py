"""Errors of a copy that learns, by epoch: what it is taught, what is kept apart from it, what it knew before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from xanesview.gui.appearance.theme import colours
from xanesview.gui.plot.axes import NumberAxis, colour_axes, make_still_plot, title_axis
from xanesview.texts import tr

GROUPS = ("taught", "apart", "known")
_STYLES = {"taught": Qt.PenStyle.SolidLine, "apart": Qt.PenStyle.DashLine, "known": Qt.PenStyle.DotLine}
_AXIS_PX, _MARGIN_PX = 56, 10
_PALE = 0.35  # of members that have been taught before


class LearningPlot(QWidget):
    """One line a group; those of the member that learns now in front of the paler ones before it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(140, 84)
        self._curves: tuple[tuple[int, int, Mapping[str, float]], ...] = ()
        self._view = pg.GraphicsView(background=None)
        self._view.setAccessibleName("Errors by epoch")
        self._view.setFrameShape(self._view.Shape.NoFrame)
        self._view.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)  # else it wants 640 × 480
        self._plot = make_still_plot(NumberAxis("left"), _AXIS_PX, _MARGIN_PX)
        self._view.setCentralItem(self._plot)
        self._lines: list[pg.PlotDataItem] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._view)
        self.apply_theme()

    def set_curves(self, curves: Sequence[tuple[int, int, Mapping[str, float]]]) -> None:
        """Show errors: member, epoch, and the mean square error of each group."""
        self._curves = tuple(curves)
        self._draw()

    def lines(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return the lines as they are drawn."""
        return [line.getData() for line in self._lines]

    def colour_of(self, group: str) -> str:
        """Colour of a group's line, ``#rrggbb``."""
        scheme = colours(self)
        return {"taught": scheme.curves[0], "apart": scheme.curves[1], "known": scheme.text}[group]

    def apply_theme(self) -> None:
        """Take the colours of the palette now in force."""
        self._view.resetCachedContent()
        colour_axes(self._plot, colours(self))
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_lines"):
            self.apply_theme()

    def _draw(self) -> None:
        for line in self._lines:
            self._plot.removeItem(line)
        self._lines = []
        scheme = colours(self)
        title_axis(self._plot.getAxis("bottom"), scheme, tr("Epoch"))
        title_axis(self._plot.getAxis("left"), scheme, tr("Mean square error"), "MSE")
        if not self._curves:
            return
        newest = max(member for member, _, _ in self._curves)
        values = []
        for member in range(newest + 1):
            for group in GROUPS:
                mine = [(epoch, errors[group]) for m, epoch, errors in self._curves if m == member and group in errors]
                if not mine:
                    continue
                x, y = np.array(mine, float).T
                values += y.tolist()
                colour = QColor(self.colour_of(group))
                colour.setAlphaF(1.0 if member == newest else _PALE)
                pen = QPen(colour, 1.8 if member == newest else 1.0, _STYLES[group])
                pen.setCosmetic(True)
                line = pg.PlotDataItem(x, y, pen=pen, antialias=True)
                self._plot.addItem(line)
                self._lines.append(line)
        last = max(epoch for _, epoch, _ in self._curves)
        self._plot.setXRange(0.0, max(1, last), padding=0.02)
        self._plot.setYRange(0.0, 1.08 * max(values, default=1.0) or 1.0, padding=0.0)
