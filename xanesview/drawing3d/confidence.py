"""How sure an orientation is, on a sphere about the molecule: where the surface normal may point in its frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from xanesview.drawing3d.arrow import frame_along
from xanesview.drawing3d.colours import rgb_bytes
from xanesview.drawing3d.sphere import icosphere, subdivided

_LEVEL = 4  # even triangles of 4°, from which those that a border may cross are divided
_SHARE = 0.92  # of the radius about all balls, so that it fits the view that they and the arrow are fitted to
_OPACITIES = {0.68: 135, 0.95: 62}
_OUTSIDE = 12
_FINE, _FINEST_DEG, _SMOOTH_DEG = 0.4, 0.03, 0.8  # edges of triangles at a border: share of one error, least, most
_MOST_TRIANGLES = 120_000
_MARGIN = 1.5  # χ² is no exact square of the distance
_RING_DEG, _SMALL_DEG = (3.0, 3.5), 1.5

Rise = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class ConfidenceSphere:
    """A sphere with the region that holds the truth.

    Attributes
    ----------
    directions : (V, 3) float
        Unit vectors; close together where the region ends, however small it is.
    triangles : (T, 3) int
    rgba : (V, 4) uint8
        Of the directions: strong within 68 %, paler within 95 %, nearly clear elsewhere.
    share_inside : float
        Which part of the sphere lies within 68 %.
    is_ringed : bool
        Whether the region is too small to be seen, so that thin rings of 3° are drawn about it.
    """

    directions: np.ndarray
    triangles: np.ndarray
    rgba: np.ndarray
    share_inside: float
    is_ringed: bool

    @classmethod
    def of(cls, rise: Rise, normal: np.ndarray, levels: Mapping[float, float], colour: str) -> ConfidenceSphere:
        """Return the region of an orientation.

        Parameters
        ----------
        rise : from directions (V, 3) to the rise of χ² there, (V,)
        normal : (3,) the best direction; its opposite is the same
        levels : rise of χ² by the share of the truth within
        colour : ``#rrggbb``
        """
        directions, triangles, rises = _divided(rise, np.asarray(normal, dtype=np.float64), levels)
        opacity = np.full(len(directions), _OUTSIDE, np.uint8)
        for share in sorted(levels, reverse=True):
            opacity[rises <= levels[share]] = _OPACITIES[share]
        within = {share: _share_of_sphere(directions, triangles, rises <= level) for share, level in levels.items()}
        # two regions, about n and −n, each of half 1 − cos
        is_ringed = within[max(levels)] < 1.0 - np.cos(np.deg2rad(_SMALL_DEG))
        if is_ringed:
            for sign in (1.0, -1.0):
                points, faces = _ring(sign * normal)
                triangles = np.vstack([triangles, faces + len(directions)])
                directions = np.vstack([directions, points])
                opacity = np.append(opacity, np.full(len(points), _OPACITIES[min(levels)], np.uint8))
        rgba = np.empty((len(directions), 4), np.uint8)
        rgba[:, :3] = rgb_bytes(colour)
        rgba[:, 3] = opacity
        return cls(directions, triangles, rgba, within[min(levels)], bool(is_ringed))

    def surface(self, centre: np.ndarray, radius_angstrom: float) -> tuple[np.ndarray, np.ndarray]:
        """Return points (V, 3) float32, Å, and triangles (T, 3) about a structure of this centre and radius."""
        points = np.asarray(centre) + _SHARE * radius_angstrom * self.directions
        return points.astype(np.float32), self.triangles


def _divided(
    rise: Rise, normal: np.ndarray, levels: Mapping[float, float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Directions, triangles, and the rise at each direction: triangles that a border may cross are divided in four.

    The root of χ² goes up about evenly with the distance from the best orientations, so its slope at a corner tells
    how far the border can be: a thin ring between two corners is found, too.
    """
    bounds = np.sqrt(sorted(levels.values()))
    points, triangles = icosphere(_LEVEL)
    height, slope = _height(rise, points), _slope(rise, points)
    kept: list[np.ndarray] = []
    while len(triangles) and sum(map(len, kept)) + len(triangles) < _MOST_TRIANGLES:
        corners = points[triangles]
        edge = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
        near = height[triangles][..., None] - bounds  # (T, 3, levels)
        reach = _MARGIN * (slope[triangles] * edge[:, None])[..., None]
        crossed = (np.abs(near) <= reach).any(axis=(1, 2))
        steepest = slope[triangles].max(axis=1)
        coarse = edge > np.clip(_FINE / np.maximum(steepest, 1e-9), *np.deg2rad([_FINEST_DEG, _SMOOTH_DEG]))
        wanted = (crossed & coarse) | (_holds(corners, normal) & coarse)
        kept.append(triangles[~wanted])
        triangles, known = triangles[wanted], len(points)
        if len(triangles):
            points, triangles = subdivided(points, triangles)
            new = points[known:]
            height, slope = np.append(height, _height(rise, new)), np.append(slope, _slope(rise, new))
    triangles = np.vstack([*kept, triangles])
    return points, triangles, height**2


def _height(rise: Rise, points: np.ndarray) -> np.ndarray:
    return np.sqrt(np.maximum(np.nan_to_num(rise(points), nan=1e30, posinf=1e30), 0.0))


def _slope(rise: Rise, points: np.ndarray) -> np.ndarray:
    """By how much the root of χ² changes a radian, at most, at directions (V, 3)."""
    by = 2e-3
    e1 = np.cross(points, np.eye(3)[np.argmin(np.abs(points), axis=1)])
    e1 /= np.linalg.norm(e1, axis=1)[:, None]
    squares = 0.0
    for across in (e1, np.cross(points, e1)):
        ends = [(points + sign * by * across) / np.sqrt(1.0 + by**2) for sign in (1.0, -1.0)]
        squares = squares + ((_height(rise, ends[0]) - _height(rise, ends[1])) / (2.0 * by)) ** 2
    return np.minimum(np.sqrt(squares), 1e9)


def _holds(corners: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Which triangles (T, 3, 3) hold a direction or its opposite."""
    sides = np.stack([np.cross(corners[:, k], corners[:, (k + 1) % 3]) @ normal for k in range(3)], axis=1)
    return (sides >= -1e-12).all(axis=1) | (sides <= 1e-12).all(axis=1)


def _share_of_sphere(points: np.ndarray, triangles: np.ndarray, inside: np.ndarray) -> float:
    a, b, c = (points[triangles[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    return float((area * inside[triangles].mean(axis=1)).sum() / area.sum())


def _ring(normal: np.ndarray, n: int = 72) -> tuple[np.ndarray, np.ndarray]:
    """Directions (2n, 3) of a thin ring about one, and its triangles, seen from outside."""
    turn = np.arange(n) * 2.0 * np.pi / n
    rows = []
    for radius in np.deg2rad(_RING_DEG):
        local = np.stack(
            [np.sin(radius) * np.cos(turn), np.sin(radius) * np.sin(turn), np.full(n, np.cos(radius))], axis=1
        )
        rows.append(local @ frame_along(normal).T)
    k, after = np.arange(n), (np.arange(n) + 1) % n
    faces = np.concatenate([np.stack([k, n + k, n + after], axis=1), np.stack([k, n + after, after], axis=1)])
    return np.vstack(rows), faces
