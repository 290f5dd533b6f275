"""Supercells, strained and rattled copies: densities, fractions, variances."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import bulk, fcc111, molecule

from xanesview.domain.editing.copies import copies, rattled, strained, supercell, thermal_sigma
from xanesview.domain.structure import Structure, bonds
from xanesview.errors import UsageError


def of(atoms, **fields) -> Structure:
    return Structure(atoms.numbers, atoms.positions, atoms.cell.array, atoms.pbc, **fields)


@pytest.fixture
def slab() -> Structure:
    atoms = fcc111("Cu", (2, 2, 3), vacuum=8.0)
    atoms.pbc = True, True, False
    return of(atoms, name="Cu(111)")


def test_a_supercell_has_the_density_and_the_bonds_of_its_cell(slab):
    large = supercell(slab, (2, 3, 1))
    assert large.n_atoms == 6 * slab.n_atoms
    assert len(bonds(large)[0]) == 6 * len(bonds(slab)[0])
    assert np.linalg.det(large.cell_angstrom[:2, :2]) == pytest.approx(6 * np.linalg.det(slab.cell_angstrom[:2, :2]))
    assert np.array_equal(large.positions_angstrom[: slab.n_atoms], slab.positions_angstrom)
    assert large.surface_normal == pytest.approx(slab.surface_normal)


@pytest.mark.parametrize("repeat", [(1, 1, 2), (0, 1, 1), (2, 2), (101, 1, 1)])
def test_what_cannot_be_repeated_is_refused(slab, repeat):
    with pytest.raises(UsageError):
        supercell(slab, repeat)


def test_a_strain_lengthens_the_cell_and_keeps_fractions(slab):
    long = strained(slab, (2.0, -1.0, 0.0))
    lengths = np.linalg.norm(long.cell_angstrom[:2], axis=1) / np.linalg.norm(slab.cell_angstrom[:2], axis=1)
    assert lengths == pytest.approx([1.02, 0.99])
    for one in (slab, long):
        assert one.positions_angstrom[:, 2] == pytest.approx(slab.positions_angstrom[:, 2]), "nothing across the slab"
    plane = [one.positions_angstrom[:, :2] @ np.linalg.inv(one.cell_angstrom[:2, :2]) for one in (slab, long)]
    assert plane[1] == pytest.approx(plane[0])
    back = strained(long, (100.0 * (1 / 1.02 - 1), 100.0 * (1 / 0.99 - 1), 0.0))
    assert back.positions_angstrom == pytest.approx(slab.positions_angstrom)


def test_a_molecule_and_the_vacuum_have_no_strain(slab):
    with pytest.raises(UsageError, match="molecule"):
        strained(of(molecule("H2O")), (1, 1, 1))
    with pytest.raises(UsageError, match="not periodic"):
        strained(slab, (1, 1, 1))


def test_displacements_have_their_deviation_and_their_seed():
    crystal = supercell(of(bulk("Cu", "fcc", a=3.6, cubic=True)), (8, 8, 8))
    one, two = rattled(crystal, 0.05, 3), rattled(crystal, 0.05, 3)
    step = one.positions_angstrom - crystal.positions_angstrom
    assert step.std(axis=0) == pytest.approx([0.05] * 3, rel=0.05)
    assert np.array_equal(one.positions_angstrom, two.positions_angstrom)
    assert not np.array_equal(one.positions_angstrom, rattled(crystal, 0.05, 4).positions_angstrom)


def test_copies_differ_and_have_no_contacts_that_the_structure_has_not():
    water = of(molecule("H2O"))
    found = copies(water, 0.1, 12)
    assert len({one.content_hash for one in found}) == 12
    with pytest.raises(UsageError, match="closer than any bond"):
        copies(supercell(of(bulk("Cu", "fcc", a=1.8, cubic=True)), (3, 3, 3)), 0.5, 3)


def test_the_debye_model_gives_what_is_measured_of_copper_and_its_limits():
    # B = 8π²⟨u²⟩ of copper at 295 K is 0.55(2) Å² (International Tables C)
    sigma = thermal_sigma(np.array([29]), 295.0, 320.0)
    assert 8 * np.pi**2 * sigma**2 == pytest.approx(0.55, abs=0.05)
    hot = thermal_sigma(np.array([29, 29]), 3000.0, 320.0) / thermal_sigma(np.array([29, 29]), 1500.0, 320.0)
    assert hot == pytest.approx(np.sqrt(2), rel=0.01), "classical: ⟨u²⟩ grows with T"
    light, heavy = (thermal_sigma(np.array([z]), 0.0, 320.0) for z in (6, 29))
    assert light / heavy == pytest.approx(np.sqrt(63.546 / 12.011), rel=1e-3)
    assert thermal_sigma(np.array([29]), 1e-3, 320.0) == pytest.approx(heavy, rel=1e-3)
