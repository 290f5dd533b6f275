"""Titles of the axes: losses of electrons are called so on both axes, and a long unit is broken, not cut."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss
from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.domain.orientation.angle_series import AngleSeries
from xanesview.domain.spectrum import Spectrum
from xanesview.io.figures.angle_figure import draw_series
from xanesview.io.figures.figure import draw_spectra
from xanesview.io.figures.spec import FigureSpec

ENERGY = np.linspace(0.0, 20.0, 21)


@pytest.mark.parametrize(
    ("axis", "energy"), [("absolute", "Energy loss (eV)"), ("relative", "Energy loss from E₀ (eV)")]
)
def test_electrons_lose_energy_on_both_axes(axis, energy):
    told = ElectronEnergyLoss(direction=(0.0, 0.0, 1.0)).header()
    axes = draw_spectra([Spectrum(ENERGY, ENERGY, axis=axis, provenance=told, label="a")]).axes[0]
    assert axes.get_xlabel() == energy
    assert axes.get_ylabel() == "Loss intensity (arb. u.)"


def test_light_is_absorbed():
    told = LinearPolarisation().header()
    axes = draw_spectra([Spectrum(ENERGY, ENERGY, axis="relative", provenance=told, label="a")]).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Energy from E₀ (eV)", "Absorption (arb. u.)")


@pytest.mark.parametrize("width_mm", [85.0, 110.0])
def test_a_long_unit_stands_beside_the_curves_of_a_series(width_mm):
    geometries = tuple(LinearPolarisation() for _ in range(3))
    spectra = tuple(Spectrum(ENERGY, k + ENERGY, unit="edge steps, 3.214 by weight") for k in range(3))
    series = AngleSeries("θ", "°", np.array([0.0, 45.0, 90.0]), geometries, spectra)
    difference = Spectrum(ENERGY, ENERGY, unit="edge steps, 3.214 by weight")
    figure = draw_series(series, FigureSpec(width_mm=width_mm, height_mm=90.0), dichroism=difference)
    figure.draw_without_rendering()
    curves = figure.axes[0]
    title, box = curves.yaxis.label.get_window_extent(), curves.get_window_extent()
    assert curves.get_ylabel().replace("\n", " ").endswith("3.214 by weight)")
    assert title.y0 >= 0
    assert title.y1 <= figure.bbox.height
    assert title.height <= 1.1 * box.height
