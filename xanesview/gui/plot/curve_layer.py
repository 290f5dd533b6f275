"""The layer that draws all curves of a plot in one go, in screen pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from xanesview.gui.plot.curve_style import CurveStyle
from xanesview.gui.plot.layer import PlotLayer
from xanesview.gui.plot.polygon import polygon
from xanesview.gui.plot.ranges import as_line
from xanesview.gui.plot.still_curves import StillCurves
from xanesview.gui.plot.swatch import draw_mark
from xanesview.gui.plot.thin_lines import can_draw, draw_thin_line
from xanesview.gui.plot.thinning import MOST_POINTS, Thinning
from xanesview.shown.curve import Curve

_BAND_ALPHA = 0.20
_PALE = 0.38
_POINT_RADIUS_PX = 2.1


class CurveLayer(PlotLayer):
    """Draws curves with bands and points inside a view box.

    One item for all curves instead of several items each: a drag replaces every number of the plot forty times a
    second, and the book-keeping of many items costs more than the drawing.
    """

    def __init__(self) -> None:
        super().__init__()
        self._curves: list[tuple[Curve, CurveStyle]] = []
        self.pale_roles: frozenset[str] = frozenset()
        self.zero_line: str | None = None
        self._lines: dict[int, Curve] = {}
        self._thinning = Thinning()
        self._still = StillCurves()

    def set_curves(self, curves: Sequence[Curve], styles: Sequence[CurveStyle]) -> None:
        """Replace what is drawn; the deepest first, as given among equals."""
        pairs = [(curve, style) for curve, style in zip(curves, styles, strict=True) if curve.visible]
        self._curves = sorted(pairs, key=lambda pair: pair[1].depth)
        self._lines.clear()
        self.update()

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw all visible curves."""
        transform = painter.transform()
        view = self.boundingRect()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if self.zero_line is not None:
            y = transform.map(QPointF(view.left(), 0.0)).y()
            edges = transform.mapRect(view)
            painter.setPen(QPen(QColor(self.zero_line), 1.0))
            painter.drawLine(QLineF(edges.left(), y, edges.right(), y))
        where = transform.m11(), transform.dx(), transform.m22(), transform.dy(), self.pale_roles
        shown = [pair for pair in self._curves if pair[0].energy_ev.size]
        self._still.paint(painter, shown, where, lambda on, pair: self._draw(on, *pair, transform, view))

    def _draw(self, painter: QPainter, curve: Curve, style: CurveStyle, transform: QTransform, view: QRectF) -> None:
        """Draw one curve in the part of the plane that is in view."""
        colour = QColor(style.colour)
        if curve.role in self.pale_roles:
            colour.setAlphaF(_PALE)
        if id(curve) not in self._lines:
            self._lines[id(curve)] = as_line(curve)
        curve = self._thinning.of(self._lines[id(curve)], view.left(), view.right())
        for part in _finite_runs(curve, view.left(), view.right()):
            x = curve.energy_ev[part] * transform.m11() + transform.dx()
            if curve.band is not None:
                self._draw_band(painter, curve, part, x, transform.m22(), transform.dy(), colour)
            y = curve.drawn[part] * transform.m22() + transform.dy()
            _draw_line(painter, x, y, style, colour)

    @staticmethod
    def _draw_band(
        painter: QPainter, curve: Curve, part: slice, x: np.ndarray, scale: float, offset: float, colour: QColor
    ) -> None:
        y, half = curve.drawn[part], np.nan_to_num(curve.band[part])
        outline_x = np.concatenate([x, x[::-1]])
        outline_y = np.concatenate([y + half, (y - half)[::-1]]) * scale + offset
        fill = QColor(colour)
        fill.setAlphaF(_BAND_ALPHA * colour.alphaF())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        # Smooth edges of a pale fill cannot be seen, and cost more than all lines together.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawPolygon(polygon(outline_x, outline_y))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _draw_line(painter: QPainter, x: np.ndarray, y: np.ndarray, style: CurveStyle, colour: QColor) -> None:
    """Draw one run of points, in pixels."""
    if style.points:
        faint = QColor(colour)
        faint.setAlphaF(0.35 * colour.alphaF())
        painter.setPen(QPen(faint, 1.0))
        painter.drawPolyline(polygon(x, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for left, top in zip(x.tolist(), y.tolist(), strict=True):
            draw_mark(painter, style.marker, QPointF(left, top), _POINT_RADIUS_PX, colour)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        return
    if x.size > MOST_POINTS:
        x, y = _envelope(x, y)
    if not style.dash and can_draw(painter, style.width_px, colour):
        draw_thin_line(painter, x, y, style.width_px, colour)
        return
    pen = QPen(colour, style.width_px)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    if style.dash:
        pen.setDashPattern(list(style.dash))
    painter.setPen(pen)
    painter.drawPolyline(polygon(x, y))


def _envelope(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return fewer points with the same outline: lowest and highest of each of many equal runs."""
    per_run = -(-x.size // (MOST_POINTS // 2))
    runs = x.size // per_run
    rows = y[: runs * per_run].reshape(runs, per_run)
    start = np.arange(runs) * per_run
    chosen = np.sort(np.stack([start + rows.argmin(axis=1), start + rows.argmax(axis=1)], axis=1), axis=1).ravel()
    chosen = np.concatenate([chosen, [x.size - 1]])
    return x[chosen], y[chosen]


def _finite_runs(curve: Curve, low_ev: float, high_ev: float) -> list[slice]:
    """Return the runs of finite points in view, one more point on either side so that lines leave the picture."""
    first = max(int(np.searchsorted(curve.energy_ev, low_ev)) - 1, 0)
    last = min(int(np.searchsorted(curve.energy_ev, high_ev, side="right")) + 1, curve.energy_ev.size)
    if last - first < 1:
        return []
    finite = np.isfinite(curve.intensity[first:last])
    if finite.all():
        return [slice(first, last)]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], finite, [False]]).astype(np.int8)))
    return [slice(first + start, first + stop) for start, stop in zip(edges[::2], edges[1::2], strict=True)]
