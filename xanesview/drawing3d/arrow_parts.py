"""The parts of an experiment's glyph: surfaces of one unit, and where each of them is for an arrow. Pure numpy.

A unit is the arrow's half-length, so that a large arrow is also a thick one. Moving an arrow changes matrices only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xanesview.domain.geometry.glyph import Ball, Disc, IncomingArrow, MainArrow, SideArrow
from xanesview.drawing3d.arrow import Arrow, frame_along

HEAD_RADIUS, HEAD_LENGTH = 0.062, 0.19
SHAFT_RADIUS = 0.0165
GROWN = 1.45
"""How much larger the head under the pointer is drawn."""

_AROUND = 40
_DISC_THICKNESS = 0.012
_SIDE_THICKNESS = 0.8
_BEAM_INNER, _BEAM_HEAD, _GRIP_RADIUS = 0.34, 0.62, 0.042


@dataclass(frozen=True, eq=False)
class Surface:
    """A surface of quadrilaterals.

    Attributes
    ----------
    points, normals : (N, 3) float32
    quads : (Q, 4) int
        Counter-clockwise seen from outside.
    """

    points: np.ndarray
    normals: np.ndarray
    quads: np.ndarray


@dataclass(frozen=True, eq=False)
class ArrowPart:
    """One part of an arrow.

    Attributes
    ----------
    shape : str
        A key of `SHAPES`.
    matrix : (4, 4) float
        From the shape's units to Å in the scene.
    """

    shape: str
    matrix: np.ndarray


def lathe(profile: np.ndarray) -> Surface:
    """Turn a profile about z, with smooth normals.

    Parameters
    ----------
    profile : (P, 2) float
        Radius and height from bottom to top; a repeated point makes a sharp edge.
    """
    angles = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)
    tangent = np.gradient(profile, axis=0)
    # At a repeated point take the tangent of its own side, or the edge would be shaded round.
    for k in range(len(profile) - 1):
        if np.allclose(profile[k], profile[k + 1]):
            tangent[k] = profile[k] - profile[k - 1]
            tangent[k + 1] = profile[k + 2] - profile[k + 1]
    normal = np.column_stack([tangent[:, 1], -tangent[:, 0]])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    points = np.empty((len(profile), _AROUND, 3), np.float32)
    normals = np.empty_like(points)
    points[..., :2] = profile[:, None, :1] * circle
    points[..., 2] = profile[:, None, 1]
    normals[..., :2] = normal[:, None, :1] * circle
    normals[..., 2] = normal[:, None, 1]
    ring, step = np.meshgrid(np.arange(len(profile) - 1), np.arange(_AROUND), indexing="ij")
    after = (step + 1) % _AROUND
    quads = np.stack(
        [ring * _AROUND + step, ring * _AROUND + after, (ring + 1) * _AROUND + after, (ring + 1) * _AROUND + step],
        axis=-1,
    ).reshape(-1, 4)
    return Surface(points.reshape(-1, 3), normals.reshape(-1, 3), quads)


def _rod(radius: float, half_height: float) -> Surface:
    r, h = radius, half_height
    return lathe(np.array([[0, -h], [r, -h], [r, -h], [r, h], [r, h], [0, h]], float))


def _head() -> Surface:
    """Return an arrowhead about its own middle, with a softened tip and rim, pointing along +z."""
    r, half = HEAD_RADIUS, 0.5 * HEAD_LENGTH
    around = np.linspace(-0.5 * np.pi, 0.35, 8)
    rim = np.column_stack([r - 0.012 + 0.012 * np.cos(around), -half + 0.012 + 0.012 * np.sin(around)])
    end = np.linspace(0.35, 0.5 * np.pi, 7)
    tip = np.column_stack([0.012 * np.cos(end), half - 0.012 + 0.012 * np.sin(end)])
    return lathe(np.vstack([[[0, -half]], rim, tip]))


def _ball() -> Surface:
    polar = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 25)
    return lathe(np.column_stack([np.cos(polar), np.sin(polar)]))


SHAPES: dict[str, Callable[[], Surface]] = {
    "shaft": lambda: _rod(SHAFT_RADIUS, 1.0),
    "head": _head,
    "disc": lambda: _rod(1.0, 0.5 * _DISC_THICKNESS),
    "ball": _ball,
    "ray": lambda: _rod(0.5 * SHAFT_RADIUS, 1.0),
    "ray head": _head,
    "grip": _ball,
}
"""What makes the surface of each shape."""

OPACITY = {"disc": 0.45, "ray": 0.6, "ray head": 0.6, "grip": 0.6}
"""Of shapes that can be seen through."""

GHOST_OPACITY = {"ray": 0.55, "ray head": 0.55, "grip": 0.6}
"""Of what shines through atoms, where it is thin and would be lost behind a slab; less of the others."""


def arrow_parts(arrow: Arrow, grown_tip: int = -1) -> dict[str, ArrowPart]:
    """Return the parts of an arrow's glyph by name; the same part has the same name in every arrow.

    Parameters
    ----------
    arrow : Arrow
    grown_tip : int
        Which handle is under the pointer (0 at +n̂, 1 at -n̂, 2 the beam's, -1 none): it is larger.
    """
    unit, origin = arrow.half_length_angstrom, arrow.origin_angstrom
    parts: dict[str, ArrowPart] = {}
    seen: Counter[type] = Counter()
    for shape in arrow.glyph:
        seen[type(shape)] += 1
        again = f" {seen[type(shape)]}" if seen[type(shape)] > 1 else ""
        for name, part in _parts_of(shape, unit, origin, grown_tip).items():
            parts[name + again] = part
    return parts


def _parts_of(
    shape: MainArrow | SideArrow | IncomingArrow | Disc | Ball, unit: float, origin: np.ndarray, grown_tip: int
) -> dict[str, ArrowPart]:
    """Return the parts of one shape of a glyph."""
    if isinstance(shape, MainArrow):
        return _two_headed(("shaft", "head", "tail"), shape.direction, unit, unit, origin, grown_tip)
    if isinstance(shape, SideArrow):
        names = ("shaft across", "head across", "tail across")
        return _two_headed(names, shape.direction, shape.length * unit, _SIDE_THICKNESS * unit, origin, -1)
    if isinstance(shape, IncomingArrow):
        return _incoming(np.array(shape.direction), unit, origin, grown_tip == 2)
    if isinstance(shape, Disc):
        wide = shape.radius * unit
        return {"disc": ArrowPart("disc", _matrix(frame_along(shape.normal), np.array([wide, wide, unit]), origin))}
    return {"ball": ArrowPart("ball", _matrix(np.eye(3), shape.radius * unit, origin))}


def _two_headed(
    names: tuple[str, str, str], direction: np.ndarray, reach: float, wide: float, origin: np.ndarray, grown_tip: int
) -> dict[str, ArrowPart]:
    """Return shaft and heads of an arrow, the heads' middles `reach` from the origin, `wide` times as thick."""
    along = frame_along(direction)
    heads_scale = min(wide, reach / (0.6 * HEAD_LENGTH))
    length = max(reach - 0.3 * HEAD_LENGTH * heads_scale, 1e-6)
    parts = {names[0]: ArrowPart("shaft", _matrix(along, np.array([wide, wide, length]), origin))}
    flip = along @ np.diag([1.0, -1.0, -1.0])
    for k, (name, rotation) in enumerate(zip(names[1:], (along, flip), strict=True)):
        scale = heads_scale * (GROWN if k == grown_tip else 1.0)
        parts[name] = ArrowPart("head", _matrix(rotation, scale, origin + reach * rotation[:, 2]))
    return parts


def _incoming(direction: np.ndarray, unit: float, origin: np.ndarray, is_grown: bool) -> dict[str, ArrowPart]:
    """Return shaft and head of an arrow that ends before the origin, and the grip at its outer end."""
    along = frame_along(direction)
    head = origin - (_BEAM_INNER + 0.5 * _BEAM_HEAD * HEAD_LENGTH) * unit * direction
    inner = _BEAM_INNER + 0.8 * _BEAM_HEAD * HEAD_LENGTH
    length, middle = 0.5 * (1.0 - inner) * unit, origin - 0.5 * (1.0 + inner) * unit * direction
    grip = _GRIP_RADIUS * unit * (GROWN if is_grown else 1.0)
    return {
        "beam": ArrowPart("ray", _matrix(along, np.array([unit, unit, length]), middle)),
        "beam head": ArrowPart("ray head", _matrix(along, _BEAM_HEAD * unit, head)),
        "beam grip": ArrowPart("grip", _matrix(np.eye(3), grip, origin - unit * direction)),
    }


def _matrix(rotation: np.ndarray, scale: np.ndarray | float, origin: np.ndarray) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, :3] = rotation * scale
    matrix[:3, 3] = origin
    return matrix
