"""Molecules across the faces of a cell are brought together by lattice vectors; networks without an end are not."""

from __future__ import annotations

import time

import numpy as np
import pytest
from ase.build import bulk, graphene, molecule

from xanesview.domain.molecules import whole_molecule_shifts
from xanesview.domain.structure import Structure, bonds

CELL = np.array([[7.0, 0.0, 0.0], [1.5, 8.0, 0.0], [-1.0, 0.5, 9.0]])


def crystal(*centres: tuple[float, float, float], pbc: object = True, kind: str = "C6H6") -> Structure:
    """Molecules in an oblique cell, their centres in fractions of it, all atoms put inside."""
    atoms = molecule(kind)
    own = (atoms.positions - atoms.positions.mean(axis=0)) @ np.linalg.inv(CELL)
    fractional = np.concatenate([own + centre for centre in centres])
    inside = np.where(np.broadcast_to(pbc, 3), fractional % 1.0, fractional)
    return Structure(np.tile(atoms.numbers, len(centres)), inside @ CELL, CELL, np.broadcast_to(pbc, 3))


def whole(structure: Structure) -> np.ndarray:
    shifts = whole_molecule_shifts(structure)
    return structure.positions_angstrom + (0 if shifts is None else shifts @ structure.cell_angstrom)


@pytest.mark.parametrize(
    "centre", [(0.0, 0.5, 0.5), (0.0, 0.0, 0.0), (0.96, 0.04, 0.9)], ids=["face", "corner", "near"]
)
def test_a_cut_molecule_gets_its_own_distances_back(centre: tuple[float, float, float]) -> None:
    structure = crystal(centre)
    shifts = whole_molecule_shifts(structure)
    assert shifts is not None
    assert shifts.shape == (12, 3)
    there = whole(structure)
    alone = molecule("C6H6").positions
    assert np.linalg.norm(there[:, None] - there[None], axis=2) == pytest.approx(
        np.linalg.norm(alone[:, None] - alone[None], axis=2), abs=1e-9
    )
    # Most of it has stayed: the middle is within half a cell of the mean of where the atoms were.
    assert (np.abs(shifts.mean(axis=0)) <= 0.5).all()


def test_only_what_is_cut_is_moved() -> None:
    structure = crystal((0.5, 0.5, 0.5), (0.0, 0.5, 0.05))
    shifts = whole_molecule_shifts(structure)
    assert not shifts[:12].any()
    assert shifts[12:].any()
    assert not shifts[:, 1:].any()


def test_molecules_on_a_corner_come_together_at_the_origin_whatever_atom_is_first() -> None:
    structure = crystal((0.0, 0.0, 0.0))
    order = np.random.default_rng(1).permutation(12)
    turned = structure.replace(
        numbers=structure.numbers[order], positions_angstrom=structure.positions_angstrom[order]
    )
    for one in (structure, turned):
        assert whole(one).mean(axis=0) == pytest.approx(np.zeros(3), abs=1e-9)


@pytest.mark.parametrize(
    "structure",
    [
        crystal((0.5, 0.5, 0.5)),  # nothing is cut
        crystal((0.0, 0.5, 0.5), pbc=False),
        *(
            Structure(a.numbers, a.positions, a.cell.array, a.pbc)
            for a in (bulk("NaCl", "rocksalt", a=5.6), bulk("Si", cubic=True), graphene(size=(3, 3, 1), vacuum=8))
        ),
    ],
    ids=["inside", "molecule", "salt", "framework", "sheet"],
)
def test_what_has_no_cut_molecule_stays(structure: Structure) -> None:
    assert whole_molecule_shifts(structure) is None


def test_a_molecule_beside_a_framework_is_made_whole_and_the_framework_is_not() -> None:
    water, sheet = molecule("H2O"), graphene(size=(3, 3, 1), vacuum=8)
    sheet.pbc = True
    cell = sheet.cell.array
    low = (sheet.positions + np.array([0, 0, 4.0])) @ np.linalg.inv(cell)
    wet = (water.positions - water.positions[0]) @ np.linalg.inv(cell)
    positions = np.concatenate([low, wet % 1.0]) @ cell
    structure = Structure(np.concatenate([sheet.numbers, water.numbers]), positions, cell, [True] * 3)
    shifts = whole_molecule_shifts(structure)
    assert not shifts[: len(sheet)].any()
    assert shifts[len(sheet) :].any()
    assert np.linalg.norm(whole(structure)[-2:] - whole(structure)[-3], axis=1) == pytest.approx([0.97, 0.97], abs=0.02)


def test_a_chain_through_the_cell_has_no_whole() -> None:
    structure = Structure([6, 6], [[0.3, 0, 0], [1.7, 0, 0]], np.diag([2.8, 12.0, 12.0]), [True] * 3)
    assert whole_molecule_shifts(structure) is None


def test_thousands_of_molecules_take_a_moment() -> None:
    steps = np.stack(np.meshgrid(*[np.arange(12)] * 3, indexing="ij"), -1).reshape(-1, 3) * 3.1
    water = molecule("H2O")
    positions = (steps[:, None] + water.positions).reshape(-1, 3) % (12 * 3.1)
    structure = Structure(np.tile(water.numbers, len(steps)), positions, np.eye(3) * 12 * 3.1, [True] * 3)
    bonds(structure)
    begin = time.process_time()
    there = whole(structure).reshape(-1, 3, 3)
    assert time.process_time() - begin < 0.2
    assert np.linalg.norm(there[:, 1:] - there[:, :1], axis=2).max() < 1.0
