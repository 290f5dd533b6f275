"""Energies moved so that a curve lies on a reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xanesview.domain.processing.alignment import fit_shift_of_derivatives
from xanesview.domain.processing.steps.energy_shift import moved
from xanesview.domain.processing.steps.step import (
    Curves,
    Points,
    Step,
    check_order,
    curve_named,
    number,
    span_in_words,
    text,
    width,
)


@dataclass(frozen=True)
class Alignment(Step):
    """Move the energies so that the derivative correlates best with that of the curve named."""

    kind: ClassVar[str] = "align"
    title: ClassVar[str] = "Alignment to a reference"

    curve: str = text("Reference")
    low_ev: float | None = number("From", None)
    high_ev: float | None = number("To", None)
    largest_shift_ev: float = number("Largest shift", 5.0, low=0.01, high=100.0)
    smoothing_ev: float = width("Smoothing of the derivatives", 0.5)

    def check(self) -> None:
        """Raise XanesviewError for an empty window."""
        check_order(self.low_ev, self.high_ev, "The window")

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points moved."""
        energy, intensity = curve_named(self.curve, curves)
        shift = fit_shift_of_derivatives(
            (points.energy_ev, points.intensity), (energy, intensity), (self.low_ev, self.high_ev),
            self.largest_shift_ev, self.smoothing_ev,
        )  # fmt: skip
        return moved(points, shift).told(f"moved by {shift:+.3f} eV")

    def describe(self) -> str:
        """Return “aligned to “foil” by its derivative, 7100 to 7150 eV”."""
        return f"aligned to “{self.curve}” by the derivatives, {span_in_words(self.low_ev, self.high_ev)}"

    def curves_named(self) -> tuple[str, ...]:
        """Return the reference."""
        return (self.curve,)
