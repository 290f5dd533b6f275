"""XANESNET trains on a small file and on folders of pairs; its three bands are calibrated, compared and told."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch

from tests.unit.training.absorption_tensor.test_training import write_data
from xanesview.domain.geometry.polarisation import linear
from xanesview.errors import UsageError, XanesviewError
from xanesview.inference.explanation import explain
from xanesview.inference.predictor import load_predictor
from xanesview.networks.bundle import load_weights
from xanesview.networks.card import Card
from xanesview.networks.members import load_members
from xanesview.networks.uncertainty import BandCalibration, interval_score
from xanesview.networks.xanesnet.network import Xanesnet
from xanesview.training.ablation import ablate
from xanesview.training.configuration import read_config
from xanesview.training.data.dataset import read_datasets
from xanesview.training.data.structure_pairs import pairs_data_file
from xanesview.training.kinds import train
from xanesview.training.testing.evaluate import evaluate_bundle
from xanesview.training.xanesnet.training import ABLATIONS, RECIPE, on_grid
from xanesview.training.xanesnet.uncertainty import Band, compare_bands

TINY = """
[network]
r_max = 4.0
n_g2 = 12
n_g4 = 8
zetas = [1.0]
hidden = [32, 32]
[training]
members = 2
epochs = 60
batch_structures = 4
learning_rate = 5e-3
patience = 60
[bundle]
name = "tiny"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(TINY, encoding="utf-8")
    return path


def write_pairs(folder: Path, n: int = 14) -> Path:
    """Write dimers Fe–O whose emission line moves with their distance, on grids of their own, and one without a
    partner."""
    (folder / "structures").mkdir(parents=True)
    (folder / "spectra").mkdir()
    for k in range(n):
        r = 1.7 + 0.05 * k
        text = f"2\nq = 0 | s = 0\nFe 0.0 0.0 0.0\nO 0.0 0.0 {r:.4f}\n"
        (folder / "structures" / f"s{k:02d}.xyz").write_text(text, encoding="utf-8")
        energy = np.linspace(7040.0 - 0.1 * k, 7070.0 + 0.1 * k, 61)
        line = np.exp(-0.5 * ((energy - 7050.0 - 4 * r) / 2.0) ** 2)
        rows = "\n".join(f"{e:.4f} {y:.6f}" for e, y in zip(energy, line, strict=True))
        (folder / "spectra" / f"s{k:02d}.txt").write_text(f"energy mu\n{rows}\n", encoding="utf-8")
    (folder / "structures" / "alone.xyz").write_text("1\n\nFe 0 0 0\n", encoding="utf-8")
    return folder


def test_it_learns_predicts_bands_and_explains(tmp_path, config):
    data = write_data(tmp_path / "data.h5", n=40)
    out = train("xanesnet", [data], config, tmp_path / "net")
    card = json.loads((out / "card.json").read_text(encoding="utf-8"))
    assert (card["kind"], card["gives"], card["axis"], card["element"]) == ("xanesnet", "isotropic", "absolute", "C")
    mean = np.concatenate([m.isotropic for m in read_datasets([data], splits=["train"]).structures])
    spread = float((mean.std(axis=0) ** 2).mean()) / card["intensity_scale"] ** 2
    assert card["metrics"]["test"]["isotropic_mse"] < 0.3 * spread  # better than the mean spectrum
    assert {"peak_position_error_ev", "peak_intensity_error_median_percent"} <= set(card["metrics"]["test"])
    told = card["uncertainty"]
    assert set(told["compared"]) == {"ensemble", "bootstrap", "dropout", "ensemble dropout"}
    scores = {k: v["val_interval_score"] for k, v in told["compared"].items()}
    assert told["best"] == min(scores, key=scores.get)
    for method in told["compared"].values():
        assert 0.0 <= method["test_coverage_68"] <= method["test_coverage_95"] <= 1.0
    assert (out / "runs" / "coverage.svg").stat().st_size > 1000
    molecule = read_datasets([data], splits=["test"]).structures[0]
    predictor = load_predictor(out)
    tensor = predictor.predict(molecule.structure, molecule.sites).tensor
    along = [tensor.contract(linear(axis))[0] for axis in ((1.0, 0.0, 0.0), (0.6, 0.0, 0.8))]
    np.testing.assert_allclose(along[0], along[1], rtol=1e-9)
    assert tensor.members is not None
    found = explain(molecule.structure, int(molecule.sites[0]), out, ((284.0, 287.0), (287.5, 291.0)))
    assert found.by_atom.sum() > 0


def test_it_goes_on_from_a_network_of_its_kind_and_refuses_others(tmp_path, config):
    data = write_data(tmp_path / "data.h5", n=40)
    config.write_text(TINY.replace("epochs = 60", "epochs = 8\nbands = false"), encoding="utf-8")
    first = train("xanesnet", [data], config, tmp_path / "first")
    more = {"training": {"epochs": 1, "learning_rate": 1e-9, "start": str(first)}, "network": {"dropout": 0.0}}
    second = train("xanesnet", [data], config, tmp_path / "second", changes=more)
    cards = [Card.from_json(p / "card.json") for p in (first, second)]
    before, after = (load_members(card, load_weights(card.path)) for card in cards)
    for old, new in zip(before, after, strict=True):
        for name, value in old.state_dict().items():
            assert new.state_dict()[name].numpy() == pytest.approx(value.numpy(), abs=2e-3), name
    assert [card.raw["network"]["dropout"] for card in cards] == [0.1, 0.0]
    assert cards[0].intensity_scale == cards[1].intensity_scale
    assert f"begun with the weights of tiny {cards[0].version} ({cards[0].weights_hash})" in cards[1].data["method"]
    for other in ("c_k_edge_tensor", "fe_k_edge_xanesnet"):
        with pytest.raises(XanesviewError, match="can't go on from"):
            train("xanesnet", [data], config, tmp_path / other, changes={"training": {"start": other}})


def test_pairs_of_any_absorber_and_any_spectrum(tmp_path, config):
    folder = write_pairs(tmp_path / "xes")
    values = TINY.replace("[training]", '[training]\nedge = "Kβ"')
    config.write_text(values, encoding="utf-8")
    out = train("xanesnet", [folder], config, tmp_path / "net")
    card = json.loads((out / "card.json").read_text(encoding="utf-8"))
    assert (card["element"], card["edge"]) == ("Fe", "Kβ")
    assert card["energy_ev"][0] == pytest.approx(7040.0)
    assert card["energy_ev"][-1] == pytest.approx(7070.0, abs=0.51)
    assert card["data"]["train_structures"] == 12
    assert {"val", "test"} <= set(card["metrics"])
    again = train("xanesnet", [folder], config, tmp_path / "net")  # nothing is made twice
    assert again == out
    table = ablate("xanesnet", [folder], config, tmp_path / "variants", 0.0, ["Fourier output"])
    assert "Fourier output" in table
    held = out / "runs" / "xes.h5"
    assert evaluate_bundle(out, held, "test")["n_sites"] == 1
    with h5py.File(held) as f:
        assert f.attrs["element"] == "Fe"
        assert sorted(set(f["structure/split"].asstr()[:])) == ["test", "train", "val"]


def test_energies_counted_from_the_edge_stay_so(tmp_path):
    folder = write_pairs(tmp_path / "rel", 4)
    for path in (folder / "spectra").iterdir():
        energy = np.linspace(-15.0, 60.0, 76)
        path.write_text("\n".join(f"{e:.3f} {1 / (1 + np.exp(-e)):.5f}" for e in energy), encoding="utf-8")
    dataset = read_datasets([pairs_data_file(folder, tmp_path / "out")])
    assert dataset.axis == "relative"
    assert np.isnan(dataset.structures[0].e0_ev).all()
    assert not dataset.structures[0].polarised.any()


def test_folders_that_do_not_fit_are_told_in_one_sentence(tmp_path):
    with pytest.raises(XanesviewError, match="without “structures” and “spectra”"):
        pairs_data_file(tmp_path, tmp_path)
    few = write_pairs(tmp_path / "few", 2)
    with pytest.raises(XanesviewError, match="holds 2 pairs"):
        pairs_data_file(few, tmp_path / "out")
    mixed = write_pairs(tmp_path / "mixed", 5)
    (mixed / "structures" / "s03.xyz").write_text("2\n\nCo 0 0 0\nO 0 0 1.9\n", encoding="utf-8")
    with pytest.raises(XanesviewError, match=r"Atom 0 is not one element: Fe \(s00\), Co \(s03\)"):
        pairs_data_file(mixed, tmp_path / "out")
    with pytest.raises(XanesviewError, match="has 2 atoms, so no atom 7"):
        pairs_data_file(write_pairs(tmp_path / "seven", 4), tmp_path / "out", absorber=7)


def test_the_shipped_recipe_and_every_ablation_can_be_read():
    assert read_config(None, RECIPE).training.members == 2
    for changes in ABLATIONS.values():
        changed = read_config(None, RECIPE, changes)
        network = Xanesnet(on_grid(changed.network, np.linspace(280.0, 305.0, 101)))
        assert network(torch.zeros(2, changed.network.descriptor.n_features)).shape == (2, 101)
    with pytest.raises(UsageError, match="unknown key 'depth'"):
        read_config(None, RECIPE, {"network": {"depth": 3}})


def test_the_band_that_holds_the_truth_and_is_narrow_wins():
    rng = np.random.default_rng(0)
    val, test = rng.normal(size=(40, 60)), rng.normal(size=(40, 60))
    size = rng.uniform(0.1, 2.0, size=(40, 1))

    def members(truth: np.ndarray, knows: bool) -> np.ndarray:
        """Members whose mean misses by ``size``; some know by how much, others guess."""
        mean = truth + size * rng.normal(size=truth.shape)
        guess = size if knows else rng.permutation(size)
        away = rng.normal(size=(12, *truth.shape))
        return mean + guess * (away - away.mean(axis=0))

    bands = {
        k: Band(members(val, k == "bootstrap"), members(test, k == "bootstrap")) for k in ("ensemble", "bootstrap")
    }
    best, told = compare_bands(bands, val, test)
    assert best == told["best"] == told["method"] == "bootstrap"
    found = told["compared"]["bootstrap"]
    assert found["test_coverage_68"] == pytest.approx(0.68, abs=0.03)
    assert found["test_coverage_95"] == pytest.approx(0.95, abs=0.02)
    assert told["curve"]["bootstrap"][9] == pytest.approx(0.5, abs=0.03)
    restored = BandCalibration.from_dict(told["calibration"])
    assert restored.levels == (0.68, 0.95)


def test_the_interval_score_of_gneiting_and_raftery():
    assert interval_score(np.array([0.5]), np.array([1.0]), 0.9) == pytest.approx(2.0)
    assert interval_score(np.array([-1.5]), np.array([1.0]), 0.9) == pytest.approx(2.0 + 20.0 * 0.5)
