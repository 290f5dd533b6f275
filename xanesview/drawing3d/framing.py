"""What must find room in a view, and how deep it is: the arrow's place and length, fitting, clipping, haze.

Pure numpy, for the window's views and for pictures without one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xanesview.domain.geometry.geometry import Geometry
from xanesview.drawing3d.arrow import (
    CLEARANCE_ANGSTROM,
    Arrow,
    clear_radius_angstrom,
    half_length_angstrom,
    share_of_view,
)
from xanesview.drawing3d.camera import OrbitCamera
from xanesview.drawing3d.shapes import StructureShapes

_HAZE_MOLECULE, _HAZE_SLAB = 0.16, 0.55
_HEAD_SHARE = 0.12  # half a head with room round it, as a share of the arrow's half-length
_MOST_OF_VIEW = 0.44  # half of an arrow, as a share of the view's shorter side
_PAST_ATOMS = 1.25  # so that atoms in front don't hide a head that is seen from a little above


def arrow_origin(shapes: StructureShapes, picked: Collection[int]) -> np.ndarray:
    """Return the point (3,) that the arrow goes through: the middle of the picked atoms, else of all."""
    if picked:
        return shapes.positions_angstrom[list(picked)].mean(axis=0)
    return shapes.centre_angstrom


@dataclass(frozen=True, eq=False)
class ArrowRoom:
    """How far an arrow must reach from its origin to stand clear of the atoms.

    Attributes
    ----------
    clear_angstrom : float
        Half-length that passes all atoms on any direction.
    axes : (3, 3) float
        Principal axes of the structure, one a row.
    ends_angstrom : (3, 2) float
        How far the balls reach below and above the origin along each axis: a box about them.
    """

    clear_angstrom: float
    axes: np.ndarray
    ends_angstrom: np.ndarray

    @classmethod
    def of(cls, shapes: StructureShapes, origin: np.ndarray) -> ArrowRoom:
        """Return the room about a point (3,) of a structure."""
        positions, radii = shapes.positions_angstrom, shapes.radii_angstrom
        away = positions - positions.mean(axis=0)
        axes = np.linalg.eigh(away.T @ away)[1].T
        heights = (positions - origin) @ axes.T
        ends = np.stack([(radii[:, None] - heights).max(axis=0), (radii[:, None] + heights).max(axis=0)], axis=1)
        return cls(clear_radius_angstrom(positions, radii, origin), axes, ends)

    def out_of(self, direction: np.ndarray) -> float:
        """Return the half-length with which both ends along a direction (3,) leave the box; no jumps as it turns."""
        parts = self.axes @ direction
        ways = []
        for along in (parts, -parts):
            ends = self.ends_angstrom[np.arange(3), (along > 0.0).astype(int)]
            ways.append(float(np.min(np.maximum(ends, 0.0) / np.maximum(np.abs(along), 1e-9))))
        return max(ways) + CLEARANCE_ANGSTROM

    @property
    def across_angstrom(self) -> float:
        """The half-length with which an arrow along any of the axes leaves the box."""
        return float(self.ends_angstrom.max()) + CLEARANCE_ANGSTROM


def arrow_in_view(camera: OrbitCamera, geometry: Geometry, origin: np.ndarray, room: ArrowRoom) -> Arrow:
    """Return the arrow of a geometry through `origin` (3,), out of the structure where the view allows."""
    visible = camera.visible_angstrom
    arrow = Arrow(geometry.glyph(), origin, half_length_angstrom(room.clear_angstrom, visible))
    ways = [way for way in (arrow.direction, arrow.beam) if way is not None]
    half = arrow.half_length_angstrom
    if ways:  # field and beam have one length
        half = max(half, min(max(map(room.out_of, ways)), room.clear_angstrom, _MOST_OF_VIEW * visible))
    # Far off the middle a tip may leave the view: shorten somewhat, by a measure that orbiting does not change.
    # The other tip is as good and always inside.
    aside = float(np.linalg.norm(origin - camera.target_angstrom))
    return replace(arrow, half_length_angstrom=min(half, max(0.43 * visible - 0.8 * aside, 0.28 * visible)))


def standing_clear(arrow: Arrow, shapes: StructureShapes) -> Arrow:
    """Return an arrow so long that its heads leave the atoms behind in its own direction.

    For pictures, which nobody can turn to find the heads, and which make room for the whole arrow.
    """
    if arrow.direction is None:
        return arrow
    heights = np.abs((shapes.positions_angstrom - arrow.origin_angstrom) @ arrow.direction) + shapes.radii_angstrom
    half = max(heights.max() + CLEARANCE_ANGSTROM, _PAST_ATOMS * heights.max())
    return replace(arrow, half_length_angstrom=max(arrow.half_length_angstrom, float(half)))


def fit_whole_scene(camera: OrbitCamera, shapes: StructureShapes, arrow: Arrow | None) -> None:
    """Show everything that is drawn, the edges of a slab's vacuum included, from where the camera looks now."""
    lines = [shapes.cell_edges.reshape(-1, 3)]
    if shapes.normal_line is not None:
        lines.append(shapes.normal_line)
    points = [shapes.positions_angstrom, *lines]
    radii = [shapes.radii_angstrom, np.zeros(sum(map(len, lines)))]
    if arrow is not None:
        of_arrow = _spheres_about(arrow)
        points.append(of_arrow[0])
        radii.append(of_arrow[1])
    camera.fit(np.vstack(points), np.concatenate(radii))


def _spheres_about(arrow: Arrow) -> tuple[np.ndarray, np.ndarray]:
    """Return points (S, 3) and radii (S,) of spheres that what is drawn of an arrow lies in."""
    half, ends = arrow.half_length_angstrom, arrow.handles_angstrom()
    return np.vstack([arrow.origin_angstrom, ends]), np.append(0.5 * half, np.full(len(ends), _HEAD_SHARE * half))


def seen_throughout(
    camera: OrbitCamera, size_px: tuple[float, float], scenes: Sequence[tuple[StructureShapes, Arrow | None]]
) -> OrbitCamera:
    """Return a camera for pictures of another size (W, H) that looks from where one looks, and cuts nothing off.

    What that one sees whole is seen whole in every scene: arrows that go through its view, and the atoms; of a
    structure that it has gone into, only the atoms that are in view.
    """
    wider = replace(camera)
    wider.resize(*size_px)
    first = scenes[0][0]
    whole = bool(camera.sees(first.positions_angstrom, first.radii_angstrom).all())
    for shapes, arrow in scenes:
        points, radii = shapes.positions_angstrom, shapes.radii_angstrom
        inside = slice(None) if whole else camera.sees(points, radii)
        wider.step_back(points[inside], radii[inside])
        if arrow is not None and camera.sees(arrow.origin_angstrom[None], np.zeros(1)).all():
            wider.step_back(*_spheres_about(arrow))
    return wider


def fit_camera(camera: OrbitCamera, shapes: StructureShapes, origin: np.ndarray | None) -> None:
    """Show the whole structure and the arrow, from where the camera looks now; of a slab's vacuum only a part.

    Parameters
    ----------
    origin : (3,) float or None
        What the arrow goes through; None where there are no tips to find room for.
    """
    edges = shapes.cell_corners_near_atoms
    points = np.vstack([shapes.positions_angstrom, edges])
    radii = np.concatenate([shapes.radii_angstrom, np.zeros(len(edges))])
    camera.fit(points, radii)
    if origin is None:
        return
    room = ArrowRoom.of(shapes, origin)
    clear, visible = room.clear_angstrom, camera.visible_angstrom
    reach = max(min(clear, share_of_view(clear) * visible), min(clear, room.across_angstrom, _MOST_OF_VIEW * visible))
    # The tips and their handles must find room too.
    camera.fit(np.vstack([points, origin]), np.append(radii, 1.04 * reach))


@dataclass(frozen=True)
class Depths:
    """Depths from the eye, in Å.

    Attributes
    ----------
    near, far : float
        Nothing that is drawn lies outside.
    haze_near, haze_far : float
        Where atoms begin to fade, and where they have faded most.
    haze : float
        How much that is, 0 to 1: little for a molecule, more for a slab.
    """

    near: float
    far: float
    haze_near: float
    haze_far: float
    haze: float


def depths_of(camera: OrbitCamera, shapes: StructureShapes, arrow: Arrow | None) -> Depths:
    """Return the depths between which a structure and its arrow lie."""
    centre = shapes.centre_angstrom
    reach = shapes.bounding_radius_angstrom
    depth = float(camera.to_camera(centre)[2])
    edges = shapes.cell_edges.reshape(-1, 3)
    beyond = 0.0 if len(edges) == 0 else float(np.linalg.norm(edges - centre, axis=1).max())
    span = max(reach, beyond)
    if arrow is not None:
        span = max(span, 1.2 * arrow.half_length_angstrom) + float(np.linalg.norm(arrow.origin_angstrom - centre))
    span += 8.0
    large = np.clip((reach - 5.0) / 10.0, 0.0, 1.0)
    return Depths(
        near=max(depth - span, 0.02 * depth, 0.2),
        far=max(depth + span, 1.0),
        haze_near=depth - 0.35 * reach,
        haze_far=depth + 1.05 * reach,
        haze=float(_HAZE_MOLECULE + large * (_HAZE_SLAB - _HAZE_MOLECULE)),
    )
