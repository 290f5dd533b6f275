"""Offsets of a waterfall."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from xanesview.shown.curve import Curve
from xanesview.shown.waterfall import spaced_offsets


def curves(seed: int) -> list[Curve]:
    """Return curves of random numbers on grids that overlap in part, some with gaps."""
    rng = np.random.default_rng(seed)
    result = []
    for number in range(rng.integers(2, 9)):
        energy = np.sort(rng.uniform(280, 300, rng.integers(5, 60)))
        values = rng.normal(size=energy.size)
        values[rng.random(energy.size) < 0.1] = np.nan
        result.append(Curve(f"c{number}", energy, values, "", "frozen"))
    return result


@pytest.mark.parametrize("seed", range(30))
def test_no_curve_crosses_the_next_one_and_steps_are_equal(seed: int) -> None:
    given = curves(seed)
    offsets = spaced_offsets(given)
    steps = -np.diff([offsets[curve.key] for curve in given])
    np.testing.assert_allclose(steps, steps[0])
    assert offsets[given[-1].key] == 0.0
    for upper, lower in pairwise(given):
        there = np.interp(upper.energy_ev, lower.energy_ev, lower.intensity, left=np.nan, right=np.nan)
        apart = upper.intensity + offsets[upper.key] - there - offsets[lower.key]
        assert np.all(apart[np.isfinite(apart)] > 0)


def test_equal_curves_stand_apart_and_nothing_needs_nothing() -> None:
    row = np.arange(4.0)
    assert spaced_offsets([Curve("a", row, row, "", "site"), Curve("b", row, row, "", "site")])["a"] > 0
    assert spaced_offsets([]) == {}
