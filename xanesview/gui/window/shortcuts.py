"""All keys at a glance, from the table of actions."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from xanesview.gui.actions.action_making import key_text, with_keys
from xanesview.gui.actions.action_spec import Entry
from xanesview.gui.actions.action_table import MENUS, WITHOUT_MENU
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.appearance.theme import small_font
from xanesview.gui.dialogs.room import resize_on_screen
from xanesview.texts import tr

MOUSE = (
    ("Drag a tip of the arrow", "Turn the polarisation"),
    ("Shift while dragging", "Snap to 15°"),
    ("Drag elsewhere", "Orbit"),
    ("Wheel", "Zoom"),
    ("Click an atom", "Pick it"),
    ("Shift-click an atom", "Add it"),
    ("Right click on an atom", "Arrow along a bond, or π"),
    ("Wheel over an angle", "1°, with Shift 0.1°"),
    ("Enter in a number field", "Take it, back to the view"),
)
#: Headings of what stands below one another in each column; they share the height about evenly.
COLUMNS = (("File", "Compute"), ("Edit", "Polarisation", "Help"), ("View", "Mouse and fields"))


class ShortcutsDialog(QDialog):
    """Keys by menu, and what the mouse does, in columns that fit a small screen without scrolling."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Shortcuts"))
        blocks = {heading: _keys(entries) for heading, entries in MENUS}
        blocks["Edit"] += _keys(WITHOUT_MENU)
        blocks["Mouse and fields"] = list(MOUSE)
        content = QWidget()
        sheet = QHBoxLayout(content)
        sheet.setContentsMargins(0, 0, 0, 0)
        sheet.setSpacing(3 * SPACING)
        for headings in COLUMNS:
            sheet.addLayout(_column((heading, blocks[heading]) for heading in headings))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, SPACING)
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)  # bars where the screen is smaller
        area.setWidget(content)
        area.setAccessibleName(tr("Shortcuts"))
        column.addWidget(area, 1)
        column.addWidget(buttons)
        needed, edges = content.sizeHint(), column.contentsMargins()
        below = buttons.sizeHint().height() + edges.top() + edges.bottom() + column.spacing()
        resize_on_screen(self, needed.width() + edges.left() + edges.right() + 2, needed.height() + below + 2)


def _keys(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    return [(key_text(spec), tr(spec.text).rstrip("…")) for spec in with_keys(entries)]


def _column(blocks: Iterable[tuple[str, list[tuple[str, str]]]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(SPACING)
    grid.setVerticalSpacing(1)
    row = 0
    for heading, lines in blocks:
        title = Label(heading)
        title.setProperty("heading", True)
        if row:
            grid.setRowMinimumHeight(row, SPACING)
            row += 1
        grid.addWidget(title, row, 0, 1, 2)
        for how, meaning in lines:
            row += 1
            key, told = Label(how), Label(meaning)
            key.setProperty("muted", True)
            for label, place in ((key, 0), (told, 1)):
                label.setFont(small_font())
                grid.addWidget(label, row, place, Qt.AlignmentFlag.AlignVCenter)
        row += 1
    grid.setColumnStretch(1, 1)
    grid.setRowStretch(row, 1)
    return grid
