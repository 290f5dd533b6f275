"""Panels as tabs: docks, panels that are made when they are first seen, and tab bars that stay readable."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QDockWidget, QFrame, QMainWindow, QScrollArea, QTabBar, QVBoxLayout, QWidget

from xanesview.errors import XanesviewError
from xanesview.gui.appearance.busy_cursor import busy_cursor
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.appearance.spoken_names import name_controls
from xanesview.gui.appearance.theme import text_font
from xanesview.gui.appearance.translations import translate
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.panel import Panel
from xanesview.gui.panels.panel_table import PanelSpec
from xanesview.texts import tr

#: Least width of a tab, and what a panel may ask for as its least height.
_TAB_PADDING_PX = 14  # of the style sheet
_LEAST_PX, _MOST_LEAST_PX = 240, 80


class Tabs:
    """The panels of a table, in docks that stand behind one another at the bottom of a desk.

    Attributes
    ----------
    docks : dict of QDockWidget
        By title.
    places : dict of PanelPlace
        By title: each holds its panel, or will.
    """

    def __init__(self, specs: Iterable[PanelSpec], context: PanelContext, desk: QMainWindow) -> None:
        self.places = {spec.title: PanelPlace(spec, context) for spec in specs}
        self.docks = {title: make_dock(title, place, desk) for title, place in self.places.items()}
        first, *others = self.docks.values()
        desk.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, first)
        for dock in others:
            desk.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
        for dock in others:
            desk.tabifyDockWidget(first, dock)
        for title, place in self.places.items():
            self.docks[title].visibilityChanged.connect(place.set_seen)
        self.bars = TabBars(desk, {tr(title): tr(place.spec.tooltip) for title, place in self.places.items()})

    def __getitem__(self, title: str) -> Panel:
        """The panel with this title, made now if it is not there yet."""
        return self.places[title].made()

    def show(self, title: str) -> None:
        """Bring a panel to the front."""
        self.docks[title].show()
        self.docks[title].raise_()

    def apply_theme(self) -> None:
        """Let all panels that are there take the colours of the palette."""
        for panel in self._panels():
            panel.apply_theme()

    def stop(self) -> None:
        """End what runs in the panels; the window closes."""
        for panel in self._panels():
            panel.stop()

    def _panels(self) -> list[Panel]:
        return [place.panel for place in self.places.values() if place.panel is not None]


class PanelPlace(QWidget):
    """The place of a panel, which is made with it or when it is first seen."""

    def __init__(self, spec: PanelSpec, context: PanelContext) -> None:
        super().__init__()
        self.setObjectName(f"place-{spec.title.lower()}")
        self.spec = spec
        self.panel: Panel | None = None
        self._context = context
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._area = QScrollArea(self, widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(self._area)
        if not spec.late:
            self.made()

    def made(self) -> Panel:
        """The panel, made now if it is not there yet."""
        if self.panel is None:
            self._make()
        return self.panel

    @busy_cursor()
    def _make(self) -> None:
        try:
            module = importlib.import_module(f"xanesview.gui.panels.{self.spec.module}")
            self.panel = getattr(module, self.spec.widget)(self._context)
        except (ImportError, XanesviewError) as error:  # an extra package may be missing; the window goes on
            self.panel = MissingPanel(self._context, f"This panel can't be shown: {error}")
        translate(self.panel)
        name_controls(self.panel)
        self._area.setWidget(self.panel)
        self.panel.setAutoFillBackground(False)

    def minimumSizeHint(self) -> QSize:
        """Ask for little, so that the window fits any screen: the rest of a panel is reached by scrolling."""
        needed = 0 if self.panel is None else self.panel.minimumSizeHint().height()
        return QSize(_LEAST_PX, min(needed, _MOST_LEAST_PX))

    def set_seen(self, seen: bool) -> None:
        """The tab has come to the front or gone."""
        if seen:
            self.made()
        else:
            self._give_keys_back()
        if self.panel is not None:
            self.panel.set_seen(seen)

    def _give_keys_back(self) -> None:
        """Leave the keys of the window to the window: a field behind another tab would swallow them unseen."""
        focused = self.window().focusWidget()  # also while a dialog, such as the palette, has the keys
        if self.panel is not None and focused is not None and self.isAncestorOf(focused):
            self.panel.give_keyboard_back()


class MissingPanel(Panel):
    """Stands where a panel can't be made, and says why."""

    def __init__(self, context: PanelContext, reason: str) -> None:
        super().__init__(context)
        self._reason = Label(reason, wordWrap=True, margin=2 * SPACING)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._reason)

    def text(self) -> str:
        """Why there is no panel."""
        return self._reason.text()


class TabBars(QObject):
    """Keeps the tabs of docked panels readable: smaller where there are many, else with arrows; with tooltips.

    Qt makes such a tab bar anew whenever docks are put together, so each is met when it first shows.
    """

    clicked = Signal()

    def __init__(self, desk: QMainWindow, tips: Mapping[str, str]) -> None:
        super().__init__(desk)
        self._tips = tips
        desk.installEventFilter(self)
        self.arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at tab bars that have come since, and at those that have another size."""
        if isinstance(watched, QTabBar):
            if event.type() == QEvent.Type.Resize:
                self._fit(watched)
            elif event.type() == QEvent.Type.MouseButtonRelease:
                self.clicked.emit()
        elif event.type() in (QEvent.Type.ChildPolished, QEvent.Type.LayoutRequest):
            self.arrange()
        return False

    def arrange(self) -> None:
        """Give every tab bar of the desk its manners."""
        for bar in self.parent().findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if bar.elideMode() != Qt.TextElideMode.ElideNone:
                bar.setElideMode(Qt.TextElideMode.ElideNone)
                bar.setUsesScrollButtons(True)
                bar.setExpanding(False)
                bar.setAccessibleName(tr("Panels"))
                bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                bar.installEventFilter(self)
            self._fit(bar)
            for row in range(bar.count()):
                wanted = self._tips.get(bar.tabText(row), "")
                if wanted and bar.tabToolTip(row) != wanted:
                    bar.setTabToolTip(row, wanted)


    @staticmethod
    def _fit(bar: QTabBar) -> None:
        """Write small where the titles find no room as they are."""
        metrics = QFontMetricsF(text_font())
        titles = [bar.tabText(row) for row in range(bar.count())]
        tight = sum(metrics.horizontalAdvance(title) + _TAB_PADDING_PX for title in titles) > bar.width()
        if bool(bar.property("tight")) != tight:
            bar.setProperty("tight", tight)
            bar.style().unpolish(bar)
            bar.style().polish(bar)
            bar.updateGeometry()


def make_dock(name: str, panel: QWidget, desk: QMainWindow) -> QDockWidget:
    """A dock of the desk with a panel in it; it has a title bar only while it floats, since else its tab is one."""
    dock = QDockWidget(tr(name), desk)
    dock.setObjectName(f"dock-{name.lower()}")
    dock.setWidget(panel)
    dock.setTitleBarWidget(QWidget(dock))
    dock.topLevelChanged.connect(lambda floating: dock.setTitleBarWidget(None if floating else QWidget(dock)))
    return dock
