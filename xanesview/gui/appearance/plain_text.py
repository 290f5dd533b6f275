"""Texts shown as they are: Qt takes what looks like HTML for HTML, a network's title too, and loads what it names."""

from __future__ import annotations

from html import escape

from PySide6.QtGui import Qt
from PySide6.QtWidgets import QLabel, QWidget

from xanesview.texts import told


class Label(QLabel):
    """A label whose text is no HTML, whatever it looks like, and in the language of the window."""

    def __init__(self, text: str = "", parent: QWidget | None = None, **properties: object) -> None:
        super().__init__(parent, textFormat=Qt.TextFormat.PlainText, **properties)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show a text in the language of the window."""
        super().setText(told(text))


def plain(text: str) -> str:
    """Return a text so that a tooltip shows it as it is, in the language of the window."""
    text = told(text)
    return "<qt>" + escape(text).replace("\n", "<br>") + "</qt>" if Qt.mightBeRichText(text) else text
