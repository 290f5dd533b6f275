"""Neighbour lists (vesin), shared by graphs, descriptors and the domain check."""

from __future__ import annotations

import numpy as np


def neighbour_edges(
    positions_angstrom: np.ndarray, cell_angstrom: np.ndarray | None, pbc: np.ndarray | None, cutoff_angstrom: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return all directed pairs closer than the cutoff.

    Parameters
    ----------
    positions_angstrom : (N, 3)
    cell_angstrom, pbc : (3, 3) and (3,), or None for a molecule
    cutoff_angstrom : float

    Returns
    -------
    receiver (P,), sender (P,), vector (P, 3) from receiver to sender in Å
    """
    import vesin  # imports torch where that is installed: two seconds that listing networks must not cost

    periodic = np.zeros(3, bool) if pbc is None else np.asarray(pbc, bool)
    box = np.eye(3) if cell_angstrom is None or not periodic.any() else np.array(cell_angstrom, float)
    calculator = vesin.NeighborList(cutoff=float(cutoff_angstrom), full_list=True)
    i, j, d = calculator.compute(
        points=np.array(positions_angstrom, float), box=box, periodic=periodic, quantities="ijD"
    )
    return i.astype(np.int64), j.astype(np.int64), d
