"""The structure drawn with VTK: sphere and stick impostors, rings round sites, thin lines.

Impostors are one point an atom and are made round in the fragment shader, so 2,000 atoms cost what their pixels cost.
Pitfalls measured with VTK 9.7: points and sizes must be float32, sticks need scalars, and their size is a triple
(length, radius, radius) beside a unit vector; otherwise VTK reads wild memory.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkLight, vtkMapper, vtkPolyDataMapper, vtkRenderer
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLSphereMapper, vtkOpenGLStickMapper

from xanesview.drawing3d.elements import BOND_RADIUS_ANGSTROM
from xanesview.drawing3d.polydata import line_data, points_data, set_colours
from xanesview.drawing3d.rough_actors import RoughActors
from xanesview.drawing3d.shapes import StructureShapes, dashes

RGB = tuple[float, float, float]

RING_WIDTH_ANGSTROM = 0.075
MARK_WIDTH_ANGSTROM = 0.035
HOVER_WIDTH_ANGSTROM = 0.045
RING_GAP_ANGSTROM = 0.06
CHOSEN_GAP_ANGSTROM = 0.17
SITE_ANGSTROM, CHOSEN_SITE_ANGSTROM = 0.13, 0.24

# Darker towards the rim, as a soft pencil would: balls of one colour stay apart even without anti-aliasing.
# Then towards the background with depth.
_SHADING = """//VTK::Light::Impl
  float facing = clamp(abs(dot(normalVCVSOutput, normalize(vertexVC.xyz))), 0.0, 1.0);
  fragOutput0.rgb *= mix(rimShade, 1.0, smoothstep(0.0, 0.55, facing));
  float haze = hazeStrength * smoothstep(hazeNear, hazeFar, -vertexVC.z);
  fragOutput0.rgb = mix(fragOutput0.rgb, hazeColour, haze);
"""

# Of a ball only the part near its outline remains: a ring that faces the camera and is hidden by what is in front.
_RING = """//VTK::Light::Impl
  if (facingLimit < abs(dot(normalVCVSOutput, normalize(vertexVC.xyz)))) { discard; }
"""


def _sphere_actor() -> tuple[vtkActor, vtkOpenGLSphereMapper]:
    mapper = vtkOpenGLSphereMapper()
    mapper.SetScaleArray("radius")
    mapper.SetInputData(vtkPolyData())
    return _actor(mapper), mapper


def _actor(mapper: vtkMapper) -> vtkActor:
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.PickableOff()
    actor.VisibilityOff()
    return actor


def _line_actor() -> vtkActor:
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(vtkPolyData())
    actor = _actor(mapper)
    actor.GetProperty().SetLighting(False)
    return actor


def _set_lines(actor: vtkActor, segments: np.ndarray) -> None:
    """Show segments (K, 2, 3), or nothing where there are none."""
    actor.SetVisibility(len(segments) > 0)
    if len(segments):
        actor.GetMapper().SetInputData(line_data(segments))


class StructureActors:
    """All actors of one structure in one renderer."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._atoms, self._atom_mapper = _sphere_actor()
        self._rings, self._ring_mapper = _sphere_actor()
        self._marks, self._mark_mapper = _sphere_actor()
        self._hover, self._hover_mapper = _sphere_actor()
        self._chosen, self._chosen_mapper = _sphere_actor()
        self._sites, self._site_mapper = _sphere_actor()
        self._bond_mapper = vtkOpenGLStickMapper()
        self._bond_mapper.SetScaleArray("size")
        self._bond_mapper.SetOrientationArray("along")
        self._bonds = _actor(self._bond_mapper)
        self._cell = _line_actor()
        self._normal = _line_actor()
        self.set_pixel_ratio(1.0)
        for actor in (self._atoms, self._bonds):
            surface = actor.GetProperty()
            surface.SetAmbient(0.36)
            surface.SetDiffuse(0.78)
            surface.SetSpecular(0.18)
            surface.SetSpecularPower(36)
            actor.GetShaderProperty().AddFragmentShaderReplacement("//VTK::Light::Impl", False, _SHADING, False)
        for actor in (self._rings, self._marks, self._hover, self._chosen):
            actor.GetProperty().SetLighting(False)
            actor.GetShaderProperty().AddFragmentShaderReplacement("//VTK::Light::Impl", False, _RING, False)
        self._marks.GetProperty().SetOpacity(0.55)
        self._rounds = (self._rings, self._marks, self._hover, self._chosen)
        self._sites.GetProperty().SetLighting(False)
        for actor in (self._atoms, self._bonds, *self._rounds, self._sites, self._cell, self._normal):
            renderer.AddActor(actor)
        self._rough, self._has_marks = RoughActors(renderer), False
        self._shapes: StructureShapes | None = None
        self._light()
        self.set_haze((1.0, 1.0, 1.0), 0.0, 0.0, 1.0)
        self.set_rim_shade(0.6)

    def _light(self) -> None:
        """Light from the upper left behind the viewer, and a little from the lower right so that no side is black."""
        self._renderer.SetAutomaticLightCreation(False)
        for place, strength in (((-0.55, 0.85, 1.0), 0.86), ((0.9, -0.4, 0.6), 0.26)):
            light = vtkLight()
            light.SetLightTypeToCameraLight()
            light.SetPosition(place)
            light.SetFocalPoint(0, 0, 0)
            light.SetIntensity(strength)
            self._renderer.AddLight(light)

    def set_rim_shade(self, shade: float) -> None:
        """Darken the balls' rims to this share of their brightness."""
        for actor in (self._atoms, self._bonds):
            actor.GetShaderProperty().GetFragmentCustomUniforms().SetUniformf("rimShade", shade)

    def set_haze(self, rgb: RGB, strength: float, near_angstrom: float, far_angstrom: float) -> None:
        """Let atoms fade towards a colour between two depths, at most by `strength` (0 to 1)."""
        for actor in (self._atoms, self._bonds):
            uniforms = actor.GetShaderProperty().GetFragmentCustomUniforms()
            uniforms.SetUniform3f("hazeColour", rgb)
            uniforms.SetUniformf("hazeStrength", strength)
            uniforms.SetUniformf("hazeNear", near_angstrom)
            uniforms.SetUniformf("hazeFar", max(far_angstrom, near_angstrom + 1e-3))

    def set_pixel_ratio(self, ratio: float) -> None:
        """Draw lines as wide on a finer screen: `ratio` device pixels to a device-independent one."""
        self._cell.GetProperty().SetLineWidth(1.0 * ratio)
        self._normal.GetProperty().SetLineWidth(1.5 * ratio)

    def set_line_colours(self, cell: RGB, normal: RGB) -> None:
        """Colour the cell's edges and the surface normal."""
        self._cell.GetProperty().SetColor(cell)
        self._normal.GetProperty().SetColor(normal)

    def set_rough(self, pixels_per_angstrom: float | None) -> None:
        """Draw atoms as points and bonds as lines, at a scale in device pixels per Å; None draws balls and sticks."""
        if self._shapes is None:
            return
        if pixels_per_angstrom is None:
            self._rough.hide()
        else:
            self._rough.show(self._shapes, pixels_per_angstrom)
        self._atoms.SetVisibility(pixels_per_angstrom is None)
        self._bonds.SetVisibility(pixels_per_angstrom is None and len(self._shapes.sticks[2]) > 0)
        self._marks.SetVisibility(pixels_per_angstrom is None and self._has_marks)

    def set_structure(self, shapes: StructureShapes | None) -> None:
        """Show another structure, without rings; None shows nothing."""
        self._shapes, self._has_marks = shapes, False
        self._rough.forget()
        for actor in (self._atoms, self._bonds, *self._rounds, self._cell, self._normal):
            actor.VisibilityOff()
        if shapes is None:
            return
        self._show_balls_and_sticks(shapes)
        _set_lines(self._cell, shapes.cell_edges)
        line = shapes.normal_line
        _set_lines(self._normal, np.zeros((0, 2, 3)) if line is None else dashes(*line))

    def move(self, shapes: StructureShapes) -> None:
        """Show the same atoms elsewhere with their bonds; cell and normal stay, rings are to be set again."""
        self._shapes = shapes
        self._show_balls_and_sticks(shapes)

    def _show_balls_and_sticks(self, shapes: StructureShapes) -> None:
        self._atom_mapper.SetInputData(
            points_data(shapes.positions_angstrom, {"radius": shapes.radii_angstrom}, shapes.colours)
        )
        self._atoms.VisibilityOn()
        start, end, atom = shapes.sticks
        self._bonds.SetVisibility(len(atom) > 0)
        if len(atom):
            length = np.linalg.norm(end - start, axis=1, keepdims=True)
            radius = np.full_like(length, BOND_RADIUS_ANGSTROM)
            data = points_data(
                0.5 * (start + end),
                {"along": (end - start) / length, "size": np.hstack([length, radius, radius])},
                shapes.stick_colours,
            )
            self._bond_mapper.SetInputData(data)

    def set_colours(self, shapes: StructureShapes) -> None:
        """Take the colours of the same structure's recoloured shapes."""
        self._shapes = shapes
        set_colours(self._atom_mapper.GetInput(), shapes.colours)

    def set_rings(self, colours: Mapping[int, tuple[int, int, int]]) -> None:
        """Ring atoms, each in its colour (red, green, blue from 0 to 255)."""
        self._ring(self._rings, self._ring_mapper, colours, RING_WIDTH_ANGSTROM)

    def set_marks(self, colours: Mapping[int, tuple[int, int, int]]) -> None:
        """Ring atoms thinly: their spectrum is there, though not picked."""
        self._has_marks = bool(colours)
        self._ring(self._marks, self._mark_mapper, colours, MARK_WIDTH_ANGSTROM)

    def set_hover(self, atom: int, colour: tuple[int, int, int]) -> None:
        """Outline the atom under the pointer; -1 outlines none."""
        self._ring(self._hover, self._hover_mapper, {atom: colour} if atom >= 0 else {}, HOVER_WIDTH_ANGSTROM, 0.0)

    def set_chosen(self, atom: int, colour: tuple[int, int, int]) -> None:
        """Ring the atom that is edited, outside of all other rings; -1 rings none."""
        chosen = {atom: colour} if atom >= 0 else {}
        self._ring(self._chosen, self._chosen_mapper, chosen, HOVER_WIDTH_ANGSTROM, CHOSEN_GAP_ANGSTROM)

    def set_sites(self, places: np.ndarray, chosen: int, colours: tuple[tuple[int, int, int], ...]) -> None:
        """Mark places (K, 3) of a surface by dots, one of them larger (-1 for none); the colours of both."""
        self._sites.SetVisibility(len(places) > 0)
        if len(places):
            is_chosen = np.arange(len(places)) == chosen
            radii = np.where(is_chosen, CHOSEN_SITE_ANGSTROM, SITE_ANGSTROM)
            painted = np.where(is_chosen[:, None], colours[1], colours[0]).astype(np.uint8)
            self._site_mapper.SetInputData(points_data(places, {"radius": radii}, painted))

    def _ring(
        self,
        actor: vtkActor,
        mapper: vtkOpenGLSphereMapper,
        colours: Mapping[int, tuple[int, int, int]],
        width: float,
        gap: float = RING_GAP_ANGSTROM,
    ) -> None:
        actor.SetVisibility(bool(colours) and self._shapes is not None)
        if not colours or self._shapes is None:
            return
        atoms = np.fromiter(colours, int)
        radii = self._shapes.radii_angstrom[atoms] + gap + width
        data = points_data(
            self._shapes.positions_angstrom[atoms], {"radius": radii}, np.array(list(colours.values()), np.uint8)
        )
        mapper.SetInputData(data)
        # One limit serves all: the ring of the smallest ball is a touch thinner.
        inner = 1.0 - width / float(radii.mean())
        actor.GetShaderProperty().GetFragmentCustomUniforms().SetUniformf("facingLimit", float(np.sqrt(1 - inner**2)))
