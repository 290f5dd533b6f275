"""The energies that K-edge networks of C, N and O are measured on, and the grid there: our measure."""

from __future__ import annotations

import numpy as np

from xanesview.errors import XanesviewError

# Bound resonances and the first 13 eV or so of the continuum; structure above depends on the basis set.
WINDOWS_EV = {"C": (280.0, 305.0), "N": (395.0, 420.0), "O": (527.0, 552.0)}
STEP_EV = 0.25


def window_ev(element: str) -> tuple[float, float]:
    """Return the energies that an element's K-edge networks are measured on.

    Raises
    ------
    XanesviewError
        for an element without such networks.
    """
    if element not in WINDOWS_EV:
        raise XanesviewError(
            f"No energy window is set for the {element} K-edge.", f"Elements: {', '.join(WINDOWS_EV)}."
        )
    return WINDOWS_EV[element]


def measure_grid(element: str = "C", margin_ev: float = 0.0) -> np.ndarray:
    """Return the grid of our measure: for C K-edge networks 280–305 eV, in 0.25 eV steps; with a margin on both
    sides."""
    first, last = window_ev(element)
    n = round((last - first + 2 * margin_ev) / STEP_EV) + 1
    return np.linspace(first - margin_ev, last + margin_ev, n)
