"""The polarisation arrow as geometry: where it goes through, how long it is, which glyphs a mode shows.

Pure numpy; `arrow_actors` draws it with VTK and `flat_view` with QPainter.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from xanesview.domain.geometry.polarisation import PolarisationGeometry

CLEARANCE_ANGSTROM = 0.85
"""How far a tip stands clear of the outermost atom."""

SHORTEST_ANGSTROM = 2.0
_SHARE_SMALL, _SHARE_LARGE = 0.42, 0.25
_SMALL_ANGSTROM, _LARGE_ANGSTROM = 6.0, 11.0


def clear_radius_angstrom(positions_angstrom: np.ndarray, radii_angstrom: np.ndarray, origin: np.ndarray) -> float:
    """Return the half-length with which a tip passes all atoms on any direction through an origin (3,)."""
    gaps = np.linalg.norm(np.asarray(positions_angstrom) - origin, axis=1) + radii_angstrom
    return max(float(gaps.max()) + CLEARANCE_ANGSTROM, SHORTEST_ANGSTROM)


def half_length_angstrom(clear_angstrom: float, visible_angstrom: float) -> float:
    """Return the arrow's half-length: clear of the atoms if that fits, and always inside the view.

    Parameters
    ----------
    clear_angstrom : float
        What would pass all atoms.
    visible_angstrom : float
        Length of the view's shorter side.

    Notes
    -----
    Round a molecule both tips clear the atoms and the arrow may fill most of the view; through a slab of 40 Å it would
    be a mast, so there the whole arrow takes at most half of the view.
    """
    return min(clear_angstrom, share_of_view(clear_angstrom) * visible_angstrom)


def share_of_view(clear_angstrom: float) -> float:
    """Return the largest half-length as a share of the view's shorter side."""
    large = np.clip((clear_angstrom - _SMALL_ANGSTROM) / (_LARGE_ANGSTROM - _SMALL_ANGSTROM), 0.0, 1.0)
    return float(_SHARE_SMALL + large * (_SHARE_LARGE - _SHARE_SMALL))


def frame_along(v: np.ndarray) -> np.ndarray:
    """Return a rotation (3, 3) whose third column is the unit vector `v`: it carries z to `v`."""
    v = np.asarray(v, float)
    helper = np.array([1.0, 0.0, 0.0]) if abs(v[0]) < 0.9 else np.array([0.0, 1.0, 0.0])
    first = np.cross(helper, v)
    first /= np.linalg.norm(first)
    return np.column_stack([first, np.cross(v, first), v])


@dataclass(frozen=True, eq=False)
class Arrow:
    """What stands for the polarisation in the scene.

    Attributes
    ----------
    mode : str
        ``"linear"``, ``"partial"``, ``"unpolarised"`` or ``"powder"``.
    direction : (3,) float
        Unit vector n̂; of the beam where unpolarised.
    origin_angstrom : (3,) float
    half_length_angstrom : float
    across : (3,) float or None
        Direction of the second, shorter arrow of partial polarisation.
    across_share : float
        Its length as a share of the first's: (1 - P) / P, at most 1.
    """

    mode: str = "linear"
    direction: np.ndarray = field(default_factory=lambda: np.array([0.0, 0.0, 1.0]))
    origin_angstrom: np.ndarray = field(default_factory=lambda: np.zeros(3))
    half_length_angstrom: float = 3.0
    across: np.ndarray | None = None
    across_share: float = 0.0

    @property
    def has_tips(self) -> bool:
        """Whether there is something to take hold of: powder has no direction."""
        return self.mode != "powder"

    def tips_angstrom(self) -> np.ndarray:
        """Return the two tips, (2, 3): first at +n̂, then at -n̂; (0, 3) for powder."""
        if not self.has_tips:
            return np.zeros((0, 3))
        reach = self.half_length_angstrom * self.direction
        return self.origin_angstrom + np.array([reach, -reach])


def arrow_of(geometry: PolarisationGeometry, origin_angstrom: np.ndarray, half_length: float) -> Arrow:
    """Return the arrow for a polarisation geometry through an origin (3,)."""
    direction = np.asarray(geometry.direction, float)
    direction = direction / np.linalg.norm(direction)
    across, share = None, 0.0
    if geometry.mode == "partial":
        across, share = _minor_axis(geometry, direction)
    return Arrow(geometry.mode, direction, np.asarray(origin_angstrom, float), half_length, across, share)


def _minor_axis(geometry: PolarisationGeometry, direction: np.ndarray) -> tuple[np.ndarray | None, float]:
    """Return the axis of the weaker component and its length relative to the stronger, from the weight tensor."""
    degree = float(geometry.degree)
    rest = geometry.weight().matrix - degree * np.outer(direction, direction)
    values, vectors = np.linalg.eigh(rest)
    if values[-1] < 1e-6:
        return None, 0.0
    return vectors[:, -1], min(1.0, (1.0 - degree) / max(degree, 1e-6))
