"""What a drop would do, said over the window while files are dragged across it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from xanesview.gui.appearance.palette import RADIUS, SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.appearance.theme import colours
from xanesview.io.recognition import kind_of_file
from xanesview.io.text_file import is_folder

#: Of more files it is not looked at, while they are dragged, what each of them is.
MANY = 20


class DropHint(Label):
    """A window of its own without a frame, since the 3D view would cover what lies in the same one."""

    def __init__(self, window: QWidget) -> None:
        super().__init__("", window, alignment=Qt.AlignmentFlag.AlignCenter)
        self.setWindowFlags(
            Qt.WindowType.ToolTip
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowTransparentForInput
            | Qt.WindowType.WindowDoesNotAcceptFocus
        )
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setObjectName("drop-hint")
        self.setAccessibleName("Drop hint")

    def show_for(self, paths: Sequence[Path]) -> None:
        """Say what happens to these files when they are dropped, in the middle of the window."""
        scheme = colours(self.parentWidget())
        self.setStyleSheet(
            f"#drop-hint {{ background: {scheme.raised}; color: {scheme.text}; border: 2px dashed {scheme.control};"
            f" border-radius: {RADIUS}px; padding: {2 * SPACING}px {3 * SPACING}px; font-size: 13pt; }}"
        )
        self.setText(words(paths))
        self.adjustSize()
        window = self.parentWidget()
        self.move(window.mapToGlobal(window.rect().center()) - self.rect().center())
        self.show()


def words(paths: Sequence[Path]) -> str:
    """What a drop does: sessions and structures are opened, spectra laid over the prediction, images mapped."""
    if len(paths) > MANY:
        return f"Drop to open {len(paths):,} files"
    folders = [path for path in paths if is_folder(path)]
    paths = [path for path in paths if path not in folders]
    kinds = [kind_of_file(path) for path in paths]
    sessions = [path for path, kind in zip(paths, kinds, strict=True) if kind == "session"][:1]
    spectra = [path for path, kind in zip(paths, kinds, strict=True) if kind == "spectrum"]
    images = [path for path, kind in zip(paths, kinds, strict=True) if kind == "image"][:1]
    structures = [path for path, kind in zip(paths, kinds, strict=True) if kind not in ("session", "spectrum", "image")]
    lines = [
        f"Drop to {verb} {files[0].name if len(files) == 1 else f'{len(files)} {what}'}"
        for verb, what, files in (
            ("predict all structures of", "folders", folders), ("open", "", sessions),
            ("open", "structures", structures), ("overlay", "spectra", spectra), ("map", "", images),
        )
        if files
    ]
    return "\n".join(lines)
