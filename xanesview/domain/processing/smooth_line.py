"""How a spectrum on a coarse grid is drawn: as a smooth line through its points instead of a broken one.

The line is the monotone cubic of Fritsch and Carlson (SIAM J. Numer. Anal. 17 (1980) 238) with the slopes of Fritsch
and Butland, known as PCHIP. Between two points it never leaves their range: no peak is drawn higher than it was
computed, none is cut, and an absorption that is nowhere negative isn't drawn below zero. A cubic spline, linear in the
data and thus one matrix, would swing below zero in front of an edge. What does not depend on the data is computed once
for a grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

#: Steps up to this width are drawn as they are: a screen shows no corners there.
FINE_EV = 0.15
WORDS = f"curves on steps above {FINE_EV:g} eV are drawn through their points by monotone cubic interpolation (PCHIP)"
_STEP_EV = 0.1
_MOST_PARTS = 8  # of one step
_MOST_POINTS = 2000  # a longer grid is no coarse one on any screen


@dataclass(frozen=True, eq=False)
class _Grid:
    """What is the same for all data on a grid (E,): the finer grid (F,), and the Hermite cubic's weights on it.

    ``left`` and ``right`` (F,) are the points around each; ``value`` (2, F) weighs the values there, ``slope`` (2, F)
    the slopes times the step. ``inner`` (2, E-2) weighs inverse slopes of neighbouring steps.
    """

    energy_ev: np.ndarray
    step: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    slope: np.ndarray
    inner: np.ndarray


def is_coarse(energy_ev: np.ndarray) -> bool:
    """Whether a spectrum on this grid, eV, is drawn as a smooth line."""
    return _grid_of(energy_ev) is not None


def smooth_line(
    energy_ev: np.ndarray, intensity: np.ndarray, band: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return what is drawn of a spectrum: the smooth line on a finer grid, or the arrays as they are on a fine one.

    Parameters
    ----------
    energy_ev : (E,) array
        eV, ascending.
    intensity : (E,) array
        NaN breaks the line.
    band : (E,) array, optional
        Half width of the band.

    Returns
    -------
    energy_ev, intensity, band : (F,) arrays, the last one None without a band
        The points themselves are among them, exactly.
    """
    grid = _grid_of(energy_ev)
    if grid is None:
        return energy_ev, intensity, band
    drawn_band = None if band is None else _through(grid, np.asarray(band, float))
    return grid.energy_ev, _through(grid, np.asarray(intensity, float)), drawn_band


def _grid_of(energy_ev: np.ndarray) -> _Grid | None:
    if not 3 <= len(energy_ev) <= _MOST_POINTS:
        return None
    return _made_grid(np.asarray(energy_ev, dtype=np.float64).tobytes())


@lru_cache(maxsize=64)
def _made_grid(memory: bytes) -> _Grid | None:
    energy = np.frombuffer(memory)
    step = np.diff(energy)
    if not (np.isfinite(energy).all() and step.min() > 0) or np.median(step) <= FINE_EV:
        return None
    parts = np.where(step <= FINE_EV, 1, np.clip(np.ceil(step / _STEP_EV), 1, _MOST_PARTS)).astype(int)
    left = np.append(np.repeat(np.arange(len(step)), parts), len(step) - 1)
    first = np.repeat(np.cumsum(parts) - parts, parts)
    t = np.append((np.arange(parts.sum()) - first) / np.repeat(parts, parts), 1.0)
    value = np.stack([(1 + 2 * t) * (1 - t) ** 2, t**2 * (3 - 2 * t)])
    slope = np.stack([t * (1 - t) ** 2, t**2 * (t - 1)]) * step[left]
    before, after = step[:-1], step[1:]
    inner = np.stack([2 * after + before, after + 2 * before]) / (3 * (before + after))
    points = energy[left] + t * step[left]
    points[-1] = energy[-1]
    return _Grid(points, step, left, left + 1, value, slope, inner)


def _through(grid: _Grid, y: np.ndarray) -> np.ndarray:
    slopes, right, finite = _slopes(grid, y), grid.right, np.isfinite(y)
    gaps = None
    if not finite.all():
        gaps = (~finite[grid.left] & (grid.value[0] != 0)) | (~finite[right] & (grid.value[1] != 0))
        y = np.where(finite, y, 0.0)
    line = grid.value[0] * y.take(grid.left)
    line += grid.value[1] * y.take(right)
    line += grid.slope[0] * slopes.take(grid.left)
    line += grid.slope[1] * slopes.take(right)
    if gaps is not None:
        line[gaps] = np.nan
    return line


def _slopes(grid: _Grid, y: np.ndarray) -> np.ndarray:
    """Return the slope at each point: a harmonic mean of those of its two steps, none at a maximum or minimum."""
    rise = np.diff(y) / grid.step
    before, after = rise[:-1], rise[1:]
    slopes = np.zeros_like(y)
    same = before * after > 0
    with np.errstate(all="ignore"):
        mean = 1.0 / (grid.inner[0] / before + grid.inner[1] / after)
    slopes[1:-1][same] = mean[same]
    slopes[0] = _end_slope(grid.step[0], grid.step[1], rise[0], rise[1])
    slopes[-1] = _end_slope(grid.step[-1], grid.step[-2], rise[-1], rise[-2])
    return slopes


def _end_slope(step: float, next_step: float, rise: float, next_rise: float) -> float:
    """Return the slope at an end, of the parabola through three points but never so steep that it overshoots."""
    slope = ((2 * step + next_step) * rise - step * next_rise) / (step + next_step)
    if not slope * rise > 0:  # nor where it is no number
        return 0.0
    if rise * next_rise <= 0 and abs(slope) > 3 * abs(rise):
        return 3 * rise
    return slope
