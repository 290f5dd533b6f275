"""What dialogs that ask how a structure is to be made have in common: their column, their boxes, their last line."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QDoubleSpinBox, QFormLayout, QSpinBox, QVBoxLayout

from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.appearance.theme import restyle
from xanesview.gui.dialogs.ready import make_ready

_LINE_PX = 40


class OutcomeLine(Label):
    """Says what will come of what is set, or why nothing can; as high while it is empty."""

    def __init__(self) -> None:
        super().__init__("", wordWrap=True)
        self.setProperty("muted", True)
        self.setMinimumHeight(_LINE_PX)

    def say(self, text: str, invalid: bool = False) -> None:
        """Say something; what can't be stands out."""
        self.setText(text)
        restyle(self, "muted", not invalid)

    def refuse(self, error: XanesviewError) -> None:
        """Say why something can't be, and what to do about it."""
        self.say(f"{error.message} {error.hint}".strip(), invalid=True)


def fill(dialog: QDialog, said: str, form: QFormLayout, outcome: OutcomeLine, buttons: QDialogButtonBox) -> None:
    """Lay out a dialog: what it is for, its fields, what will come of them, its buttons; in the window's language."""
    column = QVBoxLayout(dialog)
    column.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, 2 * SPACING)
    column.setSpacing(SPACING)
    column.addWidget(Label(said, wordWrap=True))
    column.addLayout(form)
    column.addWidget(outcome)
    column.addWidget(buttons)
    make_ready(dialog)


def whole_box(low: int, high: int, value: int, name: str, told: str) -> QSpinBox:
    """Return a narrow field for a whole number; `told` is its name for those who hear the window."""
    box = QSpinBox(minimum=low, maximum=high, value=value, objectName=name)
    box.setAccessibleName(told)
    box.setMaximumWidth(96)
    return box


def number_box(
    low: float, high: float, value: float, step: float, suffix: str, name: str, told: str, decimals: int = 2
) -> QDoubleSpinBox:
    """Return a field for a number with its unit; `told` is its name for those who hear the window."""
    box = QDoubleSpinBox(minimum=low, maximum=high, decimals=decimals, suffix=suffix, objectName=name)
    box.setSingleStep(step)
    box.setValue(value)
    box.setAccessibleName(told)
    return box
