"""What a resonance stands on: a line, or an arctangent step, fitted to a spectrum outside the window of the peak."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.errors import XanesviewError

BACKGROUNDS = {
    "step": "a level and an arctangent step, fitted below and above the window",
    "line": "a straight line through what lies on either side of the window",
    "none": "nothing taken off",
}
Points = tuple[np.ndarray, np.ndarray]
"""Energies (N,), eV, ascending, and intensities (N,)."""
_FLANK_SHARE = 0.5  # of the window's width, that a line is fitted to on either side
_FEWEST = 3  # points of a flank
_MOST_UNDER = 0.34  # of the window, that may lie under the line
_MEDIAN = 1.253  # by what a median is less sure than a mean
_BELOW_EV, _ABOVE_EV, _LEAST_ABOVE_EV = 6.0, 25.0, 3.0  # that a step is fitted to, and needs
_FARTHEST_BELOW_EV, _RISEN = 60.0, 0.1  # where the level before an edge is sought, and what of the peak is a rise
_WIDTHS_EV = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
_PLACES = 60
_MOST_SOUGHT = 400  # points of a spectrum that the place of a step is sought with


@dataclass(frozen=True, eq=False)
class Background:
    """The background of one spectrum within the window.

    Attributes
    ----------
    values : (G,) float
        At the energies asked for.
    share : callable
        From weights (G,) of those energies to the weights of the points outside that the weighted sum of `values`
        rests on; the noise of the background follows from them.
    """

    values: np.ndarray
    share: Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Backgrounds:
    """The backgrounds of several spectra (A) and, in words, what they are."""

    each: tuple[Background, ...]
    text: str


def backgrounds(
    spectra: Sequence[Points], grids: Sequence[np.ndarray], window_ev: tuple[float, float], kind: str
) -> Backgrounds:
    """Return what lies under the resonance in each spectrum.

    Parameters
    ----------
    spectra : (A) whole spectra, finite, ascending
    grids : (A) energies within the window where the background is asked for
    window_ev : (low, high)
    kind : one of BACKGROUNDS. The step has one place, width and height for all spectra, which are normalised alike, and
        a level of each below the window. Where spectra end too early for it a line is taken, and where they end at one
        side of the window, or a line would cut the peak, a level: the text says so.

    Raises
    ------
    XanesviewError
        If the spectra have too little outside the window for it.
    """
    if kind not in BACKGROUNDS:
        raise XanesviewError(f"There is no background “{kind}”.", f"Choose one of: {', '.join(BACKGROUNDS)}.")
    if kind == "none":
        return Backgrounds(tuple(_nothing(grid) for grid in grids), "no background taken off")
    return (_lines if kind == "line" else _steps)(spectra, grids, *window_ev)


def _nothing(grid: np.ndarray) -> Background:
    return Background(np.zeros(len(grid)), lambda _weights: np.zeros(0))


def _fitted(design: np.ndarray, y: np.ndarray, at: np.ndarray) -> Background:
    """The least squares of columns (N, K) to points (N,), read off at rows (G, K)."""
    inverse = np.linalg.pinv(design)
    return Background(at @ (inverse @ y), lambda weights: (weights @ at) @ inverse)


def _lines(spectra: Sequence[Points], grids: Sequence[np.ndarray], low: float, high: float) -> Backgrounds:
    flank = _FLANK_SHARE * (high - low)
    middle, found, one_sided = (low + high) / 2.0, [], set()
    sides = [
        (_beside(np.flatnonzero(energy < low)[::-1], energy, low, flank),
         _beside(np.flatnonzero(energy > high), energy, high, flank))
        for energy, _ in spectra
    ]  # fmt: skip
    for (energy, y), grid, (below, above) in zip(spectra, grids, sides, strict=True):
        which = np.concatenate([below, above])
        if not len(which):
            raise XanesviewError(
                f"A line needs {_FEWEST} points beside the window, below {low:g} or above {high:g} eV.",
                "Choose a narrower window, or no background.",
            )
        order = 1 if len(below) and len(above) else 0
        if not order:
            one_sided.add("above" if len(above) else "below")
        design = np.vander(energy[which] - middle, order + 1, increasing=True)
        found.append(_fitted(design, y[which], np.vander(grid - middle, order + 1, increasing=True)))
    if one_sided:
        told = f"the level just {' or '.join(sorted(one_sided))} the window taken off: nothing on the other side"
        return Backgrounds(tuple(found), told)
    if all(len(below) for below, _ in sides) and any(
        np.mean(np.interp(grid, *points) < one.values) > _MOST_UNDER
        for points, grid, one in zip(spectra, grids, found, strict=True)
    ):  # what stands beside the peak is higher than the peak: no line goes under it
        found, (first, last) = [], _foot(spectra, low, high)
        for (energy, y), grid in zip(spectra, grids, strict=True):
            under = y[(energy < last) & (energy >= first)]
            found.append(_level(np.full(len(grid), np.median(under)), len(under)))
        return Backgrounds(tuple(found), f"the level of {first:.1f}–{last:.1f} eV taken off: a line would cut the peak")
    return Backgrounds(
        tuple(found), f"a line through {low - flank:.2f}–{low:.2f} and {high:.2f}–{high + flank:.2f} eV taken off"
    )


def _beside(outwards: np.ndarray, energy: np.ndarray, end: float, flank: float) -> np.ndarray:
    """Places of the points beside the window: within the flank, or the nearest few within twice as far."""
    away = np.abs(energy[outwards] - end)
    n = max(int((away <= flank).sum()), _FEWEST)
    near = outwards[:n]
    return near if len(near) == n and away[n - 1] <= 2.0 * flank else np.zeros(0, int)


def _steps(spectra: Sequence[Points], grids: Sequence[np.ndarray], low: float, high: float) -> Backgrounds:
    outside, (first, last) = [], _foot(spectra, low, high)
    for energy, y in spectra:
        kept = ((energy < last) & (energy >= first)) | ((energy > high) & (energy <= high + _ABOVE_EV))
        outside.append((energy[kept], y[kept]))
    if not all(_carries_step(energy, low, high) for energy, _ in outside):
        line = _lines(spectra, grids, low, high)
        return Backgrounds(line.each, f"{line.text} (the spectra end too early for a step)")
    place, width = _sought(outside, high, (high - low) / 2.0)
    rises = [_step(energy, place, width) for energy, _ in outside]
    apart = [(one - one.mean(), y - y.mean()) for one, (_, y) in zip(rises, outside, strict=True)]
    height = max(sum(float(one @ y) for one, y in apart) / sum(float(one @ one) for one, _ in apart), 0.0)
    found = []
    for (energy, y), rise, grid in zip(outside, rises, grids, strict=True):
        below = energy < low
        level = float(np.median(y[below] - height * rise[below]))
        found.append(_level(level + height * _step(grid, place, width), int(below.sum())))
    if height == 0.0:
        return Backgrounds(tuple(found), f"the level of {first:.1f}–{last:.1f} eV taken off; no step above the window")
    return Backgrounds(tuple(found), f"level and step (at {place:.1f} eV, {width:.1f} eV wide) taken off")


def _foot(spectra: Sequence[Points], low: float, high: float) -> tuple[float, float]:
    """Energies below the window whose level is that before the edge: beside it, unless it rises there already.

    A window on an edge itself, as of a white line, has the foot of the edge beside it.
    """
    first = min(float(energy[0]) for energy, _ in spectra)
    ends = np.arange(low, max(first, low - _FARTHEST_BELOW_EV), -_BELOW_EV)
    levels = [
        np.mean([_mean(energy, y, end - _BELOW_EV, end) for energy, y in spectra]) for end in ends
    ]  # fmt: skip
    height = np.mean([_mean(energy, y, low, high) for energy, y in spectra])
    known = [k for k, level in enumerate(levels) if np.isfinite(level)]
    if not known:
        return low - _BELOW_EV, low
    lowest = min(known, key=lambda k: levels[k])
    chosen = lowest if levels[known[0]] - levels[lowest] > _RISEN * abs(height) else known[0]
    return float(ends[chosen]) - _BELOW_EV, float(ends[chosen])


def _mean(energy: np.ndarray, y: np.ndarray, low: float, high: float) -> float:
    inside = (energy >= low) & (energy < high)
    return float(y[inside].mean()) if inside.sum() >= _FEWEST else np.nan


def _carries_step(energy: np.ndarray, low: float, high: float) -> bool:
    below, above = int((energy < low).sum()), energy[energy > high]
    return below >= _FEWEST and len(above) >= _FEWEST and float(above[-1]) - high >= _LEAST_ABOVE_EV


def _level(values: np.ndarray, n_points: int) -> Background:
    """A background that rests on the median of some points; what the rest adds to its noise is small."""
    return Background(values, lambda weights: np.full(n_points, _MEDIAN * weights.sum() / n_points))


def _step(energy: np.ndarray, place: float, width: float) -> np.ndarray:
    return 0.5 + np.arctan(2.0 * (energy - place) / width) / np.pi


def _sought(outside: Sequence[Points], high: float, clear: float) -> tuple[float, float]:
    """Place and full width of the step that leaves least of all spectra together.

    It begins clear of the window: what rises right beside a peak is another resonance, and would be taken for an edge.
    """
    thin = [(e[:: len(e) // _MOST_SOUGHT + 1], y[:: len(e) // _MOST_SOUGHT + 1]) for e, y in outside]
    last = min(float(energy[-1]) for energy, _ in thin) - 0.5
    first = min(high + clear, last)

    def rest(place: float, width: float) -> float:
        along = square = 0.0
        for energy, y in thin:
            step = _step(energy, place, width)
            step = step - step.mean()
            along, square = along + float(step @ y), square + float(step @ step)
        return -(max(along, 0.0) ** 2) / max(square, 1e-300)

    places = np.linspace(first, last, _PLACES)
    tried = [(p, w) for p in places for w in _WIDTHS_EV if w <= max(p - high, _WIDTHS_EV[0])]
    _, place, width = min((rest(p, w), p, w) for p, w in tried)
    by = (places[1] - places[0]) / 2.0, width / 4.0
    for _ in range(6):  # narrower each time
        around = [
            (max(place + i * by[0], first), float(np.clip(width + j * by[1], _WIDTHS_EV[0], _WIDTHS_EV[-1])))
            for i in (-1, 0, 1) for j in (-1, 0, 1)
        ]  # fmt: skip
        _, place, width = min((rest(p, w), p, w) for p, w in around)
        by = by[0] / 1.8, by[1] / 1.8
    return float(place), float(width)
