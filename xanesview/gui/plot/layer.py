"""What the plot's layers share: an item without a size of its own, drawn over the whole view box."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QRectF


class PlotLayer(pg.GraphicsObject):
    """Covers what its view box shows and takes no part in automatic ranges."""

    def boundingRect(self) -> QRectF:
        """Cover what the view box shows: the layer has no size of its own."""
        box = self.getViewBox()
        return QRectF() if box is None else box.viewRect()

    def viewTransformChanged(self) -> None:
        """Follow a change of the axes' range."""
        self.prepareGeometryChange()
        super().viewTransformChanged()

    def dataBounds(self, axis: int, frac: float = 1.0, orthoRange: object = None) -> None:
        """Take no part in automatic ranges; the plot sets them."""
        return
