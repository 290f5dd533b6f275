"""Small pictures of structures, drawn without OpenGL."""

from __future__ import annotations

import numpy as np
from ase.data import covalent_radii
from ase.data.colors import jmol_colors
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QRadialGradient

from xanesview.domain.structure import Structure, bonds

TILT_DEG = 55.0


def structure_picture(structure: Structure, size: QSize, pixel_ratio: float, bond_colour: str) -> QPixmap:
    """Draw balls and sticks, seen so that the structure's longest directions lie in the picture.

    Parameters
    ----------
    size
        Size in device-independent pixels.
    pixel_ratio
        Device pixels per such pixel.
    """
    pixmap = QPixmap(size * pixel_ratio)
    pixmap.setDevicePixelRatio(pixel_ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    points = _projected(structure)
    radii = 0.45 * covalent_radii[structure.numbers]
    low, high = (points[:, :2] - radii[:, None]).min(axis=0), (points[:, :2] + radii[:, None]).max(axis=0)
    scale = min(size.width() / (high[0] - low[0]), size.height() / (high[1] - low[1]), 22.0)
    centre = np.array([size.width(), size.height()]) / 2
    screen = (points[:, :2] - (low + high) / 2) * [scale, -scale] + centre
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    i, j, shift = bonds(structure)
    inside = ~shift.any(axis=1)
    pen = QPen(QColor(bond_colour), max(1.5, 0.16 * scale))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    items = [(points[[a, b], 2].mean() - 0.01, (a, b)) for a, b in zip(i[inside].tolist(), j[inside].tolist())]
    items += [(points[atom, 2], (atom,)) for atom in range(structure.n_atoms)]
    for _, item in sorted(items, key=lambda entry: entry[0]):
        if len(item) == 2:
            painter.setPen(pen)
            painter.drawLine(QPointF(*screen[item[0]]), QPointF(*screen[item[1]]))
        else:
            _draw_ball(painter, screen[item[0]], radii[item[0]] * scale, int(structure.numbers[item[0]]))
    painter.end()
    return pixmap


def _projected(structure: Structure) -> np.ndarray:
    """Positions (N, 3) in Å turned so that the flattest direction points out of the picture, then tilted a little."""
    centred = structure.positions_angstrom - structure.positions_angstrom.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=len(centred) < 3)
    flat = centred @ axes.T
    angle = np.radians(90.0 - TILT_DEG)
    tilt = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    return flat @ tilt.T


def _draw_ball(painter: QPainter, at: np.ndarray, radius: float, number: int) -> None:
    colour = QColor.fromRgbF(*(float(c) for c in jmol_colors[number]))
    shade = QRadialGradient(QPointF(at[0] - 0.35 * radius, at[1] - 0.4 * radius), 1.5 * radius)
    shade.setColorAt(0.0, colour.lighter(135))
    shade.setColorAt(0.6, colour)
    shade.setColorAt(1.0, colour.darker(150))
    painter.setPen(QPen(colour.darker(170), 0.6))
    painter.setBrush(shade)
    painter.drawEllipse(QRectF(at[0] - radius, at[1] - radius, 2 * radius, 2 * radius))
