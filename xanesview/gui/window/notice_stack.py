"""Where notices stand: over the top of a pane, one below the other, so that nothing moves when one comes or goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QTimer
from PySide6.QtWidgets import QWidget

from xanesview.gui.appearance.palette import SPACING

_FOLLOWED = (
    QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest
)  # fmt: skip


class NoticeStack(QObject):
    """Lays bars over a pane and keeps them there; each is as high as its words need in the pane's width.

    Parameters
    ----------
    pane
        Whatever holds what the bars lie over; it becomes their parent.
    bars
        From top to bottom.
    place
        Gives the part of the pane, in its pixels, that they lie over.
    """

    def __init__(self, pane: QWidget, bars: Sequence[QWidget], place: Callable[[], QRect]) -> None:
        super().__init__(pane)
        self._bars, self._place = tuple(bars), place
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.arrange)
        for bar in self._bars:
            bar.setParent(pane)
            bar.hide()
        for watched in (pane, *self._bars):
            watched.installEventFilter(self)

    def follow(self, widget: QWidget) -> None:
        """Look at a further widget that moves what the bars lie over."""
        widget.installEventFilter(self)
        self._later.start()

    def arrange(self) -> None:
        """Place all bars that show."""
        place = self._place().adjusted(SPACING // 2, SPACING // 2, -SPACING // 2, 0)
        top = place.top()
        for bar in self._bars:
            if bar.isHidden():
                continue
            height = bar.heightForWidth(place.width())
            wanted = QRect(place.left(), top, place.width(), height if height > 0 else bar.sizeHint().height())
            if bar.geometry() != wanted:
                bar.setGeometry(wanted)
            bar.raise_()
            top = wanted.bottom() + 1 + SPACING // 2

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pane and the words of the bars."""
        if event.type() in _FOLLOWED:
            if watched in self._bars and event.type() == QEvent.Type.Show:
                self.arrange()  # never seen at the wrong place
            self._later.start()
        return False
