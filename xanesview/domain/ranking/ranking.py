"""Candidates in the order of their fit to measured spectra, singly and mixed, with what the prediction can tell apart.

Each candidate is moved (within the shift that calibrations differ by), broadened, and laid over all measured curves
with one scale, one edge step and an offset a curve, by linear least squares. What is left, as a share of the measured
variance, is the misfit squared. Its error follows from the band of the prediction: curves drawn within it, alike over
about one eV, are fitted in the same way.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.comparison import Window
from xanesview.domain.counts import counted
from xanesview.domain.processing.as_measured import STEP_WIDTH_EV
from xanesview.domain.processing.edge import find_e0
from xanesview.domain.processing.fit_model import Measured, Shape, coarse_start, overlap
from xanesview.domain.processing.steps.arctangent_step import arctangent
from xanesview.domain.processing.steps.step import clean_points
from xanesview.domain.ranking.candidate import Candidate, Ranked, Ranking
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import Cancelled, XanesviewError

_COARSE_EV, _FINE_EV = 0.2, 0.05
_WIDTHS_EV = (0.0, 0.5, 1.0)
_DRAWS = 24
_ALIKE_EV = 1.0
"""Over how many eV the error of a prediction is alike: about the width of a line."""
_LEAST_ERROR = 0.03
"""Of the prediction's highest point: no prediction is better than that beside a measurement, whatever its band says."""
_TIED = 1.64
"""Two candidates whose misfits differ by less than so many standard deviations of the difference are not told apart."""
_MIXED = 14
"""Of the best so many candidates mixtures are tried: 14 have 91 pairs and 364 triples."""
_SMALLEST_FRACTION = 0.03
_MOST_POINTS = 1500


@dataclass(frozen=True)
class RankChoices:
    """How candidates are compared.

    Attributes
    ----------
    window_ev : (low, high) or None
        Measured energies that count.
    largest_shift_ev : float
        How far a candidate may be moved: by how much energy scales differ.
    width, step, offset : bool
        Whether a Gaussian width may be added, an edge step of the measured curve allowed for, an offset fitted.
    most_mixed : int
        1 for no mixtures, 2 or 3.
    """

    window_ev: Window | None = None
    largest_shift_ev: float = 1.0
    width: bool = True
    step: bool = True
    offset: bool = True
    most_mixed: int = 1


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
    mixtures = _mixtures(curves, ranked, measured, asked, cancelled) if asked.most_mixed > 1 else ()
    used = tuple(
        one.replace(energy_ev=curve.energy_ev, intensity=curve.intensity, band=None)
        for one, curve in zip(measured, curves)
    )
    return Ranking(used, tuple(ranked), mixtures, tuple(left_out))


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
    shapes = _shapes(candidate, len(curves))
    e0 = _e0(candidate, shapes)
    widths = _WIDTHS_EV if asked.width else (0.0,)
    found = None
    low, high, step = -asked.largest_shift_ev, asked.largest_shift_ev, _COARSE_EV
    for step in (_COARSE_EV, _FINE_EV):
        shifts = np.linspace(low, high, max(round((high - low) / step), 1) + 1)
        found = coarse_start(curves, shapes, e0, shifts, widths, STEP_WIDTH_EV, asked.step, asked.offset)
        low = max(found.shift_ev - _COARSE_EV, -asked.largest_shift_ev)
        high = min(found.shift_ev + _COARSE_EV, asked.largest_shift_ev)
        widths = (found.fwhm_ev,)
    laid = _laid(curves, [(candidate, shapes, e0)], found.shift_ev, found.fwhm_ev, asked)
    at_limit = abs(found.shift_ev) > asked.largest_shift_ev - 0.5 * _FINE_EV > 0.0
    return dataclasses.replace(laid.ranked(measured), at_limit=at_limit)


def _shapes(candidate: Candidate, n_curves: int) -> list[Shape]:
    spectra = candidate.spectra * n_curves if len(candidate.spectra) == 1 else candidate.spectra
    if len(spectra) != n_curves:
        have = counted(len(spectra), "spectrum", "spectra")
        raise XanesviewError(
            f"{candidate.name} has {have} for {counted(n_curves, 'measured curve')}.",
            "Give one, or one a measured curve.",
        )
    shapes = []
    for one in spectra:
        points = clean_points(one.energy_ev, one.intensity)
        shapes.append(Shape.of(points.energy_ev, points.intensity))
    return shapes


def _e0(candidate: Candidate, shapes: Sequence[Shape]) -> float:
    if candidate.e0_ev is not None:
        return candidate.e0_ev
    return find_e0(shapes[0].energy_ev, shapes[0].intensity)


class _Laid:
    """Candidates at one shift and width over all measured curves: the columns of a linear problem, and its solution."""

    def __init__(self, curves, used, parts, columns, shift_ev, fwhm_ev, asked) -> None:
        self.used, self.parts, self.columns = used, parts, columns
        self.shift_ev, self.fwhm_ev, self.asked = shift_ev, fwhm_ev, asked
        self.weight = np.concatenate([1.0 / one.sigma for one in used])
        self.target = np.concatenate([one.intensity for one in used]) * self.weight
        extra = [np.zeros(len(self.target))]
        if asked.step:
            extra = [np.concatenate([arctangent(one.energy_ev - shift_ev, parts[0][2], STEP_WIDTH_EV) for one in used])]
        self.extra = np.stack(extra) * self.weight
        each = np.concatenate([np.full(len(one.energy_ev), k) for k, one in enumerate(used)])
        self.offsets = np.stack([(each == k) * (1.0 if asked.offset else 0.0) for k in range(len(used))]) * self.weight
        self.offset_base = self._basis()
        self.spread = float(np.sum(self._without_offsets(self.target) ** 2))

    def _basis(self) -> np.ndarray:
        norms = np.linalg.norm(self.offsets, axis=1)
        return self.offsets[norms > 0] / norms[norms > 0, None]

    def _without_offsets(self, rows: np.ndarray) -> np.ndarray:
        """Return rows (…, N) without what offsets can explain."""
        return rows - (rows @ self.offset_base.T) @ self.offset_base

    def solved(self, columns: np.ndarray) -> tuple[np.ndarray, float]:
        """Return the non-negative factors of candidates (P, N) and of the step, and the misfit."""
        from scipy.optimize import nnls

        design = self._without_offsets(np.concatenate([columns * self.weight, self.extra]))
        factors, rest = nnls(design.T, self._without_offsets(self.target))
        return factors, rest / max(np.sqrt(self.spread), 1e-300)

    def error(self, columns: np.ndarray) -> float:
        """Return the standard deviation of the misfit of curves within the bands."""
        chance = np.random.default_rng(7)  # the same draws for all, so that an order is the same each time
        bands = np.stack([_bands(self.used, part, self.shift_ev) for part in self.parts])
        misfits = []
        for _ in range(_DRAWS):
            noise = np.concatenate([_alike(chance, one.energy_ev) for one in self.used])
            misfits.append(self.solved(columns + bands * noise)[1])
        return float(np.std(misfits))

    def ranked(self, measured: Sequence[Spectrum]) -> Ranked:
        """Return the result, with its error and its fitted curves."""
        factors, misfit = self.solved(self.columns)
        n = len(self.parts)
        total = float(factors[:n].sum())
        if total <= 0.0:
            raise XanesviewError(
                "No positive factor brings the prediction to the measured curve.",
                "Check its intensity column, or subtract its background first.",
            )
        plain = (factors @ np.concatenate([self.columns * self.weight, self.extra])) / self.weight
        rest = (self.target / self.weight - plain) * self.weight
        offsets = [float(np.dot(rest, o) / max(np.dot(o, o), 1e-300)) for o in self.offsets]
        ends = np.cumsum([len(one.energy_ev) for one in self.used])[:-1]
        fitted = tuple(
            Spectrum(one.energy_ev, part + offset, whole.unit, f"{whole.label}, fitted", "predicted", axis=whole.axis)
            for one, part, offset, whole in zip(self.used, np.split(plain, ends), offsets, measured)
        )
        return Ranked(
            candidates=tuple(part[0] for part in self.parts), fractions=tuple((factors[:n] / total).tolist()),
            misfit=min(misfit, 1.0), error=self.error(self.columns), shift_ev=self.shift_ev, fwhm_ev=self.fwhm_ev,
            scale=total, step_height=float(factors[n]) / total, offsets=tuple(offsets), fitted=fitted,
        )  # fmt: skip


def _laid(curves: Sequence[Measured], parts, shift_ev: float, fwhm_ev: float, asked: RankChoices) -> _Laid:
    """Lay candidates, each (candidate, shapes, E0), over the points that all of them reach."""
    used = []
    for k, curve in enumerate(curves):
        reached = np.logical_and.reduce([overlap(curve, shapes[k], shift_ev) for _, shapes, _ in parts])
        used.append(curve.where(reached))
    columns = np.stack([
        np.concatenate([
            np.interp(one.energy_ev - shift_ev, shape.energy_ev, shape.broadened(fwhm_ev, 0.0, e0))
            for one, shape in zip(used, shapes)
        ])
        for _, shapes, e0 in parts
    ])  # fmt: skip
    return _Laid(curves, used, parts, columns, shift_ev, fwhm_ev, asked)


def _bands(used: Sequence[Measured], part, shift_ev: float) -> np.ndarray:
    """Return one standard deviation of a prediction at the measured energies, (N,)."""
    candidate, shapes, _ = part
    spectra = candidate.spectra * len(used) if len(candidate.spectra) == 1 else candidate.spectra
    rows = []
    for one, spectrum, shape in zip(used, spectra, shapes):
        least = _LEAST_ERROR * float(np.max(np.abs(shape.intensity)))
        band = np.zeros_like(spectrum.energy_ev) if spectrum.band is None else np.nan_to_num(spectrum.band)
        rows.append(np.maximum(np.interp(one.energy_ev - shift_ev, spectrum.energy_ev, band), least))
    return np.concatenate(rows)


def _alike(chance: np.random.Generator, energy_ev: np.ndarray) -> np.ndarray:
    """Return noise (E,) of variance one that is alike over about an eV."""
    knots = np.arange(energy_ev[0] - _ALIKE_EV, energy_ev[-1] + 2 * _ALIKE_EV, _ALIKE_EV)
    at = (energy_ev - knots[0]) / _ALIKE_EV
    left = np.floor(at).astype(int)
    share = at - left
    values = chance.standard_normal(len(knots) + 1)
    norm = np.sqrt(share**2 + (1 - share) ** 2)
    return ((1 - share) * values[left] + share * values[left + 1]) / norm


def _with_ties(found: Sequence[Ranked]) -> list[Ranked]:
    best = found[0]
    near = [one.misfit - best.misfit <= _TIED * np.hypot(one.error, best.error) for one in found]
    return [dataclasses.replace(one, is_tied=bool(tied)) for one, tied in zip(found, near)]


def _mixtures(
    curves: Sequence[Measured], ranked: Sequence[Ranked], measured: Sequence[Spectrum], asked: RankChoices,
    cancelled: Callable[[], bool] | None,
) -> tuple[Ranked, ...]:  # fmt: skip
    """Return the best mixture of two and of three that fit better than fewer parts beyond the errors, best first."""
    some = [one.candidates[0] for one in ranked[:_MIXED]]
    parts = [(one, shapes := _shapes(one, len(curves)), _e0(one, shapes)) for one in some]
    found: list[Ranked] = []
    fewer = ranked[0]
    for size in range(2, asked.most_mixed + 1):
        best = _best_mixture(curves, parts, size, fewer, measured, asked, cancelled)
        if best is None or fewer.misfit - best.misfit < np.hypot(best.error, fewer.error):
            break
        found.insert(0, best)
        fewer = best
    return tuple(found)


def _best_mixture(curves, parts, size, start: Ranked, measured, asked, cancelled) -> Ranked | None:
    """Return the best mixture of so many, at a common shift about that of the best with fewer."""
    low, high = start.shift_ev - _COARSE_EV, start.shift_ev + _COARSE_EV
    shifts = np.clip(np.linspace(low, high, 5), -asked.largest_shift_ev, asked.largest_shift_ev)
    best, misfit = None, np.inf
    for shift in np.unique(shifts):
        if cancelled is not None and cancelled():
            raise Cancelled
        laid = _laid(curves, parts, float(shift), start.fwhm_ev, asked)
        if min(len(one.energy_ev) for one in laid.used) < 8:
            continue
        for chosen in itertools.combinations(range(len(parts)), size):
            factors, left = laid.solved(laid.columns[list(chosen)])
            share = factors[:size] / max(factors[:size].sum(), 1e-300)
            if left < misfit and share.min() >= _SMALLEST_FRACTION:
                best, misfit = (float(shift), chosen), left
    if best is None:
        return None
    mixed = _laid(curves, [parts[k] for k in best[1]], best[0], start.fwhm_ev, asked).ranked(measured)
    order = np.argsort(mixed.fractions)[::-1]
    return dataclasses.replace(
        mixed, candidates=tuple(mixed.candidates[k] for k in order),
        fractions=tuple(mixed.fractions[k] for k in order),
    )  # fmt: skip
