"""What every structure that comes from a file is checked for, and the notices that result.

A reader gives the atoms as the file has them; `checked_structure` makes the Structure, refuses what cannot be
matter (coincident atoms, coordinates out of all proportion) and notes what a prediction would silently get wrong
(hydrogens left out, atoms too close).
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from ase.data import covalent_radii
from ase.geometry import cellpar_to_cell

from xanesview.domain.cells import cell_volume, spanned
from xanesview.domain.counts import counted
from xanesview.domain.structure import BOND_FACTOR, SYMBOLS, Notice, Structure, bonds, close_contacts
from xanesview.errors import XanesviewError
from xanesview.limits import MOST_ATOMS

IMPOSSIBLE_CONTACT = 0.5
"""Atoms nearer than this share of the sum of their covalent radii are an error; the shortest real bonds have 0.77."""
MAX_COORDINATE_ANGSTROM = 1e5
MOST_IN_A_CUBE = 40
"""Atoms in a cube of 1 Å: the densest matter has 0.2, disordered crystals some more."""
LARGE = 100
"""From this many atoms on, a few impossible contacts are told instead of refused."""
_FEW = 0.05  # of all atoms
_MOST_IMAGES = 4000  # of a cell within the reach of a bond: a reduced cell has some hundreds
_NONMETALS = (1, 5, 6, 7, 8, 9, 14, 15, 16, 17, 34, 35, 53)


def checked_structure(
    numbers: Sequence[int],
    positions_angstrom: np.ndarray,
    cell_angstrom: np.ndarray | None = None,
    pbc: Sequence[bool] | None = None,
    notices: Sequence[Notice] = (),
    labels: Sequence[str] = (),
    **fields: Any,
) -> Structure:
    """Return the structure with the notices it deserves.

    Parameters
    ----------
    numbers : (N,) atomic numbers
    positions_angstrom : (N, 3), Å
    cell_angstrom : (3, 3) rows a, b, c, Å, or None for a molecule
    pbc : (3,) periodic directions; none without a cell
    notices : what the reader found
    labels : (N,) what the file calls its atoms, where it lists fewer than there are; else they are counted from 0
    **fields : further fields of Structure (name, charge, smiles, source …)

    Raises
    ------
    XanesviewError
        Without atoms, with too many, with coordinates that are not finite or huge, with coincident atoms.
    """
    numbers = np.asarray(numbers, dtype=int)
    positions = np.asarray(positions_angstrom, dtype=float).reshape(-1, 3)
    name = fields.get("source") or fields.get("name") or "The structure"
    if len(numbers) == 0:
        raise XanesviewError(f"{_file_name(name)} has no atoms.", "Choose a file with at least one atom.")
    if len(numbers) > MOST_ATOMS:
        raise XanesviewError(
            f"{_file_name(name)} has {len(numbers):,} atoms; up to {MOST_ATOMS:,} can be read.",
            "Cut out the region around the absorbing atoms.",
        )
    if not np.all(np.isfinite(positions)):
        atom = int(np.flatnonzero(~np.isfinite(positions).all(axis=1))[0])
        raise XanesviewError(
            f"Atom {labels[atom] if labels else atom} of {_file_name(name)} has coordinates that are not finite "
            "numbers.",
            "The program that wrote the file has failed; write it again with finite coordinates.",
        )
    if np.abs(positions).max() > MAX_COORDINATE_ANGSTROM:
        atom = int(np.argmax(np.abs(positions).max(axis=1)))
        raise XanesviewError(
            f"Atom {labels[atom] if labels else atom} of {_file_name(name)} lies "
            f"{np.abs(positions[atom]).max():.3g} Å from the origin.",
            "Coordinates are read in Å; correct the file's units or the broken line.",
        )
    _check_crowding(positions, _file_name(name))
    cell = np.zeros((3, 3)) if cell_angstrom is None else np.asarray(cell_angstrom, dtype=float)
    periodic = np.zeros(3, bool) if pbc is None else np.asarray(pbc, dtype=bool)
    if periodic.any():
        check_cell(numbers, cell, periodic, _file_name(name))
    if fields.get("charge", 0) > numbers.sum():
        electrons = counted(int(numbers.sum()), "electron")
        message = f"{_file_name(name)} has a charge of {fields['charge']:+d} but no more than {electrons} to lose."
        raise XanesviewError(message, "Correct the charge.")
    structure = Structure(numbers, positions, cell, periodic, notices=tuple(notices), **fields)
    found = contact_notices(structure, labels)  # refuses coincident atoms, before bonds mean anything
    found += hydrogen_notices(structure, any(n.kind == "missing-hydrogens" for n in notices), labels)
    return structure.replace(notices=(*notices, *found)) if found else structure


def _check_crowding(positions: np.ndarray, name: str) -> None:
    """Raise where many atoms (N, 3), Å, lie in one place: the pairs of such a heap would take minutes to look through.

    Fewer that overlap are named one by one later.
    """
    most = most_in_a_cube(positions)
    if most > MOST_IN_A_CUBE:
        raise XanesviewError(
            f"Atoms of {name} overlap: {most:,} of its {len(positions):,} lie in one cube of 1 Å.",
            "Remove the duplicate atoms, and check that the coordinates are in Å.",
        )


def most_in_a_cube(positions_angstrom: np.ndarray) -> int:
    """Return how many of some atoms (N, 3), within `MAX_COORDINATE_ANGSTROM`, lie in one cube of 1 Å at most."""
    if len(positions_angstrom) <= MOST_IN_A_CUBE:
        return len(positions_angstrom)
    cubes = np.floor(positions_angstrom).astype(np.int64) + int(MAX_COORDINATE_ANGSTROM)
    side = 2 * int(MAX_COORDINATE_ANGSTROM) + 1
    return int(np.unique((cubes[:, 0] * side + cubes[:, 1]) * side + cubes[:, 2], return_counts=True)[1].max())


def cell_of_parameters(parameters: Sequence[float], name: str) -> np.ndarray:
    """Return the cell (3, 3), Å, of three lengths in Å and three angles in degrees: a along x, b in the xy plane.

    Raises
    ------
    XanesviewError
        If there is no such cell; `name` is what to call the file.
    """
    lengths, angles = [float(x) for x in parameters[:3]], [float(x) for x in parameters[3:]]
    cell = np.full((3, 3), np.nan)
    if min(lengths) > 0 and max(lengths) <= MAX_COORDINATE_ANGSTROM and all(0 < angle < 180 for angle in angles):
        # no three such angles meet in a corner: told below
        with np.errstate(all="ignore"), contextlib.suppress(AssertionError, ValueError, ZeroDivisionError):
            cell = np.asarray(cellpar_to_cell([*lengths, *angles]))
    if not np.all(np.isfinite(cell)) or cell_volume(cell) < 1e-3:
        raise XanesviewError(
            f"The cell of {name} is impossible: lengths {_listed(lengths)} Å, "
            f"angles {_listed(angles)}°.",
            "Correct the cell.",
        )
    return cell


def _listed(numbers: Sequence[float]) -> str:
    return ", ".join(f"{number:.6g}" for number in numbers)


def repeats_too_closely(numbers: Sequence[int], cell_angstrom: np.ndarray, pbc: np.ndarray, name: str) -> None:
    """Raise where a cell is so small, or so skewed, that its atoms meet their own images or can't be searched for.

    Parameters
    ----------
    numbers : (N,) atomic numbers
    cell_angstrom : (3, 3) rows a, b, c, Å
    pbc : (3,) periodic directions
    name : what to call the structure

    Raises
    ------
    XanesviewError
        If the cell repeats within half the diameter of its largest atom, or is far from reduced.
    """
    largest = float(covalent_radii[np.asarray(numbers, int)].max())
    shortest = _shortest_repeat(cell_angstrom[np.asarray(pbc, bool)])
    if shortest < IMPOSSIBLE_CONTACT * 2.0 * largest:
        raise XanesviewError(
            f"The atoms of {name} overlap their own images: its cell repeats every {shortest:.2g} Å.",
            "Check the cell's lengths, angles and units (Å and degrees).",
        )
    lattice = cell_angstrom[np.asarray(pbc, bool)]
    reach = 2.0 * BOND_FACTOR * largest * np.linalg.norm(np.linalg.pinv(lattice), axis=0)
    if np.prod(2.0 * np.ceil(reach) + 1.0) > _MOST_IMAGES:
        raise XanesviewError(
            f"The unit cell of {name} is so flat or skewed that no atom's neighbours can be searched.",
            "Check its angles, or write the reduced cell with a crystal program.",
        )


def _shortest_repeat(vectors: np.ndarray) -> float:
    """Return the length of the shortest lattice vector, Å, after taking the vectors (1 to 3, 3) out of one another."""
    vectors = vectors[np.argsort(np.linalg.norm(vectors, axis=1))]
    for _ in range(100):
        before = vectors.copy()
        for k in range(1, len(vectors)):
            for j in range(k):
                square = vectors[j] @ vectors[j]
                if square < 1e-12:
                    return float(np.sqrt(square))
                vectors[k] -= np.rint(vectors[k] @ vectors[j] / square) * vectors[j]
        vectors = vectors[np.argsort(np.linalg.norm(vectors, axis=1))]
        if np.array_equal(np.sort(before, axis=0), np.sort(vectors, axis=0)):
            break
    sums = [np.array(c) @ vectors for c in product((-1, 0, 1), repeat=len(vectors)) if any(c)]
    return float(np.linalg.norm(sums, axis=1).min())


def check_cell(numbers: np.ndarray, cell: np.ndarray, periodic: np.ndarray, name: str) -> None:
    """Raise for a periodic cell that is not finite, out of proportion, flat, or smaller than its atoms."""
    if not np.all(np.isfinite(cell)) or np.abs(cell).max() > MAX_COORDINATE_ANGSTROM:
        raise XanesviewError(
            f"The unit cell of {name} has vectors that are not finite or longer than {MAX_COORDINATE_ANGSTROM:.0e} Å.",
            "Cells are read in Å; correct the file.",
        )
    repeating = cell[periodic]
    if spanned(repeating) < 1e-3:
        raise XanesviewError(f"The unit cell of {name} has no volume.", "Its three vectors must not lie in one plane.")
    repeats_too_closely(numbers, cell, periodic, name)


def impossible_contacts(structure: Structure) -> list[tuple[int, int, float]]:
    """Return pairs (i, j, distance in Å) nearer than half the sum of their covalent radii, which no bond is."""
    radii = covalent_radii[structure.numbers]
    return [(i, j, d) for i, j, d in close_contacts(structure) if d < IMPOSSIBLE_CONTACT * (radii[i] + radii[j])]


def contact_notices(structure: Structure, labels: Sequence[str] = ()) -> list[Notice]:
    """Return a notice about atoms that are too close; raise where they coincide.

    One impossible contact makes nonsense of a small molecule, so it is refused; among hundreds of atoms it is a slip
    that leaves most sites as they are, so it is told.

    Raises
    ------
    XanesviewError
        If two atoms are nearer than half the sum of their covalent radii, unless these are few among many.
    """
    contacts = close_contacts(structure)
    if not contacts:
        return []
    radii = covalent_radii[structure.numbers]
    i, j, distance = min(contacts, key=lambda c: c[2] / (radii[c[0]] + radii[c[1]]))
    pair = _pair(structure, i, j, labels)
    impossible = impossible_contacts(structure)
    concerned = {atom for contact in impossible for atom in contact[:2]}
    if impossible and (structure.n_atoms < LARGE or len(concerned) > max(2.0, _FEW * structure.n_atoms)):
        raise XanesviewError(
            f"{pair} of {_file_name(_origin(structure))} overlap: they are {distance:.2f} Å apart.",
            "Remove the duplicate atom or one of the disordered alternatives, and check that the coordinates are in Å.",
        )
    more = f" and {counted(len(contacts) - 1, 'more pair')}" if len(contacts) > 1 else ""
    hint = "Check the geometry: a spectrum predicted for such a contact means nothing."
    if impossible:
        hint = "Remove the duplicate atom: spectra predicted near it mean nothing; those of other atoms stand."
    return [Notice("overlap", f"{pair} are only {distance:.2f} Å apart{more}, nearer than any bond.", hint)]


def hydrogen_notices(structure: Structure, already: bool = False, labels: Sequence[str] = ()) -> list[Notice]:
    """Return a notice if hydrogens were left out, as many crystal structures and protein files do."""
    if already or 6 not in structure.numbers or structure.n_atoms == 1:
        return []
    bare = atoms_without_hydrogens(structure)
    carbons = [i for i in bare if structure.numbers[i] == 6]
    n_carbon = int(np.count_nonzero(structure.numbers == 6))
    if 1 not in structure.numbers and bare:
        return [
            Notice(
                "missing-hydrogens",
                f"The file holds no hydrogen, yet {counted(len(bare), 'atom')} ({_examples(structure, bare, labels)}) "
                "should carry some; the atoms were taken as they stand, as if bare.",
                "Add the hydrogens with a molecule editor and open the completed file.",
            )
        ]
    if n_carbon >= 3 and len(carbons) >= max(2, n_carbon / 4):
        return [
            Notice(
                "missing-hydrogens",
                f"{len(carbons)} of {n_carbon} carbons ({_examples(structure, carbons, labels)}) seem to lack "
                "hydrogens; they were taken as they stand, as if bare.",
                "Complete the hydrogens with a molecule editor and open the completed file.",
            )
        ]
    return []


def atoms_without_hydrogens(structure: Structure) -> list[int]:
    """Return the C, N and O atoms whose surroundings ask for hydrogens that aren't there.

    A carbon wants hydrogens if it has one neighbour further than a triple bond, two at an angle, or three that form
    a pyramid; a nitrogen with one neighbour, if that is no nitrile; an oxygen with one carbon, if that is no
    carbonyl; any of them with no neighbour at all. Atoms next to a metal are left out: their valence tells nothing.
    """
    first, second, shift = (np.asarray(array) for array in bonds(structure))
    vector = structure.positions_angstrom[second] - structure.positions_angstrom[first]
    vector = vector + shift.reshape(-1, 3) @ structure.cell_angstrom
    wanted = np.isin(structure.numbers, (6, 7, 8))
    metal = ~np.isin(structure.numbers, _NONMETALS)
    around: dict[int, list[tuple[int, np.ndarray]]] = {int(i): [] for i in np.flatnonzero(wanted)}
    for i, j, v in zip(first.tolist(), second.tolist(), vector):
        for atom, other, direction in ((i, j, v), (j, i, -v)):
            if atom not in around:
                continue
            if metal[other]:
                del around[atom]
            else:
                around[atom].append((int(structure.numbers[other]), direction))
    return [i for i, neighbours in around.items() if _wants_hydrogen(int(structure.numbers[i]), neighbours)]


def _wants_hydrogen(number: int, neighbours: list[tuple[int, np.ndarray]]) -> bool:
    """Tell whether an atom with these neighbours (atomic number, vector in Å) is incomplete."""
    if not neighbours:
        return True
    lengths = [float(np.linalg.norm(v)) for _, v in neighbours]
    if len(neighbours) == 1:
        to_carbon = neighbours[0][0] == 6
        if number == 8:
            return to_carbon and lengths[0] > 1.28  # longer than any C=O, amides and carboxylates included
        return (number == 6 or to_carbon) and lengths[0] > 1.22  # longer than C≡O, C≡N, C≡C
    if number != 6 or len(neighbours) > 3:
        return False
    units = [v / d for (_, v), d in zip(neighbours, lengths)]
    cosines = [np.clip(units[a] @ units[b], -1, 1) for a in range(len(units)) for b in range(a)]
    angles_deg = np.degrees(np.arccos(cosines))
    if len(neighbours) == 2:
        return bool(angles_deg[0] < 150.0)
    return bool(angles_deg.sum() < 340.0)  # 360° when flat, 348° in C60, 328° for the heavy neighbours of a CH group


def _examples(structure: Structure, atoms: list[int], labels: Sequence[str]) -> str:
    named = [labels[i][:20] if labels else f"{SYMBOLS[structure.numbers[i]]} {i}" for i in atoms]
    named = list(dict.fromkeys(named))
    return ", ".join(named[:3]) + (" …" if len(named) > 3 else "")


def _origin(structure: Structure) -> str:
    """Return what to call a structure in an error: its file, else its name."""
    return structure.name if structure.source in ("", "SMILES") else structure.source


def _pair(structure: Structure, i: int, j: int, labels: Sequence[str]) -> str:
    """Name two atoms as the file does, where it has labels; copies of one listed atom have the same."""
    first, second = ((labels[k][:20] if labels else _atom(structure, k)) for k in (i, j))
    if i == j:
        return f"{first} and its own image"
    return f"{first} and its symmetry copy" if labels and first == second else f"{first} and {second}"


def _atom(structure: Structure, i: int) -> str:
    return f"{SYMBOLS[structure.numbers[i]]} atom {i}"


def _file_name(source: str) -> str:
    return source.replace("\\", "/").rsplit("/", 1)[-1] or "The structure"


def deuterium_notice(count: int) -> list[Notice]:
    """Return the notice for heavy hydrogen isotopes, which a spectrum does not tell apart."""
    if not count:
        return []
    atoms = counted(count, "deuterium or tritium atom was", "deuterium or tritium atoms were")
    return [Notice("deuterium", f"{atoms} read as hydrogen.", "")]
