"""A language in which every text is in brackets, and what a window says outside of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QMenu, QWidget

from xanesview.gui.appearance.spoken_names import controls

_WORDS = re.compile(r"[^\W\d_]{3,}")


class Bracketed(Mapping):
    """Has a text for every text, and keeps account of what was asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __getitem__(self, text: str) -> str:
        self.asked.add(text)
        return text if not text or text.startswith("«") else f"«{text}»"

    def __iter__(self) -> Iterator[str]:
        return iter(self.asked)

    def __len__(self) -> int:
        return 1

    def __bool__(self) -> bool:
        return True


def said(root: QWidget) -> Iterator[tuple[str, str]]:
    """Give the fixed texts of widgets, with where each stands."""
    for widget in [root, *root.findChildren(QWidget)]:
        where = f"{type(widget).__name__} {widget.objectName()}"
        if isinstance(widget, QAbstractButton | QLabel):
            yield where, widget.text()
        elif isinstance(widget, QLineEdit):
            yield where, widget.placeholderText()
        elif isinstance(widget, QMenu):
            yield from ((f"{where} entry", action.text()) for action in widget.actions())
        yield f"{where} tip", widget.toolTip()


def outside(root: QWidget) -> list[tuple[str, str]]:
    """Return fixed texts with words in them that did not come through the door."""
    return [(where, text) for where, text in said(root) if _WORDS.search(text) and "«" not in text]


__all__ = ["Bracketed", "QComboBox", "controls", "outside", "said"]
