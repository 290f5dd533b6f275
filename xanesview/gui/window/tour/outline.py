"""A line around a part of a window, of four strips: nothing lies over the part, which goes on taking the mouse."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer
from PySide6.QtWidgets import QWidget

from xanesview.gui.appearance.theme import colours
from xanesview.texts import tr

WIDTH_PX = 3
_FOLLOWED = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)


class Outline(QObject):
    """Stands around one widget of a window at a time, and follows it.

    Parameters
    ----------
    window
        What the widgets are in.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._around: QWidget | None = None
        self.strips = [QWidget(window, objectName="tour-outline") for _ in range(4)]
        for strip in self.strips:
            strip.setAccessibleName(tr("What the tour is about"))
            strip.hide()
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._place)

    def stand_around(self, widget: QWidget | None) -> None:
        """Stand around this widget, or around none."""
        for one, act in ((self._around, "removeEventFilter"), (widget, "installEventFilter")):
            if one is not None:
                getattr(one, act)(self)
                getattr(one.window(), act)(self)
        self._around = widget
        self._place()
        self._later.start()  # what was shown just now gets its place yet

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the widget."""
        if event.type() in _FOLLOWED:
            self._later.start()
        return False

    def _place(self) -> None:
        seen = self._around is not None and self._around.isVisible() and self._around.window() is self._window.window()
        for strip in self.strips:
            strip.setVisible(seen)
        if not seen:
            return
        place = QRect(self._around.mapTo(self._window, QPoint(0, 0)), self._around.size())
        left, top, right, bottom, w = place.left(), place.top(), place.right(), place.bottom(), WIDTH_PX
        for strip, rect in zip(self.strips, (
            QRect(left, top, place.width(), w), QRect(left, bottom - w + 1, place.width(), w),
            QRect(left, top, w, place.height()), QRect(right - w + 1, top, w, place.height()),
        )):  # fmt: skip
            strip.setStyleSheet(f"background: {colours(self._window).control};")
            strip.setGeometry(rect)
            strip.raise_()
