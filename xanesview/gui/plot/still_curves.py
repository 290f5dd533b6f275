"""Curves that stay while others move are drawn once: two hundred overlays and a long measured spectrum under a drag."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import groupby

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from xanesview.gui.plot.curve_style import CurveStyle
from xanesview.shown.curve import Curve

_LEAST_POINTS = 1500  # fewer are drawn sooner than their picture
_DASHED_OR_BAND = 6  # so many points of a plain line take as long as one with dashes or a band
_MOST_KEPT = 6

Drawn = tuple[Curve, CurveStyle]


class StillCurves:
    """Paints curves, those of one depth that are as they were at the last painting from a picture of them.

    Depths have pictures of their own, so that a curve that begins to move leaves those of the others as they are.
    """

    def __init__(self) -> None:
        self._frame: Hashable = None
        self._before: dict[Hashable, Drawn] = {}  # holds the curves, so that no other array takes their place
        self._pictures: dict[tuple[Hashable, ...], QImage] = {}

    def paint(
        self, painter: QPainter, curves: Sequence[Drawn], where: Hashable, draw: Callable[[QPainter, Drawn], None]
    ) -> None:
        """Paint curves, the deepest first.

        Parameters
        ----------
        where : what else decides how they look: the place of the axes, what is pale
        draw : paints one curve
        """
        device = painter.device()
        if not isinstance(device, QWidget):  # a file or a copy is drawn as it is
            for one in curves:
                draw(painter, one)
            return
        frame = where, device.width(), device.height(), device.devicePixelRatioF()
        before = self._before if frame == self._frame else {}
        named = [(_name(*one), one) for one in curves]
        used = {}
        for (_, still), run in groupby(named, lambda pair: (pair[1][1].depth, pair[0] in before)):
            names, members = zip(*run, strict=True)
            if not still or sum(_points(*one) for one in members) < _LEAST_POINTS:
                for one in members:
                    draw(painter, one)
                continue
            picture = self._pictures.get(names) if before else None
            if picture is None:
                picture = _pictured(device, members, draw)
            if len(used) < _MOST_KEPT:
                used[names] = picture
            painter.drawImage(QPointF(0.0, 0.0), picture)
        self._frame, self._before, self._pictures = frame, dict(named), used


def _name(curve: Curve, style: CurveStyle) -> Hashable:
    """Return what decides how a curve is drawn; arrays that are kept keep their identity."""
    return id(curve.energy_ev), id(curve.intensity), id(curve.band), curve.offset, curve.role, style


def _points(curve: Curve, style: CurveStyle) -> int:
    """Return how many points of a plain line take as long to draw."""
    return curve.energy_ev.size * (_DASHED_OR_BAND if style.dash or curve.band is not None else 1)


def _pictured(device: QWidget, curves: Sequence[Drawn], draw: Callable[[QPainter, Drawn], None]) -> QImage:
    ratio = device.devicePixelRatioF()
    size = device.size() * ratio
    picture = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for one in curves:
        draw(painter, one)
    painter.end()
    return picture
