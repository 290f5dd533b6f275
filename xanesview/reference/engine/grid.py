"""Integration grids: an atom's points and orbitals are made once and serve every site of the molecule.

Becke partition with Treutler–Ahlrichs radii, pruned angular grids. Points go into compact blocks; each block keeps only
the orbitals that reach it, in single precision.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from xanesview.reference.engine.pyscf_access import gen_grid, radi

ABSORBER_POINTS = (40, 110)  # radial, angular
HEAVY_POINTS = (20, 86)
HYDROGEN_POINTS = (14, 38)
FINER_HEAVY_POINTS = (24, 110)
FINER_HYDROGEN_POINTS = (18, 50)
SKETCH_ABSORBER_POINTS = (20, 26)  # enough between the steps of a self-consistent calculation
SKETCH_HEAVY_POINTS = (10, 26)
SKETCH_HYDROGEN_POINTS = (8, 14)
BLOCK_POINTS = 512
NEGLIGIBLE_WEIGHT = 1e-10
NEGLIGIBLE_ORBITAL = 1e-4
DENORMAL = 1e-12  # float32 denormals make products five times slower


@dataclass(frozen=True, eq=False)
class Block:
    """Points close together and the orbitals that reach them.

    ``points`` (P, 3) bohr, ``weights`` (P,), ``columns`` (K,) indices of orbitals, ``orbitals`` (4, P, K) float32:
    value and gradient.
    """

    points: np.ndarray
    weights: np.ndarray
    columns: np.ndarray
    orbitals: np.ndarray
    _squares: dict[int, np.ndarray] = field(default_factory=dict)

    def square(self, n: int) -> np.ndarray:
        """Return the flat indices (K², ) of this block's part of an (n, n) matrix."""
        if n not in self._squares:
            self._squares[n] = (self.columns[:, None] * n + self.columns).ravel()
        return self._squares[n]


def atom_points(molecule, atoms: list[int], shape: dict[int, tuple[int, int]]) -> dict[int, tuple]:
    """Return points and weights of the named atoms' share of space.

    Parameters
    ----------
    atoms : atoms that get points
    shape : radial and angular number of points of each

    Returns
    -------
    points (P, 3) in bohr and weights (P,) of each atom; points that don't count are left out
    """
    labels = [molecule.atom_symbol(i) for i in range(molecule.natm)]
    alike: dict[tuple, list[int]] = {}
    for i in atoms:
        alike.setdefault((molecule.atom_pure_symbol(i), shape[i]), []).append(i)
    table = {label: (np.zeros((0, 3)), np.zeros(0)) for label in labels}
    for (_, points), members in alike.items():
        first = labels[members[0]]
        one = gen_grid.gen_atomic_grids(_OneAtom(first), points, radi.treutler, prune=gen_grid.nwchem_prune)
        table.update({labels[i]: one[first] for i in members})
    found, weights = gen_grid.get_partition(molecule, table, radi.treutler_atomic_radii_adjust, concat=False)
    kept = {i: np.abs(weights[i]) > NEGLIGIBLE_WEIGHT for i in atoms}  # some Lebedev weights are negative
    return {i: (found[i][kept[i]], weights[i][kept[i]]) for i in atoms}


class _OneAtom:
    """What PySCF's table of atomic grids asks of a molecule."""

    natm = 1
    verbose = 0

    def __init__(self, label: str):
        self._label = label

    def atom_symbol(self, _index: int) -> str:
        return self._label


def compact_groups(points: np.ndarray, size: int = BLOCK_POINTS) -> list[np.ndarray]:
    """Split points into groups of neighbours by halving along the longest side."""
    waiting, done = [np.arange(len(points))], []
    while waiting:
        group = waiting.pop()
        if len(group) <= size:
            if len(group):
                done.append(group)
            continue
        here = points[group]
        order = np.argsort(here[:, np.argmax(np.ptp(here, axis=0))], kind="stable")
        half = len(group) // 2
        waiting += [group[order[:half]], group[order[half:]]]
    return done


def orbitals_at(molecule, points: np.ndarray) -> np.ndarray:
    """Return orbitals and gradients (4, P, n) in single precision."""
    found = molecule.eval_gto("GTOval_sph_deriv1", points).astype(np.float32, order="C")
    found[np.abs(found) < DENORMAL] = 0
    return found


def blocks_of(molecule, points: np.ndarray, weights: np.ndarray) -> list[Block]:
    """Return the blocks of one atom's points with the orbitals of ``molecule`` that reach them."""
    blocks = []
    for group in compact_groups(points):
        orbitals = orbitals_at(molecule, points[group])
        reach = np.flatnonzero(np.abs(orbitals).max(axis=(0, 1)) > NEGLIGIBLE_ORBITAL)
        blocks.append(Block(points[group], weights[group], reach, np.ascontiguousarray(orbitals[:, :, reach])))
    return blocks


def join_orbitals(block: Block, kept: np.ndarray, position: np.ndarray, extra: np.ndarray, first_extra: int) -> Block:
    """Return the block in a site's basis: the molecule's orbitals without the absorber's, then the absorber's own.

    Parameters
    ----------
    kept : (n_molecule,) bool, orbitals that stay; those that don't are one atom's and lie together
    position : (n_molecule,) their indices in the site's basis
    extra : (4, P, m) the absorber's orbitals at the block's points
    first_extra : index of the first of them in the site's basis
    """
    mine = kept[block.columns]
    reach = np.flatnonzero(np.abs(extra).max(axis=(0, 1)) > NEGLIGIBLE_ORBITAL)
    n = int(mine.sum())
    before = n if n == len(mine) else int(np.argmin(mine))
    joined = np.empty((4, len(block.weights), n + len(reach)), np.float32)
    joined[:, :, :before] = block.orbitals[:, :, :before]
    joined[:, :, before:n] = block.orbitals[:, :, len(mine) - n + before :]
    joined[:, :, n:] = extra if len(reach) == extra.shape[2] else extra[:, :, reach]
    columns = np.concatenate([position[block.columns[mine]], first_extra + reach])
    return Block(block.points, block.weights, columns, joined)
