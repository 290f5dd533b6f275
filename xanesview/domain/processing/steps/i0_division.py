"""Division by the incoming flux, and by that of a clean sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xanesview.domain.processing.steps.reading_off import on_energies
from xanesview.domain.processing.steps.step import Curves, Points, Step, choice, text
from xanesview.errors import XanesviewError

_YIELD, _TRANSMISSION = MODES = ("yield", "transmission")


@dataclass(frozen=True)
class I0Division(Step):
    """Divide a yield by the incoming flux, or take ln(I0/I) of a transmission."""

    kind: ClassVar[str] = "i0"
    title: ClassVar[str] = "I0 division"

    curve: str = text("I0")
    mode: str = choice("Mode", MODES)

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points divided, where I0 reaches."""
        points, flux = on_energies(points, self.curve, curves)
        if not (flux > 0.0).all():
            raise XanesviewError(f"I0 (“{self.curve}”) is not above zero throughout.", "Crop the curve to where it is.")
        if self.mode == _YIELD:
            return points.linear(1.0 / flux)
        if not (points.intensity > 0.0).all():
            raise XanesviewError("The transmitted intensity is not above zero throughout.", "Crop it to where it is.")
        band = None if points.band is None else points.band / points.intensity
        return points.replace(intensity=np.log(flux / points.intensity), band=band)

    def describe(self) -> str:
        """Return “divided by I0 “mirror””."""
        return f"divided by I0 “{self.curve}”" if self.mode == _YIELD else f"ln(I0/I) with I0 “{self.curve}”"

    def curves_named(self) -> tuple[str, ...]:
        """Return I0."""
        return (self.curve,)
