"""Smoothing and derivatives of a curve on any grid."""

from __future__ import annotations

import numpy as np

from xanesview.domain.processing.broadening import gaussian
from xanesview.errors import XanesviewError

SHAPES = ("savitzky-golay", "boxcar", "gaussian")
_LARGEST_GRID = 2_000_000
_DIRECT = 200
"""Points of a window up to which a sum is quicker than a Fourier transform."""


def smoothed(
    energy_ev: np.ndarray, intensity: np.ndarray, width_ev: float, shape: str = "savitzky-golay", degree: int = 2
) -> np.ndarray:
    """Return a smoothed curve (E,).

    Parameters
    ----------
    energy_ev : (E,) array, eV, strictly ascending
    intensity : (E,) array
    width_ev : full window (Savitzky–Golay, boxcar), or full width at half maximum (Gaussian), eV
    shape : one of `SHAPES`
    degree : of the polynomial of Savitzky and Golay (Anal. Chem. 36 (1964) 1627)

    Raises
    ------
    XanesviewError
        If the window is wider than the data, or holds too few points for the degree.
    """
    energy, values = np.asarray(energy_ev, dtype=np.float64), np.asarray(intensity, dtype=np.float64)
    if width_ev <= 0.0:
        return values.copy()
    if width_ev > float(energy[-1] - energy[0]):
        raise XanesviewError(
            f"A window of {width_ev:g} eV is wider than the data ({energy[-1] - energy[0]:.4g} eV).",
            "Choose a narrower one.",
        )
    if shape == "gaussian":
        return gaussian(energy, values, width_ev)
    if shape == "boxcar":
        return _boxcar(energy, values, width_ev)
    steps = np.diff(energy)
    if np.ptp(steps) <= 1e-6 * steps.mean():
        return _savitzky_golay(values, width_ev / float(steps.mean()), degree)
    # as fine as most steps are; what is finer is of no width that is smoothed over
    step = max(float(np.quantile(steps, 0.1)), float(np.ptp(energy)) / _LARGEST_GRID)
    even = np.linspace(energy[0], energy[-1], int(np.ceil(np.ptp(energy) / step)) + 1)
    smooth = _savitzky_golay(np.interp(even, energy, values), width_ev / float(even[1] - even[0]), degree)
    return np.interp(energy, even, smooth)


def derivative(energy_ev: np.ndarray, intensity: np.ndarray, order: int = 1) -> np.ndarray:
    """Return the first or second derivative (E,) by energy, per eV or per eV², of second order on any grid."""
    edge = 2 if len(energy_ev) > 2 else 1
    found = np.asarray(intensity, dtype=np.float64)
    for _ in range(order):
        found = np.gradient(found, energy_ev, edge_order=edge)
    return found


def _boxcar(energy: np.ndarray, values: np.ndarray, width_ev: float) -> np.ndarray:
    """Mean of the straight lines between the points over the window, which is cut symmetrically at the ends."""
    centre = values.mean()
    area = np.concatenate([[0.0], np.cumsum(0.5 * np.diff(energy) * (values[1:] + values[:-1] - 2.0 * centre))])
    half = np.minimum(0.5 * width_ev, np.minimum(energy - energy[0], energy[-1] - energy))
    found = values.copy()
    wide = half > 0.0
    ends = [_area_at(energy, values - centre, area, energy[wide] + sign * half[wide]) for sign in (-1.0, 1.0)]
    found[wide] = centre + (ends[1] - ends[0]) / (2.0 * half[wide])
    return found


def _area_at(energy: np.ndarray, values: np.ndarray, area: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Area of the straight lines from the first point to an energy."""
    left = np.clip(np.searchsorted(energy, at, side="right") - 1, 0, len(energy) - 2)
    x, step = at - energy[left], energy[left + 1] - energy[left]
    return area[left] + x * (values[left] + 0.5 * x / step * (values[left + 1] - values[left]))


def _savitzky_golay(values: np.ndarray, window: float, degree: int) -> np.ndarray:
    n = 2 * int(window / 2.0) + 1
    if n <= degree + 1:
        raise XanesviewError(
            f"The window holds {n} points, too few for a polynomial of degree {degree}.",
            "Choose a wider window or a lower degree.",
        )
    n = min(n, len(values) - 1 + len(values) % 2)
    from scipy.signal import oaconvolve, savgol_coeffs, savgol_filter

    if n <= _DIRECT:
        return savgol_filter(values, n, degree)
    centre = float(values.mean())
    found = oaconvolve(values - centre, savgol_coeffs(n, degree), mode="same") + centre
    half, x = n // 2, np.linspace(-1.0, 1.0, n)
    for ends, kept in ((slice(0, n), slice(0, half)), (slice(-n, None), slice(-half, None))):
        fitted = np.polynomial.Polynomial.fit(x, values[ends], degree)(x)
        found[kept] = fitted[kept]
    return found
