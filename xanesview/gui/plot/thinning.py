"""Curves of many points, drawn with fewer: the lowest and the highest of each run, so that no outline changes.

A curve of a million points lies a thousand points deep in every pixel. Each thinner copy is made once and kept: a drag
draws anew forty times a second.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

import numpy as np

from xanesview.domain.processing.outline import outline
from xanesview.shown.curve import Curve

#: So many points in view are drawn as they are.
MOST_POINTS = 4000
_MOST_KEPT = 16


class Thinning:
    """Gives of each curve what is to be drawn of it, and keeps it while the curve is drawn."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int], tuple[Curve, dict[int, Curve | None]]] = OrderedDict()

    def of(self, curve: Curve, low_ev: float, high_ev: float) -> Curve:
        """Return a curve of about `MOST_POINTS` between two energies, eV, or the curve itself where it has no more.

        Curves with a band or with gaps stay as they are.
        """
        if curve.energy_ev.size <= MOST_POINTS or curve.band is not None:
            return curve
        first, last = np.searchsorted(curve.energy_ev, (low_ev, high_ev))
        per_run = 2 ** int(np.ceil(np.log2(max(2.0 * (last - first) / MOST_POINTS, 1.0))))
        if per_run <= 2:
            return curve
        # arrays that are kept keep their identity
        key = id(curve.energy_ev), id(curve.intensity)
        if key not in self._kept:
            self._kept[key] = curve, {}
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        levels = self._kept[key][1]
        if per_run not in levels:
            levels[per_run] = _thinned(curve, per_run)
        thin = levels[per_run]
        return curve if thin is None else replace(curve, energy_ev=thin.energy_ev, intensity=thin.intensity)


def _thinned(curve: Curve, per_run: int) -> Curve | None:
    """The lowest and the highest point of every so many, and the ends; None for a curve with gaps."""
    y = curve.intensity
    if not np.isfinite(y).all():
        return None
    chosen = outline(y, per_run)
    return replace(curve, energy_ev=curve.energy_ev[chosen], intensity=y[chosen])
