"""The structure drawn flat with QPainter, where OpenGL is missing: same signals, same mouse, same arrow."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QLinearGradient,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QRadialGradient,
)

from xanesview.domain.geometry.glyph import Ball, Disc, IncomingArrow, MainArrow, SideArrow
from xanesview.drawing3d.arrow import Arrow, frame_along
from xanesview.drawing3d.elements import BOND_RADIUS_ANGSTROM
from xanesview.drawing3d.peanuts import PeanutShapes
from xanesview.drawing3d.shapes import dashes
from xanesview.drawing3d.sphere import icosphere
from xanesview.gui.view3d.interaction import InteractiveView

_SPRITE_PX = 64
_HAZE_STEPS = 8


def _mixed(colour: QColor, other: QColor, share: float) -> QColor:
    """Return a colour with a share of another one."""
    return QColor.fromRgbF(
        *(a + share * (b - a) for a, b in zip(colour.getRgbF()[:3], other.getRgbF()[:3], strict=True))
    )


@lru_cache(maxsize=1024)
def _ball(rgb: tuple[int, int, int], haze: int, haze_rgb: int) -> QPixmap:
    """Return a shaded ball of a colour, faded in steps towards the background."""
    base = _mixed(QColor(*rgb), QColor(haze_rgb), 0.5 * haze / _HAZE_STEPS)
    pixmap = QPixmap(_SPRITE_PX, _SPRITE_PX)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius = 0.5 * _SPRITE_PX - 1
    centre = QPointF(0.5 * _SPRITE_PX, 0.5 * _SPRITE_PX)
    shade = QRadialGradient(centre, radius, centre - QPointF(0.36 * radius, 0.42 * radius))
    shade.setColorAt(0.0, base.lighter(135))
    shade.setColorAt(0.45, base)
    shade.setColorAt(1.0, base.darker(165))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shade)
    painter.drawEllipse(centre, radius, radius)
    painter.end()
    return pixmap


class FlatView(InteractiveView):
    """Balls and sticks from back to front; the arrow over them, paler where atoms are in front of it."""

    def _refresh(self, moving: bool = False) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw one frame."""
        painter = QPainter(self)
        self._paint_scene(painter, ground=True, hover=True)
        self._foreground().paint(painter)
        painter.end()

    def _render_image(self, scale: int, transparent: bool) -> QImage:
        factor = scale * self.devicePixelRatioF()
        image = QImage(
            max(1, round(self.width() * factor)), max(1, round(self.height() * factor)),
            QImage.Format.Format_ARGB32_Premultiplied,
        )  # fmt: skip
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.scale(factor, factor)
        self._paint_scene(painter, ground=not transparent, hover=False)
        painter.end()
        return image

    def _paint_scene(self, painter: QPainter, *, ground: bool, hover: bool) -> None:
        if ground:
            fade = QLinearGradient(0, 0, 0, self.height())
            fade.setColorAt(0, QColor(self._scheme.background_top))
            fade.setColorAt(1, QColor(self._scheme.background_bottom))
            painter.fillRect(self.rect(), fade)
        if self._shapes is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_lines(painter)
        arrow = self.arrow
        split = float(self.camera.to_camera(arrow.origin_angstrom)[2])
        # Behind the origin the far half of the arrow, before it the near half; then all once more as a ghost.
        self._paint_balls_and_sticks(painter, arrow, split, hover)
        self._paint_arrow(painter, arrow, opacity=0.35)
        if hover:
            self._paint_sites(painter)

    def _paint_sites(self, painter: QPainter) -> None:
        """Paint dots where a molecule can stand on the surface, that where it does larger."""
        painter.setPen(Qt.PenStyle.NoPen)
        places, depths = self.camera.project(self._sites)
        for k, (place, depth) in enumerate(zip(places, depths, strict=True)):
            chosen = k == self._site
            painter.setBrush(QColor(self._scheme.control if chosen else self._scheme.muted))
            radius = (0.24 if chosen else 0.13) * self.camera.focal_px / depth
            painter.drawEllipse(QPointF(*place), radius, radius)

    def _paint_lines(self, painter: QPainter) -> None:
        edges = self.camera.project(self._shapes.cell_edges)[0]
        painter.setPen(QPen(QColor(self._scheme.faint), 1.0))
        for start, end in edges:
            painter.drawLine(QPointF(*start), QPointF(*end))
        if self._shapes.normal_line is not None:
            painter.setPen(QPen(QColor(self._scheme.muted), 1.4))
            for start, end in self.camera.project(dashes(*self._shapes.normal_line))[0]:
                painter.drawLine(QPointF(*start), QPointF(*end))

    def _paint_balls_and_sticks(self, painter: QPainter, arrow: Arrow, split: float, hover: bool) -> None:
        """Paint atoms and sticks sorted by depth, with the arrow's two halves where they belong."""
        shapes = self._shapes
        places, depths = self.camera.project(shapes.positions_angstrom)
        start, end, _ = shapes.sticks
        starts, start_depths = self.camera.project(start)
        ends, end_depths = self.camera.project(end)
        stick_depths = np.maximum(0.5 * (start_depths + end_depths), start_depths + 0.02)
        order = np.argsort(-np.concatenate([depths, stick_depths]))
        n_atoms = len(depths)
        near, far = depths.min(), max(depths.max(), depths.min() + 1e-6)
        ground = _mixed(QColor(self._scheme.background_top), QColor(self._scheme.background_bottom), 0.5)
        large = np.clip((shapes.bounding_radius_angstrom - 4.0) / 8.0, 0.25, 1.0)
        all_depths = np.concatenate([depths, stick_depths])
        haze = np.rint(_HAZE_STEPS * large * (all_depths - near) / (far - near)).clip(0, _HAZE_STEPS).astype(int)
        scale = self.camera.focal_px / depths
        arrow_pending = True
        for k in order:
            if arrow_pending and all_depths[k] < split:
                self._paint_arrow(painter, arrow, opacity=1.0)
                arrow_pending = False
            if k < n_atoms:
                self._paint_ball(painter, k, places[k], scale[k], haze[k], ground, hover)
                self._paint_peanut(painter, k)
            else:
                bond = k - n_atoms
                width = 2 * BOND_RADIUS_ANGSTROM * self.camera.focal_px / stick_depths[bond]
                colour = _mixed(QColor(*map(int, shapes.stick_colours[bond])), ground, 0.5 * haze[k] / _HAZE_STEPS)
                painter.setPen(QPen(colour.darker(115), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
                painter.drawLine(QPointF(*starts[bond]), QPointF(*ends[bond]))
        if arrow_pending:
            self._paint_arrow(painter, arrow, opacity=1.0)
        self._paint_confidence(painter)

    def _paint_ball(
        self, painter: QPainter, atom: int, place: np.ndarray, scale: float, haze: int, ground: QColor, hover: bool
    ) -> None:
        radius = float(self._shapes.radii_angstrom[atom] * scale)
        centre = QPointF(*place)
        ball = _ball(tuple(map(int, self._shapes.colours[atom])), int(haze), ground.rgb())
        painter.drawPixmap(
            QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius), ball, QRectF(ball.rect())
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if atom in self._picked:
            painter.setPen(QPen(QColor(self._picked[atom]), max(2.0, 0.12 * scale)))
            painter.drawEllipse(centre, radius + 0.11 * scale, radius + 0.11 * scale)
        elif atom in self._marked:
            painter.setPen(QPen(QColor(self._scheme.faint), max(1.0, 0.06 * scale)))
            painter.drawEllipse(centre, radius + 0.09 * scale, radius + 0.09 * scale)
        if hover and atom == self._chosen:
            painter.setPen(QPen(QColor(self._scheme.control), 2.4))
            painter.drawEllipse(centre, radius + 0.2 * scale, radius + 0.2 * scale)
        if hover and atom == self._hovered_atom:
            painter.setPen(QPen(QColor(self._scheme.text), 1.6))
            painter.drawEllipse(centre, radius + 1.5, radius + 1.5)

    def _paint_confidence(self, painter: QPainter) -> None:
        """Paint the region in which a film's normal may point, on the half of the sphere that faces us."""
        if self._confidence is None:
            return
        shapes, rgba = self._shapes, self._confidence.rgba
        points, triangles = self._confidence.surface(shapes.centre_angstrom, shapes.bounding_radius_angstrom)
        least = rgba[triangles][..., 3].min(axis=1)
        facing = ((points - shapes.centre_angstrom) @ self.camera.rotation[2] > 0.0)[triangles].all(axis=1)
        places = self.camera.project(points)[0]
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # no seams between facets
        for k in np.flatnonzero(facing & (least > rgba[:, 3].min())):
            painter.setBrush(QColor(*map(int, rgba[triangles[k, 0], :3]), int(least[k])))
            painter.drawPolygon(QPolygonF([QPointF(*place) for place in places[triangles[k]]]))
        painter.restore()

    def _paint_peanut(self, painter: QPainter, atom: int) -> None:
        """Paint the anisotropy of a site as flat facets, those that face the viewer, from back to front."""
        if self._peanuts is None or atom not in self._peanuts.sites:
            return
        k = self._peanuts.sites.index(atom)
        own = self._peanuts.components[[k]], (self._peanuts.colours[k],)
        one = replace(self._peanuts, sites=(atom,), components=own[0], colours=own[1], coarse=True)
        shapes, (_, faces) = PeanutShapes.of(one, self._shapes.positions_angstrom), icosphere(one.level)
        places, depths = self.camera.project(shapes.points)
        corners = places[faces]
        one_way, other_way = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        facing = np.flatnonzero(one_way[:, 0] * other_way[:, 1] - one_way[:, 1] * other_way[:, 0] < 0.0)
        light = np.clip(shapes.normals[faces].mean(axis=1) @ self.camera.rotation[2], 0.0, 1.0)
        order = facing[np.argsort(-depths[faces].mean(axis=1)[facing])]
        for facet in order:
            red, green, blue = (0.55 + 0.45 * light[facet]) * shapes.colours[faces[facet, 0]]
            colour = QColor(int(red), int(green), int(blue))
            painter.setPen(QPen(colour, 0.6))
            painter.setBrush(colour)
            painter.drawPolygon(QPolygonF([QPointF(*place) for place in corners[facet]]))

    def _paint_arrow(self, painter: QPainter, arrow: Arrow, opacity: float) -> None:
        colour = QColor(self._arrow_colour())
        painter.save()
        painter.setOpacity(opacity)
        centre = QPointF(*self.camera.project(arrow.origin_angstrom)[0])
        unit = arrow.half_length_angstrom * self.camera.focal_px / self.camera.distance_angstrom
        held = self._gesture.tip if self._gesture is not None and self._gesture.kind == "tip" else -1
        grown = held if held >= 0 else self._hovered_tip
        for shape in arrow.glyph:
            match shape:
                case Ball(radius):
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(colour)
                    painter.drawEllipse(centre, radius * unit, radius * unit)
                case Disc():
                    self._paint_disc(painter, arrow, shape, colour)
                case SideArrow(direction, length):
                    reach = length * arrow.half_length_angstrom * np.array(direction)
                    self._paint_double_head(painter, arrow.origin_angstrom, reach, 0.8 * unit, colour, -1)
                case IncomingArrow(direction):
                    self._paint_beam(painter, arrow, np.array(direction), unit, colour, grown == 2)
                case MainArrow(direction):
                    reach = arrow.half_length_angstrom * np.array(direction)
                    self._paint_double_head(painter, arrow.origin_angstrom, reach, unit, colour, grown)
        painter.restore()

    def _paint_beam(
        self, painter: QPainter, arrow: Arrow, beam: np.ndarray, unit: float, colour: QColor, is_grown: bool
    ) -> None:
        """Paint a thin arrow that points at the middle, with a grip at its outer end."""
        outer, inner = (arrow.origin_angstrom - share * arrow.half_length_angstrom * beam for share in (1.0, 0.34))
        (end, tip), (depth, _) = self.camera.project(np.array([outer, inner]))
        painter.setPen(QPen(colour, max(1.2, 0.016 * unit)))
        painter.drawLine(QPointF(*end), QPointF(*tip))
        along = (tip - end) / max(np.linalg.norm(tip - end), 1e-9)
        across = np.array([-along[1], along[0]])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        back = tip - 0.12 * unit * along
        head = (tip, back + 0.04 * unit * across, back - 0.04 * unit * across)
        painter.drawPolygon(QPolygonF([QPointF(*p) for p in head]))
        grip = 0.042 * unit * self.camera.distance_angstrom / depth * (1.45 if is_grown else 1.0)
        painter.drawEllipse(QPointF(*end), grip, grip)

    def _paint_disc(self, painter: QPainter, arrow: Arrow, disc: Disc, colour: QColor) -> None:
        frame = frame_along(disc.normal)
        turn = np.linspace(0, 2 * np.pi, 73)[:, None]
        radius = disc.radius * arrow.half_length_angstrom
        rim = radius * (np.cos(turn) * frame[:, 0] + np.sin(turn) * frame[:, 1])
        fill = QColor(colour)
        fill.setAlphaF(0.4)
        painter.setPen(QPen(colour, 1.0))
        painter.setBrush(fill)
        painter.drawPolygon(QPolygonF([QPointF(*p) for p in self.camera.project(arrow.origin_angstrom + rim)[0]]))

    def _paint_double_head(
        self, painter: QPainter, origin: np.ndarray, reach: np.ndarray, unit_px: float, colour: QColor, grown: int
    ) -> None:
        """Paint a shaft from -reach to +reach and a head at either end, the nearer one larger by perspective."""
        tips, depths = self.camera.project(origin + np.array([reach, -reach]))
        painter.setPen(QPen(colour, max(2.0, 0.033 * unit_px), Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(*tips[0]), QPointF(*tips[1]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        line_of_sight = self.camera.rotation[2]
        foreshortening = np.linalg.norm(np.cross(reach, line_of_sight)) / max(np.linalg.norm(reach), 1e-9)
        along = tips[0] - tips[1]
        along = along / max(np.linalg.norm(along), 1e-9)
        across = np.array([-along[1], along[0]])
        for k, sign in enumerate((1.0, -1.0)):
            size = unit_px * self.camera.distance_angstrom / depths[k] * (1.45 if k == grown else 1.0)
            half, wide = 0.095 * size * foreshortening, 0.062 * size
            head = (tips[k] + sign * half * along, tips[k] - sign * half * along + wide * across,
                    tips[k] - sign * half * along - wide * across)  # fmt: skip
            # Seen end-on a head is a circle, seen from the side a triangle.
            painter.drawEllipse(QPointF(*(tips[k] - sign * half * along)), wide * (1 - foreshortening), wide)
            painter.drawPolygon(QPolygonF([QPointF(*p) for p in head]))
