"""The angle by which frozen curves differ, where they differ by one angle alone: it chooses their colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.geometry.directions import to_angles_deg
from xanesview.domain.geometry.kinds import geometry_from_header
from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.geometry.geometry import Geometry
    from xanesview.domain.session import FrozenCurve

FEWEST = 2
"""Fewer angles are no series."""
_SAME_ANGLE_DEG = 0.05
_AT_A_POLE = 1e-3
_LAID_OUT = ("direction", "beam")  # what the angles of a beam are made of
_ALIKE = ("network", "network_hash", "structure_hash", "sites", "site_weights", "computed_sites", "drawn_as")


def frozen_angles(frozen: Sequence[FrozenCurve]) -> list[float | None]:
    """Return the angle, degrees, of each curve of a series: two or more that differ by one angle and nothing else.

    None of curves that belong to no series, and of all where they are several: one colour would be of two curves.
    """
    series: dict[tuple, list[tuple[int, tuple[float, ...]]]] = {}
    for at, one in enumerate(frozen):
        found = _angles(one.spectrum.provenance)
        if found is not None:
            key, angles = found
            series.setdefault(key, []).append((at, angles))
    result: list[float | None] = [None] * len(frozen)
    told = [one for members in series.values() if (one := _varied(members))]
    for at, angle in told[0].items() if len(told) == 1 else ():
        result[at] = angle
    return result


def _angles(facts: Mapping[str, str]) -> tuple[tuple, tuple[float, ...]] | None:
    """What a curve is of apart from its angles, and these: of a beam grazing, azimuth, field; else θ and φ."""
    try:
        geometry = geometry_from_header(facts) if "experiment" in facts else None
    except XanesviewError:  # of a newer program
        return None
    if geometry is None or "direction" not in geometry.uses:
        return None
    if hasattr(geometry, "grazing_deg"):
        angles = (geometry.grazing_deg, geometry.azimuth_deg, geometry.polarisation_deg)
    else:
        theta, phi = to_angles_deg(geometry.direction, geometry.normal)
        angles = (theta, phi if np.sin(np.radians(theta)) > _AT_A_POLE else np.nan)
    return (*(facts.get(name, "") for name in _ALIKE), type(geometry).__name__, _rest(geometry)), angles


def _rest(geometry: Geometry) -> str:
    """What a geometry is beside its angles."""
    own = {name: getattr(geometry, name) for name in geometry.uses if name not in _LAID_OUT}
    return repr({**own, "degree": geometry.degree, "normal": geometry.normal, "average": geometry.average})


def _varied(members: Sequence[tuple[int, tuple[float, ...]]]) -> dict[int, float]:
    """The angles of curves by their places, where one angle varies among them; empty where none does, or several."""
    columns = np.array([angles for _, angles in members]).T
    known = [column[np.isfinite(column)] for column in columns]
    varied = [at for at, column in enumerate(known) if column.size and np.ptp(column) > _SAME_ANGLE_DEG]
    if len(varied) != 1 or np.isnan(columns[varied[0]]).any():
        return {}
    angles = columns[varied[0]].round(1)
    if len(set(angles)) < FEWEST:
        return {}
    return {at: float(angle) for (at, _), angle in zip(members, angles, strict=True)}
