"""Fields for panels that are scrolled: the wheel scrolls, and changes a number only where the keyboard is."""

from __future__ import annotations

from PySide6.QtGui import QWheelEvent

from xanesview.gui.appearance.choice import Choice
from xanesview.gui.panels.number_field import NumberField


class QuietCombo(Choice):
    """A choice that a scrolled list does not change under the pointer."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the list scroll."""
        event.ignore()


class QuietNumber(NumberField):
    """A number that the wheel turns only while it has the keyboard."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the list scroll unless the field has the keyboard."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
