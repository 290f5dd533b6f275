"""Smooth edges in pictures: each pixel is the mean of a square of finer ones, since impostors take no multisampling."""

from __future__ import annotations

import numpy as np


def samples_per_pixel(scale: int) -> int:
    """Return how many times finer, along either edge, a picture is drawn than it is saved.

    Parameters
    ----------
    scale : int
        Pixels of the picture for each of the screen's: where there are many already, fewer samples will do.
    """
    return 3 if scale <= 2 else 2


def mean_of_squares(samples: np.ndarray, finer: int) -> np.ndarray:
    """Return the means (H, W, 4) uint8 over squares of `finer` samples a side of (H · finer, W · finer, 4) uint8.

    What is seen through leaves black behind, so the means are colours already multiplied by their opacity.
    """
    height, width = samples.shape[0] // finer, samples.shape[1] // finer
    total = np.zeros((height, width, 4), np.uint16)
    for row in range(finer):
        for column in range(finer):
            total += samples[row : finer * height : finer, column : finer * width : finer]
    return ((total + finer**2 // 2) // finer**2).astype(np.uint8)


def straight(premultiplied: np.ndarray) -> np.ndarray:
    """Return colours (H, W, 4) uint8 without the opacity that they were multiplied by, as PNG keeps them."""
    alpha = premultiplied[..., 3:].astype(np.uint16)
    colours = (premultiplied[..., :3].astype(np.uint16) * 255 + alpha // 2) // np.maximum(alpha, 1)
    return np.concatenate([np.minimum(colours, 255).astype(np.uint8), premultiplied[..., 3:]], axis=-1)
