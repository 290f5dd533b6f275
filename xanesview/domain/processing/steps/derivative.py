"""First and second derivative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xanesview.domain.processing.smoothing import derivative, smoothed
from xanesview.domain.processing.steps.step import Curves, Points, Step, whole, width


@dataclass(frozen=True)
class Derivative(Step):
    """Take the first or second derivative by energy, of the curve smoothed with a Gaussian where a width is given."""

    kind: ClassVar[str] = "derivative"
    title: ClassVar[str] = "Derivative"

    order: int = whole("Order", 1, 1, 2)
    smoothing_ev: float = width("Smoothing before", 0.0)

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the derivative; it has no band."""
        values = points.intensity
        if self.smoothing_ev:
            values = smoothed(points.energy_ev, values, self.smoothing_ev, "gaussian")
        by = "per eV" if self.order == 1 else "per eV²"
        found = derivative(points.energy_ev, values, self.order)
        return points.replace(intensity=found, band=None).told(unit=f"{points.facts.get('unit', '')} {by}".strip())

    def describe(self) -> str:
        """Return “first derivative”."""
        smooth = f" of the curve smoothed over {self.smoothing_ev:g} eV" if self.smoothing_ev else ""
        return f"{'first' if self.order == 1 else 'second'} derivative{smooth}"
