"""Comparison of two spectra: scale and scores, in a window that the user sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

Window = tuple[float, float]
_FEWEST_POINTS = 3


@dataclass(frozen=True)
class Scores:
    """How alike two spectra are.

    Cosine, Pearson and Spearman don't depend on the scale. RMSE (in the unit of the prediction) and R-factor,
    Σ(s·ref − pred)²/Σ(s·ref)², follow after the reference is multiplied by the best scale s. Peaks are the highest
    points in the window: |ΔE| in eV, and 100·|ΔI|/I_ref in % after scaling.
    """

    cosine: float
    pearson: float
    spearman: float
    rmse: float
    r_factor: float
    peak_position_error_ev: float
    peak_intensity_error_percent: float
    scale: float
    window_ev: Window
    n_points: int


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """Return a·b / (|a| |b|) of two arrays (E,); 0 where one of them is zero throughout."""
    norm = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.dot(a, b)) / norm if norm > 0.0 else 0.0


def pearson(a: np.ndarray, b: np.ndarray) -> float:
    """Return the correlation of two arrays (E,); 0 where one of them is constant."""
    return cosine(np.asarray(a, dtype=np.float64) - np.mean(a), np.asarray(b, dtype=np.float64) - np.mean(b))


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    """Return the correlation of the ranks of two arrays (E,)."""
    return pearson(_ranks(a), _ranks(b))


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return the ranks of values (E,) from 1; equal ones share the mean of theirs. scipy's take a second to load."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - 0.5 * (counts - 1.0))[inverse]


def rmse(a: np.ndarray, b: np.ndarray) -> float:
    """Return the root of the mean squared difference of two arrays (E,), in their unit."""
    return float(np.sqrt(np.mean((np.asarray(a, dtype=np.float64) - np.asarray(b)) ** 2)))


def on_common_grid(
    reference: Spectrum, predicted: Spectrum, window_ev: Window | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (energies, reference, predicted) where both have values, on the finer of their two grids.

    Raises
    ------
    XanesviewError
        If they have fewer than three points in common within the window.
    """
    low = max(reference.energy_ev[0], predicted.energy_ev[0])
    high = min(reference.energy_ev[-1], predicted.energy_ev[-1])
    if window_ev is not None:
        low, high = max(low, min(window_ev)), min(high, max(window_ev))
    grids = [s.energy_ev[(s.energy_ev >= low) & (s.energy_ev <= high)] for s in (predicted, reference)]
    energy = max(grids, key=len)
    if not (np.diff(energy) > 0).all():
        energy = np.unique(energy)
    if len(energy):
        ref, pred = reference.interpolated(energy).intensity, predicted.interpolated(energy).intensity
        good = np.isfinite(ref) & np.isfinite(pred)
    if len(energy) == 0 or good.sum() < _FEWEST_POINTS:
        raise XanesviewError(
            "The two spectra have no energies in common here.",
            f"The reference reaches from {reference.energy_ev[0]:.1f} to {reference.energy_ev[-1]:.1f} eV, "
            f"the prediction from {predicted.energy_ev[0]:.1f} to {predicted.energy_ev[-1]:.1f} eV.",
        )
    return energy[good], ref[good], pred[good]


def best_scale(reference: Spectrum, predicted: Spectrum, window_ev: Window | None = None) -> float:
    """Return the factor for the reference that brings it closest to the prediction (least squares, positive).

    The squares are integrated over energy, so that an uneven grid gives no part of the spectrum more say.
    """
    return _scale(*on_common_grid(reference, predicted, window_ev))


def scores(reference: Spectrum, predicted: Spectrum, window: Window | None = None) -> Scores:
    """Return the scores of a prediction against a reference, on their common range or in a window (low, high) in eV."""
    energy, ref, pred = on_common_grid(reference, predicted, window)
    scale = _scale(energy, ref, pred)
    scaled = scale * ref
    peak_ref, peak_pred = int(np.argmax(scaled)), int(np.argmax(pred))
    power = float(np.sum(scaled**2))
    return Scores(
        cosine=cosine(ref, pred),
        pearson=pearson(ref, pred),
        spearman=spearman(ref, pred),
        rmse=rmse(scaled, pred),
        r_factor=float(np.sum((scaled - pred) ** 2)) / power,
        peak_position_error_ev=abs(float(energy[peak_ref] - energy[peak_pred])),
        peak_intensity_error_percent=100.0
        * abs(float(scaled[peak_ref] - pred[peak_pred]))
        / abs(float(scaled[peak_ref])),
        scale=scale,
        window_ev=(float(energy[0]), float(energy[-1])),
        n_points=len(energy),
    )


def _scale(energy: np.ndarray, ref: np.ndarray, pred: np.ndarray) -> float:
    step = np.gradient(energy)
    factor = float(np.sum(step * ref * pred)) / max(float(np.sum(step * ref * ref)), np.finfo(float).tiny)
    if not factor > 0.0:
        raise XanesviewError(
            "No positive factor brings the reference to the prediction.",
            "Check its intensity column, or subtract its background, and set the scale by hand.",
        )
    return factor


def weighted_r_factor(reference: Spectrum, predicted: Spectrum, window: Window | None = None) -> float:
    """Return the R-factor with the squares integrated over energy, and over the reference's errors where it has a band.

    Σ w (ref − pred)² / Σ w ref², w = ΔE/σ²: so neither a fine part of the grid nor a noisy part of the scan has more
    say. Nothing is scaled here.

    Raises
    ------
    XanesviewError
        If they have fewer than three points in common within the window.
    """
    energy, ref, pred = on_common_grid(reference, predicted, window)
    weight = np.gradient(energy)
    if reference.band is not None:
        sigma = np.interp(energy, reference.energy_ev, reference.band)
        known = np.isfinite(sigma) & (sigma > 0.0)
        if known.all():
            weight = weight / np.square(sigma / sigma.mean())
    return float(np.sum(weight * (ref - pred) ** 2)) / max(float(np.sum(weight * ref**2)), np.finfo(float).tiny)
