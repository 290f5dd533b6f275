"""Rows of fields and words that take as many lines as the width of a panel needs."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.panels.flow_layout import FlowLayout

_LINE_PX = 31  # pieces of one height stand on one line


class FlowRow(QWidget):
    """Pieces side by side, in as many lines as the width needs."""

    def __init__(self, *pieces: QWidget) -> None:
        super().__init__()
        self._flow = FlowLayout(self)
        self._flow.setSpacing(SPACING)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        for piece in pieces:
            self._flow.addWidget(piece)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for all lines: a panel that is scrolled would else press them together."""
        super().resizeEvent(event)
        self.ask_for_lines()

    def ask_for_lines(self) -> None:
        """Ask for the height that the pieces shown now need."""
        self.setMinimumHeight(self._flow.heightForWidth(self.width()))


def together(*parts: QWidget | str) -> QWidget:
    """Return fields and the words between them as one piece of a row, which is not broken."""
    box = QWidget()
    box.setMinimumHeight(_LINE_PX)
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACING // 2)
    for part in parts:
        row.addWidget(word(part) if isinstance(part, str) else part)
    return box


def word(text: str) -> Label:
    """Return a quiet word."""
    label = Label(text)
    label.setProperty("muted", True)
    return label
