"""Candidates in the order of their fit to measured spectra, singly and mixed, with what the prediction can tell apart.

Each candidate is moved (within the shift that calibrations differ by), broadened, and laid over all measured curves
with one scale, one edge step and an offset a curve, by linear least squares. What is left, as a share of the measured
variance, is the misfit squared. Its error follows from the band of the prediction: curves drawn within it, alike over
about one eV, are fitted in the same way.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from xanesview.domain.comparison import Window
from xanesview.domain.counts import counted
from xanesview.domain.processing.as_measured import STEP_WIDTH_EV
from xanesview.domain.processing.fit_model import Measured, coarse_start
from xanesview.domain.processing.steps.step import clean_points
from xanesview.domain.ranking.candidate import TIED, Candidate, Ranked, Ranking
from xanesview.domain.ranking.choices import RankChoices
from xanesview.domain.ranking.laid import e0_of, laid_over, shapes_of
from xanesview.domain.ranking.mixtures import mixtures
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import Cancelled, XanesviewError

_COARSE_EV, _FINE_EV = 0.2, 0.05
_FLAT = 1e-6  # of the highest value
_WIDTHS_EV = (0.0, 0.5, 1.0)
_MOST_POINTS = 1500


def rank(
    measured: Sequence[Spectrum],
    candidates: Sequence[Candidate],
    choices: RankChoices | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Ranking:
    """Return the candidates in the order of their misfit.

    Parameters
    ----------
    measured : one or more curves, such as those of several angles; all have the same weight
    candidates : each with as many spectra as there are measured curves
    choices : RankChoices, optional
    progress : called with (candidates done, candidates in all)
    cancelled : asked before each candidate; where it says yes, `Cancelled` is raised

    Raises
    ------
    XanesviewError
        Without measured points in the window, or where no candidate can be compared.
    """
    asked = RankChoices() if choices is None else choices
    curves = [_points(one, asked.window_ev) for one in measured]
    found, left_out = [], []
    for k, candidate in enumerate(candidates):
        if cancelled is not None and cancelled():
            raise Cancelled
        try:
            found.append(_fitted(curves, candidate, measured, asked))
        except XanesviewError as error:
            left_out.append((candidate.name, error.message))
        if progress is not None:
            progress(k + 1, len(candidates))
    if not found:
        why = f" {left_out[0][0]}: {left_out[0][1]}" if left_out else ""
        raise XanesviewError(
            f"None of {counted(len(candidates), 'candidate')} can be compared with the measured spectrum.{why}",
            "Check that they are of the same edge and on the same energies, or widen the range.",
        )
    found.sort(key=lambda one: one.misfit)
    ranked = _with_ties(found)
    mixed, more = (), 0
    if asked.most_mixed > 1:
        widths = _WIDTHS_EV if asked.width else (0.0,)
        mixed, more = mixtures(curves, ranked, measured, asked, widths, cancelled)
    used = tuple(
        one.replace(energy_ev=curve.energy_ev, intensity=curve.intensity, band=None)
        for one, curve in zip(measured, curves)
    )
    return Ranking(used, tuple(ranked), mixed, tuple(left_out), more)


def _points(spectrum: Spectrum, window_ev: Window | None) -> Measured:
    points = clean_points(spectrum.energy_ev, spectrum.intensity)
    low, high = (-np.inf, np.inf) if window_ev is None else sorted(window_ev)
    inside = (points.energy_ev >= low) & (points.energy_ev <= high)
    energy, intensity = points.energy_ev[inside], points.intensity[inside]
    if len(energy) < 8:
        raise XanesviewError(
            f"{spectrum.label or 'The measured spectrum'} has {counted(len(energy), 'point')} in the range.",
            "Widen the range; a comparison needs eight points.",
        )
    if np.ptp(intensity) <= _FLAT * max(float(np.abs(intensity).max()), 1e-300):  # an offset alone explains all of it
        raise XanesviewError(
            f"The measured curve is a flat line from {energy[0]:.1f} to {energy[-1]:.1f} eV and tells nothing of a "
            "structure.",
            "Check its intensity column, or compare where it has lines.",
        )
    if len(energy) > _MOST_POINTS:  # further points tell no more of a curve as smooth as a prediction
        even = np.linspace(energy[0], energy[-1], _MOST_POINTS)
        energy, intensity = even, np.interp(even, energy, intensity)
    step = np.gradient(energy)  # an uneven grid gives no part of the spectrum more say
    spread = float(np.sqrt(np.sum(step * (intensity - np.average(intensity, weights=step)) ** 2)))
    return Measured(energy, intensity, np.full(len(energy), max(spread, 1e-300)) / np.sqrt(step))


def _fitted(
    curves: Sequence[Measured], candidate: Candidate, measured: Sequence[Spectrum], asked: RankChoices
) -> Ranked:
    """Return a candidate at its best shift and width."""
    shapes = shapes_of(candidate, len(curves))
    e0 = e0_of(candidate, shapes)
    widths = _WIDTHS_EV if asked.width else (0.0,)
    found = None
    low, high, step = -asked.largest_shift_ev, asked.largest_shift_ev, _COARSE_EV
    for step in (_COARSE_EV, _FINE_EV):
        shifts = np.linspace(low, high, max(round((high - low) / step), 1) + 1)
        found = coarse_start(curves, shapes, e0, shifts, widths, STEP_WIDTH_EV, asked.step, asked.offset)
        low = max(found.shift_ev - _COARSE_EV, -asked.largest_shift_ev)
        high = min(found.shift_ev + _COARSE_EV, asked.largest_shift_ev)
        widths = (found.fwhm_ev,)
    laid = laid_over(curves, [(candidate, shapes, e0)], found.shift_ev, found.fwhm_ev, asked)
    at_limit = abs(found.shift_ev) > asked.largest_shift_ev - 0.5 * _FINE_EV > 0.0
    return dataclasses.replace(laid.ranked(measured), at_limit=at_limit)


def _with_ties(found: Sequence[Ranked]) -> list[Ranked]:
    best = found[0]
    near = [one.misfit - best.misfit <= TIED * np.hypot(one.error, best.error) for one in found]
    return [dataclasses.replace(one, is_tied=bool(tied)) for one, tied in zip(found, near)]
