"""Panels as tabs: docks, panels that are made when they are first seen, and tab bars that stay readable."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QTabBar, QVBoxLayout, QWidget

from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.window.layout import TAB_TIPS, PanelSpec

if TYPE_CHECKING:
    from xanesview.gui.main_window import MainWindow


class LatePanel(QWidget):
    """The place of a panel that is made when it is first seen."""

    def __init__(self, spec: PanelSpec, window: MainWindow) -> None:
        super().__init__()
        self.setObjectName(f"place-{spec.title.lower()}")
        self.panel: QWidget | None = None
        self._spec = spec
        self._window = window
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)

    def made(self) -> QWidget:
        """The panel, made now if it is not there yet."""
        if self.panel is None:
            try:
                module = importlib.import_module(f"xanesview.gui.panels.{self._spec.module}")
                self.panel = getattr(module, self._spec.widget)(self._window.workspace)
            except (ImportError, XanesviewError) as error:  # an extra package may be missing; the window goes on
                self.panel = QLabel(f"This panel can't be shown: {error}", wordWrap=True, margin=2 * SPACING)
            self.layout().addWidget(self.panel)
            self.tell("connect_window", self._window)
        return self.panel

    def set_seen(self, seen: bool) -> None:
        """The tab has come to the front or gone."""
        if seen:
            self.made()
        self.tell("set_seen", seen)

    def tell(self, method: str, *arguments: object) -> None:
        """Call a method of the panel if both are there."""
        found = getattr(self.panel, method, None)
        if found is not None:
            found(*arguments)


class TabBars(QObject):
    """Keeps the tabs of docked panels readable: never cut off, with arrows where they don't fit, with tooltips.

    Qt makes such a tab bar anew whenever docks are put together, so each is met when it first shows.
    """

    def __init__(self, desk: QMainWindow) -> None:
        super().__init__(desk)
        desk.installEventFilter(self)
        self.arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at tab bars that have come since."""
        if event.type() in (QEvent.Type.ChildPolished, QEvent.Type.LayoutRequest):
            self.arrange()
        return False

    def arrange(self) -> None:
        """Give every tab bar of the desk its manners."""
        for bar in self.parent().findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if bar.elideMode() != Qt.TextElideMode.ElideNone:
                bar.setElideMode(Qt.TextElideMode.ElideNone)
                bar.setUsesScrollButtons(True)
                bar.setExpanding(False)
            for row in range(bar.count()):
                wanted = TAB_TIPS.get(bar.tabText(row), "")
                if wanted and bar.tabToolTip(row) != wanted:
                    bar.setTabToolTip(row, wanted)


def make_dock(name: str, panel: QWidget, desk: QMainWindow) -> QDockWidget:
    """A dock of the desk with a panel in it; it has a title bar only while it floats, since else its tab is one."""
    dock = QDockWidget(name, desk)
    dock.setObjectName(f"dock-{name.lower()}")
    dock.setWidget(panel)
    dock.setTitleBarWidget(QWidget(dock))
    dock.topLevelChanged.connect(lambda floating: dock.setTitleBarWidget(None if floating else QWidget(dock)))
    return dock
