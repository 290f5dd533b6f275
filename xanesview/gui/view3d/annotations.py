"""What is written over the scene: axes triad, angles beside the tip, the sphere of a drag, hints. Painted by Qt.

The OpenGL view shows these as sprites, the flat view and exported pictures paint them directly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from xanesview.drawing3d.arrow import Arrow
from xanesview.drawing3d.camera import OrbitCamera
from xanesview.gui.appearance.palette import RADIUS, SPACING, Colours
from xanesview.gui.view3d.picking import is_on_far_side

_TRIAD_PX = 76.0
_AXES = ("x", "y", "z")


class Annotation(Protocol):
    """Something painted over the scene.

    Attributes
    ----------
    rect : QRectF
        What it covers, in device-independent pixels of the view.
    key : object
        Equal keys look equal, so a sprite need not be painted again; None never equals.
    """

    rect: QRectF
    key: object

    def paint(self, painter: QPainter) -> None:
        """Paint in the view's coordinates."""


class Triad:
    """Small axes x, y, z at the lower left, turned like the scene; grey, since colour belongs to the data."""

    def __init__(self, camera: OrbitCamera, font: QFont, colours: Colours) -> None:
        self.rect = QRectF(SPACING, camera.height - _TRIAD_PX - SPACING, _TRIAD_PX, _TRIAD_PX)
        self._rotation = camera.rotation
        self._font, self._colour = font, colours.muted
        self.key = ("triad", camera.rotation.round(3).tobytes(), self._colour)

    def paint(self, painter: QPainter) -> None:
        """Paint the axes from back to front."""
        centre = self.rect.center()
        arm = 0.5 * _TRIAD_PX - 13
        font = QFont(self._font)
        font.setBold(True)
        painter.setFont(font)
        for axis in np.argsort(self._rotation[2]):
            x, y, depth = self._rotation[:, axis]
            colour = QColor(self._colour)
            colour.setAlphaF(0.5 + 0.5 * (0.5 + 0.5 * depth))
            end = QPointF(centre.x() + arm * x, centre.y() - arm * y)
            painter.setPen(QPen(colour, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(centre, end)
            length = float(np.hypot(x, y))
            beyond = 9.0 if length > 0.25 else 0.0
            away = np.array([x, -y]) / max(length, 1e-6) * beyond
            place = QRectF(end.x() + away[0] - 8, end.y() + away[1] - 8, 16, 16)
            if length <= 0.25:
                place.translate(7, -7)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, _AXES[axis])


def _beside(
    point: tuple[float, float],
    size: tuple[float, float],
    away: tuple[float, float],
    gap: float,
    view: tuple[float, float],
) -> QRectF:
    """Place a rectangle beside a point, inside the view, on the side that a direction of the screen points to.

    Where the view ends there, it moves across that direction, so that it never covers the point nor what leads to it.
    """
    length = float(np.hypot(*away))
    ux, uy = (away[0] / length, away[1] / length) if length > 1e-6 else (0.0, -1.0)
    width, height = size

    def at(dx: float, dy: float) -> QRectF:
        reach = gap + 0.5 * (width * abs(dx) + height * abs(dy))
        x, y = point[0] + dx * reach - 0.5 * width, point[1] + dy * reach - 0.5 * height
        return QRectF(round(x), round(y), width, height)

    room = QRectF(SPACING, SPACING, view[0] - 2 * SPACING, view[1] - 2 * SPACING)
    side = -1.0 if uy > 0.1 else 1.0  # across, preferring upwards
    for direction in ((ux, uy), (side * uy, -side * ux), (-side * uy, side * ux), (0.0, -1.0), (0.0, 1.0)):
        rect = at(*direction)
        if room.contains(rect):
            return rect
    rect = at(ux, uy)
    rect.moveLeft(float(np.clip(rect.left(), SPACING, max(room.right() - width, SPACING))))
    rect.moveTop(float(np.clip(rect.top(), SPACING, max(room.bottom() - height, SPACING))))
    return rect


class Pill:
    """A short text on a rounded ground beside a point, kept inside the view.

    Parameters
    ----------
    text : str
    point : (float, float)
        What it belongs to, in pixels of the view.
    camera : OrbitCamera
        Gives the view's size.
    font, colours
        How it is written.
    away : (float, float)
        On which side of the point it stands, as a direction on the screen.
    gap : float
        Pixels between the point and the text's ground.
    edge : str
        Colour of the edge; the theme's by default.
    """

    def __init__(
        self,
        text: str,
        point: tuple[float, float],
        camera: OrbitCamera,
        font: QFont,
        colours: Colours,
        *,
        away: tuple[float, float],
        gap: float = 16.0,
        edge: str = "",
    ) -> None:
        metrics = QFontMetricsF(font)
        size = (
            float(np.ceil(metrics.horizontalAdvance(text)) + 2 * SPACING + 2),
            float(np.ceil(metrics.height()) + SPACING),
        )
        self.rect = _beside(point, size, away, gap, (camera.width, camera.height))
        self._text, self._font, self._colours = text, font, colours
        self._edge = edge or colours.border
        self.key = ("pill", text, self._edge, colours.dark)

    def paint(self, painter: QPainter) -> None:
        """Paint ground, edge and text."""
        ground = QColor(self._colours.raised)
        ground.setAlphaF(0.92)
        painter.setPen(QPen(QColor(self._edge), 1.0))
        painter.setBrush(ground)
        painter.drawRoundedRect(self.rect.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.setPen(QColor(self._colours.text))
        painter.setFont(self._font)
        painter.drawText(self.rect, Qt.AlignmentFlag.AlignCenter, self._text)


class Letter:
    """One quiet letter beside a point, such as n at the end of the surface normal."""

    def __init__(self, text: str, point: tuple[float, float], font: QFont, colours: Colours) -> None:
        self.rect = QRectF(round(point[0]) - 8, round(point[1]) - 19, 16, 16)
        self._text, self._font, self._colour = text, font, colours.muted
        self.key = ("letter", text, self._colour)

    def paint(self, painter: QPainter) -> None:
        """Paint it."""
        font = QFont(self._font)
        font.setItalic(True)
        painter.setFont(font)
        painter.setPen(QColor(self._colour))
        painter.drawText(self.rect, Qt.AlignmentFlag.AlignCenter, self._text)


class DragSphere:
    """The sphere over which a held tip runs: outline, great circle through tip and pole, θ's arc, snapping marks.

    `direction` (3,) is where the tip is, as a unit vector.
    """

    def __init__(
        self,
        camera: OrbitCamera,
        arrow: Arrow,
        frame: np.ndarray,
        colours: Colours,
        *,
        snap_step_deg: float | None,
        accent: str,
        direction: np.ndarray,
    ) -> None:
        self._camera, self._arrow, self._frame, self._direction = camera, arrow, frame, direction
        self._colours, self._snap_step_deg, self._accent = colours, snap_step_deg, accent
        self._outline = self._outline_px()
        low, high = self._outline.min(axis=0) - 6, self._outline.max(axis=0) + 6
        view = QRectF(0, 0, camera.width, camera.height)
        rect = QRectF(QPointF(*np.floor(low)), QPointF(*np.ceil(high)))
        self.rect = rect.intersected(view)
        self.key = None

    def _project(self, directions: np.ndarray) -> np.ndarray:
        return self._camera.project(self._arrow.origin_angstrom + self._arrow.half_length_angstrom * directions)[0]

    def _outline_px(self) -> np.ndarray:
        """Return the sphere's outline as seen in perspective, (K, 2)."""
        towards_eye = self._camera.position_angstrom - self._arrow.origin_angstrom
        distance = np.linalg.norm(towards_eye)
        towards_eye = towards_eye / distance
        cosine = min(self._arrow.half_length_angstrom / distance, 1.0)
        first = np.cross(towards_eye, self._camera.rotation[1])
        first /= np.linalg.norm(first)
        turn = np.linspace(0, 2 * np.pi, 97)[:, None]
        circle = np.cos(turn) * first + np.sin(turn) * np.cross(towards_eye, first)
        return self._project(cosine * towards_eye + np.sqrt(1 - cosine**2) * circle)

    def paint(self, painter: QPainter) -> None:
        """Paint outline, circles, arc and marks, those on the far side fainter."""
        line = QColor(self._colours.muted)
        line.setAlphaF(0.55)
        painter.setPen(QPen(line, 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([QPointF(*p) for p in self._outline]))
        pole = self._frame[2]
        v = self._direction
        flat = v - (v @ pole) * pole
        towards = flat / np.linalg.norm(flat) if np.linalg.norm(flat) > 1e-6 else self._frame[0]
        theta = float(np.arccos(np.clip(v @ pole, -1, 1)))
        turn = np.linspace(0, 2 * np.pi, 121)
        self._paint_curve(painter, self._meridian(turn, pole, towards), line, 1.0)
        accent = QColor(self._accent)
        accent.setAlphaF(0.85)
        arc = self._meridian(np.linspace(0, theta, max(int(theta / 0.05), 2)), pole, towards)
        self._paint_curve(painter, arc, accent, 1.6)
        if self._snap_step_deg is not None:
            self._paint_marks(painter, pole, towards, theta)

    @staticmethod
    def _meridian(turn: np.ndarray, pole: np.ndarray, towards: np.ndarray) -> np.ndarray:
        return np.cos(turn)[:, None] * pole + np.sin(turn)[:, None] * towards

    def _is_far(self, direction: np.ndarray) -> bool:
        return is_on_far_side(
            self._camera.position_angstrom,
            self._arrow.origin_angstrom,
            self._arrow.half_length_angstrom,
            direction,
        )

    def _paint_curve(self, painter: QPainter, directions: np.ndarray, colour: QColor, width: float) -> None:
        """Paint a curve of the sphere; its far part at a third of the strength."""
        points = self._project(directions)
        near, far = QPainterPath(), QPainterPath()
        for k in range(len(points) - 1):
            path = far if self._is_far(0.5 * (directions[k] + directions[k + 1])) else near
            start = QPointF(*points[k])
            if path.elementCount() == 0 or path.currentPosition() != start:
                path.moveTo(start)
            path.lineTo(QPointF(*points[k + 1]))
        pale = QColor(colour)
        pale.setAlphaF(0.35 * colour.alphaF())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(pale, width))
        painter.drawPath(far)
        painter.setPen(QPen(colour, width))
        painter.drawPath(near)

    def _paint_marks(self, painter: QPainter, pole: np.ndarray, towards: np.ndarray, theta: float) -> None:
        """Paint dots where Shift stops: every step along the meridian, and along the parallel through the tip."""
        steps = np.radians(np.arange(0, 360, self._snap_step_deg))
        aside = np.cross(pole, towards)
        meridian = self._meridian(steps, pole, towards)
        # φ is counted from the frame's first axis, so the parallel's dots start there.
        around = np.cos(steps)[:, None] * self._frame[0] + np.sin(steps)[:, None] * self._frame[1]
        parallel = np.cos(theta) * pole + np.sin(theta) * around
        turn = np.linspace(0, 2 * np.pi, 97)[:, None]
        circle = np.cos(theta) * pole + np.sin(theta) * (np.cos(turn) * towards + np.sin(turn) * aside)
        line = QColor(self._colours.muted)
        line.setAlphaF(0.35)
        self._paint_curve(painter, circle, line, 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        for direction in np.vstack([meridian, parallel]):
            dot = QColor(self._colours.text)
            dot.setAlphaF(0.22 if self._is_far(direction) else 0.75)
            painter.setBrush(dot)
            painter.drawEllipse(QPointF(*self._project(direction)), 2.1, 2.1)


@dataclass(frozen=True)
class Foreground:
    """The annotations of one frame, from back to front."""

    sphere: DragSphere | None
    triad: Triad | None
    normal: Letter | None
    label: Pill | None
    hint: Pill | None
    mode: Pill | None

    def all(self) -> list[Annotation]:
        """Return those that are shown."""
        listed = (self.sphere, self.triad, self.normal, self.label, self.hint, self.mode)
        return [one for one in listed if one is not None]

    def paint(self, painter: QPainter) -> None:
        """Paint all."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for one in self.all():
            painter.save()
            one.paint(painter)
            painter.restore()
