"""Splines on numpy are those of scipy, and what the window first draws needs no part of scipy."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy.fft import next_fast_len
from scipy.interpolate import CubicSpline

from xanesview.domain.processing import broadening
from xanesview.domain.processing.cubic_spline import refined, slope_matrix

RANDOM = np.random.default_rng(3)


@pytest.mark.parametrize("n", [3, 4, 5, 40, 301])
def test_slopes_are_those_of_a_cubic_spline(n) -> None:
    energy = 280.0 + np.cumsum(RANDOM.uniform(0.1, 1.0, n))
    values = RANDOM.normal(size=n)
    assert np.allclose(slope_matrix(energy) @ values, CubicSpline(energy, values)(energy, 1), rtol=0, atol=1e-9)


@pytest.mark.parametrize("n", [4, 7, 200])
def test_a_finer_grid_has_the_spline_and_the_points_themselves(n) -> None:
    values = RANDOM.normal(size=(3, 2, n))
    fine = refined(values, 5)
    assert np.array_equal(fine[..., ::5], values)
    expected = CubicSpline(np.arange(n), values, axis=-1)(np.linspace(0, n - 1, 5 * (n - 1) + 1))
    assert np.allclose(fine, expected, rtol=0, atol=1e-11)


def test_a_cubic_is_its_own_spline() -> None:
    energy = np.array([0.0, 0.3, 1.0, 1.4, 2.9, 3.0])
    assert np.allclose(slope_matrix(energy) @ (energy**3 - energy), 3 * energy**2 - 1)


def test_lengths_of_transforms_are_fast_ones() -> None:
    assert [broadening._fast_length(n) for n in range(1, 3000)] == [next_fast_len(n, real=True) for n in range(1, 3000)]


def test_broadening_brings_no_scipy() -> None:
    code = """
import sys, numpy as np
from xanesview.domain.processing.broadening import gaussian
from xanesview.domain.processing.smooth_line import smooth_line
energy = np.linspace(280, 320, 201)
gaussian(energy, np.exp(-((energy - 300) ** 2)), 0.5)
smooth_line(energy[::5], np.exp(-((energy[::5] - 300) ** 2)), None)
assert not [name for name in sys.modules if name.split(".")[0] == "scipy"], "scipy"
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
