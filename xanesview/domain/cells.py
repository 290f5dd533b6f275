"""Volumes of cells, whatever a file has for one."""

from __future__ import annotations

import numpy as np


def cell_volume(cell_angstrom: np.ndarray) -> float:
    """Return the volume of a cell (3, 3), rows a, b, c in Å, in Å³; NaN where a number of it is not finite.

    A determinant by elimination warns of singular matrices on some computers; the triple product has nothing to divide.
    """
    with np.errstate(all="ignore"):
        a, b, c = np.asarray(cell_angstrom, dtype=float)
        return float(abs(a @ np.cross(b, c)))


def spanned(vectors_angstrom: np.ndarray) -> float:
    """Return the length, area or volume that 1 to 3 vectors (n, 3), Å, span, in Åⁿ; NaN where one is not finite."""
    with np.errstate(all="ignore"):
        vectors = np.asarray(vectors_angstrom, dtype=float)
        if len(vectors) == 3:
            return cell_volume(vectors)
        return float(np.linalg.norm(vectors[0] if len(vectors) == 1 else np.cross(*vectors)))
