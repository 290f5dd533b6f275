"""Pictures for the inset of a figure: read, and cut to what is drawn on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.limits import MOST_PIXELS, check_count

_MARGIN_PX = 4


def read_picture(path: str | Path) -> np.ndarray:
    """Return a PNG as (H, W, 4) uint8, cut to what is drawn on it.

    Raises
    ------
    XanesviewError
        For a missing file, one that is no PNG, or one that is too large.
    """
    from PIL import Image, UnidentifiedImageError

    path = Path(path)
    if not path.is_file():
        raise XanesviewError(f"There is no picture {path}.", "Give the name of a PNG.")
    try:
        with Image.open(path, formats=["PNG"]) as picture:
            check_count(picture.width * picture.height, MOST_PIXELS, "pixels", "Give a smaller picture.")
            return trimmed(np.asarray(picture.convert("RGBA")))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise XanesviewError(f"{path.name} can't be read as a picture.", "Give the name of a PNG.") from error


def trimmed(picture: np.ndarray) -> np.ndarray:
    """Return a picture (H, W, 4) uint8 without the margin in which nothing is drawn: clear, or of one colour."""
    corner = picture[0, 0]
    drawn = (picture != corner).any(axis=2) if corner[3] else picture[..., 3] > 0
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    if not rows.size:
        return picture
    top, left = max(rows[0] - _MARGIN_PX, 0), max(columns[0] - _MARGIN_PX, 0)
    return np.ascontiguousarray(picture[top : rows[-1] + 1 + _MARGIN_PX, left : columns[-1] + 1 + _MARGIN_PX])
