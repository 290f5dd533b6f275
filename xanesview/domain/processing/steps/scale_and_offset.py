"""A factor and an offset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xanesview.domain.processing.steps.step import Curves, Points, Step, number, signed


@dataclass(frozen=True)
class ScaleAndOffset(Step):
    """Multiply by a scale, then add an offset."""

    kind: ClassVar[str] = "scale"
    title: ClassVar[str] = "Scale and offset"

    scale: float = number("Scale", 1.0, unit="")
    offset: float = number("Offset", 0.0, unit="")

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points scaled."""
        return points.linear(self.scale, self.offset)

    def describe(self) -> str:
        """Return “× 1.2, + 0.05”."""
        offset = f", {'+' if self.offset > 0 else '−'} {abs(self.offset):.5g}" if self.offset else ""
        return f"× {signed(self.scale)}{offset}"
