"""The polarisation arrow drawn with VTK: every part twice, once solid and once as a ghost that shines through atoms."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

from xanesview.drawing3d.arrow import Arrow
from xanesview.drawing3d.arrow_parts import GHOST_OPACITY, OPACITY, SHAPES, arrow_parts
from xanesview.drawing3d.polydata import surface_data

_GHOST_OPACITY = 0.30

# The ghost is written in front of everything else, whatever its real depth.
_GHOST_DEPTH = "  gl_FragDepth = 0.0005 + 0.001 * gl_FragCoord.z;\n"


class _Part:
    """One shape of the arrow, solid and ghost, moved by a matrix only: a drag uploads no geometry."""

    def __init__(self, renderer: vtkRenderer, data: vtkPolyData, opacity: float, ghost_opacity: float) -> None:
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
        surface.SetLighting(opacity == 1.0)
        ghost_mapper = vtkPolyDataMapper()
        ghost_mapper.SetInputData(data)
        self.ghost = vtkActor()
        self.ghost.SetMapper(ghost_mapper)
        self.ghost.GetProperty().SetLighting(False)
        self.ghost.GetProperty().SetOpacity(ghost_opacity)
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

    def place(self, matrix: np.ndarray) -> None:
        placed = vtkMatrix4x4()
        placed.DeepCopy(matrix.ravel())
        self.solid.SetUserMatrix(placed)
        self.ghost.SetUserMatrix(placed)


class ArrowActors:
    """What an arrow consists of in one renderer; a drag moves its parts, an arrow with a new part adds it."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._data: dict[str, vtkPolyData] = {}
        self._parts: dict[str, _Part] = {}
        self._rgb = (1.0, 1.0, 1.0)

    def colour(self, rgb: tuple[float, float, float]) -> None:
        """Paint every part in one colour (red, green, blue from 0 to 1)."""
        self._rgb = rgb
        for part in self._parts.values():
            part.colour(rgb)

    @property
    def actors(self) -> list[vtkActor]:
        """All that is drawn of it."""
        return [actor for part in self._parts.values() for actor in (part.solid, part.ghost)]

    def hide(self) -> None:
        """Show nothing: there is no structure to polarise."""
        for part in self._parts.values():
            part.show(False)

    def update(self, arrow: Arrow, grown_tip: int = -1) -> None:
        """Place all parts.

        Parameters
        ----------
        arrow : Arrow
        grown_tip : int
            Which tip is under the pointer (0 at +n̂, 1 at -n̂, -1 none): its handle is drawn larger.
        """
        placed = arrow_parts(arrow, grown_tip)
        for name, part in placed.items():
            if name not in self._parts:
                self._parts[name] = self._new_part(part.shape)
            self._parts[name].place(part.matrix)
        for name, actor in self._parts.items():
            actor.show(name in placed)

    def _new_part(self, shape: str) -> _Part:
        if shape not in self._data:
            self._data[shape] = surface_data(SHAPES[shape]())
        opacity = OPACITY.get(shape, 1.0)
        ghost_opacity = GHOST_OPACITY.get(shape, _GHOST_OPACITY * opacity)
        part = _Part(self._renderer, self._data[shape], opacity, ghost_opacity)
        part.colour(self._rgb)
        return part
