"""Axes of the plot: which numbers stand at them."""

from __future__ import annotations

import pyqtgraph as pg
import pytest
from PySide6.QtGui import QImage, QPainter

from xanesview.gui.plot.axes import make_plot


@pytest.mark.parametrize("height", [100, 140, 157, 163, 200, 330])
def test_a_number_at_an_end_of_the_intensities_stands_there_however_low_the_plot_is(qtbot, height):
    view = pg.GraphicsView()
    qtbot.addWidget(view)
    plot = make_plot()
    view.setCentralItem(plot)
    left = plot.getAxis("left")
    left.setGrid(60)
    view.resize(400, height)
    plot.getViewBox().setRange(xRange=(280.0, 300.0), yRange=(-0.02, 1.05), padding=0.0)
    with qtbot.waitExposed(view):
        view.show()
    image = QImage(10, 10, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    try:
        texts = [text for _, _, text in left.generateDrawSpecs(painter)[2]]
    finally:
        painter.end()
    assert "0" in {text.rstrip("0").rstrip(".") or "0" for text in texts}
