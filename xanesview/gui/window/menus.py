"""The menu bar, filled from the table of actions, and the menus that list what there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QDockWidget, QMenu, QMenuBar

from xanesview.gui.actions.action_making import fill_menu, underlined
from xanesview.gui.actions.action_table import MENUS
from xanesview.gui.actions.opening import Opening
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import MODES
from xanesview.gui.settings import Settings
from xanesview.texts import tr


class Themes(Protocol):
    """Light, dark, or whatever the desktop asks for."""

    @property
    def theme(self) -> str:
        """The one that holds now."""

    def set_theme(self, mode: str) -> None:
        """Choose one."""


def fill_menu_bar(
    bar: QMenuBar,
    actions: Mapping[str, QAction],
    opening: Opening,
    settings: Settings,
    docks: Iterable[QDockWidget],
    themes: Themes,
) -> None:
    """Make the menus; examples and recent files are listed when their menu opens.

    Parameters
    ----------
    docks
        Panels that can be shown, hidden, and detached as windows of their own.
    themes
        Knows the theme that holds, and takes the one that is chosen.
    """
    fillers = {
        "examples": lambda menu: _list_when_opened(menu, lambda: _list_examples(menu, opening)),
        "recent": lambda menu: _list_when_opened(menu, lambda: _list_recent(menu, opening, settings)),
        "panels": lambda menu: _list_panels(menu, list(docks)),
        "theme": lambda menu: _list_themes(menu, themes),
    }
    for heading, (_, entries) in zip(underlined([tr(heading) for heading, _ in MENUS]), MENUS, strict=True):
        fill_menu(bar.addMenu(heading), entries, actions, fillers)


def _list_when_opened(menu: QMenu, fill: Callable[[], None]) -> None:
    menu.setToolTipsVisible(True)
    menu.aboutToShow.connect(fill)


def _list_examples(menu: QMenu, opening: Opening) -> None:
    from xanesview.io.examples import examples

    menu.clear()
    for example in examples():
        action = menu.addAction(tr(example.title))
        action.setToolTip(plain(example.line))
        action.triggered.connect(lambda _checked=False, name=example.name: opening.open_example(name))


def _list_recent(menu: QMenu, opening: Opening, settings: Settings) -> None:
    menu.clear()
    for number, path in enumerate(settings.recent_files(), start=1):
        name = path.name.replace("&", "&&")  # a lone one would underline what follows
        action = menu.addAction(f"&{number}  {name}" if number < 10 else name)
        action.setToolTip(plain(str(path)))
        action.triggered.connect(lambda _checked=False, p=path: opening.open_file(p))
    if menu.isEmpty():
        menu.addAction(tr("None yet")).setEnabled(False)
        return
    menu.addSeparator()
    menu.addAction(tr("Forget these")).triggered.connect(settings.clear_recent_files)


def _list_panels(menu: QMenu, docks: list[QDockWidget]) -> None:
    menu.addActions([dock.toggleViewAction() for dock in docks])
    menu.addSeparator()
    for dock in docks:
        action = menu.addAction(tr("Detach {panel}").format(panel=dock.windowTitle().lower()))
        action.triggered.connect(lambda _checked=False, d=dock: _detach(d))


def _detach(dock: QDockWidget) -> None:
    dock.show()
    dock.setFloating(True)
    dock.resize(520, 360)


def _list_themes(menu: QMenu, themes: Themes) -> None:
    group = QActionGroup(menu)
    actions = {}
    for mode, text in zip(MODES, underlined([tr(mode.capitalize()) for mode in MODES]), strict=True):
        actions[mode] = action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(mode == themes.theme)
        action.triggered.connect(lambda _checked=False, m=mode: themes.set_theme(m))
        group.addAction(action)
    menu.aboutToShow.connect(lambda: actions[themes.theme].setChecked(True))
