"""A waterfall: offsets that stand curves one above the other."""

from __future__ import annotations

from collections.abc import Sequence

from xanesview.domain.stacking import stacked_offsets
from xanesview.shown.curve import Curve


def spaced_offsets(curves: Sequence[Curve]) -> dict[str, float]:
    """Return an offset for each curve, by its key: equal steps, the first of the list on top, the last at zero.

    The step is as small as it can be without a curve crossing the next one.
    """
    offsets = stacked_offsets([(curve.energy_ev, curve.intensity) for curve in curves])
    return {curve.key: offset for curve, offset in zip(curves, offsets, strict=True)}
