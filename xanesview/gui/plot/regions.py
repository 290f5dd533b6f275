"""Ranges and energies that are dragged on the plot: those of a processing step, and the window of the comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPen

from xanesview.gui.appearance.palette import Colours
from xanesview.gui.appearance.theme import small_font

_FILL_ALPHA, _FILL_ALPHA_UNDER_POINTER = 0.10, 0.18
_BEHIND_CURVES = -20


@dataclass(frozen=True)
class Region:
    """A range (two energies) or a line (one) as it stands on the plot.

    Attributes
    ----------
    key : object
        What it is of; the same key in the next call is the same region elsewhere.
    values_ev : tuple of float
    label : str
    is_movable : bool
    has_body : bool
        Whether the whole range can be dragged, not its ends alone.
    """

    key: object
    values_ev: tuple[float, ...]
    label: str = ""
    is_movable: bool = True
    has_body: bool = True


class Regions(QObject):
    """Draws regions in a plot and tells how they are dragged."""

    moved = Signal(object, object, bool)  # key, energies, whether the button has gone up

    def __init__(self, plot: pg.PlotItem, parent: QObject) -> None:
        super().__init__(parent)
        self._plot = plot
        self._scheme: Colours | None = None
        self._items: dict[object, pg.GraphicsObject] = {}
        self._regions: dict[object, Region] = {}
        self._is_placing = False

    def show(self, regions: Sequence[Region]) -> None:
        """Show these regions; one that is being dragged stays under the pointer."""
        wanted = {region.key: region for region in regions}
        for key in [key for key in self._items if key not in wanted or not _alike(wanted[key], self._regions[key])]:
            self._plot.getViewBox().removeItem(self._items.pop(key))
        self._regions = wanted
        self._is_placing = True
        try:
            for region in regions:
                if region.key not in self._items:
                    self._items[region.key] = self._made(region)
                item = self._items[region.key]
                if not _is_dragged(item):
                    _place(item, region.values_ev)
        finally:
            self._is_placing = False

    def item(self, key: object) -> pg.GraphicsObject | None:
        """Return what is drawn for a key."""
        return self._items.get(key)

    def keys(self) -> list[object]:
        """Return the keys of what is shown."""
        return list(self._items)

    def apply_theme(self, scheme: Colours) -> None:
        """Follow the palette."""
        self._scheme = scheme
        for key, item in self._items.items():
            self._colour(item, self._regions[key])

    def _made(self, region: Region) -> pg.GraphicsObject:
        if len(region.values_ev) == 1:
            item = pg.InfiniteLine(region.values_ev[0], angle=90, movable=region.is_movable)
            item.sigPositionChanged.connect(lambda: self._tell(region.key, False))
            item.sigPositionChangeFinished.connect(lambda: self._tell(region.key, True))
            line = item
        else:
            kind = pg.LinearRegionItem if region.has_body else _EndsOnly
            item = kind(region.values_ev, movable=region.is_movable, swapMode="sort")
            item.sigRegionChanged.connect(lambda: self._tell(region.key, False))
            item.sigRegionChangeFinished.connect(lambda: self._tell(region.key, True))
            line = item.lines[0]
        item.setZValue(_BEHIND_CURVES)
        if region.is_movable:
            for one in getattr(item, "lines", [item]):
                one.setCursor(Qt.CursorShape.SizeHorCursor)
        if region.label:
            place = 0.06 if region.has_body else 0.16  # the words of two kinds must not lie on one another
            item.words = pg.InfLineLabel(line, region.label, position=place, anchors=[(0.0, 0.5), (0.0, 0.5)])
        self._colour(item, region)
        self._plot.getViewBox().addItem(item, ignoreBounds=True)
        return item

    def _colour(self, item: pg.GraphicsObject, region: Region) -> None:
        if self._scheme is None:
            return
        control = QColor(self._scheme.control if region.has_body else self._scheme.faint)
        pen, hover = QPen(control, 1.2), QPen(QColor(self._scheme.text), 2.0)
        for one in (pen, hover):
            one.setCosmetic(True)
        if not region.is_movable:
            pen.setDashPattern([3.0, 3.0])
        for line in getattr(item, "lines", [item]):
            line.setPen(pen)
            line.setHoverPen(hover if region.is_movable else pen)
        if isinstance(item, pg.LinearRegionItem):
            fill, under = QColor(control), QColor(control)
            fill.setAlphaF(_FILL_ALPHA if region.has_body else 0.0)
            under.setAlphaF(_FILL_ALPHA_UNDER_POINTER if region.has_body else 0.0)
            item.setBrush(fill)
            item.setHoverBrush(under)
        words = getattr(item, "words", None)
        if words is not None:
            words.setColor(QColor(self._scheme.muted))
            words.textItem.setFont(small_font())
            words.fill = pg.mkBrush(None)

    def _tell(self, key: object, finished: bool) -> None:
        if self._is_placing or key not in self._items:
            return
        item = self._items[key]
        values = item.getRegion() if isinstance(item, pg.LinearRegionItem) else (item.value(),)
        self.moved.emit(key, tuple(float(value) for value in values), finished)


class _EndsOnly(pg.LinearRegionItem):
    """A range whose ends are dragged; what lies between them is left to the plot, for zooming."""

    def mouseDragEvent(self, event: object) -> None:
        """Leave it to the plot."""
        event.ignore()

    def hoverEvent(self, event: object) -> None:
        """Don't light up."""


def _alike(one: Region, two: Region) -> bool:
    return (len(one.values_ev), one.label, one.is_movable, one.has_body) == (
        len(two.values_ev), two.label, two.is_movable, two.has_body,
    )  # fmt: skip


def _is_dragged(item: pg.GraphicsObject) -> bool:
    return any(one.moving for one in (item, *getattr(item, "lines", ())))


def _place(item: pg.GraphicsObject, values_ev: Sequence[float]) -> None:
    if isinstance(item, pg.LinearRegionItem):
        item.setRegion(values_ev)
    else:
        item.setValue(values_ev[0])
