"""What helps on: guide, keys, all commands, log, version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox

from xanesview.gui.appearance.busy_cursor import busy_cursor
from xanesview.gui.appearance.theme import icon
from xanesview.paths import log_dir
from xanesview.texts import tr
from xanesview.version import __version__

if TYPE_CHECKING:
    from xanesview.gui.guide.places import Helped
    from xanesview.gui.guide.window import GuideWindow
    from xanesview.gui.window.tour.tour import Tour


class Help:
    """Opens what explains the program above a window."""

    def __init__(self, window: Helped) -> None:
        self._window = window
        self.guide: GuideWindow | None = None
        self.tour: Tour | None = None
        self._used_commands: list[str] = []

    @busy_cursor()
    def show_guide(self) -> None:
        """Open the guide beside the window, at the panel that has the keyboard."""
        from xanesview.gui.guide.places import WINDOW_PAGE, open_place, section_in_use
        from xanesview.gui.guide.window import GuideWindow

        section = section_in_use(self._window)
        if self.guide is None:
            self.guide = GuideWindow(self._window, self._window.settings)
            self.guide.place_wanted.connect(lambda place: open_place(self._window, place))
        self.guide.show()
        self.guide.raise_()
        self.guide.activateWindow()
        if section:
            self.guide.go(WINDOW_PAGE, section)

    def show_panel_help(self) -> None:
        """Open the guide at the section on the panel that is in front."""
        from xanesview.gui.guide.places import WINDOW_PAGE, section_in_front

        section = section_in_front(self._window)
        self.show_guide()
        if section:
            self.guide.go(WINDOW_PAGE, section)

    def show_citing(self) -> None:
        """Open the guide at the page that says what to cite."""
        self.show_guide()
        self.guide.go("citing", "")

    def close(self) -> None:
        """Close the guide, which goes with its window."""
        if self.guide is not None:
            self.guide.close()

    @busy_cursor()
    def show_tour(self) -> None:
        """Begin the tour, at its first step."""
        from xanesview.gui.window.tour.tour import Tour

        if self.tour is None:
            self.tour = Tour(self._window)
        self.tour.start()

    @busy_cursor()
    def show_shortcuts(self) -> None:
        """List all keys."""
        from xanesview.gui.window.shortcuts import ShortcutsDialog

        dialog = ShortcutsDialog(self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @busy_cursor()
    def show_palette(self) -> None:
        """Open the list of everything that the window can do."""
        from xanesview.gui.window.palette.dialog import CommandPalette
        from xanesview.gui.window.palette.entries import entries

        palette = CommandPalette(entries(self._window), self._used_commands, self._window)
        palette.finished.connect(palette.deleteLater)
        palette.show()
        palette.activateWindow()

    def show_log(self) -> None:
        """Open the folder of the log."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_dir())))

    def copy_report(self) -> None:
        """Put on the clipboard what a report of a bug needs, and say so."""
        from xanesview.gui.window.messages import copy_report

        copy_report()
        self._window.plot_messages.show_saved("What a report of a bug needs is on the clipboard.", None)

    def show_about(self) -> None:
        """Version and licence."""
        window = self._window
        box = QMessageBox(QMessageBox.Icon.NoIcon, tr("About xanesview"), "", QMessageBox.StandardButton.Close, window)
        box.setText(f"<b>xanesview {__version__}</b>")
        box.setInformativeText(
            tr("Draw a molecule or a surface, turn the polarisation, watch its X-ray absorption spectrum.")
            + f" {tr('BSD 3-Clause licence.')}\n\n{tr('Log')}: {log_dir() / 'xanesview.log'}"
        )
        box.setIconPixmap(icon("app", window).pixmap(48, 48))
        box.finished.connect(box.deleteLater)
        box.open()
