"""Energies moved so that one of them is what it is known to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xanesview.domain.processing.steps.edge_energy import e0_of
from xanesview.domain.processing.steps.energy_shift import moved
from xanesview.domain.processing.steps.step import Curves, Points, Step, number
from xanesview.errors import XanesviewError


@dataclass(frozen=True)
class EnergyCalibration(Step):
    """Move the energies so that `found_ev` (E0 by default), as in a spectrum of a reference foil, is at `true_ev`."""

    kind: ClassVar[str] = "energy_calibration"
    title: ClassVar[str] = "Energy calibration"

    true_ev: float | None = number("True energy", None)
    found_ev: float | None = number("Energy in the data", None)

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points moved."""
        if self.true_ev is None:
            raise XanesviewError("The true energy is not given.", "Give true_ev, such as 7112 for iron.")
        points = points if self.found_ev is not None else e0_of(points)
        found = points.facts["e0_ev"] if self.found_ev is None else self.found_ev
        return moved(points, self.true_ev - found).told(f"moved by {self.true_ev - found:+.3f} eV")

    def describe(self) -> str:
        """Return “calibrated: E0 is at 7112 eV”."""
        found = "E0" if self.found_ev is None else f"{self.found_ev:.6g} eV"
        return f"calibrated: {found} is at {'…' if self.true_ev is None else f'{self.true_ev:.8g}'} eV"
