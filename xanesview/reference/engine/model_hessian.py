"""How a search for the least energy begins: a guess of the Hessian from bonds alone."""

from __future__ import annotations

import numpy as np

from xanesview.domain.structure import Structure, bonds

#: eV/Å²: along bonds, between the neighbours of an atom, and of every atom.
STRETCHING, BENDING, ANY = 40.0, 8.0, 4.0


def model_hessian(structure: Structure, free: np.ndarray) -> np.ndarray:
    """Return a guess of the Hessian (3N, 3N), eV/Å²: springs along bonds and between neighbours of an atom.

    Only springs between the free atoms (K,) count; the others don't move.

    It halves the steps, and what is soft, such as a twist about a single bond, moves from the first step on.
    """
    positions, n = structure.positions_angstrom, structure.n_atoms
    i, j, shift = bonds(structure)
    inside = np.isin(i, free) & np.isin(j, free) & ~shift.any(axis=1)
    i, j = i[inside], j[inside]
    bonded = np.zeros((n, n), dtype=int)
    bonded[i, j] = bonded[j, i] = 1
    spring = np.where(bonded, STRETCHING, np.where(bonded @ bonded, BENDING, 0.0))
    hessian = np.zeros((n, 3, n, 3))
    for a, b in np.argwhere(np.triu(spring, 1)).tolist():
        along = positions[a] - positions[b]
        block = spring[a, b] * np.outer(along, along) / (along @ along)
        for one, other, sign in ((a, a, 1), (b, b, 1), (a, b, -1), (b, a, -1)):
            hessian[one, :, other, :] += sign * block
    return hessian.reshape(3 * n, 3 * n) + ANY * np.eye(3 * n)
