"""The window as a picture."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from xanesview.gui.window.messages import MessageBar


def window_picture(window: QWidget) -> QPixmap:
    """The window as it is on the screen; the 3D view is rendered anew, since Qt can't grab what VTK has drawn.

    Parameters
    ----------
    window : with the attribute ``view``, the 3D view or None
    """
    picture = window.grab()
    view = window.view
    if view is not None:
        corner = view.mapTo(window, view.rect().topLeft())
        painter = QPainter(picture)
        painter.drawImage(QRect(corner, view.size()), view.image())
        for bar in window.findChildren(MessageBar):  # they lie over the view
            if bar.isVisible():
                painter.drawPixmap(bar.mapTo(window, bar.rect().topLeft()), bar.grab())
        painter.end()
    return picture
