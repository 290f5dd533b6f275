"""The drawing of beam and surface: three views of the same experiment, each turned by dragging in it."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, radians, sin

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.directions import frame
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import colours, small_font
from xanesview.gui.panels.geometry.held import Held

SIDE, ABOVE, ALONG = range(3)
TITLES = ("from the side", "from above", "into the beam")
_TIPS = (
    "Drag to change the grazing angle. Shift: steps of 5°",
    "Drag to change the azimuth. Shift: steps of 5°",
    "Drag to turn the field from p towards s. Shift: steps of 5°",
)
_SNAP_DEG = 5.0
_TITLE_PX, _MOST_PX = 18, 116


@dataclass(frozen=True)
class Marks:
    """Directions in the surface that have a name, such as a and b: unit vectors (3,)."""

    named: tuple[tuple[str, tuple[float, float, float]], ...] = ()


class BeamPicture(Held):
    """Side view, view from above and view against the beam of a `PolarisedBeam`.

    Signals
    -------
    turned(object, str)
        The geometry that a drag leads to, and its phase: ``"begin"``, ``"move"``, ``"end"`` or ``"cancel"``.
    """

    turned = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("beam-picture")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Beam, surface and field")
        self.geometry_shown = PolarisedBeam((1.0, 0.0, 0.0))
        self._marks = Marks()
        self._grey = False
        self._from_normal = False
        self._held: tuple[int, PolarisedBeam] | None = None

    def show_beam(self, geometry: PolarisedBeam, marks: Marks, grey: bool, from_normal: bool = False) -> None:
        """Draw another beam; grey where it changes no spectrum, its arc from the surface or from the normal."""
        self.geometry_shown, self._marks, self._grey, self._from_normal = geometry, marks, grey, from_normal
        self.update()

    def sizeHint(self) -> QSize:
        """Three views side by side."""
        return QSize(3 * _MOST_PX + 2 * SPACING, _MOST_PX + _TITLE_PX)

    def minimumSizeHint(self) -> QSize:
        """Still readable."""
        return QSize(3 * 84, _MOST_PX + _TITLE_PX)

    def view_rect(self, view: int) -> QRectF:
        """Return where one of the three views is drawn."""
        side = min(_MOST_PX, (self.width() - 2 * SPACING) / 3.0)
        left = 0.5 * (self.width() - 3 * side - 2 * SPACING) + view * (side + SPACING)
        return QRectF(left, 0.5 * (_MOST_PX - side), side, side)

    def beam_px(self, view: int) -> QPointF:
        """Return the outer end of what a drag of this view takes hold of."""
        rect, shown = self.view_rect(view), self.geometry_shown
        reach = 0.42 * rect.width()
        if view == SIDE:
            turn = radians(shown.grazing_deg)
            return rect.center() + QPointF(-reach * cos(turn), -reach * sin(turn))
        if view == ABOVE:
            turn = radians(shown.azimuth_deg)
            sign = 1.0 if shown.is_normal_incidence else -1.0  # then it is the field that turns
            return rect.center() + sign * QPointF(reach * cos(turn), -reach * sin(turn))
        turn = radians(shown.polarisation_deg)
        return rect.center() + QPointF(reach * sin(turn), -reach * cos(turn))

    # ---- dragging ----

    def _view_at(self, place: QPointF) -> int:
        return next((view for view in (SIDE, ABOVE, ALONG) if self.view_rect(view).contains(place)), -1)

    def _leads_to(self, view: int, place: QPointF, snapping: bool) -> PolarisedBeam:
        """The beam whose picture has its handle at a place, from what was held when the button went down."""
        held = self._held[1]
        way = place - self.view_rect(view).center()
        x, y = way.x(), -way.y()
        if hypot(x, y) < 3.0:  # no angle can be told at the middle
            return self.geometry_shown

        def angle(turn: float) -> float:
            whole = degrees(turn)
            return _SNAP_DEG * round(whole / _SNAP_DEG) if snapping else whole

        if view == SIDE:
            low = -90.0 if held.grazing_deg < 0.0 else 0.0
            return held.with_angles(grazing_deg=min(max(angle(atan2(y, max(-x, 0.0))), low), 90.0))
        if view == ABOVE:
            sign = 1.0 if held.is_normal_incidence else -1.0
            return held.with_angles(azimuth_deg=angle(atan2(sign * y, sign * x)))
        if held.is_normal_incidence:
            return held
        return held.with_angles(polarisation_deg=angle(atan2(x, y)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the view under the pointer."""
        view = self._view_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or view < 0 or not self.isEnabled():
            return
        self._held = (view, self.geometry_shown)
        self.turned.emit(self.geometry_shown, "begin")
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn what is held."""
        if self._held is None:
            view = self._view_at(event.position())
            self.setCursor(Qt.CursorShape.OpenHandCursor if view >= 0 else Qt.CursorShape.ArrowCursor)
            self.setToolTip(plain(_TIPS[view] if view >= 0 else ""))
            return
        snapping = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.turned.emit(self._leads_to(self._held[0], event.position(), snapping), "move")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""
        if self._held is not None and event.button() == Qt.MouseButton.LeftButton:
            self._held = None
            self.unsetCursor()
            self.turned.emit(self.geometry_shown, "end")

    @property
    def is_held(self) -> bool:
        """Whether a view is dragged."""
        return self._held is not None

    def give_up(self) -> None:
        """Put back what is dragged."""
        self._held = None
        self.unsetCursor()
        self.turned.emit(self.geometry_shown, "cancel")

    # ---- drawing ----

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the three views."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font())
        scheme = colours(self)
        field = scheme.faint if self._grey or not self.isEnabled() else scheme.accent
        pens = _Pens(painter, QColor(scheme.muted), QColor(scheme.text), QColor(field))
        for view, draw in enumerate((self._draw_side, self._draw_above, self._draw_along)):
            rect = self.view_rect(view)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(scheme.surface))
            painter.drawRoundedRect(rect, 6, 6)
            painter.save()
            painter.setClipRect(rect)
            draw(pens, rect, QColor(scheme.hover))
            painter.restore()
            painter.setPen(QColor(scheme.muted))
            title = QRectF(rect.left() - SPACING / 2, rect.bottom(), rect.width() + SPACING, _TITLE_PX)
            painter.drawText(title, Qt.AlignmentFlag.AlignCenter, TITLES[view])
        painter.end()

    def _draw_side(self, pens: _Pens, rect: QRectF, ground: QColor) -> None:
        """Beam, normal and field in the plane of incidence; what of the field is across it as a ring."""
        shown, middle, reach = self.geometry_shown, rect.center(), 0.42 * rect.width()
        pens.painter.setBrush(ground)
        pens.painter.setPen(Qt.PenStyle.NoPen)
        pens.painter.drawRect(QRectF(rect.left(), middle.y(), rect.width(), rect.height()))
        pens.line(middle - QPointF(0.5 * rect.width(), 0), middle + QPointF(0.5 * rect.width(), 0))
        pens.line(middle, middle - QPointF(0, reach), dashed=True)
        pens.letter("n", middle - QPointF(-8, 0.86 * reach))
        grazing, turn = radians(shown.grazing_deg), radians(shown.polarisation_deg)
        if self._from_normal:
            pens.arc(middle, 0.45 * reach, 90.0, shown.incidence_deg)
        else:
            pens.arc(middle, 0.45 * reach, 180.0, -shown.grazing_deg)
        pens.beam(self.beam_px(SIDE), middle)
        along = 0.8 * reach * cos(turn) * QPointF(sin(grazing), -cos(grazing))
        pens.field(middle, along)
        if abs(sin(turn)) > 0.1:
            pens.ring(middle, 3.0 + 4.0 * abs(sin(turn)))

    def _draw_above(self, pens: _Pens, rect: QRectF, _ground: QColor) -> None:
        """Beam and field as seen along the normal, and directions of the surface."""
        shown, middle, reach = self.geometry_shown, rect.center(), 0.42 * rect.width()
        e1, e2, n = frame(shown.normal)
        for name, direction in self._marks.named:
            flat = float(np.dot(direction, e1)), float(np.dot(direction, e2))
            length = hypot(*flat)
            if length > 0.3:
                end = QPointF(flat[0], -flat[1]) / length
                pens.line(middle, middle + 0.8 * reach * end)
                pens.letter(name, middle + 0.98 * reach * end)
        flat = QPointF(float(np.dot(shown.direction, e1)), -float(np.dot(shown.direction, e2)))
        if not shown.is_normal_incidence:
            pens.arc(middle, 0.4 * reach, 0.0, shown.azimuth_deg)
            pens.beam(self.beam_px(ABOVE), middle)
        pens.field(middle, 0.8 * reach * flat)
        outwards = abs(float(np.dot(shown.direction, n)))
        if outwards > 0.1:
            pens.ring(middle, 3.0 + 4.0 * outwards)

    def _draw_along(self, pens: _Pens, rect: QRectF, _ground: QColor) -> None:
        """The fields as seen by who looks into the beam: p upwards, s to the right."""
        shown, middle, reach = self.geometry_shown, rect.center(), 0.42 * rect.width()
        both = shown.is_normal_incidence  # then s and p are one, and the field is drawn upwards
        for name, way in (("" if both else "p", QPointF(0, -reach)), ("s, p" if both else "s", QPointF(reach, 0))):
            pens.line(middle - way, middle + way, dashed=way.x() > 0.0)
            # at normal incidence one name, away from the field, which is drawn upwards
            pens.letter(name, middle + 0.86 * way + QPointF(8, 0) * (way.x() == 0.0) - QPointF(0, 8) * (way.x() > 0.0))
        end = self.beam_px(ALONG) - middle
        if 1.0 - shown.degree > 1e-6:
            share = min(1.0, (1.0 - shown.degree) / max(shown.degree, 1e-6))
            pens.field(middle, 0.9 * share * QPointF(end.y(), -end.x()), width=1.4)
        pens.field(middle, 0.95 * end)


@dataclass(frozen=True)
class _Pens:
    """What the views are drawn with."""

    painter: QPainter
    quiet: QColor
    text: QColor
    accent: QColor

    def line(self, start: QPointF, end: QPointF, dashed: bool = False) -> None:
        self.painter.setPen(QPen(self.quiet, 1.0, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine))
        self.painter.drawLine(start, end)

    def letter(self, text: str, place: QPointF) -> None:
        self.painter.setPen(self.quiet)
        self.painter.drawText(QRectF(place.x() - 14, place.y() - 8, 28, 16), Qt.AlignmentFlag.AlignCenter, text)

    def arc(self, middle: QPointF, radius: float, start_deg: float, span_deg: float) -> None:
        self.painter.setPen(QPen(self.quiet, 1.0))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        square = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
        self.painter.drawArc(square, round(16 * start_deg), round(16 * span_deg))

    def beam(self, outer: QPointF, middle: QPointF) -> None:
        """An arrow that ends before the middle, with a grip at its outer end."""
        tip = middle + 0.2 * (outer - middle)
        self.painter.setPen(QPen(self.text, 1.6))
        self.painter.drawLine(outer, tip)
        self._head(tip, tip - outer, self.text, 7.0)
        self.painter.drawEllipse(outer, 3.2, 3.2)

    def field(self, middle: QPointF, way: QPointF, width: float = 2.4) -> None:
        """A two-headed arrow in the colour of the curve."""
        if hypot(way.x(), way.y()) < 4.0:
            return
        self.painter.setPen(QPen(self.accent, width))
        self.painter.drawLine(middle - way, middle + way)
        for sign in (1.0, -1.0):
            self._head(middle + sign * way, sign * way, self.accent, 2.6 * width)

    def ring(self, middle: QPointF, radius: float) -> None:
        """A field that comes out of the drawing."""
        self.painter.setPen(QPen(self.accent, 2.0))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawEllipse(middle, radius, radius)
        self.painter.setBrush(self.accent)
        self.painter.drawEllipse(middle, 1.2, 1.2)

    def _head(self, tip: QPointF, way: QPointF, colour: QColor, size: float) -> None:
        along = way / max(hypot(way.x(), way.y()), 1e-9)
        across = QPointF(-along.y(), along.x())
        back = tip - size * along
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour)
        self.painter.drawPolygon(QPolygonF([tip, back + 0.5 * size * across, back - 0.5 * size * across]))
