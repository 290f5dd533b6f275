"""What every dialog needs before it is shown: the language of the window, and names for screen readers."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from xanesview.gui.appearance.spoken_names import name_controls
from xanesview.gui.appearance.translations import translate
from xanesview.texts import told


def make_ready(dialog: QWidget) -> None:
    """Say fixed texts in the language that is spoken, and give controls without words a name."""
    dialog.setWindowTitle(told(dialog.windowTitle()))
    translate(dialog)
    name_controls(dialog)
