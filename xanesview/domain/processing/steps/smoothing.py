"""Smoothing, for display."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xanesview.domain.processing.smoothing import SHAPES, smoothed
from xanesview.domain.processing.steps.step import Curves, Points, Step, choice, whole, width


@dataclass(frozen=True)
class Smoothing(Step):
    """Smooth over a window of energies; for display, since it broadens lines and ties errors together."""

    kind: ClassVar[str] = "smooth"
    title: ClassVar[str] = "Smoothing"

    shape: str = choice("Shape", SHAPES)
    width_ev: float | None = width("Window", None)
    degree: int = whole("Degree (Savitzky–Golay)", 2, 0, 5)

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points smoothed; the band stays, an upper bound."""
        window = self.width_ev
        if window is None:
            window = 7.2 * float(np.median(np.diff(points.energy_ev)))
        intensity = smoothed(points.energy_ev, points.intensity, window, self.shape, self.degree)
        return points.replace(intensity=intensity).told(*([f"window {window:.3g} eV"] if self.width_ev is None else []))

    def describe(self) -> str:
        """Return “smoothed (Savitzky–Golay of degree 2, 1.5 eV)”."""
        names = {
            "savitzky-golay": f"Savitzky–Golay of degree {self.degree}",
            "boxcar": "boxcar",
            "gaussian": "Gaussian",
        }
        window = "seven points" if self.width_ev is None else f"{self.width_ev:g} eV"
        return f"smoothed ({names[self.shape]}, {window})"
