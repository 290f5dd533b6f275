"""Dichroism of oriented films: Stöhr's closed forms and the dichroic ratio."""

from __future__ import annotations

import numpy as np

from xanesview.errors import XanesviewError

#: What stands next to every dichroic ratio.
DICHROIC_RATIO_CONVENTION = "R = (I(90°) − I(0°)) / (I(90°) + I(0°)), angle between E and the surface normal"


def vector_orbital_intensity(
    theta_deg: float | np.ndarray, tilt_deg: float | np.ndarray, degree: float = 1.0, amplitude: float = 1.0
) -> np.ndarray:
    """Return the intensity of a vector orbital (π*, or σ* along a bond) in a film disordered about its normal.

    I = A {(P/3)[1 + ½(3cos²θ − 1)(3cos²α − 1)] + ((1 − P)/2) sin²α} (Stöhr, NEXAFS Spectroscopy, ch. 9).

    Parameters
    ----------
    theta_deg : angle between E∥ and the surface normal: the grazing angle of incidence of p-polarised light
    tilt_deg : α, angle between the orbital's vector and the surface normal
    degree : P
    amplitude : A
    """
    a, b = _squared_cosine(theta_deg), _squared_cosine(tilt_deg)
    parallel = (degree / 3.0) * (1.0 + 0.5 * (3.0 * a - 1.0) * (3.0 * b - 1.0))
    return amplitude * (parallel + (1.0 - degree) / 2.0 * (1.0 - b))


def plane_orbital_intensity(
    theta_deg: float | np.ndarray, tilt_deg: float | np.ndarray, degree: float = 1.0, amplitude: float = 1.0
) -> np.ndarray:
    """Return the intensity of a plane orbital (σ* of a ring) whose plane's normal is tilted by γ.

    I = A {(2P/3)[1 − ¼(3cos²θ − 1)(3cos²γ − 1)] + ((1 − P)/2)(1 + cos²γ)} (Stöhr, ch. 9); arguments as for
    `vector_orbital_intensity`.
    """
    a, b = _squared_cosine(theta_deg), _squared_cosine(tilt_deg)
    parallel = (2.0 * degree / 3.0) * (1.0 - 0.25 * (3.0 * a - 1.0) * (3.0 * b - 1.0))
    return amplitude * (parallel + (1.0 - degree) / 2.0 * (1.0 + b))


def dichroic_ratio(intensity_90: float | np.ndarray, intensity_0: float | np.ndarray) -> float | np.ndarray:
    """Return R = (I(90°) − I(0°)) / (I(90°) + I(0°)), −1 to 1; see DICHROIC_RATIO_CONVENTION.

    Raises
    ------
    XanesviewError
        If both intensities are zero.
    """
    total = np.asarray(intensity_90, dtype=np.float64) + np.asarray(intensity_0, dtype=np.float64)
    if (total == 0.0).any():
        raise XanesviewError("There is no dichroic ratio where both intensities are zero.")
    ratio = (np.asarray(intensity_90) - np.asarray(intensity_0)) / total
    return float(ratio) if ratio.ndim == 0 else ratio


def vector_tilt_deg(ratio: float, degree: float = 1.0) -> float:
    """Return the tilt α of a vector orbital from its dichroic ratio: `vector_orbital_intensity` solved for α.

    Raises
    ------
    XanesviewError
        If no tilt gives this ratio at this degree of polarisation.
    """
    # With c = cos²α: I(90°) = P(1 − c)/2 + (1 − P)(1 − c)/2 = (1 − c)/2 and I(0°) = P c + (1 − P)(1 − c)/2.
    numerator = degree / 2.0 - ratio * (1.0 - degree / 2.0)
    denominator = ratio * (3.0 * degree / 2.0 - 1.0) + 3.0 * degree / 2.0
    squared_cosine = numerator / denominator if denominator != 0.0 else np.nan
    if not -1e-12 <= squared_cosine <= 1.0 + 1e-12:
        raise XanesviewError(
            f"No tilt gives a dichroic ratio of {ratio:g} at P = {degree:g}.", "Check normalisation and background."
        )
    return float(np.rad2deg(np.arccos(np.sqrt(np.clip(squared_cosine, 0.0, 1.0)))))


def _squared_cosine(angle_deg: float | np.ndarray) -> np.ndarray:
    return np.cos(np.deg2rad(angle_deg)) ** 2
