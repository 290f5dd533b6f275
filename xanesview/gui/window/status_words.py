"""Words in the status bar: cut where there is no room for them, so that the window is never wider for their sake."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip

from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.plot.header import Elided

_LEAST_PX = 40


class StatusWords(Elided):
    """A line that asks for its whole width and does with little; cut, it tells all under the pointer."""

    def minimumSizeHint(self) -> QSize:
        """Ask for a few letters at least."""
        whole = super().minimumSizeHint()
        return QSize(min(whole.width(), _LEAST_PX), whole.height())

    def event(self, event: QEvent) -> bool:
        """Tell the words that are cut before what they are."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self.drawn_text() != self.text():
            told = "\n".join(dict.fromkeys(filter(None, (plain(self.text()), self.toolTip()))))
            QToolTip.showText(event.globalPos(), told, self)
            return True
        return super().event(event)
