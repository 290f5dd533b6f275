"""Normalisation to the edge step: a pre-edge line, a post-edge polynomial, flattening."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

from xanesview.domain.processing.normalisation import EdgeLines, default_ranges, edge_lines
from xanesview.domain.processing.steps.edge_energy import e0_of
from xanesview.domain.processing.steps.step import (
    Curves,
    Points,
    Step,
    check_order,
    flag,
    number,
    span_in_words,
    whole,
)

UNIT = "edge steps"


@dataclass(frozen=True)
class EdgeStep(Step):
    """Take the pre-edge line away and divide by the edge step; ranges count from E0, and suit the data by default."""

    kind: ClassVar[str] = "edge_step"
    title: ClassVar[str] = "Edge step"

    pre_low_ev: float | None = number("Pre-edge from", None)
    pre_high_ev: float | None = number("Pre-edge to", None)
    post_low_ev: float | None = number("Post-edge from", None)
    post_high_ev: float | None = number("Post-edge to", None)
    degree: int | None = whole("Degree behind the edge", None, 0, 3)
    pre_degree: int = whole("Degree before the edge", 1, 0, 1)
    victoreen: int = whole("Victoreen exponent", 0, 0, 4)
    flatten: bool = flag("Flatten", True)

    def check(self) -> None:
        """Raise XanesviewError for an empty range."""
        check_order(self.pre_low_ev, self.pre_high_ev, "The pre-edge range")
        check_order(self.post_low_ev, self.post_high_ev, "The post-edge range")

    def lines(self, points: Points) -> tuple[Points, EdgeLines]:
        """Return the points with E0 known, and the lines of the edge, for drawing them over the data."""
        points = e0_of(points)
        names = [one.name for one in dataclasses.fields(self) if one.name not in ("on", "flatten")]
        given = {name: getattr(self, name) for name in names}
        e0 = points.facts["e0_ev"]
        ranges = default_ranges(points.energy_ev, e0, **given)
        return points, edge_lines(points.energy_ev, points.intensity, e0, ranges)

    def changed(self, points: Points, curves: Curves) -> Points:
        """Return the points normalised, with the facts ``edge_step`` and ``edge_ranges``."""
        points, lines = self.lines(points)
        band = None if points.band is None else points.band / lines.step
        intensity = lines.normalised(points.energy_ev, points.intensity, self.flatten)
        note = f"edge step {lines.step:.5g} at {lines.e0_ev:.3f} eV; {lines.ranges.in_words()}"
        return points.replace(intensity=intensity, band=band).told(
            note, edge_step=lines.step, edge_ranges=lines.ranges.in_words(), unit=UNIT
        )

    def describe(self) -> str:
        """Return “edge step, flattened; pre-edge −30 to −10 eV, post-edge …”."""
        parts = [f"normalised to the edge step{', flattened' if self.flatten else ''}"]
        if self.pre_low_ev is not None or self.pre_high_ev is not None:
            parts.append(f"pre-edge {span_in_words(self.pre_low_ev, self.pre_high_ev)} from E0")
        if self.post_low_ev is not None or self.post_high_ev is not None:
            parts.append(f"post-edge {span_in_words(self.post_low_ev, self.post_high_ev)} from E0")
        if self.degree is not None:
            parts.append(f"degree {self.degree}")
        if not self.pre_degree:
            parts.append("constant before the edge")
        if self.victoreen:
            parts.append(f"pre-edge line through µ·E^{self.victoreen}")
        return "; ".join(parts)
