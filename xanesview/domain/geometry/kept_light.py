"""Kinds of experiment that name the field alone, or the beam alone, and keep the other for the way back."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.geometry import Geometry, unit_tuple
from xanesview.domain.geometry.glyph import Vector


@dataclass(frozen=True)
class KeptLight(Geometry):
    """A geometry with a direction, and what of a `PolarisedBeam` it has no use for.

    Parameters
    ----------
    kept : tuple of three floats or None
        Where `direction` is the field, the beam; where it is the beam, the stronger field. None where there was never
        one. The weight does not depend on it, so two experiments that differ in it alone are equal.
    """

    kept: Vector | None = dataclasses.field(default=None, compare=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kept is not None:
            object.__setattr__(self, "kept", unit_tuple(self.kept))

    def to_dict(self) -> dict[str, Any]:
        """Return kind and fields as JSON has them, without what is not kept."""
        values = super().to_dict()
        if self.kept is None:
            del values["kept"]
        return values


@dataclass(frozen=True)
class FieldAlone(KeptLight):
    """A kind whose direction is the field: of a beam that was set before it keeps where that goes."""

    @classmethod
    def like(cls, other: Geometry) -> Self:
        """Return this kind of experiment with what another was set to, the field staying where it is."""
        field, beam = other.field_and_beam()
        return dataclasses.replace(super().like(other), direction=field or beam, kept=beam if field else None)

    def field_and_beam(self) -> tuple[Vector | None, Vector | None]:
        """Return the field, and the beam if one was set."""
        return self.direction, self.kept

    def with_direction(self, direction: Sequence[float] | np.ndarray) -> Geometry:
        """Return the geometry with the field along another direction; a kept beam turns as `PolarisedBeam` has it."""
        if self.kept is None:
            return super().with_direction(direction)
        light = PolarisedBeam(self.direction, normal=self.normal, beam=self.kept).with_direction(direction)
        return dataclasses.replace(self, direction=direction, kept=light.beam)


@dataclass(frozen=True)
class BeamAlone(KeptLight):
    """A kind whose direction is the beam: of light that was set before it keeps the field."""

    @classmethod
    def like(cls, other: Geometry) -> Self:
        """Return this kind of experiment with what another was set to; the beam stays, else the arrow does."""
        field, beam = other.field_and_beam()
        return dataclasses.replace(super().like(other), direction=beam or field, kept=field if beam else None)

    def field_and_beam(self) -> tuple[Vector | None, Vector | None]:
        """Return the field if one was set, and the beam."""
        return self.kept, self.direction

    def with_direction(self, direction: Sequence[float] | np.ndarray) -> Geometry:
        """Return the geometry with the beam along another direction; a kept field keeps its angle from p."""
        if self.kept is None:
            return super().with_direction(direction)
        light = PolarisedBeam(self.kept, normal=self.normal, beam=self.direction).with_beam(direction)
        return dataclasses.replace(self, direction=direction, kept=light.direction)
