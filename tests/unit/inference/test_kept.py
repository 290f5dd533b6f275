"""Predictions kept on disk come back as they were, and only as long as the network is the same."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.structure import Notice
from xanesview.inference import kept
from xanesview.inference.domain_check import SiteVerdict
from xanesview.inference.loaded_network import Prediction

GRID = np.linspace(280.0, 300.0, 21)


@pytest.fixture
def bundle(xanesview_home: Path) -> Path:
    """A network bundle with a card and some bytes for weights."""
    folder = xanesview_home / "data" / "networks" / "tiny"
    folder.mkdir(parents=True)
    card = {
        "format": "xanesview-network", "format_version": 1, "name": "tiny", "title": "Tiny", "kind": "tensor",
        "gives": "tensor", "element": "C", "edge": "K", "energy_ev": GRID.tolist(), "unit": "Mb", "native_fwhm_ev": 0.5,
        "elements": ["C"], "licence": "BSD-3-Clause", "network": {"elements": [6]},
    }  # fmt: skip
    (folder / "card.json").write_text(json.dumps(card))
    (folder / "weights.safetensors").write_bytes(b"one")
    return folder


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
    (bundle / "weights.safetensors").write_bytes(b"other")
    assert kept.read_kept("abc", "tiny") is None


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
