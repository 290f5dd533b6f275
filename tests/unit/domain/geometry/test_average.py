"""Averages over a sample: domains, azimuths, tilts; of the weight as of the tensor."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from xanesview.domain.absorption import AbsorptionTensor, to_voigt
from xanesview.domain.geometry.average import (
    AVERAGES,
    AllOrientations,
    AzimuthalDisorder,
    MosaicSpread,
    OrderParameter,
    TiltDistribution,
    TwinnedDomains,
    parse_average,
    rotation_average,
)
from xanesview.domain.geometry.dichroism import vector_orbital_intensity
from xanesview.domain.geometry.directions import frame, from_angles_deg, unit
from xanesview.domain.geometry.polarisation import LinearPolarisation, PartialPolarisation, linear
from xanesview.errors import XanesviewError

RNG = np.random.default_rng(8)
NORMAL = tuple(unit((1.0, -2.0, 2.0)).tolist())
FIELD = tuple(unit((2.0, 1.0, 0.5)).tolist())


def sites(n: int = 2) -> AbsorptionTensor:
    roots = RNG.normal(size=(n, 2, 3, 3))
    components = np.moveaxis(to_voigt(roots @ np.swapaxes(roots, -1, -2)), 1, 2)
    return AbsorptionTensor([285.0, 290.0], components, np.arange(n), "u", "C K", 1.0)


SIGMA = sites()


def seen(average, field=FIELD) -> np.ndarray:
    return SIGMA.contract(LinearPolarisation(field, normal=NORMAL, average=average).weight())


def turned(rotations, shares=None) -> np.ndarray:
    """The mean of the spectra of turned samples."""
    spectra = [SIGMA.rotated(r).contract(linear(FIELD)) for r in rotations]
    return np.average(spectra, axis=0, weights=shares)


def about(axis, angle_deg: float) -> np.ndarray:
    return Rotation.from_rotvec(np.deg2rad(angle_deg) * np.asarray(axis)).as_matrix()


def test_a_film_sees_what_the_film_averaged_tensor_gives():
    np.testing.assert_allclose(
        seen(AzimuthalDisorder()), SIGMA.film_averaged(NORMAL).contract(linear(FIELD)), rtol=1e-12
    )


def test_domains_are_the_mean_over_turned_samples():
    found = seen(TwinnedDomains((0.0, 70.0, 200.0), (0.5, 0.3, 0.2)))
    expected = turned([about(NORMAL, angle) for angle in (0.0, 70.0, 200.0)], (0.5, 0.3, 0.2))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("fold", [3, 4, 6])
def test_threefold_and_higher_domains_are_a_film_and_twofold_ones_are_not(fold):
    domains = TwinnedDomains(tuple(k * 360.0 / fold for k in range(fold)))
    np.testing.assert_allclose(seen(domains), seen(AzimuthalDisorder()), rtol=1e-12)
    assert np.abs(seen(TwinnedDomains((0.0, 180.0))) - seen(AzimuthalDisorder())).max() > 0.01


def test_twins_of_any_law():
    rotations = Rotation.random(4, random_state=3).as_matrix()
    weight = rotation_average(linear(FIELD), rotations, (1.0, 1.0, 2.0, 0.0))
    np.testing.assert_allclose(SIGMA.contract(weight), turned(rotations, (1.0, 1.0, 2.0, 0.0)), rtol=1e-12)
    with pytest.raises(XanesviewError, match="orthogonal"):
        rotation_average(linear(FIELD), [np.diag([1.0, 1.0, 2.0])])


def tilted_samples(width_deg: float, mean_deg: float, spins: bool):
    """Rotations and shares on a fine grid: tilts, azimuths of the tilt, and spins about the own normal."""
    _, e2, n = frame(NORMAL)
    tilts = np.linspace(0.0, 180.0, 361)
    share = np.exp(-((tilts - mean_deg) ** 2) / 2.0 / width_deg**2) * np.sin(np.deg2rad(tilts))
    rotations, shares = [], []
    for tilt, weight in zip(tilts, share):
        if weight < 1e-9 * share.max():
            continue
        for azimuth in np.arange(6) * 60.0:
            for spin in np.arange(5) * 72.0 if spins else (-azimuth,):
                rotations.append(about(n, azimuth) @ about(e2, tilt) @ about(n, spin))
                shares.append(weight)
    return rotations, shares


@pytest.mark.parametrize(("width_deg", "mean_deg"), [(15.0, 0.0), (8.0, 40.0), (60.0, 0.0)])
def test_a_tilt_distribution_is_the_mean_over_tilted_samples(width_deg, mean_deg):
    np.testing.assert_allclose(
        seen(TiltDistribution(width_deg, mean_deg)), turned(*tilted_samples(width_deg, mean_deg, True)), rtol=2e-4
    )


def test_a_mosaic_spread_is_the_mean_over_samples_tilted_every_way():
    np.testing.assert_allclose(seen(MosaicSpread(12.0)), turned(*tilted_samples(12.0, 0.0, False)), rtol=2e-4)
    np.testing.assert_allclose(seen(MosaicSpread(0.0)), seen(None), rtol=1e-12)


def test_a_tilt_distribution_acts_by_its_order_parameter_alone():
    for average in (TiltDistribution(25.0), TiltDistribution(5.0, 60.0)):
        np.testing.assert_allclose(seen(average), seen(OrderParameter(average.order)), rtol=1e-12)


def test_order_parameters_have_their_limits():
    assert TiltDistribution(0.0, 35.0).order == pytest.approx((3 * np.cos(np.deg2rad(35.0)) ** 2 - 1) / 2)
    width = np.deg2rad(2.0)
    assert TiltDistribution(2.0).order == pytest.approx(1.0 - 3.0 * width**2, abs=1e-5)  # ⟨τ²⟩ = 2w² on a sphere
    assert TiltDistribution(360.0).order == pytest.approx(0.0, abs=0.02)
    np.testing.assert_allclose(seen(OrderParameter(1.0)), seen(AzimuthalDisorder()), rtol=1e-12)
    np.testing.assert_allclose(seen(OrderParameter(0.0)), SIGMA.isotropic(), rtol=1e-12)
    np.testing.assert_allclose(seen(AllOrientations()), SIGMA.isotropic(), rtol=1e-12)


def test_one_tilt_with_all_azimuths_is_the_closed_form_of_a_vector_orbital():
    tensor = AbsorptionTensor([285.0], np.array([0, 0, 1.0, 0, 0, 0])[None, :, None], [0], "u", "C K", 1.0)
    for theta in (0.0, 30.0, 70.0, 90.0):
        field = from_angles_deg(theta, 25.0)
        for degree in (1.0, 0.85):
            geometry = PartialPolarisation(field, degree, (0, 0, 1), TiltDistribution(0.0, 35.0))
            expected = vector_orbital_intensity(theta, 35.0, degree)
            assert tensor.contract(geometry.weight())[0, 0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "average",
    [None, *(kind() for kind in AVERAGES), TwinnedDomains((0.0, 1 / 3), (0.7, 0.1)), TiltDistribution(1 / 3, 35.0),
     OrderParameter(-1 / 3)],
)  # fmt: skip
def test_the_text_of_an_average_reads_back(average):
    assert parse_average("crystal" if average is None else average.text()) == average
    assert average is None or average.describe()


@pytest.mark.parametrize(
    "text", ["", "films", "film:3", "tilt", "tilt:-3", "tilt:5@200", "order:1.1", "order:x", "mosaic:nan", "domains:",
             "domains:0=1,90", "domains:0=-1,90=2", "domains:0=0,90=0", "domains:inf"],
)  # fmt: skip
def test_averages_that_do_not_exist_are_told(text):
    with pytest.raises(XanesviewError):
        parse_average(text)


def test_another_direction_leaves_the_sample_as_it_is():
    geometry = LinearPolarisation(FIELD, normal=NORMAL).with_average(AzimuthalDisorder())
    assert geometry.with_direction((0, 0, 1)).average == AzimuthalDisorder()
    assert PartialPolarisation.like(geometry).average == AzimuthalDisorder()
    assert geometry.describe().endswith("averaged over azimuths")


def test_a_negative_order_parameter_has_a_minus_sign():
    assert OrderParameter(-0.5).describe() == "⟨P₂⟩ = −0.50"
    assert TiltDistribution(0.0, 90.0).describe().endswith("⟨P₂⟩ = −0.50")
