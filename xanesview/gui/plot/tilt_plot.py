"""Intensities of a resonance against cos²θ, with the fitted straight line."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QFontMetricsF, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from xanesview.domain.orientation.tilt_fit import TiltFit
from xanesview.gui.appearance.theme import colours, small_font
from xanesview.gui.plot.axes import NumberAxis, colour_axes, make_still_plot, title_axis
from xanesview.io.figures.angle_ramp import angle_colour

_AXIS_PX, _MARGIN_PX = 56, 10
_POINT_PX = 8
_WORD_PX = 8  # about a word, of the margins that it is drawn with
_MOST_SHARE = 0.6  # of the height, for the word above the highest point


class TiltPlot(QWidget):
    """Points in the colours of their angles, with error bars, and the line of the fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(140, 84)
        self._fit: TiltFit | None = None
        self._shares: np.ndarray = np.zeros(0)
        self._unit = ""
        self._view = pg.GraphicsView(background=None)
        self._view.setAccessibleName("Intensity against cos²θ")
        self._view.setFrameShape(self._view.Shape.NoFrame)
        self._plot = make_still_plot(NumberAxis("left"), _AXIS_PX, _MARGIN_PX)
        self._view.setCentralItem(self._plot)
        self._line = pg.PlotCurveItem()
        self._bars = pg.ErrorBarItem(x=np.zeros(1), y=np.zeros(1), height=np.zeros(1), beam=0.012)
        self._points = pg.ScatterPlotItem(size=_POINT_PX)
        for item in (self._line, self._bars, self._points):
            self._plot.addItem(item)
        self._words: list[pg.TextItem] = []
        self._plot.getViewBox().sigResized.connect(self._make_room)  # in a low plot the words take more of it
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._view)
        self.apply_theme()

    def set_fit(self, fit: TiltFit | None, shares: np.ndarray | None = None, unit: str = "") -> None:
        """Show a fit; None shows nothing.

        Parameters
        ----------
        shares : (A,) places of the angles on the scale of colours, 0 to 1
        unit : of the intensities
        """
        self._fit, self._unit = fit, unit
        self._shares = np.zeros(0) if shares is None else np.asarray(shares)
        self._draw()

    def fit(self) -> TiltFit | None:
        """Return what is shown."""
        return self._fit

    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """Return cos²θ and intensities as they are drawn, (A,) each."""
        return self._points.getData()

    def line(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the fitted line as it is drawn."""
        return self._line.getData()

    def apply_theme(self) -> None:
        """Take the colours of the palette now in force."""
        self._view.resetCachedContent()
        colour_axes(self._plot, colours(self))
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_line"):
            self.apply_theme()

    def _draw(self) -> None:
        fit, scheme = self._fit, colours(self)
        self._view.setVisible(fit is not None)
        if fit is None:
            return
        at = np.cos(np.deg2rad(fit.theta_deg)) ** 2
        error = np.where(np.isfinite(fit.intensity_error), fit.intensity_error, 0.0)
        pen = QPen(QColor(scheme.text), 1.4)
        pen.setCosmetic(True)
        line = np.linspace(0.0, 1.0, 2)
        height = fit.curve(np.rad2deg(np.arccos(np.sqrt(line))))
        self._line.setData(line, height, pen=pen, antialias=True)
        bar = QPen(QColor(scheme.muted), 1.0)
        bar.setCosmetic(True)
        self._bars.setData(x=at, y=fit.intensity, height=2.0 * error, pen=bar)
        rim = QPen(QColor(scheme.surface), 1.0)
        rim.setCosmetic(True)  # of a pen in units of the symbol nothing else would be seen
        brushes = [pg.mkBrush(angle_colour(share, scheme.dark)) for share in self._shares]
        self._points.setData(at, fit.intensity, brush=brushes, pen=rim)
        self._plot.setXRange(-0.03, 1.03, padding=0.0)
        self._make_room()
        self._write_angles(at, fit, scheme.muted)
        title_axis(self._plot.getAxis("bottom"), scheme, "cos² θ")
        title_axis(self._plot.getAxis("left"), scheme, f"Intensity ({self._unit})", "Intensity")

    def _make_room(self, *_resized: object) -> None:
        """Choose the intensities that are seen: points with their bars, the line, and the words above the points."""
        fit = self._fit
        if fit is None:
            return
        error = np.where(np.isfinite(fit.intensity_error), fit.intensity_error, 0.0)
        values = np.concatenate([fit.intensity + error, fit.intensity - error, self._line.getData()[1]])
        low, high = float(values.min()), float(values.max())
        room = 0.14 * ((high - low) or abs(high) or 1.0)
        bottom, top = low - room, high + room
        word_px = QFontMetricsF(small_font()).height() + _WORD_PX
        share = min(word_px / max(self._plot.getViewBox().height(), 1.0), _MOST_SHARE)
        top = max(top, (float(np.max(fit.intensity)) - share * bottom) / (1.0 - share))
        self._plot.setYRange(bottom, top, padding=0.0)

    def _write_angles(self, at: np.ndarray, fit: TiltFit, colour: str) -> None:
        for word in self._words:
            self._plot.removeItem(word)
        self._words = []
        for x, y, angle in zip(at, fit.intensity, fit.theta_deg, strict=True):
            word = pg.TextItem(f"{angle:g}°", color=colour, anchor=(1.1 if x > 0.9 else -0.1, 1.0))
            word.setFont(small_font())
            word.setPos(float(x), float(y))
            self._plot.addItem(word)
            self._words.append(word)
