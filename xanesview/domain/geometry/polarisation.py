"""Polarisation of the light: from the geometry of a measurement to its weight tensor."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.geometry.directions import frame, unit
from xanesview.domain.geometry.weight_tensor import WeightTensor
from xanesview.errors import XanesviewError

MODES = ("linear", "partial", "unpolarised", "powder")


def linear(direction: Sequence[float] | np.ndarray) -> WeightTensor:
    """Return W = ε̂ ε̂ᵀ of linearly polarised light, `direction` (3,) of any length."""
    e = unit(direction)
    return WeightTensor(np.outer(e, e))


def partial(
    direction: Sequence[float] | np.ndarray, degree: float, normal: Sequence[float] | np.ndarray | None = None
) -> WeightTensor:
    """Return W = P ε̂∥ε̂∥ᵀ + (1−P) ε̂⊥ε̂⊥ᵀ of partially polarised light.

    Parameters
    ----------
    direction : (3,)
        ε̂∥, the stronger field.
    degree : float
        P, the share of the intensity along ε̂∥, 0 to 1.
    normal : (3,), optional
        Surface normal (else z): ε̂⊥ = normal × ε̂∥, and x (projected into the surface) where both are parallel.
    """
    share = _checked_degree(degree)
    parallel = unit(direction)
    axes = frame(normal)
    perpendicular = np.cross(axes[2], parallel)
    length = np.linalg.norm(perpendicular)
    perpendicular = axes[0] if length < 1e-9 else perpendicular / length
    return WeightTensor(share * np.outer(parallel, parallel) + (1.0 - share) * np.outer(perpendicular, perpendicular))


def unpolarised(beam: Sequence[float] | np.ndarray) -> WeightTensor:
    """Return W = (1 − k̂k̂ᵀ)/2 of unpolarised (or, without magnetism, circular) light along `beam` (3,)."""
    k = unit(beam)
    return WeightTensor((np.eye(3) - np.outer(k, k)) / 2.0)


def powder() -> WeightTensor:
    """Return W = 1/3 of a powder, a gas or a liquid: the mean over x, y and z."""
    return WeightTensor(np.eye(3) / 3.0)


def magic_angle_deg(degree: float = 1.0) -> float:
    """Return the angle between E and the surface normal at which a film's spectrum does not depend on tilt.

    cos²θ = 1/(3P) (Stöhr, NEXAFS Spectroscopy, ch. 9): 54.74° for P = 1; none exists for P below 1/3.
    """
    share = _checked_degree(degree)
    if share < 1.0 / 3.0:
        raise XanesviewError(
            f"There is no magic angle for a degree of polarisation of {share:g}.", "It exists from P = 1/3 upwards."
        )
    return float(np.rad2deg(np.arccos(np.sqrt(1.0 / (3.0 * share)))))


@dataclass(frozen=True)
class PolarisationGeometry:
    """Polarisation as a user sets it.

    Parameters
    ----------
    mode : str
        "linear", "partial", "unpolarised" or "powder".
    direction : tuple of three floats
        Unit vector of E; of the beam where the light is unpolarised; without meaning for a powder, but kept.
    degree : float
        P, share of the intensity along `direction`, for partial polarisation.
    normal : tuple of three floats or None
        Surface normal, for partial polarisation; z without one.
    """

    mode: str = "linear"
    direction: tuple[float, float, float] = (0.0, 0.0, 1.0)
    degree: float = 1.0
    normal: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise XanesviewError(f"“{self.mode}” is no polarisation.", f"Choose one of: {', '.join(MODES)}.")
        object.__setattr__(self, "direction", _unit_tuple(self.direction))
        object.__setattr__(self, "degree", _checked_degree(self.degree))
        if self.normal is not None:
            object.__setattr__(self, "normal", _unit_tuple(self.normal))

    def weight(self) -> WeightTensor:
        """Return the weight tensor of this geometry."""
        if self.mode == "linear":
            return linear(self.direction)
        if self.mode == "partial":
            return partial(self.direction, self.degree, self.normal)
        return unpolarised(self.direction) if self.mode == "unpolarised" else powder()

    def describe(self) -> str:
        """Return the geometry in a few words, such as "ε = (0.00, 0.64, 0.77)"."""
        vector = "(" + ", ".join(f"{round(x, 2) + 0.0:.2f}" for x in self.direction) + ")"
        return {
            "linear": f"ε = {vector}",
            "partial": f"ε = {vector}, P = {self.degree:.2f}",
            "unpolarised": f"unpolarised, k = {vector}",
            "powder": "powder",
        }[self.mode]

    def with_direction(self, direction: Sequence[float] | np.ndarray) -> PolarisationGeometry:
        """Return the geometry with E (or the beam) along another direction."""
        return dataclasses.replace(self, direction=tuple(direction))

    def with_mode(self, mode: str) -> PolarisationGeometry:
        """Return the geometry in another mode."""
        return dataclasses.replace(self, mode=mode)

    def with_degree(self, degree: float) -> PolarisationGeometry:
        """Return the geometry with another degree of polarisation."""
        return dataclasses.replace(self, degree=degree)


def _checked_degree(degree: float) -> float:
    if not 0.0 <= degree <= 1.0:  # also refuses NaN
        raise XanesviewError(f"A degree of polarisation of {degree:g} does not exist.", "It lies between 0 and 1.")
    return float(degree)


def _unit_tuple(v: Sequence[float] | np.ndarray) -> tuple[float, float, float]:
    # A unit vector stays as it is to the last bit, so that copies of a geometry compare equal.
    if len(v) == 3 and abs(float(np.dot(v, v)) - 1.0) < 1e-14:
        return tuple(float(x) for x in v)
    return tuple(unit(v).tolist())
