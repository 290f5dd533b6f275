"""Small molecules that are predicted together: out of each other's sight, in one evaluation of the network.

Half of what a small molecule takes is said to the processor, not computed: four at once take two thirds of the time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xanesview.domain.structure import Structure

MOST_ATOMS_EACH = 60
Asked = tuple[Structure, np.ndarray]


def key_of(structure: Structure, sites: np.ndarray) -> tuple[bytes, ...]:
    """Return what an answer depends on."""
    parts = structure.numbers, structure.positions_angstrom, np.asarray(sites, np.int64)
    return tuple(np.ascontiguousarray(part).tobytes() for part in parts)


def is_small(structure: Structure) -> bool:
    """Whether a structure gains by company: a molecule of few atoms."""
    return not structure.is_periodic and structure.n_atoms <= MOST_ATOMS_EACH


def side_by_side(asked: Sequence[Asked], apart_angstrom: float) -> tuple[Structure, np.ndarray, list[slice]]:
    """Return one structure of several molecules, further apart than the network sees, and its sites.

    Returns
    -------
    structure, sites (S,), and where the sites of each molecule stand among these
    """
    numbers, positions, sites, places = [], [], [], []
    right, n_atoms, n_sites = 0.0, 0, 0
    for structure, chosen in asked:
        own = structure.positions_angstrom
        positions.append(own + np.array([right - own[:, 0].min(), 0.0, 0.0]))
        right += float(np.ptp(own[:, 0])) + apart_angstrom
        numbers.append(structure.numbers)
        sites.append(np.asarray(chosen) + n_atoms)
        places.append(slice(n_sites, n_sites + len(chosen)))
        n_atoms, n_sites = n_atoms + structure.n_atoms, n_sites + len(chosen)
    return Structure(np.concatenate(numbers), np.concatenate(positions)), np.concatenate(sites), places
