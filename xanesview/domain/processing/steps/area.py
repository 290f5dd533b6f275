"""Normalisation to the area in a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xanesview.domain.processing.steps.step import Curves, Points, Step, check_order, number, span_in_words
from xanesview.errors import XanesviewError


@dataclass(frozen=True)
class Area(Step):
    """Divide so that the mean over a window of energies is 1; the whole curve by default."""

    kind: ClassVar[str] = "area"
    title: ClassVar[str] = "Area"

    low_ev: float | None = number("From", None)
    high_ev: float | None = number("To", None)

    def check(self) -> None:
        """Raise XanesviewError for an empty window."""
        check_order(self.low_ev, self.high_ev, "The window")

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points divided, with the fact ``area``."""
        energy = points.energy_ev
        low = max(energy[0], energy[0] if self.low_ev is None else self.low_ev)
        high = min(energy[-1], energy[-1] if self.high_ev is None else self.high_ev)
        if not low < high:
            raise XanesviewError(
                "The window lies outside of the data.", f"They reach from {energy[0]:.6g} to {energy[-1]:.6g} eV."
            )
        inner = energy[(energy > low) & (energy < high)]
        grid = np.concatenate([[low], inner, [high]])
        area = float(np.trapezoid(np.interp(grid, energy, points.intensity), grid))
        mean = area / (high - low)
        if not mean > 1e-12 * float(np.abs(points.intensity).max()):
            raise XanesviewError(
                "The area in the window is not above zero.", "Subtract the background first, or choose another window."
            )
        return points.linear(1.0 / mean).told(f"area {area:.5g} eV", area=area, unit="of the mean")

    def describe(self) -> str:
        """Return “normalised to the area, 280 to 305 eV”."""
        return f"normalised to the area (mean 1), {span_in_words(self.low_ev, self.high_ev)}"
