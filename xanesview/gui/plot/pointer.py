"""The plot's drawing surface and what the pointer does on it: crosshair, pins, double click."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from xanesview.gui.plot.mark_layer import MarkLayer
from xanesview.gui.plot.ranges import nearest_peak
from xanesview.shown.curve import Curve
from xanesview.texts import tr

_PIN_REACH_PX = 8.0

# Left to itself pyqtgraph drops moves that follow each other fast, the last one too, and the crosshair stays behind.
pg.setConfigOption("mouseRateLimit", 0)


class PlotView(pg.GraphicsLayoutWidget):
    """The drawing surface; tells when new numbers have reached it."""

    painted = Signal()
    left = Signal()
    resized = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Spectra"))
        self.setBackground(None)
        self.setFrameShape(self.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # the layers ask for it where it shows
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self.ci.layout.setContentsMargins(0, 0, 0, 0)
        self.ci.layout.setSpacing(2)
        self.setMinimumSize(160, 120)
        self.has_news = False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw, then tell."""
        super().paintEvent(event)
        if self.has_news:
            self.has_news = False
            self.painted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the room, then tell."""
        super().resizeEvent(event)
        self.resized.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer is gone."""
        super().leaveEvent(event)
        self.left.emit()


class PlotPointer(QObject):
    """Moves the crosshair of stacked plots together, and pins energies by a click.

    Parameters
    ----------
    view : PlotView
    panels : sequence of (plot, marks)
        The main panel first; only it is clicked for pins.
    """

    pointed = Signal(object)  # energy under the pointer, eV; None when it has gone
    pinned = Signal(float)
    unpinned = Signal(float)
    reset_wanted = Signal()

    def __init__(self, view: PlotView, panels: Sequence[tuple[pg.PlotItem, MarkLayer]]) -> None:
        super().__init__(view)
        self._view = view
        self._panels = list(panels)
        self._newest_pin: float | None = None
        self.current: Callable[[], Curve | None] = lambda: None
        view.left.connect(self._gone)
        view.scene().sigMouseMoved.connect(self._moved)
        view.scene().sigMouseClicked.connect(self._clicked)

    def pin(self, energy_ev: float) -> None:
        """Pin an energy (eV) in all panels."""
        for _, marks in self._panels:
            marks.pins_ev.append(float(energy_ev))
        self._view.viewport().update()
        self.pinned.emit(float(energy_ev))

    def unpin(self, energy_ev: float) -> None:
        """Remove a pinned energy (eV) from all panels."""
        for _, marks in self._panels:
            marks.pins_ev.remove(energy_ev)
        self._view.viewport().update()
        self.unpinned.emit(float(energy_ev))

    def _moved(self, at: QPointF) -> None:
        inside = None
        for plot, _ in self._panels:
            box = plot.getViewBox()
            if plot.isVisible() and box.sceneBoundingRect().contains(at):
                inside = box.mapSceneToView(at)
        for _, marks in self._panels:
            marks.pointer = inside
        self._view.viewport().update()
        self.pointed.emit(None if inside is None else float(inside.x()))

    def _gone(self) -> None:
        for _, marks in self._panels:
            marks.pointer = None
        self._view.viewport().update()
        self.pointed.emit(None)

    def _clicked(self, event: object) -> None:
        """Pin an energy, or remove the pin that was clicked; a double click asks for the whole spectrum."""
        plot, marks = self._panels[0]
        box = plot.getViewBox()
        if event.button() != Qt.MouseButton.LeftButton or not box.sceneBoundingRect().contains(event.scenePos()):
            return
        if event.double():
            if self._newest_pin in marks.pins_ev:  # its first click was no wish for a pin
                self.unpin(self._newest_pin)
            self.reset_wanted.emit()
            return
        at = box.mapSceneToView(event.scenePos()).x()
        reach = _PIN_REACH_PX * box.viewPixelSize()[0]
        self._newest_pin = None
        near = [pin for pin in marks.pins_ev if abs(pin - at) <= reach]
        if near:
            self.unpin(min(near, key=lambda pin: abs(pin - at)))
            return
        current = self.current()
        if current is not None:
            peak = nearest_peak(current.energy_ev, current.intensity, at, reach)
            at = at if peak is None else peak
        self._newest_pin = float(at)
        self.pin(at)
