"""What a picture or a scene file shows, whole and frozen: the structure, the arrow, ringed sites, colours, the view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.structure import Structure
from xanesview.drawing3d.arrow import Arrow
from xanesview.drawing3d.camera import OrbitCamera, standard_rotation
from xanesview.drawing3d.colours import SceneColours
from xanesview.drawing3d.framing import (
    ArrowRoom,
    arrow_in_view,
    arrow_origin,
    fit_camera,
    fit_whole_scene,
    standing_clear,
)
from xanesview.drawing3d.peanuts import Peanuts
from xanesview.drawing3d.shapes import StructureShapes


@dataclass(frozen=True, eq=False)
class Drawing:
    """One state of the 3D scene.

    Attributes
    ----------
    shapes : StructureShapes
    camera : OrbitCamera
        From where it is seen, and the size of the view.
    colours : SceneColours
    arrow : Arrow or None
    arrow_colour : str
        ``#rrggbb``; the accent by default.
    rings : mapping of int to str
        Colour ``#rrggbb`` round each ringed atom.
    caption : str
        What the drawing shows, in a few words.
    facts : mapping of str to str
        What is shown and where it comes from, for the file's own metadata.
    peanuts : Peanuts or None
        The anisotropy of sites at one energy.
    """

    shapes: StructureShapes
    camera: OrbitCamera
    colours: SceneColours
    arrow: Arrow | None = None
    arrow_colour: str = ""
    rings: Mapping[int, str] = field(default_factory=dict)
    caption: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    peanuts: Peanuts | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "camera", replace(self.camera))  # the view goes on turning its own
        object.__setattr__(self, "arrow_colour", self.arrow_colour or self.colours.accent)

    @property
    def title(self) -> str:
        """Name of the structure, else its formula."""
        return self.shapes.structure.name or self.shapes.structure.formula


def drawing_of(
    structure: Structure,
    colours: SceneColours,
    size: tuple[float, float],
    *,
    geometry: Geometry | None = None,
    rings: Mapping[int, str] | None = None,
    look: np.ndarray | None = None,
    whole: bool = True,
    camera: OrbitCamera | None = None,
) -> Drawing:
    """Return a structure as the window would first show it, framed so that nothing that is drawn is cut off.

    Parameters
    ----------
    structure : Structure
    colours : SceneColours
    size : (float, float)
        Width and height of the view in pixels.
    geometry : Geometry, optional
        What the arrow stands for; no arrow without one.
    rings : mapping of int to str, optional
        Atoms to ring, each in its colour ``#rrggbb``; the arrow goes through their middle.
    look : (3,) float, optional
        From the structure towards the viewer; the standard view by default.
    whole : bool
        Bring molecules together that the cell's faces cut.
    camera : OrbitCamera, optional
        From where a window looked, in the place of `size`, `look` and the framing.
    """
    shapes = StructureShapes.of(structure, whole).on_surface(None if geometry is None else geometry.normal)
    origin = arrow_origin(shapes, rings or {})
    if camera is None:
        camera, arrow = _framed(shapes, size, geometry, origin, look)
    else:
        arrow = None if geometry is None else arrow_in_view(camera, geometry, origin, ArrowRoom.of(shapes, origin))
    return Drawing(
        shapes, camera, colours, arrow, rings=dict(rings or {}), caption=caption_of(structure, geometry),
        facts=scene_facts(structure, geometry),
    )  # fmt: skip


def _framed(
    shapes: StructureShapes,
    size: tuple[float, float],
    geometry: Geometry | None,
    origin: np.ndarray,
    look: np.ndarray | None,
) -> tuple[OrbitCamera, Arrow | None]:
    """The camera that has all in view, and the arrow through `origin` (3,)."""
    camera = OrbitCamera(width=float(size[0]), height=float(size[1]))
    if look is None:
        camera.rotation = standard_rotation(shapes.positions_angstrom, shapes.structure.surface_normal)
    else:
        camera.look_along(look)
    arrow = None
    fit_camera(camera, shapes, None)
    if geometry is not None:
        room = ArrowRoom.of(shapes, origin)
        arrow = arrow_in_view(camera, geometry, origin, room)
        if arrow.has_tips:
            fit_camera(camera, shapes, origin)
            arrow = arrow_in_view(camera, geometry, origin, room)
    if shapes.structure.is_periodic:  # a molecule is whole already, with room for an arrow of any direction
        arrow = arrow if arrow is None else standing_clear(arrow, shapes)
        fit_whole_scene(camera, shapes, arrow)
    return camera, arrow


def scene_facts(structure: Structure, geometry: Geometry | None) -> dict[str, str]:
    """Return structure and polarisation of a scene as the metadata of its file have them, to the last bit."""
    facts = {"structure": structure.name or structure.formula, "structure_hash": structure.content_hash}
    facts |= {"source": structure.source} if structure.source else {}
    if geometry is not None:
        facts["polarisation"] = f"{geometry.name}: {geometry.describe()}"
        facts |= geometry.header() | {"weight_tensor": geometry.weight().text()}
    return facts


def caption_of(structure: Structure, geometry: Geometry | None) -> str:
    """Return name, formula and polarisation in a line."""
    words = (structure.name, structure.formula, "" if geometry is None else geometry.describe())
    return ", ".join(dict.fromkeys(word for word in words if word))
