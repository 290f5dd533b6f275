"""Broadening of spectra: Gaussian (instrument) and Lorentzian (core hole), never below the native width."""

from __future__ import annotations

import dataclasses
import math
from functools import lru_cache

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.processing.cubic_spline import FEWEST, refined
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.limits import check_width_ev

SIGMA_TO_FWHM = 2.0 * np.sqrt(2.0 * np.log(2.0))
_SAME_WIDTH_EV = 1e-6
_POINTS_A_WIDTH = 10  # of the grid on which a spectrum is broadened …
_FINEST = 16  # … but at most so many times finer than its own
_LARGEST_GRID = 200_000
_MOST_ON_NUMPY = 1_000  # points of a spline whose slopes are a matrix of the values
_erfc = np.frompyfunc(math.erfc, 1, 1)  # scipy's is faster, but the first picture would wait for scipy to load


def gaussian(energy_ev: np.ndarray, intensity: np.ndarray, fwhm_ev: float) -> np.ndarray:
    """Return the intensity convolved with a Gaussian of unit area.

    Parameters
    ----------
    energy_ev : (E,) array, eV, strictly ascending
    intensity : (..., E) array
    fwhm_ev : full width at half maximum, eV; 0 changes nothing

    Returns
    -------
    (..., E) array. Area is conserved; beyond its ends the spectrum goes on with its edge values.
    """
    return _convolved(energy_ev, intensity, fwhm_ev, _gaussian_excess)


def lorentzian(energy_ev: np.ndarray, intensity: np.ndarray, fwhm_ev: float) -> np.ndarray:
    """Return the intensity convolved with a Lorentzian of unit area; arguments as for `gaussian`."""
    return _convolved(energy_ev, intensity, fwhm_ev, _lorentzian_excess)


def additional_fwhm_ev(native_fwhm_ev: float, total_fwhm_ev: float) -> float:
    """Return the Gaussian width that brings a native (Gaussian) width to a total one, eV: widths add in squares.

    Raises
    ------
    XanesviewError
        If the total is below the native width: what was computed broad can't be made sharp.
    """
    check_width_ev(total_fwhm_ev)
    if total_fwhm_ev < native_fwhm_ev - _SAME_WIDTH_EV:
        raise XanesviewError(
            f"A width of {total_fwhm_ev:.2f} eV is below the native width of {native_fwhm_ev:.2f} eV.",
            f"Choose a total width of at least {np.ceil(native_fwhm_ev * 100.0) / 100.0:.2f} eV.",
        )
    return float(np.sqrt(max(total_fwhm_ev**2 - native_fwhm_ev**2, 0.0)))


def broaden_to(spectrum: Spectrum, total_fwhm_ev: float) -> Spectrum:
    """Return the spectrum with a total Gaussian width, which becomes its native width.

    The band is broadened alike, as if the error were the same sign everywhere: an upper bound.

    Raises
    ------
    XanesviewError
        If the total is below the native width, or intensities are missing.
    """
    extra = additional_fwhm_ev(spectrum.native_fwhm_ev, total_fwhm_ev)
    if extra < _SAME_WIDTH_EV:
        return spectrum
    if not np.isfinite(spectrum.intensity).all():
        raise XanesviewError(
            "A spectrum with missing intensities can't be broadened.", "Cut it to where it has values."
        )
    energy, first = np.unique(spectrum.energy_ev, return_index=True)
    band = None if spectrum.band is None else gaussian(energy, spectrum.band[first], extra)
    return spectrum.replace(
        energy_ev=energy,
        intensity=gaussian(energy, spectrum.intensity[first], extra),
        band=band,
        native_fwhm_ev=float(total_fwhm_ev),
        provenance={**spectrum.provenance, "broadening": f"Gaussian, total FWHM {total_fwhm_ev:g} eV"},
    )


def broaden_tensor_to(tensor: AbsorptionTensor, total_fwhm_ev: float) -> AbsorptionTensor:
    """Return the tensor with a total Gaussian width; its contractions equal broadened spectra.

    Worth it before many contractions, as while the polarisation is dragged.
    """
    extra = additional_fwhm_ev(tensor.native_fwhm_ev, total_fwhm_ev)
    if extra < _SAME_WIDTH_EV:
        return tensor
    members = None if tensor.members is None else gaussian(tensor.energy_ev, tensor.members, extra)
    return dataclasses.replace(
        tensor,
        components=gaussian(tensor.energy_ev, tensor.components, extra),
        members=members,
        native_fwhm_ev=float(total_fwhm_ev),
    )


def stick_spectrum(
    energy_ev: np.ndarray,
    stick_energy_ev: np.ndarray,
    strength: np.ndarray,
    fwhm_ev: float | np.ndarray,
    shape: str = "gaussian",
) -> np.ndarray:
    """Return sticks drawn as lines whose areas are their strengths.

    Parameters
    ----------
    energy_ev : (E,) array, eV
    stick_energy_ev : (T,) array, eV
    strength : (..., T) array
    fwhm_ev : one width, or one a stick (T,), eV
    shape : "gaussian" or "lorentzian"

    Returns
    -------
    (..., E) array, in the unit of `strength` per eV
    """
    width = np.broadcast_to(np.asarray(fwhm_ev, dtype=np.float64), np.shape(stick_energy_ev))
    if not (width > 0.0).all():
        raise XanesviewError("A stick needs a width above zero to be drawn as a line.")
    offset = np.asarray(energy_ev, dtype=np.float64)[:, None] - np.asarray(stick_energy_ev, dtype=np.float64)
    if shape == "gaussian":
        sigma = width / SIGMA_TO_FWHM
        lines = np.exp(-0.5 * (offset / sigma) ** 2) / (np.sqrt(2.0 * np.pi) * sigma)
    elif shape == "lorentzian":
        lines = (width / (2.0 * np.pi)) / (offset**2 + (width / 2.0) ** 2)
    else:
        raise XanesviewError(f"“{shape}” is no line shape.", "Choose gaussian or lorentzian.")
    return np.asarray(strength, dtype=np.float64) @ lines.T


def _gaussian_excess(distance_ev: np.ndarray, fwhm_ev: float) -> np.ndarray:
    """Ramp max(u, 0) convolved with a Gaussian, minus the ramp, at |u|: σ²g(u) − |u|·Φ(−|u|/σ)."""
    sigma = fwhm_ev / SIGMA_TO_FWHM
    t = distance_ev / sigma
    tail = np.asarray(_erfc(t / np.sqrt(2.0)), dtype=np.float64)
    return sigma * (np.exp(-0.5 * t * t) / np.sqrt(2.0 * np.pi) - 0.5 * t * tail)


def _lorentzian_excess(distance_ev: np.ndarray, fwhm_ev: float) -> np.ndarray:
    """The same for a Lorentzian, up to a constant, which cancels since the slopes of a spectrum sum to zero."""
    gamma = fwhm_ev / 2.0
    t = distance_ev / gamma
    return -gamma / np.pi * (t * np.arctan2(1.0, t) + 0.5 * np.log1p(t * t))


def _convolved(
    energy_ev: np.ndarray, intensity: np.ndarray, fwhm_ev: float, excess, refine: bool = True, even: bool = False
) -> np.ndarray:
    """Convolve a piecewise linear spectrum exactly, with constant ends; `even` where the grid was made so.

    Its second derivative is a stick (the change of slope s_k) at each grid point, so that
    f ∗ g = f + Σ_k s_k D(E − E_k), D being the ramp convolved with g minus the ramp.
    """
    energy, values = np.asarray(energy_ev, dtype=np.float64), np.asarray(intensity, dtype=np.float64)
    check_width_ev(fwhm_ev)
    if fwhm_ev == 0.0 or len(energy) < 2:
        return values.copy()
    steps = np.diff(energy)
    if steps.min() <= 0.0:
        raise XanesviewError("The energies to broaden on must ascend.")
    if not even and np.ptp(steps) > 1e-6 * steps.mean():  # one that was made may still be rounded so
        return _on_even_grid(energy, values, float(steps.min()), fwhm_ev, excess)
    step = float(steps.mean())
    finer = min(int(np.ceil(step * _POINTS_A_WIDTH / fwhm_ev)), _FINEST)
    if refine and finer > 1:
        # A width of a few steps would see the corners of straight lines between the points: draw curves instead.
        fine = np.linspace(energy[0], energy[-1], finer * (len(energy) - 1) + 1)
        on_numpy = FEWEST <= len(energy) <= _MOST_ON_NUMPY
        curve = refined(values, finer) if on_numpy else _spline(energy, values, fine)
        return _convolved(fine, curve, fwhm_ev, excess, refine=False, even=True)[..., ::finer]
    slope = np.zeros((*values.shape[:-1], len(energy) + 1))
    slope[..., 1:-1] = np.diff(values, axis=-1) / step
    sticks = np.diff(slope, axis=-1)
    size = _fast_length(2 * len(energy) - 1)
    kernel = np.zeros(size)
    half = excess(step * np.arange(len(energy)), fwhm_ev)
    kernel[: len(half)] = half
    kernel[size - len(half) + 1 :] = half[:0:-1]  # D is even; negative distances wrap round
    both = np.fft.rfft(sticks, size) * np.fft.rfft(kernel)
    return values + np.fft.irfft(both, size)[..., : len(energy)]


def _on_even_grid(energy: np.ndarray, values: np.ndarray, smallest_ev: float, fwhm_ev: float, excess) -> np.ndarray:
    span = float(energy[-1] - energy[0])
    step = max(min(smallest_ev, fwhm_ev / _POINTS_A_WIDTH), span / _LARGEST_GRID)
    even = np.linspace(energy[0], energy[-1], max(int(np.ceil(span / step)) + 1, 2))
    rows = values.reshape(-1, len(energy))
    resampled = np.stack([np.interp(even, energy, row) for row in rows])
    broadened = _convolved(even, resampled, fwhm_ev, excess, even=True)
    return _spline(even, broadened, energy).reshape(values.shape)


@lru_cache(maxsize=64)
def _fast_length(least: int) -> int:
    """The smallest 2ᵃ 3ᵇ 5ᶜ that is no less: Fourier transforms of such lengths are fast."""
    best = 1 << (least - 1).bit_length()
    for five in (5**k for k in range(14)):
        for three in (3**k for k in range(21)):
            if five * three < best:
                best = min(best, five * three << max(0, (-(-least // (five * three)) - 1).bit_length()))
    return best


def _spline(energy: np.ndarray, values: np.ndarray, new_energy: np.ndarray) -> np.ndarray:
    from scipy.interpolate import CubicSpline  # takes long to load

    return CubicSpline(energy, values, axis=-1)(new_energy)
