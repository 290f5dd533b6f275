"""Equivalent sites: classes, orbits, and the rotations between tensors."""

from __future__ import annotations

import numpy as np
import pytest
from ase import Atoms
from ase.build import bulk, fcc111, graphene, molecule
from ase.spacegroup import crystal
from scipy.spatial.transform import Rotation

from xanesview.domain.absorption import AbsorptionTensor, to_voigt
from xanesview.domain.geometry.polarisation import linear, powder
from xanesview.domain.neighbour_list import pairs_within
from xanesview.domain.point_group import point_operations
from xanesview.domain.structure import Structure, complete_cell
from xanesview.domain.symmetry import graph_classes, orbits, site_classes


def of_ase(atoms: Atoms, seed: int | None = None) -> Structure:
    structure = Structure(atoms.numbers, atoms.positions, atoms.cell.array, atoms.pbc)
    if seed is None:
        return structure
    return structure.rotated(Rotation.random(random_state=seed).as_matrix()).translated([1.0, -2.0, 3.0])


def equivariant_tensor(structure: Structure) -> np.ndarray:
    """A tensor (N, 3, 3) made from the geometry alone: Σ_j Z_j r̂r̂ᵀ exp(−r²/4) over neighbours within 5 Å."""
    i, j, shift, distance = pairs_within(structure.positions_angstrom, complete_cell(structure), structure.pbc, 5.0)
    vectors = structure.positions_angstrom[j] + shift @ structure.cell_angstrom - structure.positions_angstrom[i]
    weight = structure.numbers[j] * np.exp(-(distance**2) / 4.0) * (25.0 - distance**2) ** 2 / distance**2
    sigma = np.zeros((structure.n_atoms, 3, 3))
    np.add.at(sigma, i, weight[:, None, None] * vectors[:, :, None] * vectors[:, None, :])
    return sigma


def sheet_without_third_vector() -> Atoms:
    sheet = graphene()
    sheet.cell[2] = 0.0
    sheet.pbc = (True, True, False)
    return sheet


STRUCTURES = {
    "benzene": (molecule("C6H6"), [6, 6]),
    "methane": (molecule("CH4"), [1, 4]),
    "ammonia": (molecule("NH3"), [1, 3]),
    "ethane": (molecule("C2H6"), [2, 6]),
    "thiophene": (molecule("C4H4S"), [1, 2, 2, 2, 2]),
    "carbon dioxide": (molecule("CO2"), [1, 2]),
    "hydrogen cyanide": (molecule("HCN"), [1, 1, 1]),
    "fullerene": (molecule("C60"), [60]),
    "argon": (Atoms("Ar", [(0, 0, 0)]), [1]),
    "copper": (bulk("Cu"), [1]),
    "salt": (bulk("NaCl", "rocksalt", 5.6, cubic=True), [4, 4]),
    "graphene": (sheet_without_third_vector(), [2]),
    "slab": (fcc111("Al", (2, 2, 3), vacuum=6.0), [4, 8]),
    "rutile": (
        crystal(["Ti", "O"], [(0, 0, 0), (0.305, 0.305, 0)], spacegroup=136, cellpar=[4.6, 4.6, 2.95, 90, 90, 90]),
        [2, 4],
    ),
    "quartz": (
        crystal(
            ["Si", "O"],
            [(0.47, 0, 1 / 3), (0.413, 0.267, 0.786)],
            spacegroup=152,
            cellpar=[4.91, 4.91, 5.4, 90, 90, 120],
        ),
        [3, 6],
    ),
    "chain": (Atoms("C2", [(0, 0, 0), (0, 0, 1.3)], cell=[(0, 0, 0), (0, 0, 0), (0, 0, 2.6)], pbc=(0, 0, 1)), [2]),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_orbits_turn_one_tensor_into_the_others(name):
    atoms, sizes = STRUCTURES[name]
    for seed in (None, 1):
        structure = of_ase(atoms, seed)
        sites = np.arange(structure.n_atoms)
        found = orbits(structure, sites)
        assert sorted(orbit.multiplicity for orbit in found) == sizes
        assert sorted(member for orbit in found for member in orbit.members) == sites.tolist()
        sigma = equivariant_tensor(structure)
        for orbit in found:
            assert orbit.members[0] == orbit.representative
            np.testing.assert_array_equal(orbit.rotations[0], np.eye(3))
            for member, r in zip(orbit.members, orbit.rotations):
                np.testing.assert_allclose(r @ r.T, np.eye(3), atol=1e-9)
                turned = r @ sigma[orbit.representative] @ r.T
                np.testing.assert_allclose(turned, sigma[member], atol=0.02 * np.abs(sigma).max())


@pytest.mark.parametrize("name", STRUCTURES)
def test_members_of_an_orbit_are_in_one_class(name):
    structure = of_ase(STRUCTURES[name][0], 2)
    labels = site_classes(structure, np.arange(structure.n_atoms))
    for orbit in orbits(structure, np.arange(structure.n_atoms)):
        assert len({labels[member] for member in orbit.members}) == 1


def test_multiplicity_is_right_for_the_isotropic_spectrum_only():
    structure = of_ase(STRUCTURES["rutile"][0])
    oxygen = structure.sites_of("O")
    (orbit,) = orbits(structure, oxygen)
    sigma = equivariant_tensor(structure)
    one = AbsorptionTensor([530.0], to_voigt(sigma[orbit.representative])[None, :, None], [0], "u", "O K", 1.0)
    everyone = AbsorptionTensor([530.0], to_voigt(sigma[oxygen])[:, :, None], oxygen, "u", "O K", 1.0).summed()
    along = linear((1, 1, 0))
    assert 4 * one.contract(powder())[0, 0] == pytest.approx(everyone.contract(powder())[0, 0])
    turned = sum(one.rotated(r).contract(along)[0, 0] for r in orbit.rotations)
    assert turned == pytest.approx(everyone.contract(along)[0, 0])
    assert abs(4 * one.contract(along)[0, 0] - turned) > 0.05 * turned


@pytest.mark.parametrize(
    ("name", "order"),
    [("C6H6", 24), ("CH4", 24), ("H2O", 4), ("NH3", 6), ("C2H4", 8), ("C2H6", 12), ("CH3OH", 2), ("C60", 120)],
)
def test_order_of_the_point_group(name, order):
    found = point_operations(of_ase(molecule(name), 4))
    assert len(found) == order
    np.testing.assert_allclose(found[0].rotation, np.eye(3), atol=1e-9)
    assert sum(np.linalg.det(o.rotation) > 0 for o in found) in (order, order // 2)


def test_operations_bring_atoms_onto_atoms():
    structure = of_ase(molecule("C6H6"), 4)
    x = structure.positions_angstrom - structure.centre_angstrom
    for operation in point_operations(structure):
        np.testing.assert_allclose(x @ operation.rotation.T, x[operation.permutation], atol=0.02)
        assert (structure.numbers == structure.numbers[operation.permutation]).all()


def test_a_mapping_that_misses_makes_orbits_of_their_own():
    atoms = molecule("C6H6")
    atoms.positions[0, 2] += 0.1  # out of the plane: one mirror plane is left
    assert sorted(o.multiplicity for o in orbits(of_ase(atoms), range(6))) == [1, 1, 2, 2]
    assert [o.multiplicity for o in orbits(of_ase(atoms), range(6), tolerance_angstrom=0.2)] == [6]
    crystal_ = bulk("NaCl", "rocksalt", 5.6, cubic=True)
    crystal_.positions[0] += (0.1, 0.07, 0.03)
    assert [o.multiplicity for o in orbits(of_ase(crystal_), range(8))] == [1] * 8


def test_another_element_breaks_the_symmetry():
    atoms = molecule("C6H6")
    atoms.numbers[6] = 9
    assert sorted(o.multiplicity for o in orbits(of_ase(atoms), range(6))) == [1, 1, 2, 2]
    assert len(set(site_classes(of_ase(atoms), range(6)).tolist())) == 4


def test_only_the_sites_asked_for_are_returned():
    benzene = of_ase(molecule("C6H6"))
    (orbit,) = orbits(benzene, [4, 2])
    assert orbit.members == (4, 2)
    assert site_classes(benzene, [4, 7, 2]).tolist() == [0, 1, 0]


def toluene(turn_deg: float) -> Structure:
    """Toluene with its methyl group turned."""
    ring = 1.395 * np.array([[np.cos(a), np.sin(a), 0.0] for a in np.arange(6) * np.pi / 3])
    hydrogen = ring[1:] / 1.395 * 2.48
    methyl = np.array([[2.9, 0.0, 0.0]])
    around = np.deg2rad(turn_deg) + np.arange(3) * 2 * np.pi / 3
    tip = methyl + np.stack([np.full(3, 0.39), 1.02 * np.cos(around), 1.02 * np.sin(around)], axis=1)
    return Structure([6] * 6 + [1] * 5 + [6] + [1] * 3, np.vstack([ring, hydrogen, methyl, tip]))


@pytest.mark.parametrize("turn_deg", [0.0, 13.0, 90.0])
def test_a_turned_methyl_group_leaves_the_ring_its_classes(turn_deg):
    carbon = [0, 1, 2, 3, 4, 5, 11]
    assert site_classes(toluene(turn_deg), carbon).tolist() == [0, 1, 2, 3, 2, 1, 4]


def test_a_methyl_group_that_breaks_the_symmetry_breaks_the_orbits():
    assert sorted(o.multiplicity for o in orbits(toluene(13.0), range(6))) == [1] * 6
    # One C–H bond across the ring's plane: the mirror plane through the long axis is left.
    assert sorted(o.multiplicity for o in orbits(toluene(90.0), range(6))) == [1, 1, 2, 2]


def test_the_graph_alone_sees_how_atoms_are_bonded():
    butane = of_ase(molecule("trans-butane"))
    carbon = graph_classes(butane)[butane.sites_of("C")]
    assert sorted(np.bincount(carbon - carbon.min()).tolist()) == [2, 2]
    assert len(set(graph_classes(butane).tolist())) == 4  # two kinds of carbon, two kinds of hydrogen


def test_alike_in_the_graph_but_not_in_space():
    """Four carbons in a row, bent so that the two ends see different distances, beside a distant argon."""
    positions = [[0, 0, 0], [1.5, 0, 0], [2.2, 1.3, 0], [3.7, 1.3, 0], [0, 3.0, 0]]
    chain = Structure([6, 6, 6, 6, 18], positions)
    assert graph_classes(chain)[[0, 3]].tolist() == [0, 0]
    labels = site_classes(chain, [0, 1, 2, 3])
    assert labels[0] != labels[3]


def test_sites_of_a_molecule_in_pieces_are_told_apart_by_distance():
    exploded = Structure([6, 6, 6], [[0, 0, 0], [10, 0, 0], [0, 14, 0]])
    assert len(set(site_classes(exploded, [0, 1, 2]).tolist())) == 3


def test_a_supercell_has_the_classes_of_its_cell():
    assert set(site_classes(of_ase(bulk("C", "diamond", 3.57, cubic=True) * (2, 2, 2)), range(64)).tolist()) == {0}


def test_a_large_disordered_cell_has_no_symmetry_and_takes_no_time():
    atoms = bulk("C", "diamond", 3.57, cubic=True) * (6, 6, 6)
    atoms.rattle(0.08, seed=1)
    found = orbits(of_ase(atoms), range(200))
    assert [o.multiplicity for o in found] == [1] * 200


@pytest.mark.parametrize("pbc", [True, False])
def test_atoms_on_top_of_one_another_end_in_no_symmetry(pbc):
    structure = Structure([6, 6, 8], [[0, 0, 0], [0, 0, 0.005], [2, 0, 0]], 4.0 * np.eye(3), [pbc] * 3)
    assert len(site_classes(structure, [0, 1, 2])) == 3
    assert sum(o.multiplicity for o in orbits(structure, [0, 1, 2])) == 3
