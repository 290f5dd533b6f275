"""All keys at a glance, from the table of actions."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from xanesview.gui.actions.action_table import ACTIONS
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label

MOUSE = (
    ("Drag the tip of the arrow", "Turn the polarisation"),
    ("Shift while dragging", "Snap to 15°"),
    ("Drag elsewhere", "Orbit"),
    ("Wheel", "Zoom"),
    ("Click an atom", "Pick it"),
    ("Shift-click an atom", "Add it"),
    ("Right click on an atom", "Set the arrow along a bond or the π direction"),
    ("Wheel over an angle", "1°, with Shift 0.1°"),
)


class ShortcutsDialog(QDialog):
    """Keys on the left, mouse on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Shortcuts")
        self.resize(720, 560)
        sheet = QWidget()
        grid = QGridLayout(sheet)
        grid.setHorizontalSpacing(2 * SPACING)
        grid.setVerticalSpacing(SPACING // 2)
        keys = [
            (QKeySequence(spec.shortcut).toString(QKeySequence.SequenceFormat.NativeText), spec.text.rstrip("…"))
            for spec in ACTIONS
            if spec.shortcut
        ]
        for block, (heading, rows) in enumerate((("Keys", keys), ("Mouse", MOUSE))):
            title = Label(heading)
            title.setProperty("heading", True)
            grid.addWidget(title, 0, 3 * block, 1, 2)
            for row, (key, meaning) in enumerate(rows, start=1):
                how = Label(key)
                how.setProperty("muted", True)
                grid.addWidget(how, row, 3 * block)
                grid.addWidget(Label(meaning), row, 3 * block + 1)
        grid.setColumnMinimumWidth(2, 2 * SPACING)
        grid.setColumnStretch(5, 1)
        grid.setRowStretch(len(keys) + 1, 1)
        area = QScrollArea(widgetResizable=True)
        area.setWidget(sheet)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(area, 1)
        column.addWidget(buttons)
