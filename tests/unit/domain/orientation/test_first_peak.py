"""The window in which a tilt is read until the user chooses one: about the film's own π*."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.orientation.first_peak import first_peak_window_ev
from xanesview.domain.spectrum import Spectrum

ENERGY_EV = np.arange(278.0, 320.0, 0.1)


def film(lines, noise=0.0, step=1.0, seed=0) -> list[Spectrum]:
    """Spectra at three angles: lines (place, width, heights at the angles) on an edge step at 290 eV."""
    rng = np.random.default_rng(seed)
    edge = step * (0.5 + np.arctan((ENERGY_EV - 290.0) / 1.0) / np.pi)
    rows = [
        edge + sum(heights[k] * np.exp(-0.5 * ((ENERGY_EV - at) / width) ** 2) for at, width, heights in lines)
        for k in range(3)
    ]
    return [Spectrum(ENERGY_EV, row + noise * rng.normal(size=row.size), unit="arb. u.") for row in rows]


PI, SIGMA = (284.4, 0.35, (0.9, 0.6, 0.3)), (293.0, 2.0, (0.6, 0.9, 1.2))


@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_the_pi_star_is_found_before_a_larger_sigma_star(noise):
    low, high = first_peak_window_ev(film([PI, (285.9, 0.4, (0.3, 0.2, 0.1)), SIGMA], noise))
    assert low < 284.4 < high
    assert high < 286.0
    assert (low + high) / 2.0 == pytest.approx(284.4, abs=0.2)
    assert high - low > 1.0


def test_what_is_weak_is_passed_over_and_one_angle_alone_does_not_decide():
    low, high = first_peak_window_ev(film([(282.0, 0.3, (0.06, 0.0, 0.0)), PI, SIGMA], 0.01))
    assert low < 284.4 < high
    low, high = first_peak_window_ev(film([(284.4, 0.35, (0.9, 0.0, 0.0)), SIGMA]))
    assert low < 284.4 < high


def test_without_a_peak_it_is_the_highest_point_and_lies_within_the_energies():
    low, high = first_peak_window_ev(film([], step=1.0))
    assert ENERGY_EV[0] <= low < high <= ENERGY_EV[-1] + 1e-9


def test_an_edge_of_hard_rays_has_a_window_of_its_width():
    energy = np.arange(7050.0, 7300.0, 0.5)
    white = 1.0 / (1.0 + np.exp(-(energy - 7120.0))) + 0.8 * np.exp(-0.5 * ((energy - 7131.0) / 2.0) ** 2)
    low, high = first_peak_window_ev([Spectrum(energy, white, unit="arb. u.")])
    assert low < 7131.0 < high
    assert high - low < 20.0
