"""The 3D scene as a small picture on nothing, for the inset of a figure on white."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xanesview.drawing3d.drawing import Drawing, drawing_of
from xanesview.drawing3d.stage import Stage

if TYPE_CHECKING:
    from xanesview.domain.geometry.geometry import Geometry
    from xanesview.domain.structure import Structure
    from xanesview.drawing3d.colours import SceneColours

SIZE_PX = (1200, 900)


def picture_of(drawing: Drawing, colours: SceneColours) -> np.ndarray:
    """Return a drawing on nothing, in the colours for a white ground, (H, W, 4) uint8, without axes in its corner.

    Raises
    ------
    XanesviewError
        If this machine can't draw without a window.
    """
    scale = SIZE_PX[0] / drawing.camera.width
    camera = replace(drawing.camera)
    camera.resize(SIZE_PX[0], round(scale * drawing.camera.height))
    drawing = replace(drawing, colours=colours, camera=camera, arrow_colour=colours.accent)
    with Stage(round(camera.width), round(camera.height)) as stage:
        return np.asarray(stage.picture(drawing, True))


def scene_of(structure: Structure, geometry: Geometry | None, colours: SceneColours) -> np.ndarray:
    """Return a structure as the window would first show it, (H, W, 4) uint8; with an arrow where there is a geometry.

    Raises
    ------
    XanesviewError
        If this machine can't draw without a window.
    """
    return picture_of(drawing_of(structure, colours, SIZE_PX, geometry=geometry), colours)
