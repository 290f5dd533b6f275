"""The axis of intensities at rest: as high as what is seen, after a gesture and never during one."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider

from tests.gui.acting import current, shown
from xanesview.domain.geometry.polarisation import Powder
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.plot import axis_fitting


def top(window) -> float:
    return window.plot.view_range()[1][1]


def rest(window, qtbot) -> None:
    qtbot.waitUntil(lambda: not window.plot._fitting._settle.isActive(), timeout=30_000)


def test_powder_gets_an_axis_of_its_own(benzene_window, qtbot) -> None:
    """Powder is a third of π* along the normal."""
    window = benzene_window
    rest(window, qtbot)
    tall = top(window)
    assert tall == pytest.approx(1.05 * current(window).max(), rel=0.1)
    window.workspace.set_geometry(Powder())
    rest(window, qtbot)
    assert top(window) < 0.75 * tall
    assert top(window) >= max(current(window).max(), 0.4)
    window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: top(window) > 0.98 * tall, timeout=30_000)


def test_the_axis_stands_still_while_the_slider_is_dragged(benzene_window, qtbot, monkeypatch) -> None:
    window = benzene_window
    monkeypatch.setattr(axis_fitting, "_MUCH_LESS", 0.9)  # σ* of this network is 0.8 of π*
    rest(window, qtbot)
    slider = window.geometry_panel.findChildren(QSlider)[0]
    middle, tops = slider.height() // 2, []
    tall = top(window)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(8, middle))
    for k in range(1, 9):
        QTest.mouseMove(slider, QPoint(8 + k * (slider.width() - 16) // 16, middle))
        tops.append(top(window))
    qtbot.wait(2 * axis_fitting.SETTLE_MS)
    tops.append(top(window))
    assert np.ptp(tops) == 0.0
    assert tops[0] == pytest.approx(tall, rel=0.02)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, middle))
    assert current(window).max() < 0.8 * tall, "π* has died"
    qtbot.waitUntil(lambda: top(window) < 0.9 * tall, timeout=30_000)
    assert top(window) > current(window).max()


def test_reset_shows_what_is_seen(benzene_window, qtbot) -> None:
    window = benzene_window
    window.directions.x()
    rest(window, qtbot)
    low = top(window)
    assert low < 1.4 * max(current(window).max(), 0.35)
    window.plot._plot.getViewBox().setYRange(0.0, 5.0, padding=0)
    window.plot._note_zoom()
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: top(window) < 4.0)
    assert top(window) == pytest.approx(low, rel=0.02)


def test_frozen_curves_and_no_site_leave_the_axis_at_the_edge(benzene_window, qtbot) -> None:
    """A curve measured at another edge stays aside."""
    window = benzene_window
    QTest.keyClick(window, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: bool(shown(window, "frozen")))
    iron = Spectrum(7100.0 + np.arange(200.0), np.arange(200.0), label="iron", kind="measured")
    window.workspace.add_reference(ReferenceCurve(spectrum=iron, label="iron"))
    QTest.keyClick(window, Qt.Key.Key_Escape, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: not shown(window, "current") and bool(shown(window, "frozen")))
    low, high = window.plot.view_range()[0]
    assert 275.0 < low < 285.0
    assert high == pytest.approx(320.0)
    assert top(window) < 20.0, "nor does its height press the others down"
