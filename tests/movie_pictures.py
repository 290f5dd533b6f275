"""What a movie shows, picture by picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def pictures(path: str | Path) -> list[np.ndarray]:
    """Return the pictures (H, W, 3) of a GIF or WebP, as whole numbers that can be subtracted."""
    movie = Image.open(path)
    found = []
    for k in range(movie.n_frames):
        movie.seek(k)
        found.append(np.asarray(movie.convert("RGB")).astype(int))
    return found
