"""Operations that map a molecule onto itself, found from its geometry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.structure import Structure

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

#: First superposition, from two atoms only; it only has to tell which atom goes where.
_MATCH_ANGSTROM = 0.3


@dataclass(frozen=True, eq=False)
class Operation:
    """One symmetry operation.

    Parameters
    ----------
    rotation : (3, 3) float
        Orthogonal; determinant −1 for a reflection or inversion.
    permutation : (N,) int
        Atom i goes to the place of atom `permutation[i]`.
    """

    rotation: np.ndarray
    permutation: np.ndarray


def point_operations(structure: Structure, tolerance_angstrom: float = 0.02) -> list[Operation]:
    """Return the operations of a molecule's point group, the identity first, then proper before improper ones.

    A candidate is the map of two atoms (and the centre) onto two others at the same distances. It counts only if it
    brings every atom onto one of the same element within the tolerance, after least-squares superposition (Kabsch,
    Acta Cryst. A 32 (1976) 922). A linear molecule gets the identity and, where it is one, the inversion.
    """
    from scipy.spatial import cKDTree  # takes long to load

    numbers = structure.numbers
    # The mean is a fixed point of every permutation of the atoms within their elements.
    x = structure.positions_angstrom - structure.centre_angstrom
    trees = {z: (np.flatnonzero(numbers == z), cKDTree(x[numbers == z])) for z in structure.elements}
    found: list[Operation] = []
    for candidate in _candidate_rotations(numbers, x):
        operation = _confirmed(numbers, x, trees, candidate, tolerance_angstrom)
        if operation is not None and not any(np.abs(operation.rotation - o.rotation).max() < 0.05 for o in found):
            found.append(operation)
    return sorted(found, key=lambda o: (-round(float(np.linalg.det(o.rotation))), -float(np.trace(o.rotation))))


def _candidate_rotations(numbers: np.ndarray, x: np.ndarray) -> list[np.ndarray]:
    """Orthogonal matrices that map a chosen pair of atoms onto pairs at the same distances."""
    identity = np.eye(3)
    radius = np.linalg.norm(x, axis=1)
    shells = [np.flatnonzero((numbers == z) & (np.abs(radius - r) < _MATCH_ANGSTROM)) for z, r in zip(numbers, radius)]
    off_centre = [k for k in range(len(x)) if radius[k] > _MATCH_ANGSTROM]
    if not off_centre:
        return [identity]
    first = min(off_centre, key=lambda k: (len(shells[k]), -radius[k]))
    # Distance of each atom from the line through the centre and the first atom.
    height = np.linalg.norm(np.cross(x, x[first] / radius[first]), axis=1)
    if height.max() < 2.0 * _MATCH_ANGSTROM:
        return [identity, -identity]
    well_placed = np.flatnonzero(height > min(1.0, 0.7 * float(height.max())))
    second = min(well_placed, key=lambda k: (len(shells[k]), -height[k]))
    here = _axes(x[first], x[second])
    separation = np.linalg.norm(x[first] - x[second])
    mirror = np.diag([1.0, 1.0, -1.0])
    candidates = []
    for p in shells[first]:
        for q in shells[second]:
            if p == q or abs(np.linalg.norm(x[p] - x[q]) - separation) > _MATCH_ANGSTROM:
                continue
            there = _axes(x[p], x[q])
            candidates += [there @ here.T, there @ mirror @ here.T]
    return candidates


def _axes(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Right-handed axes, one a column, from two vectors that are not parallel."""
    e1 = first / np.linalg.norm(first)
    e3 = np.cross(first, second)
    e3 = e3 / np.linalg.norm(e3)
    return np.stack([e1, np.cross(e3, e1), e3], axis=1)


def _confirmed(
    numbers: np.ndarray,
    x: np.ndarray,
    trees: dict[int, tuple[np.ndarray, cKDTree]],
    candidate: np.ndarray,
    tolerance_angstrom: float,
) -> Operation | None:
    """The operation near a candidate, or None where it doesn't bring every atom onto one of its kind."""
    permutation = np.empty(len(x), dtype=np.int64)
    turned = x @ candidate.T
    for z, (atoms, tree) in trees.items():
        distance, nearest = tree.query(turned[numbers == z], distance_upper_bound=_MATCH_ANGSTROM)
        if not np.isfinite(distance).all():
            return None
        permutation[atoms] = atoms[nearest]
    if len(np.unique(permutation)) != len(x):
        return None
    u, _, vt = np.linalg.svd(x[permutation].T @ x)
    handedness = np.linalg.det(candidate) * np.linalg.det(u @ vt)
    rotation = u @ np.diag([1.0, 1.0, np.sign(handedness)]) @ vt
    # A linear molecule leaves the turn about its axis open; the candidate is as good as any.
    best = min((rotation, candidate), key=lambda r: _largest_miss(x, r, permutation))
    if _largest_miss(x, best, permutation) > tolerance_angstrom:
        return None
    return Operation(best + 0.0, permutation)


def _largest_miss(x: np.ndarray, rotation: np.ndarray, permutation: np.ndarray) -> float:
    return float(np.linalg.norm(x @ rotation.T - x[permutation], axis=1).max())
