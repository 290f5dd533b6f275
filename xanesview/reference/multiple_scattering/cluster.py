"""The cluster of atoms around an absorber, and which of them share a potential."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from xanesview.domain.neighbour_list import MOST_IMAGES, pairs_within
from xanesview.domain.structure import COVALENT_RADII_ANGSTROM, SYMBOLS, Structure, close_contacts, complete_cell
from xanesview.errors import XanesviewError

LIGAND_FACTOR = 1.39
"""A cation and an anion closer than this multiple of their covalent radii are neighbours: 2.75 Å for Fe and O."""
_BOND_FACTOR = 1.25
MOST_POTENTIALS = 9
"""Potentials beside the absorber's. Each adds its share to the time of self-consistency; a surface has many kinds."""
MOST_ATOMS = 900
"""In the list, tails included. FEFF's own limit is 1000."""
_NONMETALS = np.array(
    [
        SYMBOLS.index(s)
        for s in [
            "H",
            "He",
            "B",
            "C",
            "N",
            "O",
            "F",
            "Ne",
            "Si",
            "P",
            "S",
            "Cl",
            "Ar",
            "Ge",
            "As",
            "Se",
            "Br",
            "Kr",
            "Te",
            "I",
            "Xe",
            "At",
            "Rn",
        ]
    ]
)
_SAME_ANGSTROM = 1e-3


@dataclass(frozen=True, eq=False)
class Potential:
    """A kind of atom that shares one potential: ``coordination`` neighbours; ``count`` of it in the whole cell."""

    number: int
    coordination: int
    count: float


@dataclass(frozen=True, eq=False)
class Cluster:
    """Atoms around an absorber, itself first, by distance.

    ``positions_angstrom`` (N, 3) from the absorber, ``numbers`` (N,), ``potential`` (N,) 0 for the absorber, else from
    1 as listed in ``potentials``.
    """

    positions_angstrom: np.ndarray
    numbers: np.ndarray
    potential: np.ndarray
    potentials: tuple[Potential, ...]

    @property
    def n_atoms(self) -> int:
        """Number of atoms of the list."""
        return len(self.numbers)

    def within(self, radius_angstrom: float) -> int:
        """Return how many atoms, the absorber included, are within a radius."""
        return int((np.linalg.norm(self.positions_angstrom, axis=1) <= radius_angstrom).sum())

    def around_each(self, radius_angstrom: float) -> np.ndarray:
        """Return how many atoms are within a radius of the first atom of each potential, (P + 1,), itself included."""
        first = np.unique(self.potential, return_index=True)[1]
        offsets = self.positions_angstrom[first][:, None] - self.positions_angstrom[None]
        return (np.linalg.norm(offsets, axis=2) <= radius_angstrom).sum(axis=1)


def cluster_around(structure: Structure, atom: int, radius_angstrom: float) -> Cluster:
    """Return the atoms within a radius of an atom, periodic images included.

    Raises
    ------
    XanesviewError
        For atoms on top of one another, an atom that stands alone, more atoms than FEFF takes, or a cell too skewed.
    """
    check_apart(structure)
    offsets, owner = _around(structure, atom, radius_angstrom)
    if len(offsets) > MOST_ATOMS:
        raise XanesviewError(
            f"There are {len(offsets)} atoms within {radius_angstrom:.1f} Å of atom {atom}; FEFF takes {MOST_ATOMS}.",
            "Choose a faster preset, whose cluster is smaller.",
        )
    if len(offsets) < 2:
        raise XanesviewError(
            f"There is no other atom within {radius_angstrom:.1f} Å of atom {atom}, so nothing scatters.",
            "Check the structure's cell.",
        )
    kinds = _kinds(ByContent(structure))
    labels, potentials = _potentials(structure, kinds, owner[1:])
    potential = np.concatenate([[0], labels])
    return Cluster(offsets, structure.numbers[owner], potential, potentials)


class ByContent:
    """A structure that counts as equal to any other of the same content."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure

    def __hash__(self) -> int:
        return hash(self.structure.content_hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByContent) and self.structure.content_hash == other.structure.content_hash


@lru_cache(maxsize=4)
def _first_contact(one: ByContent) -> tuple[int, int, float] | None:
    """Return the closest pair of atoms that is impossibly close; asked for with every site of the same structure."""
    return next(iter(close_contacts(one.structure)), None)


@lru_cache(maxsize=4)
def _kinds(one: ByContent) -> np.ndarray:
    kinds = atom_kinds(one.structure)
    kinds.flags.writeable = False
    return kinds


def check_apart(structure: Structure) -> None:
    """Raise XanesviewError where two atoms are impossibly close."""
    contact = _first_contact(ByContent(structure))
    if contact is not None:
        i, j, distance = contact
        pair = f"{structure.symbols[i]}{i} and {structure.symbols[j]}{j}"
        raise XanesviewError(
            f"{pair} are {distance:.2f} Å apart: atoms on top of one another have no potential.",
            "Repair the structure; partly occupied sites must be chosen one way or the other.",
        )


def atom_kinds(structure: Structure) -> np.ndarray:
    """Return the coordination (N,) of each atom of the cell.

    Neighbours of a metal are the non-metals around it and the other way round; among non-metals bonds count, and among
    metals nothing does: a metal is one kind.
    """
    radii = COVALENT_RADII_ANGSTROM[structure.numbers]
    cutoff = LIGAND_FACTOR * 2.0 * float(radii.max())
    i, j, _, distance = pairs_within(structure.positions_angstrom, complete_cell(structure), structure.pbc, cutoff)
    nonmetal = np.isin(structure.numbers, _NONMETALS)
    factor = np.where(nonmetal[i] != nonmetal[j], LIGAND_FACTOR, np.where(nonmetal[i], _BOND_FACTOR, 0.0))
    near = distance <= factor * (radii[i] + radii[j])
    return np.bincount(i[near], minlength=structure.n_atoms)


def _around(structure: Structure, atom: int, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Return offsets (M, 3) from an atom and owners (M,) of all atoms within a radius, the atom itself first."""
    cell = complete_cell(structure)
    inverse = np.linalg.inv(cell)
    here = structure.positions_angstrom - structure.positions_angstrom[atom]
    wrap = np.where(structure.pbc, np.round(here @ inverse), 0.0)
    here = here - wrap @ cell
    reach = np.where(structure.pbc, np.ceil(radius * np.linalg.norm(inverse, axis=0) + 0.5), 0.0).astype(int)
    if np.prod(2.0 * reach + 1.0) > MOST_IMAGES:
        raise XanesviewError(
            "The unit cell is so flat or skewed that no cluster can be cut out of it.",
            "Write the reduced cell with a crystal program.",
        )
    found, owners = [], []
    for image in product(*(range(-n, n + 1) for n in reach)):
        moved = here + np.asarray(image, float) @ cell
        near = np.flatnonzero((moved**2).sum(axis=1) <= radius**2)
        found.append(moved[near])
        owners.append(near)
    offsets, owner = np.concatenate(found), np.concatenate(owners)
    distance = np.linalg.norm(offsets, axis=1)
    # Rounded, so that a rotated structure lists its atoms in the same order of shells.
    order = np.lexsort((owner, np.round(distance / _SAME_ANGSTROM)))
    return offsets[order], owner[order]


def _potentials(
    structure: Structure, coordination: np.ndarray, owner: np.ndarray
) -> tuple[np.ndarray, tuple[Potential, ...]]:
    """Return the potential (M,) from 1 of each listed atom, and the potentials.

    Kinds of the cell that are not among the listed atoms, and the rarest of more than `MOST_POTENTIALS`, join the kind
    of the same element whose coordination is nearest: an element keeps its share of the formula.
    """
    counts = Counter(zip(structure.numbers.tolist(), coordination.tolist(), strict=True))
    listed = Counter(zip(structure.numbers[owner].tolist(), coordination[owner].tolist(), strict=True))
    joins = {kind: kind for kind in counts}

    def kept() -> list[tuple[int, int]]:
        return sorted(set(joins.values()))

    def join(kind: tuple[int, int]) -> bool:
        others = [k for k in kept() if k[0] == kind[0] and k != kind]
        if not others:
            return False
        nearest = min(others, key=lambda k: (abs(k[1] - kind[1]), -counts[k]))
        joins.update({k: nearest for k, target in joins.items() if target == kind})
        return True

    for kind in [k for k in counts if k not in listed]:
        if not join(kind):  # an element that only stands further out
            joins = {k: target for k, target in joins.items() if target != kind}
    while len(kept()) > MOST_POTENTIALS:
        size = Counter()
        for kind, target in joins.items():
            size[target] += counts[kind]
        if not any(join(kind) for kind in sorted(kept(), key=lambda k: size[k])):
            raise XanesviewError(
                f"The structure has {len(kept())} elements; FEFF takes {MOST_POTENTIALS} kinds of atoms here.",
                "Compute a smaller part of it.",
            )
    kinds = kept()
    amount = Counter()
    for kind, target in joins.items():
        amount[target] += counts[kind]
    place = {kind: kinds.index(target) + 1 for kind, target in joins.items()}
    labels = [place[kind] for kind in zip(structure.numbers[owner].tolist(), coordination[owner].tolist(), strict=True)]
    return np.array(labels), tuple(Potential(z, n, float(amount[z, n])) for z, n in kinds)
