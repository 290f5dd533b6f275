"""The preview of the export dialog: the figure as it will be saved, on white, as large as it fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from xanesview.errors import Cancelled
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import colours
from xanesview.io.figures.additions import inset_box
from xanesview.io.figures.curve_looks import with_roles
from xanesview.io.figures.figure import FigureContent, own_titles
from xanesview.io.figures.figure_file import drawn, figure_bytes
from xanesview.io.figures.spec import FigureSpec


@dataclass(frozen=True, eq=False)
class Preview:
    """A figure as it was drawn: picture, ranges, titles its axes have by themselves, and what is to be said of it.

    ``boxes`` are those of the plot and of the inset, left, bottom, width and height in shares of the figure; None
    without an inset.
    """

    spec: FigureSpec
    image: QImage
    energies: tuple[float, float]
    intensities: tuple[float, float]
    titles: tuple[str, str]
    notice: str = ""
    fonts: tuple[str, ...] = ()
    boxes: tuple[np.ndarray, np.ndarray] | None = None


def preview_of(
    content: FigureContent, spec: FigureSpec, dpi: float, cancelled: Callable[[], bool] = lambda: False
) -> Preview:
    """Draw a figure as it is saved, with other dots per inch; in any thread.

    Raises
    ------
    XanesviewError
        Where it can't be drawn.
    Cancelled
        Where another one is wanted by the time it is laid out.
    """
    from xanesview.io.figures.fonts import installed_fonts, missing_font

    figure = drawn(content, spec)
    if cancelled():
        raise Cancelled
    image = QImage.fromData(bytes(figure_bytes(figure, "png", spec, dpi=dpi)), "PNG")
    axes = figure.axes[0]
    titles = own_titles(with_roles(content.curves), spec)
    return Preview(
        spec, image, axes.get_xlim(), axes.get_ylim(), titles, missing_font(spec, content.texts),
        tuple(installed_fonts()), inset_box(axes),
    )  # fmt: skip


class Paper(QLabel):
    """Shows a picture as large as it fits, on the white it is drawn on; an inset in it is dragged to its place.

    Escape puts an inset back that is being dragged.
    """

    inset_moved = Signal(float, float)  # its left and lower end in shares of the plot

    def __init__(self) -> None:
        super().__init__("Drawing the figure…", alignment=Qt.AlignmentFlag.AlignCenter, objectName="paper")
        self.setAccessibleName("preview of the figure")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(QSize(320, 240))
        self._image: QImage | None = None
        self._boxes: tuple[np.ndarray, np.ndarray] | None = None
        self._pressed: QPointF | None = None
        self._moved = QPointF()  # as far as it is dragged now
        self.setMouseTracking(True)

    def dots_per_inch(self, spec: FigureSpec) -> float:
        """Return a resolution at which a figure fills this widget."""
        ratio = self.devicePixelRatioF()
        across, up = spec.size_inches
        return max(40.0, min(self.width() * ratio / across, self.height() * ratio / up))

    def show_image(self, image: QImage, boxes: tuple[np.ndarray, np.ndarray] | None = None) -> None:
        """Show a picture, and know where plot and inset stand in it."""
        self._image, self._boxes = image, boxes
        self._pressed, self._moved = None, QPointF()
        self.setToolTip(plain("" if boxes is None else "Drag the 3D view to its place in the plot"))
        self._fit()

    def inset_rect(self) -> QRectF:
        """Where the inset stands in this widget; null without one."""
        return QRectF() if self._boxes is None else self._rect(self._boxes[1])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the inset."""
        if event.button() == Qt.MouseButton.LeftButton and self.inset_rect().contains(event.position()):
            self._pressed = event.position()
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the inset within the plot, or tell by the pointer that it can be moved."""
        if self._pressed is None:
            over = self.inset_rect().contains(event.position())
            self.setCursor(Qt.CursorShape.SizeAllCursor if over else Qt.CursorShape.ArrowCursor)
            return
        inset, plot = self.inset_rect(), self._rect(self._boxes[0])
        way = event.position() - self._pressed
        across = min(max(way.x(), plot.left() - inset.left()), max(plot.right() - inset.right(), 0.0))
        up = min(max(way.y(), plot.top() - inset.top()), max(plot.bottom() - inset.bottom(), 0.0))
        self._moved = QPointF(across, up)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Leave the inset where it is."""
        if self._pressed is None:
            super().mouseReleaseEvent(event)
            return
        self._pressed = None
        if self._moved.manhattanLength() < 1.0:
            self._moved = QPointF()
            return
        plot, at = self._rect(self._boxes[0]), self.inset_rect().translated(self._moved)
        across, up = (at.left() - plot.left()) / plot.width(), (plot.bottom() - at.bottom()) / plot.height()
        self.inset_moved.emit(min(max(across, 0.0), 1.0), min(max(up, 0.0), 1.0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Put an inset back that is being dragged."""
        if event.key() == Qt.Key.Key_Escape and self._pressed is not None:
            self._pressed, self._moved = None, QPointF()
            self.update()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, and over it the inset on its way."""
        super().paintEvent(event)
        if self._moved.isNull() or self._boxes is None or self._image is None:
            return
        left, bottom, width, height = self._boxes[1]
        across, up = self._image.width(), self._image.height()
        part = QRectF(left * across, (1.0 - bottom - height) * up, width * across, height * up)
        painter, inset = QPainter(self), self.inset_rect()
        painter.fillRect(inset, Qt.GlobalColor.white)
        painter.setOpacity(0.75)
        painter.drawImage(inset.translated(self._moved), self._image, part)
        painter.setOpacity(1.0)
        painter.setPen(QPen(QColor(colours(self).control), 1.0))
        painter.drawRect(inset.translated(self._moved))
        painter.end()

    def _rect(self, box: np.ndarray) -> QRectF:
        """Return shares of the figure as a rectangle in this widget, whose picture stands in its middle."""
        size = self.pixmap().deviceIndependentSize()
        left, bottom, width, height = box
        corner = QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2)
        place = QPointF(left * size.width(), (1.0 - bottom - height) * size.height())
        at = corner + place
        return QRectF(at.x(), at.y(), width * size.width(), height * size.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the picture as large as it fits."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._image is None:
            return
        ratio = self.devicePixelRatioF()
        fitted = self._image.scaled(
            self.size() * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        pixmap = QPixmap.fromImage(fitted)
        pixmap.setDevicePixelRatio(ratio)
        self.setPixmap(pixmap)
