"""Lines one to three pixels wide, drawn as a few of one pixel side by side.

Qt fills the outline of a smooth line wider than a pixel, point by point; one of a pixel it draws directly, in a tenth
of the time. Two or three of these, no further apart than they are wide, look the same, and ten curves under a drag
are drawn in a third of the time.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QWidget

from xanesview.gui.plot.polygon import polygon

WIDEST_PX = 3.0
"""Wider lines, in pixels of the device, want so many of one pixel that Qt's own way is the sooner one."""
_APART_PX = 0.7
"""How wide a smooth line of one pixel is where it is narrowest: along a diagonal."""


def can_draw(painter: QPainter, width_px: float, colour: QColor) -> bool:
    """Tell whether a line can be drawn so: opaque, since lines overlap, narrow, and in pixels, not in a file."""
    device = painter.device()
    if not isinstance(device, QWidget | QImage) or colour.alpha() < 255:
        return False
    return width_px * device.devicePixelRatioF() <= WIDEST_PX


def draw_thin_line(painter: QPainter, x: np.ndarray, y: np.ndarray, width_px: float, colour: QColor) -> None:
    """Draw a line through points x, y, (P,) each, in pixels of the screen; see `can_draw`."""
    painter.setPen(QPen(colour, 0.0))  # one pixel of the device, whatever the screen's scale
    ratio = painter.device().devicePixelRatioF()
    if x.size < 2 or width_px * ratio <= 1.0:
        painter.drawPolyline(polygon(x, y))
        return
    along_x, along_y = _steps(x), _steps(y)
    length = np.sqrt(along_x * along_x + along_y * along_y)
    length[length == 0.0] = 1.0
    normal_x, normal_y = -along_y / length, along_x / length
    own = np.maximum(np.abs(normal_x), np.abs(normal_y))  # the width of one such line across its own direction
    reach = np.maximum(width_px * ratio - own, 0.0) / (2.0 * ratio)
    reach_x, reach_y = reach * normal_x, reach * normal_y
    count = 1 + int(np.ceil((width_px * ratio - _APART_PX) / _APART_PX))
    for k in range(count):
        side = 2.0 * k / (count - 1) - 1.0
        painter.drawPolyline(polygon(x + side * reach_x, y + side * reach_y))


def _steps(values: np.ndarray) -> np.ndarray:
    """Return the differences (P,) of the neighbours of each point; numpy's gradient takes six times as long."""
    steps = np.empty_like(values)
    np.subtract(values[2:], values[:-2], out=steps[1:-1])
    steps[0], steps[-1] = values[1] - values[0], values[-1] - values[-2]
    return steps
