"""Energy-dependent broadening of predictions: the lifetime of final states, in the arctangent form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xanesview.domain.processing.steps.edge_energy import e0_of
from xanesview.domain.processing.steps.step import Curves, Points, Step, number, width
from xanesview.domain.processing.variable_broadening import arctangent_fwhm_ev, broadened


@dataclass(frozen=True)
class ArctangentBroadening(Step):
    """Convolve with Lorentzians whose width grows above the Fermi level (E0 by default) as an arctangent."""

    kind: ClassVar[str] = "arctangent"
    title: ClassVar[str] = "Arctangent broadening"

    hole_fwhm_ev: float = width("Core hole Γ", 0.2)
    largest_fwhm_ev: float = width("Largest Γ added", 8.0)
    centre_ev: float = number("Centre above E_F", 30.0, low=0.01, high=1000.0)
    wide_ev: float = number("Breadth", 30.0, low=0.01, high=1000.0)
    fermi_ev: float | None = number("E_F", None)

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points broadened; the band alike, an upper bound."""
        points = points if self.fermi_ev is not None else e0_of(points)
        fermi = points.facts["e0_ev"] if self.fermi_ev is None else self.fermi_ev
        fwhm = arctangent_fwhm_ev(
            points.energy_ev, fermi, self.hole_fwhm_ev, self.largest_fwhm_ev, self.centre_ev, self.wide_ev
        )
        band = None if points.band is None else broadened(points.energy_ev, points.band, fwhm, "lorentzian")
        return points.replace(intensity=broadened(points.energy_ev, points.intensity, fwhm, "lorentzian"), band=band)

    def describe(self) -> str:
        """Return “broadened with Lorentzians of 0.2 eV, growing by 8 eV as an arctangent 30 eV above E0”."""
        start = "E0" if self.fermi_ev is None else f"{self.fermi_ev:.6g} eV"
        return (
            f"broadened with Lorentzians of {self.hole_fwhm_ev:g} eV, growing by {self.largest_fwhm_ev:g} eV as an "
            f"arctangent {self.centre_ev:g} eV above {start} ({self.wide_ev:g} eV broad)"
        )
