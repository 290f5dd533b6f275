"""Atoms moved, exchanged, added, deleted: what must not change does not."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import bulk, fcc111, molecule

from xanesview.domain.editing import atoms as edits
from xanesview.domain.structure import FROM_SMILES, Structure, bonds
from xanesview.errors import XanesviewError
from xanesview.shown.names import site_name


def of(atoms, **fields) -> Structure:
    return Structure(atoms.numbers, atoms.positions, atoms.cell.array, atoms.pbc, **fields)


@pytest.fixture
def benzene() -> Structure:
    return of(molecule("C6H6"), name="benzene")


@pytest.fixture
def slab() -> Structure:
    atoms = fcc111("Cu", (3, 3, 3), vacuum=8.0)
    atoms.pbc = True, True, False
    return of(atoms)


def test_a_move_leaves_all_other_atoms_exactly_where_they_were(benzene):
    after = edits.moved(benzene, [2], [0.1, -0.2, 0.3])
    others = np.arange(12) != 2
    assert np.array_equal(after.positions_angstrom[others], benzene.positions_angstrom[others])
    assert after.positions_angstrom[2] - benzene.positions_angstrom[2] == pytest.approx([0.1, -0.2, 0.3])
    assert np.array_equal(after.numbers, benzene.numbers)
    assert edits.is_edited(after)
    assert not edits.is_edited(benzene)


def test_there_and_back_is_the_same_matter(benzene):
    back = edits.moved(edits.moved(benzene, [0, 5], [0.3, 0.1, 0.0]), [0, 5], [-0.3, -0.1, 0.0])
    assert back.content_hash == benzene.content_hash


def test_an_atom_beyond_the_face_of_the_cell_has_the_neighbours_of_its_image(slab):
    a = slab.cell_angstrom[0]
    beyond = edits.moved(slab, [18], a)  # a whole cell vector: the same matter
    assert beyond.positions_angstrom[18] == pytest.approx(slab.positions_angstrom[18] + a)
    vectors = []
    for one in (slab, beyond):
        i, j, shift = bonds(one)
        ends = one.positions_angstrom[j] + shift @ one.cell_angstrom - one.positions_angstrom[i]
        vectors.append(sorted(np.linalg.norm(ends[(i == 18) | (j == 18)], axis=1).round(6).tolist()))
    assert vectors[0] == vectors[1]
    assert len(vectors[0]) == 9
    assert edits.nearest(slab, 18)[1] == pytest.approx(edits.nearest(beyond, 18)[1])


def test_distances_count_images_and_an_atoms_own_image():
    one = of(bulk("Cu", "fcc", a=3.6))
    assert edits.nearest(one, 0) == (0, pytest.approx(3.6 / np.sqrt(2)))
    assert edits.nearest(Structure([6], [[0, 0, 0]]), 0) == (-1, np.inf)


@pytest.mark.parametrize("image", [(0, 0, 0), (1, 0, 0), (-1, 1, 0)])
def test_atoms_on_top_of_each_other_are_refused_across_images_too(slab, image):
    onto = slab.positions_angstrom[19] + np.array(image) @ slab.cell_angstrom + [0.1, 0.0, 0.0]
    with pytest.raises(XanesviewError, match="would lie on top of Cu20"):
        edits.placed(slab, [18], [onto])


def test_unphysical_distances_are_told_not_refused(benzene):
    towards = benzene.positions_angstrom[0] - benzene.positions_angstrom[6]
    after = edits.moved(benzene, [6], 0.5 * towards)
    (i, j, distance), *_ = edits.contacts_of(after, [6])
    assert (i, j) == (0, 6)
    assert distance == pytest.approx(0.5 * np.linalg.norm(towards))
    notice = edits.contact_notice(after, [6], site_name)
    assert notice.message.startswith("C1 and H1 are 0.54 Å apart")
    assert edits.contact_notice(benzene, [6], site_name) is None


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e9])
def test_what_is_no_place_is_refused(benzene, bad):
    with pytest.raises(XanesviewError):
        edits.moved(benzene, [0], [bad, 0.0, 0.0])


@pytest.mark.parametrize("atoms", [[12], [-1], [0, 0]])
def test_atoms_that_are_not_there_or_named_twice_are_refused(benzene, atoms):
    with pytest.raises(XanesviewError):
        edits.moved(benzene, atoms, [0.1, 0.0, 0.0])


def test_another_element_stays_in_its_place(benzene):
    after = edits.with_element(benzene, [0], "n")
    assert after.symbols[0] == "N"
    assert after.formula == "C5H6N"
    assert np.array_equal(after.positions_angstrom, benzene.positions_angstrom)
    with pytest.raises(XanesviewError, match="no chemical symbol"):
        edits.with_element(benzene, [0], "Qq")


def test_deleting_keeps_order_and_marked_absorbers(benzene):
    marked = benzene.replace(absorbers=(1, 4))
    after = edits.without(marked, [1, 6])
    stay = edits.kept_after(marked, [1, 6])
    assert np.array_equal(after.positions_angstrom, benzene.positions_angstrom[stay])
    assert after.absorbers == (3,)
    with pytest.raises(XanesviewError, match="last atom"):
        edits.without(Structure([6], [[0, 0, 0]]), [0])


def test_an_added_atom_comes_last_and_where_there_is_room(benzene):
    place = edits.free_place(edits.without(benzene, [6]), 0, "H")
    after = edits.with_atom(edits.without(benzene, [6]), "H", place)
    assert np.array_equal(after.positions_angstrom[:-1], edits.without(benzene, [6]).positions_angstrom)
    # where the hydrogen was that has been taken away, but for the length of the bond
    was = benzene.positions_angstrom[6] - benzene.positions_angstrom[0]
    now = place - benzene.positions_angstrom[0]
    assert now @ was / np.linalg.norm(now) / np.linalg.norm(was) > np.cos(np.radians(8.0))
    assert np.linalg.norm(now) == pytest.approx(0.76 + 0.31)


def test_an_atom_added_to_a_surface_stands_above_it(slab):
    top = int(np.argmax(slab.positions_angstrom[:, 2]))
    place = edits.free_place(slab, top, "O")
    assert place[2] > slab.positions_angstrom[top, 2] + 1.5


def test_an_edited_structure_no_longer_claims_its_smiles_or_file():
    made = of(molecule("CH4"), source=FROM_SMILES, smiles="C", geometry_origin="MMFF94")
    after = edits.moved(made, [0], [0.1, 0, 0])
    assert (after.smiles, after.source) == (None, "")
    assert after.geometry_origin == "edited by hand, before that MMFF94"
    assert edits.moved(after, [0], [0.1, 0, 0]).geometry_origin == after.geometry_origin
    frame = of(molecule("CH4"), source="/a/b.xyz", frame=1, n_frames=3)
    assert edits.moved(frame, [0], [0.1, 0, 0]).source == "/a/b.xyz", "its row goes on choosing frames"


def test_the_axis_of_the_bond_nearest_to_a_drag(benzene):
    towards = benzene.positions_angstrom[6] - benzene.positions_angstrom[0]
    axis = edits.bond_axis(benzene, 0, 0.9 * towards + [0.0, 0.0, 0.2])
    assert abs(axis @ towards) == pytest.approx(np.linalg.norm(towards))
    assert edits.bond_axis(Structure([6], [[0, 0, 0]]), 0, [1, 0, 0]) is None
