"""A slider that shows below which value it can't go."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget

from xanesview.gui.appearance.theme import colours

_MARK_PX = 7


class FloorSlider(QSlider):
    """Horizontal; what lies below the floor is hatched, and the handle stops there."""

    def __init__(self, parent: QWidget | None = None, **properties: object) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent, **properties)
        self._floor = 0
        self.valueChanged.connect(self._stop_at_floor)

    @property
    def floor(self) -> int:
        """The least value."""
        return self._floor

    def set_floor(self, floor: int) -> None:
        """Say which values can't be reached: those below this one."""
        self._floor = floor
        self._stop_at_floor(self.value())
        self.update()

    def floor_px(self) -> int:
        """Where the floor is marked, from the left."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        style, handle = self.style(), QStyle.SubControl.SC_SliderHandle
        width = style.subControlRect(QStyle.ComplexControl.CC_Slider, option, handle, self).width()
        span = self.width() - width
        return QStyle.sliderPositionFromValue(self.minimum(), self.maximum(), self._floor, span) + width // 2

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the slider, and the floor over its groove."""
        super().paintEvent(event)
        if self._floor <= self.minimum():
            return
        scheme = colours(self)
        painter = QPainter(self)
        at, middle = self.floor_px(), self.height() // 2
        painter.fillRect(QRect(0, middle - 3, at, 7), QColor(scheme.surface))
        painter.fillRect(QRect(0, middle - 3, at, 7), QBrush(QColor(scheme.muted), Qt.BrushStyle.BDiagPattern))
        if self.value() > self._floor:  # else the handle stands there
            painter.setPen(QPen(QColor(scheme.text), 2))
            painter.drawLine(at, middle - _MARK_PX, at, middle + _MARK_PX)
        painter.end()

    def _stop_at_floor(self, value: int) -> None:
        if value < self._floor:
            self.setValue(self._floor)
