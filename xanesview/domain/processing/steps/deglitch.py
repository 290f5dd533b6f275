"""Glitches left out: those that are found, and those that are pointed at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.processing.deglitching import glitches
from xanesview.domain.processing.steps.step import Curves, Points, Step, flag, number, numbers, whole
from xanesview.errors import XanesviewError

_MOST_NAMED = 8


@dataclass(frozen=True)
class Deglitch(Step):
    """Leave out points that deviate from their neighbours, and the points nearest to the energies given."""

    kind: ClassVar[str] = "deglitch"
    title: ClassVar[str] = "Deglitch"

    automatic: bool = flag("Find glitches", True)
    threshold: float = number("Deviation", 8.0, unit="× the usual", low=2.0, high=1000.0)
    widest_points: int = whole("Widest, points", 1, 1, 5)
    energies_ev: tuple[float, ...] = numbers("Points at")

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points that are left."""
        bad = np.zeros(len(points.energy_ev), dtype=bool)
        if self.automatic:
            bad |= glitches(points.energy_ev, points.intensity, self.threshold, self.widest_points)
        steps = np.diff(points.energy_ev)
        for asked in self.energies_ev:
            k = int(np.argmin(np.abs(points.energy_ev - asked)))
            if abs(points.energy_ev[k] - asked) > float(steps[max(k - 1, 0) : k + 1].max()):
                raise XanesviewError(f"There is no point at {asked:.8g} eV.", "Point at one of the curve.")
            bad[k] = True
        left_out = points.energy_ev[bad]
        named = ", ".join(f"{energy:.2f}" for energy in left_out[:_MOST_NAMED]) + ", …" * (len(left_out) > _MOST_NAMED)
        note = f"{counted(len(left_out), 'point')} left out" + (f" ({named} eV)" if len(left_out) else "")
        return points.only(~bad).told(note, glitches=len(left_out))

    def describe(self) -> str:
        """Return “glitches above 8 × the usual deviation left out; points at 285.3 eV left out”."""
        parts = []
        if self.automatic:
            parts.append(f"glitches beyond {self.threshold:g} × the usual deviation left out")
        if self.energies_ev:
            parts.append(f"{counted(len(self.energies_ev), 'point')} left out by hand")
        return "; ".join(parts) or "no glitch left out"
