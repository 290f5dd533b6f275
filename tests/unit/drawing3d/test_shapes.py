"""What is drawn of a structure with a cell: molecules whole or as they are, stubs across its faces."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import bulk, molecule

from xanesview.domain.structure import Structure
from xanesview.drawing3d.shapes import StructureShapes


@pytest.fixture
def cut_benzene() -> Structure:
    atoms = molecule("C6H6")
    return Structure(atoms.numbers, atoms.positions % 8.0, np.eye(3) * 8.0, [True] * 3)


def test_a_molecule_made_whole_has_the_sticks_of_the_molecule_alone(cut_benzene: Structure) -> None:
    shapes = StructureShapes.of(cut_benzene)
    atoms = molecule("C6H6")
    alone = StructureShapes.of(Structure(atoms.numbers, atoms.positions))
    assert not shapes.bonds[2].any()
    for drawn, expected in zip(shapes.sticks, alone.sticks, strict=True):
        assert drawn == pytest.approx(expected, abs=1e-9)
    assert shapes.bounding_radius_angstrom == pytest.approx(alone.bounding_radius_angstrom)
    assert cut_benzene.positions_angstrom.min() >= 0.0  # only the drawing is elsewhere


def test_cut_molecules_are_drawn_as_the_file_has_them_where_that_is_asked_for(cut_benzene: Structure) -> None:
    shapes = StructureShapes.of(cut_benzene, whole=False)
    assert np.array_equal(shapes.positions_angstrom, cut_benzene.positions_angstrom)
    assert shapes.bonds[2].any()


def test_other_colours_leave_the_molecule_whole(cut_benzene: Structure) -> None:
    shapes = StructureShapes.of(cut_benzene)
    painted = shapes.recoloured({0: (1, 2, 3)})
    assert tuple(painted.colours[0]) == (1, 2, 3)
    assert np.array_equal(painted.positions_angstrom, shapes.positions_angstrom)
    assert not painted.bonds[2].any()


def test_every_bond_of_a_framework_across_a_face_has_a_stub_at_either_end() -> None:
    atoms = bulk("Si", cubic=True)
    structure = Structure(atoms.numbers, atoms.positions, atoms.cell.array, [True] * 3)
    start, end, atom = StructureShapes.of(structure).sticks
    # Four half bonds an atom: a stick between two atoms of the cell stands for two of them.
    length = np.linalg.norm(end - start, axis=1)
    whole = length > 2.0
    assert whole.sum() * 2 + (~whole).sum() == 4 * len(structure)
    assert length[~whole] == pytest.approx(np.full((~whole).sum(), 2.35 / 2), abs=0.01)
    assert start == pytest.approx(structure.positions_angstrom[atom])


def test_a_stub_stands_out_of_a_large_ball() -> None:
    """Copper's ball reaches to the middle of its bond to oxygen: half a bond would leave it bare."""
    structure = Structure([29, 8], [[0.4, 4, 4], [6.55, 4, 4]], np.diag([8.0, 8.0, 8.0]), [True] * 3)
    shapes = StructureShapes.of(structure, whole=False)
    start, end, atom = shapes.sticks
    seen = np.linalg.norm(end - start, axis=1) - shapes.radii_angstrom[atom]
    assert atom.tolist() == [0, 1]
    assert (seen >= 0.2 - 1e-9).all()
    assert (end[0] - start[0]) @ [1, 0, 0] < 0 < (end[1] - start[1]) @ [1, 0, 0]
