"""Axes of the spectrum plot: quiet ticks, a faint horizontal grid, wheel and box zoom."""

from __future__ import annotations

from html import escape

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsSceneWheelEvent

from xanesview.gui.appearance.palette import Colours
from xanesview.gui.appearance.theme import TEXT_SIZE_PT, small_font, small_size_pt, text_size_pt
from xanesview.texts import told

AXIS_WIDTH_PX = 58
"""Of the axis at the left, in letters of the usual size; larger ones take more."""
_BEYOND_PX = 8.0  # half a number, above and below the ends of the axis
_WHEEL_STEP = 1.0015  # zoom a unit of wheel delta; 120 units are one notch


class SpectrumViewBox(pg.ViewBox):
    """A view box in which the wheel zooms energies (with Ctrl intensities), a box zooms both, double click resets."""

    zoomed = Signal()
    reset_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.setMouseMode(pg.ViewBox.RectMode)
        self.disableAutoRange()
        self._given_up = False  # the box being drawn, until the button goes up

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        """Zoom about the pointer."""
        factor = _WHEEL_STEP ** -event.delta()
        centre = self.mapToView(event.pos())
        vertical = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        self.scaleBy(x=None if vertical else factor, y=factor if vertical else None, center=centre)
        event.accept()
        self.zoomed.emit()

    def mouseDragEvent(self, event: object, axis: int | None = None) -> None:
        """Zoom to the box drawn with the left button, move with the middle one."""
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            event.ignore()
            return
        if event.button() == Qt.MouseButton.LeftButton and event.isFinish():
            event.accept()
            self.rbScaleBox.hide()
            if self._given_up:
                self._given_up = False
                return
            box = QRectF(QPointF(event.buttonDownPos(event.button())), QPointF(event.pos())).normalized()
            if box.width() >= 6 and box.height() >= 6:  # less is a click that slipped
                self.showAxRect(self.childGroup.mapRectFromParent(box), padding=0)
                self.zoomed.emit()
            return
        if event.isStart():
            self._given_up = False
        if self._given_up:
            event.accept()
            return
        super().mouseDragEvent(event, axis)
        if event.button() == Qt.MouseButton.MiddleButton:
            self.zoomed.emit()

    def give_up_box(self) -> bool:
        """Forget the box that is being drawn; False where none is."""
        drawing = self.rbScaleBox.isVisible()
        self._given_up = self._given_up or drawing
        self.rbScaleBox.hide()
        return drawing

    def colour_box(self, scheme: Colours) -> None:
        """Give the zoom box the colours of the theme."""
        fill = QColor(scheme.control)
        fill.setAlphaF(0.12)
        self.rbScaleBox.setPen(QPen(QColor(scheme.control), 1.0))
        self.rbScaleBox.setBrush(fill)


class NumberAxis(pg.AxisItem):
    """An axis whose negative numbers carry a real minus sign, and whose title is as long as there is room."""

    titles: tuple[str, ...] = ()

    def resizeEvent(self, event: object = None) -> None:
        """Write the longest title that fits, then place it."""
        self._write_title()
        super().resizeEvent(event)

    def set_titles(self, titles: tuple[str, ...], **style: str) -> None:
        """Set the title, given in falling length, and its style; it is said in the window's language."""
        self.titles = tuple(map(told, titles))
        self.setLabel(escape(self.titles[0]), **style)
        self.resizeEvent()

    def boundingRect(self) -> QRectF:
        """Take in the numbers at both ends, too: pyqtgraph leaves out one that lies beyond an axis with a grid."""
        beyond = _BEYOND_PX if self.orientation in ("left", "right") else 0.0
        return super().boundingRect().adjusted(0.0, -beyond, 0.0, beyond)

    def _write_title(self) -> None:
        room = self.size().height() if self.orientation in ("left", "right") else self.size().width()
        for title in self.titles:
            self.labelText = escape(title)  # a unit comes from a file
            self.label.setHtml(self.labelString())
            if self.label.boundingRect().width() <= room:
                return

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Write the numbers of the ticks."""
        return [text.replace("-", "−") for text in super().tickStrings(values, scale, spacing)]


def make_plot() -> pg.PlotItem:
    """Return an empty plot with its axes and no automatic behaviour."""
    left, bottom = NumberAxis("left"), NumberAxis("bottom")
    plot = pg.PlotItem(viewBox=SpectrumViewBox(), enableMenu=False, axisItems={"left": left, "bottom": bottom})
    plot.hideButtons()
    plot.setContentsMargins(0, 0, 0, 0)
    plot.layout.setContentsMargins(0, 6, 0, 0)
    left.setWidth(AXIS_WIDTH_PX)
    left.setStyle(tickLength=0, tickTextOffset=6, maxTickLevel=0, maxTextLevel=0)
    left.setTickDensity(1.6)
    bottom.setTickDensity(1.4)
    bottom.setStyle(tickLength=4, tickTextOffset=6, maxTickLevel=1, maxTextLevel=0, hideOverlappingLabels=True)
    _put_behind(left, bottom)
    return plot


def make_still_plot(left: NumberAxis, left_width_px: int, right_margin_px: int) -> pg.PlotItem:
    """Return an empty plot that neither pointer nor wheel moves: one to look at."""
    bottom = NumberAxis("bottom")
    box = pg.ViewBox(enableMenu=False, enableMouse=False, defaultPadding=0.0)
    plot = pg.PlotItem(viewBox=box, enableMenu=False, axisItems={"left": left, "bottom": bottom})
    plot.hideButtons()
    plot.layout.setContentsMargins(0, 6, right_margin_px, 0)
    left.setWidth(left_width_px)
    left.setStyle(tickLength=0, tickTextOffset=6, maxTickLevel=0, maxTextLevel=0)
    bottom.setStyle(tickLength=4, tickTextOffset=4, maxTickLevel=0, maxTextLevel=0, hideOverlappingLabels=False)
    _put_behind(left, bottom)
    return plot


def _put_behind(*axes: NumberAxis) -> None:
    for axis in axes:
        axis.enableAutoSIPrefix(False)
        axis.setZValue(-500)  # the grid lies behind the curves


def colour_axes(plot: pg.PlotItem, scheme: Colours) -> None:
    """Draw a plot's axes in the colours of the theme."""
    box = plot.getViewBox()
    box.setBackgroundColor(None)
    font = small_font()
    if isinstance(box, SpectrumViewBox):
        box.colour_box(scheme)
        larger = max(text_size_pt() / TEXT_SIZE_PT, 1.0)
        plot.getAxis("left").setWidth(round(AXIS_WIDTH_PX * larger))  # else numbers run into the title
    for name in ("left", "bottom"):
        axis = plot.getAxis(name)
        axis.setTickFont(font)
        axis.setTextPen(QColor(scheme.muted))
        axis.setPen(QPen(QColor(scheme.border), 1.0) if name == "bottom" else QPen(Qt.PenStyle.NoPen))
        axis.setTickPen(QPen(QColor(scheme.grid if name == "left" else scheme.faint), 1.0))
    plot.getAxis("left").setGrid(255)


def title_axis(axis: NumberAxis, scheme: Colours, *texts: str) -> None:
    """Write an axis title in the small text size: the first of the texts that fits."""
    axis.set_titles(texts, color=scheme.muted, **{"font-size": f"{small_size_pt()}pt"})
