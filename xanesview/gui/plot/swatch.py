"""Short pieces of curves, as they look in the plot, for keys and lists; and the marks of points."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from xanesview.gui.plot.curve_style import CurveStyle

SWATCH_PX = 16.0
_LEAST_WIDTH_PX = 1.4


def draw_swatch(
    painter: QPainter, middle: float, style: CurveStyle, shade: QColor, left: float = 0.0, width: float = SWATCH_PX
) -> None:
    """Draw a short piece of a curve at a height, from `left` on."""
    if style.points:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shade)
        for x in (left + 4.0, left + width - 3.0):
            draw_mark(painter, style.marker, QPointF(x, middle), 2.4, shade)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        return
    pen = QPen(shade, max(style.width_px, _LEAST_WIDTH_PX))
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if style.dash:
        pen.setDashPattern([part * 0.7 for part in style.dash])
    painter.setPen(pen)
    painter.drawLine(QLineF(left + 1.0, middle, left + width, middle))


def draw_mark(painter: QPainter, marker: str, at: QPointF, radius: float, shade: QColor) -> None:
    """Draw one point of a curve; the painter's brush has its colour, and no pen is set."""
    x, y, r = at.x(), at.y(), radius
    if marker == "square":
        painter.drawRect(QRectF(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r))
    elif marker == "diamond":
        r *= 1.3
        painter.drawPolygon(QPolygonF([QPointF(x, y - r), QPointF(x + r, y), QPointF(x, y + r), QPointF(x - r, y)]))
    elif marker == "triangle":
        r *= 1.25
        painter.drawPolygon(QPolygonF([QPointF(x, y - r), QPointF(x + r, y + 0.8 * r), QPointF(x - r, y + 0.8 * r)]))
    elif marker in ("cross", "plus"):
        r *= 1.1
        painter.setPen(QPen(shade, 1.2))
        if marker == "plus":
            painter.drawLines([QLineF(x - r, y, x + r, y), QLineF(x, y - r, x, y + r)])
        else:
            painter.drawLines([QLineF(x - r, y - r, x + r, y + r), QLineF(x - r, y + r, x + r, y - r)])
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        painter.drawEllipse(at, r, r)


def swatch_picture(style: CurveStyle, shade: str, size: QSize, ratio: float = 1.0) -> QPixmap:
    """Return a short piece of a curve as a picture on nothing."""
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    draw_swatch(painter, size.height() / 2, style, QColor(shade), 0.0, float(size.width() - 1))
    painter.end()
    return picture
