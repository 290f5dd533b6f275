"""The sphere of an orientation's confidence drawn with VTK; of its half that faces the viewer only, so that nothing
needs to be sorted by depth."""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

from xanesview.drawing3d.confidence import ConfidenceSphere
from xanesview.drawing3d.polydata import triangle_data
from xanesview.drawing3d.shapes import StructureShapes


class ConfidenceActor:
    """The sphere in one renderer."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self._mapper = vtkPolyDataMapper()
        self._actor = vtkActor()
        self._actor.SetMapper(self._mapper)
        self._actor.GetProperty().SetLighting(False)
        self._actor.GetProperty().BackfaceCullingOn()
        self._actor.ForceTranslucentOn()
        self._actor.PickableOff()
        self._actor.VisibilityOff()
        self._held: tuple[np.ndarray, ...] = ()
        renderer.AddActor(self._actor)

    def show(self, sphere: ConfidenceSphere | None, shapes: StructureShapes | None) -> None:
        """Show a sphere about a structure; None shows none."""
        self._actor.SetVisibility(sphere is not None and shapes is not None)
        if sphere is None or shapes is None:
            return
        points, triangles = sphere.surface(shapes.centre_angstrom, shapes.bounding_radius_angstrom)
        rgba = np.ascontiguousarray(sphere.rgba)
        self._held = points, rgba
        data = triangle_data(points, triangles)
        data.GetPointData().SetScalars(numpy_to_vtk(rgba, deep=False))
        self._mapper.SetInputData(data)
