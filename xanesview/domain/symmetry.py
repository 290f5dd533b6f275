"""Equivalent sites: classes of sites that look alike, and orbits with the rotations between their members."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.neighbour_list import distances_to_nearest
from xanesview.domain.point_group import point_operations
from xanesview.domain.structure import Structure, bonds, complete_cell, neighbour_distances

#: A mapping of atoms onto atoms must be this good to be called a symmetry.
SYMMETRY_TOLERANCE_ANGSTROM = 0.02
#: Alike sites of a molecule see the other heavy atoms at distances that differ by less than this.
ALIKE_ANGSTROM = 0.15
#: So many nearest atoms of each element are compared.
_COMPARED = 32
_LARGE_CELL = 1000  # atoms; up to here spglib answers within a second, whatever the structure
_ENVIRONMENT_CUTOFF_ANGSTROM = 6.0

#: For an atom the atoms that operations map it to, with their rotations.
Images = Callable[[int], list[tuple[int, np.ndarray]]]


@dataclass(frozen=True, eq=False)
class Orbit:
    """Sites that symmetry operations map onto one another.

    Parameters
    ----------
    representative : int
        Atom index of the site to compute.
    members : tuple of int
        Atom indices, the representative first.
    rotations : tuple of (3, 3) arrays
        σ_member = R σ_representative Rᵀ; orthogonal, improper ones included.
    """

    representative: int
    members: tuple[int, ...]
    rotations: tuple[np.ndarray, ...]

    @property
    def multiplicity(self) -> int:
        """Number of members."""
        return len(self.members)


def site_classes(structure: Structure, sites: Sequence[int] | np.ndarray) -> np.ndarray:
    """Return a class label for each site, equal where sites are equivalent.

    In a periodic structure sites are equivalent if an operation of the space group maps them onto one another. In a
    molecule they are if they cannot be told apart in the graph of bonds and see the other heavy atoms at the same
    distances (within 0.15 Å): the two ortho carbons of toluene are one class however its methyl group is turned.
    Sites of a class have nearly the same isotropic spectrum; to turn one tensor into another use `orbits`.

    Parameters
    ----------
    structure : Structure
    sites : (S,) int
        Atom indices.

    Returns
    -------
    (S,) int
        Labels 0, 1, 2 … in the order in which the classes first appear.
    """
    atoms = np.asarray(sites, dtype=np.int64)
    if structure.is_periodic:
        label = {m: k for k, orbit in enumerate(orbits(structure, atoms)) for m in orbit.members}
        labels = np.array([label[int(atom)] for atom in atoms], dtype=np.int64)
    else:
        labels = _alike(structure, atoms, graph_classes(structure)[atoms])
    return _numbered(labels)


def orbits(
    structure: Structure,
    sites: Sequence[int] | np.ndarray,
    tolerance_angstrom: float = SYMMETRY_TOLERANCE_ANGSTROM,
) -> list[Orbit]:
    """Return the orbits of the sites under the symmetry of the structure, in the order in which they first appear.

    A site that no operation within the tolerance reaches is an orbit of its own, so that computing the
    representatives only and turning their tensors is always right. Large disordered cells are not searched.
    """
    images = _periodic_images if structure.is_periodic else _molecular_images
    image_of = images(structure, tolerance_angstrom)
    remaining = dict.fromkeys(int(site) for site in sites)
    result = []
    while remaining:
        representative = next(iter(remaining))
        reached = {representative: np.eye(3)}
        for member, rotation in image_of(representative):
            if member in remaining:
                reached.setdefault(member, rotation)
        for member in reached:
            del remaining[member]
        result.append(Orbit(representative, tuple(reached), tuple(reached.values())))
    return result


def graph_classes(structure: Structure) -> np.ndarray:
    """Return labels (N,) of the atoms that can't be told apart in the graph of bonds.

    Colour refinement (Weisfeiler and Leman, 1968): an atom's colour is its element, then again and again its colour
    with those of its neighbours, until no class splits any more.
    """
    i, j, _ = bonds(structure)
    source, target = np.concatenate([i, j]), np.concatenate([j, i])
    labels = _numbered(structure.numbers)
    rng = np.random.default_rng(20)
    while True:
        # The multiset of the neighbours' colours as a sum of one random number a colour.
        value = rng.random((labels.max() + 1, 2))[labels]
        around = np.stack([np.bincount(source, value[target, k], minlength=len(labels)) for k in range(2)], axis=1)
        keys = np.column_stack([labels, np.round(around, 9)])
        finer = np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)
        if finer.max() == labels.max():
            return _numbered(finer)
        labels = finer


def _alike(structure: Structure, atoms: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Split classes of sites by the sorted distances to the nearest heavy atoms of each element."""
    x = structure.positions_angstrom
    heavy = [z for z in structure.elements if z > 1] or structure.elements
    distances = np.hstack([distances_to_nearest(x[atoms], x[structure.numbers == z], _COMPARED) for z in heavy])
    result = np.empty(len(atoms), dtype=np.int64)
    n_found = 0
    for label in dict.fromkeys(labels.tolist()):
        rows = np.flatnonzero(labels == label)
        typical = np.empty((len(rows), distances.shape[1]))  # the first member of each class found so far
        n_here = 0
        for row in rows:
            miss = np.abs(typical[:n_here] - distances[row]).max(axis=1)
            best = int(miss.argmin()) if n_here else -1
            if best < 0 or miss[best] > ALIKE_ANGSTROM:
                best = n_here
                typical[best] = distances[row]
                n_here += 1
            result[row] = n_found + best
        n_found += n_here
    return result


def _molecular_images(structure: Structure, tolerance_angstrom: float) -> Images:
    operations = point_operations(structure, tolerance_angstrom)
    return lambda atom: [(int(o.permutation[atom]), o.rotation) for o in operations]


def _periodic_images(structure: Structure, tolerance_angstrom: float) -> Images:
    """Images under the space group (spglib), of the layer or rod where fewer directions are periodic."""
    from scipy.spatial import cKDTree  # takes long to load

    if structure.n_atoms > _LARGE_CELL and _is_disordered(structure, tolerance_angstrom):
        return lambda atom: []
    cell = complete_cell(structure, margin_angstrom=7.3)
    fractional = structure.positions_angstrom @ np.linalg.inv(cell)
    turns, shifts = _space_operations(structure, cell, fractional, tolerance_angstrom)
    # The lattice is only as symmetric as the tolerance: take the nearest orthogonal matrices.
    u, _, vt = np.linalg.svd(cell.T @ turns @ np.linalg.inv(cell.T))
    rotations = u @ vt
    tree = cKDTree(_into_cell(fractional), boxsize=1.0)

    def image_of(atom: int) -> list[tuple[int, np.ndarray]]:
        moved = turns @ fractional[atom] + shifts
        nearest = tree.query(_into_cell(moved))[1]
        miss = moved - fractional[nearest]
        miss = np.linalg.norm((miss - np.round(miss)) @ cell, axis=1)
        good = (miss < 2.0 * tolerance_angstrom) & (structure.numbers[nearest] == structure.numbers[atom])
        return [(int(nearest[k]), rotations[k]) for k in np.flatnonzero(good)]

    return image_of


def _space_operations(
    structure: Structure, cell: np.ndarray, fractional: np.ndarray, tolerance_angstrom: float
) -> tuple[np.ndarray, np.ndarray]:
    """Rotations (K, 3, 3) and translations (K, 3) on fractional coordinates, proper rotations first.

    Operations that mix periodic directions with open ones would belong to the box, not to the structure.
    """
    import spglib

    # Where it finds nothing, as with atoms on top of one another, spglib returns None or raises, by its version.
    failure = getattr(spglib, "SpglibError", RuntimeError)
    try:
        found = spglib.get_symmetry_dataset((cell, fractional, structure.numbers), symprec=tolerance_angstrom)
    except failure:
        found = None
    if found is None:
        return np.eye(3)[None], np.zeros((1, 3))
    turns, shifts = found.rotations.astype(np.float64), found.translations
    periodic, is_open = structure.pbc, ~structure.pbc
    mixing = turns[:, periodic][:, :, is_open].any(axis=(1, 2)) | turns[:, is_open][:, :, periodic].any(axis=(1, 2))
    turns, shifts = turns[~mixing], shifts[~mixing]
    order = np.lexsort((-np.trace(turns, axis1=1, axis2=2), -np.linalg.det(turns).round()))
    return turns[order], shifts[order]


def _is_disordered(structure: Structure, tolerance_angstrom: float) -> bool:
    """Whether most atoms of a large cell have no twin with the same distances to its neighbours.

    The search of spglib takes many seconds in large disordered cells, and what little symmetry they may have is not
    worth it. Judged from a sample of the atoms.
    """
    i, distance = neighbour_distances(structure, _ENVIRONMENT_CUTOFF_ANGSTROM)
    order = np.lexsort((distance, i))
    i, distance = i[order], distance[order]
    rank = np.arange(len(i)) - np.searchsorted(i, i)
    near = rank < _COMPARED
    nearest = np.full((structure.n_atoms, _COMPARED + 1), _ENVIRONMENT_CUTOFF_ANGSTROM)
    nearest[i[near], rank[near]] = distance[near]
    nearest[:, -1] = 10.0 * structure.numbers  # keeps the elements apart
    sample = np.linspace(0, structure.n_atoms - 1, 100).astype(int)
    # Two atoms that each miss their place by the tolerance change a distance by twice as much.
    twins = [int((np.abs(nearest - nearest[k]).max(axis=1) < 2.0 * tolerance_angstrom).sum()) - 1 for k in sample]
    return float(np.median(twins)) < 3.0


def _into_cell(fractional: np.ndarray) -> np.ndarray:
    inside = fractional % 1.0
    inside[inside >= 1.0] = 0.0  # −1e-17 % 1 is 1
    return inside


def _numbered(labels: np.ndarray) -> np.ndarray:
    """Labels (S,) renumbered 0, 1, 2 … in the order in which they first appear."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse.reshape(-1)]
