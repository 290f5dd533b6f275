"""Normalisation to the intensity at one energy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xanesview.domain.processing.steps.step import Curves, Points, Step, number, width
from xanesview.errors import XanesviewError


@dataclass(frozen=True)
class AtEnergy(Step):
    """Divide so that the intensity at an energy is 1; the mean over `width_ev` round it."""

    kind: ClassVar[str] = "at_energy"
    title: ClassVar[str] = "Intensity at an energy"

    at_ev: float | None = number("Energy", None)
    width_ev: float = width("Mean over", 0.0)

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points divided."""
        energy = points.energy_ev
        if self.at_ev is None:
            raise XanesviewError("The energy is not given.", "Give at_ev, such as 320.")
        if not energy[0] <= self.at_ev <= energy[-1]:
            raise XanesviewError(
                f"{self.at_ev:.6g} eV is outside of the data.",
                f"They reach from {energy[0]:.6g} to {energy[-1]:.6g} eV.",
            )
        inside = points.within(self.at_ev - 0.5 * self.width_ev, self.at_ev + 0.5 * self.width_ev)
        wide = self.width_ev > 0.0 and inside.any()
        value = float(points.intensity[inside].mean() if wide else np.interp(self.at_ev, energy, points.intensity))
        if not value > 0.0:
            raise XanesviewError(f"The intensity at {self.at_ev:.6g} eV is not above zero.", "Choose another energy.")
        return points.linear(1.0 / value).told(f"intensity {value:.5g}", unit=f"of {self.at_ev:.6g} eV")

    def describe(self) -> str:
        """Return “normalised at 320 eV (mean over 2 eV)”."""
        at = "…" if self.at_ev is None else f"{self.at_ev:.6g}"
        return f"normalised at {at} eV" + (f" (mean over {self.width_ev:g} eV)" if self.width_ev else "")
