"""An ISD-PaiNN network predicts: along any polarisation, and as a tensor that says what it misses."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.unit.inference.test_domain_check import toluene
from tests.unit.networks.equivariance import rotated_tensor, rotation
from xanesview.domain.geometry.polarisation import linear, partial, powder, unpolarised
from xanesview.errors import Cancelled, XanesviewError
from xanesview.inference.predictor import load_predictor
from xanesview.io.examples import load_example
from xanesview.networks.atom_graphs import atom_graph
from xanesview.networks.bundle import save_bundle
from xanesview.networks.isd_painn.checkpoint import imported_card
from xanesview.networks.isd_painn.network import IsdPainn, IsdPainnConfig


@pytest.fixture
def bundle(tmp_path):
    torch.manual_seed(0)
    config = IsdPainnConfig.from_dict(IsdPainnConfig().as_dict() | {"hidden_channels": 32, "num_layers": 2})
    network = IsdPainn(config)
    save_bundle(
        tmp_path / "imported",
        imported_card("imported", config, "made for this test"),
        {f"member0.{k}": v for k, v in network.state_dict().items()},
    )
    return tmp_path / "imported", network.eval()


def test_the_fitted_tensor_follows_the_network(bundle):
    path, network = bundle
    structure = toluene()
    prediction = load_predictor(path, "cpu").predict(structure, [0, 3])
    graph = atom_graph(structure.numbers, structure.positions_angstrom, network.config.cutoff)
    n = np.array([0.3, -0.5, 0.8]) / np.linalg.norm([0.3, -0.5, 0.8])
    with torch.no_grad():
        theirs = (
            network(graph, torch.as_tensor(n, dtype=torch.float32)[None]).numpy().reshape(structure.n_atoms, -1)[[0, 3]]
        )
    ours = prediction.tensor.contract(linear(n))
    assert np.abs(ours - theirs).max() < 0.05 * np.abs(theirs).max()
    assert any("misses" in notice.message for notice in prediction.notices)


def test_a_fitted_tensor_turns_with_the_molecule(bundle):
    predictor, structure = load_predictor(bundle[0], "cpu"), toluene()
    here = predictor.predict(structure, [0, 3]).tensor.components
    for seed in range(3):
        turn = rotation(seed)
        turned = structure.replace(positions_angstrom=structure.positions_angstrom @ turn.T)
        there = predictor.predict(turned, [0, 3]).tensor.components
        assert np.abs(there - rotated_tensor(here, turn)).max() < 0.004 * np.abs(here).max()


def test_an_element_without_a_row_is_named(bundle):
    structure = toluene()
    heavy = structure.replace(numbers=np.where(structure.numbers == 1, 17, structure.numbers))
    with pytest.raises(XanesviewError, match="atomic number 17"):
        load_predictor(bundle[0], "cpu").predict(heavy, [0])


def test_any_polarisation_is_asked_of_the_network_itself(bundle):
    path, network = bundle
    structure = toluene()
    graph = atom_graph(structure.numbers, structure.positions_angstrom, network.config.cutoff)

    def asked(n):
        with torch.no_grad():
            return network(graph, torch.as_tensor(n, dtype=torch.float32))[[3, 0]].numpy()

    predictor = load_predictor(path, "cpu")
    n = np.array([0.3, -0.5, 0.8])
    assert predictor.along(structure, [3, 0], linear(n)) == pytest.approx(asked(n), abs=1e-4)
    mixed = predictor.along(structure, [3, 0], partial([1, 0, 0], 0.9, [0, 0, 1]))
    assert mixed == pytest.approx(0.9 * asked([1, 0, 0]) + 0.1 * asked([0, 1, 0]), abs=1e-4)
    several = predictor.along_directions(structure, [3, 0], np.array([n, [0, 2.0, 0]]))
    assert several == pytest.approx(np.stack([asked(n), asked([0, 1, 0])]), abs=1e-4)


@pytest.mark.parametrize("weight", [unpolarised([0.2, 0.5, -0.7]), powder()], ids=["unpolarised", "powder"])
def test_where_axes_are_arbitrary_their_choice_does_not_show(bundle, weight):
    predictor, structure = load_predictor(bundle[0], "cpu"), toluene()
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]
    turned = structure.replace(positions_angstrom=structure.positions_angstrom @ turn.T)
    here, there = predictor.along(structure, [0], weight), predictor.along(turned, [0], weight.rotated(turn))
    swing = np.ptp(predictor.along_directions(structure, [0], np.eye(3)), axis=0).max()
    assert np.abs(here - there).max() < 0.02 * swing


def test_what_is_kept_of_a_structure_follows_its_atoms(bundle):
    predictor, structure = load_predictor(bundle[0], "cpu"), toluene()
    x = linear([1, 0, 0])
    first = predictor.along(structure, [0], x)
    for k in range(6):  # more than are kept
        moved = structure.positions_angstrom.copy()
        moved[1] += 0.02 * (k + 1)
        assert np.abs(predictor.along(structure.replace(positions_angstrom=moved), [0], x) - first).max() > 1e-6
    assert predictor.along(structure, [0], x) == pytest.approx(first, abs=1e-12)


def test_a_dragged_direction_that_is_overtaken_stops(bundle):
    with pytest.raises(Cancelled):
        load_predictor(bundle[0], "cpu").along(toluene(), [0], linear([0, 0, 1]), cancelled=lambda: True)


def test_wrong_sites_are_named(bundle):
    hydrogen = int(np.flatnonzero(toluene().numbers == 1)[0])
    with pytest.raises(XanesviewError, match=f"Atom {hydrogen} is H"):
        load_predictor(bundle[0], "cpu").along(toluene(), [hydrogen], linear([0, 0, 1]))


def test_a_periodic_layer_is_evaluated_directly(bundle):
    film = load_example("benzene_film")
    predictor, sites = load_predictor(bundle[0], "cpu"), film.sites_of("C")[:2]
    spectra = predictor.along(film, sites, linear([0, 0, 1]))
    shifted = film.replace(positions_angstrom=film.positions_angstrom + 0.37 * film.cell_angstrom[0])
    assert predictor.along(shifted, sites, linear([0, 0, 1])) == pytest.approx(spectra, rel=1e-3, abs=1e-4)
