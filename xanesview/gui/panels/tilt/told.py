"""Words of several lines that ask for the height they have at their width, and not for that of a narrow column."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from xanesview.gui.appearance.plain_text import Label

_LEAST_PX = 60


class Told(Label):
    """A label that is wrapped; Qt would else keep room for its words in a column of the least width.

    Parameters
    ----------
    lines
        Whose height it keeps before it has words, so that nothing below moves when they come.
    """

    def __init__(self, lines: int = 0, **properties: object) -> None:
        super().__init__(wordWrap=True, **properties)
        self._lines = lines
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def heightForWidth(self, width: int) -> int:
        """Ask for the lines that a width needs, or those that are kept."""
        return max(super().heightForWidth(width), self._lines * self.fontMetrics().lineSpacing())

    def sizeHint(self) -> QSize:
        """Ask for the lines that the present width needs."""
        width = max(self.width(), _LEAST_PX)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Ask for the same height."""
        return QSize(_LEAST_PX, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask anew: another width needs other lines."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
