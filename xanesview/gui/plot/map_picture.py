"""A picture of numbers, a pixel each, with its scale; tells the pixel under the pointer and the rectangle drawn."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from xanesview.gui.appearance.theme import colours
from xanesview.gui.plot.angle_picture import ScaleBar
from xanesview.gui.plot.axes import NumberAxis, SpectrumViewBox, colour_axes, title_axis
from xanesview.io.figures.angle_ramp import intensity_colours

_WIDE_PX, _HIGH_PX, _LEFT_PX = 150, 84, 46
_VEIL = 190
"""Of 255: so much of the ground's colour lies over what is not to be trusted."""
_STEPS = {
    Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (1, 0), Qt.Key.Key_Down: (-1, 0),
}  # fmt: skip


class _PickBox(SpectrumViewBox):
    """A view box in which a drag draws a rectangle that stays, and the wheel zooms."""

    drawn = Signal(object)  # QRectF, in the measure of the axes

    def wheelEvent(self, event: object, axis: int | None = None) -> None:
        """Zoom both ways about the pointer."""
        factor = 1.0015 ** -event.delta()
        self.scaleBy(x=factor, y=factor, center=self.mapToView(event.pos()))
        event.accept()
        self.zoomed.emit()

    def mouseDragEvent(self, event: object, axis: int | None = None) -> None:
        """Draw the rectangle with the left button, move with the middle one."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mouseDragEvent(event, axis)
            return
        event.accept()
        ends = QRectF(QPointF(event.buttonDownPos(event.button())), QPointF(event.pos())).normalized()
        self.drawn.emit(self.childGroup.mapRectFromParent(ends))


class MapPicture(QWidget):
    """Shows one map; rows go up, columns to the right."""

    pointed = Signal(object)  # (row, column) under the pointer, None where it has gone
    chosen = Signal(object)  # first and last row (behind it), first and last column: a click or a rectangle
    stepped = Signal(int, int)  # rows and columns by an arrow key

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(_WIDE_PX, _HIGH_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self._values: np.ndarray | None = None
        self._veiled: np.ndarray | None = None
        self._place = QRectF(0, 0, 1, 1)
        self._is_zoomed = False
        self._titles = ("", "")
        self._view = pg.GraphicsView(background=None)
        self._view.setAccessibleName(name)
        self._view.setFrameShape(self._view.Shape.NoFrame)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        left, bottom = NumberAxis("left"), NumberAxis("bottom")
        self._plot = pg.PlotItem(viewBox=_PickBox(), enableMenu=False, axisItems={"left": left, "bottom": bottom})
        self._plot.hideButtons()
        self._plot.layout.setContentsMargins(0, 6, 0, 0)
        for axis in (left, bottom):
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickLength=3, tickTextOffset=4, maxTickLevel=0, maxTextLevel=0, hideOverlappingLabels=True)
        self._view.setCentralItem(self._plot)
        box = self._plot.getViewBox()
        self._image = pg.ImageItem(axisOrder="row-major")
        self._image.setLookupTable(intensity_colours())
        self._veil = pg.ImageItem(axisOrder="row-major")
        self._mark = pg.QtWidgets.QGraphicsRectItem()
        for item in (self._image, self._veil, self._mark):
            box.addItem(item, ignoreBounds=True)
        self.bar = ScaleBar(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._view, 1)
        row.addWidget(self.bar)
        box.zoomed.connect(lambda: setattr(self, "_is_zoomed", True))
        box.drawn.connect(self._choose)
        self._view.scene().sigMouseMoved.connect(self._moved)
        self._view.scene().sigMouseClicked.connect(self._clicked)
        self.apply_theme()

    # ---- what is shown ----

    def set_picture(
        self, values: np.ndarray, columns: tuple[float, float], rows: tuple[float, float],
        titles: tuple[str, str], name: str, levels: tuple[float, float], square: bool = False,
        veiled: np.ndarray | None = None,
    ) -> None:  # fmt: skip
        """Show numbers (rows, columns).

        Parameters
        ----------
        columns, rows : where the first of them begins and the last one ends
        titles : of the axis below and of the one at the left
        name : of what the numbers are
        levels : where the colours begin and end
        square : whether both axes have one measure
        veiled : (rows, columns) bool, which pixels are pale, as what is not to be trusted
        """
        place = QRectF(columns[0], rows[0], columns[1] - columns[0], rows[1] - rows[0])
        self._is_zoomed = self._is_zoomed and place == self._place
        self._values, self._place, self._titles = values, place, titles
        shown = np.where(np.isfinite(values), values, np.nan).astype(np.float32)
        self._image.setImage(shown, autoLevels=False, levels=levels)
        self._image.setRect(place)
        self._veiled = veiled
        self._draw_veil()
        self._plot.getViewBox().setAspectLocked(square)
        self.bar.show_intensities(levels, name)
        self._write_titles()
        if not self._is_zoomed:
            self._show_all()

    def values(self) -> np.ndarray | None:
        """Return the numbers shown."""
        return self._values

    def veiled(self) -> np.ndarray | None:
        """Return which pixels are pale."""
        return self._veiled

    def set_box(self, box: tuple[int, int, int, int] | None) -> None:
        """Mark the pixels that are looked at."""
        self._mark.setVisible(box is not None and self._values is not None)
        if box is None or self._values is None:
            return
        high, wide = self._place.height() / self._values.shape[0], self._place.width() / self._values.shape[1]
        first, last, left, right = box
        self._mark.setRect(QRectF(
            self._place.left() + left * wide, self._place.top() + first * high, (right - left) * wide,
            (last - first) * high,
        ))  # fmt: skip

    def centre_of(self, row: int, column: int) -> QPointF:
        """Return where a pixel's middle lies, in this widget's measure."""
        x = self._place.left() + (column + 0.5) * self._place.width() / self._values.shape[1]
        y = self._place.top() + (row + 0.5) * self._place.height() / self._values.shape[0]
        at = self._view.mapFromScene(self._plot.getViewBox().mapViewToScene(QPointF(x, y)))
        return QPointF(self._view.mapTo(self, at))

    @property
    def target(self) -> QWidget:
        """What takes the mouse."""
        return self._view.viewport()

    def apply_theme(self) -> None:
        """Take the colours of the palette now in force."""
        scheme = colours(self)
        self._view.resetCachedContent()
        colour_axes(self._plot, scheme)
        for name in ("left", "bottom"):
            self._plot.getAxis(name).setGrid(False)
        self._plot.getAxis("left").setWidth(_LEFT_PX)
        pen = QPen(QColor(scheme.control), 2.0)
        pen.setCosmetic(True)
        self._mark.setPen(pen)
        self._write_titles()
        self._draw_veil()

    def _draw_veil(self) -> None:
        veiled = self._veiled
        self._veil.setVisible(veiled is not None and bool(veiled.any()))
        if self._veil.isVisible():
            colour = QColor(colours(self).window)
            veil = np.zeros((*veiled.shape, 4), np.uint8)
            veil[veiled] = (colour.red(), colour.green(), colour.blue(), _VEIL)
            self._veil.setImage(veil, autoLevels=False, levels=(0, 255))
            self._veil.setRect(self._place)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "bar"):
            self.apply_theme()

    def _write_titles(self) -> None:
        scheme = colours(self)
        title_axis(self._plot.getAxis("bottom"), scheme, self._titles[0])
        title_axis(self._plot.getAxis("left"), scheme, self._titles[1])

    def _show_all(self) -> None:
        place = self._place
        box = self._plot.getViewBox()
        box.setRange(QRectF(place).normalized(), padding=0.0)

    def resizeEvent(self, event: QEvent) -> None:
        """Keep all of it in view."""
        super().resizeEvent(event)
        if not self._is_zoomed and self._values is not None:
            self._show_all()

    # ---- the pointer and the keys ----

    def _pixel(self, x: float, y: float) -> tuple[int, int] | None:
        if self._values is None:
            return None
        row = (y - self._place.top()) / self._place.height() * self._values.shape[0]
        column = (x - self._place.left()) / self._place.width() * self._values.shape[1]
        inside = 0 <= row < self._values.shape[0] and 0 <= column < self._values.shape[1]
        return (int(row), int(column)) if inside else None

    def _moved(self, at: QPointF) -> None:
        box = self._plot.getViewBox()
        seen = box.mapSceneToView(at)
        inside = box.sceneBoundingRect().contains(at)
        self.pointed.emit(self._pixel(seen.x(), seen.y()) if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer has gone."""
        super().leaveEvent(event)
        self.pointed.emit(None)

    def _clicked(self, event: object) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.double():
            self._is_zoomed = False
            self._show_all()
            return
        seen = self._plot.getViewBox().mapSceneToView(event.scenePos())
        found = self._pixel(seen.x(), seen.y())
        if found is not None:
            self.chosen.emit((found[0], found[0] + 1, found[1], found[1] + 1))

    def _choose(self, drawn: QRectF) -> None:
        if self._values is None:
            return
        n_rows, n_columns = self._values.shape
        ends = [
            sorted(((drawn.top() - self._place.top()) / self._place.height() * n_rows,
                    (drawn.bottom() - self._place.top()) / self._place.height() * n_rows)),
            sorted(((drawn.left() - self._place.left()) / self._place.width() * n_columns,
                    (drawn.right() - self._place.left()) / self._place.width() * n_columns)),
        ]  # fmt: skip
        self.chosen.emit(tuple(int(np.floor(one)) + k for pair in ends for k, one in enumerate(pair)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move what is looked at by the arrow keys; with Shift by ten."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        self.stepped.emit(far * step[0], far * step[1])
