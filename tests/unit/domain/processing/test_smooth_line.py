"""Smooth lines through points of coarse grids: exact at the points, within their neighbours, fine grids as given."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from xanesview.domain.processing.smooth_line import is_coarse, smooth_line

IRON = np.linspace(7082.0, 7212.0, 150)  # steps of 0.87 eV


def edge(energy: np.ndarray) -> np.ndarray:
    """An absorption with a sharp edge, a line at it, and nothing before."""
    x = energy - energy[0]
    return np.where(x < 28.0, 0.0, 1.0 + 1.5 * np.exp(-(((x - 31.0) / 1.6) ** 2)) + 0.1 * np.sin(x / 3.0))


@pytest.mark.parametrize("uneven", [False, True])
def test_the_line_goes_through_all_points(uneven: bool) -> None:
    rng = np.random.default_rng(3)
    grid = np.cumsum(rng.uniform(0.2, 1.4, 90)) if uneven else IRON
    for values in (edge(grid), rng.normal(size=grid.size), np.exp(-((grid - grid.mean()) ** 2))):
        energy, line, band = smooth_line(grid, values)
        assert band is None
        assert np.all(np.diff(energy) > 0)
        at = np.searchsorted(energy, grid - 1e-9)
        np.testing.assert_allclose(energy[at], grid, rtol=1e-12)
        np.testing.assert_array_equal(line[at], values)


@pytest.mark.parametrize("seed", range(4))
def test_the_line_keeps_the_range_of_the_two_points_around_it_and_is_above_it_beside_a_maximum_alone(seed) -> None:
    rough = np.random.default_rng(seed).normal(size=IRON.size)
    for values in (edge(IRON), rough, np.cumsum(rough)):
        energy, line, _ = smooth_line(IRON, values)
        left = np.clip(np.searchsorted(IRON, energy, side="right") - 1, 0, IRON.size - 2)
        low, high = np.minimum(values[left], values[left + 1]), np.maximum(values[left], values[left + 1])
        room = 1e-12 * np.abs(values).max()
        assert np.all(line >= low - room)
        top = np.zeros(IRON.size, dtype=bool)
        top[1:-1] = (values[1:-1] > values[:-2]) & (values[1:-1] > values[2:])
        beside = top[left] | top[left + 1]
        assert np.all(line[~beside] <= high[~beside] + room)
    assert smooth_line(IRON, edge(IRON))[1].min() == 0.0


def test_a_step_is_drawn_without_swinging() -> None:
    _, line, _ = smooth_line(IRON, np.where(IRON < 7120.0, 0.0, 1.0))
    assert (line.min(), line.max()) == pytest.approx((0.0, 1.0), abs=1e-12)
    assert np.all(np.diff(line) >= -1e-12)


def test_where_nothing_has_to_be_limited_the_line_is_the_cubic_spline() -> None:
    values = np.exp((IRON - IRON[0]) / 60.0)
    energy, line, _ = smooth_line(IRON, values)
    np.testing.assert_allclose(line, CubicSpline(IRON, values)(energy), rtol=1e-12)


@pytest.mark.parametrize("shift", [0.0, 0.2, 0.45])
def test_a_peak_between_two_points_is_not_cut(shift: float) -> None:
    centre = IRON[60] + shift

    def peak(at: np.ndarray) -> np.ndarray:
        return np.exp(-(((at - centre) / 1.3) ** 2))

    energy, line, _ = smooth_line(IRON, peak(IRON))
    assert np.abs(line - peak(energy)).max() < 0.02
    assert line.max() == pytest.approx(1.0, abs=0.02)
    straight = np.interp(energy, IRON, peak(IRON))
    assert np.abs(line - peak(energy)).max() < 0.3 * np.abs(straight - peak(energy)).max()


def test_a_straight_line_and_a_multiple_stay_what_they_are() -> None:
    energy, line, _ = smooth_line(IRON, 2.0 * IRON - 7.0)
    np.testing.assert_allclose(line, 2.0 * energy - 7.0, rtol=1e-12)
    _, once, _ = smooth_line(IRON, edge(IRON))
    _, thrice, _ = smooth_line(IRON, 3.0 * edge(IRON))
    np.testing.assert_allclose(thrice, 3.0 * once, atol=1e-12)


def test_steps_are_finer_than_a_screen_shows() -> None:
    energy, _, _ = smooth_line(IRON, edge(IRON))
    assert np.diff(energy).max() < 0.2


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
    at = np.searchsorted(energy, IRON - 1e-9)
    np.testing.assert_allclose(line[at], values, rtol=1e-14)
    gap = (energy > IRON[39]) & (energy < IRON[42])
    assert np.all(np.isnan(line[gap]))
    assert np.isfinite(line[(energy >= IRON[42] - 1e-9) & (energy <= IRON[99])]).all()
    assert np.isnan(smooth_line(IRON, np.full(IRON.size, np.nan))[1]).all()


def test_a_band_is_drawn_on_the_same_points() -> None:
    energy, line, band = smooth_line(IRON, edge(IRON), 0.1 * edge(IRON))
    assert energy.shape == line.shape == band.shape
    assert band.min() == 0.0
