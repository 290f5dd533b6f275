"""Predictions: same numbers in any order and batch, cancel, sites that are refused, damaged bundles."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch

from tests.unit.inference.test_domain_check import toluene, with_atom
from tests.unit.inference.tiny_bundles import isd_painn_bundle, xane3_bundle, xanesnet_bundle
from xanesview.domain.geometry.polarisation import linear
from xanesview.errors import Cancelled, XanesviewError
from xanesview.inference import tensor_predictor as module
from xanesview.inference.device import ran_out_of_memory
from xanesview.inference.notices import negative_notices
from xanesview.inference.predictor import default_sites, load_predictor, predictor_class
from xanesview.inference.tensor_predictor import TensorPredictor
from xanesview.networks.card import DEFAULT_NETWORK, Card, find_bundle, list_bundles, read_bundle_info
from xanesview.paths import network_dirs


@pytest.fixture(scope="module")
def network():
    return load_predictor(device="cpu")


def test_benzene_like_ring_absorbs_pi_star_along_the_normal(network):
    ring = toluene()
    tensor = network.predict(ring, [4]).tensor
    window = (tensor.energy_ev > 284.0) & (tensor.energy_ev < 286.5)
    out_of_plane, in_plane = (tensor.contract(linear(v))[0][window].max() for v in ([0, 0, 1], [1, 0, 0]))
    assert out_of_plane > 4 * in_plane
    assert 284.5 < tensor.energy_ev[window][tensor.contract(linear([0, 0, 1]))[0][window].argmax()] < 285.9


def test_order_and_batches_of_sites_do_not_matter(network, monkeypatch):
    structure = toluene()
    sites = default_sites(structure, network.card)
    whole = network.predict(structure, sites).tensor
    monkeypatch.setattr(module, "SITES_A_BATCH", 2)
    mixed = network.predict(structure, sites[::-1]).tensor
    assert list(mixed.sites) == list(sites[::-1])
    assert np.abs(mixed.components[::-1] - whole.components).max() < 1e-4 * whole.components.max()


def test_mean_and_members_agree_and_ip_is_plausible(network):
    tensor = network.predict(toluene(), [0, 1]).tensor
    assert len(tensor.members) >= 3
    assert np.allclose(tensor.members.mean(0), tensor.components, atol=1e-6)
    assert ((tensor.ip_ev > 287) & (tensor.ip_ev < 295)).all()
    assert tensor.band(linear([0, 0, 1])).max() > 0


def test_progress_and_cancel(network, monkeypatch):
    monkeypatch.setattr(module, "SITES_A_BATCH", 3)
    seen = []
    network.predict(toluene(), range(7), progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert len(set(seen)) > 3, "told while it goes on, member by member"
    assert seen[-1] == (7, 7)
    with pytest.raises(Cancelled):
        network.predict(toluene(), range(7), cancelled=lambda: True)


@pytest.mark.parametrize(("sites", "words"), [([], "No site"), ([99], "no atom 99"), ([8], "is H"), ([0, 0], "twice")])
def test_wrong_sites_are_named(network, sites, words):
    with pytest.raises(XanesviewError, match=words):
        network.predict(toluene(), sites)


def test_a_molecule_without_the_element_is_refused(network):
    water = with_atom(toluene(), 8, [0, 0, 4]).replace(numbers=np.array([8] * 16))
    with pytest.raises(XanesviewError, match="no C atom"):
        default_sites(water, network.card)


def test_every_network_is_asked_along_a_direction_in_one_way(network):
    tensor = network.predict(toluene(), [0, 4]).tensor
    n = np.array([[0.0, 0.0, 2.0], [1.0, 1.0, 0.0]])
    along = network.along_directions(toluene(), [0, 4], n)
    for spectra, direction in zip(along, n, strict=True):
        np.testing.assert_allclose(spectra, tensor.contract(linear(direction)), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(network.along(toluene(), [0, 4], linear(direction)), spectra, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("make", [xane3_bundle, xanesnet_bundle, isd_painn_bundle, None])
def test_a_prediction_goes_on_where_the_memory_of_the_device_ends(make, tmp_path, monkeypatch):
    path = find_bundle(DEFAULT_NETWORK) if make is None else make(tmp_path / "net")
    name = {None: "_run", isd_painn_bundle: "_prepared"}.get(make, "_spectra")
    predictor = predictor_class(Card.from_json(path / "card.json"))(path, "cpu")
    usual = predictor.predict(toluene(), [0])
    run, refused = getattr(predictor, name), []

    def once_too_large(*arguments):
        if not refused:
            refused.append(1)
            raise torch.OutOfMemoryError("no memory is left")
        return run(*arguments)

    monkeypatch.setattr(predictor, name, once_too_large)
    prediction = predictor.predict(toluene(), [0])
    assert refused
    np.testing.assert_array_equal(prediction.tensor.components, usual.tensor.components)
    assert prediction.notices[0].message == "CPU: GPU memory ran out"
    assert prediction.notices[1:] == usual.notices
    assert predictor.predict(toluene(), [1]).notices[0].kind == "device"  # and it stays there


def test_a_network_is_loaded_where_the_memory_of_the_device_is_full(tmp_path, monkeypatch):
    path, refused = xane3_bundle(tmp_path / "net"), []
    kind = predictor_class(Card.from_json(path / "card.json"))
    usual, move = kind(path, "cpu").predict(toluene(), [0]), kind._move

    def once_too_large(self):
        if not refused:
            refused.append(1)
            raise RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`")
        move(self)

    monkeypatch.setattr(kind, "_move", once_too_large)
    prediction = kind(path, "cpu").predict(toluene(), [0])
    assert refused
    np.testing.assert_array_equal(prediction.tensor.components, usual.tensor.components)
    assert prediction.notices[0].message == "CPU: GPU memory ran out"


def test_any_other_error_of_a_device_is_not_taken_for_full_memory(network, monkeypatch):
    def broken(*_):
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    monkeypatch.setattr(network, "_run", broken)
    with pytest.raises(RuntimeError, match="illegal memory access"):
        network.predict(toluene(), [0])


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 9.07 GB)"), True),
        (RuntimeError("CUDA error: out of memory"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
    ],
)
def test_full_memory_is_known_by_what_the_libraries_say(error, full):
    assert ran_out_of_memory(error) is full


def test_charge_is_said(network):
    notices = network.predict(toluene().replace(charge=1), [0]).notices
    assert [n.kind for n in notices] == ["outside-domain"]


def test_the_shelf_lists_broken_bundles_and_goes_on(xanesview_home, tmp_path):
    good = find_bundle(DEFAULT_NETWORK)
    user = network_dirs()[-1]
    broken = user / "broken"
    broken.mkdir(parents=True)
    (broken / "card.json").write_text("{")
    listed = {b.name: b for b in list_bundles()}
    assert listed["broken"].problem
    assert listed[DEFAULT_NETWORK].problem is None
    with pytest.raises(XanesviewError, match="cannot be read"):
        find_bundle("broken")
    copy = tmp_path / "copy"
    shutil.copytree(good, copy)
    (copy / "weights.safetensors").write_bytes(b"not weights")
    with pytest.raises(XanesviewError, match="cannot be read"):
        TensorPredictor(copy)
    card = json.loads((good / "card.json").read_text())
    card["network"]["channels"] += 1
    shutil.copy(good / "weights.safetensors", copy)
    (copy / "card.json").write_text(json.dumps(card))
    with pytest.raises(XanesviewError, match="do not belong together"):
        TensorPredictor(copy)
    del card["unit"]
    (copy / "card.json").write_text(json.dumps(card))
    assert "lacks unit" in read_bundle_info(copy).problem


def test_an_unknown_network_names_the_known_ones():
    with pytest.raises(XanesviewError, match="no network 'nope'") as caught:
        load_predictor("nope")
    assert DEFAULT_NETWORK in caught.value.hint


def test_a_tensor_that_is_not_positive_is_told():
    peak = np.zeros((1, 6, 50))
    peak[0, 2] = np.exp(-0.5 * np.linspace(-5, 5, 50) ** 2)
    assert negative_notices(peak) == ()
    peak[0, 0] = -0.1 * peak[0, 2]
    (notice,) = negative_notices(peak)
    assert "-10 %" in notice.hint
