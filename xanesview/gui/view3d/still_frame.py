"""Smooth edges once the scene is at rest: several frames, each shifted by a part of a pixel, averaged.

Impostors take no multisampling, and VTK's supersampling renders sixteen times the pixels at once: a fifth of a second
without an answer in software. This renders one ordinary frame at a time, so the next mouse event never waits longer.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

# Eight places of a pixel such that rows, columns and diagonals are all hit (the eight-queens pattern of hardware).
_OFFSETS_PX = (
    np.array([(1, -3), (-1, 3), (5, 1), (-3, -5), (-5, 5), (-7, -1), (3, 7), (7, -7)], float) / 16.0
)  # fmt: skip


class StillFrame:
    """Collects the shifted frames of one view and hands out their mean."""

    def __init__(self, window: vtkRenderWindow, scene: vtkRenderer) -> None:
        self._window, self._scene = window, scene
        self._sum: np.ndarray | None = None
        self._taken = 0

    @property
    def n_frames(self) -> int:
        """How many frames make a picture."""
        return len(_OFFSETS_PX)

    @property
    def is_complete(self) -> bool:
        """Whether all frames have been taken."""
        return self._taken == len(_OFFSETS_PX)

    def restart(self) -> None:
        """Forget the frames taken: the scene has changed."""
        self._sum, self._taken = None, 0

    def take(self) -> None:
        """Render one shifted frame, unseen, and add it."""
        window, camera = self._window, self._scene.GetActiveCamera()
        width, height = window.GetSize()
        dx, dy = _OFFSETS_PX[self._taken]
        camera.SetWindowCenter(2.0 * dx / width, 2.0 * dy / height)
        window.SwapBuffersOff()
        window.Render()
        pixels = vtkUnsignedCharArray()
        window.GetPixelData(0, 0, width - 1, height - 1, 0, pixels, 0)
        window.SwapBuffersOn()
        camera.SetWindowCenter(0.0, 0.0)
        frame = vtk_to_numpy(pixels).reshape(height, width, 3)
        if self._sum is None:
            self._sum = frame.astype(np.uint16)
        else:
            self._sum += frame
        self._taken += 1

    def image(self) -> QImage:
        """Return the mean of the frames."""
        height, width, _ = self._sum.shape
        rgba = np.full((height, width, 4), 255, np.uint8)
        rgba[..., :3] = ((self._sum + self._taken // 2) // self._taken)[::-1]
        return QImage(rgba.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
