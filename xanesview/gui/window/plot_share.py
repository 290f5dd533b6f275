"""The height that the curves keep, whatever stands above and below them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QWidget

from xanesview.gui.panels.panel_table import PanelSpec


class PlotShare(QObject):
    """Makes docked panels lower where the curves would have less than their share, unless the user has dragged there.

    Parameters
    ----------
    desk
        The window that holds plot and panels.
    picture
        The axes with the curves.
    docks
        Panels; one above or below the plot, and seen, is made lower, or as high as its list needs.
    """

    def __init__(self, desk: QMainWindow, picture: QWidget, docks: Mapping[QDockWidget, PanelSpec]) -> None:
        super().__init__(desk)
        self._desk, self._picture, self._docks = desk, picture, docks
        self._is_chosen = False
        self._had_px: dict[QDockWidget, int] = {}  # of docks from which height was taken
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.keep)
        desk.installEventFilter(self)
        picture.installEventFilter(self)
        for dock in docks:
            dock.visibilityChanged.connect(lambda seen: seen and self._later.start())

    def forget_choice(self) -> None:
        """The layout is put back: keep the share again."""
        self._is_chosen = False
        self._had_px.clear()
        self._later.start()

    def keep(self) -> None:
        """Take from the panels what the curves lack, or give one what it had or lacks, if the curves spare it."""
        if self._is_chosen or not self._picture.isVisible():
            return
        for dock, spec in self._docks.items():
            area = self._desk.dockWidgetArea(dock)
            beside = area in (Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea)
            if not (dock.isFloating() or beside or dock.visibleRegion().isEmpty()):
                spare = self._picture.height() - round(spec.plot_share * self._desk.height())
                wanted = max(spec.height_px, self._had_px.get(dock, 0))
                more = spare if spare < 0 else min(spare, max(0, wanted - dock.height()))
                if more:
                    if more < 0:
                        self._had_px.setdefault(dock, dock.height())
                    height = dock.height() + self._tabs_px(dock) + more
                    self._desk.resizeDocks([dock], [max(1, height)], Qt.Orientation.Vertical)
                return

    def _tabs_px(self, dock: QDockWidget) -> int:
        """Return the height of the tabs of docks that stand behind one another, which Qt counts as theirs."""
        if not self._desk.tabifiedDockWidgets(dock):
            return 0
        bars = self._desk.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return max((bar.height() for bar in bars if bar.isVisible()), default=0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look again when the room changes; a handle that is dragged has the last word."""
        if watched is self._desk and event.type() == QEvent.Type.MouseButtonPress:
            self._had_px.clear()
            self._is_chosen = True  # only the handles between plot and panels are the desk's own
        elif event.type() == QEvent.Type.Resize:
            if watched is self._desk:
                self._is_chosen = False
            self._later.start()
        return False
