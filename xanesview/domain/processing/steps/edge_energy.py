"""E0: where the edge lies, for the steps that count from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xanesview.domain.processing.edge import find_e0, half_step
from xanesview.domain.processing.normalisation import default_ranges, edge_lines
from xanesview.domain.processing.steps.step import Curves, Points, Step, choice, number
from xanesview.errors import XanesviewError

_DERIVATIVE, _HALF, _GIVEN = METHODS = ("derivative", "half step", "given")


@dataclass(frozen=True)
class EdgeEnergy(Step):
    """Find E0 by the maximum of the derivative or at half of the edge step, or take the one given."""

    kind: ClassVar[str] = "e0"
    title: ClassVar[str] = "E0"

    method: str = choice("Method", METHODS)
    e0_ev: float | None = number("E0", None)

    def check(self) -> None:
        """Raise XanesviewError for E0 given without its value."""
        if self.method == _GIVEN and self.e0_ev is None:
            raise XanesviewError("E0 is to be given, but no value is.", "Give e0_ev, or another method.")

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points as they are, with the fact ``e0_ev``."""
        if self.method == _GIVEN:
            return points.told(e0_ev=self.e0_ev, e0_method=self.method)
        found = find_e0(points.energy_ev, points.intensity)
        if self.method == _HALF:
            for _ in range(2):  # the lines depend a little on E0
                ranges = default_ranges(points.energy_ev, found)
                lines = edge_lines(points.energy_ev, points.intensity, found, ranges)
                found = half_step(points.energy_ev, lines.normalised(points.energy_ev, points.intensity, True), found)
        return points.told(f"E0 = {found:.3f} eV", e0_ev=found, e0_method=self.method)

    def describe(self) -> str:
        """Return “E0 at the maximum of the derivative”."""
        if self.method == _GIVEN:
            return f"E0 = {self.e0_ev:.8g} eV, as given"
        return "E0 at the maximum of the derivative" if self.method == _DERIVATIVE else "E0 at half of the edge step"


def e0_of(points: Points) -> Points:
    """Return points with the fact ``e0_ev``: that of an earlier step, else at the maximum of the derivative."""
    return points if "e0_ev" in points.facts else EdgeEnergy().changed(points, {})
