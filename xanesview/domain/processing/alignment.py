"""Alignment of a spectrum in energy with the one it is compared with."""

from __future__ import annotations

import numpy as np

from xanesview.domain.comparison import Window, on_common_grid, pearson
from xanesview.domain.processing.binning import binned
from xanesview.domain.processing.broadening import gaussian
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

_MOST_STEPS = 20_000


def fit_shift(
    reference: Spectrum, predicted: Spectrum, window_ev: Window | None = None, largest_ev: float = 5.0
) -> float:
    """Return the energy in eV to add to the reference so that it correlates best with the prediction.

    Shifts up to ±`largest_ev` are tried in steps of 0.1 eV, then the best one is refined. A shift that leaves less
    than half of the shorter spectrum to compare doesn't count.

    Raises
    ------
    XanesviewError
        If no shift brings enough of the two spectra together.
    """
    from scipy.optimize import minimize_scalar

    spans = [np.ptp(s.energy_ev) for s in (reference, predicted)] + ([] if window_ev is None else [np.ptp(window_ev)])

    def miss(shift_ev: float) -> float:
        moved = reference.shifted(shift_ev)
        low, high = max(s.energy_ev[0] for s in (moved, predicted)), min(s.energy_ev[-1] for s in (moved, predicted))
        if window_ev is not None:
            low, high = max(low, min(window_ev)), min(high, max(window_ev))
        if high - low < 0.5 * min(spans):
            return np.inf
        _, ref, pred = on_common_grid(moved, predicted, window_ev)
        return -pearson(ref, pred)

    steps = np.linspace(-largest_ev, largest_ev, 2 * max(round(largest_ev / 0.1), 1) + 1)
    values = [miss(step) for step in steps]
    if not np.isfinite(values).any():
        on_common_grid(reference, predicted, window_ev)  # says what is wrong where nothing overlaps
        raise XanesviewError("The two spectra overlap too little to be aligned.", "Shift the reference by hand first.")
    best = float(steps[int(np.argmin(values))])
    width = float(steps[1] - steps[0])
    refined = minimize_scalar(miss, bounds=(best - width, best + width), method="bounded", options={"xatol": 1e-4})
    return float(refined.x) if refined.fun < min(values) else best


def fit_shift_of_derivatives(
    curve: tuple[np.ndarray, np.ndarray],
    reference: tuple[np.ndarray, np.ndarray],
    window_ev: tuple[float | None, float | None] = (None, None),
    largest_ev: float = 5.0,
    smoothing_ev: float = 0.5,
) -> float:
    """Return the energy in eV to add to a curve so that its derivative correlates best with that of a reference.

    Parameters
    ----------
    curve, reference : energies (E,), eV, ascending, and intensities (E,)
    window_ev : of the reference; None is an open end
    largest_ev : shifts up to this are tried
    smoothing_ev : Gaussian that both are broadened with before, so that noise doesn't count

    Raises
    ------
    XanesviewError
        If no shift brings enough of the two together.
    """
    step = min(0.5 * max(smoothing_ev, 0.2), 0.2)
    slopes = [_slope(energy, intensity, step, smoothing_ev) for energy, intensity in (curve, reference)]
    low = slopes[1].energy_ev[0] if window_ev[0] is None else window_ev[0]
    high = slopes[1].energy_ev[-1] if window_ev[1] is None else window_ev[1]
    return fit_shift(*slopes, (float(low), float(high)), largest_ev)


def _slope(energy_ev: np.ndarray, intensity: np.ndarray, step_ev: float, smoothing_ev: float) -> Spectrum:
    """Return the derivative of a curve on an even grid, whose points in one step are averaged before."""
    span = float(energy_ev[-1] - energy_ev[0])
    x, y, _ = binned(energy_ev, intensity, max(step_ev, span / _MOST_STEPS))
    grid = np.linspace(x[0], x[-1], int(np.clip(np.ceil((x[-1] - x[0]) / step_ev) + 1, 3, _MOST_STEPS)))
    smooth = gaussian(grid, np.interp(grid, x, y), smoothing_ev)
    return Spectrum(grid, np.gradient(smooth, grid))
