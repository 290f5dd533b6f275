"""What is left of references when the current curve is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xanesview.shown.curve import Curve


def residual_curves(curves: Sequence[Curve]) -> list[Curve]:
    """Return reference − current of each visible reference, at its own energies where the current curve reaches.

    Parameters
    ----------
    curves : as drawn, see `curves.curves`
    """
    current = next((curve for curve in curves if curve.role == "current"), None)
    if current is None or current.energy_ev.size < 2:
        return []
    low, high = current.energy_ev[0], current.energy_ev[-1]
    found = []
    for curve in curves:
        if not curve.visible or curve.subject is None or curve.subject.kind != "reference":
            continue
        first, last = np.searchsorted(curve.energy_ev, [low, high], side="left")
        there = slice(int(first), int(min(last + 1, curve.energy_ev.size)))
        energy = curve.energy_ev[there]
        energy = energy[energy <= high]
        if energy.size < 2:
            continue
        there = slice(int(first), int(first) + energy.size)
        rest = curve.intensity[there] - np.interp(energy, current.energy_ev, current.intensity)
        found.append(
            replace(
                curve, key=f"residual-{curve.key}", energy_ev=energy, intensity=rest, offset=0.0,
                band=None if curve.band is None else curve.band[there], label="",
            )
        )  # fmt: skip
    return found
