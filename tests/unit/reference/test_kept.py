"""Computed sites on disk, and the tensors drawn from them."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.geometry.polarisation import linear
from xanesview.errors import XanesviewError
from xanesview.io.examples import load_example
from xanesview.io.structures.registry import structure_from_smiles
from xanesview.reference import kept
from xanesview.reference.engine import feasibility
from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV


def site(atom: int, seconds: float = 1.5) -> kept.ComputedSite:
    energies = np.array([292.0, 297.0 + atom])
    return kept.ComputedSite(atom, energies, np.array([[0.0, 0.0, 0.3], [0.1, 0.0, 0.0]]), 297.5, seconds)


def test_sites_come_back_as_they_were_kept_by_structure_charge_and_edge():
    benzene = load_example("benzene")
    assert kept.read_kept(benzene, "C") == {}
    kept.keep(benzene, "C", {3: site(3), 0: site(0)})
    found = kept.read_kept(benzene, "C")
    assert set(found) == {0, 3}
    np.testing.assert_array_equal(found[3].energy_ev, site(3).energy_ev)
    np.testing.assert_array_equal(found[3].dipole_bohr, site(3).dipole_bohr)
    assert (found[0].ip_ev, found[0].seconds) == (297.5, 1.5)
    assert kept.read_kept(benzene, "N") == {}
    assert kept.read_kept(benzene.replace(charge=2), "C") == {}
    assert kept.read_kept(load_example("toluene"), "C") == {}


def test_a_damaged_file_counts_as_nothing_kept():
    benzene = load_example("benzene")
    kept.keep(benzene, "C", {0: site(0)})
    kept._path(benzene, "C").write_bytes(b"not an archive")
    assert kept.read_kept(benzene, "C") == {}


def test_lines_stand_on_the_scale_of_experiment_and_follow_the_direction():
    tensor = kept.computed_tensor({0: site(0)}, "C", kept.GRID_EV["C"])
    along_z = tensor.contract(linear((0, 0, 1)))[0]
    assert tensor.energy_ev[along_z.argmax()] == pytest.approx(292.0 + ENERGY_OFFSET_EV["C"], abs=0.06)
    assert tensor.ip_ev[0] == pytest.approx(297.5 + ENERGY_OFFSET_EV["C"])
    assert tensor.edge == "C K"
    along_x = tensor.contract(linear((1, 0, 0)))[0]
    assert tensor.energy_ev[along_x.argmax()] == pytest.approx(297.0 + ENERGY_OFFSET_EV["C"], abs=0.06)


def test_a_symmetry_operation_turns_the_tensor_of_an_equivalent_site():
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    pair = {0: site(0), 5: site(0).moved(5, turn)}
    tensor = kept.computed_tensor(pair, "C", kept.GRID_EV["C"])
    first, second = tensor.matrix()
    np.testing.assert_allclose(second, turn @ first @ turn.T, atol=1e-12)
    assert pair[5].seconds == 0.0


def test_every_edge_has_a_grid_that_begins_below_its_first_lines():
    assert set(kept.GRID_EV) == set(ENERGY_OFFSET_EV)
    first_lines = {"C": 284.2, "N": 398.8, "O": 530.8, "F": 682.2}
    for element, line in first_lines.items():
        assert kept.GRID_EV[element][0] < line - 4 < line + 15 < kept.GRID_EV[element][-1]


def test_larger_molecules_take_longer():
    small, large = load_example("formaldehyde"), load_example("caffeine")
    assert feasibility.site_seconds(small) < 0.5 < feasibility.site_seconds(large) < 10
    assert feasibility.molecule_seconds(small) < 0.1 < feasibility.molecule_seconds(large) < 20


@pytest.mark.parametrize(
    ("structure", "words"),
    [
        (lambda: load_example("benzene_film"), "periodic"),
        (lambda: structure_from_smiles("[CH3]"), "unpaired"),
        (lambda: structure_from_smiles("CBr"), "no basis for Br"),
        (lambda: structure_from_smiles("C").replace(charge=1), "open shell"),
    ],
)
def test_what_can_not_be_computed_is_said_before_the_engine_starts(structure, words):
    with pytest.raises(XanesviewError, match=words) as caught:
        feasibility.check_structure(structure())
    assert caught.value.hint
