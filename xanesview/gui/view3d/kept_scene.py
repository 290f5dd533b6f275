"""All of a scene but its arrow, kept as a picture with depths: while only the arrow moves, only the arrow is drawn.

The picture is a quad over the whole view that writes the colours and depths of the frame it was taken from, so that
the arrow stands behind what it stood behind.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkFloatArray, vtkPoints, vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer, vtkRenderWindow, vtkTexture

_PLACE = "  gl_Position = vec4(vertexMC.xy, 0.0, 1.0);\n"
_PIXEL = """  vec4 kept = texelFetch(actortexture, ivec2(gl_FragCoord.xy), 0);
  fragOutput0 = vec4(kept.rgb, 1.0);
  gl_FragDepth = kept.a;
"""


class KeptScene:
    """The picture of one renderer, which has its window for itself while it is taken.

    Parameters
    ----------
    without_arrow, arrow_alone : callables that return a context in which only that is visible
    """

    def __init__(
        self, window: vtkRenderWindow, scene: vtkRenderer,
        without_arrow: Callable[[], AbstractContextManager], arrow_alone: Callable[[], AbstractContextManager],
    ) -> None:  # fmt: skip
        self._window, self._scene = window, scene
        self._without_arrow, self._arrow_alone = without_arrow, arrow_alone
        self._texture = vtkTexture()
        self._texture.InterpolateOff()
        self._texture.MipmapOff()
        self._texture.SetColorModeToDirectScalars()
        self._actor = _quad(self._texture)
        scene.AddActor(self._actor)
        self._seen: object = None
        self.key: object = None

    def forget(self) -> None:
        """Let go of the picture."""
        if self.key is not None:
            self._texture.SetInputData(vtkImageData())
        self.key = self._seen = None

    def is_wanted(self, key: object) -> bool:
        """Tell whether two frames in a row show the same but for the arrow, whose key this is; None: all may move."""
        if key is None:
            self.forget()
            return False
        again, self._seen = key == self._seen, key
        return again

    def take(self, key: object) -> None:
        """Draw the scene without its arrow, unseen, and keep it."""
        window = self._window
        width, height = window.GetSize()
        pixels, depths = vtkUnsignedCharArray(), vtkFloatArray()
        with self._without_arrow():
            window.SwapBuffersOff()
            window.Render()
            window.GetPixelData(0, 0, width - 1, height - 1, 0, pixels, 0)
            window.GetZbufferData(0, 0, width - 1, height - 1, depths)
            window.SwapBuffersOn()
        kept = np.empty((height * width, 4), np.float32)
        np.divide(vtk_to_numpy(pixels).reshape(-1, 3), 255.0, out=kept[:, :3], casting="unsafe")
        kept[:, 3] = vtk_to_numpy(depths).ravel()
        picture = vtkImageData()
        picture.SetDimensions(width, height, 1)
        picture.GetPointData().SetScalars(numpy_to_vtk(kept, deep=True))
        self._texture.SetInputData(picture)
        self.key = key

    def draw(self) -> None:
        """Draw the arrow as it is now in the picture."""
        with self._arrow_alone():
            self._actor.VisibilityOn()
            self._window.Render()
            self._actor.VisibilityOff()


def _quad(texture: vtkTexture) -> vtkActor:
    """Return what covers a whole view with the pixels of a texture: red, green, blue, depth."""
    points, corners = vtkPoints(), vtkCellArray()
    corners.InsertNextCell(4)
    for number, (x, y) in enumerate(((-1, -1), (1, -1), (1, 1), (-1, 1))):
        points.InsertNextPoint(x, y, 0.0)
        corners.InsertCellPoint(number)
    data = vtkPolyData()
    data.SetPoints(points)
    data.SetPolys(corners)
    data.GetPointData().SetTCoords(numpy_to_vtk(np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32), deep=True))
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.SetTexture(texture)
    actor.ForceOpaqueOn()
    actor.GetProperty().SetLighting(False)
    shaders = actor.GetShaderProperty()
    shaders.AddVertexShaderReplacement("//VTK::PositionVC::Impl", True, _PLACE, False)
    shaders.AddFragmentShaderReplacement("//VTK::TCoord::Impl", True, _PIXEL, False)
    actor.PickableOff()
    actor.VisibilityOff()
    return actor
