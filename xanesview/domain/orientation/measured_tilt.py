"""From spectra of a film at several angles to a tilt: the resonance is measured in each, then the form is fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.orientation.peak_intensity import PeakIntensities, peak_intensities
from xanesview.domain.orientation.tilt_fit import TiltFit, fit_tilt
from xanesview.domain.spectrum import Spectrum


@dataclass(frozen=True, eq=False)
class MeasuredTilt:
    """A tilt, and the intensities that it was fitted to."""

    peaks: PeakIntensities
    fit: TiltFit


def measured_tilt(
    spectra: Sequence[Spectrum],
    theta_deg: Sequence[float] | np.ndarray,
    window_ev: tuple[float, float],
    *,
    orbital: str = "vector",
    degree: float = 1.0,
    measure: str = "area",
    background: str = "step",
) -> MeasuredTilt:
    """Return the tilt of an orbital in a film that is disordered about its normal.

    Parameters
    ----------
    spectra : of the film (A), normalised alike
    theta_deg : (A,) angles of the field from the surface normal
    window_ev : energies of the resonance, eV
    orbital, degree : see `fit_tilt`
    measure, background : see `peak_intensities`

    Raises
    ------
    XanesviewError
        For fewer than two different angles, or a window without a peak.
    """
    peaks = peak_intensities(spectra, *window_ev, measure, background)
    # two angles leave no scatter about the curve: the noise of the spectra stands for it
    known = len(spectra) == 2 and bool(np.isfinite(peaks.errors).all() and (peaks.errors > 0).all())
    errors = peaks.errors if known else None
    return MeasuredTilt(peaks, fit_tilt(theta_deg, peaks.values, orbital, degree, errors, peaks.common))
