"""Groups turned about bonds: lengths, the axis and the rest of the structure stay."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import molecule

from xanesview.domain.editing.bond_turn import group_about, smaller_group, turned
from xanesview.domain.structure import Structure, bonds
from xanesview.errors import XanesviewError


def of(atoms) -> Structure:
    return Structure(atoms.numbers, atoms.positions, atoms.cell.array, atoms.pbc)


def lengths(structure: Structure) -> np.ndarray:
    i, j, shift = bonds(structure)
    ends = structure.positions_angstrom[j] + shift @ structure.cell_angstrom - structure.positions_angstrom[i]
    return np.sort(np.linalg.norm(ends, axis=1))


@pytest.fixture
def ethanol() -> Structure:
    return of(molecule("CH3CH2OH"))


def bond_between(structure: Structure, one: str, two: str) -> tuple[int, int]:
    i, j, _ = bonds(structure)
    symbols = structure.symbols
    return next((a, b) for a, b in zip(i.tolist(), j.tolist()) if {symbols[a], symbols[b]} == {one, two})


def dihedral_deg(p: np.ndarray) -> float:
    b0, b1, b2 = p[0] - p[1], p[2] - p[1], p[3] - p[2]
    b1 = b1 / np.linalg.norm(b1)
    v, w = b0 - (b0 @ b1) * b1, b2 - (b2 @ b1) * b1
    return float(np.degrees(np.arctan2(np.cross(b1, v) @ w, v @ w)))


@pytest.mark.parametrize("angle", [10.0, -75.0, 180.0])
def test_a_turn_keeps_all_bond_lengths_and_what_is_fixed(ethanol, angle):
    c, o = bond_between(ethanol, "C", "O")
    group = smaller_group(ethanol, c, o)
    after = turned(ethanol, group, angle)
    assert lengths(after) == pytest.approx(lengths(ethanol), abs=1e-9)
    still = np.setdiff1d(np.arange(9), group.atoms)
    assert np.array_equal(after.positions_angstrom[still], ethanol.positions_angstrom[still])
    assert ethanol.symbols[group.pivot] == "O"
    assert [ethanol.symbols[k] for k in group.atoms] == ["H"]


def test_the_torsion_changes_by_the_angle_right_handed_along_the_axis(ethanol):
    c, o = bond_between(ethanol, "C", "O")
    group = group_about(ethanol, c, o)
    (h,) = group.atoms
    other_c = next(k for k in range(9) if ethanol.symbols[k] == "C" and k != c)
    chain = [other_c, c, o, h]
    before = dihedral_deg(ethanol.positions_angstrom[chain])
    after = dihedral_deg(turned(ethanol, group, 40.0).positions_angstrom[chain])
    assert (after - before) % 360.0 == pytest.approx(40.0)


def test_a_full_turn_and_there_and_back_are_nothing(ethanol):
    group = smaller_group(ethanol, *bond_between(ethanol, "C", "O"))
    assert turned(ethanol, group, 360.0).content_hash == ethanol.content_hash
    assert turned(turned(ethanol, group, 33.0), group, -33.0).content_hash == ethanol.content_hash


def test_a_ring_and_a_lone_end_cannot_turn(ethanol):
    benzene = of(molecule("C6H6"))
    with pytest.raises(XanesviewError, match="part of a ring"):
        smaller_group(benzene, 0, 1)
    with pytest.raises(XanesviewError, match="not bonded"):
        group_about(benzene, 0, 3)
    water = of(molecule("H2O"))
    lone = group_about(water, 0, 1)
    with pytest.raises(XanesviewError, match="nothing to turn"):
        turned(water, lone, 20.0)


def test_a_group_cut_by_the_face_of_a_cell_turns_as_a_whole(ethanol):
    cell = np.diag([9.0, 9.0, 9.0])
    inside = Structure(ethanol.numbers, ethanol.positions_angstrom + 4.0, cell, np.ones(3, bool))
    c, o = bond_between(ethanol, "C", "O")
    h = int(group_about(ethanol, c, o).atoms[0])
    # the same crystal with the hydrogen written in the next cell, and with the molecule across a face
    moved = np.array(inside.positions_angstrom)
    moved[h] += cell[0]
    split = inside.replace(positions_angstrom=moved)
    expected = turned(inside, group_about(inside, c, o), 50.0).positions_angstrom[h]
    found = turned(split, group_about(split, c, o), 50.0).positions_angstrom[h]
    assert found - cell[0] == pytest.approx(expected)
    assert lengths(turned(split, group_about(split, c, o), 50.0)) == pytest.approx(lengths(split))


def test_about_the_bond_of_a_lone_atom_the_molecule_does_not_turn_instead():
    """All would turn but that atom, and nothing but the orientation would change."""
    benzene = of(molecule("C6H6"))
    with pytest.raises(XanesviewError, match="nothing to turn"):
        smaller_group(benzene, *bond_between(benzene, "C", "H"))
