"""Offsets that stand curves one above the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

Line = tuple[np.ndarray, np.ndarray]
"""Energies, ascending, and intensities of a curve, (E,) each; NaN where there is no value."""
_MARGIN = 1.08
_LEAST = 0.06  # of the highest curve: equal curves shall stand apart, too


def stacked_offsets(curves: Sequence[Line], spacing: float | None = None) -> list[float]:
    """Return an offset for each curve: equal steps, the first one on top, the last at zero.

    Parameters
    ----------
    curves : energies and intensities
    spacing : the step; by default as small as it can be without a curve crossing the next one
    """
    if spacing is None and curves:
        needed = max((_needed(upper, lower) for upper, lower in pairwise(curves)), default=0.0)
        spacing = max(_MARGIN * needed, _LEAST * max(map(_height, curves)))
    return [spacing * rank for rank in range(len(curves) - 1, -1, -1)]


def _needed(upper: Line, lower: Line) -> float:
    """How far the upper curve has to be lifted to lie above the lower one wherever both are."""
    there = np.interp(upper[0], *lower, left=np.nan, right=np.nan)
    above = there - upper[1]
    above = above[np.isfinite(above)]
    return float(above.max(initial=0.0))


def _height(curve: Line) -> float:
    values = curve[1][np.isfinite(curve[1])]
    return float(np.ptp(values)) if values.size else 0.0
