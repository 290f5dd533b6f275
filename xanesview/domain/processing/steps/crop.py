"""A range of energies kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xanesview.domain.processing.steps.step import Curves, Points, Step, check_order, number, span_in_words


@dataclass(frozen=True)
class Crop(Step):
    """Keep the points between two energies, both included."""

    kind: ClassVar[str] = "crop"
    title: ClassVar[str] = "Crop"

    low_ev: float | None = number("From", None)
    high_ev: float | None = number("To", None)

    def check(self) -> None:
        """Raise XanesviewError for an empty range."""
        check_order(self.low_ev, self.high_ev, "The range")

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points inside."""
        return points.only(points.within(self.low_ev, self.high_ev))

    def describe(self) -> str:
        """Return “cropped to 280 to 320 eV”."""
        return f"cropped to {span_in_words(self.low_ev, self.high_ev)}"
