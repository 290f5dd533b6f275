"""What all panels have in common: how they are made and what they are told."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from xanesview.gui.panels.context import PanelContext


class Panel(QWidget):
    """A pane that reads the workspace and connects itself to its signals; made as ``ThePanel(context)``.

    What it is told of its life in the window does nothing here: a panel takes up what concerns it.
    """

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self.context = context
        self.workspace = context.workspace

    def set_seen(self, seen: bool) -> None:
        """Come to the front, or go: a panel that nobody sees should not compute."""

    def apply_theme(self) -> None:
        """Draw anew what doesn't take the colours of the palette by itself."""

    def give_keyboard_back(self) -> None:
        """What was typed is taken: let keys reach the 3D view again, or nothing where it stands in another window."""
        view, field = self.context.view(), self.focusWidget()
        if view is not None and view.window() is self.window():
            view.setFocus(Qt.FocusReason.OtherFocusReason)
        elif field is not None:
            field.clearFocus()

    def stop(self) -> None:
        """End threads and timers: the window closes."""
