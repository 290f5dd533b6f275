"""The one angle of the light by which curves differ, and what each is called by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.geometry.directions import to_angles_deg
from xanesview.domain.geometry.geometry import Geometry

_SAME_ANGLE_DEG = 0.05
_AT_A_POLE = 1e-3


@dataclass(frozen=True)
class VariedAngle:
    """The one angle of the light, θ or φ, by which curves differ and are named.

    Attributes
    ----------
    name : str
    kind : type
    rest : tuple
        What their experiments are beside the direction.
    normal : (3,) or None
        From which θ counts; None stands for z.
    shared_deg : float or None
        The other angle, which they share; None where it means nothing, along the normal.
    """

    name: str
    kind: type[Geometry]
    rest: tuple
    normal: tuple[float, ...] | None
    shared_deg: float | None

    def of(self, geometry: Geometry) -> str:
        """Return “θ = 20°” for an experiment like theirs, with its φ where that is another one, too; else nothing."""
        if type(geometry) is not self.kind or rest_of(geometry) != self.rest:
            return ""
        theta, phi = to_angles_deg(geometry.direction, self.normal)
        named, other = (("θ", theta), ("φ", phi)) if self.name == "θ" else (("φ", phi), ("θ", theta))
        at_pole = self.name == "θ" and np.sin(np.radians(theta)) <= _AT_A_POLE
        away = 0.0 if at_pole or self.shared_deg is None else (other[1] - self.shared_deg + 180.0) % 360.0 - 180.0
        same = abs(away) < _SAME_ANGLE_DEG
        told = (named,) if same else tuple(sorted((named, other)))  # θ before φ
        return ", ".join(f"{name} = {_degrees(angle)}" for name, angle in told)


def angle_varied_by(geometries: Sequence[Geometry], normal: tuple[float, ...] | None) -> VariedAngle | None:
    """Return the one angle by which geometries differ, None where they differ by more or by nothing of the kind."""
    first = geometries[0]
    alike = all(type(one) is type(first) and rest_of(one) == rest_of(first) for one in geometries[1:])
    if not alike or "direction" not in first.uses:
        return None
    angles = [to_angles_deg(one.direction, normal) for one in geometries]
    thetas = [theta for theta, _ in angles]
    phis = [phi for theta, phi in angles if np.sin(np.radians(theta)) > _AT_A_POLE]
    if _equal(phis):
        return VariedAngle("θ", type(first), rest_of(first), normal, phis[0] if phis else None)
    return VariedAngle("φ", type(first), rest_of(first), normal, thetas[0]) if _equal(thetas) else None


def rest_of(geometry: Geometry) -> tuple:
    """Return what a geometry is beside its direction."""
    return (geometry.average, *(getattr(geometry, name) for name in geometry.uses if name != "direction"))


def _equal(angles_deg: Sequence[float]) -> bool:
    return not angles_deg or float(np.ptp(angles_deg)) < _SAME_ANGLE_DEG


def _degrees(angle: float) -> str:
    return f"{round(angle, 1) + 0.0:g}°".replace("-", "−")
