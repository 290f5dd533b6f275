"""The first example's prediction comes with the program, and is what the default network predicts."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.gui.launch import FIRST_EXAMPLE
from xanesview.inference import kept
from xanesview.inference.predictor import default_sites, load_predictor
from xanesview.io.examples import load_example
from xanesview.networks.card import DEFAULT_NETWORK, bundle_identity, find_bundle
from xanesview.paths import resource


@pytest.fixture(scope="module")
def example():
    return load_example(FIRST_EXAMPLE)


def test_a_new_user_has_it_and_it_is_what_the_network_predicts(example, xanesview_home):
    """Where this fails, network, card or example have changed: run packaging/example_predictions.py."""
    assert not list((xanesview_home / "cache").rglob("*.npz"))
    found = kept.read_kept(example.content_hash, DEFAULT_NETWORK)
    assert found is not None
    predictor = load_predictor(DEFAULT_NETWORK, "cpu")
    now = predictor.predict(example, default_sites(example, predictor.card))
    largest = np.abs(now.tensor.components).max()
    np.testing.assert_allclose(found.tensor.components, now.tensor.components, atol=2e-4 * largest)
    np.testing.assert_allclose(found.tensor.members, now.tensor.members, atol=2e-4 * largest)
    np.testing.assert_allclose(found.tensor.ip_ev, now.tensor.ip_ev, atol=1e-3)
    np.testing.assert_array_equal(found.tensor.sites, now.tensor.sites)
    assert [(one.atom, one.inside, one.reasons) for one in found.verdicts] == [
        (one.atom, one.inside, one.reasons) for one in now.verdicts
    ]
    assert (found.tensor.unit, found.tensor.edge, found.tensor.axis) == (now.tensor.unit, now.tensor.edge, "absolute")
    assert found.bundle == now.bundle


def test_no_other_file_lies_there_and_it_is_small():
    files = list(resource(*kept.CAME_WITH).iterdir())
    example, identity = load_example(FIRST_EXAMPLE), bundle_identity(find_bundle(DEFAULT_NETWORK))
    assert files == [kept.kept_file(resource(*kept.CAME_WITH), example.content_hash, identity)]
    assert files[0].stat().st_size < 300_000


def test_of_other_weights_or_another_structure_nothing_is_said(example, monkeypatch):
    assert kept.read_kept("another", DEFAULT_NETWORK) is None
    monkeypatch.setattr(kept, "bundle_identity", lambda _folder: "0" * 32)
    assert kept.read_kept(example.content_hash, DEFAULT_NETWORK) is None


def test_a_damaged_file_of_the_program_is_done_without_and_stays(example, tmp_path, monkeypatch):
    identity = bundle_identity(find_bundle(DEFAULT_NETWORK))
    path = kept.kept_file(tmp_path, example.content_hash, identity)
    path.write_bytes(b"no archive")
    monkeypatch.setattr(kept, "resource", lambda *_parts: tmp_path)
    assert kept.read_kept(example.content_hash, DEFAULT_NETWORK) is None
    assert path.read_bytes() == b"no archive"
