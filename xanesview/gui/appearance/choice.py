"""Choices whose text ends in "…" where there is no room for it, and is whole in a tooltip then."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QPalette
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QToolTip

from xanesview.gui.appearance.plain_text import plain


class Choice(QComboBox):
    """A combo box that cuts no text without saying so."""

    def paintEvent(self, _event: QEvent) -> None:
        """Draw the text with an ellipsis where it is cut."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.shown_text()
        if self.currentIndex() < 0 and self.placeholderText():
            option.currentText = self.placeholderText()
            option.palette.setBrush(QPalette.ColorRole.ButtonText, option.palette.placeholderText())
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def shown_text(self) -> str:
        """The chosen text as far as there is room for it."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        room = field.width() - 2
        if not option.currentIcon.isNull():
            room -= option.iconSize.width() + 4
        return option.fontMetrics.elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)

    def event(self, event: QEvent) -> bool:
        """Put a cut text before what the tooltip says of the choice."""
        if event.type() == QEvent.Type.ToolTip and self.shown_text() != self.currentText():
            told = "\n".join(filter(None, (self.currentText(), self.toolTip())))
            QToolTip.showText(QHelpEvent.globalPos(event), plain(told), self)
            return True
        return super().event(event)
