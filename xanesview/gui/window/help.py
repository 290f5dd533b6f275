"""What the Help menu shows: keys, log, version."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from xanesview.gui.appearance.theme import icon
from xanesview.paths import log_dir
from xanesview.version import __version__


class Help:
    """Opens what explains the program above a window."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def show_shortcuts(self) -> None:
        """List all keys."""
        from xanesview.gui.window.shortcuts import ShortcutsDialog

        dialog = ShortcutsDialog(self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def show_log(self) -> None:
        """Open the folder of the log."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_dir())))

    def show_about(self) -> None:
        """Version and licence."""
        window = self._window
        box = QMessageBox(QMessageBox.Icon.NoIcon, "About xanesview", "", QMessageBox.StandardButton.Close, window)
        box.setText(f"<b>xanesview {__version__}</b>")
        box.setInformativeText(
            "Draw a molecule or a surface, turn the polarisation, watch its X-ray absorption spectrum. "
            "BSD 3-Clause licence."
        )
        box.setIconPixmap(icon("app", window).pixmap(48, 48))
        box.finished.connect(box.deleteLater)
        box.open()
