"""Which panels stand as tabs beside the sites, and the sizes and places of all panes.

A further panel is a module below ``gui/panels`` and one line in `PANELS`::

    PanelSpec("Why", "why.panel", "WhyPanel", "Which neighbours matter to the spectrum"),

Its class is made as ``WhyPanel(workspace)`` when its tab is first seen, so that whatever it imports costs no start.
It reads the workspace, connects itself to the workspace's signals, and may have any of these methods:

``connect_window(window)``
    Called once, after the making, with the `MainWindow`: for what the workspace does not know, such as
    ``window.view`` (the 3D view, None until it is there: wait for ``window.view_ready``) and ``window.opening``.
``set_seen(seen)``
    Called when the tab comes to the front or goes: a panel that nobody sees should not compute.
``apply_theme()``
    Called when the colours have changed.
``stop()``
    Called when the window closes: end threads and timers here.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QSplitter

from xanesview.gui.settings import Settings


@dataclass(frozen=True)
class PanelSpec:
    """One further tab: its title (one short word), module below ``gui/panels``, class in it, tooltip of the tab."""

    title: str
    module: str
    widget: str
    tooltip: str


#: Tabs after Sites, References, Library and Start, in this order; the View menu lists them too.
PANELS: tuple[PanelSpec, ...] = (
    PanelSpec("Why", "why.panel", "WhyPanel", "Which neighbours matter to the spectrum, and at which distances"),
    PanelSpec("Properties", "properties.panel", "PropertiesPanel", "What the spectrum tells of the molecule"),
    PanelSpec("Quality", "quality.panel", "QualityPanel", "Errors on structures the network has not seen"),
)

TAB_TIPS = {
    "Sites": "Which absorbers are in the sum",
    "References": "Measured and computed spectra to compare with",
    "Library": "Computed spectra that come with the program",
    "Start": "Examples, recent files, SMILES",
} | {spec.title: spec.tooltip for spec in PANELS}

#: About what a desktop puts above a window.
_TITLE_BAR_PX = 32


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
        By name; "Sites" is the one in front.
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
        self._settings = settings
        self._default = desk.saveState()

    def restore(self) -> None:
        """Put every pane back to its place."""
        self._desk.restoreState(self._default)
        for dock in self._docks.values():
            dock.setFloating(False)
            dock.show()
        self._docks["Sites"].raise_()
        self.share_width()

    def read(self) -> None:
        """Take the sizes of the last time, or what suits the screen."""
        window = self._window
        room = window.screen().availableSize()  # a frame and a title bar come on top
        window.resize(min(1400, room.width()), min(860, room.height() - _TITLE_BAR_PX))
        geometry = self._settings.layout("window")
        if geometry is not None:
            window.restoreGeometry(geometry)
        self.share_width()
        for name, restore in (("splitter", self._splitter.restoreState), ("desk", self._desk.restoreState)):
            state = self._settings.layout(name)
            if state is not None:
                restore(state)
        if self._settings.layout("desk") is None:
            self._docks["Sites"].raise_()

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
        self._desk.resizeDocks([self._docks["Sites"]], [height], Qt.Orientation.Vertical)
