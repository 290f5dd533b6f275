"""Asks what is to become of a session whose file another window or program has changed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from xanesview.errors import XanesviewError
from xanesview.texts import told as in_language
from xanesview.texts import tr


class ChangedFileDialog(QMessageBox):
    """Save under another name, overwrite, or neither.

    Parameters
    ----------
    told
        What has changed, and what overwriting means.
    save_as, overwrite, leave
        Called with what the user wants; `leave` where it is neither.
    """

    def __init__(
        self,
        told: XanesviewError,
        save_as: Callable[[], None],
        overwrite: Callable[[], None],
        leave: Callable[[], None],
        parent: QWidget,
    ) -> None:
        buttons = QMessageBox.StandardButton
        super().__init__(QMessageBox.Icon.NoIcon, tr("File changed"), "", buttons.Cancel, parent)
        self.setObjectName("changed-file")
        self.setTextFormat(Qt.TextFormat.PlainText)  # a file's name is no HTML
        self.setText(in_language(told.message))
        self.setInformativeText(in_language(told.hint))
        self.other_name = self.addButton(tr("Save as…"), QMessageBox.ButtonRole.AcceptRole)
        self.overwrite = self.addButton(tr("Overwrite"), QMessageBox.ButtonRole.DestructiveRole)
        self.setDefaultButton(self.other_name)
        self.setEscapeButton(buttons.Cancel)
        self.other_name.clicked.connect(save_as)
        self.overwrite.clicked.connect(overwrite)
        self.button(buttons.Cancel).clicked.connect(leave)
        self.finished.connect(self.deleteLater)
