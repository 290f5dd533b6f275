"""Broadening with a width that depends on the energy: lifetimes of final states, and resolutions that grow."""

from __future__ import annotations

import numpy as np

from xanesview.domain.processing.binning import binned
from xanesview.domain.processing.broadening import gaussian, lorentzian
from xanesview.errors import XanesviewError
from xanesview.limits import check_width_ev

_RATIO = 1.06
"""Between neighbouring widths that are convolved."""
_NARROWEST_SHARE = 1.0 / 400.0
"""Of the widest: narrower Gaussians than this are mixed of it and of none."""
_POINTS_A_WIDTH = 10
_LARGEST_GRID = 60_000


def arctangent_fwhm_ev(
    energy_ev: np.ndarray, fermi_ev: float, hole_ev: float, largest_ev: float, centre_ev: float, wide_ev: float
) -> np.ndarray:
    """Return the lifetime width (E,) of final states at each energy, eV.

    Γ(E) = Γ_hole + Γ_max [½ + (1/π) arctan((π/3)(Γ_max/E_larg)(e − 1/e²))], e = (E − E_F)/E_cent, and Γ_hole below E_F:
    the arctangent form of FDMNES (O. Bunău, Y. Joly, J. Phys.: Condens. Matter 21 (2009) 345501).

    Parameters
    ----------
    energy_ev : (E,) array
    fermi_ev : E_F
    hole_ev : Γ_hole, the width of the core hole
    largest_ev : Γ_max, what is added far above the edge
    centre_ev : E_cent, where half of that is reached, from E_F
    wide_ev : E_larg, over how many eV it grows
    """
    if not (centre_ev > 0.0 and wide_ev > 0.0):
        raise XanesviewError("The centre and the breadth of the arctangent must be above zero.")
    e = np.maximum((np.asarray(energy_ev, dtype=np.float64) - fermi_ev) / centre_ev, 1e-6)
    rise = 0.5 + np.arctan(np.pi / 3.0 * largest_ev / wide_ev * (e - 1.0 / e**2)) / np.pi
    return hole_ev + largest_ev * np.where(np.asarray(energy_ev) > fermi_ev, rise, 0.0)


def growing_fwhm_ev(energy_ev: np.ndarray, fwhm_ev: float, growth: float, from_ev: float) -> np.ndarray:
    """Return a width (E,) that grows linearly above an energy: w + growth · max(E − E_from, 0), eV."""
    return fwhm_ev + growth * np.maximum(np.asarray(energy_ev, dtype=np.float64) - from_ev, 0.0)


def broadened(energy_ev: np.ndarray, intensity: np.ndarray, fwhm_ev: np.ndarray, shape: str) -> np.ndarray:
    """Return the intensity with every energy's share drawn as a line of its own width.

    Each point's share goes to the two nearest of a ladder of widths, and each rung is convolved at once. Weights are
    linear in the variance of Gaussians, which so is exact, and in the width of Lorentzians, whose tails so are. Area is
    conserved; beyond its ends the spectrum goes on with its edge values.

    Parameters
    ----------
    energy_ev : (E,) array, eV, strictly ascending
    intensity : (E,) array
    fwhm_ev : (E,) array, full width at half maximum at each energy, eV
    shape : "gaussian" or "lorentzian"

    Returns
    -------
    (E,) array
    """
    energy, values = np.asarray(energy_ev, dtype=np.float64), np.asarray(intensity, dtype=np.float64)
    width = np.broadcast_to(np.asarray(fwhm_ev, dtype=np.float64), energy.shape)
    for extreme in (width.min(), width.max()):
        check_width_ev(float(extreme))
    convolved = {"gaussian": gaussian, "lorentzian": lorentzian}[shape]
    if np.ptp(width) <= 1e-9:
        return convolved(energy, values, float(width[0]))
    grid, on_grid, fine = _grid(energy, values, float(width[width > 0.0].min()))
    grid_width = np.interp(grid, energy, width)
    measure = np.square(grid_width) if shape == "gaussian" else grid_width
    rungs = _ladder(float(grid_width.min()), float(grid_width.max()))
    levels = np.square(rungs) if shape == "gaussian" else rungs
    upper = np.clip(np.searchsorted(levels, measure, side="right"), 1, len(levels) - 1)
    share = np.clip((measure - levels[upper - 1]) / (levels[upper] - levels[upper - 1]), 0.0, 1.0)
    total = np.zeros_like(on_grid)
    for rung, fwhm in enumerate(rungs):
        weight = np.where(upper == rung, share, 0.0) + np.where(upper - 1 == rung, 1.0 - share, 0.0)
        if weight.any():
            total += convolved(grid, weight * on_grid, float(fwhm))
    if grid is energy:
        return total
    return fine(total)


def _ladder(narrowest: float, widest: float) -> np.ndarray:
    first = max(narrowest, widest * _NARROWEST_SHARE)
    n = max(int(np.ceil(np.log(widest / first) / np.log(_RATIO))), 1)
    rungs = np.geomspace(first, widest, n + 1)
    return rungs if narrowest >= first else np.concatenate([[narrowest], rungs])


def _grid(energy: np.ndarray, values: np.ndarray, narrowest: float):
    """Return the grid to convolve on, the values there, and what reads the result off at the energies."""
    steps = np.diff(energy)
    even = np.ptp(steps) <= 1e-6 * steps.mean()
    if even and len(energy) <= _LARGEST_GRID:
        return energy, values, None
    span = float(energy[-1] - energy[0])
    step = max(min(float(np.median(steps)), narrowest / _POINTS_A_WIDTH), span / _LARGEST_GRID)
    grid = np.linspace(energy[0], energy[-1], int(np.ceil(span / step)) + 1)
    x, y = energy, values
    if float(np.median(steps)) < 0.5 * step:
        x, y, _ = binned(energy, values, step)
        x, y = np.concatenate([energy[:1], x, energy[-1:]]), np.concatenate([y[:1], y, y[-1:]])
        x, first = np.unique(x, return_index=True)
        y = y[first]
    on_grid = np.interp(grid, x, y)

    def fine(total: np.ndarray) -> np.ndarray:
        from scipy.interpolate import CubicSpline

        return CubicSpline(grid, total)(energy)

    return grid, on_grid, fine
