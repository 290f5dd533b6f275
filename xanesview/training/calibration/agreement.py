"""How well a curve meets a measured spectrum: correlation, deviation, shift, and the strongest line below the edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.comparison import best_scale, on_common_grid, pearson, rmse
from xanesview.domain.processing.alignment import fit_shift
from xanesview.domain.processing.broadening import broaden_to
from xanesview.domain.spectrum import Spectrum
from xanesview.training.calibration.measured_files import WINDOWS_EV

COMPARED_AT_FWHM_EV = {"C": 1.18, "N": 1.18, "O": 1.18}
"""Total width of both spectra; of an edge that isn't named, they are compared as they are."""
_LARGEST_SHIFT_EV = {"Fe": 5.0}
_USUAL_SHIFT_EV = 2.0
FARTHEST_LINE_EV = 1.5
SHOWS = 0.2  # of the curve's highest maximum, to count as a line


@dataclass(frozen=True, eq=False)
class Agreement:
    """One curve against its measured spectrum.

    Attributes
    ----------
    name, element : str
    measured, curve : Spectrum
        As they were compared; the curve multiplied by its best scale, which is all that is fitted to the file.
    r : float
        Pearson's correlation in the window of the edge.
    r_shifted, shift_ev : float
        The same after the best shift, which is what to add to the curve.
    rms : float
        Of the deviation, as a share of the measured spectrum's mean in the window.
    line_ev, error_ev : float
        The strongest measured line below the edge, and how far the curve's nearest one is from it; nan where none is
        within 1.5 eV. Of a crystal, the white line.
    """

    name: str
    element: str
    measured: Spectrum
    curve: Spectrum
    r: float
    r_shifted: float
    shift_ev: float
    rms: float
    line_ev: float
    error_ev: float


def agreement(
    name: str, element: str, measured: Spectrum, curve: Spectrum, below_ev: float, native_fwhm_ev: float
) -> Agreement:
    """Compare a curve with a measured spectrum.

    Parameters
    ----------
    measured : with the resolution that is known of it as its native width
    curve : at the width it is drawn with
    below_ev : lines are looked for below this energy: the lowest ionisation potential
    native_fwhm_ev : width that the curve came with; what was added to look measured stays in the comparison
    """
    asked = COMPARED_AT_FWHM_EV.get(element, 0.0)
    width = max(asked, native_fwhm_ev) if asked else 0.0
    window = WINDOWS_EV[element]
    ref, pred = (broaden_to(one, max(width, one.native_fwhm_ev)) for one in (measured, curve))
    _, a, b = on_common_grid(ref, pred, window)
    shift = -fit_shift(ref, pred, window, _LARGEST_SHIFT_EV.get(element, _USUAL_SHIFT_EV))
    _, c, d = on_common_grid(ref, pred.shifted(shift), window)
    scaled = pred.scaled(best_scale(pred, ref, window))
    _, e, f = on_common_grid(ref, scaled, window)
    line, error = line_error(ref, pred, window[0] - 1.0, min(below_ev, window[1]))
    rms = rmse(e, f) / float(e.mean())
    return Agreement(name, element, ref, scaled, pearson(a, b), pearson(c, d), shift, rms, line, error)


def lines_ev(spectrum: Spectrum, low_ev: float, high_ev: float) -> tuple[np.ndarray, np.ndarray]:
    """Return energies (parabolas through three points) and heights of the maxima within a range, strongest first."""
    here = spectrum.windowed(low_ev, high_ev)
    energy, y = here.energy_ev, here.intensity
    tops = 1 + np.flatnonzero((y[1:-1] >= y[:-2]) & (y[1:-1] > y[2:]))
    tops = tops[np.argsort(-y[tops])]
    parabolas = [np.polyfit(energy[k - 1 : k + 2] - energy[k], y[k - 1 : k + 2], 2) for k in tops]
    return energy[tops] - np.array([b / (2 * a) for a, b, _ in parabolas]), y[tops]


def line_error(measured: Spectrum, curve: Spectrum, low_ev: float, high_ev: float) -> tuple[float, float]:
    """Return the strongest measured line and how far the nearest line of the curve that shows is from it, eV."""
    here, _ = lines_ev(measured, low_ev, high_ev)
    there, heights = lines_ev(curve, low_ev - FARTHEST_LINE_EV, high_ev + FARTHEST_LINE_EV)
    if not len(here) or not len(there):
        return float("nan"), float("nan")
    errors = there[heights > SHOWS * heights.max()] - here[0]
    nearest = float(errors[np.argmin(np.abs(errors))])
    return float(here[0]), nearest if abs(nearest) < FARTHEST_LINE_EV else float("nan")


def medians(rows: Sequence[Agreement]) -> dict[str, float | int | None]:
    """Return number of files, median r and rms, and of the line errors the median of their sizes and the mean."""
    errors = np.array([row.error_ev for row in rows if np.isfinite(row.error_ev)])
    return {
        "n_files": len(rows),
        "median_r": round(float(np.median([row.r for row in rows])), 4),
        "median_rms": round(float(np.median([row.rms for row in rows])), 4),
        "median_line_error_ev": round(float(np.median(np.abs(errors))), 3) if len(errors) else None,
        "mean_line_error_ev": round(float(errors.mean()), 3) if len(errors) else None,
    }
