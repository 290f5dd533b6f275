"""Molecules of a periodic structure that its cell's faces cut: by which lattice vectors their atoms belong together."""

from __future__ import annotations

import numpy as np

from xanesview.domain.structure import Structure, bonds


def whole_molecule_shifts(structure: Structure) -> np.ndarray | None:
    """Return by how many cell vectors each atom is to be moved (N, 3), int, for molecules to be whole.

    A molecule stays where most of it is. Networks of bonds without an end (frameworks, surfaces, polymer chains) have
    no whole and stay as they are, and so does what no face cuts.

    Returns
    -------
    (N, 3) int, or None where no molecule is cut.
    """
    i, j, step = bonds(structure)
    if not step.any():
        return None
    molecule, shifts, endless = bonded_parts(structure.n_atoms, i, j, step)
    shifts[endless] = 0
    if not shifts.any():
        return None
    size = np.bincount(molecule, minlength=structure.n_atoms)[molecule]
    for shift in shifts.T:  # half and half: towards the origin, whatever atom comes first
        mean = np.bincount(molecule, weights=shift, minlength=structure.n_atoms)[molecule] / size
        shift -= np.floor(mean + 0.5).astype(np.int64)
    return shifts


def lone_molecule(structure: Structure) -> Structure:
    """Return the molecule of a box that holds a single one, whole and without the box, its atoms in the same order.

    What has no end, or is several molecules, is returned as it is.
    """
    if not structure.is_periodic:
        return structure
    i, j, step = bonds(structure)
    molecule, _, endless = bonded_parts(structure.n_atoms, i, j, step)
    if endless.any() or molecule.any():  # the lowest index of the one molecule is 0
        return structure
    shifts = whole_molecule_shifts(structure)
    moved = 0.0 if shifts is None else shifts @ structure.cell_angstrom
    return structure.replace(
        positions_angstrom=structure.positions_angstrom + moved, cell_angstrom=np.zeros((3, 3)), pbc=(False,) * 3
    )


def bonded_parts(
    n_atoms: int, i: np.ndarray, j: np.ndarray, step: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what bonds hold together: for each atom the lowest index of its part (N,), the cell in which one arrives
    along bonds from that atom (N, 3), and whether the part has no end (N,), bool."""
    molecule = _molecules(n_atoms, i, j)
    shifts = _walked(molecule, i, j, step)
    # Along a closed way through a network without an end one comes to another image of the atom one began with.
    endless = np.zeros(n_atoms, bool)
    endless[molecule[i[(shifts[i] + step != shifts[j]).any(axis=1)]]] = True
    return molecule, shifts, endless[molecule]


def _molecules(n_atoms: int, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Return for each atom (N,) the lowest index of an atom that bonds connect it with."""
    lowest = np.arange(n_atoms)
    while True:
        lower = lowest.copy()
        np.minimum.at(lower, i, lowest[j])
        np.minimum.at(lower, j, lowest[i])
        lower = lower[lower]  # what the neighbour has found out already: long chains take few rounds
        if np.array_equal(lower, lowest):
            return lowest
        lowest = lower


def _walked(molecule: np.ndarray, i: np.ndarray, j: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Return the cells (N, 3), int, in which one arrives going along bonds from the first atom of each molecule."""
    source, target = np.concatenate([i, j]), np.concatenate([j, i])
    order = np.argsort(source, kind="stable")
    source, target, step = source[order], target[order], np.concatenate([step, -step])[order]
    start = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=len(molecule)))])
    cells = np.zeros((len(molecule), 3), np.int64)
    front = np.flatnonzero(molecule == np.arange(len(molecule)))
    seen = np.zeros(len(molecule), bool)
    seen[front] = True
    while len(front):  # all molecules at once, a bond further each round
        count = start[front + 1] - start[front]
        edges = np.repeat(start[front + 1] - np.cumsum(count), count) + np.arange(count.sum())
        edges = edges[~seen[target[edges]]]
        front, first = np.unique(target[edges], return_index=True)
        edges = edges[first]
        cells[front] = cells[source[edges]] + step[edges]
        seen[front] = True
    return cells
