"""Weights of the experiments: the table of the formalism, and the angles that follow from it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.directions import from_angles_deg, unit
from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss
from xanesview.domain.geometry.polarisation import (
    LinearPolarisation,
    PartialPolarisation,
    Powder,
    Unpolarised,
    linear,
    magic_angle_deg,
    partial,
    powder,
    unpolarised,
)
from xanesview.domain.geometry.weight_tensor import COMPONENTS, WeightTensor, from_voigt, to_voigt
from xanesview.errors import XanesviewError

RNG = np.random.default_rng(11)
VECTORS = RNG.normal(size=(12, 3))


def every_weight() -> list[WeightTensor]:
    weights = [powder()]
    for v in VECTORS:
        weights += [linear(v), unpolarised(v), partial(v, 0.9), partial(v, 0.3, (1, 1, 0)), partial(v, 0.85, v)]
    return weights


def test_every_weight_is_symmetric_positive_and_has_trace_one():
    for weight in every_weight():
        np.testing.assert_allclose(weight.matrix, weight.matrix.T)
        assert np.trace(weight.matrix) == pytest.approx(1.0)
        assert np.linalg.eigvalsh(weight.matrix)[0] > -1e-12


@pytest.mark.parametrize(
    "matrix",
    [
        np.eye(3),
        np.diag([2.0, -1.0, 0.0]),
        [[1, 1, 0], [0, 0, 0], [0, 0, 0]],
        np.full((3, 3), np.nan),
        np.eye(2) / 2.0,
    ],
)
def test_what_is_no_weight_is_refused(matrix):
    with pytest.raises(XanesviewError):
        WeightTensor(matrix)


def test_components_have_one_order_everywhere():
    assert COMPONENTS == ("xx", "yy", "zz", "yz", "xz", "xy")
    matrix = np.array([[1.0, 6, 5], [6, 2, 4], [5, 4, 3]])
    np.testing.assert_array_equal(to_voigt(matrix), [1, 2, 3, 4, 5, 6])
    np.testing.assert_array_equal(from_voigt(to_voigt(matrix)), matrix)


def test_six_weights_contract_like_the_matrix():
    for weight in every_weight():
        sigma = RNG.normal(size=(3, 3))
        sigma = sigma + sigma.T
        assert weight.voigt @ to_voigt(sigma) == pytest.approx(np.sum(weight.matrix * sigma))


def test_linear_is_even_and_does_not_depend_on_length():
    for v in VECTORS:
        np.testing.assert_allclose(linear(v).matrix, linear(-3.0 * v).matrix, atol=1e-15)
        np.testing.assert_allclose(linear(v).matrix, np.outer(unit(v), unit(v)))


def test_partial_mixes_the_field_with_its_perpendicular():
    e = unit((0, 1, 1))
    np.testing.assert_allclose(partial(e, 1.0).matrix, linear(e).matrix)
    # No beam given: z × ε = (−1, 0, 0)/√2, so that the weaker field lies along x.
    np.testing.assert_allclose(partial(e, 0.9).matrix, 0.9 * np.outer(e, e) + 0.1 * np.diag([1.0, 0, 0]))
    # ε along the normal: x takes the place of the perpendicular.
    np.testing.assert_allclose(partial((0, 0, 1), 0.8).matrix, np.diag([0.2, 0, 0.8]))
    for v in VECTORS:
        values = np.linalg.eigvalsh(partial(v, 0.9, (1, -2, 0.5)).matrix)
        np.testing.assert_allclose(values, [0.0, 0.1, 0.9], atol=1e-12)


def test_partial_keeps_the_weaker_field_in_the_surface():
    normal = unit((1, 2, 2))
    for v in VECTORS:
        weaker = partial(v, 0.0, normal).matrix
        assert normal @ weaker @ normal == pytest.approx(0.0, abs=1e-12)
        assert unit(v) @ weaker @ unit(v) == pytest.approx(0.0, abs=1e-12)


def test_unpolarised_is_the_mean_over_fields_across_the_beam():
    for k in VECTORS:
        angles = np.arange(8) * np.pi / 4
        frame = np.linalg.svd(unit(k)[None])[2][1:]
        fields = np.cos(angles)[:, None] * frame[0] + np.sin(angles)[:, None] * frame[1]
        np.testing.assert_allclose(
            unpolarised(k).matrix, np.mean([linear(e).matrix for e in fields], axis=0), atol=1e-12
        )


def test_powder_is_the_mean_of_x_y_z_and_not_a_field_along_111():
    np.testing.assert_allclose(powder().matrix, np.mean([linear(e).matrix for e in np.eye(3)], axis=0))
    assert powder().is_isotropic
    assert not linear((1, 1, 1)).is_isotropic
    assert np.abs(linear((1, 1, 1)).matrix - powder().matrix).max() > 0.3


def test_turning_the_experiment_turns_its_weight():
    for seed in range(5):
        r = Rotation.random(random_state=seed).as_matrix()
        v, n = VECTORS[seed], VECTORS[seed + 5]
        np.testing.assert_allclose(linear(v).rotated(r).matrix, linear(r @ v).matrix, atol=1e-12)
        np.testing.assert_allclose(unpolarised(v).rotated(r).matrix, unpolarised(r @ v).matrix, atol=1e-12)
        np.testing.assert_allclose(partial(v, 0.9, n).rotated(r).matrix, partial(r @ v, 0.9, r @ n).matrix, atol=1e-12)
        np.testing.assert_allclose(powder().rotated(r).matrix, powder().matrix, atol=1e-12)


@pytest.mark.parametrize(("degree", "angle_deg"), [(1.0, 54.74), (0.95, 53.7), (0.90, 52.5), (0.85, 51.2)])
def test_magic_angles(degree, angle_deg):
    assert magic_angle_deg(degree) == pytest.approx(angle_deg, abs=0.05)


def test_there_is_no_magic_angle_below_a_third():
    with pytest.raises(XanesviewError, match="magic"):
        magic_angle_deg(0.3)


@pytest.mark.parametrize("degree", [-0.1, 1.1, np.nan])
def test_impossible_degrees_are_refused(degree):
    with pytest.raises(XanesviewError, match="degree"):
        partial((0, 0, 1), degree)
    with pytest.raises(XanesviewError, match="degree"):
        PartialPolarisation(degree=degree)


def test_a_geometry_gives_the_weight_of_its_kind():
    geometry = LinearPolarisation((0, 3, 4))
    assert geometry.direction == pytest.approx((0, 0.6, 0.8))
    np.testing.assert_allclose(geometry.weight().matrix, linear((0, 3, 4)).matrix)
    half = PartialPolarisation.like(geometry).with_degree(0.9)
    np.testing.assert_allclose(half.weight().matrix, partial((0, 3, 4), 0.9).matrix)
    np.testing.assert_allclose(Unpolarised.like(geometry).weight().matrix, unpolarised((0, 3, 4)).matrix)
    assert Powder.like(geometry).weight().is_isotropic
    tilted = PartialPolarisation((1, 0, 1), 0.9, normal=(0, 1, 1))
    np.testing.assert_allclose(tilted.weight().matrix, partial((1, 0, 1), 0.9, (0, 1, 1)).matrix)


def test_changing_a_geometry_and_back_gives_an_equal_one():
    geometry = LinearPolarisation(tuple(from_angles_deg(37.0, 11.0)), 0.8, (0, 1, 1))
    assert LinearPolarisation.like(Powder.like(geometry)) == geometry
    assert LinearPolarisation.like(PartialPolarisation.like(Unpolarised.like(geometry))) == geometry
    assert geometry.with_direction(geometry.direction) == geometry
    assert geometry.with_direction((1, 0, 0)) != geometry
    assert Unpolarised.like(geometry) != geometry


def test_fully_polarised_light_becomes_partial_by_a_degree_that_can_be_seen():
    assert PartialPolarisation.like(LinearPolarisation()).degree == 0.9
    assert PartialPolarisation.like(LinearPolarisation(degree=0.7)).degree == 0.7
    assert PartialPolarisation.like(PartialPolarisation(degree=1.0)).degree == 1.0


def test_a_powder_that_is_given_a_direction_becomes_linear_light():
    powder_of_film = Powder((1, 0, 0), 0.8, (0, 1, 0))
    assert powder_of_film.with_direction((0, 0, 2)) == LinearPolarisation((0, 0, 1), 0.8, (0, 1, 0))


def test_a_geometry_in_words():
    assert LinearPolarisation((0, 0.64, 0.77)).describe() == "ε = (0.00, 0.64, 0.77)"
    assert LinearPolarisation((-1e-9, 0, 1)).describe() == "ε = (0.00, 0.00, 1.00)"
    assert PartialPolarisation((0, 0, 1), 0.9).describe() == "ε = (0.00, 0.00, 1.00), P = 0.90"
    assert Unpolarised((1, 0, 0)).describe() == "unpolarised, k = (1.00, 0.00, 0.00)"
    assert Powder().describe() == "powder"


def test_beside_a_curve_stands_what_can_vary():
    kinds = LinearPolarisation, PartialPolarisation, Unpolarised, Powder
    labels = [kind((0, 0, 1), 0.9).short_label for kind in kinds]
    assert labels == ["ε = (0.00, 0.00, 1.00)", "ε = (0.00, 0.00, 1.00), P = 0.90", "unpolarised", "powder"]
    assert PolarisedBeam.at_grazing(20.0).short_label == "grazing 20°"
    assert PolarisedBeam.at_grazing(20.0, 30.0, 90.0).short_label == "grazing 20°, azimuth 30°, s"
    assert ElectronEnergyLoss((0, 0, 1), collection_semi_angle_mrad=5.0).short_label == "β = 5 mrad"


@pytest.mark.parametrize("changes", [{"degree": 1.5}, {"direction": (0, 0, 0)}, {"normal": (0, 0, 0)}])
@pytest.mark.parametrize("kind", [LinearPolarisation, PartialPolarisation, Unpolarised, Powder])
def test_impossible_geometries_are_refused(kind, changes):
    with pytest.raises(XanesviewError):
        kind(**changes)


def test_the_weight_is_made_once_however_often_it_is_asked_for():
    for kind in (LinearPolarisation, PartialPolarisation, Unpolarised, Powder):
        geometry = kind((0, 0.6, 0.8), 0.7)
        assert geometry.weight() is geometry.weight()


def test_a_drag_snaps_to_multiples_of_fifteen_degrees_from_the_normal():
    snapped = LinearPolarisation().snapped(from_angles_deg(38.0, 11.0, (1, 0, 0)), (1, 0, 0))
    np.testing.assert_allclose(snapped, from_angles_deg(45.0, 15.0, (1, 0, 0)), atol=1e-12)
