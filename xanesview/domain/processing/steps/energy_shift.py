"""Energies moved by a number of eV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xanesview.domain.processing.steps.step import Curves, Points, Step, number, signed


@dataclass(frozen=True)
class EnergyShift(Step):
    """Add `shift_ev` to every energy; E0 moves along."""

    kind: ClassVar[str] = "energy_shift"
    title: ClassVar[str] = "Energy shift"

    shift_ev: float = number("Shift", 0.0)

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points moved."""
        return moved(points, self.shift_ev)

    def describe(self) -> str:
        """Return “shifted by +0.5 eV”."""
        return f"shifted by {'+' * (self.shift_ev >= 0)}{signed(self.shift_ev)} eV"


def moved(points: Points, shift_ev: float) -> Points:
    """Return points moved to higher energy, with the facts that tell of it."""
    facts = {"shift_ev": points.facts.get("shift_ev", 0.0) + shift_ev}
    if "e0_ev" in points.facts:
        facts["e0_ev"] = points.facts["e0_ev"] + shift_ev
    return points.replace(energy_ev=points.energy_ev + shift_ev).told(**facts)
