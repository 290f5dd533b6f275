"""ELNES: characteristic angle, cones and the magic collection angle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from xanesview.domain.geometry.directions import unit
from xanesview.domain.geometry.momentum_transfer import (
    ElectronEnergyLoss,
    characteristic_angle_mrad,
    collection_series,
    elnes,
    lorentz_factor,
    magic_collection_angle_mrad,
)
from xanesview.errors import XanesviewError

Z = (0.0, 0.0, 1.0)


def share_along_beam(
    collection_mrad: float, beam_kev: float = 200.0, relativistic: bool = False, loss_ev: float = 285.0
) -> float:
    return float(elnes(Z, loss_ev, beam_kev, collection_mrad, relativistic=relativistic).matrix[2, 2])


def magic_angle_in_characteristic_angles(beam_kev: float, relativistic: bool, loss_ev: float = 285.0) -> float:
    theta_e = characteristic_angle_mrad(loss_ev, beam_kev, relativistic)
    return brentq(lambda b: share_along_beam(b * theta_e, beam_kev, relativistic, loss_ev) - 1.0 / 3.0, 0.2, 10.0)


def test_magic_collection_angle_without_relativity():
    """β = 3.97 θ_E for a parallel beam, whatever the beam energy."""
    for beam_kev in (60.0, 200.0):
        assert magic_angle_in_characteristic_angles(beam_kev, False) == pytest.approx(3.97, abs=0.01)


def test_relativity_makes_the_magic_angle_smaller():
    """Jouffrey, Schattschneider and Hébert, Ultramicroscopy 102 (2004) 61: near 2.25 at 100 keV, 1.46 at 200 keV."""
    assert magic_angle_in_characteristic_angles(0.1, True, 0.285) == pytest.approx(3.97, abs=0.02)
    assert magic_angle_in_characteristic_angles(100.0, True) == pytest.approx(2.25, abs=0.01)
    assert magic_angle_in_characteristic_angles(200.0, True) == pytest.approx(1.46, abs=0.01)


def test_parallel_beam_follows_the_closed_form():
    """Without relativity, with x = (β/θ_E)²: along the beam x/(1+x)/2, across it [ln(1+x) − x/(1+x)]/4 each."""
    theta_e = characteristic_angle_mrad(285.0, 200.0, relativistic=False)
    assert theta_e == pytest.approx(0.7125)
    for beta in (0.1, 1.0, 5.0, 50.0):
        x = (beta / theta_e) ** 2
        along, across = 0.5 * x / (1 + x), 0.25 * (np.log1p(x) - x / (1 + x))
        assert share_along_beam(beta) == pytest.approx(along / (along + 2 * across), rel=1e-6)


def test_a_small_aperture_sees_momentum_along_the_beam_and_a_wide_one_across_it():
    assert share_along_beam(0.001) == pytest.approx(1.0, abs=1e-4)
    assert share_along_beam(100.0) < 0.2


def test_the_weight_turns_with_the_beam():
    beam = unit((1, 2, -2))
    weight = elnes(beam, 285.0, 200.0, 3.0, 2.0).matrix
    upright = elnes(Z, 285.0, 200.0, 3.0, 2.0).matrix
    np.testing.assert_allclose(np.linalg.eigvalsh(weight), np.linalg.eigvalsh(upright), atol=1e-12)
    assert beam @ weight @ beam == pytest.approx(upright[2, 2])
    np.testing.assert_allclose(elnes(-beam, 285.0, 200.0, 3.0, 2.0).matrix, weight, atol=1e-12)


@pytest.mark.parametrize("relativistic", [False, True])
@pytest.mark.parametrize(("collection", "convergence"), [(5.0, 8.0), (8.0, 5.0), (3.0, 3.0)])
def test_two_cones_agree_with_random_pairs_of_directions(collection, convergence, relativistic):
    rng, n = np.random.default_rng(6), 400_000

    def disc(radius: float) -> np.ndarray:
        angle, distance = 2 * np.pi * rng.random(n), radius * np.sqrt(rng.random(n))
        return distance * np.array([np.cos(angle), np.sin(angle)])

    theta = disc(collection) - disc(convergence)
    theta_e = characteristic_angle_mrad(285.0, 200.0, relativistic)
    gamma = lorentz_factor(200.0) if relativistic else 1.0
    weight = 1.0 / ((theta**2).sum(axis=0) + (theta_e / gamma) ** 2) ** 2
    along = np.mean(weight) * (theta_e / gamma**2) ** 2
    total = along + np.mean(weight * (theta**2).sum(axis=0))
    matrix = elnes(Z, 285.0, 200.0, collection, convergence, relativistic).matrix
    assert matrix[2, 2] == pytest.approx(along / total, abs=0.004)


def test_cones_can_be_exchanged_and_a_narrow_one_is_a_parallel_beam():
    np.testing.assert_allclose(elnes(Z, 285.0, 200.0, 5.0, 8.0).matrix, elnes(Z, 285.0, 200.0, 8.0, 5.0).matrix)
    np.testing.assert_allclose(elnes(Z, 285.0, 200.0, 5.0, 1e-5).matrix, elnes(Z, 285.0, 200.0, 5.0).matrix, atol=1e-5)


@pytest.mark.parametrize(
    "arguments", [(0.0, 200.0, 5.0, 0.0), (285.0, 0.0, 5.0, 0.0), (285.0, 200.0, 0.0, 0.0), (285.0, 200.0, 5.0, -1.0)]
)
def test_impossible_geometries_are_refused(arguments):
    with pytest.raises(XanesviewError):
        elnes(Z, *arguments)


@pytest.mark.parametrize(("collection", "convergence", "offset"), [(5.0, 8.0, 3.0), (3.0, 0.0, 2.0), (3.0, 1.0, 6.0)])
def test_a_detector_off_the_axis_agrees_with_random_pairs_of_directions(collection, convergence, offset):
    rng, n = np.random.default_rng(7), 400_000

    def disc(radius: float) -> np.ndarray:
        angle, distance = 2 * np.pi * rng.random(n), radius * np.sqrt(rng.random(n))
        return distance * np.array([np.cos(angle), np.sin(angle)])

    theta = disc(collection) - disc(convergence) + np.array([[offset], [0.0]])
    theta_e, gamma = characteristic_angle_mrad(285.0, 200.0), lorentz_factor(200.0)
    q = np.array([-theta[0], -theta[1], np.full(n, theta_e / gamma**2)])  # what the electron gives off
    moments = (q / ((theta**2).sum(axis=0) + (theta_e / gamma) ** 2) ** 2) @ q.T
    experiment = ElectronEnergyLoss(
        Z, collection_semi_angle_mrad=collection, convergence_semi_angle_mrad=convergence, detector_offset_mrad=offset
    )
    np.testing.assert_allclose(experiment.matrix(), moments / np.trace(moments), atol=0.004)
    about = replace(experiment, detector_azimuth_deg=90.0).matrix()
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    np.testing.assert_allclose(about, turn @ experiment.matrix() @ turn.T, atol=1e-12)


def test_a_detector_far_off_the_axis_sees_the_momentum_of_one_direction():
    """A small aperture at θ: q̂ with the longitudinal part θ_E/γ², closed form."""
    theta_e, gamma = characteristic_angle_mrad(285.0, 200.0), lorentz_factor(200.0)
    q = np.array([-4.0, 0.0, theta_e / gamma**2])
    experiment = ElectronEnergyLoss(Z, collection_semi_angle_mrad=1e-3, detector_offset_mrad=4.0)
    np.testing.assert_allclose(experiment.matrix(), np.outer(q, q) / (q @ q), atol=1e-4)
    nearly = replace(experiment, detector_offset_mrad=1e-9, collection_semi_angle_mrad=3.0).matrix()
    np.testing.assert_allclose(nearly, elnes(Z, 285.0, 200.0, 3.0).matrix, atol=1e-9)


def test_the_series_over_collection_angles_crosses_zero_at_the_magic_angle():
    experiment = ElectronEnergyLoss((1, 2, 2), relativistic=False)
    theta_e = characteristic_angle_mrad(285.0, 200.0, False)
    series = collection_series(experiment)
    assert series.magic_angle_mrad == pytest.approx(3.975 * theta_e, rel=1e-3)
    np.testing.assert_allclose(series.parallel + series.perpendicular, 1.0)
    before = series.collection_semi_angle_mrad < series.magic_angle_mrad
    assert (series.anisotropy[before] > 0).all()
    assert (series.anisotropy[~before] < 0).all()
    at = replace(experiment, collection_semi_angle_mrad=series.magic_angle_mrad)
    assert at.anisotropy == pytest.approx(0.0, abs=1e-8)
    np.testing.assert_allclose(at.weight().matrix, np.eye(3) / 3.0, atol=1e-8)


@pytest.mark.parametrize(("beam_kev", "ratio"), [(100.0, 2.25), (200.0, 1.46), (300.0, 1.04)])
def test_magic_angles_of_common_microscopes(beam_kev, ratio):
    found = magic_collection_angle_mrad(ElectronEnergyLoss(Z, beam_energy_kev=beam_kev))
    assert found / characteristic_angle_mrad(285.0, beam_kev) == pytest.approx(ratio, abs=0.01)


def test_there_may_be_no_magic_angle():
    wide = ElectronEnergyLoss(Z, convergence_semi_angle_mrad=20.0)
    beside = ElectronEnergyLoss(Z, detector_offset_mrad=1.0)
    for experiment in (wide, beside):
        with pytest.raises(XanesviewError, match="magic"):
            magic_collection_angle_mrad(experiment)
        assert collection_series(experiment, [1.0, 2.0]).magic_angle_mrad is None
