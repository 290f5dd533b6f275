"""Small molecules that are predicted together get the answers that each gets alone."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.inference.predictor import load_predictor
from xanesview.inference.side_by_side import side_by_side
from xanesview.io.examples import load_example

NAMES = ("benzene", "thiophene", "formaldehyde", "alanine")


@pytest.fixture(scope="module")
def molecules():
    return [(one, one.sites_of("C")) for one in map(load_example, NAMES)]


def test_molecules_stand_apart_and_keep_their_shapes(molecules) -> None:
    together, sites, places = side_by_side(molecules, 9.0)
    begin = 0
    for (one, own), place in zip(molecules, places, strict=True):
        mine = together.positions_angstrom[begin : begin + one.n_atoms]
        np.testing.assert_allclose(mine - mine[0], one.positions_angstrom - one.positions_angstrom[0], atol=1e-12)
        np.testing.assert_array_equal(sites[place] - begin, own)
        others = np.delete(together.positions_angstrom, slice(begin, begin + one.n_atoms), axis=0)
        assert np.linalg.norm(mine[:, None] - others[None], axis=2).min() >= 9.0 - 1e-9
        begin += one.n_atoms


def test_answers_are_those_of_each_alone_and_are_given_once(molecules) -> None:
    predictor = load_predictor("c_k_edge_tensor", "cpu")
    alone = [predictor.predict(one, sites) for one, sites in molecules]
    predictor.prepare(molecules)
    assert len(predictor._prepared) == len(molecules)
    for (one, sites), mine in reversed(list(zip(molecules, alone, strict=True))):
        found = predictor.predict(one, sites)
        top = np.abs(mine.tensor.components).max()
        np.testing.assert_allclose(found.tensor.components, mine.tensor.components, atol=1e-4 * top)
        np.testing.assert_allclose(found.tensor.ip_ev, mine.tensor.ip_ev, atol=1e-3)
        assert [(one.inside, one.uncertain) for one in found.verdicts] == [
            (one.inside, one.uncertain) for one in mine.verdicts
        ]
    assert not predictor._prepared


def test_what_is_large_or_strange_is_left_to_its_turn(molecules) -> None:
    predictor = load_predictor("c_k_edge_tensor", "cpu")
    predictor.prepare([molecules[0]])
    assert not predictor._prepared, "one alone gains nothing"
    slab = load_example("hematite_001")
    predictor.prepare([molecules[0], molecules[1], (slab, np.array([0]))])
    assert len(predictor._prepared) == 2
    predictor.prepare([])
