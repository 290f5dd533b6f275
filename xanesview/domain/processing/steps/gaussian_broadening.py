"""Gaussian broadening: an instrument's resolution, constant or growing with energy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xanesview.domain.processing.steps.edge_energy import e0_of
from xanesview.domain.processing.steps.step import Curves, Points, Step, number, width
from xanesview.domain.processing.variable_broadening import broadened, growing_fwhm_ev


@dataclass(frozen=True)
class GaussianBroadening(Step):
    """Convolve with a Gaussian of a full width at half maximum, which may grow linearly above an energy (E0)."""

    kind: ClassVar[str] = "gaussian"
    title: ClassVar[str] = "Gaussian broadening"

    fwhm_ev: float = width("FWHM", 0.0)
    growth_ev_per_ev: float = number("Growth", 0.0, unit="eV per eV", low=0.0, high=10.0)
    from_ev: float | None = number("Growing from", None)

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points broadened, with the fact ``added_gaussian_fwhm_ev``; the band alike, an upper bound."""
        growing, start = self.growth_ev_per_ev > 0.0, 0.0
        if growing:
            points = points if self.from_ev is not None else e0_of(points)
            start = points.facts["e0_ev"] if self.from_ev is None else self.from_ev
        fwhm = growing_fwhm_ev(points.energy_ev, self.fwhm_ev, self.growth_ev_per_ev if growing else 0.0, start)
        band = None if points.band is None else broadened(points.energy_ev, points.band, fwhm, "gaussian")
        total = float(np.hypot(points.facts.get("added_gaussian_fwhm_ev", 0.0), self.fwhm_ev))
        return points.replace(
            intensity=broadened(points.energy_ev, points.intensity, fwhm, "gaussian"), band=band
        ).told(added_gaussian_fwhm_ev=total)

    def describe(self) -> str:
        """Return “broadened with a Gaussian of 0.4 eV”."""
        words = f"broadened with a Gaussian of {self.fwhm_ev:.4g} eV"
        if self.growth_ev_per_ev:
            start = "E0" if self.from_ev is None else f"{self.from_ev:.6g} eV"
            words += f", growing by {self.growth_ev_per_ev:.3g} eV per eV above {start}"
        return words
