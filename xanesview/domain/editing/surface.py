"""Slabs cut from bulk crystals by Miller index, one for each height where the cut can lie.

The cut itself is ASE's (`ase.build.surface`): the slab is so many repeats of the crystal thick, so its formula is that
of the bulk whatever the termination. Atoms are left where they are in the bulk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from math import gcd
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.geometry.frames import three_indices
from xanesview.domain.neighbour_list import pairs_within
from xanesview.domain.structure import SYMBOLS, Notice, Structure, bonds
from xanesview.errors import UsageError, XanesviewError
from xanesview.limits import LARGEST_VACUUM_ANGSTROM, MOST_ATOMS, MOST_LAYERS, check_count

if TYPE_CHECKING:
    from ase import Atoms

Miller = tuple[int, int, int]
LARGEST_INDEX = 12
_SAME_PLANE_ANGSTROM = 0.05
_MILLER_HINT = "Write three whole numbers, such as 1,1,0 or 1,-1,2, or four of a hexagonal crystal: 1,0,-1,0."


@dataclass(frozen=True)
class Termination:
    """One height at which a slab can be cut.

    Attributes
    ----------
    number : int
        From 0, the cut that breaks the fewest bonds first.
    top, bottom : str
        Formulas of the outermost planes of atoms, such as “O2”.
    broken_bonds : float
        Bonds cut on one face, per nm².
    has_equal_faces : bool
        Both faces are alike plane by plane, so no dipole stands across the slab.
    height_angstrom : float
        Of the cut within the repeat.
    """

    number: int
    top: str
    bottom: str
    broken_bonds: float
    has_equal_faces: bool
    height_angstrom: float

    def __str__(self) -> str:
        faces = "equal faces" if self.has_equal_faces else "faces differ"
        return f"{self.number}: {self.top} above, {self.bottom} below, {self.broken_bonds:.0f} bonds/nm² cut, {faces}"


def parse_miller(text: str, bulk: Structure | None = None) -> Miller:
    """Return the Miller index of a text: 1,1,0; 110; 1-10; of hexagonal axes also four indices, 1,0,-1,0.

    Four are refused where the axes of the crystal that they count on, `bulk`, are not hexagonal.

    Raises
    ------
    UsageError
        For anything else, all zeros, or indices beyond ±12.
    """
    words = re.findall(r"[-−+]?\d+", text) if re.search(r"[,;\s]", text.strip()) else re.findall(r"[-−+]?\d", text)
    left = re.sub(r"[-−+]?\d+|[,;\s()\[\]{}]", "", text)
    if left or len(words) not in (3, 4) or any(len(word.lstrip("-−+")) > 3 for word in words):
        raise UsageError(f"“{text[:40]}” is no Miller index.", _MILLER_HINT)
    index = [int(word.replace("−", "-")) for word in words]
    if len(index) == 4:
        if sum(index[:3]) != 0:
            raise UsageError(f"The first three of {text[:40]} must add up to zero.", _MILLER_HINT)
        index = three_indices(index, bulk)
    if not any(index) or max(map(abs, index)) > LARGEST_INDEX:
        hint = f"Indices are whole, not all zero, and within ±{LARGEST_INDEX}."
        raise UsageError(f"There is no surface ({text[:40]}).", hint)
    shared = gcd(*index)
    return tuple(one // shared for one in index)


def conventional(bulk: Structure) -> Structure:
    """Return a crystal in its conventional cell, to which Miller indices refer; a notice says so where it changes.

    Only a cell that is a smaller one of the same lattice is exchanged; other settings of the axes stay as they are.
    """
    import spglib

    cell = (bulk.cell_angstrom, np.linalg.solve(bulk.cell_angstrom.T, bulk.positions_angstrom.T).T, bulk.numbers)
    found = spglib.standardize_cell(cell, to_primitive=False, no_idealize=True, symprec=0.02)
    if found is None or len(found[2]) <= bulk.n_atoms:
        return bulk
    vectors, scaled, numbers = found
    n = len(numbers)
    said = f"Miller indices count on the conventional cell of {n} atoms, not on the file's of {bulk.n_atoms}."
    notice = Notice("cell", said)
    return Structure(
        numbers, scaled @ vectors, vectors, np.ones(3, bool), name=bulk.name, notices=(*bulk.notices, notice)
    )


def terminations(bulk: Structure, miller: Miller) -> tuple[Termination, ...]:
    """Return the different cuts of a surface, that which breaks the fewest bonds first.

    Raises
    ------
    XanesviewError
        If the structure is no crystal.
    """
    block, spacing = _block(bulk, miller, 3)
    heights = block.positions[:, 2] - block.positions[:, 2].min()
    planes = _planes(heights)
    reach = _reach(bulk)
    area_nm2 = float(np.linalg.norm(np.cross(block.cell[0], block.cell[1]))) / 100.0
    found: dict[tuple, Termination] = {}
    for low, high in pairwise(planes.tolist()):
        cut = 0.5 * (low + high)
        if not 0.5 * spacing < cut <= 1.5 * spacing + 1e-6:
            continue
        inside = (heights > cut) & (heights < cut + spacing)
        rel, numbers = heights[inside], block.numbers[inside]
        top, bottom = (_formula(numbers[np.abs(rel - edge) < _SAME_PLANE_ANGSTROM]) for edge in (rel.max(), rel.min()))
        broken = _crossing(block, heights, cut, reach) / area_nm2
        one = Termination(0, top, bottom, broken, _has_equal_faces(rel, numbers), float(cut - 0.5 * spacing))
        key = (top, bottom, round(broken, 3), one.has_equal_faces, tuple(np.round(np.diff(np.sort(rel)), 2)))
        found.setdefault(key, one)
    ordered = sorted(found.values(), key=lambda one: (round(one.broken_bonds, 3), not one.has_equal_faces))
    return tuple(
        Termination(k, one.top, one.bottom, one.broken_bonds, one.has_equal_faces, one.height_angstrom)
        for k, one in enumerate(ordered)
    )


def surface(
    bulk: Structure,
    miller: Miller,
    layers: int,
    vacuum_angstrom: float = 12.0,
    termination: int = 0,
    repeat: tuple[int, int] = (1, 1),
) -> Structure:
    """Return a slab with its surface normal along z, standing on z = 0.

    Parameters
    ----------
    bulk : crystal, in the cell that the index refers to (see `conventional`)
    miller : (3,) int
    layers : repeats of the crystal along the normal
    vacuum_angstrom : float
        Between the slab and its image above.
    termination : number of one of `terminations`
    repeat : how many cells wide

    Raises
    ------
    XanesviewError
        If the structure is no crystal, or the termination does not exist.
    UsageError
        For a size that makes no sense.
    """
    _check_size(layers, vacuum_angstrom, repeat)
    cuts = terminations(bulk, miller)
    if not 0 <= termination < len(cuts):
        raise UsageError(
            f"This surface has {counted(len(cuts), 'termination')}, counted from 0; there is no {termination}.",
            "List them with --terminations.",
        )
    chosen = cuts[termination]
    n_atoms = bulk.n_atoms * (layers + 2) * repeat[0] * repeat[1]
    check_count(n_atoms, MOST_ATOMS, "atoms", "Ask for fewer layers, or a narrower slab.", UsageError)
    block, spacing = _block(bulk, miller, layers + 2)
    block = block.repeat((*repeat, 1))
    heights = block.positions[:, 2] - block.positions[:, 2].min()
    cut = chosen.height_angstrom + 0.5 * spacing
    made = block[(heights > cut) & (heights < cut + layers * spacing)]
    positions = made.positions - [0.0, 0.0, made.positions[:, 2].min()]
    cell = np.array(made.cell)
    cell[2] = 0.0, 0.0, positions[:, 2].max() + vacuum_angstrom
    order = np.lexsort((np.round(positions[:, 0], 3), np.round(positions[:, 1], 3), -np.round(positions[:, 2], 3)))
    notices = [*bulk.notices]
    if not chosen.has_equal_faces:
        notices.append(
            Notice(
                "surface", "The two faces of this slab differ, so that a dipole may stand across it.",
                "Choose a termination with equal faces where there is one.",
            )
        )  # fmt: skip
    index = "".join(f"{'-' if one < 0 else ''}{abs(one)}" for one in miller)
    return Structure(
        made.numbers[order], positions[order], cell, np.array([True, True, False]),
        name=f"{bulk.name or bulk.formula} ({index})", notices=tuple(notices),
        geometry_origin="cut from the bulk, not relaxed",
    )  # fmt: skip


def _check_size(layers: int, vacuum_angstrom: float, repeat: tuple[int, int]) -> None:
    if not 1 <= layers <= MOST_LAYERS:
        raise UsageError(f"A slab can't have {layers} layers.", f"Give 1 to {MOST_LAYERS}.")
    if not 0.0 < vacuum_angstrom <= LARGEST_VACUUM_ANGSTROM:  # also refuses NaN
        raise UsageError(
            f"A vacuum of {vacuum_angstrom:g} Å can't be.", f"Give up to {LARGEST_VACUUM_ANGSTROM} Å; 12 is usual."
        )
    if not all(1 <= one <= 100 for one in repeat):
        raise UsageError(f"A slab can't be {repeat[0]} × {repeat[1]} cells wide.", "Give 1 to 100 each.")


def _block(bulk: Structure, miller: Miller, repeats: int) -> tuple[Atoms, float]:
    """Return ASE's slab of so many repeats with periodic cell, and the thickness of one repeat, Å."""
    if not bulk.pbc.all():
        raise XanesviewError(
            f"{bulk.name or bulk.formula} is no crystal, so no surface can be cut from it.",
            "Open a bulk crystal, such as a CIF.",
        )
    from ase import Atoms
    from ase.build import surface as cut

    atoms = Atoms(bulk.numbers, positions=bulk.positions_angstrom, cell=bulk.cell_angstrom, pbc=True)
    block = cut(atoms, miller, repeats, periodic=True)
    block.positions[:, 2] -= block.positions[:, 2].min()
    return block, float(block.cell[2, 2]) / repeats


def _planes(heights: np.ndarray) -> np.ndarray:
    """Return the heights of the planes of atoms, ascending; what is within 0.05 Å is one plane."""
    ordered = np.sort(heights)
    starts = np.concatenate([[True], np.diff(ordered) > _SAME_PLANE_ANGSTROM])
    return np.array([group.mean() for group in np.split(ordered, np.flatnonzero(starts)[1:])])


def _reach(bulk: Structure) -> float:
    """Return how far bonds of the crystal reach, Å: to the farther of its own bonds, else to 3 Å."""
    i, j, shift = bonds(bulk)
    if len(i) == 0:
        return 3.0
    vectors = bulk.positions_angstrom[j] + shift @ bulk.cell_angstrom - bulk.positions_angstrom[i]
    return float(np.linalg.norm(vectors, axis=1).max()) + 0.05


def _crossing(block: Atoms, heights: np.ndarray, cut: float, reach: float) -> int:
    """Return how many contacts within a distance cross a height, each counted once."""
    i, j, _, _ = pairs_within(block.positions, block.cell[:], np.array([True, True, False]), reach)
    return int(((heights[i] > cut) & (heights[j] < cut)).sum())


def _has_equal_faces(heights: np.ndarray, numbers: np.ndarray) -> bool:
    """Whether the planes from above are those from below."""
    up = sorted(zip(np.round(heights - heights.min(), 1).tolist(), numbers.tolist()))
    down = sorted(zip(np.round(heights.max() - heights, 1).tolist(), numbers.tolist()))
    return all(abs(a[0] - b[0]) < 0.11 and a[1] == b[1] for a, b in zip(up, down))


def _formula(numbers: np.ndarray) -> str:
    elements, counts = np.unique(numbers, return_counts=True)
    shared = gcd(*counts.tolist())
    return "".join(SYMBOLS[z] + (str(n // shared) if n // shared > 1 else "") for z, n in zip(elements, counts))
