"""Other curves on the energies of the one that is processed."""

from __future__ import annotations

import numpy as np

from xanesview.domain.processing.steps.step import Curves, Points, curve_named
from xanesview.errors import XanesviewError


def on_energies(points: Points, name: str, curves: Curves) -> tuple[Points, np.ndarray]:
    """Return the points where another curve reaches, and its intensities there, straight lines between its own points.

    Raises
    ------
    XanesviewError
        If it is not there, or the two have fewer than three energies in common.
    """
    energy, intensity = curve_named(name, curves)
    inside = points.within(float(energy[0]), float(energy[-1]))
    if inside.sum() < 3:
        raise XanesviewError(
            f"“{name}” reaches from {energy[0]:.6g} to {energy[-1]:.6g} eV, where this curve has no points.",
            "Choose another curve, or shift one of them.",
        )
    if not inside.all():
        points = points.only(inside).told(f"{int((~inside).sum())} points where “{name}” does not reach are left out")
    return points, np.interp(points.energy_ev, energy, intensity)
