"""The shipped Cu K-edge networks on crystals: edges, oxidation states, honest cards, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.inference.predictor import load_predictor
from xanesview.inference.shelf import InstalledNetworks, fitting_network
from xanesview.io.examples import load_example
from xanesview.networks.card import CARD, Card, find_bundle

NETWORKS = ("cu_k_edge_xane3", "cu_k_edge_xanesnet")
EXAMPLES = ("cuo", "cu2o")


@pytest.fixture(params=NETWORKS)
def network(request) -> str:
    return request.param


def white_line(name: str, example: str) -> tuple[float, float]:
    """Energy in eV and height in edge steps of the highest maximum."""
    tensor = load_predictor(name, "cpu").predict(load_example(example), [0]).tensor
    curve = tensor.isotropic()[0]
    return float(tensor.energy_ev[curve.argmax()]), float(curve.max())


def slab() -> Structure:
    """Two layers of CuO's cell under vacuum."""
    crystal = load_example("cuo")
    cell = crystal.cell_angstrom.copy()
    cell[1] = [0.0, 20.0, 0.0]
    return Structure(
        numbers=crystal.numbers, positions_angstrom=crystal.positions_angstrom, cell_angstrom=cell,
        pbc=[True, False, True], name="slab",
    )  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_edge_of_an_example_rises_to_one_step(network: str, example: str) -> None:
    crystal = load_example(example)
    prediction = load_predictor(network, "cpu").predict(crystal, crystal.sites_of("Cu"))
    tensor = prediction.tensor
    curves = tensor.isotropic()
    assert np.isfinite(curves).all()
    assert (tensor.axis, tensor.edge) == ("absolute", "Cu K")
    foot, after = curves[:, :3].mean(axis=1), curves[:, tensor.energy_ev > 9060.0].mean(axis=1)
    assert (foot < 0.65).all()  # the grid begins inside the edge
    np.testing.assert_allclose(after, 1.0, atol=0.1)
    assert (curves.max(axis=1) > 1.1).all()
    # equivalent by symmetry; there is one kind of copper
    np.testing.assert_allclose(curves, np.broadcast_to(curves[0], curves.shape), atol=2e-3)
    assert all(verdict.inside for verdict in prediction.verdicts)
    assert not [notice for notice in prediction.notices if notice.kind == "outside-domain"]


def test_white_lines_stand_where_feff_has_them(network: str) -> None:
    """FEFF, on its own scale: tenorite 1.70 edge steps at 9001.2 eV, cuprite 1.37 at 9000.4 eV."""
    for example, energy, height in (("cuo", 9001.2, 1.70), ("cu2o", 9000.4, 1.37)):
        found = white_line(network, example)
        assert found[0] == pytest.approx(energy, abs=2.5)
        assert found[1] == pytest.approx(height, rel=0.13)


def test_xane3_tells_divalent_from_monovalent_copper() -> None:
    """XANESNET does not, at measured lattice constants: its card says so."""
    assert white_line("cu_k_edge_xane3", "cuo")[1] > white_line("cu_k_edge_xane3", "cu2o")[1] + 0.1
    limits = Card.from_json(find_bundle("cu_k_edge_xanesnet") / CARD).data["limits"]
    assert "CuO and Cu2O" in limits


def test_a_doubled_cell_is_the_same_crystal(network: str) -> None:
    crystal = load_example("cuo")
    doubled = crystal.replace(
        numbers=np.tile(crystal.numbers, 2),
        positions_angstrom=np.concatenate(
            [crystal.positions_angstrom, crystal.positions_angstrom + crystal.cell_angstrom[0]]
        ),
        cell_angstrom=crystal.cell_angstrom * np.array([[2.0], [1.0], [1.0]]),
    )
    predictor = load_predictor(network, "cpu")
    here = predictor.predict(crystal, [0]).tensor.isotropic()[0]
    there = predictor.predict(doubled, [0, crystal.n_atoms]).tensor.isotropic()
    np.testing.assert_allclose(there, np.stack([here, here]), atol=1e-3)


def test_a_slab_is_predicted(network: str) -> None:
    tensor = load_predictor(network, "cpu").predict(slab(), [0, 1]).tensor
    assert np.isfinite(tensor.components).all()


def test_what_holds_no_copper_is_refused_and_what_is_unlike_crystals_told(network: str) -> None:
    predictor = load_predictor(network, "cpu")
    with pytest.raises(XanesviewError, match="predicts Cu sites"):
        predictor.predict(load_example("benzene"), [0])
    molecule = Structure(numbers=[29, 17, 17], positions_angstrom=[[0, 0, 0], [2.1, 0, 0], [-2.1, 0, 0]])
    notices = predictor.predict(molecule, [0]).notices
    assert "trained on crystals and slabs" in [notice.message for notice in notices]


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_window_offers_them_for_the_examples(example: str) -> None:
    found = fitting_network(InstalledNetworks(), load_example(example), "c_k_edge_tensor", [0])
    assert found in NETWORKS


def test_cards_tell_origin_limits_and_errors(network: str) -> None:
    card = Card.from_json(find_bundle(network) / CARD)
    assert (card.label, card.unit, card.axis, card.is_of_crystals) == ("Cu K", "edge step", "absolute", True)
    assert "OmniXAS" in card.data["licence"]
    assert "BSD-3-Clause" in card.data["licence"]
    assert "scale of FEFF" in card.data["limits"]
    assert {"Cu", "O"} <= set(card.elements)
    val, test = card.metrics["val"], card.metrics["test"]
    assert test["n_sites"] + test["n_structures_unknown_elements"] == 550
    assert test["isotropic_mse"] < 0.5 * 0.0081  # half the variance of the training spectra
    assert test["peak_position_error_median_ev"] < 1.6  # two steps of the grid
    assert 0.5 < val["isotropic_mse"] / test["isotropic_mse"] < 2.0
    sizes = sum(path.stat().st_size for name in NETWORKS for path in find_bundle(name).iterdir())
    assert sizes < 8_000_000
