"""Double normalisation of NEXAFS: sample over I0, over the same of a clean sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xanesview.domain.processing.steps.reading_off import on_energies
from xanesview.domain.processing.steps.step import Curves, Points, Step, text
from xanesview.errors import XanesviewError


@dataclass(frozen=True)
class DoubleNormalisation(Step):
    """(I/I0) / (I_clean/I0_clean): what carbon on the mirrors and the monitor takes away falls out.

    J. Stöhr, NEXAFS Spectroscopy (1992), ch. 5; B. Watts, L. Thomsen, P. C. Dastoor, J. Electron Spectrosc. 151 (2006)
    105. A flux that isn't named is taken as constant, as where the curves have been divided by it.
    """

    kind: ClassVar[str] = "double_normalisation"
    title: ClassVar[str] = "Double normalisation"

    clean: str = text("Clean sample")
    i0: str = text("I0 of the sample")
    clean_i0: str = text("I0 of the clean sample")

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points divided, where all curves reach."""
        read = {}
        for name in self.curves_named():  # first where all reach, then each on those energies
            points, _ = on_energies(points, name, curves)
        for name in self.curves_named():
            _, read[name] = on_energies(points, name, curves)
            if not (read[name] > 0.0).all():
                raise XanesviewError(f"“{name}” is not above zero throughout.", "Crop the curve to where it is.")
        ones = np.ones_like(points.intensity)
        clean_flux = read.get(self.clean_i0, ones)
        return points.linear(clean_flux / (read[self.clean] * read.get(self.i0, ones)))

    def describe(self) -> str:
        """Return “double normalisation with the clean sample “Au””."""
        fluxes = [f"{label} “{name}”" for label, name in (("I0", self.i0), ("its I0", self.clean_i0)) if name]
        return f"double normalisation with the clean sample “{self.clean}”" + "".join(f", {one}" for one in fluxes)

    def curves_named(self) -> tuple[str, ...]:
        """Return the clean sample and the fluxes that are named."""
        return (self.clean, *(name for name in (self.i0, self.clean_i0) if name))
