"""Asks whether a copy that learns may be lost with the window."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from xanesview.texts import tr


def may_end_teaching(parent: QWidget) -> bool:
    """Ask, and tell whether the window may close."""
    said = tr("A copy of a network is being taught. Closing the window ends that, and the copy is lost.")
    answer = QMessageBox.question(
        parent, "xanesview", said, QMessageBox.StandardButton.Close | QMessageBox.StandardButton.Cancel,
        QMessageBox.StandardButton.Cancel,
    )  # fmt: skip
    return answer == QMessageBox.StandardButton.Close
