"""Polarisation of the light: each kind with its weight tensor.

Kinds that name the field alone, or the beam alone, keep the other for the way back to a `PolarisedBeam`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.directions import frame
from xanesview.domain.geometry.geometry import Geometry, checked_degree, unit_tuple
from xanesview.domain.geometry.glyph import Ball, Disc, Glyph, MainArrow, SideArrow, Vector
from xanesview.domain.geometry.weight_tensor import WeightTensor
from xanesview.errors import XanesviewError

FIRST_DEGREE = 0.9  # P of a bending magnet, about


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


@dataclass(frozen=True)
class LinearPolarisation(FieldAlone):
    """Light fully polarised along ε̂: W = ε̂ε̂ᵀ."""

    name = "linear"
    title = "Linear"
    tooltip = "Light fully polarised along the arrow"

    def matrix(self) -> np.ndarray:
        """Return ε̂ε̂ᵀ."""
        return np.outer(self.direction, self.direction)

    def describe(self) -> str:
        """Return the field in words."""
        return f"{self.symbol} = {self._vector_text()}{self._average_text()}"

    @property
    def short_label(self) -> str:
        """The field itself: it is short enough."""
        return self.describe()

    def glyph(self) -> Glyph:
        """Return an arrow along the field."""
        return (MainArrow(self.direction),)


@dataclass(frozen=True)
class PartialPolarisation(FieldAlone):
    """Light of which the share P is polarised along ε̂∥: W = P ε̂∥ε̂∥ᵀ + (1−P) ε̂⊥ε̂⊥ᵀ.

    The rest is polarised along ε̂⊥ = normal × ε̂∥ (without a normal z), and along x projected into the surface where
    both are parallel.
    """

    name = "partial"
    title = "Partial"
    tooltip = "Polarised along the arrow to the degree P, the rest across it"
    uses = ("direction", "degree", "normal")

    @classmethod
    def like(cls, other: Geometry) -> Self:
        """Return partial polarisation with what another kind was set to; fully polarised, it would look like linear."""
        geometry = super().like(other)
        return geometry if isinstance(other, cls) or other.degree < 1.0 else geometry.with_degree(FIRST_DEGREE)

    @cached_property
    def _across(self) -> np.ndarray:
        """ε̂⊥ (3,)."""
        axes = frame(self.normal)
        perpendicular = np.cross(axes[2], self.direction)
        length = np.linalg.norm(perpendicular)
        return axes[0] if length < 1e-9 else perpendicular / length

    def matrix(self) -> np.ndarray:
        """Return P ε̂∥ε̂∥ᵀ + (1−P) ε̂⊥ε̂⊥ᵀ."""
        weaker = np.outer(self._across, self._across)
        return self.degree * np.outer(self.direction, self.direction) + (1.0 - self.degree) * weaker

    @property
    def short_label(self) -> str:
        """The stronger field and its share."""
        return self.describe()

    def describe(self) -> str:
        """Return the stronger field and its share in words."""
        return f"{self.symbol} = {self._vector_text()}, P = {self.degree:.2f}{self._average_text()}"

    def glyph(self) -> Glyph:
        """Return an arrow along the stronger field and one along the weaker, in the ratio of their intensities."""
        main, rest = MainArrow(self.direction), 1.0 - self.degree
        if rest < 1e-6:
            return (main,)
        return SideArrow(tuple(self._across.tolist()), min(1.0, rest / max(self.degree, 1e-6))), main


@dataclass(frozen=True)
class Unpolarised(BeamAlone):
    """Unpolarised (or, without magnetism, circular) light along k̂: W = (1 − k̂k̂ᵀ)/2."""

    name = "unpolarised"
    title = "Unpolarised"
    tooltip = "Unpolarised light that travels along the arrow"
    symbol = "k"

    def matrix(self) -> np.ndarray:
        """Return (1 − k̂k̂ᵀ)/2."""
        return (np.eye(3) - np.outer(self.direction, self.direction)) / 2.0

    def describe(self) -> str:
        """Return the beam in words."""
        return f"unpolarised, {self.symbol} = {self._vector_text()}{self._average_text()}"

    def glyph(self) -> Glyph:
        """Return an arrow along the beam and a disc across it, in which the fields lie."""
        return Disc(self.direction), MainArrow(self.direction)


@dataclass(frozen=True)
class Powder(FieldAlone):
    """A powder, a gas or a liquid: W = 1/3, the mean over x, y and z."""

    name = "powder"
    title = "Powder"
    tooltip = "Average over all directions: a powder, a gas, or the magic angle"
    uses = ()

    def matrix(self) -> np.ndarray:
        """Return a third of the unit matrix."""
        return np.eye(3) / 3.0

    def describe(self) -> str:
        """Return the word."""
        return "powder"

    def glyph(self) -> Glyph:
        """Return a ball: all directions are alike."""
        return (Ball(),)

    def with_direction(self, direction: Sequence[float] | np.ndarray) -> LinearPolarisation:
        """Return linear light along a direction, to which a powder gives way since it has none."""
        return LinearPolarisation.like(self).with_direction(direction)


def linear(direction: Sequence[float] | np.ndarray) -> WeightTensor:
    """Return the weight of linearly polarised light, `direction` (3,) of any length."""
    return LinearPolarisation(direction).weight()


def partial(
    direction: Sequence[float] | np.ndarray, degree: float, normal: Sequence[float] | np.ndarray | None = None
) -> WeightTensor:
    """Return the weight of partially polarised light: ε̂∥ (3,) of any length, P, and the surface normal (3,), else z."""
    return PartialPolarisation(direction, degree, normal).weight()


def unpolarised(beam: Sequence[float] | np.ndarray) -> WeightTensor:
    """Return the weight of unpolarised light along `beam` (3,)."""
    return Unpolarised(beam).weight()


def powder() -> WeightTensor:
    """Return the weight of a powder, a gas or a liquid."""
    return Powder().weight()


def magic_angle_deg(degree: float = 1.0) -> float:
    """Return the angle between E and the surface normal at which a film's spectrum does not depend on tilt.

    cos²θ = 1/(3P) (Stöhr, NEXAFS Spectroscopy, ch. 9): 54.74° for P = 1; none exists for P below 1/3.
    """
    share = checked_degree(degree)
    if share < 1.0 / 3.0:
        raise XanesviewError(
            f"There is no magic angle for a degree of polarisation of {share:g}.", "It exists from P = 1/3 upwards."
        )
    return float(np.rad2deg(np.arccos(np.sqrt(1.0 / (3.0 * share)))))
