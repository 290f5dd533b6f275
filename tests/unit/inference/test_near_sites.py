"""Few sites of a large structure are predicted from what they can see, with the same answer."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import molecule

from xanesview.domain.structure import Structure
from xanesview.inference import loaded_network
from xanesview.inference.loaded_network import near_sites
from xanesview.inference.predictor import load_predictor


@pytest.fixture
def grid() -> Structure:
    """216 ethenes, 1296 atoms, none quite like another."""
    one = molecule("C2H4")
    places = np.array(list(np.ndindex(6, 6, 6))) * (6.1, 5.2, 4.4)
    positions = (one.positions + places[:, None]).reshape(-1, 3)
    positions += 0.03 * np.random.default_rng(0).standard_normal(positions.shape)
    return Structure(np.tile(one.numbers, len(places)), positions, charge=2)


def test_the_answer_is_that_of_the_whole(grid, monkeypatch) -> None:
    predictor = load_predictor("c_k_edge_tensor", "cpu")
    sites = [int(grid.sites_of("C")[k]) for k in (0, 1, 200)]
    whole = predictor.predict(grid, sites)
    monkeypatch.setattr(loaded_network, "LARGE_ATOMS", 100)
    seen = predictor.predict(grid, sites)
    highest = whole.tensor.components.max()
    np.testing.assert_allclose(seen.tensor.components, whole.tensor.components, atol=1e-5 * highest)
    np.testing.assert_allclose(seen.tensor.ip_ev, whole.tensor.ip_ev, atol=1e-3)
    assert seen.tensor.sites.tolist() == sites
    assert [one.atom for one in seen.verdicts] == sites
    assert [one.warning for one in seen.verdicts] == [one.warning for one in whole.verdicts]
    assert [one.message for one in seen.notices] == [one.message for one in whole.notices]


def test_only_what_is_near_is_kept(grid, monkeypatch) -> None:
    monkeypatch.setattr(loaded_network, "LARGE_ATOMS", 100)
    sites = np.array([0, 6])
    part, places = near_sites(grid, sites, 9.0)
    assert part.n_atoms < grid.n_atoms / 4
    np.testing.assert_array_equal(part.positions_angstrom[places], grid.positions_angstrom[sites])
    distance = np.linalg.norm(grid.positions_angstrom - grid.positions_angstrom[sites][:, None], axis=2).min(0)
    assert part.n_atoms == (distance <= 9.0).sum()
    assert part.charge == 2
    assert near_sites(grid, sites, None)[0] is grid, "a network that sees everything"
    assert near_sites(grid, np.arange(grid.n_atoms), 9.0)[0] is grid, "all of it is seen"


def test_a_crystal_stays_as_it_is(grid, monkeypatch) -> None:
    monkeypatch.setattr(loaded_network, "LARGE_ATOMS", 100)
    crystal = Structure(grid.numbers, grid.positions_angstrom, np.eye(3) * 60.0, np.ones(3, bool))
    assert near_sites(crystal, np.array([0]), 9.0)[0] is crystal
