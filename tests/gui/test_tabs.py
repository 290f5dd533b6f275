"""Further panels as tabs: made when first seen, told of what they need, all tabs to be reached in a small window."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar, QToolButton

from xanesview.gui import main_window
from xanesview.gui.main_window import MainWindow
from xanesview.gui.panels.panel import Panel
from xanesview.gui.panels.panel_table import PANELS, PanelSpec
from xanesview.gui.settings import Settings


class MadeUp(Panel):
    """Notes what it is told."""

    def __init__(self, context) -> None:
        super().__init__(context)
        self.told: list = []

    def set_seen(self, seen: bool) -> None:
        self.told.append(("seen", seen))

    def stop(self) -> None:
        self.told.append(("stop",))


@pytest.fixture
def made_up(monkeypatch):
    module = ModuleType("xanesview.gui.panels.made_up")
    module.MadeUp = MadeUp
    monkeypatch.setitem(sys.modules, "xanesview.gui.panels.made_up", module)
    specs = (
        *(spec for spec in PANELS if not spec.late),
        PanelSpec("Whyever", "made_up", "MadeUp", "First of three"),
        PanelSpec("Properties of it", "made_up", "MadeUp", "Second"),
        PanelSpec("Gone", "not_there", "Gone", "Needs a package that is missing"),
    )
    monkeypatch.setattr(main_window, "PANELS", specs)
    return specs


@pytest.fixture
def small_window(qtbot, networks, made_up):
    window = MainWindow(networks=networks, settings=Settings(fresh=True), network="fake")
    window.resize(1024, 700)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    window.close()
    window.deleteLater()


def tab_bar(window) -> QTabBar:
    return next(bar for bar in window.desk.findChildren(QTabBar) if bar.count() == len(window.docks))


def test_a_panel_is_made_when_its_tab_is_first_clicked(small_window, qtbot):
    window = small_window
    place, bar = window.tabs.places["Whyever"], tab_bar(window)
    assert place.panel is None
    row = [bar.tabText(k) for k in range(bar.count())].index("Whyever")
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(row).center())
    qtbot.waitUntil(lambda: place.panel is not None and place.panel.isVisible())
    assert place.panel.workspace is window.workspace
    assert place.panel.context.opening is window.opening
    assert place.panel.context.view() is window.view
    assert place.panel.told == [("seen", True)]
    window.docks["Sites"].raise_()
    qtbot.waitUntil(lambda: place.panel.told[-1] == ("seen", False))
    window.close()
    assert ("stop",) in place.panel.told


def test_the_tabs_are_those_of_the_table_and_only_early_ones_are_made(small_window, made_up):
    bar = tab_bar(small_window)
    told = [(bar.tabText(row), bar.tabToolTip(row)) for row in range(bar.count())]
    assert told == [(spec.title, spec.tooltip) for spec in made_up]
    there = [title for title, place in small_window.tabs.places.items() if place.panel is not None]
    assert there == [spec.title for spec in made_up if not spec.late]


def test_a_panel_that_cannot_be_made_says_why(small_window, qtbot):
    window = small_window
    window.docks["Gone"].raise_()
    qtbot.waitUntil(lambda: window.tabs.places["Gone"].panel is not None)
    assert "not_there" in window.tabs.places["Gone"].panel.text()


def test_no_tab_is_cut_off_in_a_small_window(small_window, qtbot):
    bar = tab_bar(small_window)
    assert bar.elideMode() == Qt.TextElideMode.ElideNone
    assert bar.tabToolTip(0) == "Which absorbers are in the sum"
    seen = [k for k in range(bar.count()) if bar.tabRect(k).right() < bar.width()]
    arrows = [button for button in bar.findChildren(QToolButton) if button.isVisible()]
    assert len(seen) == bar.count() or arrows, "tabs that don't fit are reached by arrows"
