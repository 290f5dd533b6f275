"""Smooth lines through points of coarse grids: exact at the points, within their neighbours, fine grids as given."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import PchipInterpolator

from xanesview.domain.processing.smooth_line import FINE_EV, is_coarse, smooth_line

IRON = np.linspace(7082.0, 7212.0, 150)  # steps of 0.87 eV


def edge(energy: np.ndarray) -> np.ndarray:
    """An absorption with a sharp edge, a line at it, and nothing before."""
    x = energy - energy[0]
    return np.where(x < 28.0, 0.0, 1.0 + 1.5 * np.exp(-(((x - 31.0) / 1.6) ** 2)) + 0.1 * np.sin(x / 3.0))


@pytest.mark.parametrize("uneven", [False, True])
def test_the_line_goes_through_all_points_and_is_the_monotone_cubic(uneven: bool) -> None:
    rng = np.random.default_rng(3)
    grid = np.cumsum(rng.uniform(0.2, 1.4, 90)) if uneven else IRON
    for values in (edge(grid), rng.normal(size=grid.size), np.exp(-((grid - grid.mean()) ** 2))):
        energy, line, band = smooth_line(grid, values)
        assert band is None
        assert np.all(np.diff(energy) > 0)
        at = np.searchsorted(energy, grid - 1e-9)
        np.testing.assert_allclose(energy[at], grid, rtol=1e-12)
        np.testing.assert_array_equal(line[at], values)
        np.testing.assert_allclose(line, PchipInterpolator(grid, values)(energy), atol=1e-9 * np.ptp(values))


def test_the_line_never_leaves_the_range_of_the_two_points_around_it() -> None:
    values = edge(IRON)
    energy, line, _ = smooth_line(IRON, values)
    left = np.clip(np.searchsorted(IRON, energy, side="right") - 1, 0, IRON.size - 2)
    low, high = np.minimum(values[left], values[left + 1]), np.maximum(values[left], values[left + 1])
    room = 1e-12 * values.max()
    assert np.all(line >= low - room)
    assert np.all(line <= high + room)
    assert line.min() == 0.0
    assert line.max() == values.max()  # the peak is neither cut nor raised


def test_a_straight_line_and_a_multiple_stay_what_they_are() -> None:
    energy, line, _ = smooth_line(IRON, 2.0 * IRON - 7.0)
    np.testing.assert_allclose(line, 2.0 * energy - 7.0, rtol=1e-12)
    _, once, _ = smooth_line(IRON, edge(IRON))
    _, thrice, _ = smooth_line(IRON, 3.0 * edge(IRON))
    np.testing.assert_allclose(thrice, 3.0 * once, atol=1e-12)


def test_steps_are_finer_than_a_screen_shows() -> None:
    energy, _, _ = smooth_line(IRON, edge(IRON))
    assert np.diff(energy).max() <= FINE_EV


@pytest.mark.parametrize(
    "grid",
    [np.arange(280.0, 305.05, 0.1), np.array([280.0, 281.0]), np.array([1.0, 2.0, 2.0, 3.0]), np.empty(0)],
)
def test_fine_grids_and_those_without_order_are_left_alone(grid: np.ndarray) -> None:
    values = np.ones_like(grid)
    energy, line, band = smooth_line(grid, values, values)
    assert (energy is grid, line is values, band is values) == (True, True, True)
    assert not is_coarse(grid)


def test_fine_steps_of_a_coarse_grid_get_no_points() -> None:
    grid = np.concatenate([np.arange(0.0, 2.0, 0.1), np.arange(2.0, 40.0, 0.5)])
    energy, _, _ = smooth_line(grid, np.sin(grid))
    assert np.sum(energy < 1.95) == 20


def test_gaps_stay_gaps_and_end_where_the_points_end() -> None:
    values = edge(IRON)
    values[[40, 41, 100, 149]] = np.nan
    energy, line, _ = smooth_line(IRON, values)
    known = np.isfinite(values)
    at = np.searchsorted(energy, IRON - 1e-9)
    np.testing.assert_array_equal(line[at], values)
    gap = (energy > IRON[39]) & (energy < IRON[42])
    assert np.all(np.isnan(line[gap]))
    assert np.isfinite(line[(energy >= IRON[42] - 1e-9) & (energy <= IRON[99])]).all()
    assert np.nanmax(line) == values[known].max()


def test_a_band_is_drawn_on_the_same_points() -> None:
    energy, line, band = smooth_line(IRON, edge(IRON), 0.1 * edge(IRON))
    assert energy.shape == line.shape == band.shape
    assert band.min() == 0.0
