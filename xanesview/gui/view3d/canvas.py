"""The native window in which VTK draws, inside a Qt widget, without VTK's own interaction.

Not pyvistaqt's interactor: importing it takes two to three seconds (this 0.3), it draws twice for one ``render()``, and
its mouse and key handling would have to be undone. Here one paint event is one rendered frame, and Qt merges
requests: however many changes a mouse move causes, they are drawn once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

# Imported for what they register: VTK finds its OpenGL and its text classes through them.
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401
from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QImage, QMouseEvent, QPaintEngine, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow, vtkWindowToImageFilter

from xanesview.drawing3d.sampling import mean_of_squares, samples_per_pixel
from xanesview.gui.view3d.kept_scene import KeptScene
from xanesview.gui.view3d.sprites import Sprite
from xanesview.gui.view3d.still_frame import StillFrame
from xanesview.texts import tr

_REST_MS = 140
"""After this long without a change the picture is smoothed, one unseen frame at a time."""

_SMOOTH_AT_ONCE_S, _SMOOTH_WHILE_MOVING_S = 0.060, 0.008
"""Where all its frames together take less than this, the smooth picture is shown straight away."""


ROUGH_ABOVE_S = 0.045
"""Frames that take longer are drawn roughly while something moves."""

_KEPT_FINE_S = 0.2
"""Where a fine frame takes less, the picture that the arrow alone moves in is a fine one."""


def _nothing() -> None:
    """Bring nothing up to date."""


class GLCanvas(QWidget):
    """A render window with two layers: the scene, and sprites in screen pixels above it.

    Parameters
    ----------
    parent : QWidget
        Gets the mouse: the canvas ignores it.
    before_frame : callable
        Called before each frame, to bring camera and actors up to date; returns what stays the same while only the
        arrow moves, or None where all may move.
    set_rough : callable
        Called with whether the scene is to be drawn roughly from the next frame on, when that changes.
    """

    def __init__(self, parent: QWidget, before_frame: Callable[[], object], set_rough: Callable[[bool], None]) -> None:
        super().__init__(parent, Qt.WindowType.Widget | Qt.WindowType.MSWindowsOwnDC)
        self.setAccessibleName(tr("3D view"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_PaintOnScreen)
        # Its ancestors get native windows too: with WA_DontCreateNativeAncestors no mouse event reaches the view.
        self.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._before_frame, self._set_rough = before_frame, set_rough
        self._is_rough = False
        self._kept: KeptScene | None = None
        self._over_kept = False
        self.window_vtk = vtkRenderWindow()
        self.window_vtk.SetWindowInfo(str(int(self.winId())))
        self.window_vtk.SetMultiSamples(0)
        self.window_vtk.AlphaBitPlanesOn()
        self.window_vtk.SetNumberOfLayers(2)
        self.scene = vtkRenderer()
        self.overlay = vtkRenderer()
        self.overlay.SetLayer(1)
        self.overlay.InteractiveOff()
        self.window_vtk.AddRenderer(self.scene)
        self.window_vtk.AddRenderer(self.overlay)
        self._backdrop = Sprite(self.overlay)
        self._still = StillFrame(self.window_vtk, self.scene)
        self.frame_cost_s = 0.0
        self._changed = True
        self._moving = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._smooth_further)
        self._sprites: list[Sprite] = []
        self._closed = False

    def sprite(self) -> Sprite:
        """Add a picture above the scene."""
        sprite = Sprite(self.overlay)
        self._sprites.append(sprite)
        return sprite

    @property
    def is_at_rest(self) -> bool:
        """Whether the smooth picture of the present state is on the screen."""
        return not self._changed and self._still.is_complete

    def schedule(self, moving: bool = False) -> None:
        """Ask for one frame; many requests before it is drawn make one.

        Parameters
        ----------
        moving : bool
            The next change comes soon: draw fast rather than smoothly.
        """
        self._changed = True
        self._moving = moving
        if not self._closed:
            self.update()

    def paintEngine(self) -> QPaintEngine | None:
        """Tell Qt that it does not paint here."""
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw one frame; where only the window system asks for it, the picture shown before."""
        if self._closed or not self.isVisible():
            return
        resized = self._fit_window()
        if not self._changed and not resized and self._still.is_complete:
            self.window_vtk.Render()
            return
        self._changed = False
        self._draw()

    def _draw(self) -> None:
        """Draw the state as it is now, fast; smooth it at once where that is cheap, else when nothing follows."""
        self._rest.stop()
        self._still.restart()
        stays = self._before_frame()
        slow = self._moving and self.frame_cost_s > ROUGH_ABOVE_S
        self._over_kept = self._kept is not None and self._kept.is_wanted(stays if slow else None)
        if self._over_kept:
            self._draw_over_kept(stays)
            return
        self._draw_roughly(slow)
        budget = _SMOOTH_WHILE_MOVING_S if self._moving else _SMOOTH_AT_ONCE_S
        if 0.0 < self.frame_cost_s * self._still.n_frames < budget:
            while not self._still.is_complete:
                self._take_still_frame()
            self._show_still_frame()
            return
        begin = time.perf_counter()
        self._backdrop.hide()
        self.scene.DrawOn()
        self.window_vtk.Render()
        cost = time.perf_counter() - begin
        if self._is_rough:  # which says nothing of what a fine one takes
            self._rest.start(_REST_MS)
            return
        # The first frame compiles shaders and a busy machine has outliers; believe the faster ones.
        self.frame_cost_s = min(cost, 0.8 * self.frame_cost_s + 0.2 * cost) if self.frame_cost_s else cost
        self._rest.start(_REST_MS)

    def keep_with(
        self, without_arrow: Callable[[], AbstractContextManager], arrow_alone: Callable[[], AbstractContextManager]
    ) -> None:
        """Say how the scene is drawn without its arrow, and the arrow alone."""
        self._kept = KeptScene(self.window_vtk, self.scene, without_arrow, arrow_alone)

    def _draw_over_kept(self, stays: object) -> None:
        """Draw the arrow alone in the picture of the rest."""
        self._backdrop.hide()
        self.scene.DrawOn()
        if self._kept.key != stays:
            self._draw_roughly(self.frame_cost_s > _KEPT_FINE_S)
            self.overlay.DrawOff()
            self._kept.take(stays)
            self.overlay.DrawOn()
        self._kept.draw()
        self._rest.start(_REST_MS)

    def _draw_roughly(self, rough: bool) -> None:
        if rough != self._is_rough:
            self._is_rough = rough
            self._set_rough(rough)

    def _smooth_further(self) -> None:
        """Take one more unseen frame, or show the mean of all."""
        if self._closed or self._changed or not self.isVisible():
            return
        if self._is_rough or self._over_kept:  # whoever holds the mouse still sees the fine picture
            self._draw_roughly(False)
            self._moving = False
            self._draw()
            return
        self._take_still_frame()
        if self._still.is_complete:
            self._show_still_frame()
        else:
            self._rest.start(0)

    def _take_still_frame(self) -> None:
        begin = time.perf_counter()
        self.overlay.DrawOff()
        self.scene.DrawOn()
        self._still.take()
        self.overlay.DrawOn()
        cost = time.perf_counter() - begin
        self.frame_cost_s = min(cost, 0.8 * self.frame_cost_s + 0.2 * cost) if self.frame_cost_s else cost

    def _show_still_frame(self) -> None:
        ratio = self.devicePixelRatioF()
        self._backdrop.show(self._still.image(), None)
        width, height = self.window_vtk.GetSize()
        self._backdrop.place(QRectF(0, 0, width / ratio, height / ratio), height / ratio, ratio)
        self.scene.DrawOff()
        self.window_vtk.Render()
        self.scene.DrawOn()

    def _fit_window(self) -> bool:
        """Give VTK's window the widget's size in device pixels; tell whether it had another."""
        ratio = self.devicePixelRatioF()
        size = [max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))]
        if list(self.window_vtk.GetSize()) == size:
            return False
        self.window_vtk.SetSize(size)
        return True

    def forget_cost(self) -> None:
        """Another structure: find out anew what a frame costs."""
        self.frame_cost_s = 0.0

    def grab_scene(self, scale: int, transparent: bool) -> QImage:
        """Return the scene without sprites as an image with smooth edges; the screen keeps the picture it shows.

        Parameters
        ----------
        scale : int
            Image pixels a screen pixel.
        transparent : bool
            Leave the background out.
        """
        self._fit_window()
        self._before_frame()
        self._draw_roughly(False)
        self.scene.DrawOn()
        self.overlay.DrawOff()
        gradient, background = self.scene.GetGradientBackground(), self.scene.GetBackground()
        if transparent:
            self.scene.SetGradientBackground(False)
            self.scene.SetBackground(0, 0, 0)
            self.scene.SetBackgroundAlpha(0.0)
        finer = samples_per_pixel(scale)
        grabber = vtkWindowToImageFilter()
        grabber.SetInput(self.window_vtk)
        grabber.SetScale(scale * finer)
        grabber.SetInputBufferTypeToRGBA()
        grabber.ReadFrontBufferOff()
        self.window_vtk.SwapBuffersOff()  # else the screen shows tile by tile, enlarged
        grabber.Update()
        self.window_vtk.SwapBuffersOn()
        columns, rows, _ = grabber.GetOutput().GetDimensions()
        samples = vtk_to_numpy(grabber.GetOutput().GetPointData().GetScalars()).reshape(rows, columns, 4)[::-1]
        self.scene.SetBackground(background)
        self.scene.SetBackgroundAlpha(1.0)
        self.scene.SetGradientBackground(gradient)
        self.overlay.DrawOn()
        self.schedule()
        means = mean_of_squares(samples, finer)
        if not transparent:
            means[..., 3] = 255
        height, width, _ = means.shape
        return QImage(means.data, width, height, 4 * width, QImage.Format.Format_RGBA8888_Premultiplied).copy()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw in the new size."""
        self.schedule()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave the mouse to the parent, in its own coordinates."""
        event.ignore()

    mouseMoveEvent = mouseReleaseEvent = mouseDoubleClickEvent = mousePressEvent

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the parent."""
        event.ignore()

    def release(self) -> None:
        """Give back everything VTK holds; the canvas draws no more."""
        if self._closed:
            return
        self._closed = True
        self._rest.stop()
        # It belongs to the view that holds this canvas: a circle that only the garbage collector would open.
        self._before_frame, self._set_rough = _nothing, lambda _rough: None
        self._still.restart()
        self._kept = None  # it knows the view, too
        for renderer in (self.scene, self.overlay):
            renderer.RemoveAllViewProps()
            renderer.RemoveAllLights()
            self.window_vtk.RemoveRenderer(renderer)
        self._sprites.clear()
        self.window_vtk.Finalize()
