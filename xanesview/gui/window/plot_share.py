"""The height that the curves keep, whatever stands above and below them."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

#: Of the height of their column.
LEAST_SHARE = 0.45


class PlotShare(QObject):
    """Makes docked panels lower where the curves would have less than their share, unless the user has dragged there.

    Parameters
    ----------
    desk
        The window that holds plot and panels.
    picture
        The axes with the curves.
    docks
        Panels; those above or below the plot, and seen, are made lower.
    """

    def __init__(self, desk: QMainWindow, picture: QWidget, docks: Collection[QDockWidget]) -> None:
        super().__init__(desk)
        self._desk, self._picture, self._docks = desk, picture, docks
        self._is_chosen = False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.keep)
        desk.installEventFilter(self)
        picture.installEventFilter(self)

    def forget_choice(self) -> None:
        """The layout is put back: keep the share again."""
        self._is_chosen = False
        self._later.start()

    def keep(self) -> None:
        """Take from the panels what the curves lack."""
        lacking = round(LEAST_SHARE * self._desk.height()) - self._picture.height()
        if self._is_chosen or lacking <= 0 or not self._picture.isVisible():
            return
        for dock in self._docks:
            area = self._desk.dockWidgetArea(dock)
            beside = area in (Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea)
            if not (dock.isFloating() or beside or dock.visibleRegion().isEmpty()):
                self._desk.resizeDocks([dock], [max(1, dock.height() - lacking)], Qt.Orientation.Vertical)
                return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look again when the room changes; a handle that is dragged has the last word."""
        if watched is self._desk and event.type() == QEvent.Type.MouseButtonPress:
            self._is_chosen = True  # only the handles between plot and panels are the desk's own
        elif event.type() == QEvent.Type.Resize:
            if watched is self._desk:
                self._is_chosen = False
            self._later.start()
        return False
