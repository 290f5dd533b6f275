"""Pictures of Qt as files, written completely or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QImageWriter, QPixmap

from xanesview.errors import XanesviewError
from xanesview.io.atomic import write_bytes


def save_picture(picture: QImage | QPixmap, path: str | Path, facts: Mapping[str, str] | None = None) -> None:
    """Write a picture in the format of the file's ending, with facts as texts of a PNG (others have no place for them).

    Raises
    ------
    XanesviewError
        If the ending is no picture's, or the file can't be written.
    """
    path = Path(path)
    kind = path.suffix.lower().lstrip(".")
    if kind.encode() not in QImageWriter.supportedImageFormats():
        raise XanesviewError(f"Pictures can't be written as “{path.suffix or path.name}”.", "End the name with .png.")
    if facts:
        picture = picture.toImage() if isinstance(picture, QPixmap) else picture
        for key, value in facts.items():
            picture.setText(key, value)
    content = QBuffer()
    content.open(QIODevice.OpenModeFlag.WriteOnly)
    if not picture.save(content, kind.upper()):
        raise XanesviewError(f"There is no picture to write to {path.name}.", "Make the window larger.")
    try:
        write_bytes(path, content.data().data())
    except XanesviewError as error:
        why = error.message[:1].lower() + error.message[1:]
        raise XanesviewError(f"The picture could not be saved: {why}", error.hint) from error


def rgba_of(picture: QImage) -> np.ndarray:
    """Return a picture as (H, W, 4) uint8: red, green, blue, opacity."""
    plain = picture.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 4 * plain.width()].reshape(plain.height(), plain.width(), 4).copy()
