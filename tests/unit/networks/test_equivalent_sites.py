"""Sites that no network on graphs can tell apart are found, and only these."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.structure import Structure
from xanesview.inference import tensor_predictor
from xanesview.inference.predictor import load_predictor
from xanesview.networks.absorption_tensor import network as network_module
from xanesview.networks.equivalent_sites import TOLERANCE_ANGSTROM, equivalent_sites
from xanesview.networks.neighbours import neighbour_edges

INNER, OUTER, LAYERS = 3.0, 4.0, 2
REACH = OUTER + LAYERS * INNER


def classes(numbers, positions, cell=None, pbc=None, sites=None, layers=LAYERS):
    edges = neighbour_edges(positions, cell, pbc, OUTER)
    sites = np.arange(len(numbers)) if sites is None else sites
    first, of_first = equivalent_sites(np.asarray(numbers), edges, sites, layers, INNER, OUTER)
    assert (of_first[first] == np.arange(len(first))).all(), "one that stands for others stands for itself"
    return first, of_first


def cell_of_three():
    """An irregular cell of carbon, oxygen and hydrogen, and its copies side by side."""
    cell = np.array([[4.1, 0.0, 0.0], [0.7, 3.9, 0.0], [0.3, -0.5, 4.4]])
    fractions = np.array([[0.1, 0.2, 0.3], [0.45, 0.35, 0.4], [0.7, 0.8, 0.75]])
    return np.array([6, 8, 1]), fractions @ cell, cell


def supercell(numbers, positions, cell, n):
    shifts = np.array([[i, j, k] for i in range(n) for j in range(n) for k in range(n)]) @ cell
    return np.tile(numbers, len(shifts)), (positions + shifts[:, None]).reshape(-1, 3), n * cell


def test_a_supercell_has_the_sites_of_its_cell():
    numbers, positions, cell = supercell(*cell_of_three(), 3)
    _, of_first = classes(numbers, positions, cell, np.ones(3, bool))
    np.testing.assert_array_equal(of_first.reshape(27, 3), np.tile(of_first[:3], (27, 1)))
    assert len(set(of_first[:3])) == 3
    noisy = positions + 1e-6 * np.random.default_rng(1).standard_normal(positions.shape)
    assert len(classes(numbers, noisy, cell, np.ones(3, bool))[0]) < 10, "noise of a file's last digit splits few"


def test_a_moved_atom_parts_what_it_reaches_and_nothing_else():
    n = 9
    numbers, positions, cell = supercell(*cell_of_three(), n)
    moved = positions.copy()
    moved[0] += 20 * TOLERANCE_ANGSTROM
    _, of_first = classes(numbers, moved, cell, np.ones(3, bool))
    bulk = of_first.reshape(-1, 3)[n**3 // 2]
    apart = (of_first.reshape(-1, 3) != bulk).ravel()
    difference = np.linalg.solve(cell.T, (positions - positions[0]).T)
    distance = np.linalg.norm(cell.T @ (difference - np.rint(difference)), axis=0)
    assert apart[distance < 0.95 * INNER].all()
    assert not apart[distance > REACH + 0.05].any()
    assert apart.sum() > 10


def test_what_is_turned_mirrored_or_of_another_element_is_not_the_same():
    numbers, positions, _ = cell_of_three()
    far = np.array([50.0, 0.0, 0.0])
    quarter = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    copies = [positions + far, positions @ quarter.T + 2 * far, -positions + 3 * far]
    all_numbers = np.tile(numbers, 5)
    all_positions = np.concatenate([positions, *copies, positions + 4 * far])
    all_numbers[-1] = 9
    _, of_first = classes(all_numbers, all_positions)
    carbons = of_first[::3]
    assert carbons[0] == carbons[1]
    assert len(set(carbons)) == 4


def test_without_neighbours_only_the_element_counts():
    numbers = np.array([6, 6, 8, 6])
    first, of_first = classes(numbers, 40.0 * np.arange(12).reshape(4, 3))
    assert len(first) == 2
    np.testing.assert_array_equal(of_first[[0, 1, 3]], of_first[0])


def test_only_the_sites_asked_for_are_counted():
    numbers, positions, cell = supercell(*cell_of_three(), 2)
    sites = np.array([9, 0, 1, 3])
    first, of_first = classes(numbers, positions, cell, np.ones(3, bool), sites)
    assert len(first) == 2
    np.testing.assert_array_equal(of_first == of_first[0], [True, True, False, True])


@pytest.fixture(scope="module")
def network():
    return load_predictor(device="cpu")


def rows_of_molecules(jitter_angstrom: float) -> Structure:
    """Twelve formaldehydes in two rows, near enough to feel each other."""
    numbers, one = np.array([6, 8, 1, 1]), np.array([[0, 0, 0], [0, 0, 1.21], [0.94, 0, -0.58], [-0.94, 0, -0.58]])
    shifts = np.array([[3.9 * i, 4.2 * j, 0.0] for i in range(6) for j in range(2)])
    positions = (one + shifts[:, None]).reshape(-1, 3)
    positions = positions + jitter_angstrom * np.random.default_rng(3).standard_normal(positions.shape)
    cell = np.diag([6 * 3.9, 2 * 4.2, 12.0])
    return Structure(np.tile(numbers, 12), positions, cell, np.array([True, True, False]))


@pytest.mark.parametrize("jitter_angstrom", [0.0, 0.03])
def test_the_same_spectra_whatever_is_shared(network, monkeypatch, jitter_angstrom):
    structure = rows_of_molecules(jitter_angstrom)
    sites = np.flatnonzero(structure.numbers == 6)
    plain = network.predict(structure, sites).tensor
    monkeypatch.setattr(tensor_predictor, "FEW_SITES", 2)
    monkeypatch.setattr(tensor_predictor, "SITES_A_BATCH", 5)
    monkeypatch.setattr(network_module, "ATOMS_A_BLOCK", 7)
    asked = []
    run = tensor_predictor.TensorPredictor._run
    monkeypatch.setattr(
        tensor_predictor.TensorPredictor, "_run",
        lambda self, graph, *rest: asked.append(len(graph.sites)) or run(self, graph, *rest),
    )  # fmt: skip
    shared = network.predict(structure, sites[::-1]).tensor
    assert asked == ([1] if jitter_angstrom == 0.0 else [12])
    np.testing.assert_allclose(shared.components[::-1], plain.components, atol=3e-5 * plain.components.max())
    np.testing.assert_allclose(shared.members[:, ::-1], plain.members, atol=3e-4 * plain.components.max())
    np.testing.assert_allclose(shared.ip_ev[::-1], plain.ip_ev, atol=1e-3)
    monkeypatch.setattr(tensor_predictor, "MOST_SITES_WITH_MEMBERS", 3)
    mean = network.predict(structure, sites).tensor
    np.testing.assert_allclose(mean.components, plain.components, atol=3e-5 * plain.components.max())
