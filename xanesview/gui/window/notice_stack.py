"""Where notices stand: over the corner of the 3D view that is beside the plot, one below the other.

They hide no curve there, and nothing moves when one comes or goes. While the pointer is among them none moves either:
a button stays under the pointer that is about to click it, whatever ends above.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

from xanesview.gui.appearance.palette import SPACING

_FOLLOWED = (
    QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest
)  # fmt: skip
#: A line of words is no longer than one reads with ease; beside it the molecule stays in sight.
MOST_PX = 600
#: How often is looked whether the pointer has left, ms.
_LOOK_MS = 150


class NoticeStack(QObject):
    """Lays bars over a pane and keeps them there; each is as high as its words need in its width.

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
        self._pane, self._bars, self._place = pane, tuple(bars), place
        self._standing: list[QWidget] = []  # those that show, from top to bottom
        self._taken = QRect()
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.arrange)
        self._leaving = QTimer(self, interval=_LOOK_MS)
        self._leaving.timeout.connect(self._look)
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
        """Place all bars that show; those that stand keep their height in the pane while the pointer is among them."""
        held = self._is_held()
        showing = [bar for bar in self._bars if not bar.isHidden()]
        if held:
            stood = [bar for bar in self._standing if bar in showing]
            showing = [*stood, *(bar for bar in showing if bar not in stood)]
        place = self._place().adjusted(SPACING // 2, SPACING // 2, -SPACING // 2, 0)
        top, width = place.top(), min(MOST_PX, place.width())
        for bar in showing:
            height = bar.heightForWidth(width)
            if held and bar in self._standing:
                top = max(top, bar.y())
            wanted = QRect(place.right() + 1 - width, top, width, height if height > 0 else bar.sizeHint().height())
            if bar.geometry() != wanted:
                bar.setGeometry(wanted)
            bar.raise_()
            top = wanted.bottom() + 1 + SPACING // 2
        self._standing = showing
        around = QRect()
        for bar in showing:
            around = around.united(bar.geometry())
        self._taken = around.united(self._taken) if held else around
        self._leaving.start() if held else self._leaving.stop()

    def _is_held(self) -> bool:
        """Whether the pointer is where bars stand, or one stood a moment ago."""
        if not self._standing or not self._pane.isVisible():
            return False
        return self._taken.contains(self._pane.mapFromGlobal(QCursor.pos()))

    def _look(self) -> None:
        if not self._is_held():
            self.arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pane and the words of the bars."""
        if event.type() in _FOLLOWED:
            if watched in self._bars and event.type() == QEvent.Type.Show:
                self.arrange()  # never seen at the wrong place
            self._later.start()
        return False
