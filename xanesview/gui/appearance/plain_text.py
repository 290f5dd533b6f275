"""Texts shown as they are: Qt takes what looks like HTML for HTML, a network's title too, and loads what it names."""

from __future__ import annotations

from html import escape

from PySide6.QtGui import Qt
from PySide6.QtWidgets import QLabel, QWidget


class Label(QLabel):
    """A label whose text is no HTML, whatever it looks like."""

    def __init__(self, text: str = "", parent: QWidget | None = None, **properties: object) -> None:
        super().__init__(parent, textFormat=Qt.TextFormat.PlainText, **properties)
        self.setText(text)


def plain(text: str) -> str:
    """Return a text so that a tooltip shows it as it is."""
    return "<qt>" + escape(text).replace("\n", "<br>") + "</qt>" if Qt.mightBeRichText(text) else text
