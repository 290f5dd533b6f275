"""Widths that depend on energy: constant ones are as before, area is kept, and lines are drawn as broad as asked."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.processing.applied import apply
from xanesview.domain.processing.broadening import gaussian, lorentzian, stick_spectrum
from xanesview.domain.processing.core_widths import core_width_ev
from xanesview.domain.processing.steps.arctangent_broadening import ArctangentBroadening
from xanesview.domain.processing.steps.gaussian_broadening import GaussianBroadening
from xanesview.domain.processing.steps.lorentzian_broadening import LorentzianBroadening
from xanesview.domain.processing.variable_broadening import arctangent_fwhm_ev, broadened, growing_fwhm_ev
from xanesview.errors import XanesviewError

ENERGY = np.linspace(270.0, 330.0, 1201)
LINE = np.exp(-0.5 * ((ENERGY - 300.0) / 0.2) ** 2)
CONVOLVED = {"gaussian": gaussian, "lorentzian": lorentzian}


@pytest.mark.parametrize("shape", CONVOLVED)
def test_a_constant_width_is_a_convolution(shape):
    np.testing.assert_array_equal(
        broadened(ENERGY, LINE, np.full(len(ENERGY), 1.3), shape), CONVOLVED[shape](ENERGY, LINE, 1.3)
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("shape", CONVOLVED)
def test_every_line_gets_the_width_of_its_energy(shape, seed):
    rng = np.random.default_rng(seed)
    at = np.sort(rng.choice(np.arange(200, 1000), 5, replace=False))
    strength = rng.uniform(0.5, 2.0, 5)
    sticks = np.zeros(len(ENERGY))
    sticks[at] = strength / (ENERGY[1] - ENERGY[0])
    fwhm = growing_fwhm_ev(ENERGY, 1.0, 0.1, 285.0)
    found = broadened(ENERGY, sticks, fwhm, shape)
    lines = stick_spectrum(ENERGY, ENERGY[at], strength, fwhm[at], shape)
    np.testing.assert_allclose(found, lines, atol=0.01 * lines.max())


@pytest.mark.parametrize("even", [True, False])
def test_the_area_of_gaussians_is_kept(even):
    energy = ENERGY if even else np.sort(np.random.default_rng(1).uniform(270.0, 330.0, 1500))
    line = np.exp(-0.5 * ((energy - 300.0) / 0.4) ** 2)
    found = broadened(energy, line, growing_fwhm_ev(energy, 0.3, 0.1, 285.0), "gaussian")
    assert np.trapezoid(found, energy) == pytest.approx(np.trapezoid(line, energy), rel=1e-3)


def test_a_width_of_none_changes_nothing_below_where_it_grows():
    found = broadened(ENERGY, LINE + (ENERGY < 280.0), growing_fwhm_ev(ENERGY, 0.0, 0.1, 295.0), "gaussian")
    np.testing.assert_allclose(found[ENERGY < 290.0], (ENERGY < 280.0)[ENERGY < 290.0], atol=2e-3)


def test_the_arctangent_is_the_core_holes_below_the_edge_and_its_half_at_the_centre():
    width = arctangent_fwhm_ev(np.array([280.0, 285.0, 315.0, 1e5]), 285.0, 0.2, 8.0, 30.0, 30.0)
    assert width[0] == width[1] == 0.2
    assert width[2] == pytest.approx(0.2 + 4.0)
    assert width[3] == pytest.approx(8.2, abs=0.02)
    rising = arctangent_fwhm_ev(ENERGY, 285.0, 0.2, 8.0, 30.0, 30.0)
    assert (np.diff(rising) >= 0.0).all()


def test_core_levels_have_their_widths():
    assert core_width_ev("Fe", "K") == 1.25
    assert core_width_ev("pt", "l3") == 5.31
    assert core_width_ev("U", "K") == 96.1
    by_name = apply((LorentzianBroadening(core_level="Fe K"),), ENERGY, LINE)[1]
    np.testing.assert_array_equal(by_name, lorentzian(ENERGY, LINE, 1.25))
    for element, edge in (("H", "K"), ("Fe", "M5"), ("Li", "L3")):
        with pytest.raises(XanesviewError, match="not known"):
            core_width_ev(element, edge)


def test_growth_counts_from_e0():
    steps = (GaussianBroadening(0.4, growth_ev_per_ev=0.1),)
    edge = np.arctan(ENERGY - 290.0) + 2.0
    found, facts = apply(steps, ENERGY, edge)[1:]
    again = apply((steps[0].replace(from_ev=facts["e0_ev"]),), ENERGY, edge)[1]
    np.testing.assert_array_equal(found, again)
    assert facts["e0_ev"] == pytest.approx(290.0, abs=0.05)


def test_final_states_widen_above_the_fermi_level_only():
    lines = np.exp(-0.5 * ((ENERGY - 287.0) / 0.2) ** 2) + np.exp(-0.5 * ((ENERGY - 320.0) / 0.2) ** 2)
    step = ArctangentBroadening(0.2, 8.0, centre_ev=15.0, wide_ev=15.0, fermi_ev=286.0)
    found = apply((step,), ENERGY, lines)[1]
    below, above = found[ENERGY < 300.0].max(), found[ENERGY > 300.0].max()
    assert below > 5.0 * above
    assert below == pytest.approx(lorentzian(ENERGY, lines, 0.2).max(), rel=0.05)
