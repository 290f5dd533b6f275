"""Curves that stay are painted from a picture while another moves, and the screen shows the same."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtGui import QImage

from tests.gui.plot import carbon_edge as edge
from xanesview.gui.plot.spectrum_plot import SpectrumPlot
from xanesview.shown.curve import Curve

ENERGY = np.linspace(282.0, 310.0, 400)
OVERLAYS = [
    Curve(f"m{k}", ENERGY, 0.2 + 0.004 * k + 0.3 * np.exp(-((ENERGY - 285.0 - 0.1 * k) ** 2)), f"m{k}", "measured")
    for k in range(40)
]


def opened(qtbot) -> SpectrumPlot:
    plot = SpectrumPlot()
    qtbot.addWidget(plot)
    plot.resize(620, 560)
    with qtbot.waitExposed(plot):
        plot.show()
    plot.set_y_bound(edge.bound())
    return plot


def turned(plot: SpectrumPlot, qtbot, overlays: list[Curve], moves: int = 4) -> list[float]:
    """Turn the light a little at a time; returns the thread's own ms from new numbers to painted curves."""
    took = []
    for k in range(moves):
        began = time.thread_time()
        with qtbot.waitSignal(plot.painted, timeout=5000):
            plot.set_curves([*edge.curves((0.0, np.sin(k / 9), np.cos(k / 9)), n_sites=2), *overlays], turned=True)
        took.append(1e3 * (time.thread_time() - began))
    return took


def levels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.array(image.constBits()).reshape(image.height(), -1)[:, : 4 * image.width()].astype(int)


def on_screen(plot: SpectrumPlot) -> np.ndarray:
    return levels(plot.screen().grabWindow(plot.winId()).toImage())


def test_the_screen_shows_what_is_drawn_without_pictures(qtbot) -> None:
    plot = opened(qtbot)
    turned(plot, qtbot, OVERLAYS)
    assert plot._layer._still._pictures, "overlays are painted from a picture"
    qtbot.wait(50)
    seen, drawn = on_screen(plot), levels(plot.grab().toImage())
    assert seen.shape == drawn.shape
    assert np.abs(seen - drawn).max() <= 6, "but for rounding"


def test_a_hidden_overlay_leaves_the_picture(qtbot) -> None:
    plot = opened(qtbot)
    turned(plot, qtbot, OVERLAYS)
    before = on_screen(plot)
    turned(plot, qtbot, OVERLAYS[:-1], moves=3)
    qtbot.wait(50)
    seen, drawn = on_screen(plot), levels(plot.grab().toImage())
    assert np.abs(before - seen).max() > 20
    assert np.abs(seen - drawn).max() <= 6


def test_overlays_cost_a_move_little(qtbot) -> None:
    plot = opened(qtbot)
    alone = np.median(turned(plot, qtbot, [], moves=12)[2:])
    beside = np.median(turned(plot, qtbot, OVERLAYS, moves=12)[3:])
    assert beside < 2.5 * alone + 3.0
