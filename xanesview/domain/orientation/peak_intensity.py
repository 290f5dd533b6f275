"""Intensity of one resonance in spectra at several angles: area, height, or a Gaussian on an arctangent step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.orientation.peak_background import Backgrounds, backgrounds
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

MEASURES = {"area": "area in the window", "height": "height at the peak", "fit": "Gaussian beside an arctangent step"}
_FEWEST = 4
_STARTS = (0.25, 0.5, 0.75)  # places of the Gaussian from which the fit begins, as shares of the window
_SEEN = 9  # by so many variances of the noise the squares have to sink for a step to stand in the window: 3 σ
STEP_WIDTH_EV = 1.0
"""Full width at half maximum of the slope of the arctangent, as Stöhr takes it for π* resonances."""


@dataclass(frozen=True, eq=False)
class PeakIntensities:
    """What a resonance measures in each of several spectra.

    Attributes
    ----------
    values, errors : (A,) float
        And standard errors, as the noise of the spectra gives them (NaN where there is too little to tell).
    how : str
        One of MEASURES.
    window_ev : (float, float)
    centre_ev, fwhm_ev : float or None
        Of the Gaussian, the same for all spectra; the energy of a height; None for an area.
    curves : (A,) tuple of (G, 2) float or None
        Energies and the fitted curve of each spectrum.
    background : str
        What was taken off, in words.
    common : (A, K) float or None
        By how much all values move together with one standard error of what a fit finds for all spectra at once: place
        and width of the peak, place of the step; `errors` are those beside it.
    """

    values: np.ndarray
    errors: np.ndarray
    how: str
    window_ev: tuple[float, float]
    centre_ev: float | None = None
    fwhm_ev: float | None = None
    curves: tuple[np.ndarray, ...] | None = None
    background: str = "its own step and level in the fit"
    common: np.ndarray | None = None


def peak_intensities(
    spectra: Sequence[Spectrum], low_ev: float, high_ev: float, how: str = "area", background: str = "step"
) -> PeakIntensities:
    """Return the intensity of the resonance between two energies in each spectrum.

    Parameters
    ----------
    spectra : normalised alike, at least one
    low_ev, high_ev : window, eV
    how : "area" is the integral over the window; "height" the intensity at the energy where the mean of the spectra is
        highest; "fit" the area of a Gaussian beside an arctangent step and a level, whose places and width are the same
        in all spectra
    background : what is taken off an area or a height first, see `peak_background.BACKGROUNDS`: what an edge or a
        neighbour brings into the window is the same at every angle, and would pass for a tilt. A fit has its own.

    Raises
    ------
    XanesviewError
        If a spectrum has no four points in the window, or the fit finds no peak.
    """
    if how not in MEASURES:
        raise XanesviewError(f"There is no measure “{how}”.", f"Choose one of: {', '.join(MEASURES)}.")
    low, high = sorted((float(low_ev), float(high_ev)))
    whole = [_finite(spectrum) for spectrum in spectra]
    points = [_inside(spectrum, *one, low, high) for spectrum, one in zip(spectra, whole)]
    if how == "fit":
        return _fitted(points, (low, high))
    under = backgrounds(whole, [energy for energy, _ in points], (low, high), background)
    noise = np.array([_noise(y) for _, y in points])
    points = [(energy, y - one.values) for (energy, y), one in zip(points, under.each)]
    if how == "area":
        weights = [_steps_of(energy) for energy, _ in points]
        return _weighed(points, weights, under, noise, how, (low, high))
    grid = points[int(np.argmax([len(energy) for energy, _ in points]))][0]
    mean = np.mean([np.interp(grid, energy, y) for energy, y in points], axis=0)
    centre = float(grid[int(np.argmax(mean))])
    weights = [_reading(energy, centre) for energy, _ in points]
    return _weighed(points, weights, under, noise, how, (low, high), centre)


def _weighed(
    points: list[tuple[np.ndarray, np.ndarray]],
    weights: list[np.ndarray],
    under: Backgrounds,
    noise: np.ndarray,
    how: str,
    window: tuple[float, float],
    centre: float | None = None,
) -> PeakIntensities:
    """Weighted sums of the points less their background, with the noise of both."""
    values = np.array([weight @ y for (_, y), weight in zip(points, weights)])
    spread = [
        np.sqrt(weight @ weight + np.sum(one.share(weight) ** 2)) for weight, one in zip(weights, under.each)
    ]
    return PeakIntensities(values, noise * np.array(spread), how, window, centre, background=under.text)


def _steps_of(energy: np.ndarray) -> np.ndarray:
    """Weights of the points in an integral by trapezia."""
    steps = np.diff(energy)
    return np.concatenate([[steps[0]], steps[:-1] + steps[1:], [steps[-1]]]) / 2.0


def _reading(energy: np.ndarray, at: float) -> np.ndarray:
    """Weights of the points in a linear interpolation at an energy."""
    k = int(np.clip(np.searchsorted(energy, at), 1, len(energy) - 1))
    share = (at - energy[k - 1]) / (energy[k] - energy[k - 1])
    weights = np.zeros(len(energy))
    weights[k - 1 : k + 1] = 1.0 - share, share
    return weights


def _finite(spectrum: Spectrum) -> tuple[np.ndarray, np.ndarray]:
    """Energies, ascending and each once, and intensities, of the finite points."""
    good = np.isfinite(spectrum.intensity)
    energy, first = np.unique(spectrum.energy_ev[good], return_index=True)
    return energy, spectrum.intensity[good][first]


def _inside(
    spectrum: Spectrum, energy: np.ndarray, y: np.ndarray, low: float, high: float
) -> tuple[np.ndarray, np.ndarray]:
    """Energies and intensities from one end of the window to the other, the ends interpolated."""
    inside = (energy > low) & (energy < high)
    if inside.sum() < _FEWEST or energy[0] > low + 1e-6 or energy[-1] < high - 1e-6:
        reach = f"from {energy[0]:g} to {energy[-1]:g} eV" if len(energy) else "nowhere"
        raise XanesviewError(
            f"{spectrum.label or 'A spectrum'} has too few points between {low:g} and {high:g} eV.",
            f"It reaches {reach}; choose a window inside.",
        )
    grid = np.array([low, *energy[inside], high])
    return grid, np.interp(grid, energy, y)


def _noise(y: np.ndarray) -> float:
    """Standard deviation of the noise, from third differences, in which a smooth curve hardly shows."""
    if len(y) < 2 + _FEWEST:
        return float("nan")
    third = np.diff(y[1:-1], 3)
    return float(np.sqrt(np.mean(third**2) / 20.0)) if len(third) else float("nan")


def _fitted(points: list[tuple[np.ndarray, np.ndarray]], window: tuple[float, float]) -> PeakIntensities:
    """Fit all spectra at once: places and widths are common, areas, steps and levels each one's own."""
    import lmfit  # takes long to load

    low, high = window
    span = high - low
    y = np.concatenate([one for _, one in points])
    parameters = lmfit.Parameters()
    parameters.add("centre", value=(low + high) / 2.0, min=low, max=high)
    parameters.add("fwhm", value=min(0.8, span / 2.0), min=0.05 * span, max=span)
    parameters.add("step", value=high, min=low, max=high + span)

    def solved(values: lmfit.Parameters) -> tuple[np.ndarray, np.ndarray]:
        design = _design(points, *(values[name].value for name in ("centre", "fwhm", "step")))
        return design, np.linalg.lstsq(design, y, rcond=None)[0]

    def residual(values: lmfit.Parameters) -> np.ndarray:
        design, linear = solved(values)
        return design @ linear - y

    def described(first_ev: float, last_ev: float) -> tuple[float, lmfit.Parameters] | None:
        """Return the least squares and the parameters with the step between two energies; None without a peak."""
        parameters["step"].set(value=(first_ev + last_ev) / 2.0, min=first_ev, max=last_ev)
        found = []
        for share in _STARTS:  # of several peaks in a window the best described one is taken
            parameters["centre"].value = low + share * span
            one = lmfit.minimize(residual, parameters, method="least_squares")
            if solved(one.params)[1][: len(points)].sum() > 0.0:
                found.append((one.chisqr, one.params))
        return min(found, key=lambda one: one[0]) if found else None

    # A small step under the peak and the foot of a large one beyond the window look alike in noise, and the former
    # takes its area from the peak: it needs to be seen.
    beyond, inside = described(high, high + span), described(low, high)
    if beyond is None and inside is None:
        raise XanesviewError("No peak was found in the window.", "Choose one around a resonance.")
    if beyond is None or (inside is not None and inside[0] < beyond[0] * (1.0 - _SEEN / max(len(y), _SEEN + 1))):
        beyond = inside
    best = beyond[1]
    design, linear = solved(best)
    places = np.array([best[name].value for name in ("centre", "fwhm", "step")])
    rest, free = y - design @ linear, len(y) - design.shape[1] - len(places)
    variance = rest @ rest / free if free > 0 else np.nan
    own, common = _errors(points, places, linear, variance)
    ends = np.cumsum([len(energy) for energy, _ in points])[:-1]
    curves = tuple(
        np.column_stack([energy, fitted])
        for (energy, _), fitted in zip(points, np.split(design @ linear, ends), strict=True)
    )
    return PeakIntensities(
        linear[: len(points)], own, "fit", window, float(places[0]), float(places[1]), curves, common=common
    )


def _errors(
    points: list[tuple[np.ndarray, np.ndarray]], places: np.ndarray, linear: np.ndarray, variance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the standard errors of the areas (A,) by themselves, and by how much all move with what is common.

    The latter, (A, 3), are the effects of one standard error of each independent combination of places and width.
    """
    count = len(points)
    steps = 1e-4 * np.eye(3)
    moved = np.stack(
        [(_design(points, *(places + d)) - _design(points, *(places - d))) @ linear / 2e-4 for d in steps], axis=1
    )
    design = _design(points, *places)
    inverse = np.linalg.pinv(design)
    through = inverse @ moved  # by how much areas, steps and levels follow what is common
    left = moved - design @ through
    covariance = variance * np.linalg.pinv(left.T @ left, rcond=1e-10, hermitian=True)
    values, vectors = np.linalg.eigh(covariance)
    common = -through[:count] @ (vectors * np.sqrt(np.clip(values, 0.0, None)))
    return np.sqrt(variance * np.sum(inverse[:count] ** 2, axis=1)), common


def _design(points: list[tuple[np.ndarray, np.ndarray]], centre: float, fwhm: float, step: float) -> np.ndarray:
    """Gaussians of area 1, then levels, then steps of height 1, one of each a spectrum: (ΣE, 3 A)."""
    sigma = fwhm / (2.0 * np.sqrt(2.0 * np.log(2.0)))
    rows, count = [], len(points)
    for k, (energy, _) in enumerate(points):
        block = np.zeros((len(energy), 3 * count))
        block[:, k] = np.exp(-((energy - centre) ** 2) / (2.0 * sigma**2)) / (sigma * np.sqrt(2.0 * np.pi))
        block[:, count + k] = 1.0
        block[:, 2 * count + k] = 0.5 + np.arctan(2.0 * (energy - step) / STEP_WIDTH_EV) / np.pi
        rows.append(block)
    return np.concatenate(rows)
