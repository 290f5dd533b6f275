"""The polarisation arrow drawn with VTK: every part twice, once solid and once as a ghost that shines through atoms."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

from xanesview.domain.geometry.glyph import Ball, Disc, MainArrow, SideArrow
from xanesview.gui.view3d.arrow import Arrow, frame_along

_AROUND = 40
_SHAFT_RADIUS = 0.0165
_HEAD_RADIUS, _HEAD_LENGTH = 0.062, 0.19
_GROWN = 1.45
_DISC_THICKNESS = 0.012
_DISC_OPACITY = 0.45
_SIDE_THICKNESS = 0.8
_GHOST_OPACITY = 0.30

# The ghost is written in front of everything else, whatever its real depth.
_GHOST_DEPTH = "  gl_FragDepth = 0.0005 + 0.001 * gl_FragCoord.z;\n"


def _lathe(profile: np.ndarray) -> vtkPolyData:
    """Turn a profile about z.

    Parameters
    ----------
    profile : (P, 2) float
        Radius and height from bottom to top; a repeated point makes a sharp edge.

    Returns
    -------
    vtkPolyData
        Quadrilaterals with smooth normals.
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
    return polydata(points.reshape(-1, 3), normals.reshape(-1, 3), quads)


def polydata(points: np.ndarray, normals: np.ndarray | None, cells: np.ndarray, lines: bool = False) -> vtkPolyData:
    """Return VTK data from points (N, 3), normals (N, 3) and cells (M, vertices); float32 as the mappers need."""
    data = vtkPolyData()
    vtk_points = vtkPoints()
    vtk_points.SetData(numpy_to_vtk(np.ascontiguousarray(points, np.float32), deep=True))
    data.SetPoints(vtk_points)
    if normals is not None:
        data.GetPointData().SetNormals(numpy_to_vtk(np.ascontiguousarray(normals, np.float32), deep=True))
    array = vtkCellArray()
    offsets = np.arange(0, cells.size + 1, cells.shape[1] if cells.size else 1, dtype=np.int64)
    array.SetData(
        numpy_to_vtkIdTypeArray(offsets, deep=True),
        numpy_to_vtkIdTypeArray(np.ascontiguousarray(cells.ravel(), np.int64), deep=True),
    )
    if lines:
        data.SetLines(array)
    else:
        data.SetPolys(array)
    return data


def _shaft() -> vtkPolyData:
    r = _SHAFT_RADIUS
    return _lathe(np.array([[0, -1], [r, -1], [r, -1], [r, 1], [r, 1], [0, 1]], float))


def _head() -> vtkPolyData:
    """Return an arrowhead about its own middle, with a softened tip and rim, pointing along +z."""
    r, half = _HEAD_RADIUS, 0.5 * _HEAD_LENGTH
    around = np.linspace(-0.5 * np.pi, 0.35, 8)
    rim = np.column_stack([r - 0.012 + 0.012 * np.cos(around), -half + 0.012 + 0.012 * np.sin(around)])
    end = np.linspace(0.35, 0.5 * np.pi, 7)
    tip = np.column_stack([0.012 * np.cos(end), half - 0.012 + 0.012 * np.sin(end)])
    return _lathe(np.vstack([[[0, -half]], rim, tip]))


def _disc() -> vtkPolyData:
    h = 0.5 * _DISC_THICKNESS
    return _lathe(np.array([[0, -h], [1, -h], [1, -h], [1, h], [1, h], [0, h]], float))


def _ball() -> vtkPolyData:
    polar = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 25)
    return _lathe(np.column_stack([np.cos(polar), np.sin(polar)]))


def _matrix(rotation: np.ndarray, scale: np.ndarray | float, origin: np.ndarray) -> vtkMatrix4x4:
    matrix = np.eye(4)
    matrix[:3, :3] = rotation * scale
    matrix[:3, 3] = origin
    result = vtkMatrix4x4()
    result.DeepCopy(matrix.ravel())
    return result


class _Part:
    """One shape of the arrow, solid and ghost, moved by a matrix only: a drag uploads no geometry."""

    def __init__(self, renderer: vtkRenderer, data: vtkPolyData, opacity: float = 1.0) -> None:
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(data)
        self.solid = vtkActor()
        self.solid.SetMapper(mapper)
        surface = self.solid.GetProperty()
        surface.SetInterpolationToPhong()
        surface.SetAmbient(0.62)
        surface.SetDiffuse(0.48)
        surface.SetSpecular(0.16)
        surface.SetSpecularPower(28)
        surface.SetOpacity(opacity)
        ghost_mapper = vtkPolyDataMapper()
        ghost_mapper.SetInputData(data)
        self.ghost = vtkActor()
        self.ghost.SetMapper(ghost_mapper)
        self.ghost.GetProperty().SetLighting(False)
        self.ghost.GetProperty().SetOpacity(_GHOST_OPACITY * opacity)
        self.ghost.GetProperty().BackfaceCullingOn()
        self.ghost.GetShaderProperty().AddFragmentShaderReplacement("//VTK::Depth::Impl", True, _GHOST_DEPTH, False)
        for actor in (self.solid, self.ghost):
            actor.PickableOff()
            renderer.AddActor(actor)

    def show(self, visible: bool) -> None:
        self.solid.SetVisibility(visible)
        self.ghost.SetVisibility(visible)

    def colour(self, rgb: tuple[float, float, float]) -> None:
        self.solid.GetProperty().SetColor(rgb)
        self.ghost.GetProperty().SetColor(rgb)

    def place(self, rotation: np.ndarray, scale: np.ndarray | float, origin: np.ndarray) -> None:
        matrix = _matrix(rotation, scale, origin)
        self.solid.SetUserMatrix(matrix)
        self.ghost.SetUserMatrix(matrix)


class _ArrowParts:
    """A main or a side arrow: shaft and two heads."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self._shaft = _Part(renderer, _shaft())
        self._heads = (_Part(renderer, _head()), _Part(renderer, _head()))
        self.parts = (self._shaft, *self._heads)

    def place(self, shape: MainArrow | SideArrow, unit: float, origin: np.ndarray, grown_tip: int) -> None:
        """Place the shaft and the heads, whose middles are the arrow's length from the origin."""
        main = isinstance(shape, MainArrow)
        reach, wide = (unit, unit) if main else (shape.length * unit, _SIDE_THICKNESS * unit)
        along = frame_along(shape.direction)
        heads_scale = min(wide, reach / (0.6 * _HEAD_LENGTH))
        self._shaft.place(along, np.array([wide, wide, max(reach - 0.3 * _HEAD_LENGTH * heads_scale, 1e-6)]), origin)
        flip = along @ np.diag([1.0, -1.0, -1.0])
        for k, (head, rotation) in enumerate(zip(self._heads, (along, flip), strict=True)):
            scale = heads_scale * (_GROWN if main and k == grown_tip else 1.0)
            head.place(rotation, scale, origin + reach * rotation[:, 2])


class _DiscPart:
    """A disc."""

    def __init__(self, renderer: vtkRenderer) -> None:
        part = _Part(renderer, _disc(), _DISC_OPACITY)
        part.solid.GetProperty().SetLighting(False)
        self.parts = (part,)

    def place(self, shape: Disc, unit: float, origin: np.ndarray, grown_tip: int) -> None:
        """Place the disc."""
        wide = shape.radius * unit
        self.parts[0].place(frame_along(shape.normal), np.array([wide, wide, unit]), origin)


class _BallPart:
    """A ball."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self.parts = (_Part(renderer, _ball()),)

    def place(self, shape: Ball, unit: float, origin: np.ndarray, grown_tip: int) -> None:
        """Place the ball."""
        self.parts[0].place(np.eye(3), shape.radius * unit, origin)


_DRAWN_AS = {MainArrow: _ArrowParts, SideArrow: _ArrowParts, Disc: _DiscPart, Ball: _BallPart}


class ArrowActors:
    """What a glyph consists of in one renderer; a drag moves its parts, a glyph with more parts than ever adds some."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._rgb = (1.0, 1.0, 1.0)
        self._drawn = {kind: [drawn_as(renderer)] for kind, drawn_as in _DRAWN_AS.items()}

    def _parts(self) -> Iterator[_Part]:
        return (part for drawn in self._drawn.values() for one in drawn for part in one.parts)

    def colour(self, rgb: tuple[float, float, float]) -> None:
        """Paint every part in one colour (red, green, blue from 0 to 1)."""
        self._rgb = rgb
        for part in self._parts():
            part.colour(rgb)

    def hide(self) -> None:
        """Show nothing: there is no structure to polarise."""
        for part in self._parts():
            part.show(False)

    def update(self, arrow: Arrow, grown_tip: int = -1) -> None:
        """Place all parts.

        Parameters
        ----------
        arrow : Arrow
        grown_tip : int
            Which tip is under the pointer (0 at +n̂, 1 at -n̂, -1 none): its handle is drawn larger.
        """
        for kind, drawn in self._drawn.items():
            shapes = [shape for shape in arrow.glyph if isinstance(shape, kind)]
            while len(drawn) < len(shapes):
                drawn.append(_DRAWN_AS[kind](self._renderer))
                for part in drawn[-1].parts:
                    part.colour(self._rgb)
            for k, one in enumerate(drawn):
                for part in one.parts:
                    part.show(k < len(shapes))
                if k < len(shapes):
                    one.place(shapes[k], arrow.half_length_angstrom, arrow.origin_angstrom, grown_tip)
