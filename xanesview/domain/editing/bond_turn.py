"""A group of atoms turned about a bond: a torsion. Bond lengths and all else within the group stay."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from xanesview.domain.atom_names import site_name
from xanesview.domain.editing.atoms import check_apart, edited
from xanesview.domain.structure import Structure, bonds
from xanesview.errors import XanesviewError


@dataclass(frozen=True, eq=False)
class TurningGroup:
    """What turns about a bond.

    Attributes
    ----------
    fixed, pivot : int
        The bond's atoms: the one that stays and the one whose group turns.
    axis : (3,) float
        Unit vector from the one to the other.
    atoms : (K,) int
        What turns, without the pivot, which lies on the axis.
    shifts : (K, 3) int
        Cell vectors by which they are away from where bonds lead from the pivot; zeros in a molecule.
    """

    fixed: int
    pivot: int
    axis: np.ndarray
    atoms: np.ndarray
    shifts: np.ndarray


def group_about(structure: Structure, fixed: int, pivot: int, shift: tuple[int, int, int] = (0, 0, 0)) -> TurningGroup:
    """Return the group that turns with `pivot` about its bond to `fixed`.

    Parameters
    ----------
    structure : Structure
    fixed, pivot : int
        Bonded atoms.
    shift : (3,) int
        The bond goes from `fixed` to the image of `pivot` moved by so many cell vectors.

    Raises
    ------
    XanesviewError
        If the two are not bonded, or the bond is part of a ring or a network without an end, which can't turn.
    """
    around = _bonds_by_atom(structure)
    back = tuple(-np.asarray(shift, int))
    if not any(k == fixed and tuple(step) == back for k, step in around[pivot]):
        raise XanesviewError(
            f"Atoms {fixed} and {pivot} are not bonded.", "Turn a group about the bond of two neighbours."
        )
    cells = {pivot: np.zeros(3, int)}
    front = deque([pivot])
    while front:
        here = front.popleft()
        for k, step in around[here]:
            if here == pivot and k == fixed and tuple(step) == back:
                continue
            cell = cells[here] + step
            if k == fixed:
                raise _ring(structure, fixed, pivot)
            if k not in cells:
                cells[k] = cell
                front.append(k)
            elif not np.array_equal(cells[k], cell):
                raise _ring(structure, fixed, pivot)
    del cells[pivot]
    vector = (
        structure.positions_angstrom[pivot] + np.asarray(shift) @ structure.cell_angstrom
        - structure.positions_angstrom[fixed]
    )  # fmt: skip
    atoms = np.array(sorted(cells), int)
    shifts = np.array([cells[k] for k in atoms.tolist()], int).reshape(-1, 3)
    return TurningGroup(fixed, pivot, vector / np.linalg.norm(vector), atoms, shifts)


def smaller_group(structure: Structure, one: int, two: int, shift: tuple[int, int, int] = (0, 0, 0)) -> TurningGroup:
    """Return of the two groups of a bond the one with fewer atoms; see `group_about`.

    Raises
    ------
    XanesviewError
        Also where it is a lone atom: the other group would turn all of the molecule, and with it all but its shape.
    """
    found = [group_about(structure, one, two, shift), group_about(structure, two, one, tuple(-np.asarray(shift, int)))]
    smaller = min(found, key=lambda group: len(group.atoms))
    _check_turns(smaller)
    return smaller


def turned(structure: Structure, group: TurningGroup, angle_deg: float) -> Structure:
    """Return the structure with a group turned about its bond by an angle, right-handed seen along its axis.

    Raises
    ------
    XanesviewError
        If nothing but the bond itself would turn, or an atom would come to lie on another one.
    """
    _check_turns(group)
    pivot = structure.positions_angstrom[group.pivot]
    moved = group.shifts @ structure.cell_angstrom
    away = structure.positions_angstrom[group.atoms] + moved - pivot
    angle, k = np.radians(angle_deg), group.axis
    # Rodrigues' formula.
    rotated = (
        np.cos(angle) * away + np.sin(angle) * np.cross(k, away) + (1.0 - np.cos(angle)) * np.outer(away @ k, k)
    )
    positions = np.array(structure.positions_angstrom)
    positions[group.atoms] = pivot + rotated - moved
    after = edited(structure, positions_angstrom=positions)
    check_apart(after, group.atoms)
    return after


def _check_turns(group: TurningGroup) -> None:
    if not len(group.atoms):
        raise XanesviewError("There is nothing to turn about this bond.", "Choose one whose end has further atoms.")


def _bonds_by_atom(structure: Structure) -> dict[int, list[tuple[int, np.ndarray]]]:
    i, j, shift = bonds(structure)
    around: dict[int, list[tuple[int, np.ndarray]]] = {k: [] for k in range(structure.n_atoms)}
    for a, b, step in zip(i.tolist(), j.tolist(), np.asarray(shift, int)):
        around[a].append((b, step))
        around[b].append((a, -step))
    return around


def _ring(structure: Structure, fixed: int, pivot: int) -> XanesviewError:
    name = f"{site_name(structure, fixed)}–{site_name(structure, pivot)}"
    return XanesviewError(
        f"The bond {name} is part of a ring or of a network without an end, so no group can turn about it.",
        "Turn about a bond that leads to a side group.",
    )
