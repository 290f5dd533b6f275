"""Slabs cut from bulk crystals by Miller index, one for each height where the cut can lie.

A slab is so many repeats of the crystal thick, so its formula is that of the bulk whatever the termination. Atoms are
left where they are in the bulk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import gcd

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.editing.surface_cell import (
    SurfaceCell,
    alike_along,
    broken_bonds,
    in_smallest_cell,
    surface_cell,
)
from xanesview.domain.geometry.frames import three_indices
from xanesview.domain.structure import SYMBOLS, Notice, Structure
from xanesview.errors import UsageError, XanesviewError
from xanesview.limits import LARGEST_VACUUM_ANGSTROM, MOST_ATOMS, MOST_LAYERS, check_count

Miller = tuple[int, int, int]
LARGEST_INDEX = 12
_SAME_PLANE_ANGSTROM = 0.05
_EQUAL_ANGSTROM = 0.11
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
        return f"{self.number}: {self.top} above, {self.bottom} below, {self.broken_bonds:.1f} bonds/nm² cut, {faces}"


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


def terminations(bulk: Structure, miller: Miller, primitive: bool = False) -> tuple[Termination, ...]:
    """Return the different cuts of a surface, that which breaks the fewest bonds first.

    Cuts that a symmetry of the crystal takes into each other are one, and so are those of a slab turned over where the
    planes on both its faces have one formula.

    Raises
    ------
    XanesviewError
        If the structure is no crystal.
    """
    bulk, miller, face = _face(bulk, miller, primitive)
    repeat = face.spacing_angstrom
    planes = _planes(face.positions_angstrom[:, 2], repeat)
    period, over = alike_along(bulk, miller)
    found: list[Termination] = []
    cuts = np.array([cut for cut, _, _ in planes])
    for (cut, below, above), broken in zip(planes, broken_bonds(bulk, miller, cuts), strict=True):
        top, bottom = (_formula(face.numbers[atoms]) for atoms in (below, above))
        same = [cut, over - cut] if over is not None and top == bottom else [cut]
        if any(
            _apart(one.height_angstrom, other, period) < _SAME_PLANE_ANGSTROM / 2 for one in found for other in same
        ):
            continue
        equal = _has_equal_faces((face.positions_angstrom[:, 2] - cut) % repeat, face.numbers)
        found.append(Termination(0, top, bottom, float(broken), equal, cut))
    ordered = sorted(found, key=lambda one: (round(one.broken_bonds, 3), not one.has_equal_faces))
    return tuple(replace(one, number=k) for k, one in enumerate(ordered))


def surface(
    bulk: Structure,
    miller: Miller,
    layers: int,
    vacuum_angstrom: float = 12.0,
    termination: int = 0,
    repeat: tuple[int, int] = (1, 1),
    primitive: bool = False,
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
    primitive : in the smallest cell of the surface, as 1 × 1 of fcc (111) is; layers then count its repeats

    Raises
    ------
    XanesviewError
        If the structure is no crystal, or the termination does not exist.
    UsageError
        For a size that makes no sense.
    """
    _check_size(layers, vacuum_angstrom, repeat)
    cuts = terminations(bulk, miller, primitive)
    if not 0 <= termination < len(cuts):
        raise UsageError(
            f"This surface has {counted(len(cuts), 'termination')}, counted from 0; there is no {termination}.",
            "List them with --terminations.",
        )
    chosen = cuts[termination]
    based, _, face = _face(bulk, miller, primitive)
    n_atoms = based.n_atoms * (layers + 2) * repeat[0] * repeat[1]
    check_count(n_atoms, MOST_ATOMS, "atoms", "Ask for fewer layers, or a narrower slab.", UsageError)
    numbers, positions = face.block(layers + 1)
    above = positions[:, 2] - chosen.height_angstrom
    inside = (above > 0.0) & (above < layers * face.spacing_angstrom)
    numbers, positions = numbers[inside], positions[inside]
    cell = face.vectors_angstrom * np.array([[repeat[0]], [repeat[1]], [1]])
    sideways = [m * face.vectors_angstrom[0] + n * face.vectors_angstrom[1] for m, n in np.ndindex(*repeat)]
    positions = np.concatenate([positions + by for by in sideways])
    numbers = np.tile(numbers, len(sideways))
    positions[:, 2] -= positions[:, 2].min()
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
        numbers[order], positions[order], cell, np.array([True, True, False]),
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


def _face(bulk: Structure, miller: Miller, primitive: bool) -> tuple[Structure, Miller, SurfaceCell]:
    """Return the crystal and the index on its vectors that are cut, and the cell of the surface."""
    if not bulk.pbc.all():
        raise XanesviewError(
            f"{bulk.name or bulk.formula} is no crystal, so no surface can be cut from it.",
            "Open a bulk crystal, such as a CIF.",
        )
    if primitive:
        bulk, miller = in_smallest_cell(bulk, miller)
    return bulk, miller, surface_cell(bulk, miller, shortest=primitive)


def _planes(heights: np.ndarray, repeat: float) -> list[tuple[float, np.ndarray, np.ndarray]]:
    """Return the cuts between planes of atoms, which come again after a repeat, ascending: each with the atoms of the
    plane below and of that above; what is within 0.05 Å of its neighbour is of one plane."""
    order = np.argsort(heights, kind="stable")
    ordered = heights[order]
    gaps = np.append(np.diff(ordered), ordered[0] + repeat - ordered[-1])
    wide = np.flatnonzero(gaps > min(_SAME_PLANE_ANGSTROM, gaps.max() - 1e-9))
    cuts = [float(ordered[k] + 0.5 * gaps[k]) for k in wide.tolist()]
    planes = np.split(np.roll(order, -wide[0] - 1), np.cumsum(np.diff(wide)))
    found = [(cut % repeat, planes[k - 1], planes[k]) for k, cut in enumerate(cuts)]
    return sorted(found, key=lambda one: one[0])


def _apart(one: float, other: float, period: float) -> float:
    away = (one - other) % period
    return min(away, period - away)


def _has_equal_faces(heights: np.ndarray, numbers: np.ndarray) -> bool:
    """Whether the planes from above are those from below, element by element."""
    up, down = heights - heights.min(), heights.max() - heights
    return all(
        np.abs(np.sort(up[numbers == z]) - np.sort(down[numbers == z])).max() < _EQUAL_ANGSTROM
        for z in np.unique(numbers)
    )


def _formula(numbers: np.ndarray) -> str:
    elements, counts = np.unique(numbers, return_counts=True)
    shared = gcd(*counts.tolist())
    return "".join(SYMBOLS[z] + (str(n // shared) if n // shared > 1 else "") for z, n in zip(elements, counts))
