"""Atoms moved, added, deleted, exchanged: pure functions from one structure to the next.

Positions stay where they are put: an atom that leaves the cell is not brought back, since everything that looks for
neighbours counts images anyway, and nothing jumps. Unphysical distances are told by `contacts_of`; refused are only
atoms on top of each other, which no network can answer for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xanesview.domain.atom_names import site_name
from xanesview.domain.counts import counted
from xanesview.domain.structure import (
    CONTACT_FACTOR,
    COVALENT_RADII_ANGSTROM,
    FROM_SMILES,
    LARGEST_COORDINATE_ANGSTROM,
    SYMBOLS,
    Notice,
    Structure,
    bonds,
    complete_cell,
)
from xanesview.errors import XanesviewError

EDITED = "edited by hand"
"""What the `geometry_origin` of an edited structure begins with."""
PUT_TOGETHER = f"{EDITED}, a molecule put on it"
"""The same of a slab with a molecule on it, as long as no atom of the two was moved since."""
LEAST_DISTANCE_ANGSTROM = 0.35
"""Atoms nearer than this lie on top of each other: half the shortest bond there is, that of H2."""
CONTACT = "contact"
"""Kind of the notice of atoms closer than any bond."""


def is_edited(structure: Structure) -> bool:
    """Tell whether atoms of a structure were moved or exchanged by hand since it was read, be it relaxed since."""
    return EDITED in structure.geometry_origin and (not structure.source or structure.n_frames > 1)


def edited(structure: Structure, **changes: object) -> Structure:
    """Return a structure with fields changed by hand: it is no longer what its file or its SMILES says."""
    origin = structure.geometry_origin
    if origin.startswith(PUT_TOGETHER):
        origin = origin.replace(PUT_TOGETHER, EDITED, 1)
    if not origin.startswith(EDITED):
        origin = f"{EDITED}, before that {origin}" if origin else EDITED
    is_frame = structure.n_frames > 1 and structure.source != FROM_SMILES
    return structure.replace(
        geometry_origin=origin, source=structure.source if is_frame else "", smiles=None, typed_smiles="",
        conformer=None,
        notices=tuple(one for one in structure.notices if one.kind != CONTACT), **changes,
    )  # fmt: skip


def moved(structure: Structure, atoms: Sequence[int], displacement_angstrom: np.ndarray) -> Structure:
    """Return the structure with some atoms moved by a vector (3,), Å; all others stay exactly where they are.

    Raises
    ------
    XanesviewError
        If an atom would lie on top of another one, or its coordinates are no finite numbers.
    """
    chosen = _checked(structure, atoms)
    return placed(structure, chosen, structure.positions_angstrom[chosen] + np.asarray(displacement_angstrom, float))


def placed(structure: Structure, atoms: Sequence[int], positions_angstrom: np.ndarray) -> Structure:
    """Return the structure with some atoms (K,) at other positions (K, 3), Å.

    Raises
    ------
    XanesviewError
        As `moved`.
    """
    chosen = _checked(structure, atoms)
    positions = np.array(structure.positions_angstrom)
    positions[chosen] = np.asarray(positions_angstrom, float)
    _check_finite(positions[chosen])
    after = edited(structure, positions_angstrom=positions)
    check_apart(after, chosen)
    return after


def with_element(structure: Structure, atoms: Sequence[int], symbol: str) -> Structure:
    """Return the structure with some atoms of another element; positions stay.

    Raises
    ------
    XanesviewError
        If there is no such element.
    """
    chosen = _checked(structure, atoms)
    numbers = np.array(structure.numbers)
    numbers[chosen] = element_number(symbol)
    return edited(structure, numbers=numbers)


def without(structure: Structure, atoms: Sequence[int]) -> Structure:
    """Return the structure without some atoms; those that stay keep their order, see `kept_after`.

    Raises
    ------
    XanesviewError
        If none would be left.
    """
    stay = kept_after(structure, atoms)
    if not len(stay):
        raise XanesviewError("The last atom can't be deleted.", "Open another structure instead.")
    place = {int(old): new for new, old in enumerate(stay)}
    absorbers = tuple(place[i] for i in structure.absorbers if i in place)
    return edited(
        structure, numbers=structure.numbers[stay], positions_angstrom=structure.positions_angstrom[stay],
        absorbers=absorbers,
    )  # fmt: skip


def kept_after(structure: Structure, atoms: Sequence[int]) -> np.ndarray:
    """Return the indices (K,) of the atoms that stay where some are deleted, in their order."""
    return np.setdiff1d(np.arange(structure.n_atoms), _checked(structure, atoms))


def with_atom(structure: Structure, symbol: str, position_angstrom: np.ndarray) -> Structure:
    """Return the structure with one more atom, which comes last, so that all others keep their index.

    Raises
    ------
    XanesviewError
        If there is no such element, or the atom would lie on top of another one.
    """
    position = np.asarray(position_angstrom, float).reshape(1, 3)
    _check_finite(position)
    after = edited(
        structure,
        numbers=np.append(structure.numbers, element_number(symbol)),
        positions_angstrom=np.vstack([structure.positions_angstrom, position]),
    )
    check_apart(after, [structure.n_atoms])
    return after


def free_place(structure: Structure, atom: int, symbol: str) -> np.ndarray:
    """Return where an atom bonded to another one finds most room (3,), Å: a bond's length away, off its neighbours.

    The length is the sum of the covalent radii (Cordero et al., Dalton Trans. 2008, 2832). Of many directions it takes
    the one in which the nearest other atom is farthest; the surface normal where all are alike.
    """
    _checked(structure, [atom])
    radii = COVALENT_RADII_ANGSTROM
    length = float(radii[structure.numbers[atom]] + radii[element_number(symbol)])
    centre = structure.positions_angstrom[atom]
    others = _images_near(structure, centre, length + 4.0)
    others = others[np.linalg.norm(others - centre, axis=1) > 1e-6]
    directions = _directions()
    if structure.surface_normal is not None:
        directions = np.vstack([structure.surface_normal, directions])
    ends = centre + length * directions
    if not len(others):
        return ends[0]
    # Softly the nearest: of two equal ones, the direction with the farther rest.
    gaps = np.linalg.norm(ends[:, None] - others[None], axis=2)
    return ends[int(np.argmin((gaps**-6.0).sum(axis=1)))]


def element_number(symbol: str) -> int:
    """Return the atomic number of an element's symbol.

    Raises
    ------
    XanesviewError
        If there is no such element.
    """
    wanted = symbol.strip().capitalize()
    if wanted not in SYMBOLS[1:]:
        raise XanesviewError(f"“{symbol.strip()[:20]}” is no chemical symbol.", "Write it like C, Fe or Cl.")
    return SYMBOLS.index(wanted)


def nearest(structure: Structure, atom: int) -> tuple[int, float]:
    """Return the atom nearest to an atom, counting periodic images, and its distance in Å; (-1, inf) where none is."""
    at, distance = _distances(structure, atom)
    if not len(at):
        return -1, float("inf")
    k = int(np.argmin(distance))
    return int(at[k]), float(distance[k])


def contacts_of(structure: Structure, atoms: Sequence[int]) -> list[tuple[int, int, float]]:
    """Return contacts of some atoms that no bond has, (i, j, distance in Å), the shortest first.

    They are below 0.6 times the sum of the covalent radii, as `domain.structure.close_contacts` counts them.
    """
    radii = COVALENT_RADII_ANGSTROM[structure.numbers]
    found: dict[tuple[int, int], float] = {}
    for atom in _checked(structure, atoms).tolist():
        at, distance = _distances(structure, atom)
        for j in np.flatnonzero(distance < CONTACT_FACTOR * (radii[atom] + radii[at])):
            pair = min(atom, int(at[j])), max(atom, int(at[j]))
            found[pair] = min(float(distance[j]), found.get(pair, np.inf))
    return sorted(((i, j, length) for (i, j), length in found.items()), key=lambda one: one[2])


def check_apart(structure: Structure, atoms: Sequence[int]) -> None:
    """Refuse atoms that lie on top of others.

    Raises
    ------
    XanesviewError
        naming the two.
    """
    for atom in _checked(structure, atoms).tolist():
        other, distance = nearest(structure, atom)
        if distance < LEAST_DISTANCE_ANGSTROM:
            on = site_name(structure, other) if other != atom else "its own image in the next cell"
            raise XanesviewError(
                f"{site_name(structure, atom)} would lie on top of {on}, {distance:.2f} Å away.",
                f"Keep atoms at least {LEAST_DISTANCE_ANGSTROM:g} Å apart, or delete one of them.",
            )


def contact_notice(structure: Structure, atoms: Sequence[int], name) -> Notice | None:
    """Return what has to be said of unphysical distances, or None; `name` gives the name of an atom."""
    close = contacts_of(structure, atoms)
    if not close:
        return None
    i, j, distance = close[0]
    others = counted(len(close) - 1, "other pair")
    more = "" if len(close) == 1 else f", and so {'is' if len(close) == 2 else 'are'} {others}"
    return Notice(
        CONTACT,
        f"{name(structure, i)} and {name(structure, j)} are {distance:.2f} Å apart, closer than any bond{more}.",
        "No network was trained on such distances: do not trust the spectrum.",
    )


def bond_axis(structure: Structure, atom: int, towards: np.ndarray) -> np.ndarray | None:
    """Return the unit vector (3,) of that bond of an atom which lies nearest to a direction (3,); None without bonds.

    Without a bond, the line to the nearest atom counts as one.
    """
    i, j, shift = bonds(structure)
    positions, cell = structure.positions_angstrom, structure.cell_angstrom
    vectors = positions[j] + shift @ cell - positions[i]
    own = np.vstack([vectors[i == atom], -vectors[j == atom]])
    if not len(own):
        other, _ = nearest(structure, atom)
        if other < 0:
            return None
        images = _images_near(structure, positions[atom], nearest(structure, atom)[1] + 1e-6) - positions[atom]
        own = images[np.linalg.norm(images, axis=1) > 1e-6]
    units = own / np.linalg.norm(own, axis=1, keepdims=True)
    return units[int(np.argmax(np.abs(units @ np.asarray(towards, float))))]


def _distances(structure: Structure, atom: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the atoms (P,) and distances (P,), Å, of the nearest image of every other atom, and of its own image."""
    vectors = structure.positions_angstrom - structure.positions_angstrom[atom]
    shifts = _shifts(structure)
    if not structure.is_periodic:
        distance = np.linalg.norm(vectors, axis=1)
        distance[atom] = np.inf
    else:
        cell = complete_cell(structure)
        fractional = vectors @ np.linalg.inv(cell)
        fractional -= np.where(structure.pbc, np.rint(fractional), 0.0)
        lengths = np.linalg.norm((fractional[:, None] + shifts[None]) @ cell, axis=2)
        lengths[atom, np.all(shifts == 0, axis=1)] = np.inf
        distance = lengths.min(axis=1)
    at = np.flatnonzero(np.isfinite(distance))
    return at, distance[at]


def _images_near(structure: Structure, centre: np.ndarray, reach: float) -> np.ndarray:
    """Return the positions (P, 3), Å, of atoms and images within a reach of a point."""
    positions = structure.positions_angstrom
    if structure.is_periodic:
        cell = complete_cell(structure)
        fractional = (positions - centre) @ np.linalg.inv(cell)
        fractional -= np.where(structure.pbc, np.rint(fractional), 0.0)
        positions = centre + ((fractional[:, None] + _shifts(structure)[None]) @ cell).reshape(-1, 3)
    return positions[np.linalg.norm(positions - centre, axis=1) <= reach]


def _shifts(structure: Structure) -> np.ndarray:
    """Return the cells about one (S, 3), itself included, along what repeats."""
    spans = [(-1, 0, 1) if periodic else (0,) for periodic in structure.pbc]
    return np.array([(a, b, c) for a in spans[0] for b in spans[1] for c in spans[2]], float)


def _directions(n: int = 400) -> np.ndarray:
    """Return directions (n, 3) spread evenly over the sphere (a Fibonacci lattice), the one nearest to z first."""
    k = np.arange(n) + 0.5
    z = 1.0 - 2.0 * k / n
    turn = np.pi * (1.0 + 5.0**0.5) * k
    across = np.sqrt(1.0 - z**2)
    return np.stack([across * np.cos(turn), across * np.sin(turn), z], axis=1)


def _check_finite(positions: np.ndarray) -> None:
    if not np.isfinite(positions).all() or np.abs(positions).max() > LARGEST_COORDINATE_ANGSTROM:
        raise XanesviewError("An atom can't be put there.", "Coordinates are finite numbers in Å.")


def _checked(structure: Structure, atoms: Sequence[int]) -> np.ndarray:
    chosen = np.asarray(atoms, dtype=int)
    if len(np.unique(chosen)) != len(chosen):
        raise XanesviewError("An atom was named twice.", "Name each atom once.")
    wrong = [int(i) for i in chosen if not 0 <= i < structure.n_atoms]
    if wrong:
        raise XanesviewError(f"There is no atom {wrong[0]}.", f"Indices run from 0 to {structure.n_atoms - 1}.")
    return chosen
