"""Dialogs on small screens: as large as wanted, and no larger than there is room for."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog

_FRAME_PX = 40  # title bar and edges


def resize_on_screen(dialog: QDialog, width: int, height: int) -> None:
    """Give a dialog a size where the screen has room for it, else what there is."""
    room = dialog.screen().availableGeometry()
    dialog.resize(min(width, room.width() - _FRAME_PX // 2), min(height, room.height() - _FRAME_PX))
