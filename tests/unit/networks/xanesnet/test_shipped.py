"""The shipped XANESNET bundles: symmetries of the trained weights, cards that say what the bands hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.unit.networks.equivariance import rotation
from xanesview.domain.structure import Structure
from xanesview.inference.descriptor_explanation import BACKGROUND, NEIGHBOURS, shap_values
from xanesview.inference.explained import members_of
from xanesview.inference.explanation import default_windows
from xanesview.inference.predictor import load_predictor
from xanesview.io.examples import load_example
from xanesview.networks.card import CARD, WEIGHTS, Card, find_bundle
from xanesview.networks.feature_importance import window_means
from xanesview.networks.uncertainty import LEVELS, BandCalibration

MOST_BYTES = 8 * 2**20
EXAMPLES = {"c_k_edge_xanesnet": ("caffeine", 6), "fe_k_edge_xanesnet": ("hematite_001", 26)}


@pytest.fixture(params=list(EXAMPLES))
def shipped(request) -> tuple[str, Structure, int]:
    """Name of a bundle, a structure of its kind, and a site of it."""
    example, element = EXAMPLES[request.param]
    structure = load_example(example)
    return request.param, structure, int(np.flatnonzero(structure.numbers == element)[0])


def spectrum(name: str, structure: Structure, site: int) -> np.ndarray:
    return load_predictor(name).predict(structure, [site]).tensor.components[0, 0]


def changed(structure: Structure, **values) -> Structure:
    kept = {k: getattr(structure, k) for k in ("numbers", "positions_angstrom", "cell_angstrom", "pbc")}
    return Structure(**(kept | values))


def test_turning_moving_and_renumbering_change_nothing(shipped):
    name, structure, site = shipped
    usual = spectrum(name, structure, site)
    assert usual.max() > 3 * np.abs(usual).min()  # a spectrum, not a flat line
    turn = rotation(7)
    turned = changed(
        structure, positions_angstrom=structure.positions_angstrom @ turn.T + [1.0, -2.0, 0.5],
        cell_angstrom=structure.cell_angstrom @ turn.T,
    )  # fmt: skip
    np.testing.assert_allclose(spectrum(name, turned, site), usual, rtol=1e-4, atol=1e-4 * usual.max())
    order = np.random.default_rng(0).permutation(structure.n_atoms)
    mixed = changed(structure, numbers=structure.numbers[order], positions_angstrom=structure.positions_angstrom[order])
    place = int(np.flatnonzero(order == site)[0])
    np.testing.assert_allclose(spectrum(name, mixed, place), usual, rtol=1e-4, atol=1e-4 * usual.max())


def test_a_slab_is_the_same_from_another_origin_and_in_a_doubled_cell():
    name, (example, element) = "fe_k_edge_xanesnet", EXAMPLES["fe_k_edge_xanesnet"]
    slab = load_example(example)
    site = int(np.flatnonzero(slab.numbers == element)[0])
    usual = spectrum(name, slab, site)
    along = int(np.flatnonzero(slab.pbc)[0])
    shift = 0.37 * slab.cell_angstrom[along]
    inverse = np.linalg.pinv(slab.cell_angstrom)
    fractional = (slab.positions_angstrom + shift) @ inverse
    fractional[:, along] %= 1.0
    moved = changed(slab, positions_angstrom=fractional @ slab.cell_angstrom)
    np.testing.assert_allclose(spectrum(name, moved, site), usual, atol=1e-4)
    cell = slab.cell_angstrom.copy()
    cell[along] *= 2.0
    doubled = changed(
        slab, numbers=np.tile(slab.numbers, 2), cell_angstrom=cell,
        positions_angstrom=np.vstack([slab.positions_angstrom, slab.positions_angstrom + slab.cell_angstrom[along]]),
    )  # fmt: skip
    np.testing.assert_allclose(spectrum(name, doubled, site), usual, atol=1e-4)
    np.testing.assert_allclose(spectrum(name, doubled, site + slab.n_atoms), usual, atol=1e-4)


def test_the_card_tells_bands_and_peaks_and_the_bundle_is_small(shipped):
    name, _, _ = shipped
    path = find_bundle(name)
    card = Card.from_json(path / CARD)
    told = card.raw["uncertainty"]
    assert set(told["compared"]) - {"bootstrap"} == {"ensemble", "dropout", "ensemble dropout"}
    assert told["best"] in told["compared"]
    assert told["method"] in ("ensemble", "bootstrap", "dropout")
    assert BandCalibration.from_dict(told["calibration"]).levels == LEVELS
    for method in told["compared"].values():
        assert 0.4 < method["test_coverage_68"] < method["test_coverage_95"] <= 1.0
    test = card.metrics["test"]
    for key in (
        "isotropic_mse", "isotropic_mse_median", "peak_position_error_ev", "peak_position_error_median_ev",
        "peak_intensity_error_percent", "peak_intensity_error_median_percent",
    ):  # fmt: skip
        assert test[key] >= 0.0, key
    assert test["isotropic_mse_median"] <= test["isotropic_mse"]
    assert (Path(path) / WEIGHTS).stat().st_size < MOST_BYTES


def test_the_drawn_band_is_the_calibrated_one(shipped):
    name, structure, site = shipped
    card = Card.from_json(find_bundle(name) / CARD)
    tensor = load_predictor(name).predict(structure, [site]).tensor
    drawn = tensor.members[:, 0, 0].std(axis=0)
    floor = card.raw["uncertainty"]["calibration"]["floor"] * card.raw["uncertainty"]["calibration"]["factors"][0]
    assert (drawn >= 0.99 * floor).all()
    np.testing.assert_allclose(
        tensor.members[:, 0, 0].mean(axis=0), tensor.components[0, 0], atol=1e-3 * tensor.components.max()
    )


def test_shap_values_of_trained_weights_add_up(shipped):
    pytest.importorskip("shap")
    name, _, _ = shipped
    path = find_bundle(name)
    networks, others = members_of(path)
    background = others[BACKGROUND].double().numpy()
    assert len(others[NEIGHBOURS]) == round(networks[0].config.descriptor.r_max / 0.25)
    windows = default_windows(Card.from_json(path / CARD))
    one = background[0]
    values = shap_values(networks[:1], one, background, windows)

    def intensity(x: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return window_means(
                networks[0](torch.from_numpy(x).float()).double().numpy(), networks[0].config.grid_ev, windows
            )

    wanted = intensity(one[None])[0] - intensity(background).mean(axis=0)
    np.testing.assert_allclose(values.sum(axis=1), wanted, atol=2e-4)
