"""The menu bar, filled from the table of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QDockWidget, QMenu

from xanesview.gui.actions.action_table import EXPORTS, MENUS, fill_menu
from xanesview.gui.appearance.theme import MODES

if TYPE_CHECKING:
    from xanesview.gui.main_window import MainWindow


def fill_menu_bar(window: MainWindow, docks: list[QDockWidget]) -> None:
    """Make the menus of a window; examples and recent files are listed when their menu opens.

    Parameters
    ----------
    docks
        Panels that can be shown, hidden, and detached as windows of their own.
    """
    submenus = {
        "<examples>": _listed(window, "Examples", _fill_examples),
        "<recent>": _listed(window, "Open recent", _fill_recent),
        "<export>": QMenu("Export", window),
        "<panels>": QMenu("Panels", window),
        "<theme>": _themes(window),
    }
    fill_menu(submenus["<export>"], EXPORTS, window.named_actions, {})
    submenus["<panels>"].addActions([dock.toggleViewAction() for dock in docks])
    submenus["<panels>"].addSeparator()
    for dock in docks:
        action = submenus["<panels>"].addAction(f"Detach {dock.windowTitle().lower()}")
        action.triggered.connect(lambda _checked=False, d=dock: _detach(d))
    for heading, ids in MENUS:
        fill_menu(window.menuBar().addMenu(heading), ids, window.named_actions, submenus)


def _detach(dock: QDockWidget) -> None:
    dock.show()
    dock.setFloating(True)
    dock.resize(520, 360)


def _listed(window: MainWindow, heading: str, fill) -> QMenu:
    menu = QMenu(heading, window)
    menu.setToolTipsVisible(True)
    menu.aboutToShow.connect(lambda: fill(window, menu))
    return menu


def _fill_examples(window: MainWindow, menu: QMenu) -> None:
    from xanesview.io.examples import examples

    menu.clear()
    for example in examples():
        action = menu.addAction(example.title)
        action.setToolTip(example.line)
        action.triggered.connect(lambda _checked=False, name=example.name: window.opening.open_example(name))


def _fill_recent(window: MainWindow, menu: QMenu) -> None:
    menu.clear()
    for path in window.settings.recent_files():
        action = menu.addAction(path.name)
        action.setToolTip(str(path))
        action.triggered.connect(lambda _checked=False, p=path: window.opening.open_file(p))
    if menu.isEmpty():
        menu.addAction("None yet").setEnabled(False)
        return
    menu.addSeparator()
    menu.addAction("Forget these").triggered.connect(window.settings.clear_recent_files)


def _themes(window: MainWindow) -> QMenu:
    menu = QMenu("Theme", window)
    group = QActionGroup(menu)
    for mode in MODES:
        action = menu.addAction(mode.capitalize())
        action.setCheckable(True)
        action.setChecked(mode == window.settings.theme)
        action.triggered.connect(lambda _checked=False, m=mode: window.set_theme(m))
        group.addAction(action)
    return menu
