"""The ISD-PaiNN network that comes with the program: its symmetries, benzene, its domain, its card."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.geometry.polarisation import linear, powder
from xanesview.errors import XanesviewError
from xanesview.inference.predictor import load_predictor
from xanesview.io.examples import load_example
from xanesview.networks.card import find_bundle

NAME = "c_k_edge_isd_painn"
N = np.array([0.3, -0.5, 0.8])


@pytest.fixture(scope="module")
def predictor():
    return load_predictor(NAME, "cpu")


@pytest.fixture(scope="module")
def styrene():
    return load_example("styrene")


def turned(structure, matrix):
    centre = structure.centre_angstrom
    return structure.replace(positions_angstrom=(structure.positions_angstrom - centre) @ matrix.T + 7.0)


def close(here, there):
    return np.abs(here - there).max() < 1e-4 * np.abs(here).max()


def test_opposite_directions_give_one_spectrum(predictor, styrene):
    sites = styrene.sites_of("C")
    here = predictor.along(styrene, sites, linear(N))
    assert close(here, predictor.along_directions(styrene, sites, -N[None])[0])


@pytest.mark.parametrize("determinant", [1, -1], ids=["rotation", "rotation and inversion"])
def test_molecule_and_light_turn_together(predictor, styrene, determinant):
    sites = styrene.sites_of("C")
    turn = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))[0]
    turn *= determinant * np.linalg.det(turn)
    here = predictor.along(styrene, sites, linear(N))
    assert close(here, predictor.along(turned(styrene, turn), sites, linear(turn @ N)))
    assert not close(here, predictor.along(turned(styrene, turn), sites, linear(N)))


def test_the_inverted_molecule_has_the_same_spectra(predictor, styrene):
    sites = styrene.sites_of("C")
    here = predictor.along(styrene, sites, linear(N))
    assert close(here, predictor.along(turned(styrene, -np.eye(3)), sites, linear(N)))


def test_benzene_s_pi_resonance_stands_up_and_dies_in_the_plane(predictor):
    benzene = load_example("benzene")
    sites, energy = benzene.sites_of("C"), predictor.card.energy_ev
    centred = benzene.positions_angstrom - benzene.centre_angstrom
    axes = np.linalg.svd(centred)[2]
    in_plane, across, normal = predictor.along_directions(benzene, sites, axes).mean(1)
    bound = energy < 287.0
    assert energy[bound][normal[bound].argmax()] == pytest.approx(285.2, abs=0.4)
    for curve in (in_plane, across):
        assert curve[bound].max() < 0.15 * normal[bound].max()
    # Above the threshold σ* resonances take over in the plane.
    above = (energy > 291.0) & (energy < 297.0)
    assert in_plane[above].mean() > 1.5 * normal[above].mean()


def test_the_tensor_says_what_it_misses_and_gives_nearly_the_network_s_curves(predictor, styrene):
    sites = styrene.sites_of("C")
    prediction = predictor.predict(styrene, sites)
    direct, fitted = predictor.along(styrene, sites, linear(N)), prediction.tensor.contract(linear(N))
    assert np.sqrt(((direct - fitted) ** 2).mean() / (direct**2).mean()) < 0.1
    powder_of_both = predictor.along(styrene, sites, powder()), prediction.tensor.isotropic()
    assert np.sqrt(np.square(np.subtract(*powder_of_both)).mean() / np.square(powder_of_both[0]).mean()) < 0.05
    assert any(notice.kind == "fitted-tensor" for notice in prediction.notices)
    assert not any(notice.kind == "no-domain" for notice in prediction.notices)


def test_the_domain_check_knows_its_molecules_and_others(predictor, styrene):
    assert all(v.inside for v in predictor.predict(styrene, styrene.sites_of("C")).verdicts)
    squeezed = styrene.replace(positions_angstrom=styrene.positions_angstrom * 0.8)
    assert not any(v.inside for v in predictor.predict(squeezed, styrene.sites_of("C")).verdicts)
    bromine = styrene.replace(numbers=np.where(styrene.numbers == 1, 35, styrene.numbers))
    with pytest.raises(XanesviewError, match="atomic number 35"):
        predictor.predict(bromine, styrene.sites_of("C"))


def test_the_card_is_complete_and_the_bundle_small(predictor):
    card = predictor.card
    assert (card.kind, card.gives, card.label, card.axis) == ("isd-painn", "directional", "C K", "absolute")
    assert card.raw["network"]["num_elements"] == 17
    assert card.training["parameters_a_member"] <= 2_000_000
    assert card.energy_ev[[0, -1]] == pytest.approx([280.0, 305.0])
    assert {"val", "test", "studies"} <= set(card.metrics)
    assert {
        "quadratic_form", "by_heavy_atoms", "benzene_orientations", "ablations", "scaffold split", "size:8",
    } <= set(card.metrics["studies"])  # fmt: skip
    assert sum(f.stat().st_size for f in find_bundle(NAME).iterdir() if f.is_file()) < 8_500_000
