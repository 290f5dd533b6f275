"""The scene as meshes of triangles, made with pyvista: what scene files hold and what other programs can open.

The window and pictures draw balls and sticks as impostors instead (see `structure_actors`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyvista

from xanesview.drawing3d.arrow import frame_along
from xanesview.drawing3d.arrow_parts import OPACITY, SHAPES, arrow_parts
from xanesview.drawing3d.colours import rgb_bytes
from xanesview.drawing3d.drawing import Drawing
from xanesview.drawing3d.elements import BOND_RADIUS_ANGSTROM
from xanesview.drawing3d.peanuts import PeanutShapes, peanut_triangles
from xanesview.drawing3d.polydata import surface_data
from xanesview.drawing3d.shapes import dashes

RING_BEYOND_ANGSTROM = 0.11
"""How far the outline of a ringed atom stands out."""

_CELL_RADIUS_ANGSTROM, _NORMAL_RADIUS_ANGSTROM = 0.018, 0.03
_FINE_BALLS = 250  # of so few atoms each is large enough on the screen for its outline to show corners
_AROUND = 16

RGB = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class Piece:
    """One object of the scene: a mesh, where it is, how it looks.

    Attributes
    ----------
    group : str
        ``"atoms"``, ``"bonds"``, ``"cell"``, ``"normal"``, ``"polarisation"``, ``"sites"`` or ``"anisotropy"``.
    name : str
    mesh : pyvista.PolyData
        Triangles with normals at their points; pieces that look alike share one object.
    colour : (int, int, int)
        Red, green, blue from 0 to 255.
    matrix : (4, 4) float or None
        From the mesh's units to Å; None where it is in Å already.
    opacity : float
    lit : bool
        Whether light and shadow fall on it.
    """

    group: str
    name: str
    mesh: pyvista.PolyData
    colour: RGB
    matrix: np.ndarray | None = None
    opacity: float = 1.0
    lit: bool = True


def pieces(drawing: Drawing) -> Iterator[Piece]:
    """Yield everything that a drawing shows, in Å."""
    yield from _atoms(drawing)
    yield from _bonds(drawing)
    yield from _lines(drawing)
    if drawing.arrow is not None:
        yield from _arrow(drawing)
    yield from _rings(drawing)
    yield from _peanuts(drawing)


def _atoms(drawing: Drawing) -> Iterator[Piece]:
    """Yield a ball for each atom, named by element and index from 0."""
    shapes = drawing.shapes
    ball = _ball(len(shapes.radii_angstrom) <= _FINE_BALLS)
    symbols = shapes.structure.symbols
    for atom, (place, radius) in enumerate(zip(shapes.positions_angstrom, shapes.radii_angstrom, strict=True)):
        colour = tuple(int(channel) for channel in shapes.colours[atom])
        yield Piece("atoms", f"{symbols[atom]}{atom}", ball, colour, _placed(place, radius))


def _bonds(drawing: Drawing) -> Iterator[Piece]:
    """Yield all sticks of one colour as one mesh: thousands of single ones would be slow to draw."""
    start, end, _ = drawing.shapes.sticks
    colours = drawing.shapes.stick_colours
    for number, colour in enumerate(np.unique(colours, axis=0)) if len(colours) else ():
        chosen = (colours == colour).all(axis=1)
        mesh = _rods(np.stack([start[chosen], end[chosen]], axis=1), BOND_RADIUS_ANGSTROM)
        yield Piece("bonds", f"bonds {number}", mesh, tuple(int(channel) for channel in colour))


def _lines(drawing: Drawing) -> Iterator[Piece]:
    """Yield the cell's edges and the surface normal, where there are any."""
    shapes, colours = drawing.shapes, drawing.colours
    if len(shapes.cell_edges):
        mesh = _rods(shapes.cell_edges, _CELL_RADIUS_ANGSTROM)
        yield Piece("cell", "cell edges", mesh, rgb_bytes(colours.faint), lit=False)
    if shapes.normal_line is not None:
        mesh = _rods(dashes(*shapes.normal_line), _NORMAL_RADIUS_ANGSTROM)
        yield Piece("normal", "surface normal", mesh, rgb_bytes(colours.muted), lit=False)


def _arrow(drawing: Drawing) -> Iterator[Piece]:
    """Yield the parts of what stands for the polarisation."""
    colour = rgb_bytes(drawing.arrow_colour)
    for name, part in arrow_parts(drawing.arrow).items():
        opacity = OPACITY.get(part.shape, 1.0)
        yield Piece("polarisation", name, _arrow_shape(part.shape), colour, part.matrix, opacity, opacity == 1.0)


def _rings(drawing: Drawing) -> Iterator[Piece]:
    """Yield a ring round each picked site.

    A larger ball turned inside out: of a surface that is seen from outside only, what remains is what stands out
    behind the atom, so the outline is a ring from wherever one looks.
    """
    shapes = drawing.shapes
    for atom, colour in drawing.rings.items():
        radius = float(shapes.radii_angstrom[atom]) + RING_BEYOND_ANGSTROM
        name = f"ring of {shapes.structure.symbols[atom]}{atom}"
        matrix = _placed(shapes.positions_angstrom[atom], radius)
        yield Piece("sites", name, _ball_inside_out(), rgb_bytes(colour), matrix, lit=False)


def _peanuts(drawing: Drawing) -> Iterator[Piece]:
    """Yield the anisotropy of each site, what is negative as a mesh of its own."""
    peanuts, structure = drawing.peanuts, drawing.shapes.structure
    if peanuts is None or not peanuts.sites:
        return
    shapes = PeanutShapes.of(peanuts, drawing.shapes.positions_angstrom)
    n = len(peanuts.sites)
    points, normals, colours = (
        array.reshape(n, -1, 3) for array in (shapes.points, shapes.normals, shapes.colours)
    )  # fmt: skip
    triangles = peanut_triangles(1, peanuts.level)
    other = np.array(rgb_bytes(peanuts.negative))
    for k, (site, colour) in enumerate(zip(peanuts.sites, peanuts.colours, strict=True)):
        negative = (colours[k] == other).all(axis=-1)[triangles].sum(axis=1) >= 2
        for chosen, rgb, word in ((~negative, rgb_bytes(colour), ""), (negative, tuple(other), ", negative")):
            if chosen.any():
                mesh = pyvista.PolyData.from_regular_faces(points[k], triangles[chosen])
                mesh.point_data.active_normals = normals[k]
                name = f"anisotropy of {structure.symbols[site]}{site}{word}"
                yield Piece("anisotropy", name, mesh, tuple(int(channel) for channel in rgb))


@lru_cache(maxsize=2)
def _ball(fine: bool) -> pyvista.PolyData:
    """Return the unit sphere."""
    mesh = pyvista.Icosphere(radius=1.0, nsub=4 if fine else 3)
    mesh.point_data.active_normals = mesh.points.astype(np.float32)
    return mesh


@lru_cache(maxsize=1)
def _ball_inside_out() -> pyvista.PolyData:
    mesh = _ball(True).flip_faces()
    mesh.point_data.active_normals = -mesh.points.astype(np.float32)
    return mesh


@lru_cache(maxsize=len(SHAPES))
def _arrow_shape(shape: str) -> pyvista.PolyData:
    mesh = pyvista.wrap(surface_data(SHAPES[shape]())).triangulate()
    corners = np.asarray(mesh.points)[mesh.regular_faces]
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    # A sharp edge of the profile is a band of no width.
    clean = pyvista.PolyData.from_regular_faces(mesh.points, mesh.regular_faces[areas > 1e-9])
    clean.point_data.active_normals = mesh.point_data.active_normals
    return clean


def _rods(segments: np.ndarray, radius: float) -> pyvista.PolyData:
    """Return closed rods along segments (K, 2, 3) as one mesh."""
    rod = pyvista.Cylinder(direction=(0, 0, 1), radius=1.0, height=1.0, resolution=_AROUND).triangulate()
    corners = rod.regular_faces
    way = segments[:, 1] - segments[:, 0]
    length = np.linalg.norm(way, axis=1)
    frames = np.array([frame_along(direction) for direction in way / length[:, None]])
    scaled = np.asarray(rod.points) * [radius, radius, 1.0]
    scales = np.stack([np.ones_like(length), np.ones_like(length), length], axis=-1)
    points = np.einsum("kij,kj,pj->kpi", frames, scales, scaled) + segments.mean(axis=1)[:, None]
    normals = np.einsum("kij,pj->kpi", frames, np.asarray(rod.point_data.active_normals))
    faces = corners + len(scaled) * np.arange(len(segments))[:, None, None]
    mesh = pyvista.PolyData.from_regular_faces(points.reshape(-1, 3).astype(np.float32), faces.reshape(-1, 3))
    mesh.point_data.active_normals = normals.reshape(-1, 3).astype(np.float32)
    return mesh


def _placed(place: np.ndarray, scale: float) -> np.ndarray:
    matrix = np.diag([scale, scale, scale, 1.0])
    matrix[:3, 3] = place
    return matrix
