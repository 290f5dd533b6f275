"""Rows of the library that are dragged onto the plot are laid over the prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from xanesview.gui.drops import take_copy
from xanesview.gui.panels.library.listing import MIME

if TYPE_CHECKING:
    from xanesview.gui.panels.library.panel import LibraryPanel

_OVER = (QEvent.Type.DragEnter, QEvent.Type.DragMove)


class CurveDrop(QObject):
    """Lets the plot take rows of the library; files that are dragged over it are the window's, as everywhere."""

    def __init__(self, plot: QWidget, library: LibraryPanel) -> None:
        super().__init__(plot)
        self._library = library
        for pane in plot.findChildren(QWidget):  # a view of Qt's takes whatever is dragged over it, and drops nothing
            pane.setAcceptDrops(False)
        plot.setAcceptDrops(True)
        plot.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take rows that come from this window's library."""
        kind = event.type()
        if kind not in (*_OVER, QEvent.Type.Drop):
            return super().eventFilter(watched, event)
        subjects = self._library.list.dropped(event.mimeData()) if event.mimeData().hasFormat(MIME) else []
        if not subjects:
            event.ignore()
            return True
        take_copy(event)
        if kind == QEvent.Type.Drop:
            self._library.lay_over(subjects)
        return True
