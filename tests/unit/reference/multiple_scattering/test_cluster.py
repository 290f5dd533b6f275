"""Clusters cut around an absorber, and the kinds of potentials in them."""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
import pytest

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.examples import load_example
from xanesview.reference.multiple_scattering.cluster import MOST_POTENTIALS, atom_kinds, cluster_around

RUTILE_CELL = np.diag([4.594, 4.594, 2.959])


def rutile() -> Structure:
    u = 0.3053
    fractional = np.array(
        [[0, 0, 0], [0.5, 0.5, 0.5], [u, u, 0], [-u, -u, 0], [0.5 + u, 0.5 - u, 0.5], [0.5 - u, 0.5 + u, 0.5]]
    )
    return Structure(np.array([22, 22, 8, 8, 8, 8]), fractional @ RUTILE_CELL, RUTILE_CELL, np.ones(3, bool), "rutile")


def rotation(seed: int = 3) -> np.ndarray:
    q, r = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return q * np.sign(np.linalg.det(q))


def test_the_absorber_stands_first_and_its_octahedron_next():
    cluster = cluster_around(rutile(), 1, 5.0)
    distance = np.linalg.norm(cluster.positions_angstrom, axis=1)
    assert (cluster.potential[0], distance[0]) == (0, 0.0)
    assert (np.diff(np.round(distance, 2)) >= 0).all()
    assert cluster.n_atoms == 51
    assert cluster.numbers[1:7].tolist() == [8] * 6
    np.testing.assert_allclose(distance[1:5], 1.9465, atol=2e-3)
    np.testing.assert_allclose(distance[5:7], 1.9835, atol=2e-3)


def test_the_cluster_holds_every_image_within_its_radius_and_none_beyond():
    structure, radius = rutile(), 6.3
    images = np.array([[a, b, c] for a in range(-3, 4) for b in range(-3, 4) for c in range(-4, 5)])
    places = (structure.positions_angstrom[None] + (images @ RUTILE_CELL)[:, None]).reshape(-1, 3)
    expected = (np.linalg.norm(places - structure.positions_angstrom[3], axis=1) <= radius).sum()
    assert cluster_around(structure, 3, radius).n_atoms == expected


def test_potentials_keep_the_formula():
    cluster = cluster_around(rutile(), 0, 5.0)
    assert [(p.number, p.coordination, p.count) for p in cluster.potentials] == [(8, 3, 4.0), (22, 6, 2.0)]
    assert set(cluster.potential[cluster.numbers == 8]) == {1}
    assert set(cluster.potential[1:][cluster.numbers[1:] == 22]) == {2}


def test_a_turned_crystal_gives_the_turned_cluster():
    structure, r = rutile(), rotation()
    first, second = cluster_around(structure, 0, 5.0), cluster_around(structure.rotated(r), 0, 5.0)
    np.testing.assert_array_equal(first.potential, second.potential)
    np.testing.assert_allclose(second.positions_angstrom, first.positions_angstrom @ r.T, atol=1e-9)


def test_the_choice_of_cell_does_not_show():
    structure = rutile()
    moved = structure.positions_angstrom + np.array([[3, 0, 0], [0, -2, 0], [0, 0, 5], [1, 1, 1], [0] * 3, [0] * 3]) @ (
        RUTILE_CELL
    )
    skewed = np.array([[1, 0, 0], [2, 1, 0], [0, -1, 1]]) @ RUTILE_CELL
    other = Structure(structure.numbers, moved, skewed, np.ones(3, bool))
    first, second = cluster_around(structure, 0, 5.0), cluster_around(other, 0, 5.0)

    def sorted_rows(cluster) -> np.ndarray:
        rows = np.round(np.column_stack([cluster.numbers, cluster.positions_angstrom]), 6) + 0.0
        return rows[np.lexsort(rows.T)]

    np.testing.assert_allclose(sorted_rows(first), sorted_rows(second), atol=1e-6)


def test_a_slab_has_no_atoms_above_its_surface():
    slab = load_example("hematite_001")
    iron = slab.sites_of("Fe")
    top = int(iron[slab.positions_angstrom[iron] @ slab.surface_normal == max(
        slab.positions_angstrom[iron] @ slab.surface_normal
    )][0])  # fmt: skip
    heights = cluster_around(slab, top, 6.6).positions_angstrom @ slab.surface_normal
    assert heights.max() < 2.0
    assert heights.min() < -5.0


def test_neighbours_of_metals_are_non_metals_and_of_elements_bonds():
    assert atom_kinds(rutile()).tolist() == [6, 6, 3, 3, 3, 3]
    benzene = load_example("benzene")
    assert Counter(zip(benzene.symbols, atom_kinds(benzene).tolist(), strict=True)) == {("C", 3): 6, ("H", 1): 6}
    iron = Structure(np.array([26]), np.zeros((1, 3)), 2.87 / 2 * (np.ones((3, 3)) - 2 * np.eye(3)), np.ones(3, bool))
    assert atom_kinds(iron).tolist() == [0]


def test_the_rarest_kinds_join_their_nearest_so_that_elements_keep_their_share():
    rng = np.random.default_rng(1)
    cell = np.eye(3) * 15.0
    titanium = rng.uniform(size=(60, 3)) @ cell
    oxygen = rng.uniform(size=(900, 3)) @ cell
    apart = [0]
    everything = np.concatenate([titanium, oxygen])
    for k in range(1, len(everything)):
        d = everything[k] - everything[apart]
        d -= np.round(d / 15.0) * 15.0
        if (np.linalg.norm(d, axis=1) > 1.95).all():
            apart.append(k)
    numbers = np.where(np.array(apart) < 60, 22, 8)
    structure = Structure(numbers, everything[apart], cell, np.ones(3, bool))
    assert len(set(zip(numbers.tolist(), atom_kinds(structure).tolist(), strict=True))) > MOST_POTENTIALS
    cluster = cluster_around(structure, 0, 7.0)
    assert len(cluster.potentials) == MOST_POTENTIALS
    for number in (8, 22):
        assert sum(p.count for p in cluster.potentials if p.number == number) == (numbers == number).sum()


@pytest.mark.parametrize(
    ("structure", "atom", "radius", "words"),
    [
        (Structure(np.array([22, 8]), np.array([[0, 0, 0], [0.3, 0, 0]])), 0, 5.0, "0.30 Å apart"),
        (Structure(np.array([22]), np.zeros((1, 3))), 0, 5.0, "nothing scatters"),
        (rutile(), 0, 14.0, "FEFF takes"),
    ],
)
def test_what_can_not_be_computed_is_told_in_a_sentence(structure, atom, radius, words):
    with pytest.raises(XanesviewError) as caught:
        cluster_around(structure, atom, radius)
    assert words in caught.value.message
    assert caught.value.hint


def test_what_is_the_same_for_all_sites_of_a_structure_is_looked_for_once(monkeypatch):
    from xanesview.reference.multiple_scattering import cluster

    asked = []
    for name in ("close_contacts", "atom_kinds"):
        found = getattr(cluster, name)
        monkeypatch.setattr(cluster, name, lambda one, found=found, name=name: asked.append(name) or found(one))
    moved = rutile()
    moved = dataclasses.replace(moved, positions_angstrom=moved.positions_angstrom + 0.01)
    for atom in range(moved.n_atoms):
        cluster.cluster_around(moved, atom, 4.0)
    assert sorted(asked) == ["atom_kinds", "close_contacts"]
