"""Fewer points of a dense curve: means over cells of energy."""

from __future__ import annotations

import numpy as np


def binned(energy_ev: np.ndarray, intensity: np.ndarray, cell_ev: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean energy and intensity of the points in each cell, and how many they are.

    Parameters
    ----------
    energy_ev : (E,) array, eV, ascending
    intensity : (E,) array
    cell_ev : width of a cell, eV; a cell with one point keeps it as it is, one without any is left out

    Returns
    -------
    energy_ev, intensity, count : (C,) arrays, C ≤ E
    """
    energy, values = np.asarray(energy_ev, dtype=np.float64), np.asarray(intensity, dtype=np.float64)
    cell = np.floor((energy - energy[0]) / cell_ev)
    first = np.flatnonzero(np.diff(cell, prepend=-1.0))
    count = np.diff(first, append=len(energy))
    if len(first) == len(energy):
        return energy, values, count
    return np.add.reduceat(energy, first) / count, np.add.reduceat(values, first) / count, count
