"""XANE(3) and XANESNET predict: the same curve along every direction, members, bands, E0, periodic structures."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.unit.inference.test_domain_check import toluene
from tests.unit.inference.tiny_bundles import RELATIVE_EV, slab, xane3_bundle, xanesnet_bundle
from xanesview.domain.geometry.polarisation import linear, powder
from xanesview.domain.processing.broadening import broaden_tensor_to, gaussian
from xanesview.errors import Cancelled, XanesviewError
from xanesview.inference import isotropic_predictor as module
from xanesview.inference.isotropic_predictor import calibrated
from xanesview.inference.predictor import load_predictor
from xanesview.networks.card import Card
from xanesview.networks.uncertainty import BandCalibration


@pytest.fixture(params=["xane3", "xanesnet"])
def network(request, tmp_path):
    bundle = xane3_bundle if request.param == "xane3" else xanesnet_bundle
    return load_predictor(bundle(tmp_path / request.param), "cpu")


def test_every_polarisation_gives_the_same_curve_and_the_notice_says_so(network):
    prediction = network.predict(toluene(), [0, 3])
    expected = prediction.tensor.isotropic()
    assert np.ptp(expected) > 0
    for weight in (linear([0, 0, 1]), linear([0.3, -0.5, 0.8]), powder()):
        np.testing.assert_allclose(prediction.tensor.contract(weight), expected, atol=1e-12)
    assert "isotropic network: the spectrum does not depend on the direction" in [
        notice.message for notice in prediction.notices
    ]


def test_rotation_and_translation_change_nothing(network):
    from scipy.spatial.transform import Rotation

    structure, turn = toluene(), Rotation.random(random_state=3).as_matrix()
    moved = structure.replace(positions_angstrom=structure.positions_angstrom @ turn.T + [3.0, -1.0, 2.0])
    here, there = (network.predict(s, [0, 3, 5]).tensor for s in (structure, moved))
    np.testing.assert_allclose(there.components, here.components, atol=2e-5 * np.abs(here.components).max())


def test_order_and_batches_of_sites_do_not_matter(network, monkeypatch):
    whole = network.predict(toluene(), range(7)).tensor
    monkeypatch.setattr(module, "SITES_A_BATCH", 2)
    mixed = network.predict(toluene(), [6, 0, 5, 2, 1, 4, 3]).tensor
    assert list(mixed.sites) == [6, 0, 5, 2, 1, 4, 3]
    np.testing.assert_allclose(
        mixed.components, whole.select(mixed.sites).components, atol=1e-5 * np.abs(whole.components).max()
    )
    if whole.ip_ev is not None:
        np.testing.assert_allclose(mixed.ip_ev, whole.select(mixed.sites).ip_ev, atol=1e-4)


def test_progress_and_cancel(network, monkeypatch):
    monkeypatch.setattr(module, "SITES_A_BATCH", 3)
    seen = []
    network.predict(toluene(), range(7), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(3, 7), (6, 7), (7, 7)]
    with pytest.raises(Cancelled):
        network.predict(toluene(), range(7), cancelled=lambda: True)


def test_a_slab_is_the_same_wherever_its_origin_lies(network):
    structure = slab()
    moved = structure.replace(positions_angstrom=structure.positions_angstrom + np.array([0.7, 1.9, 0.0]))
    moved = moved.replace(
        positions_angstrom=moved.positions_angstrom - structure.cell_angstrom[1] * np.array([[0], [1], [0], [1]])
    )
    here, there = (network.predict(s, range(4)).tensor.components for s in (structure, moved))
    np.testing.assert_allclose(there, here, atol=2e-5 * np.abs(here).max())
    alone = structure.replace(pbc=np.zeros(3, bool), cell_angstrom=np.zeros((3, 3)))
    assert np.abs(network.predict(alone, range(4)).tensor.components - here).max() > 1e-3 * np.abs(here).max()


def test_xane3_gives_e0_and_energies_relative_to_it(tmp_path):
    tensor = load_predictor(xane3_bundle(tmp_path / "x", members=2), "cpu").predict(toluene(), [0, 1]).tensor
    assert tensor.axis == "relative"
    np.testing.assert_allclose(tensor.energy_ev, RELATIVE_EV)
    assert (np.abs(tensor.ip_ev - 290.5) < 5).all()
    absolute = tensor.on_axis("absolute")
    assert 275 < absolute.energy_ev[0] < absolute.energy_ev[-1] < 315
    assert len(tensor.members) == 2
    np.testing.assert_allclose(tensor.members.mean(0), tensor.components, atol=1e-5)


def test_the_band_of_xanesnet_is_the_calibrated_one(tmp_path):
    path = xanesnet_bundle(tmp_path / "x")
    network = load_predictor(path, "cpu")
    prediction = network.predict(toluene(), [0, 1])
    with torch.no_grad():
        from xanesview.networks.wacsf import wacsf

        descriptors = wacsf(
            toluene().numbers, toluene().positions_angstrom, [0, 1], network._networks[0].config.descriptor
        )
        spectra = [n(torch.as_tensor(descriptors, dtype=torch.float32)).numpy() for n in network._networks]
    expected = 1.5 * np.sqrt(np.std(spectra, axis=0) ** 2 + 0.02**2)
    np.testing.assert_allclose(prediction.tensor.band(linear([0, 1, 0])), expected, rtol=1e-3)
    np.testing.assert_allclose(prediction.tensor.isotropic(), np.mean(spectra, axis=0), atol=1e-5)
    assert prediction.tensor.ip_ev is None


def test_dropout_gives_the_band_and_not_the_curve(tmp_path):
    uncertainty = {"method": "dropout", "samples": 7}
    network = load_predictor(xanesnet_bundle(tmp_path / "x", members=1, uncertainty=uncertainty), "cpu")
    one, two = network.predict(toluene(), [0]).tensor, network.predict(toluene(), [0]).tensor
    assert len(one.members) == 7
    assert one.band(powder()).max() > 0
    np.testing.assert_array_equal(one.components, two.components)


def test_members_that_agree_get_the_floor():
    calibration = BandCalibration((2.0, 4.0), 0.1)
    members = np.ones((3, 2, 5))
    np.testing.assert_allclose(calibrated(members, calibration).std(axis=0), 0.2)
    np.testing.assert_allclose(calibrated(members, calibration).mean(axis=0), 1.0)


def test_elements_never_seen_put_every_site_outside(network):
    structure = toluene()
    odd = structure.replace(numbers=np.where(np.arange(len(structure.numbers)) == 14, 35, structure.numbers))
    verdicts = network.predict(odd, [0]).verdicts
    assert not verdicts[0].inside
    assert verdicts[0].reasons == ("Br: not in the training data",)
    assert network.predict(structure, [0]).verdicts[0].inside


@pytest.mark.parametrize(
    ("data", "structure", "words"),
    [
        ({}, slab(), "trained on molecules"),
        ({"periodic": False}, slab(), "trained on molecules"),
        ({"periodic": True}, slab(), None),
        ({"periodic": True}, toluene(), "trained on crystals and slabs"),
        ({}, toluene(), None),
    ],
)
def test_the_card_says_what_the_network_was_trained_on(tmp_path, data, structure, words):
    network = load_predictor(xanesnet_bundle(tmp_path / "x", data=data), "cpu")
    found = [n.message for n in network.predict(structure, [0]).notices if n.kind == "outside-domain"]
    assert found == ([] if words is None else [words])


def test_a_calibration_that_is_damaged_is_told(tmp_path):
    path = xanesnet_bundle(tmp_path / "x", uncertainty={"calibration": {"factors": [1.0]}})
    with pytest.raises(XanesviewError, match=r"uncertainty\.calibration lacks floor, levels"):
        load_predictor(path, "cpu")


def test_many_members_of_many_sites_become_two_with_the_same_band(tmp_path, monkeypatch):
    network = load_predictor(xanesnet_bundle(tmp_path / "x"), "cpu")
    all_of_them = network.predict(toluene(), range(7)).tensor
    monkeypatch.setattr(module, "MOST_SPECTRA_OF_MEMBERS", 20)
    two = network.predict(toluene(), range(7)).tensor
    assert (len(all_of_them.members), len(two.members)) == (3, 2)
    np.testing.assert_allclose(two.band(powder()), all_of_them.band(powder()), rtol=1e-3)


def test_a_width_is_added_where_spectra_have_the_shapes_they_were_computed_with(tmp_path):
    as_computed = xane3_bundle(tmp_path / "computed", native_shape="as computed", native_fwhm_ev=1.7)
    drawn = xane3_bundle(tmp_path / "drawn", native_fwhm_ev=1.7)
    structure, sites = toluene(), [0]
    found = {b.name: load_predictor(b, "cpu").predict(structure, sites).tensor for b in (as_computed, drawn)}
    assert Card.from_json(as_computed / "card.json").native_fwhm_ev == 1.7
    assert (found["computed"].native_fwhm_ev, found["drawn"].native_fwhm_ev) == (0.0, 1.7)
    assert found["computed"].components == pytest.approx(found["drawn"].components)
    added = broaden_tensor_to(found["computed"], 2.0)
    wanted = gaussian(added.energy_ev, found["computed"].components, 2.0)
    assert added.components == pytest.approx(wanted)
    total = broaden_tensor_to(found["drawn"], 2.0)
    assert total.components == pytest.approx(gaussian(added.energy_ev, found["drawn"].components, (4 - 1.7**2) ** 0.5))
