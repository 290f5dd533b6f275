"""What the Tilt panel says of an orientation: what is to be doubted comes with it."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.orientation.orientation_fit import OrientationFit, fit_orientation
from xanesview.domain.orientation.tilt_fit import fit_tilt
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.panels.tilt.panel import orientation_text
from xanesview.gui.panels.tilt.table import what_differs
from xanesview.gui.plot.tilt_plot import TiltPlot

ENERGY = np.arange(280.0, 305.01, 0.2)
ANGLES = (20.0, 55.0, 90.0)


def lines(*of: tuple[float, float, tuple]) -> AbsorptionTensor:
    """Lines (energy, width, intensities along x, y, z)."""
    components = np.zeros((1, 6, len(ENERGY)))
    for centre, width, along in of:
        components[0, :3] += np.array(along)[:, None] * np.exp(-0.5 * ((ENERGY - centre) / width) ** 2)
    return AbsorptionTensor(ENERGY, components, [-1], "u", "C K", 0.8)


FLAT = lines((285.0, 0.4, (0, 0, 1.0)), (293.0, 1.2, (0.5, 0.3, 0.0)))
OTHER = lines((286.6, 0.4, (0, 0, 1.0)), (290.4, 0.4, (0.5, 0.1, 0.1)), (291.9, 0.4, (0.3, 0.3, 0.3)))


def film(shift_ev: float) -> list[Spectrum]:
    """Molecules that lie flat, at three angles."""
    chance, found = np.random.default_rng(1), []
    x, z = FLAT.components[0, :2].mean(axis=0), FLAT.components[0, 2]
    for angle in np.radians(ANGLES):
        curve = np.cos(angle) ** 2 * z + np.sin(angle) ** 2 * x
        found.append(Spectrum(ENERGY + shift_ev, curve + chance.normal(0.0, 0.005, len(ENERGY)), kind="measured"))
    return found


def fitted(molecule: AbsorptionTensor, **how: float) -> OrientationFit:
    return fit_orientation(molecule, film(0.3), ANGLES, degree=1.0, step_ev=291.0, **how)


def test_a_shift_at_the_end_of_what_was_tried_is_told():
    assert "not to be trusted" not in orientation_text(fitted(FLAT)).partition("width")[0]
    near = fitted(FLAT, largest_shift_ev=0.2)
    assert near.shift_ev == pytest.approx(0.2, abs=1e-2)
    assert "prediction shifted +0.20 eV (the most tried: not to be trusted)" in orientation_text(near)


def test_the_tilts_that_two_errors_leave_are_told_apart():
    fit = fitted(FLAT)
    low, high = fit.tilt_range_deg
    assert high > low
    told = re.search(r"\(([\d.]+) to ([\d.]+)° within two errors\)", orientation_text(fit))
    assert float(told[1]) <= low + 1e-6 < high - 1e-6 <= float(told[2])


def test_much_that_is_left_unexplained_comes_first():
    fit = fitted(OTHER)
    assert fit.leaves_much
    assert orientation_text(fit).startswith(f"much unexplained ({100 * fit.share_left:.0f} %), whole prediction: ")


@pytest.mark.parametrize(
    ("names", "brief"),
    [
        (["film_20deg", "film_55deg"], ["20deg", "55deg"]),
        (["film_angles, 20 deg", "film_angles, 25 deg"], ["20", "25"]),
        (["run 1.25 · eV", "run 1.35 · eV"], ["1.25", "1.35"]),
        (["film_20deg · 20°", "film_40deg · 40°"], ["20deg · 20°", "40deg · 40°"]),
        (["film", "film 2"], ["film", "film 2"]),
        (["film", "film"], ["film", "film"]),
        (["film_20deg"], ["film_20deg"]),
    ],
)
def test_names_of_a_series_say_what_differs(names, brief):
    assert what_differs(names) == brief


def test_the_word_above_the_highest_point_is_within_a_low_plot(qtbot):
    plot = TiltPlot()
    qtbot.addWidget(plot)
    plot.resize(220, 96)
    plot.show()
    theta = np.array([20.0, 30.0, 45.0, 55.0, 70.0, 90.0])
    plot.set_fit(fit_tilt(theta, 0.1 + 0.15 * np.cos(np.deg2rad(theta)) ** 2), theta / 90.0, "1")
    for height in (96, 130, 300):
        plot.resize(220, height)
        QApplication.processEvents()
        box = plot._plot.getViewBox()
        above_px = box.mapFromView(QPointF(0.88, float(plot.fit().intensity.max()))).y()
        assert above_px >= QFontMetricsF(plot._words[0].textItem.font()).height()
        assert above_px < box.height(), "the point itself is seen"
