"""Peanuts drawn with VTK: one actor for all sites, whose points are overwritten where only the energy changes."""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

from xanesview.drawing3d.peanuts import Peanuts, PeanutShapes, peanut_triangles
from xanesview.drawing3d.polydata import triangle_data


class PeanutActors:
    """What stands for the anisotropy of sites in one renderer."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self._mapper = vtkPolyDataMapper()
        self._mapper.ScalarVisibilityOn()
        self._actor = vtkActor()
        self._actor.SetMapper(self._mapper)
        surface = self._actor.GetProperty()
        surface.SetInterpolationToPhong()
        surface.SetAmbient(0.45)
        surface.SetDiffuse(0.6)
        surface.SetSpecular(0.12)
        surface.SetSpecularPower(24)
        self._actor.PickableOff()
        self._actor.VisibilityOff()
        renderer.AddActor(self._actor)
        self._kind: tuple[int, int] | None = None
        self._held: tuple[np.ndarray, ...] = ()
        self._data: vtkPolyData | None = None

    def show(self, peanuts: Peanuts | None, positions_angstrom: np.ndarray | None) -> None:
        """Show the surfaces about atoms at their positions (N, 3); None shows none."""
        visible = peanuts is not None and len(peanuts.sites) > 0
        self._actor.SetVisibility(visible)
        if not visible:
            return
        shapes = PeanutShapes.of(peanuts, positions_angstrom)
        arrays = (shapes.points, shapes.normals, shapes.colours)
        kind = (len(peanuts.sites), peanuts.level)
        if kind != self._kind:
            self._build(kind, arrays)
            return
        for held, array in zip(self._held, arrays, strict=True):
            held[...] = array
        points = self._data.GetPointData()
        for part in (self._data.GetPoints().GetData(), points.GetNormals(), points.GetScalars()):
            part.Modified()
        self._data.GetPoints().Modified()
        self._data.Modified()

    def _build(self, kind: tuple[int, int], arrays: tuple[np.ndarray, ...]) -> None:
        """Make the topology of so many sites, over arrays that later energies write into."""
        self._held = tuple(np.ascontiguousarray(array).copy() for array in arrays)
        points, normals, colours = self._held
        data = triangle_data(points, peanut_triangles(*kind))
        data.GetPointData().SetNormals(numpy_to_vtk(normals, deep=False))
        data.GetPointData().SetScalars(numpy_to_vtk(colours, deep=False))
        self._data, self._kind = data, kind
        self._mapper.SetInputData(data)
