"""An off-screen window that draws one drawing after another: pictures without a display, frames of a movie later.

pyvista's `Plotter` gives the window; what stands in it are the actors of the 3D view, so a picture looks like the
window. Loading pyvista's plotting takes about a second, which is why nothing imports this before a picture is asked
for.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import TracebackType

import numpy as np

from xanesview.drawing3d.colours import rgb_bytes
from xanesview.drawing3d.drawing import Drawing
from xanesview.drawing3d.rendering import rendering_window, windows_of
from xanesview.drawing3d.sampling import mean_of_squares, samples_per_pixel, straight
from xanesview.drawing3d.shapes import StructureShapes

_MOST_SAMPLES_PX = 8192
_DESIGN_HEIGHT_PX = 700.0
"""A view of this height shows lines one pixel wide; a larger picture, wider ones."""


class Stage:
    """Draws pictures of one size.

    Parameters
    ----------
    width, height : int
        Size of the pictures in pixels.

    Raises
    ------
    XanesviewError
        If this machine can't draw without a window.
    """

    def __init__(self, width: int, height: int) -> None:
        with ThreadPoolExecutor(1) as beside:
            found = beside.submit(rendering_window)
            from pyvista import Plotter

            from xanesview.drawing3d.scene_actors import SceneActors

            window_class = found.result()
        self._finer = min(samples_per_pixel(1), max(_MOST_SAMPLES_PX // max(width, height), 1))
        with windows_of(window_class):
            self._plotter = Plotter(
                off_screen=True, notebook=False, lighting="none", border=False,
                window_size=[width * self._finer, height * self._finer],
            )  # fmt: skip
        self._plotter.disable_anti_aliasing()
        self._plotter.camera_set = True
        self._actors = SceneActors(self._plotter.renderer)
        self._actors.structure.set_pixel_ratio(self._finer * max(min(width, height) / _DESIGN_HEIGHT_PX, 1.0))
        self._shapes: StructureShapes | None = None
        self._draw = partial(self._plotter.show, auto_close=False)

    def picture(self, drawing: Drawing, transparent: bool = False) -> np.ndarray:
        """Return a drawing as (height, width, 4) uint8: red, green, blue, opacity.

        Parameters
        ----------
        drawing : Drawing
        transparent : bool
            Leave the background out.
        """
        actors, renderer = self._actors, self._plotter.renderer
        if drawing.shapes is not self._shapes:
            self._shapes = drawing.shapes
            actors.structure.set_structure(drawing.shapes)
        actors.structure.set_rings({atom: rgb_bytes(colour) for atom, colour in drawing.rings.items()})
        actors.set_arrow(drawing.arrow, drawing.arrow_colour)
        actors.set_peanuts(drawing.peanuts, drawing.shapes)
        actors.paint_ground(drawing.colours)
        if transparent:
            renderer.SetGradientBackground(False)
            renderer.SetBackground(0, 0, 0)
        renderer.SetBackgroundAlpha(0.0 if transparent else 1.0)
        actors.aim(drawing.camera, drawing.shapes, drawing.arrow)
        # pyvista draws nothing before its first `show`, which off screen opens no window.
        self._draw()
        self._draw = self._plotter.render
        samples = self._plotter.screenshot(None, return_img=True, transparent_background=True)
        means = mean_of_squares(np.asarray(samples), self._finer)
        if transparent:
            return straight(means)
        means[..., 3] = 255
        return means

    def close(self) -> None:
        """Give back the window; nothing more can be drawn."""
        self._plotter.close()

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
