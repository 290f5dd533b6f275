"""Files that are dropped: they stay where they are, whatever the program that they come from proposes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QDropEvent


def take_copy(event: QDropEvent) -> None:
    """Take what is dragged as a copy; a file manager may remove what was taken as moved.

    Who offers nothing but to move is told that nothing was taken; its files are read all the same.
    """
    event.setDropAction(Qt.DropAction.CopyAction)
    event.setAccepted(event.type() != QEvent.Type.Drop or event.dropAction() != Qt.DropAction.MoveAction)
