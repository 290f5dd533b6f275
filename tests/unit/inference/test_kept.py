"""Predictions kept on disk come back as they were, and only as long as the network is the same."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.unit.inference.test_domain_check import toluene
from tests.unit.inference.tiny_bundles import xanesnet_bundle
from tests.unit.networks.small_bundles import make_bundle, weights
from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.structure import Notice
from xanesview.inference import kept
from xanesview.inference.domain_check import SiteVerdict
from xanesview.inference.loaded_network import Prediction
from xanesview.inference.predictor import default_sites, load_predictor
from xanesview.io.examples import load_example
from xanesview.networks.card import bundle_identity, find_bundle

GRID = np.linspace(280.0, 300.0, 21)
KNOWN = Path(__file__).parents[2] / "data" / "predictions_of_shipped_networks.json"


@pytest.fixture
def bundle(xanesview_home: Path) -> Path:
    """A network bundle with a card and a number for weights."""
    grid = {"energy_ev": GRID.tolist(), "native_fwhm_ev": 0.5}
    return make_bundle(xanesview_home / "data" / "networks" / "tiny", title="Tiny", elements=["C"], **grid)


def prediction(n_sites: int = 3, axis: str = "absolute") -> Prediction:
    rng = np.random.default_rng(1)
    components = rng.normal(size=(n_sites, 6, 21)).astype(np.float32)
    tensor = AbsorptionTensor(
        energy_ev=GRID, components=components, sites=np.arange(n_sites), unit="Mb", edge="C K", native_fwhm_ev=0.5,
        ip_ev=np.full(n_sites, 290.0), members=np.stack([components, components + 0.1]), axis=axis,
    )  # fmt: skip
    verdicts = tuple(SiteVerdict(i, i > 0, ("S–S bond",) if i == 0 else ()) for i in range(n_sites))
    return Prediction(tensor, verdicts, 0.04, "CPU", "tiny", (Notice("device", "CPU: GPU memory ran out", "Slower."),))


def test_what_is_kept_comes_back_to_the_last_bit(bundle):
    original = prediction()
    kept.keep("abc", "tiny", original)
    back = kept.read_kept("abc", "tiny")
    np.testing.assert_array_equal(back.tensor.components, original.tensor.components)
    np.testing.assert_array_equal(back.tensor.members, original.tensor.members)
    np.testing.assert_array_equal(back.tensor.sites, [0, 1, 2])
    np.testing.assert_array_equal(back.tensor.ip_ev, original.tensor.ip_ev)
    assert back.verdicts == original.verdicts
    assert back.notices == original.notices
    assert back.elapsed_s == 0


def test_the_axis_is_kept(bundle):
    kept.keep("abc", "tiny", prediction(axis="relative"))
    assert kept.read_kept("abc", "tiny").tensor.axis == "relative"


def test_another_structure_or_other_weights_find_nothing(bundle):
    kept.keep("abc", "tiny", prediction())
    assert kept.read_kept("abd", "tiny") is None
    (bundle / "weights.safetensors").write_bytes(weights(3.0))
    assert kept.read_kept("abc", "tiny") is None


def test_a_bundle_that_changed_is_never_answered_for_by_the_old_one(bundle):
    """Neither size nor age of the files tells: the content does."""
    kept.keep("abc", "tiny", prediction())
    before = (bundle / "weights.safetensors").stat()
    (bundle / "weights.safetensors").write_bytes(weights(2.0))
    os.utime(bundle / "weights.safetensors", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert kept.read_kept("abc", "tiny") is None
    (bundle / "weights.safetensors").write_bytes(weights())
    card = (bundle / "card.json").read_text()
    (bundle / "card.json").write_text(card.replace('"native_fwhm_ev": 0.5', '"native_fwhm_ev": 0.7'))
    assert kept.read_kept("abc", "tiny") is None
    (bundle / "card.json").write_text(card)
    assert kept.read_kept("abc", "tiny") is not None


def test_the_same_files_installed_again_find_what_was_kept(bundle, tmp_path):
    kept.keep("abc", "tiny", prediction())
    shutil.copytree(bundle, tmp_path / "elsewhere", copy_function=shutil.copyfile)
    shutil.rmtree(bundle)
    assert kept.read_kept("abc", "tiny") is None
    shutil.copytree(tmp_path / "elsewhere", bundle, copy_function=shutil.copyfile)
    assert kept.read_kept("abc", "tiny") is not None
    assert kept.read_kept("abc", str(tmp_path / "elsewhere")) is not None


def test_a_later_version_makes_predictions_anew(bundle, monkeypatch):
    kept.keep("abc", "tiny", prediction())
    monkeypatch.setattr(kept, "VERSION", kept.VERSION + 1)
    assert kept.read_kept("abc", "tiny") is None


def test_a_prediction_belongs_to_the_files_it_was_made_from(tmp_path):
    """A bundle may be replaced while the program still has the old one loaded."""
    path = xanesnet_bundle(tmp_path / "net")
    old = load_predictor(path, "cpu").predict(toluene(), [0])
    card = (path / "card.json").read_text()
    (path / "card.json").write_text(card.replace('"floor": 0.02', '"floor": 0.03'))
    kept.keep("abc", str(path), old)
    assert kept.read_kept("abc", str(path)) is None
    (path / "card.json").write_text(card)
    assert kept.read_kept("abc", str(path)).bundle == old.bundle


def test_shipped_networks_give_the_numbers_of_this_version():
    """Where this fails, networks give other numbers than those that users keep: raise `kept.VERSION`, record anew."""
    known = json.loads(KNOWN.read_text())
    assert known["version"] == kept.VERSION
    compared = 0
    for name, (structure, identity, values) in known["networks"].items():
        if bundle_identity(find_bundle(name)) != identity:
            continue  # trained anew: its predictions are found under its own identity
        predictor = load_predictor(name, "cpu")
        example = load_example(structure)
        tensor = predictor.predict(example, default_sites(example, predictor.card)[:1]).tensor
        found = tensor.components[0, :, :: len(tensor.energy_ev) // 5]
        np.testing.assert_allclose(found, values, atol=2e-4 * np.abs(values).max(), err_msg=name)
        compared += 1
    assert compared, "no shipped network is known here any more: record their numbers anew"


def test_a_damaged_file_and_a_missing_network_find_nothing(bundle, xanesview_home):
    kept.keep("abc", "tiny", prediction())
    file = next((xanesview_home / "cache" / "predictions").glob("*.npz"))
    file.write_bytes(b"PK" + b"\0" * 40)
    assert kept.read_kept("abc", "tiny") is None
    assert kept.read_kept("abc", "nowhere") is None


def test_the_oldest_files_leave(bundle, xanesview_home, monkeypatch):
    monkeypatch.setattr(kept, "MOST_FILES", 2)
    for name in ("a", "b", "c"):
        kept.keep(name, "tiny", prediction())
    assert len(list((xanesview_home / "cache" / "predictions").glob("*.npz"))) == 2


def test_a_large_prediction_is_not_kept(bundle, monkeypatch):
    monkeypatch.setattr(kept, "LARGEST_BYTES", 100)
    kept.keep("abc", "tiny", prediction())
    assert kept.read_kept("abc", "tiny") is None
