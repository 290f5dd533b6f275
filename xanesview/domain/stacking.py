"""Offsets that stand curves one above the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

Line = tuple[np.ndarray, np.ndarray]
"""Energies, ascending, and intensities of a curve, (E,) each; NaN where there is no value."""
_MARGIN = 1.08
_LEAST = 0.06  # of the highest curve: equal curves shall stand apart, too
_FURTHEST = 4  # curves below: those further down are as many steps away
_BESIDE = 0.004  # of the energies: flanks of one steep peak above the other shall stand apart, too
_CLEAR = 0.025  # of the height of them all: lines and marks have a width


def stacked_offsets(curves: Sequence[Line], spacing: float | None = None) -> list[float]:
    """Return an offset for each curve: equal steps, the first one on top, the last at zero.

    Parameters
    ----------
    curves : energies and intensities
    spacing : the step; by default as small as it can be without a curve touching one below it
    """
    if spacing is None and curves:
        steps = len(curves) - 1
        beside = _BESIDE * (max(one[0][-1] for one in curves) - min(one[0][0] for one in curves))
        needed = max((_needed(one, other, beside) / (k - j) for (j, one), (k, other) in _pairs(curves)), default=0.0)
        highest = max(map(_height, curves))
        clear = _CLEAR * (highest + steps * needed) / max(1.0 - _CLEAR * steps, 0.5)
        spacing = max(_MARGIN * needed, needed + max(_LEAST * highest, clear))
    return [spacing * rank for rank in range(len(curves) - 1, -1, -1)]


def _pairs(curves: Sequence[Line]) -> Iterator[tuple[tuple[int, Line], tuple[int, Line]]]:
    """Each curve with those below it, down to the first that is wherever it is itself: that keeps the others away."""
    placed = list(enumerate(curves))
    for at in placed:
        for below in placed[at[0] + 1 : at[0] + 1 + _FURTHEST]:
            yield at, below
            if below[1][0][0] <= at[1][0][0] and below[1][0][-1] >= at[1][0][-1]:
                break


def _needed(upper: Line, lower: Line, beside_ev: float) -> float:
    """How far the upper curve has to be lifted to lie above the lower one, and above what is near beside that."""
    at = np.union1d(upper[0], lower[0])
    own = np.interp(at, *upper, left=np.nan, right=np.nan)
    needed = 0.0
    for shift in beside_ev * np.linspace(-1.0, 1.0, 5):
        above = np.interp(at + shift, *lower, left=np.nan, right=np.nan) - own
        needed = max(needed, float(above[np.isfinite(above)].max(initial=0.0)))
    return needed


def _height(curve: Line) -> float:
    values = curve[1][np.isfinite(curve[1])]
    return float(np.ptp(values)) if values.size else 0.0
