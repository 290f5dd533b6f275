"""Normalisation to the maximum in a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xanesview.domain.processing.steps.step import Curves, Points, Step, check_order, flag, number, span_in_words
from xanesview.errors import XanesviewError


@dataclass(frozen=True)
class Maximum(Step):
    """Divide so that the highest point in a window is 1; from the lowest one where that is taken away first."""

    kind: ClassVar[str] = "maximum"
    title: ClassVar[str] = "Maximum"

    low_ev: float | None = number("From", None)
    high_ev: float | None = number("To", None)
    from_minimum: bool = flag("Minimum to 0", False)

    def check(self) -> None:
        """Raise XanesviewError for an empty window."""
        check_order(self.low_ev, self.high_ev, "The window")

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points divided."""
        inside = points.within(self.low_ev, self.high_ev)
        if not inside.any():
            raise XanesviewError(
                "The window holds no point.",
                f"The data reach from {points.energy_ev[0]:.6g} to {points.energy_ev[-1]:.6g} eV.",
            )
        values = points.intensity[inside]
        lowest = float(values.min()) if self.from_minimum else 0.0
        height = float(values.max()) - lowest
        if not height > 0.0:
            raise XanesviewError(
                "The maximum is not above zero.", "Subtract the background, or start from the minimum."
            )
        return points.linear(1.0 / height, -lowest / height).told(f"maximum {height:.5g}", unit="of the maximum")

    def describe(self) -> str:
        """Return “normalised to the maximum, 284 to 287 eV”."""
        what = "between minimum and maximum" if self.from_minimum else "to the maximum"
        return f"normalised {what}, {span_in_words(self.low_ev, self.high_ev)}"
