"""An off-screen window that draws one drawing after another: pictures without a display, frames of a movie later.

pyvista's `Plotter` gives the window; what stands in it are the actors of the 3D view, so a picture looks like the
window. Loading pyvista's plotting takes about a second, which is why nothing imports this before a picture is asked
for.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from types import TracebackType

import numpy as np

from xanesview.drawing3d.colours import rgb_bytes
from xanesview.drawing3d.drawing import Drawing
from xanesview.drawing3d.rendering import WINDOW_VARIABLE, rendering_window, windows_of
from xanesview.drawing3d.sampling import mean_of_squares, samples_per_pixel, straight
from xanesview.drawing3d.shapes import StructureShapes
from xanesview.errors import XanesviewError

log = logging.getLogger(__name__)

_MOST_SAMPLES_PX = 8192
_DESIGN_HEIGHT_PX = 700.0
"""A view of this height shows lines one pixel wide; a larger picture, wider ones."""
_TRIES, _PAUSE_S = 3, 0.3


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
            import_module("pyvista.plotting")  # takes its time, too

            self._window_class = found.result()
        self._finer = min(samples_per_pixel(1), max(_MOST_SAMPLES_PX // max(width, height), 1))
        self._size_px = (width, height)
        self._open()

    def _open(self) -> None:
        """Make the window, and actors in it."""
        from pyvista import Plotter

        from xanesview.drawing3d.scene_actors import SceneActors

        width, height = self._size_px
        with windows_of(self._window_class):
            self._plotter = Plotter(
                off_screen=True, notebook=False, lighting="none", border=False,
                window_size=[width * self._finer, height * self._finer],
            )  # fmt: skip
        self._plotter.disable_anti_aliasing()
        self._plotter.camera_set = True
        self._actors = SceneActors(self._plotter.renderer)
        self._actors.structure.set_pixel_ratio(self._finer * max(min(width, height) / _DESIGN_HEIGHT_PX, 1.0))
        self._shapes: StructureShapes | None = None

    def picture(self, drawing: Drawing, transparent: bool = False) -> np.ndarray:
        """Return a drawing as (height, width, 4) uint8: red, green, blue, opacity.

        Parameters
        ----------
        drawing : Drawing
        transparent : bool
            Leave the background out.

        Raises
        ------
        XanesviewError
            If the driver gives no window that stays.
        """
        for again in range(_TRIES):
            if again:
                log.info("the window that draws was lost; another one is made")
                time.sleep(_PAUSE_S)
                self.close()
                self._open()
            with _quiet():
                samples = self._samples(drawing, transparent)
            if samples is not None:
                break
        else:
            raise XanesviewError(
                "The picture can't be drawn: the graphics driver gives its window up again and again.",
                "Try again when the computer has less to do; where it stays so, set the environment variable "
                f"{WINDOW_VARIABLE} to vtkEGLRenderWindow or vtkOSOpenGLRenderWindow.",
            )
        means = mean_of_squares(samples, self._finer)
        if transparent:
            return straight(means)
        means[..., 3] = 255
        return means

    def _samples(self, drawing: Drawing, transparent: bool) -> np.ndarray | None:
        """Draw, and return what is drawn (H · finer, W · finer, 4); None where the window was lost meanwhile.

        On a busy machine the driver may refuse to make a window the current one; what it holds then is no picture.
        """
        if self._plotter.render_window is None:
            return None
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
        try:
            self._plotter.render()  # which pyvista leaves to the screenshot the first time
            samples = self._plotter.screenshot(None, return_img=True, transparent_background=True)
        except RuntimeError as error:  # so pyvista says that there is no window, or none that is current
            log.info("no picture: %s", error)
            return None
        window = self._plotter.render_window
        return np.asarray(samples) if window is not None and window.IsCurrent() else None

    def close(self) -> None:
        """Give back the window; nothing more can be drawn."""
        self._plotter.close()

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep VTK's errors off the terminal: where it draws nothing, they are pages of its shaders' source."""
    from vtkmodules.vtkCommonCore import vtkObject

    before = vtkObject.GetGlobalWarningDisplay()
    if not log.isEnabledFor(logging.DEBUG):
        vtkObject.SetGlobalWarningDisplay(False)
    try:
        yield
    finally:
        vtkObject.SetGlobalWarningDisplay(before)
