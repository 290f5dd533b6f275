"""Several scans made one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xanesview.domain.counts import counted
from xanesview.domain.processing.merging import merged
from xanesview.domain.processing.steps.step import Curves, Points, Step, curve_named, flag, number, texts

OWN = "this scan"
"""What the curve itself is called among the scans."""


@dataclass(frozen=True)
class Merge(Step):
    """Take the mean with further scans, as they are named; the spread becomes the band, outliers are named.

    Without the curve itself it is the mean of those that are named: a curve that follows them all alike.
    """

    kind: ClassVar[str] = "merge"
    title: ClassVar[str] = "Mean of scans"

    curves: tuple[str, ...] = texts("Further scans")
    outlier_limit: float = number("Outliers beyond", 4.0, unit="× the usual", low=1.5, high=1000.0)
    leave_out_outliers: bool = flag("Leave outliers out", False)
    with_own: bool = flag("With the curve itself", True)

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the mean, with the fact ``outliers``."""
        scans = {OWN: (points.energy_ev, points.intensity)} if self.with_own else {}
        for name in self.curves:
            scans[name] = curve_named(name, curves)
        found = merged(scans, self.outlier_limit, self.leave_out_outliers)
        notes = [f"mean of {counted(found.n_scans, 'scan')}"]
        if found.outliers:
            fate = "left out" if self.leave_out_outliers else "kept"
            notes.append(f"outliers, {fate}: {', '.join(found.outliers)}")
        return points.replace(energy_ev=found.energy_ev, intensity=found.mean, band=found.spread).told(
            *notes, outliers=found.outliers
        )

    def describe(self) -> str:
        """Return “merged with 3 further scans”, or “mean of 3 scans, as their own steps make them”."""
        if not self.with_own:
            names = [name.removesuffix(" · processed") for name in self.curves]
            return f"mean of {', '.join(names[:6])}{' …' * (len(names) > 6)}; it follows their steps"
        return f"merged with {counted(len(self.curves), 'further scan')}"

    def curves_named(self) -> tuple[str, ...]:
        """Return the further scans."""
        return self.curves
