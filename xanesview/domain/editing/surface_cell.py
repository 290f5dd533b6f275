"""A crystal in a cell whose first two vectors lie in a surface, and the bonds that a cut along the surface breaks.

The handedness of the crystal and the side that the index names are kept: (0,0,-1) is the other face of (0,0,1). ASE's
`ase.build.surface` turns over or mirrors the crystal for many indices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xanesview.domain.metals import is_metal
from xanesview.domain.structure import Structure, bonds

#: Of metals among themselves, neighbours farther than this times the nearest are of the next shell: the second one of
#: bcc is 1.15 times as far away, neighbours between layers of zinc 1.09 times.
NEXT_SHELL = 1.12
_SAME_ANGSTROM = 0.02


@dataclass(frozen=True, eq=False)
class SurfaceCell:
    """One repeat of a crystal along a surface normal.

    Attributes
    ----------
    numbers : (N,) int
        As in the bulk.
    positions_angstrom : (N, 3) float
        In a frame with its x along the first vector and its z along the outward normal; z from 0 to below `spacing`.
    vectors_angstrom : (3, 3) float
        In the same frame: two in the surface, as short as can be, and one to the next repeat.
    """

    numbers: np.ndarray
    positions_angstrom: np.ndarray
    vectors_angstrom: np.ndarray

    @property
    def spacing_angstrom(self) -> float:
        """The thickness of a repeat."""
        return float(self.vectors_angstrom[2, 2])

    @property
    def area_nm2(self) -> float:
        """Of the cell of the surface."""
        return float(np.linalg.norm(np.cross(*self.vectors_angstrom[:2]))) / 100.0

    def block(self, repeats: int) -> tuple[np.ndarray, np.ndarray]:
        """Return numbers (M,) and positions (M, 3) of so many repeats above one another, within the cell sideways."""
        lifted = [self.positions_angstrom + k * self.vectors_angstrom[2] for k in range(repeats)]
        positions = np.concatenate(lifted)
        flat = self.vectors_angstrom[:2, :2]
        sideways = np.floor(positions[:, :2] @ np.linalg.inv(flat) + 1e-9)
        positions[:, :2] -= sideways @ flat
        return np.tile(self.numbers, repeats), positions


def in_smallest_cell(bulk: Structure, miller: tuple[int, int, int]) -> tuple[Structure, tuple[int, int, int]]:
    """Return a crystal in a primitive cell, lying as it lies, and the index of the same plane on its vectors."""
    import spglib

    scaled = np.linalg.solve(bulk.cell_angstrom.T, bulk.positions_angstrom.T).T
    found = spglib.standardize_cell(
        (bulk.cell_angstrom, scaled, bulk.numbers), to_primitive=True, no_idealize=True, symprec=_SAME_ANGSTROM
    )
    if found is None or len(found[2]) >= bulk.n_atoms:
        return bulk, miller
    vectors, scaled, numbers = found
    index = vectors @ np.linalg.inv(bulk.cell_angstrom) @ np.asarray(miller)  # how many planes each vector crosses
    times = bulk.n_atoms // len(numbers)
    whole = np.rint(index * times).astype(int)
    shared = int(np.gcd.reduce(whole))
    smaller = bulk.replace(numbers=numbers, positions_angstrom=scaled @ vectors, cell_angstrom=vectors, absorbers=())
    return smaller, tuple((whole // shared).tolist())


def surface_cell(bulk: Structure, miller: tuple[int, int, int], *, shortest: bool = False) -> SurfaceCell:
    """Return a crystal in the cell of a surface whose index (coprime) counts on the vectors of the crystal.

    In a plane of two cell vectors those are taken as they are, unless the `shortest` are wanted.
    """
    basis = _basis(np.asarray(miller), bulk.cell_angstrom, shortest)
    vectors = basis @ bulk.cell_angstrom
    normal = np.cross(vectors[0], vectors[1])
    normal /= np.linalg.norm(normal)
    first = vectors[0] / np.linalg.norm(vectors[0])
    frame = np.array([first, np.cross(normal, first), normal])
    vectors = vectors @ frame.T
    vectors[np.abs(vectors) < 1e-9] = 0.0
    inside = bulk.positions_angstrom @ frame.T @ np.linalg.inv(vectors)
    inside -= np.floor(inside + 1e-9)
    return SurfaceCell(bulk.numbers, inside @ vectors, vectors)


def broken_bonds(bulk: Structure, miller: tuple[int, int, int], heights_angstrom: np.ndarray) -> np.ndarray:
    """Return how many bonds per nm² cross planes at heights (C,), as those of atoms in the `surface_cell`.

    Each bond counts once, however many planes of the lattice it crosses: those of all cells that cross one plane are
    those of one cell that cross any of its images.
    """
    face = surface_cell(bulk, miller)
    normal = np.asarray(miller) @ np.linalg.inv(bulk.cell_angstrom).T
    normal /= np.linalg.norm(normal)
    i, _, vectors = crystal_bonds(bulk)
    start = face.positions_angstrom[i, 2]
    ends = np.stack([start, start + vectors @ normal])
    low, high = ends.min(axis=0), ends.max(axis=0)
    d = face.spacing_angstrom
    heights = np.asarray(heights_angstrom, float)[:, None]
    return (np.floor((high - heights) / d) - np.floor((low - heights) / d)).sum(axis=1) / face.area_nm2


def crystal_bonds(bulk: Structure) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return atoms i, j (B,) and vectors (B, 3), Å, of the bonds of a crystal, each once.

    Of a metal that has non-metals around it, contacts with other metals are none; of other metals the first shell
    counts.
    """
    i, j, shift = bonds(bulk)
    vectors = bulk.positions_angstrom[j] + shift @ bulk.cell_angstrom - bulk.positions_angstrom[i]
    lengths = np.linalg.norm(vectors, axis=1)
    metal = is_metal(bulk.numbers)
    both = metal[i] & metal[j]
    held = np.zeros(bulk.n_atoms, bool)
    for one, other in ((i, j), (j, i)):
        held[one[metal[one] & ~metal[other]]] = True
    nearest = np.full(bulk.n_atoms, np.inf)
    for one in (i, j):
        np.minimum.at(nearest, one[both], lengths[both])
    first = lengths <= NEXT_SHELL * np.maximum(nearest[i], nearest[j])
    counts = ~both | (first & ~held[i] & ~held[j])
    return i[counts], j[counts], vectors[counts]


def alike_along(bulk: Structure, miller: tuple[int, int, int]) -> tuple[float, float | None]:
    """Return after how many Å along the normal a crystal is alike by symmetry, a glide or a centring included, and what
    two heights add up to, modulo that, that a symmetry exchanges which turns the normal over; None without one."""
    import spglib

    repeat = 1.0 / float(np.linalg.norm(np.asarray(miller) @ np.linalg.inv(bulk.cell_angstrom).T))
    scaled = np.linalg.solve(bulk.cell_angstrom.T, bulk.positions_angstrom.T).T
    found = spglib.get_symmetry((bulk.cell_angstrom, scaled, bulk.numbers), symprec=_SAME_ANGSTROM)
    if found is None:
        return repeat, None
    index = np.asarray(miller)
    turned = index @ found["rotations"]
    shifts = np.mod(found["translations"] @ index, 1.0) * repeat
    kept = shifts[(turned == index).all(axis=1)]
    some = kept[(kept > _SAME_ANGSTROM) & (kept < repeat - _SAME_ANGSTROM)]
    period = repeat if len(some) == 0 else repeat / max(round(repeat / float(some.min())), 1)
    over = shifts[(turned == -index).all(axis=1)]
    return period, (float(over[0]) if len(over) else None)


def _basis(index: np.ndarray, cell: np.ndarray, shortest: bool) -> np.ndarray:
    """Return a right-handed basis (3, 3) of the lattice in its vectors: two in the surface, one a repeat higher.

    In a plane of two cell vectors those are taken as they are, unless the `shortest` are wanted; else the shortest
    two, at an angle of 90 to 120°.
    """
    axis = np.flatnonzero(index)
    if len(axis) == 1:
        u, v = np.roll(np.eye(3, dtype=int), -axis[0] - 1, axis=0)[:2]
        w = index.copy()
    else:
        u, v, w = _of_lattice(*index.tolist())
    if len(axis) > 1 or shortest:
        u, v = _shortest(u, v, cell)
    if np.linalg.det([u, v, w]) * np.linalg.det(cell) < 0.0:
        u, v = v, u
    aside = np.rint(w @ cell @ np.linalg.pinv(np.array([u, v]) @ cell)).astype(int)
    return np.array([u, v, w - aside @ np.array([u, v])])


def _of_lattice(h: int, k: int, l: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return two vectors that span the lattice of a plane, and one to the next plane, in the vectors of the cell."""
    shared, p, q = _bezout(h, k)
    one, a, b = _bezout(shared, l)
    assert one == 1, "indices are coprime"
    return (
        np.array([k // shared, -h // shared, 0]), np.array([p * l, q * l, -shared]), np.array([a * p, a * q, b])
    )  # fmt: skip


def _bezout(a: int, b: int) -> tuple[int, int, int]:
    """Return the positive greatest common divisor and p, q with p·a + q·b equal to it."""
    if b == 0:
        return abs(a), (1 if a >= 0 else -1), 0
    shared, p, q = _bezout(b, a % b)
    return shared, q, p - (a // b) * q


def _shortest(u: np.ndarray, v: np.ndarray, cell: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the two shortest vectors of a plane's lattice (Lagrange, Gauss), the shorter one first."""
    metric = cell @ cell.T
    while True:
        if v @ metric @ v < u @ metric @ u - 1e-9:
            u, v = v, u
        times = round(float(u @ metric @ v / (u @ metric @ u)))
        shorter = v - times * u
        if shorter @ metric @ shorter >= v @ metric @ v - 1e-9:
            break
        v = shorter
    return (u, -v) if u @ metric @ v > 1e-9 else (u, v)
