"""Mixtures of two or three candidates that fit measured curves better than fewer parts.

A part of a mixture need not fit well alone, so nearly all candidates are tried as partners: pairs all at once, from
the products of their curves, and a third part beside each of the best pairs, and of the pairs in the best triples. The
best of these are then laid over the curves as single candidates are.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Sequence

import numpy as np

from xanesview.domain.processing.fit_model import Measured, overlap
from xanesview.domain.ranking.candidate import TIED, Ranked
from xanesview.domain.ranking.choices import RankChoices
from xanesview.domain.ranking.laid import Laid, e0_of, laid_over, shapes_of
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import Cancelled

MOST_FIRST, MOST_SECOND = 200, 1000
"""Pairs hold one of the best so many candidates, and one of the best so many: at most 180 000."""
_COARSE_EV, _FINE_EV, _FAR_EV = 0.2, 0.05, 1.0
_MOST_LAID = 24
"""So many of the best mixtures are laid over the curves one by one, and have a third part sought for them."""
_MOST_LISTED = 10
_SMALLEST_FRACTION = 0.03
_REACHED = 0.9
"""A candidate that reaches fewer of the points that the best one reaches is part of no mixture."""


def mixtures(
    curves: Sequence[Measured], ranked: Sequence[Ranked], measured: Sequence[Spectrum], asked: RankChoices,
    widths_ev: Sequence[float], cancelled: Callable[[], bool] | None,
) -> tuple[tuple[Ranked, ...], int]:  # fmt: skip
    """Return the mixtures that fit better than fewer parts beyond the errors, best first, and how many more are tied.

    These are the best of two, the best of three, and those of as many parts as the best that can't be told from it:
    of them at most ten, the others are counted.
    """
    search = _Search(curves, ranked, measured, asked, widths_ev, cancelled)
    best: list[Ranked] = []
    tied: tuple[Ranked, ...] = ()
    fewer, more = ranked[0], 0
    sets = search.pairs()
    for size in range(2, asked.most_mixed + 1):
        if size == 3:
            sets = search.with_third(sets)
        found = search.laid(sets)
        if not found or fewer.misfit - found[0].misfit < np.hypot(found[0].error, fewer.error):
            break
        fewer = dataclasses.replace(found[0], is_tied=True)
        alike = [one for one in found[1:] if one.misfit - fewer.misfit <= TIED * np.hypot(one.error, fewer.error)]
        tied = tuple(dataclasses.replace(one, is_tied=True) for one in alike[: _MOST_LISTED - 1])
        near = min(sets.misfits.values()) + TIED * np.sqrt(2.0) * fewer.error
        more = max(sum(misfit <= near for misfit in sets.misfits.values()) - 1 - len(tied), len(alike) - len(tied), 0)
        best = [fewer, *(dataclasses.replace(one, is_tied=False) for one in best)]
    listed = [*best[:1], *tied, *best[1:]]
    return tuple(listed), more


@dataclasses.dataclass(frozen=True, eq=False)
class _Sets:
    """Sets of candidates, by their places, with the misfit of each and the shift and width it is had at."""

    misfits: dict[tuple[int, ...], float] = dataclasses.field(default_factory=dict)
    places: dict[tuple[int, ...], tuple[float, float]] = dataclasses.field(default_factory=dict)

    def best(self) -> list[tuple[int, ...]]:
        """Return the best few."""
        return sorted(self.misfits, key=self.misfits.__getitem__)[:_MOST_LAID]

    def take(self, sets: np.ndarray, misfits: np.ndarray, place: tuple[float, float]) -> None:
        """Keep what is better than before."""
        for one, misfit in zip(map(tuple, sets.tolist()), misfits.tolist()):
            if misfit < self.misfits.get(one, np.inf):
                self.misfits[one], self.places[one] = misfit, place


class _Search:
    def __init__(self, curves, ranked, measured, asked, widths_ev, cancelled) -> None:
        self.curves, self.measured, self.asked, self.cancelled = curves, measured, asked, cancelled
        some = [one.candidates[0] for one in ranked[:MOST_SECOND]]
        self.parts = [(one, shapes := shapes_of(one, len(curves)), e0_of(one, shapes)) for one in some]
        self.widths_ev = tuple(widths_ev)
        self._broadened: dict[float, list[list[np.ndarray]]] = {}
        about = ranked[0].shift_ev if asked.largest_shift_ev > _FAR_EV else 0.0
        self.shifts_ev = self._within(about, min(asked.largest_shift_ev, _FAR_EV), _COARSE_EV)

    def _within(self, about_ev: float, by_ev: float, step_ev: float) -> list[float]:
        count = 2 * round(by_ev / step_ev) + 1
        shifts = np.linspace(about_ev - by_ev, about_ev + by_ev, count)
        return np.unique(np.clip(shifts, -self.asked.largest_shift_ev, self.asked.largest_shift_ev)).tolist()

    def pairs(self) -> _Sets:
        """Return the pairs, each at its best shift and width."""
        n = len(self.parts)
        pairs = np.array(list(itertools.combinations(range(min(n, MOST_FIRST)), 2)), dtype=int).reshape(-1, 2)
        others = np.arange(MOST_FIRST, n)
        if len(others):
            first = np.repeat(np.arange(MOST_FIRST), len(others))
            pairs = np.concatenate([pairs, np.stack([first, np.tile(others, MOST_FIRST)], axis=1)])
        misfits, at = np.full(len(pairs), np.inf), np.zeros(len(pairs), dtype=int)
        places = list(itertools.product(self.shifts_ev, self.widths_ev))
        for k, place in enumerate(places):
            here = self._misfits(pairs, place)
            better = here < misfits
            misfits[better], at[better] = here[better], k
        found = _Sets()
        for k, place in enumerate(places):
            mine = (at == k) & np.isfinite(misfits)
            found.take(pairs[mine], misfits[mine], place)
        return found

    def with_third(self, pairs: _Sets) -> _Sets:
        """Return the best pairs with each other candidate as a third part, at the shift and width of the pair.

        Once more for the pairs that are in the best triples: of these one part is so changed for each other candidate.
        """
        found = _Sets()
        self._with_others(found, {pair: pairs.places[pair] for pair in pairs.best()})
        inside = {two: found.places[one] for one in found.best() for two in itertools.combinations(one, 2)}
        self._with_others(found, inside)
        return found

    def _with_others(self, found: _Sets, pairs: dict[tuple[int, ...], tuple[float, float]]) -> None:
        for place in sorted(set(pairs.values())):
            sets = []
            for pair in (one for one in pairs if pairs[one] == place):
                others = np.setdiff1d(np.arange(len(self.parts)), pair)
                sets.append(np.column_stack([np.tile(pair, (len(others), 1)), others]))
            triples = np.unique(np.sort(np.concatenate(sets), axis=1), axis=0)
            misfits = self._misfits(triples, place)
            found.take(triples[np.isfinite(misfits)], misfits[np.isfinite(misfits)], place)

    def laid(self, sets: _Sets) -> list[Ranked]:
        """Return the best few laid over the curves at a finer shift, best first."""
        found = []
        for chosen in sets.best():
            self._ask()
            parts, (about_ev, fwhm_ev) = [self.parts[k] for k in chosen], sets.places[chosen]
            best, misfit = None, np.inf
            for shift_ev in self._within(about_ev, 2 * _FINE_EV, _FINE_EV):
                laid = laid_over(self.curves, parts, shift_ev, fwhm_ev, self.asked)
                if min(len(one.energy_ev) for one in laid.used) < 8:
                    continue
                factors, left = laid.solved(laid.columns)
                factors = factors[: len(parts)]
                if left < misfit and factors.min() >= _SMALLEST_FRACTION * factors.sum() > 0.0:
                    best, misfit = laid, left
            if best is not None:
                found.append(self._ordered(best.ranked(self.measured)))
        return sorted(found, key=lambda one: one.misfit)

    def _ordered(self, mixed: Ranked) -> Ranked:
        """Return a mixture with its largest part first."""
        order = np.argsort(mixed.fractions)[::-1]
        limit = self.asked.largest_shift_ev
        return dataclasses.replace(
            mixed, candidates=tuple(mixed.candidates[k] for k in order),
            fractions=tuple(mixed.fractions[k] for k in order),
            at_limit=abs(mixed.shift_ev) > limit - 0.5 * _FINE_EV > 0.0,
        )  # fmt: skip

    def _ask(self) -> None:
        if self.cancelled is not None and self.cancelled():
            raise Cancelled

    def _misfits(self, sets: np.ndarray, place: tuple[float, float]) -> np.ndarray:
        """Return the misfits of sets (M, k) of candidates; infinite where a part would not be there."""
        self._ask()
        laid, kept = self._all(*place)
        if laid is None:
            return np.full(len(sets), np.inf)
        rows = laid.without_offsets(np.concatenate([laid.columns * laid.weight, laid.extra]))
        norms = np.maximum(np.linalg.norm(rows, axis=1), 1e-300)
        rows, target = rows / norms[:, None], laid.without_offsets(laid.target)
        products, onto = rows @ rows.T, rows @ target
        row = np.full(len(self.parts), -1)
        row[kept] = np.arange(len(kept))
        there = (row[sets] >= 0).all(axis=1)
        misfits = np.full(len(sets), np.inf)
        misfits[there] = _fitted_sets(row[sets[there]], products, onto, norms[:-1], laid.spread)
        return misfits

    def _all(self, shift_ev: float, fwhm_ev: float) -> tuple[Laid | None, np.ndarray]:
        """Return the candidates that reach about what the best one reaches, over the points that all of them reach."""
        reached = [
            np.stack([overlap(one, shapes[k], shift_ev) for _, shapes, _ in self.parts])
            for k, one in enumerate(self.curves)
        ]
        enough = [(here & here[0]).sum(axis=1) >= _REACHED * here[0].sum() for here in reached]
        kept = np.flatnonzero(np.logical_and.reduce(enough))
        used = [one.where(here[kept].all(axis=0)) for one, here in zip(self.curves, reached)]
        if min(len(one.energy_ev) for one in used) < 8:
            return None, kept
        if fwhm_ev not in self._broadened:
            self._broadened[fwhm_ev] = [
                [shape.broadened(fwhm_ev, 0.0, e0) for shape in shapes] for _, shapes, e0 in self.parts
            ]
        curves = self._broadened[fwhm_ev]
        columns = np.stack([
            np.concatenate([
                np.interp(one.energy_ev - shift_ev, shape.energy_ev, curve)
                for one, shape, curve in zip(used, self.parts[k][1], curves[k])
            ])
            for k in kept
        ])  # fmt: skip
        return Laid(self.curves, used, [self.parts[k] for k in kept], columns, shift_ev, fwhm_ev, self.asked), kept


def _fitted_sets(
    sets: np.ndarray, products: np.ndarray, onto: np.ndarray, norms: np.ndarray, spread: float
) -> np.ndarray:
    """Return the misfits (M,) of sets (M, k) of unit rows; the last row is the step, which may be zero.

    Least squares with a free step; where that falls, without one. Both are the non-negative solution where all parts
    are positive, and other sets don't count.
    """
    if not len(sets):
        return np.empty(0)
    inner = products[sets[:, :, None], sets[:, None, :]] + 1e-9 * np.eye(sets.shape[1])
    answer, beside = onto[sets], products[sets, -1]
    plain = np.linalg.solve(inner, answer[:, :, None])[:, :, 0]
    explained = np.sum(plain * answer, axis=1)
    if products[-1, -1] > 0.5:  # there is a step
        less, free = inner - beside[:, :, None] * beside[:, None, :], answer - beside * onto[-1]
        with_step = np.linalg.solve(less, free[:, :, None])[:, :, 0]
        height = onto[-1] - np.sum(with_step * beside, axis=1)
        rises = height >= 0.0
        explained = np.where(rises, np.sum(with_step * free, axis=1) + onto[-1] ** 2, explained)
        plain = np.where(rises[:, None], with_step, plain)
    factors = plain / norms[sets]
    is_mixture = factors.min(axis=1) >= _SMALLEST_FRACTION * np.maximum(factors.sum(axis=1), 1e-300)
    left = np.sqrt(np.maximum(1.0 - explained / max(spread, 1e-300), 0.0))
    return np.where(is_mixture, left, np.inf)
