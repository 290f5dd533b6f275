"""Lines drawn as a few of one pixel look as Qt's own do."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPdfWriter, QPen

from xanesview.gui.plot.polygon import polygon
from xanesview.gui.plot.thin_lines import can_draw, draw_thin_line

COLOUR = QColor(20, 80, 160)
X = np.linspace(0.0, 400.0, 251)
Y = 200.0 - 150.0 * np.exp(-(((X - 120.0) / 9.0) ** 2)) - 60.0 * np.exp(-(((X - 240.0) / 30.0) ** 2)) + X / 20.0


def drawn(width_px: float, ratio: float, as_qt: bool) -> np.ndarray:
    """Return how dark (height, width) a picture of the line is, 0 to 1."""
    picture = QImage(QSize(400, 260) * ratio, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(ratio)
    picture.fill(QColor("white"))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    assert can_draw(painter, width_px, COLOUR)
    if as_qt:
        painter.setPen(QPen(COLOUR, width_px))
        painter.drawPolyline(polygon(X, Y))
    else:
        draw_thin_line(painter, X, Y, width_px, COLOUR)
    painter.end()
    red = np.array(picture.constBits()).reshape(picture.height(), picture.width(), 4)[..., 2]
    return (255.0 - red) / (255.0 - COLOUR.red())


SIZES = [(1.2, 1.0), (1.4, 1.0), (2.0, 1.0), (2.6, 1.0), (1.2, 2.0), (1.4, 2.0)]


@pytest.mark.parametrize(("width_px", "ratio"), SIZES)
def test_as_wide_and_as_dark_as_qt_draws_it(qapp, width_px: float, ratio: float) -> None:
    ours, theirs = (drawn(width_px, ratio, as_qt) for as_qt in (False, True))
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.12), "as much ink"
    # in every column, of flanks and of flat parts
    assert np.abs(ours.sum(axis=0) - theirs.sum(axis=0)).max() < 0.2 * theirs.sum(axis=0).max()
    assert ours[theirs == 0.0].max() < 0.6, "nothing a pixel beside it"
    assert ours[theirs > 0.99].min() > 0.5, "no hole in it"


def test_what_is_pale_wide_or_goes_into_a_file_is_drawn_as_qt_does(qapp, tmp_path) -> None:
    picture = QImage(40, 40, QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    assert not can_draw(painter, 1.4, QColor(20, 80, 160, 90))
    assert not can_draw(painter, 4.0, COLOUR)
    painter.end()
    writer = QPdfWriter(str(tmp_path / "line.pdf"))
    painter = QPainter(writer)
    assert not can_draw(painter, 1.4, COLOUR)
    painter.end()
