"""Dialogs on small screens: as large as wanted, and no larger than there is room for."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QWidget

_FRAME_PX = 40  # title bar and edges


def resize_on_screen(dialog: QDialog, width: int, height: int) -> None:
    """Give a dialog a size where the screen has room for it, else what there is."""
    room = dialog.screen().availableGeometry()
    dialog.resize(min(width, room.width() - _FRAME_PX // 2), min(height, room.height() - _FRAME_PX))


class WholeWidth(QScrollArea):
    """Scrolls what it holds up and down; as wide as that asks for, whatever size letters have, where there is room."""

    def __init__(self, content: QWidget) -> None:
        super().__init__(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        self._soon = QTimer(self, singleShot=True, interval=0)  # once the style is that of the new letters
        self._soon.timeout.connect(self._widen)
        self.setWidget(content)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look again when what it holds asks for another size."""
        if watched is self.widget() and event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self._soon.start()
        return super().eventFilter(watched, event)

    def _widen(self) -> None:
        wide = self.widget().minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        self.setMinimumWidth(min(wide, self.screen().availableGeometry().width() - 2 * _FRAME_PX))
