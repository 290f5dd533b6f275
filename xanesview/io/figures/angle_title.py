"""What the angle is called that a bar of colours stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xanesview.domain.geometry.directions import to_angles_deg
from xanesview.domain.geometry.kinds import geometry_from_header
from xanesview.domain.orientation.varied import PHI, THETA, varied_of
from xanesview.errors import XanesviewError
from xanesview.io.figures.curve_looks import FigureCurve

_SAME_DEG = 0.06  # angles are told with one digit


def angle_title(curves: Sequence[FigureCurve]) -> str:
    """Return “θ (°)” by the experiments of the curves of a series; “Angle (°)” where these don't tell which it is."""
    found: list[set[str]] = []
    for curve in curves:
        if curve.angle_deg is not None and (angles := _angles(curve.spectrum.provenance)):
            found.append({name for name, value in angles.items() if _is_same(value, curve.angle_deg)})
    shared = set.intersection(*found) if found else set()
    name = shared.pop() if len(shared) == 1 else "angle"
    return f"{name[:1].upper() if len(name) > 1 else name[:1]}{name[1:]} (°)"


def _angles(facts: Mapping[str, Any]) -> dict[str, float]:
    """Return the angles of an experiment by what they are called."""
    try:
        geometry = geometry_from_header(facts) if "experiment" in facts else None
    except XanesviewError:  # of a newer program
        return {}
    if geometry is None or "direction" not in geometry.uses:
        return {}
    if hasattr(geometry, "grazing_deg"):
        values = (geometry.grazing_deg, geometry.azimuth_deg, geometry.polarisation_deg)
        return {one.name: float(value) for one, value in zip(varied_of(geometry), values, strict=True)}
    theta, phi = to_angles_deg(geometry.direction, geometry.normal)
    return {THETA.name: float(theta), PHI.name: float(phi)}


def _is_same(value: float, angle_deg: float) -> bool:
    return abs((value - angle_deg + 180.0) % 360.0 - 180.0) < _SAME_DEG
