"""Fewer points with the same outline: the lowest and the highest of each run."""

from __future__ import annotations

import numpy as np


def outline(values: np.ndarray, per_run: int) -> np.ndarray:
    """Return the places (M,), ascending, of the lowest and the highest of every so many values, and of both ends.

    Parameters
    ----------
    values : (E,) finite numbers
    per_run : at least 1
    """
    runs = values.size // per_run
    rows = values[: runs * per_run].reshape(runs, per_run)
    start = np.arange(runs) * per_run
    extremes = np.stack([start + rows.argmin(axis=1), start + rows.argmax(axis=1)], axis=1)
    rest = np.arange(runs * per_run, values.size)
    return np.unique(np.concatenate([[0], extremes.ravel(), rest, [values.size - 1]]))
