"""Conformers of one molecule: which of them are alike, how often each counts, and their shares.

A conformer and its mirror image have one energy and one isotropic spectrum. Where the molecule itself has no hand, both
are found in it and count as one that counts twice; so do copies in which equivalent atoms have changed places, which
are the fewer the more rotations map a conformer onto itself. Together that is (2 if chiral) / σ with σ its order of
rotation: in butane anti (C2h) 1/2 and gauche (C2, chiral) 2/2, so gauche counts twice beside anti.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xanesview.domain.conformer import ROOM_K, Conformer
from xanesview.domain.point_group import point_operations
from xanesview.domain.ranking.conformers import boltzmann_shares
from xanesview.domain.structure import Structure
from xanesview.domain.superposition import superposed

#: Distances between atoms differ by less in two relaxations to one minimum, Å; their energies by less, eV.
_SAME_ANGSTROM, _SAME_EV = 0.12, 0.003
#: A relaxed conformer is symmetric where its atoms are this near to each other's places, Å.
_SYMMETRIC_ANGSTROM = 0.12


def distances_by_element(structure: Structure) -> np.ndarray:
    """Return the distances (K,) between atoms, sorted within each pair of elements.

    Two conformers have the same if one is the other turned, mirrored, or with like atoms in each other's places.
    """
    one, two = np.triu_indices(structure.n_atoms, 1)
    lengths = np.linalg.norm(structure.positions_angstrom[one] - structure.positions_angstrom[two], axis=1)
    pairs = np.sort(np.stack([structure.numbers[one], structure.numbers[two]], axis=1), axis=1)
    return lengths[np.lexsort((lengths, pairs[:, 1], pairs[:, 0]))]


def different(
    structures: Sequence[Structure], energies_ev: Sequence[float], same_ev: float = _SAME_EV
) -> list[int]:
    """Return which conformers (K,) are left, lowest energy first, when each is kept once."""
    kept: list[int] = []
    found = [distances_by_element(one) for one in structures]
    for k in np.argsort(energies_ev, kind="stable").tolist():
        alike = (
            abs(energies_ev[k] - energies_ev[one]) < same_ev and np.abs(found[k] - found[one]).max(initial=0.0)
            < _SAME_ANGSTROM for one in kept
        )  # fmt: skip
        if not any(alike):
            kept.append(k)
    return kept


def counts_as(structure: Structure, has_mirror_image: bool) -> float:
    """Return (2 where it is chiral and its mirror image is the same molecule, else 1) over its order of rotation."""
    operations = point_operations(structure, _SYMMETRIC_ANGSTROM)
    proper = sum(np.linalg.det(one.rotation) > 0 for one in operations)
    is_chiral = proper == len(operations)
    return (2.0 if is_chiral and has_mirror_image else 1.0) / proper


def with_shares(
    structures: Sequence[Structure],
    energies_ev: Sequence[float],
    has_mirror_image: bool,
    temperature_k: float = ROOM_K,
    within_ev: float = np.inf,
) -> list[Structure]:
    """Return different conformers as frames, lowest energy first, each with its energy and share.

    Parameters
    ----------
    structures : relaxed conformers, their atoms in one order
    energies_ev : (N,) float
        From any origin.
    has_mirror_image : bool
        Whether a conformer's mirror image is one of the same molecule.
    temperature_k : float
    within_ev : float
        Those that are higher than this above the lowest are left out.
    """
    energies = np.asarray(energies_ev, dtype=float)
    order = [k for k in different(structures, energies) if energies[k] <= energies.min() + within_ev]
    counts = np.array([counts_as(structures[k], has_mirror_image) for k in order])
    shares = boltzmann_shares(energies[order], temperature_k, counts)
    first, frames = structures[order[0]], []
    heavy = np.where(first.numbers > 1, 1.0, 1e-3)
    for place, k in enumerate(order):
        known = Conformer(
            float(energies[k] - energies[order[0]]), float(shares[place]), float(counts[place] / counts.min()),
            temperature_k,
        )  # fmt: skip
        lying = superposed(structures[k].positions_angstrom, first.positions_angstrom, heavy)
        frames.append(
            structures[k].replace(positions_angstrom=lying, conformer=known, frame=place, n_frames=len(order))
        )
    return frames
