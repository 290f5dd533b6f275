"""A frozen curve keeps its energy resolution, and says so where the current one is drawn with another."""

from __future__ import annotations


def frozen(window):
    return next(curve for curve in window.plot.curves() if curve.role == "frozen")


def test_the_width_of_a_frozen_curve_is_told_once_it_differs(benzene_window, qtbot) -> None:
    window = benzene_window
    window.workspace.curves.freeze()
    qtbot.waitUntil(lambda: any(curve.role == "frozen" for curve in window.plot.curves()), timeout=30_000)
    assert "FWHM" not in frozen(window).label
    assert "FWHM 0.6 eV" in frozen(window).tooltip
    height = frozen(window).intensity.max()
    window.workspace.set_broadening(2.0)
    qtbot.waitUntil(lambda: "FWHM 0.6 eV" in frozen(window).label, timeout=30_000)
    assert frozen(window).intensity.max() == height
    window.workspace.curves.freeze()
    qtbot.waitUntil(lambda: sum(curve.role == "frozen" for curve in window.plot.curves()) == 2, timeout=30_000)
    labels = [curve.label for curve in window.plot.curves() if curve.role == "frozen"]
    assert sum("FWHM" in label for label in labels) == 1
