"""Thresholds of the domain check, from training and validation data, for networks of every kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from ase.data import chemical_symbols

from xanesview.domain.counts import counted
from xanesview.inference.domain_check import (
    bond_imbalance,
    bond_name,
    bond_pairs,
    environments,
    nearest_distances,
    surroundings,
)
from xanesview.networks.neighbours import neighbour_edges
from xanesview.training.configuration import BundleNames
from xanesview.training.data.labelled import LabelledStructure

QUANTILE = 99.0
MARGIN = 1.25
MOST_DESCRIBED_ELEMENTS = 15
"""Environments of data with more elements tell only the commonest apart, so that a bundle stays small."""


def molecule_environments(molecules: list[LabelledStructure], elements: list[int]) -> np.ndarray:
    """Return the descriptors (S, F) of all sites."""
    out = []
    for m in molecules:
        around = surroundings(m.structure, m.sites)
        out.append(environments(m.numbers, around, len(m.sites), elements))
    return np.concatenate(out)


def _imbalance_limits(molecules: list[LabelledStructure]) -> dict[str, float]:
    """Return how far from balanced the bonds of training sites are at most, by number of bonds; rare outliers left
    out."""
    found: dict[int, list[float]] = {}
    for m in molecules:
        i, j, d = neighbour_edges(m.positions_angstrom, m.cell_angstrom, m.pbc, 3.5)
        counts, imbalance = bond_imbalance(m.numbers, i, d, bond_pairs(m.numbers, i, j, np.linalg.norm(d, axis=1)))
        for site in m.sites:
            found.setdefault(int(counts[site]), []).append(float(imbalance[site]))
    return {
        str(n): round(float(np.percentile(values, 99.5)) + 0.05, 3)
        for n, values in sorted(found.items())
        if len(values) >= 10
    }


def clusters_described(train: list[LabelledStructure], source: str, bundle: BundleNames) -> str:
    """Return in words what a network was trained on whose data are spectra on a grid of structures without a cell."""
    if bundle.clusters_of_crystals:
        crystals = len({m.parent for m in train})
        learnt = f"{counted(len(train), 'site')} of {counted(crystals, 'crystal')}"
        return f"crystals and slabs; learnt from clusters cut around {learnt}"
    return f"{counted(len(train), 'molecule or cluster', 'molecules or clusters')} of {source}"


def _described(train: list[LabelledStructure]) -> str:
    """Return in words what a network was trained on."""
    if any(m.pbc.any() for m in train):
        kinds = sorted({m.parent.split("_")[0] for m in train})
        return "crystals and slabs like those of the training data: " + ", ".join(kinds)
    return "closed-shell molecules of up to about 16 heavy atoms, GFN2-xTB geometry ± 0.04 Å"


def elements_seen(structures: Sequence[LabelledStructure], by_parent: bool = False) -> Counter[str]:
    """Return how many structures, or parents of structures, hold each element."""
    known = {(m.parent if by_parent else k, int(z)) for k, m in enumerate(structures) for z in set(m.numbers.tolist())}
    return Counter(chemical_symbols[z] for _, z in known)


def bonds_seen(structures: Sequence[LabelledStructure]) -> Counter[str]:
    """Return how many structures hold each kind of bond."""
    bonds: Counter[str] = Counter()
    for m in structures:
        i, j, d = neighbour_edges(m.positions_angstrom, m.cell_angstrom, m.pbc, 3.5)
        bonded = bond_pairs(m.numbers, i, j, np.linalg.norm(d, axis=1))
        bonds.update({bond_name(a, b) for a, b in zip(m.numbers[i[bonded]], m.numbers[j[bonded]], strict=True)})
    return bonds


def environment_domain(
    elements: list[int], train: list[LabelledStructure], val: list[LabelledStructure], by_parent: bool = False
) -> tuple[dict, np.ndarray]:
    """Return the card's ``domain`` as far as it follows from structures, and the training environments (T, F).

    Parameters
    ----------
    elements : atomic numbers that environments tell apart; of many the commonest in the training structures
    by_parent : count each element once a parent, not a structure, where structures are clusters of the same crystal

    Notes
    -----
    The threshold lies a quarter above the 99th percentile of the validation sites. What a network was taught by another
    one makes nothing known: where the teacher is wrong, so is the pupil.
    """
    train = [m for m in train if not m.taught] or train
    molecules_with = elements_seen(train, by_parent)
    commonest = sorted(elements, key=lambda z: -molecules_with[chemical_symbols[z]])[:MOST_DESCRIBED_ELEMENTS]
    elements = [z for z in elements if z in commonest]
    known = molecule_environments(train, elements).astype(np.float16)
    distances = nearest_distances(molecule_environments(val, elements), known)
    domain = {
        "imbalance": _imbalance_limits(train),
        "description": _described(train),
        "elements": dict(sorted(molecules_with.items())),
        "bonds": dict(sorted(bonds_seen(train).items())),
        "descriptor_elements": elements,
        "distance_threshold": round(float(np.percentile(distances, QUANTILE)) * MARGIN, 4),
    }
    return domain, known
