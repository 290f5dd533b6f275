"""How a spectrum on a coarse grid is drawn: as a smooth line through its points instead of a broken one.

The line is the cubic spline with its slopes limited (J. M. Hyman, SIAM J. Sci. Stat. Comput. 4 (1983) 645): between two
points it stays in their range, but beside a maximum only above the lower one. So an absorption that is nowhere negative
isn't drawn below zero in front of an edge, as a spline alone would, and a maximum between two points is round, where a
monotone line (PCHIP) would cut it flat. What does not depend on the data is computed once for a grid, the spline's
slopes as one matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from xanesview.domain.processing.cubic_spline import slope_matrix

#: Steps up to this width are drawn as they are: a screen shows no corners there.
FINE_EV = 0.15
WORDS = f"curves on steps above {FINE_EV:g} eV are drawn through their points by a limited cubic spline"
_STEP_EV = 0.1
_MOST_PARTS = 5  # of one step: more are no rounder on a screen, and painting them slows a drag
_MOST_POINTS = 600  # a longer grid is no coarse one on any screen


@dataclass(frozen=True, eq=False)
class _Grid:
    """What is the same for all data on a grid (E,): the finer grid (F,), and the Hermite cubic's weights on it.

    ``left`` and ``right`` (F,) are the points around each; ``value`` (2, F) weighs the values there, ``slope`` (2, F)
    the slopes times the step. ``spline`` (E, E) times the data are the slopes of the cubic spline.
    """

    energy_ev: np.ndarray
    step: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    slope: np.ndarray
    spline: np.ndarray


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
    points = energy[left] + t * step[left]
    points[-1] = energy[-1]
    return _Grid(points, step, left, left + 1, value, slope, slope_matrix(energy))


def _through(grid: _Grid, y: np.ndarray) -> np.ndarray:
    finite, gaps = np.isfinite(y), None
    if not finite.any():
        return np.full(grid.energy_ev.shape, np.nan)
    if not finite.all():
        gaps = (~finite[grid.left] & (grid.value[0] != 0)) | (~finite[grid.right] & (grid.value[1] != 0))
        y = np.interp(np.arange(len(y)), np.flatnonzero(finite), y[finite])
    slopes = _slopes(grid, y)
    line = grid.value[0] * y.take(grid.left)
    line += grid.value[1] * y.take(grid.right)
    line += grid.slope[0] * slopes.take(grid.left)
    line += grid.slope[1] * slopes.take(grid.right)
    if gaps is not None:
        line[gaps] = np.nan
    return line


def _slopes(grid: _Grid, y: np.ndarray) -> np.ndarray:
    """Return the spline's slopes at the points (E,), limited so far that the line keeps its range.

    A cubic on a step that rises by r stays above its left end with a slope of at least 0 there and at most 3 r at the
    other end, and below its right end the other way round; falling ones are the mirror image.
    """
    rise = np.diff(y) / grid.step
    top = np.zeros(len(y), dtype=bool)
    top[1:-1] = (rise[:-1] > 0) & (rise[1:] < 0)
    free = top[:-1] | top[1:]  # steps beside a maximum may go above it
    up, down = 3 * np.maximum(rise, 0), 3 * np.minimum(rise, 0)
    low, high = np.full(len(y), -np.inf), np.full(len(y), np.inf)
    low[:-1], high[1:] = down, up
    np.maximum(low[1:], np.where(free, -np.inf, down), out=low[1:])
    np.minimum(high[:-1], np.where(free, np.inf, up), out=high[:-1])
    return np.clip(grid.spline @ y, low, high)
