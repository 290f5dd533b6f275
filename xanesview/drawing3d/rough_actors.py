"""A structure drawn roughly while it moves: atoms as round points of a few pixels, bonds as lines.

Impostors cost what their pixels cost, and they write depths: 20,004 atoms with their sticks take 190 ms a frame without
a graphics processor, points and lines a quarter. All points of an actor have one size, so there is one actor a radius.
"""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

from xanesview.drawing3d.elements import BOND_RADIUS_ANGSTROM
from xanesview.drawing3d.polydata import line_data, points_data, set_colours
from xanesview.drawing3d.shapes import StructureShapes

_LEAST_PX = 2.0
_WIDEST_LINE_PX = 4.0
_MOST_LINES = 30_000  # more of them are shorter than their atoms are wide, in any view of the whole


class RoughActors:
    """Points and lines of one structure in one renderer; made when they are first shown."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._points: list[tuple[vtkActor, float]] = []
        self._bonds: vtkActor | None = None
        self._shapes: StructureShapes | None = None

    def show(self, shapes: StructureShapes, pixels_per_angstrom: float) -> None:
        """Show a structure whose middle has a scale, in device pixels per Å; nearer atoms are as large as that."""
        if shapes is not self._shapes:
            self._make(shapes)
        for actor, radius in self._points:
            actor.GetProperty().SetPointSize(max(2.0 * radius * pixels_per_angstrom, _LEAST_PX))
            actor.VisibilityOn()
        if self._bonds is not None:
            width = 2.0 * BOND_RADIUS_ANGSTROM * pixels_per_angstrom
            self._bonds.GetProperty().SetLineWidth(min(max(width, 1.0), _WIDEST_LINE_PX))
            self._bonds.VisibilityOn()

    def hide(self) -> None:
        """Show nothing; what was made stays for the next time."""
        for actor, _ in self._points:
            actor.VisibilityOff()
        if self._bonds is not None:
            self._bonds.VisibilityOff()

    def forget(self) -> None:
        """Let go of what was made."""
        for actor in (*(one for one, _ in self._points), *([] if self._bonds is None else [self._bonds])):
            self._renderer.RemoveActor(actor)
        self._points, self._bonds, self._shapes = [], None, None

    def _make(self, shapes: StructureShapes) -> None:
        self.forget()
        self._shapes = shapes
        for radius in np.unique(shapes.radii_angstrom):
            chosen = shapes.radii_angstrom == radius
            data = points_data(shapes.positions_angstrom[chosen], {}, shapes.colours[chosen])
            actor = self._added(data)
            surface = actor.GetProperty()
            surface.SetRenderPointsAsSpheres(True)
            surface.SetAmbient(0.42)
            surface.SetDiffuse(0.78)
            self._points.append((actor, float(radius)))
        start, end, _ = shapes.sticks
        if 0 < len(start) <= _MOST_LINES:
            data = line_data(np.stack([start, end], axis=1))
            set_colours(data, np.repeat(shapes.stick_colours, 2, axis=0))
            self._bonds = self._added(data)
            self._bonds.GetProperty().SetLighting(False)

    def _added(self, data) -> vtkActor:
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(data)
        actor = vtkActor()
        actor.SetMapper(mapper)
        actor.PickableOff()
        self._renderer.AddActor(actor)
        return actor
