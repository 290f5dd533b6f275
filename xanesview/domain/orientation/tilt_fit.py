"""Tilt of an orbital in a film that is disordered about its normal, from intensities at several angles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.geometry.dichroism import dichroic_ratio, plane_orbital_intensity, vector_orbital_intensity
from xanesview.domain.geometry.geometry import checked_degree
from xanesview.errors import XanesviewError

ORBITALS = {"vector": vector_orbital_intensity, "plane": plane_orbital_intensity}
"""Closed forms (Stöhr, NEXAFS Spectroscopy, ch. 9) by kind: a vector orbital (π*, σ* along a bond) has the angle of its
vector from the surface normal, a plane orbital that of its plane's normal."""
_LEAST_DEGREE = 1e-4  # P below which intensities don't depend on the angle
OPEN_DEG = 20.0
"""Error of a tilt from which on it is not determined: axes that point anywhere have tilts of 57.3 ± 21.6°, so that a
larger error says no more than no measurement."""
_SHARE = 0.6827  # of the truth that the interval of ± one error holds


@dataclass(frozen=True, eq=False)
class TiltFit:
    """A fitted tilt.

    Attributes
    ----------
    orbital : str
        "vector" or "plane".
    degree : float
        P.
    theta_deg, intensity : (A,) float
        What was fitted: angles of the field from the surface normal, and intensities.
    intensity_error : (A,) float
        Standard errors of the intensities: as given, else from the scatter about the curve; NaN where neither tells.
    tilt_deg : float
        0 to 90.
    error_deg : float
        Half the interval that holds 68 % of the truth, the whole of it at the end of the tilts (`is_beyond`), NaN where
        it is unknown; of the intensities' errors alone, not of P, normalisation or a distribution of tilts.
    interval_deg : (float, float)
        That interval, cut at 0 and 90.
    amplitude : float
        A of the closed form.
    squared_cosine, squared_cosine_error : float
        cos² of the tilt as fitted, which noise may bring outside 0 to 1, and its standard error.
    """

    orbital: str
    degree: float
    theta_deg: np.ndarray
    intensity: np.ndarray
    intensity_error: np.ndarray
    tilt_deg: float
    error_deg: float
    interval_deg: tuple[float, float]
    amplitude: float
    squared_cosine: float
    squared_cosine_error: float

    @property
    def is_beyond(self) -> bool:
        """Whether no tilt gives such intensities: cos² came out below 0 or above 1, and the nearest tilt is given."""
        return not 0.0 <= self.squared_cosine <= 1.0

    @property
    def is_impossible(self) -> bool:
        """Whether that is more than noise: cos² lies outside 0 to 1 by more than two standard errors and 0.1."""
        beyond = max(-self.squared_cosine, self.squared_cosine - 1.0)
        return bool(beyond > max(2.0 * self.squared_cosine_error, 0.1))

    @property
    def ratio(self) -> float:
        """The dichroic ratio of the curve, see `dichroism.DICHROIC_RATIO_CONVENTION`."""
        return float(dichroic_ratio(self.curve(90.0), self.curve(0.0)))

    def curve(self, theta_deg: float | np.ndarray) -> np.ndarray:
        """Return the fitted intensities at angles; over cos²θ they are a straight line."""
        constant, slope = _coefficients(self.orbital, theta_deg, self.degree)
        return self.amplitude * (constant + slope * self.squared_cosine)

    def text(self) -> str:
        """Return the tilt with its error, such as "35.2 ± 0.4°", or that it is not determined."""
        if not np.isfinite(self.error_deg):
            return f"{self.tilt_deg:.1f}° (error unknown)"
        return tilt_text(self.tilt_deg, self.error_deg)


def tilt_text(tilt_deg: float, error_deg: float) -> str:
    """Return a tilt with its error, such as "35.2 ± 0.4°"; "not determined" from an error of `OPEN_DEG` on."""
    text = f"{tilt_deg:.1f} ± {max(error_deg, 0.05):.1f}°"
    return text if error_deg < OPEN_DEG else f"not determined ({text}: an error of {OPEN_DEG:g}° or more)"


def fit_tilt(
    theta_deg: Sequence[float] | np.ndarray,
    intensity: Sequence[float] | np.ndarray,
    orbital: str = "vector",
    degree: float = 1.0,
    error: Sequence[float] | np.ndarray | None = None,
    common: np.ndarray | None = None,
) -> TiltFit:
    """Fit the tilt of a vector or plane orbital, by linear least squares in A and A cos² of the tilt.

    Parameters
    ----------
    theta_deg : (A,) angles of the field from the surface normal: grazing angles of p-polarised light; 90 is normal
        incidence
    intensity : (A,) of a resonance, in any one unit
    orbital : "vector" or "plane"
    degree : P; the weaker field lies in the surface
    error : (A,) standard errors of the intensities; by default they are taken as equal and estimated from the scatter
        about the curve, with Student's factor, which takes three angles at least
    common : (A, K) by how much the intensities move together with one standard error of each of K things they share,
        which no scatter about the curve shows

    Raises
    ------
    XanesviewError
        For fewer than two different angles, numbers that aren't finite, or intensities of which no amplitude comes out.
    """
    theta, y = np.asarray(theta_deg, dtype=np.float64), np.asarray(intensity, dtype=np.float64)
    if orbital not in ORBITALS:
        raise XanesviewError(f"There is no orbital “{orbital}”.", f"Choose one of: {', '.join(ORBITALS)}.")
    degree = checked_degree(degree)
    if theta.ndim != 1 or theta.shape != y.shape or not (np.isfinite(theta).all() and np.isfinite(y).all()):
        raise XanesviewError("A tilt needs as many angles as intensities, all finite numbers.")
    sigma = None if error is None else np.asarray(error, dtype=np.float64)
    if sigma is not None and (sigma.shape != y.shape or not (np.isfinite(sigma) & (sigma > 0.0)).all()):
        raise XanesviewError("Errors of intensities must be positive, one an angle.")
    design = np.stack(_coefficients(orbital, theta, degree), axis=1)
    weight = np.ones_like(y) if sigma is None else 1.0 / sigma
    scaled = design * weight[:, None]
    if degree < _LEAST_DEGREE and len(np.unique(np.round(np.cos(np.deg2rad(theta)) ** 2, 6))) > 1:
        raise XanesviewError(
            f"With P = {degree:g} the field lies in the surface at every angle, so the spectra tell no tilt.",
            "Give the degree of polarisation of the beam: about 0.9 of a bending magnet, 1 of an undulator.",
        )
    if len(y) < 2 or np.linalg.matrix_rank(scaled, tol=1e-6 * np.abs(scaled).max()) < 2:
        raise XanesviewError(
            "A tilt needs spectra at two different angles at least.",
            "Angles such as 20 and 90; three or more also tell how sure the tilt is.",
        )
    (amplitude, product), *_ = np.linalg.lstsq(scaled, y * weight, rcond=None)
    if not amplitude > 0.0:
        raise XanesviewError(
            "The intensities give no positive amplitude.", "Check the background, the window and the orbital."
        )
    covariance = np.linalg.inv(scaled.T @ scaled)
    c, factor = product / amplitude, 1.0
    if sigma is None:
        free = len(y) - 2
        residual = y - design @ (amplitude, product)
        scatter = float(np.sqrt(residual @ residual / free)) if free else np.nan
        sigma, factor = np.full_like(y, scatter), scatter * _student(free)
    gradient = np.array([-c, 1.0]) / amplitude
    c_error = float(np.sqrt(gradient @ covariance @ gradient)) * factor
    if common is not None:
        c_error = float(np.hypot(c_error, np.linalg.norm(gradient @ covariance @ (scaled.T * weight) @ common)))
    low, high, width = 0.0, 90.0, np.nan
    if np.isfinite(c_error):
        nearest = float(np.clip(c, 0.0, 1.0))  # the error reaches from the nearest tilt there is, into those there are
        low, high = _tilt_deg(nearest + c_error), _tilt_deg(nearest - c_error)
        width = (high - low) / 2.0 if nearest == c else high - low
    return TiltFit(
        orbital, degree, theta, y, sigma, _tilt_deg(c), width,
        (low, high), float(amplitude), float(c), c_error,
    )  # fmt: skip


def _coefficients(orbital: str, theta_deg: float | np.ndarray, degree: float) -> tuple[np.ndarray, np.ndarray]:
    """The closed form at A = 1 as a straight line in cos² of the tilt: its values at 0 and the slopes."""
    form = ORBITALS[orbital]
    lying, upright = form(theta_deg, 90.0, degree), form(theta_deg, 0.0, degree)
    return lying, upright - lying


def _tilt_deg(squared_cosine: float) -> float:
    return float(np.rad2deg(np.arccos(np.sqrt(np.clip(squared_cosine, 0.0, 1.0)))))


def _student(free: int) -> float:
    """Student's factor: by what a scatter from so few values is multiplied for an interval that holds 68 %."""
    if free < 1:
        return np.nan
    from scipy.stats import t  # takes long to load

    return float(t.ppf(0.5 + _SHARE / 2.0, free))
