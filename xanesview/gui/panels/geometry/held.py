"""Drawings in which something is held and turned: Escape puts it back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class Held(QWidget):
    """A drawing that keeps Escape for itself while a drag is under way; a subclass says how it is given up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    @property
    def is_held(self) -> bool:
        """Whether a drag is under way."""
        raise NotImplementedError

    def give_up(self) -> None:
        """End the drag as if it had never been."""
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        """Take Escape before the window does, while something is held."""
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape and self.is_held:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape gives the drag up."""
        if event.key() == Qt.Key.Key_Escape and self.is_held:
            self.give_up()
        else:
            super().keyPressEvent(event)
