"""Intensity against an angle, as a polar plot: a whole turn of the prediction, the series and what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from xanesview.gui.appearance.theme import colours, small_font
from xanesview.gui.plot.mark_layer import number
from xanesview.io.figures.angle_ramp import angle_colour

_RINGS = 3
_SPOKE_DEG = 30
_POINT_PX = 3.6


@dataclass(frozen=True, eq=False)
class Polar:
    """What is drawn at one energy.

    Attributes
    ----------
    angles, turn : (K,) float
        Degrees and intensities of a whole turn.
    points : sequence of (angle, intensity, share of the scale of colours)
        Of the series.
    measured : the same of measured spectra
    from_top : bool
        Whether 0° is on top and angles go clockwise, as θ from the normal; else on the right, as φ.
    words : str
        What 0° is.
    top : float
        Intensity at the outermost ring.
    """

    angles: np.ndarray
    turn: np.ndarray
    points: Sequence[tuple[float, float, float]] = ()
    measured: Sequence[tuple[float, float, float]] = ()
    from_top: bool = True
    words: str = ""
    top: float = 1.0


class PolarPlot(QWidget):
    """Draws a `Polar`; where the intensity is negative the line is drawn on the other colour of signs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(140, 84)
        self.setAccessibleName("Intensity against the angle")
        self._polar: Polar | None = None

    def set_polar(self, polar: Polar | None) -> None:
        """Show another energy, or (None) nothing."""
        self._polar = polar
        self.update()

    def polar(self) -> Polar | None:
        """Return what is drawn."""
        return self._polar

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def place(self, angle_deg: float, intensity: float) -> QPointF:
        """Return where an intensity at an angle is drawn, in pixels."""
        polar, (centre, radius) = self._polar, self._frame()
        t = np.deg2rad(angle_deg)
        x, y = (np.sin(t), np.cos(t)) if polar.from_top else (np.cos(t), np.sin(t))
        r = radius * abs(intensity) / polar.top
        return QPointF(centre.x() + r * x, centre.y() - r * y)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw rings, spokes, the turn and the points."""
        if self._polar is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font())
        self._draw_frame(painter)
        self._draw_turn(painter)
        scheme = colours(self)
        for points, ring in ((self._polar.points, False), (self._polar.measured, True)):
            for angle, intensity, share in points:
                colour = QColor(angle_colour(share, scheme.dark))
                painter.setPen(QPen(QColor(scheme.text) if ring else QColor(scheme.surface), 1.2))
                painter.setBrush(colour)
                spot = self.place(angle, intensity)
                if ring:
                    painter.drawRect(QRectF(spot.x() - _POINT_PX, spot.y() - _POINT_PX, 2 * _POINT_PX, 2 * _POINT_PX))
                else:
                    painter.drawEllipse(spot, _POINT_PX, _POINT_PX)
        painter.end()

    def _frame(self) -> tuple[QPointF, float]:
        margin = 1.6 * self.fontMetrics().height()
        radius = max(min(self.width(), self.height()) / 2.0 - margin, 10.0)
        return QPointF(self.width() / 2.0, self.height() / 2.0), radius

    def _draw_frame(self, painter: QPainter) -> None:
        scheme, polar, (centre, radius) = colours(self), self._polar, self._frame()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(scheme.grid if not scheme.dark else scheme.border), 1.0))
        for k in range(1, _RINGS + 1):
            painter.drawEllipse(centre, radius * k / _RINGS, radius * k / _RINGS)
        for angle in range(0, 360, _SPOKE_DEG):
            painter.drawLine(centre, self.place(angle, polar.top))
        painter.setPen(QColor(scheme.muted))
        height = painter.fontMetrics().height()
        reach = 1.0 + 0.75 * height / radius
        for angle in range(0, 360, 3 * _SPOKE_DEG):
            at = self.place(angle, polar.top * reach)
            shift = 0.5 * height * np.sign(at.x() - centre.x()) if abs(at.x() - centre.x()) > 1 else 0.0
            box = QRectF(at.x() + shift - 40, at.y() - height / 2, 80, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{angle}°")
        words = f"outer ring {number(polar.top)}"
        painter.drawText(QPointF(4.0, self.height() - 4.0), words)
        painter.drawText(QPointF(4.0, height), polar.words)

    def _draw_turn(self, painter: QPainter) -> None:
        scheme, polar = colours(self), self._polar
        painter.setBrush(Qt.BrushStyle.NoBrush)
        negative = polar.turn < 0.0
        ends = np.flatnonzero(np.diff(negative.astype(np.int8))) + 1
        for part in np.split(np.arange(len(polar.turn)), ends):
            line = [self.place(polar.angles[k], polar.turn[k]) for k in part]
            painter.setPen(QPen(QColor(scheme.warning if negative[part[0]] else scheme.text), 1.6))
            painter.drawPolyline(QPolygonF(line))
