"""Asks whether work that goes on may be lost with the window."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from xanesview.gui.session.workspace import Workspace
from xanesview.texts import tr


def may_end_work(parent: QWidget, workspace: Workspace) -> bool:
    """Ask where something would be lost that nobody can save before, and tell whether the window may close."""
    said = _what_is_lost(workspace)
    if not said:
        return True
    answer = QMessageBox.question(
        parent, "xanesview", "\n".join(said), QMessageBox.StandardButton.Close | QMessageBox.StandardButton.Cancel,
        QMessageBox.StandardButton.Cancel,
    )  # fmt: skip
    return answer == QMessageBox.StandardButton.Close


def _what_is_lost(workspace: Workspace) -> list[str]:
    said = []
    if workspace.teaching.is_busy:
        said.append(tr("A copy of a network is being taught. Closing the window ends that, and the copy is lost."))
    if workspace.movies.is_busy:
        said.append(tr("A movie is being made. Closing the window ends that, and there will be no file."))
    if workspace.conformers.is_busy:
        said.append(tr("Conformers are being searched. Closing the window ends that, and they are lost."))
    if workspace.images.is_busy:
        said.append(tr("An image is being taken apart. Closing the window ends that, and its maps are lost."))
    return said
