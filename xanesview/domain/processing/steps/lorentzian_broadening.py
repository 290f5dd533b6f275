"""Lorentzian broadening: the lifetime of the core hole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from xanesview.domain.processing.broadening import lorentzian
from xanesview.domain.processing.core_widths import core_width_ev
from xanesview.domain.processing.steps.step import Curves, Points, Step, text, width
from xanesview.errors import XanesviewError


@dataclass(frozen=True)
class LorentzianBroadening(Step):
    """Convolve with a Lorentzian of a full width at half maximum: that given, else that of the core level named."""

    kind: ClassVar[str] = "lorentzian"
    title: ClassVar[str] = "Lorentzian broadening"

    fwhm_ev: float | None = width("FWHM", None)
    core_level: str = text("Core level, such as Fe K")

    def check(self) -> None:
        """Raise XanesviewError for a core level that is not known."""
        if self.core_level:
            self._core_width_ev()

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points broadened; the band alike, an upper bound."""
        if self.fwhm_ev is None and not self.core_level:
            raise XanesviewError("No width is given.", "Give fwhm_ev, or core_level, such as “Fe K”.")
        fwhm = self._core_width_ev() if self.fwhm_ev is None else self.fwhm_ev
        band = None if points.band is None else lorentzian(points.energy_ev, points.band, fwhm)
        return points.replace(intensity=lorentzian(points.energy_ev, points.intensity, fwhm), band=band).told(
            *([f"{fwhm:g} eV"] if self.fwhm_ev is None else [])
        )

    def describe(self) -> str:
        """Return “broadened with a Lorentzian of 1.25 eV”."""
        if self.fwhm_ev is None:
            return f"broadened with a Lorentzian of the width of {self.core_level or '…'}"
        return f"broadened with a Lorentzian of {self.fwhm_ev:.4g} eV"

    def _core_width_ev(self) -> float:
        words = [word for word in re.split(r"[\s_-]+", self.core_level.strip()) if word]
        if len(words) != 2:
            raise XanesviewError(f"“{self.core_level}” is no core level.", "Write it as Fe K or Pt L3.")
        return core_width_ev(*words)
