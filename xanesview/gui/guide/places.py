"""From the guide to the main window and back: links that open a panel or act, and the page that speaks of a panel."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDockWidget

from xanesview.domain.structure import Notice
from xanesview.gui.guide.pages import anchor_of
from xanesview.gui.settings import Settings


class Helped(Protocol):
    """What the guide knows of the window that it stands beside, which is a QMainWindow."""

    settings: Settings
    docks: dict[str, QDockWidget]
    named_actions: dict[str, QAction]

    def show_start(self) -> None:
        """Bring the start page to the front."""

    def show_notice(self, notice: Notice) -> None:
        """Say something above the pane it concerns."""

    def raise_(self) -> None:
        """Come to the front."""

    def activateWindow(self) -> None:
        """Take the keyboard."""


#: The page that has a section on each panel, named as its tab is.
WINDOW_PAGE = "window"


def open_place(window: Helped, place: str) -> None:
    """Bring a panel to the front (``panel/quality``) or trigger an action (``action/export_figure``)."""
    kind, _, name = place.partition("/")
    window.raise_()
    window.activateWindow()
    if kind == "panel":
        dock = next(dock for title, dock in window.docks.items() if title.lower() == name)
        if name == "start":
            window.show_start()
        dock.show()
        dock.raise_()
        return
    action = window.named_actions[name]
    if action.isEnabled():
        action.trigger()
    else:
        window.show_notice(Notice("guide", f"“{action.text().replace('&', '').rstrip('…')}” can't be used just now."))


def section_in_front(window: Helped) -> str:
    """Return the anchor of the section on the tab that is seen, empty where none is."""
    seen = (title for title, dock in window.docks.items() if not dock.visibleRegion().isEmpty())
    return next(map(anchor_of, seen), "")


def section_in_use(window: Helped) -> str:
    """Return the anchor of the section on the tab that has the keyboard, empty where none has.

    What stands beside the tabs is left out: a new window gives the keyboard to its first field.
    """
    focus = QApplication.focusWidget()
    panels = (title for title, dock in window.docks.items() if focus is not None and dock.isAncestorOf(focus))
    return next(map(anchor_of, panels), "")
