"""Asks whether to save what would be lost."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox, QWidget


class UnsavedDialog(QMessageBox):
    """Save, don't save, or stay.

    Parameters
    ----------
    name : str
        What the work is called.
    save, leave
        Called when the user wants to save first, or to go on without.
    """

    def __init__(self, name: str, save: Callable[[], None], leave: Callable[[], None], parent: QWidget) -> None:
        buttons = QMessageBox.StandardButton
        super().__init__(
            QMessageBox.Icon.NoIcon, "Save changes?", "", buttons.Save | buttons.Discard | buttons.Cancel, parent
        )
        self.setObjectName("unsaved")
        self.setText(f"Save the changes to “{name}”?")
        self.setInformativeText("Without saving, they are lost.")
        self.button(buttons.Discard).setText("Don't save")
        self.setDefaultButton(buttons.Save)
        self.setEscapeButton(buttons.Cancel)
        self.button(buttons.Save).clicked.connect(save)
        self.button(buttons.Discard).clicked.connect(leave)
        self.finished.connect(self.deleteLater)
