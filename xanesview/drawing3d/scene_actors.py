"""Everything VTK draws of a scene in one renderer: ground, structure, arrow. For the window and for pictures alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer

from xanesview.drawing3d.arrow import Arrow
from xanesview.drawing3d.arrow_actors import ArrowActors
from xanesview.drawing3d.camera import VIEW_ANGLE_DEG, OrbitCamera
from xanesview.drawing3d.colours import SceneColours, haze_rgb, rgb, rim_shade
from xanesview.drawing3d.confidence import ConfidenceSphere
from xanesview.drawing3d.confidence_actor import ConfidenceActor
from xanesview.drawing3d.framing import depths_of
from xanesview.drawing3d.peanut_actors import PeanutActors
from xanesview.drawing3d.peanuts import Peanuts
from xanesview.drawing3d.shapes import StructureShapes
from xanesview.drawing3d.structure_actors import StructureActors


class SceneActors:
    """The actors of one renderer.

    Attributes
    ----------
    structure : StructureActors
    """

    def __init__(self, renderer: vtkRenderer) -> None:
        renderer.SetUseOIT(False)
        renderer.SetUseDepthPeeling(False)
        # a ball counts as its centre: culled, a lone ring would be cut where a fine picture's tiles meet
        renderer.GetCullers().RemoveAllItems()
        self._renderer = renderer
        self.structure = StructureActors(renderer)
        self._arrow = ArrowActors(renderer)
        self._peanuts: PeanutActors | None = None
        self._shown_peanuts: tuple[Peanuts, StructureShapes] | None = None
        self._confidence: ConfidenceActor | None = None
        self._shown_confidence: tuple[ConfidenceSphere | None, StructureShapes | None] = (None, None)
        self._haze_rgb = (1.0, 1.0, 1.0)

    def paint_ground(self, colours: SceneColours) -> None:
        """Take the colours of a palette: background, lines, shading."""
        self._renderer.SetGradientBackground(True)
        self._renderer.SetBackground(rgb(colours.background_bottom))
        self._renderer.SetBackground2(rgb(colours.background_top))
        self._haze_rgb = haze_rgb(colours)
        self.structure.set_line_colours(rgb(colours.faint), rgb(colours.muted))
        self.structure.set_rim_shade(rim_shade(colours))

    def set_arrow(self, arrow: Arrow | None, colour: str, grown_tip: int = -1) -> None:
        """Show the arrow in a colour (``#rrggbb``), one head larger; None shows none."""
        if arrow is None:
            self._arrow.hide()
            return
        self._arrow.colour(rgb(colour))
        self._arrow.update(arrow, grown_tip)

    @contextmanager
    def arrow_alone(self) -> Iterator[None]:
        """Hide all else for a moment."""
        arrow = set(self._arrow.actors)
        with _hidden([actor for actor in self._renderer.GetActors() if actor not in arrow]):
            yield

    @contextmanager
    def without_arrow(self) -> Iterator[None]:
        """Hide the arrow for a moment."""
        with _hidden(self._arrow.actors):
            yield

    def set_peanuts(self, peanuts: Peanuts | None, shapes: StructureShapes | None) -> None:
        """Show the anisotropy of sites about their atoms; None shows none. What is shown already costs nothing."""
        wanted = None if peanuts is None or shapes is None else (peanuts, shapes)
        if wanted is None and self._shown_peanuts is None:
            return
        before = self._shown_peanuts
        if wanted is not None and before is not None and wanted[0] is before[0] and wanted[1] is before[1]:
            return
        self._shown_peanuts = wanted
        if self._peanuts is None:
            self._peanuts = PeanutActors(self._renderer)
        self._peanuts.show(*((None, None) if wanted is None else (peanuts, shapes.positions_angstrom)))

    def set_confidence(self, sphere: ConfidenceSphere | None, shapes: StructureShapes | None) -> None:
        """Show where the normal of a film may point; None shows nothing. What is shown already costs nothing."""
        before = self._shown_confidence
        if (sphere is None and before[0] is None) or (sphere is before[0] and shapes is before[1]):
            return
        self._shown_confidence = sphere, shapes
        if self._confidence is None:
            self._confidence = ConfidenceActor(self._renderer)
        self._confidence.show(sphere, shapes)

    def aim(self, camera: OrbitCamera, shapes: StructureShapes | None, arrow: Arrow | None) -> None:
        """Look from where a camera stands, with a haze that begins where the structure does."""
        theirs = self._renderer.GetActiveCamera()
        theirs.SetFocalPoint(*camera.target_angstrom)
        theirs.SetPosition(*camera.position_angstrom)
        theirs.SetViewUp(*camera.rotation[1])
        theirs.SetViewAngle(VIEW_ANGLE_DEG)
        if shapes is None:
            return
        depths = depths_of(camera, shapes, arrow)
        theirs.SetClippingRange(depths.near, depths.far)
        self.structure.set_haze(self._haze_rgb, depths.haze, depths.haze_near, depths.haze_far)


@contextmanager
def _hidden(actors: list[vtkActor]) -> Iterator[None]:
    """Hide those of some actors that are visible, for a moment."""
    visible = [actor for actor in actors if actor.GetVisibility()]
    for actor in visible:
        actor.VisibilityOff()
    try:
        yield
    finally:
        for actor in visible:
            actor.VisibilityOn()
