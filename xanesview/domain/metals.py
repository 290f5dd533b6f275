"""Which elements are metals: their contacts with one another in an oxide or salt are no bonds."""

from __future__ import annotations

import numpy as np

# H, He, B to Ne, Si to Ar, Ge to Kr, Sb to Xe, At, Rn
_NON_METALS = (1, 2, *range(5, 11), *range(14, 19), *range(32, 37), *range(51, 55), 85, 86)


def is_metal(numbers: np.ndarray | int) -> np.ndarray:
    """Return whether atoms (N,) of these atomic numbers are metals."""
    return ~np.isin(numbers, _NON_METALS)
