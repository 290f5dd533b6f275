"""Pictures that Qt paints and VTK shows above the scene: text in the program's font, with smooth edges."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import (
    vtkPolyDataMapper2D,
    vtkRenderer,
    vtkTexture,
    vtkTexturedActor2D,
)


class Sprite:
    """One picture at a place of the screen."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self._points = vtkPoints()
        self._points.SetNumberOfPoints(4)
        quad = vtkCellArray()
        quad.InsertNextCell(4)
        for corner in range(4):
            quad.InsertCellPoint(corner)
        self._data = vtkPolyData()
        self._data.SetPoints(self._points)
        self._data.SetPolys(quad)
        corners = numpy_to_vtk(np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32), deep=True)
        self._data.GetPointData().SetTCoords(corners)
        mapper = vtkPolyDataMapper2D()
        mapper.SetInputData(self._data)
        self._texture = vtkTexture()
        self._texture.InterpolateOff()
        self._texture.MipmapOff()
        self._actor = vtkTexturedActor2D()
        self._actor.SetMapper(mapper)
        self._actor.SetTexture(self._texture)
        self._actor.VisibilityOff()
        renderer.AddViewProp(self._actor)
        self.key: object = None

    def hide(self) -> None:
        """Show nothing."""
        self._actor.VisibilityOff()

    def reveal(self) -> None:
        """Show again what was shown before."""
        self._actor.VisibilityOn()

    def show(self, image: QImage, key: object) -> None:
        """Show another image, remembered by its key."""
        straight = image.convertToFormat(QImage.Format.Format_RGBA8888)
        width, height = straight.width(), straight.height()
        rows = np.frombuffer(straight.constBits(), np.uint8).reshape(height, straight.bytesPerLine())
        pixels = rows[::-1, : 4 * width].reshape(-1, 4)
        picture = vtkImageData()
        picture.SetDimensions(width, height, 1)
        picture.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(pixels), deep=True))
        self._texture.SetInputData(picture)
        self.key = key
        self._actor.VisibilityOn()

    def place(self, rect: QRectF, view_height: float, ratio: float) -> None:
        """Put the picture's rectangle (device-independent, y downwards) on whole device pixels."""
        left = round((rect.left()) * ratio)
        right = left + round(rect.width() * ratio)
        top = round((view_height - rect.top()) * ratio)
        bottom = top - round(rect.height() * ratio)
        for corner, (x, y) in enumerate(((left, bottom), (right, bottom), (right, top), (left, top))):
            self._points.SetPoint(corner, x, y, 0.0)
        self._points.Modified()
