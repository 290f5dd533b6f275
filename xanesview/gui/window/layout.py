"""Sizes and places of all panes: read, kept, restored."""

from __future__ import annotations

import logging

from PySide6.QtCore import QByteArray, QRect, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QSplitter

from xanesview.gui.settings import Settings

log = logging.getLogger(__name__)

#: About what a desktop puts above a window.
_TITLE_BAR_PX = 32
#: How far a maximised window with its frame may reach beyond the screens.
_FRAME_PX = 64


class WindowLayout:
    """Reads, keeps and restores the layout of a window made of a splitter and a desk of docks.

    Parameters
    ----------
    window
        The outer window.
    splitter
        Between the 3D view and the desk.
    desk
        The inner window that holds the docks.
    docks
        By name; the first one is in front.
    """

    def __init__(
        self,
        window: QMainWindow,
        splitter: QSplitter,
        desk: QMainWindow,
        docks: dict[str, QDockWidget],
        settings: Settings,
    ) -> None:
        self._window, self._splitter, self._desk, self._docks = window, splitter, desk, docks
        self._front = next(iter(docks.values()))
        self._settings = settings
        self._default = desk.saveState()

    def restore(self) -> None:
        """Put every pane back to its place."""
        self._desk.restoreState(self._default)
        for dock in self._docks.values():
            dock.setFloating(False)
            dock.show()
        self._front.raise_()
        self.share_width()

    def read(self) -> None:
        """Take the sizes of the last time, or what suits the screen."""
        window = self._window
        room = window.screen().availableSize()  # a frame and a title bar come on top
        window.resize(min(1400, room.width()), min(860, room.height() - _TITLE_BAR_PX))
        geometry = self._settings.layout("window")
        usual = window.size()
        if geometry is not None and window.restoreGeometry(geometry) and not self._fits_screens():
            window.setWindowState(Qt.WindowState.WindowNoState)
            window.setGeometry(QRect(window.screen().availableGeometry().topLeft(), usual))
        self.share_width()
        for name, restore in (("splitter", self._splitter.restoreState), ("desk", self._desk.restoreState)):
            state = self._settings.layout(name)
            if state is not None and not restore(state):
                log.warning("the layout of the %s that was kept can't be used", name)
        if self._settings.layout("desk") is None:
            self._front.raise_()

    def _fits_screens(self) -> bool:
        """Tell whether the window can be reached with the mouse and is no larger than all screens together."""
        everywhere = self._window.screen().availableVirtualGeometry()
        own = self._window.frameGeometry()
        seen = own.intersected(everywhere)
        small = own.width() <= everywhere.width() + _FRAME_PX and own.height() <= everywhere.height() + _FRAME_PX
        return small and min(seen.width(), seen.height()) > _TITLE_BAR_PX

    def keep(self) -> None:
        """Remember the sizes for the next time."""
        states: dict[str, QByteArray] = {
            "window": self._window.saveGeometry(),
            "splitter": self._splitter.saveState(),
            "desk": self._desk.saveState(),
        }
        for name, state in states.items():
            self._settings.set_layout(name, state)

    def share_width(self) -> None:
        """Give the 3D view 55 of 100 parts of the width, and the docks a third of the height."""
        width = max(self._splitter.width(), self._window.width())
        self._splitter.setSizes([round(0.55 * width), round(0.45 * width)])
        height = round(0.32 * self._window.height())
        self._desk.resizeDocks([self._front], [height], Qt.Orientation.Vertical)
