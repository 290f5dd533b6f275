"""Arrays as VTK data, with VTK's own modules: what the window's actors are fed with."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData

from xanesview.drawing3d.arrow_parts import Surface


def surface_data(surface: Surface) -> vtkPolyData:
    """Return a surface as quadrilaterals with normals."""
    data = _with_points(surface.points)
    data.GetPointData().SetNormals(numpy_to_vtk(np.ascontiguousarray(surface.normals, np.float32), deep=True))
    data.SetPolys(_cells(surface.quads))
    return data


def line_data(segments: np.ndarray) -> vtkPolyData:
    """Return segments (K, 2, 3) as lines."""
    data = _with_points(segments.reshape(-1, 3))
    data.SetLines(_cells(np.arange(2 * len(segments)).reshape(-1, 2)))
    return data


def triangle_data(points: np.ndarray, triangles: np.ndarray) -> vtkPolyData:
    """Return triangles (T, 3) over points (N, 3) float32, whose memory is shared: overwritten, they move."""
    data, vtk_points = vtkPolyData(), vtkPoints()
    vtk_points.SetData(numpy_to_vtk(points, deep=False))
    data.SetPoints(vtk_points)
    data.SetPolys(_cells(triangles))
    return data


def points_data(points: np.ndarray, arrays: Mapping[str, np.ndarray], colours: np.ndarray) -> vtkPolyData:
    """Return one vertex a point (N, 3), with named float32 arrays and colours (N, 3) uint8 as scalars."""
    data = _with_points(points)
    data.SetVerts(_cells(np.arange(len(points)).reshape(1, -1)))
    for name, values in arrays.items():
        array = numpy_to_vtk(np.ascontiguousarray(values, np.float32), deep=True)
        array.SetName(name)
        data.GetPointData().AddArray(array)
    set_colours(data, colours)
    return data


def set_colours(data: vtkPolyData, colours: np.ndarray) -> None:
    """Give the points other colours (N, 3) uint8."""
    scalars = numpy_to_vtk(np.ascontiguousarray(colours, np.uint8), deep=True)
    scalars.SetName("colour")
    data.GetPointData().SetScalars(scalars)
    data.Modified()


def _with_points(points: np.ndarray) -> vtkPolyData:
    """Return data with points (N, 3) and nothing else; float32, as the mappers need."""
    data = vtkPolyData()
    vtk_points = vtkPoints()
    vtk_points.SetData(numpy_to_vtk(np.ascontiguousarray(points, np.float32), deep=True))
    data.SetPoints(vtk_points)
    return data


def _cells(cells: np.ndarray) -> vtkCellArray:
    """Return cells (M, vertices) of one kind."""
    array = vtkCellArray()
    offsets = np.arange(0, cells.size + 1, cells.shape[1] if cells.size else 1, dtype=np.int64)
    array.SetData(
        numpy_to_vtkIdTypeArray(offsets, deep=True),
        numpy_to_vtkIdTypeArray(np.ascontiguousarray(cells.ravel(), np.int64), deep=True),
    )
    return array
