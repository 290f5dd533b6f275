"""Molecules put on surfaces: rigid, at their height, on the side where the site is."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import fcc111, molecule

from xanesview.domain.editing.adsorbate import adsorbed, pressed_contact, usual_height
from xanesview.domain.editing.surface_sites import surface_sites
from xanesview.domain.structure import COVALENT_RADII_ANGSTROM, Structure
from xanesview.errors import XanesviewError


def of(atoms, **fields) -> Structure:
    return Structure(atoms.numbers, atoms.positions, atoms.cell.array, atoms.pbc, **fields)


@pytest.fixture
def slab() -> Structure:
    atoms = fcc111("Cu", (4, 4, 3), vacuum=10.0)
    atoms.pbc = True, True, False
    return of(atoms, name="Cu(111)")


def distances(positions: np.ndarray) -> np.ndarray:
    return np.linalg.norm(positions[:, None] - positions[None], axis=2)


@pytest.mark.parametrize("lies", [False, True])
@pytest.mark.parametrize("turn", [0.0, 37.0, -120.0])
def test_the_molecule_stays_rigid_and_the_slab_where_it_was(slab, lies, turn):
    benzene = of(molecule("C6H6"))
    after = adsorbed(slab, benzene, [40], 2.5, turn_deg=turn, lies=lies)
    assert np.array_equal(after.positions_angstrom[:48], slab.positions_angstrom)
    own = after.positions_angstrom[48:]
    assert distances(own) == pytest.approx(distances(benzene.positions_angstrom), abs=1e-9)
    assert own[0] - slab.positions_angstrom[40] == pytest.approx([0.0, 0.0, 2.5], abs=1e-9)
    assert (np.ptp(own[:, 2]) < 1e-6) == lies


def test_handedness_is_kept(slab):
    chiral = of(molecule("CH3CHO"))
    positions = np.array(chiral.positions_angstrom)

    def volume(p: np.ndarray) -> float:
        return float(np.linalg.det(p[[1, 2, 4]] - p[0]))

    after = adsorbed(slab, chiral, [40], 3.0, turn_deg=20.0)
    assert volume(after.positions_angstrom[48:]) == pytest.approx(volume(positions), abs=1e-9)


def test_a_turn_turns_about_the_normal_by_its_angle(slab):
    co2 = of(molecule("H2CO"))
    one, two = (adsorbed(slab, co2, [40], 2.5, turn_deg=t).positions_angstrom[48:] for t in (0.0, 90.0))
    a, b = one[2] - one[0], two[2] - two[0]
    assert b[2] == pytest.approx(a[2])
    assert [b[0], b[1]] == pytest.approx([-a[1], a[0]], abs=1e-9)


def test_on_the_lower_face_it_hangs_down(slab):
    after = adsorbed(slab, of(molecule("CO")), [0], 1.9, anchor=1)
    own = after.positions_angstrom[48:]
    assert own[:, 2].max() < slab.positions_angstrom[:, 2].min()
    assert own[1, 2] == pytest.approx(slab.positions_angstrom[0, 2] - 1.9)
    assert own[0, 2] < own[1, 2], "the anchor stands next to the surface"


def test_over_a_hollow_the_usual_height_touches_all(slab):
    hollow = [36, 37, 40]
    carbon = of(molecule("CO"))
    top, three = usual_height(slab, [40], carbon, 1), usual_height(slab, hollow, carbon, 1)
    assert top == pytest.approx(1.32 + 0.76)
    assert three < top
    after = adsorbed(slab, carbon, hollow, three, anchor=1)
    gaps = np.linalg.norm(after.positions_angstrom[hollow] - after.positions_angstrom[49], axis=1)
    assert gaps == pytest.approx([2.08] * 3, abs=0.02)


def contacts(slab: Structure, after: Structure) -> np.ndarray:
    """Return the distances of each atom of the molecule to the nearest of the slab, over the sum of their radii."""
    n, radii = slab.n_atoms, COVALENT_RADII_ANGSTROM
    cell = slab.cell_angstrom
    by = np.array([i * cell[0] + j * cell[1] for i in range(-2, 3) for j in range(-2, 3)])
    own, theirs = after.positions_angstrom[n:], after.positions_angstrom[:n]
    away = np.linalg.norm(own[:, None, None] - theirs[None, :, None] - by, axis=-1).min(axis=-1)
    return (away / (radii[after.numbers[n:]][:, None] + radii[slab.numbers][None])).min(axis=1)


@pytest.mark.parametrize("name", ["C6H6", "CH3OH", "CH3CHO", "H2O", "C2H4", "CH4"])
@pytest.mark.parametrize("lies", [False, True])
@pytest.mark.parametrize("turn", [0.0, 25.0])
def test_no_atom_is_pressed_into_the_surface_and_one_touches(slab, name, lies, turn):
    own = of(molecule(name))
    for site in surface_sites(slab):
        height = usual_height(slab, site, own, turn_deg=turn, lies=lies)
        after = adsorbed(slab, own, site, height, turn_deg=turn, lies=lies)
        ratio = contacts(slab, after)
        assert ratio[0] > 0.999
        assert ratio[1:].min() > 1.299
        assert ratio[0] < 1.001 or ratio[1:].min() < 1.301
        assert pressed_contact(after, slab.n_atoms) is None


def test_it_rests_on_a_step_and_not_in_it(slab):
    """An adatom beside the site: flat benzene stands on it, and lower without it."""
    benzene = of(molecule("C6H6"))
    high = slab.positions_angstrom[41] + np.array([0.0, 0.0, 2.0])
    stepped = Structure(
        np.append(slab.numbers, 29), np.vstack([slab.positions_angstrom, high]), slab.cell_angstrom, slab.pbc
    )
    assert usual_height(stepped, [40], benzene, lies=True) > usual_height(slab, [40], benzene, lies=True) + 1.0


def test_hydrogen_in_the_surface_is_found(slab):
    upright = adsorbed(slab, of(molecule("C6H6")), [40], 2.08)
    atom, other, distance = pressed_contact(upright, slab.n_atoms)
    assert (upright.symbols[atom], other) == ("H", 40)
    assert distance == pytest.approx(2.08 - 1.09, abs=0.03)


def test_sites_and_their_atoms_mean_the_same_also_across_the_cells_edge(slab):
    carbon = of(molecule("CO"))
    for site in surface_sites(slab):
        height = usual_height(slab, site, carbon, 1)
        one = adsorbed(slab, carbon, site, height, anchor=1, turn_deg=30.0)
        two = adsorbed(slab, carbon, site.atoms, usual_height(slab, site.atoms, carbon, 1), anchor=1, turn_deg=30.0)
        away = np.linalg.solve(slab.cell_angstrom.T, (one.positions_angstrom - two.positions_angstrom)[48:].T).T
        assert away == pytest.approx(np.rint(away), abs=1e-6), f"{site.kind} on {site.atoms}"
        gaps = np.linalg.norm(site.atoms_angstrom(slab) - one.positions_angstrom[49], axis=1)
        assert gaps == pytest.approx(np.full(len(gaps), 2.08), abs=0.02)


def test_beside_a_site_it_stands_at_the_same_height(slab):
    top = surface_sites(slab)[0]
    water = of(molecule("H2O"))
    one = adsorbed(slab, water, top, 2.4)
    two = adsorbed(slab, water, top, 2.4, beside_angstrom=(0.3, -0.2, 5.0))
    away = (two.positions_angstrom - one.positions_angstrom)[48:]
    assert away == pytest.approx(np.tile([0.3, -0.2, 0.0], (3, 1)), abs=1e-9)


def test_on_a_site_of_the_lower_face_it_hangs(slab):
    site = next(one for one in surface_sites(slab, below=True) if one.kind == "bridge")
    after = adsorbed(slab, of(molecule("CO")), site, 1.5, anchor=1)
    assert after.positions_angstrom[48:, 2].max() < slab.positions_angstrom[:, 2].min()


def test_what_cannot_be_is_refused(slab):
    water = of(molecule("H2O"))
    for how in ({"site": [99]}, {"site": []}, {"height": 0.0}, {"anchor": 7}, {"height": 99.0}):
        with pytest.raises(XanesviewError):
            adsorbed(slab, water, how.get("site", [40]), how.get("height", 2.0), anchor=how.get("anchor", 0))
    with pytest.raises(XanesviewError, match="no surface"):
        adsorbed(water, water, [0], 2.0)
    with pytest.raises(XanesviewError, match="on top of"):
        adsorbed(slab, water, [40], 0.1)


@pytest.mark.parametrize("name", ["CO", "C6H6"])
@pytest.mark.parametrize("below", [False, True])
def test_a_slab_that_repeats_along_its_normal_too_is_touched_at_its_own_face(slab, name, below):
    """As CIF and POSCAR files write slabs: the image across the vacuum is no part of the face."""
    everywhere, own = slab.replace(pbc=np.array([True, True, True])), of(molecule(name))
    for site, same in zip(surface_sites(slab, below), surface_sites(everywhere, below), strict=True):
        height = usual_height(everywhere, same, own, lies=True)
        assert height == pytest.approx(usual_height(slab, site, own, lies=True))
        assert height < 4.0
        assert pressed_contact(adsorbed(everywhere, own, same, height, lies=True), slab.n_atoms) is None
