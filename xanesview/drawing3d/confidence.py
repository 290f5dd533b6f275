"""How sure an orientation is, on a sphere about the molecule: where the surface normal may point in its frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from xanesview.drawing3d.colours import rgb_bytes
from xanesview.drawing3d.sphere import icosphere

_LEVEL = 5
_SHARE = 0.92  # of the radius about all balls, so that it fits the view that they and the arrow are fitted to
_OPACITIES = {0.68: 135, 0.95: 62}
_OUTSIDE = 12


@dataclass(frozen=True, eq=False)
class ConfidenceSphere:
    """A sphere with the region that holds the truth.

    Attributes
    ----------
    rgba : (V, 4) uint8
        Of the directions of the sphere: strong within 68 %, paler within 95 %, nearly clear elsewhere.
    """

    rgba: np.ndarray

    @classmethod
    def of(
        cls,
        rise: Callable[[np.ndarray], np.ndarray],
        normal: np.ndarray,
        levels: Mapping[float, float],
        colour: str,
    ) -> ConfidenceSphere:
        """Return the region of an orientation.

        Parameters
        ----------
        rise : from directions (V, 3) to the rise of χ² there, (V,)
        normal : (3,) the best direction; its opposite is the same
        levels : rise of χ² by the share of the truth within
        colour : ``#rrggbb``
        """
        directions, _ = icosphere(_LEVEL)
        rises = np.asarray(rise(directions), dtype=np.float64).copy()
        for sign in (1.0, -1.0):  # a region smaller than a facet is seen all the same
            rises[int(np.argmax(directions @ (sign * normal)))] = 0.0
        rgba = np.empty((len(directions), 4), np.uint8)
        rgba[:, :3] = rgb_bytes(colour)
        rgba[:, 3] = _OUTSIDE
        for share in sorted(levels, reverse=True):
            rgba[rises <= levels[share], 3] = _OPACITIES[share]
        return cls(rgba)

    @property
    def share_inside(self) -> float:
        """Which part of the sphere lies within 68 %, of directions that are the same counted once."""
        return float((self.rgba[:, 3] == _OPACITIES[0.68]).mean())

    def surface(self, centre: np.ndarray, radius_angstrom: float) -> tuple[np.ndarray, np.ndarray]:
        """Return points (V, 3) float32, Å, and triangles (T, 3) about a structure of this centre and radius."""
        directions, faces = icosphere(_LEVEL)
        points = np.asarray(centre) + _SHARE * radius_angstrom * directions
        return points.astype(np.float32), faces
