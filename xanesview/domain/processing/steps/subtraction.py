"""Another curve taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xanesview.domain.processing.steps.reading_off import on_energies
from xanesview.domain.processing.steps.step import Curves, Points, Step, number, text


@dataclass(frozen=True)
class Subtraction(Step):
    """Subtract another curve, times a scale, where it reaches."""

    kind: ClassVar[str] = "subtract"
    title: ClassVar[str] = "Subtraction"

    curve: str = text("Curve")
    scale: float = number("Scale", 1.0, unit="")

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the difference."""
        points, other = on_energies(points, self.curve, curves)
        return points.linear(1.0, -self.scale * other)

    def describe(self) -> str:
        """Return “0.5 × “substrate” subtracted”."""
        return f"{'' if self.scale == 1.0 else f'{self.scale:g} × '}“{self.curve}” subtracted"

    def curves_named(self) -> tuple[str, ...]:
        """Return the other curve."""
        return (self.curve,)
