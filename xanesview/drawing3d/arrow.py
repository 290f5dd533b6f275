"""The arrow in the scene: where it goes through and how long it is; what it looks like is the experiment's glyph.

Pure numpy; `arrow_actors` draws it with VTK and `flat_view` with QPainter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xanesview.domain.geometry.glyph import Glyph, IncomingArrow, MainArrow

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
    """What stands for an experiment in the scene: its glyph at a place, in the size that the view has room for.

    Attributes
    ----------
    glyph : tuple of shapes
    origin_angstrom : (3,) float
    half_length_angstrom : float
        Of the main arrow; the unit of the glyph's lengths.
    """

    glyph: Glyph
    origin_angstrom: np.ndarray
    half_length_angstrom: float

    @cached_property
    def direction(self) -> np.ndarray | None:
        """Unit vector (3,) of the main arrow, None where there is none."""
        return next((np.array(shape.direction) for shape in self.glyph if isinstance(shape, MainArrow)), None)

    @cached_property
    def beam(self) -> np.ndarray | None:
        """Unit vector (3,) along which an incoming arrow goes, None where there is none."""
        return next((np.array(shape.direction) for shape in self.glyph if isinstance(shape, IncomingArrow)), None)

    @property
    def has_tips(self) -> bool:
        """Whether there is something to take hold of."""
        return self.direction is not None

    def tips_angstrom(self) -> np.ndarray:
        """Return the two tips of the main arrow, (2, 3): first at +n̂, then at -n̂; (0, 3) where there is none."""
        if self.direction is None:
            return np.zeros((0, 3))
        reach = self.half_length_angstrom * self.direction
        return self.origin_angstrom + np.array([reach, -reach])

    def handles_angstrom(self) -> np.ndarray:
        """Return what can be taken hold of, (H, 3): the two tips, then the outer end of an incoming arrow."""
        tips = self.tips_angstrom()
        if self.beam is None:
            return tips
        return np.vstack([tips, self.origin_angstrom - self.half_length_angstrom * self.beam])
