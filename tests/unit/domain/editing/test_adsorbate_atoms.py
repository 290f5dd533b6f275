"""What of a slab counts as molecules on it."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import bulk, fcc111, graphene, molecule

from xanesview.domain.editing.adsorbate import adsorbed, usual_height
from xanesview.domain.editing.adsorbate_atoms import adsorbate_atoms
from xanesview.domain.editing.surface import surface
from xanesview.domain.editing.surface_sites import surface_sites
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.registry import read_structure
from xanesview.paths import resource


def of(atoms, name: str = "", flat: bool = False) -> Structure:
    pbc = [True, True, False] if flat else atoms.pbc
    return Structure(atoms.numbers, atoms.positions, atoms.cell.array, pbc, name=name)


def slab(name: str) -> Structure:
    if name == "Cu":
        return of(fcc111("Cu", (3, 3, 3), vacuum=8.0), flat=True)
    if name == "graphene":
        return of(graphene(size=(4, 4, 1), vacuum=8.0), flat=True)
    if name == "hematite":
        return surface(read_structure(resource("crystals/hematite_Fe2O3.cif")), (0, 0, 1), 1, repeat=(2, 2))
    cubic = {"MgO": bulk("MgO", "rocksalt", a=4.212, cubic=True), "Si": bulk("Si", cubic=True)}[name]
    return surface(of(cubic), (1, 0, 0), 2, repeat=(2, 2))


@pytest.mark.parametrize("name", ["Cu", "graphene", "hematite", "MgO", "Si"])
@pytest.mark.parametrize("below", [False, True])
@pytest.mark.parametrize("what", ["H2O", "CO", "CH3OH", "C6H6"])
def test_a_molecule_on_either_face_is_found_and_nothing_of_the_slab(name, below, what):
    bare, own = slab(name), of(molecule(what))
    for far in (0.0, 1.0):
        site = surface_sites(bare, below)[0]
        lies = what == "C6H6"
        after = adsorbed(bare, own, site, usual_height(bare, site, own, lies=lies) + far, lies=lies)
        if far == 0.0 and what == "C6H6" and name in ("graphene", "Si"):
            continue  # a ring bonded to a net is part of it
        np.testing.assert_array_equal(adsorbate_atoms(after), np.arange(bare.n_atoms, after.n_atoms))


@pytest.mark.parametrize("name", ["Cu", "graphene", "hematite", "MgO", "Si"])
def test_a_bare_slab_has_none(name):
    with pytest.raises(XanesviewError, match="slabs themselves"):
        adsorbate_atoms(slab(name))


def test_hydrogen_of_a_closed_face_stays_with_it():
    bare = slab("Si")
    top = np.flatnonzero(bare.positions_angstrom[:, 2] > bare.positions_angstrom[:, 2].max() - 0.1)
    closing = bare.positions_angstrom[top] + np.array([0.0, 0.0, 1.48])
    closed = Structure(
        np.append(bare.numbers, [1] * len(top)), np.vstack([bare.positions_angstrom, closing]),
        bare.cell_angstrom, bare.pbc,
    )  # fmt: skip
    with pytest.raises(XanesviewError):
        adsorbate_atoms(closed)


def test_a_crystal_and_a_film_of_molecules_are_refused():
    with pytest.raises(XanesviewError, match="is a crystal"):
        adsorbate_atoms(of(bulk("Cu")))
    film = molecule("C6H6", cell=[9.0, 9.0, 20.0], pbc=[True, True, False])
    with pytest.raises(XanesviewError, match="slab of molecules"):
        adsorbate_atoms(of(film))
