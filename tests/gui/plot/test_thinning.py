"""Curves of many points are drawn with fewer and look the same."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.gui.plot.thinning import MOST_POINTS, Thinning
from xanesview.shown.curve import Curve

RNG = np.random.default_rng(2)
ENERGY = np.linspace(280.0, 320.0, 300_001)
NOISY = np.exp(-((ENERGY - 285.0) ** 2)) + 0.1 * RNG.normal(size=ENERGY.size)
NOISY[150_000] = 9.0
CURVE = Curve("a", ENERGY, NOISY, "a", "measured")


@pytest.mark.parametrize(("low", "high"), [(280.0, 320.0), (284.0, 290.0), (299.0, 301.0)])
def test_the_outline_in_every_pixel_is_the_same(low, high):
    thin = Thinning().of(CURVE, low, high)
    inside = (low <= ENERGY) & (high >= ENERGY)
    drawn = (thin.energy_ev >= low) & (thin.energy_ev <= high)
    assert MOST_POINTS / 4 < drawn.sum() <= 1.1 * MOST_POINTS
    pixels = np.linspace(low, high, 301)
    for values, whole in ((np.maximum, np.max), (np.minimum, np.min)):
        of_all = [whole(part) for part in np.split(NOISY[inside], np.searchsorted(ENERGY[inside], pixels[1:-1]))]
        parts = np.split(thin.intensity[drawn], np.searchsorted(thin.energy_ev[drawn], pixels[1:-1]))
        of_thin = [whole(part) for part in parts]
        # a run may reach over the edge of a pixel: its extreme then stands in the next one
        wide = [values.reduce([of_thin[k] for k in range(max(i - 1, 0), min(i + 2, 300))]) for i in range(300)]
        assert all(values(a, b) == b for a, b in zip(of_all, wide, strict=True))


def test_few_points_and_a_part_in_view_stay_as_they_are():
    small = Curve("b", ENERGY[:500], NOISY[:500], "b", "measured")
    assert Thinning().of(small, 280.0, 320.0) is small
    assert Thinning().of(CURVE, 285.0, 285.5) is CURVE


def test_gaps_and_bands_stay_as_they_are():
    gap = NOISY.copy()
    gap[1000] = np.nan
    one = Curve("c", ENERGY, gap, "c", "measured")
    band = Curve("d", ENERGY, NOISY, "d", "current", band=np.ones_like(NOISY))
    for curve in (one, band):
        assert Thinning().of(curve, 280.0, 320.0) is curve


def test_a_curve_is_thinned_once_and_keeps_its_look():
    thinning = Thinning()
    first = thinning.of(CURVE, 280.0, 320.0)
    moved = Curve("a", ENERGY, NOISY, "a", "measured", offset=2.0)
    again = thinning.of(moved, 280.0, 320.0)
    assert again.intensity is first.intensity
    np.testing.assert_array_equal(again.drawn, first.drawn + 2.0)
