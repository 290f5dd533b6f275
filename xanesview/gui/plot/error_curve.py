"""The sorted errors of all tested sites on a logarithmic scale, with places to click."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QVBoxLayout, QWidget

from xanesview.gui.appearance.palette import Colours
from xanesview.gui.appearance.theme import colours, small_font
from xanesview.gui.plot.axes import NumberAxis, colour_axes, make_still_plot, title_axis
from xanesview.gui.plot.layer import PlotLayer
from xanesview.gui.plot.pointer import PlotView
from xanesview.texts import tr

_AXIS_WIDTH_PX = 60
_DOT_PX, _MARK_PX = 2.2, 4.0
_GAP_PX = 6.0
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
#: Room around the curve, in decades and in per cent of the sites, so that marks and their words are not cut.
_ROOM_DECADES, _ROOM_PERCENT = 0.18, 4.0


class LogarithmAxis(NumberAxis):
    """Ticks of a logarithmic scale whose data are powers of ten."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return whole decades, with 2 and 5 between them where there are few."""
        steps = (0.0, math.log10(2), math.log10(5)) if high - low < 2.0 else (0.0,)
        values = [d + s for d in range(math.floor(low) - 1, math.ceil(high) + 1) for s in steps]
        return [(1.0, [v for v in values if low <= v <= high])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Write the numbers of the ticks: 0.05, 10⁻⁴."""
        return [power_text(10.0**v) for v in values]


def power_text(value: float) -> str:
    """Return an error as it is written on the axis."""
    if 1e-3 <= value < 1e4:
        return f"{value:.1g}" if value < 1 else f"{value:.0f}"
    exponent = math.floor(math.log10(value) + 1e-9)
    factor = round(value / 10.0**exponent)
    power = "10" + str(exponent).translate(_SUPERSCRIPT)
    return power if factor == 1 else f"{factor}·{power}"


class ErrorCurve(QWidget):
    """Sites from best to worst against their errors; stored places can be clicked, or stepped through by the arrows."""

    place_chosen = Signal(int)
    place_opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Errors of the network on its test structures"))
        self.setObjectName("error-curve")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._titles: tuple[str, ...] = ("Mean square error",)
        self._view = PlotView(self)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot = make_still_plot(LogarithmAxis("left"), _AXIS_WIDTH_PX, right_margin_px=6)
        self._layer = _ErrorLayer()
        self._plot.addItem(self._layer)
        self._view.addItem(self._plot)
        self._view.viewport().installEventFilter(self)
        self._view.viewport().setMouseTracking(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._view)
        self.apply_theme()

    # ---- what is shown ----

    def set_errors(
        self, errors: np.ndarray, stored: Sequence[int], marks: dict[str, int], titles: Sequence[str]
    ) -> None:
        """Show errors (S,), smallest first.

        Parameters
        ----------
        errors : (S,)
        stored : places that can be chosen
        marks : words beside some places
        titles : title of the error axis, in falling length
        """
        layer = self._layer
        share = np.linspace(0.0, 100.0, len(errors)) if len(errors) > 1 else np.array([50.0])
        floor = max(float(errors.max(initial=0.0)) * 1e-9, 1e-12)
        layer.share, layer.height = share, np.log10(np.maximum(errors, floor))
        layer.stored = [place for place in stored if 0 <= place < len(errors)]
        layer.marks = dict(marks)
        layer.chosen = layer.hovered = None
        low, high = float(layer.height.min()) - _ROOM_DECADES, float(layer.height.max()) + _ROOM_DECADES
        self._plot.getViewBox().setRange(xRange=(-_ROOM_PERCENT, 100.0 + _ROOM_PERCENT), yRange=(low, high), padding=0)
        self._titles = tuple(titles)
        self._write_titles()
        layer.update()

    def choose(self, place: int | None) -> None:
        """Mark a place as the chosen one."""
        self._layer.chosen = place
        self._view.viewport().update()

    @property
    def chosen(self) -> int | None:
        """The place that is marked."""
        return self._layer.chosen

    def place_px(self, place: int) -> QPointF:
        """Return where a place of the ranking lies, in this widget's pixels."""
        at = QPointF(self._layer.share[place], self._layer.height[place])
        scene = self._plot.getViewBox().mapViewToScene(at)
        return QPointF(self._view.viewport().mapTo(self, self._view.mapFromScene(scene)))

    # ---- theme ----

    def apply_theme(self) -> None:
        """Follow the palette."""
        scheme = colours(self)
        self._view.resetCachedContent()
        self._layer.scheme = scheme
        colour_axes(self._plot, scheme)
        self._write_titles()
        self._layer.update()

    def _write_titles(self) -> None:
        scheme = colours(self)
        title_axis(self._plot.getAxis("left"), scheme, *self._titles)
        title_axis(self._plot.getAxis("bottom"), scheme, "Sites, from best to worst (%)", "Sites (%)")

    # ---- pointer and keys ----

    def eventFilter(self, watched: QWidget, event: QEvent) -> bool:
        """Follow the pointer; a click chooses the nearest stored place, a double click opens it."""
        kind = event.type()
        if kind == QEvent.Type.Leave:
            self._hover(None)
        elif isinstance(event, QMouseEvent) and self._layer.stored:
            place = self._nearest(event.position())
            if kind == QEvent.Type.MouseMove:
                self._hover(place)
            elif kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
                self.setFocus(Qt.FocusReason.MouseFocusReason)
                self._choose(place)
                return True
            elif kind == QEvent.Type.MouseButtonDblClick and event.button() == Qt.MouseButton.LeftButton:
                self.place_opened.emit(place)
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right step through the stored places, Return opens."""
        stored, chosen = self._layer.stored, self._layer.chosen
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and stored:
            at = stored.index(chosen) if chosen in stored else 0
            self._choose(stored[min(max(at + step, 0), len(stored) - 1)])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and chosen is not None:
            self.place_opened.emit(chosen)
        else:
            super().keyPressEvent(event)

    def _nearest(self, at: QPointF) -> int:
        box = self._plot.getViewBox()
        share = box.mapSceneToView(self._view.mapToScene(at.toPoint())).x()
        return min(self._layer.stored, key=lambda place: abs(self._layer.share[place] - share))

    def _choose(self, place: int) -> None:
        self.choose(place)
        self.place_chosen.emit(place)

    def _hover(self, place: int | None) -> None:
        if place != self._layer.hovered:
            self._layer.hovered = place
            self._view.viewport().update()


class _ErrorLayer(PlotLayer):
    """Draws the curve, its stored places and the words beside some of them, in screen pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.scheme: Colours | None = None
        self.share, self.height = np.zeros(0), np.zeros(0)
        self.stored: list[int] = []
        self.marks: dict[str, int] = {}
        self.chosen: int | None = None
        self.hovered: int | None = None

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        """Draw everything."""
        if self.scheme is None or not len(self.share):
            return
        transform = painter.transform()
        edges = transform.mapRect(self.boundingRect())
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        points = [transform.map(QPointF(x, y)) for x, y in zip(self.share.tolist(), self.height.tolist(), strict=True)]
        line = QColor(self.scheme.curve(0))
        painter.setPen(QPen(line, 1.6))
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(line)
        marked = set(self.marks.values())
        for place in self.stored:
            radius = _MARK_PX if place in marked else _DOT_PX
            painter.drawEllipse(points[place], radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for place, colour in ((self.hovered, self.scheme.faint), (self.chosen, self.scheme.text)):
            if place is not None:
                painter.setPen(QPen(QColor(colour), 1.6))
                painter.drawEllipse(points[place], _MARK_PX + 3.0, _MARK_PX + 3.0)
        self._write(painter, points, edges)

    def _write(self, painter: QPainter, points: list[QPointF], edges: QRectF) -> None:
        font = small_font()
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        taken: list[QRectF] = []
        for word, place in sorted(self.marks.items(), key=lambda item: -item[1]):
            at, width, height = points[place], metrics.horizontalAdvance(word), metrics.height()
            box = QRectF(at.x() - _GAP_PX - width, at.y() - height, width, height)  # left of its mark, above the curve
            if box.left() < edges.left():
                box.moveTo(at.x() + _GAP_PX + 3.0, at.y() - height / 2)
            box.moveTop(max(box.top(), edges.top()))
            if any(box.intersects(other) for other in taken):
                box.moveTop(max(other.bottom() for other in taken if box.intersects(other)))
            taken.append(box)
            painter.setPen(QColor(self.scheme.text if place == self.chosen else self.scheme.muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, word)
