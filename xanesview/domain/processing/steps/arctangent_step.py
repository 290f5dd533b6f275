"""An edge step added to a prediction: the continuum that it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xanesview.domain.processing.as_measured import STEP_WIDTH_EV
from xanesview.domain.processing.steps.edge_energy import e0_of
from xanesview.domain.processing.steps.step import Curves, Points, Step, number, signed, width


@dataclass(frozen=True)
class ArctangentStep(Step):
    """Add h·[½ + arctan(2 (E − E0)/w)/π] (J. Stöhr, NEXAFS Spectroscopy, ch. 7)."""

    kind: ClassVar[str] = "arctangent_step"
    title: ClassVar[str] = "Edge step added"

    height: float = number("Height", 0.0, unit="")
    width_ev: float = width("Width", STEP_WIDTH_EV, low=1e-3)
    at_ev: float | None = number("At", None)

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points with the step added."""
        points = points if self.at_ev is not None else e0_of(points)
        at = points.facts["e0_ev"] if self.at_ev is None else self.at_ev
        return points.linear(1.0, self.height * arctangent(points.energy_ev, at, self.width_ev))

    def describe(self) -> str:
        """Return “arctangent step of 0.3 at 290.1 eV, 6 eV wide, added”."""
        at = "E0" if self.at_ev is None else f"{self.at_ev:.6g} eV"
        return f"arctangent step of {signed(self.height)} at {at}, {self.width_ev:.4g} eV wide, added"


def arctangent(energy_ev: np.ndarray, at_ev: float, width_ev: float) -> np.ndarray:
    """Return a step (E,) from 0 to 1; the width is the full one at half maximum of its slope."""
    return 0.5 + np.arctan(2.0 * (energy_ev - at_ev) / width_ev) / np.pi
