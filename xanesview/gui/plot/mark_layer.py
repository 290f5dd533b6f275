"""The layer above the curves: ionisation potential, pinned energies, crosshair with readout, zoom frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QTransform

from xanesview.gui.appearance.palette import Colours
from xanesview.gui.appearance.theme import small_font
from xanesview.gui.plot.curve_key import shorter_name
from xanesview.gui.plot.curve_style import CurveStyle
from xanesview.gui.plot.layer import PlotLayer
from xanesview.gui.plot.ranges import value_at
from xanesview.shown.curve import Curve

_PADDING_PX = 5.0
_REACH_PX = 14.0


@dataclass(frozen=True)
class Reading:
    """What the crosshair reads: an energy, and the curve under the pointer with its intensity there."""

    energy_ev: float
    intensity: float | None
    curve: Curve | None = None
    style: CurveStyle | None = None

    def text(self) -> str:
        """Return the readout, energies to 0.01 eV."""
        if self.intensity is None:
            return f"{self.energy_ev:.2f} eV"
        return f"{self.energy_ev:.2f} eV   {number(self.intensity)}"


def number(value: float) -> str:
    """Return an intensity with three significant decimals and a real minus sign."""
    if value != 0 and not 1e-3 <= abs(value) < 1e5:
        return f"{value:.2e}".replace("-", "−")
    return f"{value:.3f}".replace("-", "−")


def _sharp(pixel: float) -> float:
    """Return the middle of a pixel: a hairline there is one pixel wide instead of two pale ones."""
    return math.floor(pixel) + 0.5


class MarkLayer(PlotLayer):
    """Draws marks in screen pixels above the curves of a view box."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(10)
        self.ip_ev: float | None = None
        self.ip_name = "IP"
        self.pins_ev: list[float] = []
        self.looked_ev: float | None = None  # what other pictures follow while the pointer is elsewhere
        self.pointer: QPointF | None = None  # in data coordinates
        self.shows_readout = True
        self.scheme: Colours | None = None
        self._curves: list[tuple[Curve, CurveStyle]] = []
        self.reading: Reading | None = None
        self.tags: list[QRectF] = []  # where words stand, in pixels of the scene

    def set_curves(self, curves: Sequence[Curve], styles: Sequence[CurveStyle]) -> None:
        """Tell what can be read; the current curve comes first when several are equally near."""
        pairs = [pair for pair in zip(curves, styles, strict=True) if pair[0].visible and pair[0].role != "difference"]
        self._curves = sorted(pairs, key=lambda pair: (pair[0].role != "current", -pair[1].depth))
        self.update()

    def read(self, transform: QTransform) -> Reading | None:
        """Return what lies under the pointer: the nearest curve within reach, else the current one."""
        if self.pointer is None:
            return None
        best: tuple[float, Reading] | None = None
        for curve, style in self._curves:
            value = value_at(curve, self.pointer.x())
            if value is None:
                continue
            distance = abs((value + curve.offset - self.pointer.y()) * transform.m22())
            if best is None or distance < min(best[0], _REACH_PX):
                best = (distance, Reading(self.pointer.x(), value, curve, style))
        return best[1] if best is not None else Reading(self.pointer.x(), None)

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw the marks that are set."""
        scheme = self.scheme
        if scheme is None:
            return
        transform = painter.transform()
        view = self.boundingRect()
        edges = transform.mapRect(view)
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setFont(small_font())
        self.tags = []
        if self.ip_ev is not None and view.left() <= self.ip_ev <= view.right():
            self._draw_ip(painter, transform, edges, scheme)
        for energy in sorted(self.pins_ev):
            if view.left() <= energy <= view.right():
                self._draw_pin(painter, transform, edges, energy, scheme)
        if self.looked_ev is not None and self.pointer is None and view.left() <= self.looked_ev <= view.right():
            self._draw_looked_at(painter, transform, edges, scheme)
        self.reading = self.read(transform)
        if self.reading is not None:
            self._draw_crosshair(painter, transform, edges, scheme)

    def _draw_ip(self, painter: QPainter, transform: QTransform, edges: QRectF, scheme: Colours) -> None:
        x = _sharp(transform.map(QPointF(self.ip_ev, 0.0)).x())
        pen = QPen(QColor(scheme.faint), 1.0)
        pen.setDashPattern([2.0, 3.0])
        painter.setPen(pen)
        painter.drawLine(QLineF(x, edges.top(), x, edges.bottom()))
        if self.shows_readout:
            metrics = QFontMetricsF(painter.font())
            painter.setPen(QColor(scheme.muted))
            text = self.ip_name.replace("E0", "E₀")
            place = self._free_place(x, metrics.horizontalAdvance(text) + 2, metrics.height() + _PADDING_PX, edges)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_pin(
        self, painter: QPainter, transform: QTransform, edges: QRectF, energy: float, scheme: Colours
    ) -> None:
        x = _sharp(transform.map(QPointF(energy, 0.0)).x())
        painter.setPen(QPen(QColor(scheme.muted), 1.0))
        painter.drawLine(QLineF(x, edges.top(), x, edges.bottom()))
        if not self.shows_readout:
            return
        current = next(((c, s) for c, s in self._curves if c.role == "current"), None)
        value = None if current is None else value_at(current[0], energy)
        if value is not None:
            spot = transform.map(QPointF(energy, value + current[0].offset))
            self._draw_dot(painter, spot, current[1].colour, scheme)
        text = Reading(energy, value).text()
        self._draw_tag(painter, x, text, edges, scheme, filled=True)

    def _draw_looked_at(self, painter: QPainter, transform: QTransform, edges: QRectF, scheme: Colours) -> None:
        """A hairline with a small triangle at its foot."""
        x = _sharp(transform.map(QPointF(self.looked_ev, 0.0)).x())
        painter.setPen(QPen(QColor(scheme.control), 1.0, Qt.PenStyle.DotLine))
        painter.drawLine(QLineF(x, edges.top(), x, edges.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(scheme.control))
        foot = edges.bottom()
        painter.drawPolygon([QPointF(x - 5, foot), QPointF(x + 5, foot), QPointF(x, foot - 7)])
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_crosshair(self, painter: QPainter, transform: QTransform, edges: QRectF, scheme: Colours) -> None:
        reading = self.reading
        x = _sharp(transform.map(QPointF(reading.energy_ev, 0.0)).x())
        painter.setPen(QPen(QColor(scheme.faint), 1.0))
        painter.drawLine(QLineF(x, edges.top(), x, edges.bottom()))
        if not self.shows_readout:
            return
        if reading.intensity is not None:
            spot = transform.map(QPointF(reading.energy_ev, reading.intensity + reading.curve.offset))
            painter.drawLine(QLineF(edges.left(), _sharp(spot.y()), x, _sharp(spot.y())))
            self._draw_dot(painter, spot, reading.style.colour, scheme)
        metrics = QFontMetricsF(painter.font())
        text = reading.text()
        if reading.curve is not None and reading.curve.role != "current" and reading.curve.label:
            labels = [curve.label for curve, _ in self._curves]
            text = f"{text}   {shorter_name(reading.curve.label, metrics, 140, labels)}"
        self._draw_tag(painter, x, text, edges, scheme)

    def _free_place(self, x: float, width: float, height: float, edges: QRectF) -> QRectF:
        """Return where a text beside a vertical line covers no other: right of it, left of it, or a row below."""
        tops = [edges.top() + 1 + row * (height + 1) for row in range(max(int(edges.height() / (height + 1)), 1))]
        places = [QRectF(left, top, width, height) for top in tops for left in (x + 4, x - 4 - width)]
        inside = [box for box in places if edges.left() <= box.left() and box.right() <= edges.right()] or places
        box = next((box for box in inside if not any(box.intersects(one) for one in self.tags)), inside[0])
        self.tags.append(box)
        return box

    @staticmethod
    def _draw_dot(painter: QPainter, spot: QPointF, colour: str, scheme: Colours) -> None:
        painter.setPen(QPen(QColor(scheme.surface), 1.5))
        painter.setBrush(QColor(colour))
        painter.drawEllipse(spot, 4.0, 4.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_tag(
        self, painter: QPainter, x: float, text: str, edges: QRectF, scheme: Colours, filled: bool = False
    ) -> None:
        """Write a text beside a vertical line, inside the picture and on no other text."""
        metrics = QFontMetricsF(painter.font())
        width = metrics.horizontalAdvance(text) + 2 * _PADDING_PX
        box = self._free_place(x, width, metrics.height() + _PADDING_PX, edges)
        ground = QColor(scheme.hover if filled else scheme.surface)
        ground.setAlphaF(0.92)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(scheme.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
