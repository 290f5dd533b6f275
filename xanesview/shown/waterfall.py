"""A waterfall: offsets that stand curves one above the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from xanesview.shown.curve import Curve

_MARGIN = 1.08
_LEAST = 0.06  # of the highest curve: equal curves shall stand apart, too


def spaced_offsets(curves: Sequence[Curve]) -> dict[str, float]:
    """Return an offset for each curve, by its key: equal steps, the first of the list on top, the last at zero.

    The step is as small as it can be without a curve crossing the next one.
    """
    if not curves:
        return {}
    height = max(_height(curve) for curve in curves)
    needed = max((_needed(upper, lower) for upper, lower in pairwise(curves)), default=0.0)
    step = max(_MARGIN * needed, _LEAST * height)
    return {curve.key: step * rank for rank, curve in enumerate(reversed(curves))}


def _needed(upper: Curve, lower: Curve) -> float:
    """How far the upper curve has to be lifted to lie above the lower one wherever both are."""
    there = np.interp(upper.energy_ev, lower.energy_ev, lower.intensity, left=np.nan, right=np.nan)
    above = there - upper.intensity
    above = above[np.isfinite(above)]
    return float(above.max(initial=0.0))


def _height(curve: Curve) -> float:
    values = curve.intensity[np.isfinite(curve.intensity)]
    return float(np.ptp(values)) if values.size else 0.0
