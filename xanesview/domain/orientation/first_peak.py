"""Where the first strong resonance of measured spectra stands: a tilt is read there until a window is chosen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xanesview.domain.spectrum import Spectrum

_STRONG, _APART = 0.1, 0.05  # of the largest intensity: height of a peak above the start, and above the valleys
_SMOOTHED_EV, _LEAST_EV = 0.3, 0.4  # noise below that width makes no peak; half of the narrowest window
_MOST_SHARE = 0.025  # of all energies: half of the widest window, where that is wider than the narrowest


def first_peak_window_ev(spectra: Sequence[Spectrum]) -> tuple[float, float]:
    """Return the energies about the first strong peak of spectra of one sample, eV.

    The peak is that of lowest energy, so before the edge step, which stands a tenth of the largest intensity or more
    above the start of the summed spectra; where there is none, the highest point. The window reaches its full width at
    half height to either side.

    Parameters
    ----------
    spectra : (A,) of the same sample, such as at several angles, in one unit

    Returns
    -------
    low, high : float
    """
    energy, total = _summed(spectra)
    height = total - total[: max(len(total) // 20, 3)].min()
    largest = float(height.max())
    strong = [
        k for k in np.flatnonzero((height[1:-1] > height[:-2]) & (height[1:-1] >= height[2:])) + 1
        if height[k] >= _STRONG * largest and _prominence(height, int(k)) >= _APART * largest
    ]  # fmt: skip
    peak = int(strong[0]) if strong else int(np.argmax(height))
    widest = max(_MOST_SHARE * float(energy[-1] - energy[0]), _LEAST_EV)
    half = float(np.clip(_full_width_ev(energy, height, peak), _LEAST_EV, widest))
    at = float(energy[peak])
    return round(max(at - half, float(energy[0])), 2), round(min(at + half, float(energy[-1])), 2)


def _summed(spectra: Sequence[Spectrum]) -> tuple[np.ndarray, np.ndarray]:
    """Energies (N,) that all have, evenly spaced, and the sum (N,) there, smoothed."""
    points = []
    for one in spectra:
        good = np.isfinite(one.intensity)
        points.append((one.energy_ev[good], one.intensity[good]))
    low, high = max(float(e[0]) for e, _ in points), min(float(e[-1]) for e, _ in points)
    if not low < high:  # nothing in common: the first speaks for all
        points = points[:1]
        low, high = float(points[0][0][0]), float(points[0][0][-1])
    n = max(max(len(e) for e, _ in points), 16)
    energy = np.linspace(low, high, n)
    total = np.sum([np.interp(energy, *one) for one in points], axis=0)
    reach = round(_SMOOTHED_EV / (high - low) * (n - 1) / 2.0)
    if reach:
        kernel = np.hanning(2 * reach + 3)[1:-1]
        total = np.convolve(np.pad(total, reach, mode="edge"), kernel / kernel.sum(), mode="valid")
    return energy, total


def _prominence(height: np.ndarray, peak: int) -> float:
    """By how much a peak stands above the higher of the valleys between it and what is higher on either side."""
    higher = np.flatnonzero(height > height[peak])
    left = higher[higher < peak]
    right = higher[higher > peak]
    before = height[(int(left[-1]) if len(left) else 0) : peak + 1].min()
    after = height[peak : (int(right[0]) if len(right) else len(height) - 1) + 1].min()
    return float(height[peak] - max(before, after))


def _full_width_ev(energy: np.ndarray, height: np.ndarray, peak: int) -> float:
    """Twice the distance to where half of the height is reached first, on the nearer side."""
    low = np.flatnonzero(height[:peak] <= height[peak] / 2.0)
    high = np.flatnonzero(height[peak:] <= height[peak] / 2.0)
    sides = [peak - int(k) for k in low[-1:]] + [int(k) for k in high[:1]]
    return 2.0 * min(sides, default=0) * float(energy[1] - energy[0])
