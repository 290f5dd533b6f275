"""Structures: what is refused, what is derived, what is bonded."""

from __future__ import annotations

import time

import numpy as np
import pytest
from ase.build import bulk, fcc111, graphene, molecule
from scipy.spatial.transform import Rotation

from xanesview.domain.structure import (
    Notice,
    Structure,
    bonds,
    close_contacts,
    neighbours_of,
    site_description,
)
from xanesview.errors import XanesviewError


def of_ase(atoms) -> Structure:
    return Structure(atoms.numbers, atoms.positions, atoms.cell.array, atoms.pbc)


@pytest.mark.parametrize(
    ("numbers", "positions", "words"),
    [
        ([], np.zeros((0, 3)), "no atoms"),
        ([0], [[0, 0, 0]], "atomic number"),
        ([119], [[0, 0, 0]], "atomic number"),
        ([6.5], [[0, 0, 0]], "atomic number"),
        ([6], [[0, 0, np.nan]], "finite"),
        ([6], [[0, 0, np.inf]], "finite"),
        ([6, 1], [[0, 0, 0]], "positions"),
        ([6], [[0, 0, 1e9]], "larger"),
    ],
)
def test_impossible_atoms_are_refused_in_a_sentence(numbers, positions, words):
    with pytest.raises(XanesviewError, match=words):
        Structure(numbers, positions)


@pytest.mark.parametrize("cell", [np.zeros((3, 3)), [[1, 0, 0], [2, 0, 0], [0, 0, 1]], np.full((3, 3), np.nan)])
def test_a_periodic_structure_needs_a_cell_with_volume(cell):
    with pytest.raises(XanesviewError, match="cell"):
        Structure([6], [[0, 0, 0]], cell, [True, True, True])


def test_a_slab_needs_no_third_cell_vector():
    slab = Structure([6], [[0, 0, 0]], [[2, 0, 0], [0, 3, 0], [0, 0, 0]], [True, True, False])
    assert slab.is_periodic
    np.testing.assert_allclose(slab.surface_normal, [0, 0, 1])


def test_arrays_can_not_be_changed_and_are_copies():
    positions = np.zeros((1, 3))
    structure = Structure([6], positions)
    positions[0, 0] = 5.0
    assert structure.positions_angstrom[0, 0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        structure.positions_angstrom[0, 0] = 1.0


@pytest.mark.parametrize(
    ("symbols", "formula"), [("CH3CH2OH", "C2H6O"), ("NaCl", "ClNa"), ("H2O", "H2O"), ("CHCl3", "CHCl3")]
)
def test_formula_is_in_hill_order(symbols, formula):
    from ase import Atoms

    atoms = Atoms(symbols)
    atoms.positions = np.arange(3 * len(atoms)).reshape(-1, 3)
    assert of_ase(atoms).formula == formula


def test_hash_tells_structures_apart_and_forgets_noise_and_names():
    water = of_ase(molecule("H2O"))
    assert water.content_hash == water.replace(name="water", notices=(Notice("overlap", "x"),)).content_hash
    assert water.content_hash == water.translated([1e-9, 0, 0]).content_hash
    others = [
        water.translated([1e-3, 0, 0]),
        water.replace(numbers=[16, 1, 1]),
        water.replace(cell_angstrom=np.eye(3) * 9.0),
        water.replace(cell_angstrom=np.eye(3) * 9.0, pbc=[True, True, True]),
    ]
    assert len({s.content_hash for s in [water, *others]}) == 5


def test_sites_of_an_element():
    benzene = of_ase(molecule("C6H6"))
    assert benzene.sites_of("C").tolist() == [0, 1, 2, 3, 4, 5]
    assert benzene.sites_of("Fe").tolist() == []
    assert benzene.elements == (1, 6)
    with pytest.raises(XanesviewError, match="symbol"):
        benzene.sites_of("Xx")


def test_rotation_keeps_distances_and_turns_the_cell():
    slab = of_ase(fcc111("Al", (1, 1, 3), vacuum=6.0))
    rotation = Rotation.random(random_state=3).as_matrix()
    turned = slab.rotated(rotation)
    np.testing.assert_allclose(turned.surface_normal, rotation @ slab.surface_normal, atol=1e-12)
    assert len(bonds(turned)[0]) == len(bonds(slab)[0]) > 0
    with pytest.raises(XanesviewError, match="orthogonal"):
        slab.rotated(2.0 * np.eye(3))


def test_a_mirror_image_forgets_its_smiles():
    molecule_ = of_ase(molecule("H2O")).replace(smiles="O")
    assert molecule_.rotated(np.eye(3)).smiles == "O"
    assert molecule_.rotated(np.diag([1.0, 1.0, -1.0])).smiles is None


def test_only_slabs_have_a_surface_normal():
    crystal = of_ase(bulk("Cu"))
    assert crystal.surface_normal is None
    assert of_ase(molecule("C6H6")).surface_normal is None
    boxed = molecule("C6H6")
    boxed.center(vacuum=8.0)
    boxed.pbc = True
    assert of_ase(boxed).surface_normal is None  # vacuum on all sides: a molecule in a box
    graphite = Structure(
        [6] * 4,
        [[0, 0, 0], [0, 1.42, 0], [0, 0, 3.35], [0, 2.84, 3.35]],
        [[2.46, 0, 0], [1.23, 2.13, 0], [0, 0, 6.7]],
        [True] * 3,
    )
    assert graphite.surface_normal is None


def test_vacuum_along_one_axis_makes_a_slab_even_across_the_cell_boundary():
    sheet = graphene(vacuum=8.0)
    sheet.pbc = True
    for height in (0.0, 8.0, 15.9):
        sheet.positions[:, 2] = height
        np.testing.assert_allclose(of_ase(sheet).surface_normal, [0, 0, 1])


def test_bonds_of_a_molecule():
    benzene = of_ase(molecule("C6H6"))
    i, j, shift = bonds(benzene)
    assert len(i) == 12
    assert (i < j).all()
    assert not shift.any()
    assert site_description(benzene, 0) == "2 C 1 H"
    assert site_description(benzene, 6) == "1 C"
    assert sorted(neighbours_of(benzene, 0)) == neighbours_of(benzene, 0, bonds(benzene)) == [1, 5, 6]
    assert site_description(Structure([2], [[0, 0, 0]]), 0) == "no neighbours"


def test_bonds_reach_across_the_cell():
    copper = of_ase(bulk("Cu"))
    assert neighbours_of(copper, 0) == [0] * 12
    i, j, shift = bonds(copper)
    assert len(i) == 6
    vectors = copper.positions_angstrom[j] + shift @ copper.cell_angstrom - copper.positions_angstrom[i]
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 3.61 / np.sqrt(2), atol=1e-9)
    diamond = of_ase(bulk("C", "diamond", 3.57))
    assert [site_description(diamond, k) for k in (0, 1)] == ["4 C", "4 C"]


def test_metals_beside_a_metal_are_named_only_where_nothing_else_is_around():
    perovskite = Structure(
        [38, 22, 8, 8, 8],
        3.905 * np.array([[0.5, 0.5, 0.5], [0, 0, 0], [0.5, 0, 0], [0, 0.5, 0], [0, 0, 0.5]]),
        np.eye(3) * 3.905,
        [True] * 3,
    )
    assert [site_description(perovskite, k) for k in (0, 1)] == ["12 O", "6 O"]
    assert site_description(perovskite, 2) == "4 Sr 2 Ti"
    assert site_description(of_ase(bulk("Cu")), 0) == "12 Cu"


def test_bonds_do_not_depend_on_which_image_an_atom_is_given_in():
    crystal = of_ase(bulk("C", "diamond", 3.57, cubic=True))
    moved = crystal.positions_angstrom + np.random.default_rng(1).integers(-3, 4, (8, 3)) @ crystal.cell_angstrom
    i, j, shift = bonds(crystal.replace(positions_angstrom=moved))
    vectors = moved[j] + shift @ crystal.cell_angstrom - moved[i]
    assert len(i) == 16
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 3.57 * np.sqrt(3) / 4, atol=1e-9)


def test_bonds_of_a_sheet_without_a_third_vector():
    sheet = graphene()
    sheet.cell[2] = 0.0
    sheet.pbc = (True, True, False)
    assert [site_description(of_ase(sheet), k) for k in (0, 1)] == ["3 C", "3 C"]


def test_close_contacts_are_listed_closest_first():
    structure = Structure([6, 6, 6, 1], [[0, 0, 0], [0.3, 0, 0], [5, 0, 0], [5, 0, 1.09]])
    assert close_contacts(structure) == [(0, 1, pytest.approx(0.3))]
    on_top = Structure([6, 6, 6], [[0, 0, 0], [0, 0, 0], [0.5, 0, 0]])
    assert [pair[:2] for pair in close_contacts(on_top)] == [(0, 1), (0, 2), (1, 2)]
    assert close_contacts(of_ase(molecule("C6H6"))) == []


def test_bonds_of_five_thousand_atoms_take_no_time_to_speak_of():
    big = of_ase(bulk("C", "diamond", 3.57, cubic=True) * (9, 9, 8))
    start = time.perf_counter()
    assert len(bonds(big)[0]) == 2 * 5184
    assert time.perf_counter() - start < 1.0


def test_a_structure_is_a_line_of_text() -> None:
    assert repr(Structure([8, 1, 1], np.eye(3), name="water")) == "<Structure water: H2O, 3 atoms>"
    assert repr(Structure([26], np.zeros((1, 3)), np.eye(3) * 2.87, np.ones(3, bool))).endswith("1 atom, periodic>")
