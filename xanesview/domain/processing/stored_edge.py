"""How the program that a measured spectrum comes from normalises it, as its provenance keeps it: E0 and both ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields

from xanesview.domain.processing.steps.edge_energy import METHODS, EdgeEnergy
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.processing.steps.step import Step
from xanesview.errors import XanesviewError

KEY = "edge of the file"
"""Under which a provenance keeps it."""


@dataclass(frozen=True)
class StoredEdge:
    """E0, eV, the ranges of both lines, eV from E0, the degree behind the edge, and whether the curve is flattened."""

    e0_ev: float
    pre_low_ev: float
    pre_high_ev: float
    post_low_ev: float
    post_high_ev: float
    degree: int = 1
    flatten: bool = True

    def as_text(self) -> str:
        """Return it as “e0_ev 7122.927, pre_low_ev -150, …”, which `of` reads."""
        values = zip(fields(self), astuple(self), strict=True)
        return ", ".join(f"{one.name} {float(value):.9g}" for one, value in values)

    @classmethod
    def of(cls, provenance: Mapping[str, str]) -> StoredEdge | None:
        """Return what a provenance keeps; None where it keeps nothing, or what can't be."""
        told = dict(one.strip().partition(" ")[::2] for one in str(provenance.get(KEY, "")).split(","))
        try:
            numbers = {one.name: float(told[one.name]) for one in fields(cls)}
        except (KeyError, ValueError):
            return None
        if not all(map(math.isfinite, numbers.values())):
            return None
        return cls(**{**numbers, "degree": int(numbers["degree"]), "flatten": bool(numbers["flatten"])})

    def steps(self) -> tuple[Step, ...]:
        """Return the steps that normalise so; empty where they can't be, such as ranges that are none."""
        try:
            step = EdgeStep(
                self.pre_low_ev, self.pre_high_ev, self.post_low_ev, self.post_high_ev, self.degree,
                flatten=self.flatten,
            )  # fmt: skip
            return EdgeEnergy(METHODS[2], self.e0_ev), step
        except XanesviewError:
            return ()
