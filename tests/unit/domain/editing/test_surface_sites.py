"""Sites of surfaces: their numbers by kind, that they are equally far from their atoms, and Morse's relation."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from ase.build import bcc110, fcc100, fcc110, fcc111, graphene, hcp0001, molecule
from ase.spacegroup import crystal

from xanesview.domain.editing.surface import surface
from xanesview.domain.editing.surface_sites import nearest_site, surface_sites
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError


def of(atoms) -> Structure:
    return Structure(atoms.numbers, atoms.positions, atoms.cell.array, [True, True, False])


def kinds(sites) -> Counter:
    return Counter(site.kind for site in sites)


@pytest.fixture(scope="module")
def rutile() -> Structure:
    cell = [4.594, 4.594, 2.959, 90, 90, 90]
    bulk = crystal(["Ti", "O"], [(0, 0, 0), (0.305, 0.305, 0)], spacegroup=136, cellpar=cell)
    whole = Structure(bulk.numbers, bulk.positions, bulk.cell.array, [True] * 3, name="rutile")
    return surface(whole, (1, 1, 0), layers=3, vacuum_angstrom=12.0)


@pytest.mark.parametrize("size", [(1, 1, 4), (2, 2, 4), (4, 3, 4)])
def test_fcc111_has_one_top_three_bridges_an_fcc_and_an_hcp_hollow_a_cell(size):
    cells = size[0] * size[1]
    slab = of(fcc111("Cu", size, vacuum=10.0))
    sites = surface_sites(slab)
    assert kinds(sites) == {"top": cells, "bridge": 3 * cells, "hollow": 2 * cells}
    assert Counter(site.stacking for site in sites if site.kind == "hollow") == {"fcc": cells, "hcp": cells}
    for site in sites:
        layer = {"fcc": 1, "hcp": 2}.get(site.stacking)
        if layer is not None:  # of ABCA: below hcp the second layer, below fcc the third
            assert site.beneath // cells == layer


def test_the_square_of_fcc100_is_one_hollow_of_four():
    slab = of(fcc100("Ag", (3, 2, 3), vacuum=10.0))
    sites = surface_sites(slab)
    assert kinds(sites) == {"top": 6, "bridge": 12, "hollow": 6}
    hollows = [site for site in sites if site.kind == "hollow"]
    assert {len(site.atoms) for site in hollows} == {4}
    assert {site.stacking for site in hollows} == {""}
    assert all(site.beneath // 6 == 1 for site in hollows)


@pytest.mark.parametrize(
    "slab",
    [
        of(fcc111("Pt", (3, 3, 3), vacuum=9.0)), of(fcc110("Cu", (2, 3, 4), vacuum=9.0)),
        of(bcc110("Fe", (2, 2, 3), vacuum=9.0)), of(hcp0001("Ru", (2, 2, 3), vacuum=9.0)),
        of(graphene(size=(2, 2, 1), vacuum=8.0)),
    ],
    ids=["fcc111", "fcc110", "bcc110", "hcp0001", "graphene"],
)  # fmt: skip
@pytest.mark.parametrize("below", [False, True])
def test_sites_are_equally_far_from_their_atoms_and_as_many_as_morse_says(slab, below):
    sites = surface_sites(slab, below)
    count = kinds(sites)
    assert count["top"] - count["bridge"] + count["hollow"] == 0
    for site in sites:
        away = site.atoms_angstrom(slab) - site.place_angstrom
        away -= np.outer(away @ site.normal, site.normal)
        assert np.ptp(np.linalg.norm(away, axis=1)) < 0.06


def test_rattled_surfaces_keep_morses_relation(rutile):
    rng = np.random.default_rng(3)
    slab = of(fcc111("Cu", (4, 4, 3), vacuum=10.0))
    for one in (slab, rutile):
        for _ in range(4):
            moved = one.replace(positions_angstrom=one.positions_angstrom + rng.normal(0, 0.08, (one.n_atoms, 3)))
            count = kinds(surface_sites(moved))
            assert count["top"] - count["bridge"] + count["hollow"] == 0


def test_rutile_110_offers_its_open_titanium_and_its_bridging_oxygen(rutile):
    sites = surface_sites(rutile)
    above = [site for site in sites if site.kind == "top"]
    tops = {(rutile.symbols[site.atoms[0]], round(float(site.place_angstrom[2]), 1)) for site in above}
    heights = rutile.positions_angstrom[:, 2]
    assert ("O", round(float(heights.max()), 1)) in tops, "bridging oxygen"
    assert any(symbol == "Ti" for symbol, _ in tops)
    count = kinds(sites)
    assert count["top"] - count["bridge"] + count["hollow"] == 0


def test_the_honeycomb_has_a_hollow_of_six():
    sites = surface_sites(of(graphene(size=(1, 1, 1), vacuum=8.0)))
    assert kinds(sites) == {"top": 2, "bridge": 3, "hollow": 1}
    assert len(sites[-1].atoms) == 6


def test_the_nearest_site_is_found_across_the_cells_edge():
    slab = of(fcc111("Cu", (2, 2, 3), vacuum=10.0))
    sites = surface_sites(slab)
    for site in sites:
        for shift in ((0, 0, 0), (3, -2, 0), (-1, 1, 0)):
            there = site.place_angstrom + np.array(shift) @ slab.cell_angstrom + 0.1
            found, away = nearest_site(sites, slab, there)
            assert (found.kind, found.atoms) == (site.kind, site.atoms)
            assert found.place_angstrom == pytest.approx(there - 0.1, abs=1e-9)
            assert away == pytest.approx(0.1 * np.sqrt(2))


def test_a_turned_slab_has_the_same_sites():
    slab = of(fcc111("Cu", (2, 2, 3), vacuum=10.0))
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    turn *= np.sign(np.linalg.det(turn))
    turned = slab.rotated(turn)
    one, two = surface_sites(slab), surface_sites(turned)
    assert sorted((s.kind, s.atoms, s.stacking) for s in one) == sorted((s.kind, s.atoms, s.stacking) for s in two)


def test_a_molecule_has_no_surface():
    water = molecule("H2O")
    with pytest.raises(XanesviewError, match="no surface"):
        surface_sites(Structure(water.numbers, water.positions))
