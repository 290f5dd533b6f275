"""Explanations hold their identities: SHAP values add up, importance follows the atoms, rotations change nothing."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

from tests.unit.networks.equivariance import rotation
from xanesview.domain.structure import Structure
from xanesview.errors import Cancelled, XanesviewError
from xanesview.inference.descriptor_explanation import BACKGROUND, neighbour_histogram, shap_values
from xanesview.inference.explanation import METHODS, default_windows, explain, methods_of
from xanesview.networks.bundle import save_bundle
from xanesview.networks.card import Card
from xanesview.networks.feature_importance import by_neighbour, exchange_importance, window_means
from xanesview.networks.wacsf import WacsfConfig, wacsf
from xanesview.networks.xanesnet.network import Xanesnet, XanesnetConfig

WINDOWS = ((284.0, 287.0), (290.0, 300.0))
CONFIG = XanesnetConfig(
    (280.0, 305.0, 51), WacsfConfig(r_min=0.0, r_max=5.0, n_g2=10, n_g4=8), hidden=(24, 24), output="gaussian"
)


def ethanol(seed: int = 0, shake: float = 0.0) -> Structure:
    from ase.build import molecule

    atoms = molecule("CH3CH2OH")
    positions = atoms.positions + shake * np.random.default_rng(seed).normal(size=atoms.positions.shape)
    return Structure(numbers=atoms.numbers, positions_angstrom=positions)


def descriptors(structure: Structure, site: int = 0) -> np.ndarray:
    return wacsf(structure.numbers, structure.positions_angstrom, [site], CONFIG.descriptor)[0]


@pytest.fixture(scope="module")
def background() -> np.ndarray:
    return np.array([descriptors(ethanol(k, 0.15), site) for k in range(8) for site in (0, 1)])


@pytest.fixture(scope="module")
def networks(background: np.ndarray) -> list[Xanesnet]:
    made = []
    for member in range(2):
        torch.manual_seed(member)
        network = Xanesnet(CONFIG)
        network.fit_scaling(torch.from_numpy(background).float(), torch.rand(16, 51))
        made.append(network.eval().requires_grad_(False))
    return made


@pytest.fixture(scope="module")
def bundle(networks, background, tmp_path_factory):
    folder = tmp_path_factory.mktemp("networks") / "tiny"
    tensors = {f"member{i}.{k}": v for i, n in enumerate(networks) for k, v in n.state_dict().items()}
    tensors[BACKGROUND] = torch.from_numpy(background).float()
    card = {
        "format": "xanesview-network", "format_version": 1, "name": "tiny", "title": "tiny", "kind": "xanesnet",
        "gives": "isotropic", "element": "C", "edge": "K", "energy_ev": {"start": 280.0, "stop": 305.0, "step": 0.5},
        "unit": "arb. u.", "native_fwhm_ev": 1.0, "elements": ["C", "H", "O"], "licence": "BSD-3-Clause",
        "members": 2, "network": CONFIG.as_dict(),
    }  # fmt: skip
    save_bundle(folder, card, tensors)
    return folder


def intensities(networks, x: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        spectra = torch.stack([n(torch.from_numpy(x).float()) for n in networks]).mean(0).double().numpy()
    return window_means(spectra, CONFIG.grid_ev, WINDOWS)


def test_shap_values_add_up_to_the_difference_from_the_usual_site(networks, background):
    pytest.importorskip("shap")
    x = descriptors(ethanol())
    values = shap_values(networks, x, background, WINDOWS)
    assert values.shape == (2, len(x))
    wanted = intensities(networks, x[None])[0] - intensities(networks, background).mean(axis=0)
    np.testing.assert_allclose(values.sum(axis=1), wanted, atol=2e-5)


def test_without_the_package_one_sentence_says_how_to_get_it(networks, background, monkeypatch):
    monkeypatch.setitem(sys.modules, "shap", None)
    with pytest.raises(XanesviewError, match="SHAP values need the package shap") as told:
        shap_values(networks, background[0], background, WINDOWS)
    assert "xanesview[explain]" in told.value.hint


def test_exchanging_features_finds_those_that_matter():
    rng = np.random.default_rng(0)
    background = rng.normal(size=(40, 4))
    weights = np.array([[3.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [1.0, 0.0, 2.0]])
    importance = exchange_importance(lambda x: x @ weights, background[0], background[1:])
    assert importance.shape == (3, 4)
    assert importance[0].argmax() == 0
    assert (importance[:, 2] == 0).all()
    shift = np.sqrt(((background[1:, 3] - background[0, 3]) ** 2).mean())
    assert importance[2, 3] == pytest.approx(2.0 * shift)


def test_shares_of_neighbours_and_gaps_add_up():
    rng = np.random.default_rng(1)
    terms, usual, contributions = rng.random((5, 6)), 6 * rng.random(6), rng.normal(size=(2, 6))
    near, gaps = by_neighbour(contributions, terms, usual)
    np.testing.assert_allclose(near.sum(1) + gaps.sum(1), contributions.sum(1))
    full = terms.sum(axis=0) >= usual
    np.testing.assert_allclose(gaps[:, full], 0.0, atol=1e-12)


@pytest.mark.parametrize("method", ["permutation", "shap", "occlusion"])
def test_importance_turns_and_moves_with_the_structure(bundle, method):
    if method == "shap":
        pytest.importorskip("shap")
    one = ethanol()
    order = np.random.default_rng(2).permutation(one.n_atoms)
    turned = Structure(
        numbers=one.numbers[order], positions_angstrom=(one.positions_angstrom @ rotation(5).T + 3.0)[order]
    )
    site = int(np.flatnonzero(order == 1)[0])
    a = explain(one, 1, bundle, WINDOWS, method)
    b = explain(turned, site, bundle, WINDOWS, method)
    np.testing.assert_allclose(b.by_radius, a.by_radius, rtol=2e-3, atol=2e-6)
    np.testing.assert_allclose(b.by_atom, a.by_atom[:, order], rtol=2e-3, atol=2e-6)
    np.testing.assert_allclose(b.distance_angstrom, a.distance_angstrom[order])
    assert a.by_atom[:, 1].max() == 0.0
    assert (a.by_atom >= 0).all()
    np.testing.assert_allclose(a.atom_percent().sum(1), 100.0)
    assert a.neighbours.sum() == one.n_atoms - 1


def test_periodic_images_count_as_neighbours_of_a_slab(bundle):
    cell = np.diag([2.46, 4.26, 20.0])
    sheet = np.array([[0, 0, 0], [1.23, 0.71, 0], [1.23, 2.13, 0], [0, 2.84, 0]], float)
    graphene = Structure(
        numbers=np.full(4, 6), positions_angstrom=sheet, cell_angstrom=cell, pbc=np.array([True, True, False])
    )
    found = explain(graphene, 0, bundle, WINDOWS)
    assert found.neighbours.sum() > 20  # three at 1.42 Å, six at 2.46 Å, …
    assert found.neighbours[5] == 3
    assert found.neighbours[9] == 6
    moved = Structure(
        numbers=np.full(4, 6),
        positions_angstrom=sheet + np.array([5.0, 1.0, -2.0]),
        cell_angstrom=cell,
        pbc=graphene.pbc,
    )
    np.testing.assert_allclose(explain(moved, 0, bundle, WINDOWS).by_radius, found.by_radius, rtol=1e-3, atol=1e-6)


def test_training_sites_are_asked_as_a_whole(bundle):
    found = explain(ethanol(), 0, bundle, WINDOWS, "population")
    assert found.by_radius.shape == (2, 20)
    np.testing.assert_allclose(found.radius_percent().sum(axis=1), 100.0)
    assert not found.by_atom.any()
    again = explain(ethanol(3, 0.2), 1, bundle, WINDOWS, "population")  # whichever site is picked
    np.testing.assert_allclose(again.by_radius, found.by_radius)
    histogram = neighbour_histogram([np.array([1.1, 1.2, 2.6]), np.array([1.3])], 3.0)
    assert histogram.tolist() == [0, 0, 0, 0, 1.0, 0.5, 0, 0, 0, 0, 0.5, 0]


def test_what_cannot_be_asked_is_named(bundle):
    with pytest.raises(XanesviewError, match="can't be explained by “attention”") as told:
        explain(ethanol(), 0, bundle, WINDOWS, "attention")
    assert "permutation, shap, population, occlusion" in told.value.hint
    with pytest.raises(XanesviewError, match="no energies from 400 to 410"):
        explain(ethanol(), 0, bundle, ((400.0, 410.0),), "occlusion")
    with pytest.raises(XanesviewError, match="Atom 2 is O"):
        explain(ethanol(), 2, bundle, WINDOWS)
    with pytest.raises(Cancelled):
        explain(ethanol(), 0, bundle, WINDOWS, cancelled=lambda: True)


def test_windows_worth_comparing_follow_element_axis_and_grid(bundle):
    card = Card.from_json(bundle / "card.json")
    assert default_windows(card) == WINDOWS
    assert set(methods_of(card)) <= set(METHODS)


def test_attention_stands_at_the_nearest_images_and_sums_to_all(tmp_path):
    from xanesview.networks.xane3.network import Xane3, Xane3Config

    torch.manual_seed(0)
    config = Xane3Config.paper(mul_0=8, mul_1=4, mul_2=4, num_layers=1, num_basis=20, emin=-10.0, emax=20.0)
    network = Xane3(config)
    card = {
        "format": "xanesview-network", "format_version": 1, "name": "tiny3", "title": "tiny", "kind": "xane3",
        "gives": "isotropic", "element": "C", "edge": "K", "axis": "relative",
        "energy_ev": {"start": -10.0, "stop": 20.0, "step": 0.2}, "unit": "arb. u.", "native_fwhm_ev": 1.0,
        "elements": ["C", "H", "O"], "licence": "BSD-3-Clause", "members": 1, "network": config.as_dict(),
    }  # fmt: skip
    save_bundle(tmp_path / "tiny3", card, {f"member0.{k}": v for k, v in network.state_dict().items()})
    found = explain(ethanol(), 1, tmp_path / "tiny3")
    assert found.method == "attention"
    np.testing.assert_allclose(found.by_atom.sum(axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(found.by_radius, np.repeat(found.by_radius[:1], 2, axis=0))
    np.testing.assert_allclose(found.by_radius.sum(axis=1), 1.0, atol=1e-5)
    assert found.windows_ev == ((-7.0, -3.0), (0.0, 10.0))
