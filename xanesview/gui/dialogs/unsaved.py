"""Asks whether to save what would be lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from xanesview.texts import tr


class UnsavedDialog(QMessageBox):
    """Save, don't save, or stay.

    Parameters
    ----------
    name : str
        What the work is called.
    save, leave
        Called when the user wants to save first, or to go on without.
    closed : names
        Of structures that were closed with unsaved changes; a saved session has them among the steps to be undone.
    """

    def __init__(
        self, name: str, save: Callable[[], None], leave: Callable[[], None], parent: QWidget,
        closed: Sequence[str] = (),
    ) -> None:  # fmt: skip
        buttons = QMessageBox.StandardButton
        super().__init__(
            QMessageBox.Icon.NoIcon, tr("Save changes?"), "", buttons.Save | buttons.Discard | buttons.Cancel, parent
        )
        self.setObjectName("unsaved")
        self.setTextFormat(Qt.TextFormat.PlainText)  # a name is no HTML
        self.setText(tr("Save the changes to “{name}”?").format(name=name))
        lost = tr("Without saving, they are lost.")
        if closed:
            names = ", ".join(closed)
            told_of = tr("Among them are those to {names}, closed before; a saved session brings it back by Undo.")
            lost = f"{told_of.format(names=names)} {lost}"
        self.setInformativeText(lost)
        self.button(buttons.Discard).setText(tr("Don't save"))
        self.setDefaultButton(buttons.Save)
        self.setEscapeButton(buttons.Cancel)
        self.button(buttons.Save).clicked.connect(save)
        self.button(buttons.Discard).clicked.connect(leave)
        self.finished.connect(self.deleteLater)
