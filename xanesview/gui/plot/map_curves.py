"""What a series is made of, as curves over its time (or whatever its axis is), in the colours of the components."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QColor, QIcon, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from xanesview.domain.images.maps import ImageMap
from xanesview.gui.appearance.theme import colours
from xanesview.gui.plot.axes import NumberAxis, colour_axes, make_still_plot, title_axis
from xanesview.gui.plot.curve_layer import CurveLayer
from xanesview.gui.plot.curve_style import CurveStyle
from xanesview.gui.plot.swatch import swatch_picture
from xanesview.shown.curve import Curve

_AXIS_PX, _MARGIN_PX = 46, 10
_SWATCH = QSize(18, 12)


class MapCurves(QWidget):
    """One or several maps of a series as curves."""

    pointed = Signal(object)  # the number of the spectrum under the pointer, None where it has gone

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(150, 84)
        self._maps: Sequence[ImageMap] = ()
        self._at, self._titles = np.zeros(0), ("", "")
        self._view = pg.GraphicsView(background=None)
        self._view.setAccessibleName(name)
        self._view.setFrameShape(self._view.Shape.NoFrame)
        self._plot = make_still_plot(NumberAxis("left"), _AXIS_PX, _MARGIN_PX)
        self._view.setCentralItem(self._plot)
        self._layer = CurveLayer()
        self._line = pg.InfiniteLine(0.0, 90)
        for item in (self._layer, self._line):
            self._plot.getViewBox().addItem(item, ignoreBounds=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._view)
        self._view.scene().sigMouseMoved.connect(self._moved)
        self.apply_theme()

    def set_maps(self, at: np.ndarray, maps: Sequence[ImageMap], titles: tuple[str, str]) -> None:
        """Show maps over the values of their axis; titles are those of the axis below and of the one at the left."""
        self._at, self._maps, self._titles = at, tuple(maps), titles
        self._draw()

    def set_place(self, number: int | None) -> None:
        """Mark the spectrum that is looked at."""
        self._line.setVisible(number is not None and number < len(self._at))
        if self._line.isVisible():
            self._line.setValue(float(self._at[number]))

    def maps(self) -> Sequence[ImageMap]:
        """Return what is shown."""
        return self._maps

    def apply_theme(self) -> None:
        """Take the colours of the palette now in force."""
        scheme = colours(self)
        self._view.resetCachedContent()
        colour_axes(self._plot, scheme)
        pen = QPen(QColor(scheme.faint), 1.0)
        pen.setCosmetic(True)
        self._line.setPen(pen)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_line"):
            self.apply_theme()

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer has gone."""
        super().leaveEvent(event)
        self.pointed.emit(None)

    def _draw(self) -> None:
        scheme = colours(self)
        order = np.argsort(self._at, kind="stable")
        curves = [Curve(one.key, self._at[order], one.values[order], one.title, "computed") for one in self._maps]
        styles = [_style(self, number) for number in range(len(curves))]
        self._layer.set_curves(curves, styles)
        title_axis(self._plot.getAxis("bottom"), scheme, self._titles[0])
        title_axis(self._plot.getAxis("left"), scheme, self._titles[1])
        if not curves or not len(self._at):
            return
        values = np.concatenate([one.intensity for one in curves])
        values = values[np.isfinite(values)]
        if self._maps[0].kind == "fraction" or not values.size:
            low, high = 0.0, 1.0
        else:
            low, high = min(float(values.min()), 0.0), float(values.max())
        room = 0.05 * ((high - low) or 1.0)
        left, right = float(self._at.min()), float(self._at.max())
        wide = (right - left) or 1.0
        self._plot.getViewBox().setRange(
            QRectF(left - 0.02 * wide, low - room, 1.04 * wide, high - low + 2 * room), padding=0.0
        )

    def _moved(self, at: QPointF) -> None:
        box = self._plot.getViewBox()
        if not len(self._at) or not box.sceneBoundingRect().contains(at):
            self.pointed.emit(None)
            return
        self.pointed.emit(int(np.argmin(np.abs(self._at - box.mapSceneToView(at).x()))))


def _style(widget: QWidget, number: int) -> CurveStyle:
    return CurveStyle(colours(widget).curve(number), 1.6)


def component_icon(widget: QWidget, number: int) -> QIcon:
    """Return a piece of the curve of a component, for lists."""
    style = _style(widget, number)
    return QIcon(swatch_picture(style, style.colour, _SWATCH, widget.devicePixelRatioF()))
