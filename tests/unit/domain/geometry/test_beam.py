"""A beam on a surface: its angles, its fields, and what stays perpendicular."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.geometry.average import AzimuthalDisorder
from xanesview.domain.geometry.beam import PolarisedBeam, beam_direction, p_beam
from xanesview.domain.geometry.directions import from_angles_deg, unit
from xanesview.domain.geometry.polarisation import PartialPolarisation, Unpolarised, linear
from xanesview.errors import XanesviewError

NORMALS = [None, tuple(unit((1.0, -2.0, 2.0)).tolist()), (1.0, 0.0, 0.0)]
ANGLES = [(20.0, 0.0), (55.0, 130.0), (90.0, 40.0), (0.0, -70.0), (1e-6, 10.0)]


@pytest.mark.parametrize("normal", NORMALS)
@pytest.mark.parametrize(("grazing", "azimuth"), ANGLES)
def test_the_grazing_angle_is_that_of_the_field_from_the_normal_for_p_polarised_light(grazing, azimuth, normal):
    beam = PolarisedBeam.at_grazing(grazing, azimuth, normal=normal)
    field = from_angles_deg(grazing, azimuth, normal)
    np.testing.assert_allclose(beam.direction, field, atol=1e-12)
    np.testing.assert_allclose(beam.weight().matrix, linear(field).matrix, atol=1e-12)


@pytest.mark.parametrize("normal", NORMALS)
@pytest.mark.parametrize(("grazing", "azimuth"), ANGLES[:4])
@pytest.mark.parametrize("polarisation", [0.0, 33.0, -80.0, 90.0])
def test_the_angles_read_back(grazing, azimuth, polarisation, normal):
    beam = PolarisedBeam.at_grazing(grazing, azimuth, polarisation, 0.8, normal)
    assert beam.grazing_deg == pytest.approx(grazing, abs=1e-9)
    assert beam.incidence_deg == pytest.approx(90.0 - grazing, abs=1e-9)
    if grazing < 90.0:
        assert beam.azimuth_deg == pytest.approx(azimuth, abs=1e-9)
        assert beam.polarisation_deg == pytest.approx(polarisation, abs=1e-9)
    else:  # along the normal azimuth and polarisation turn about one axis
        turned = np.deg2rad(beam.azimuth_deg - azimuth - polarisation)
        assert np.sin(turned) == pytest.approx(0.0, abs=1e-9)
        assert beam.polarisation_deg == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("normal", NORMALS)
def test_every_field_is_across_the_beam_and_the_weaker_across_both(normal):
    for grazing, azimuth in ANGLES:
        for polarisation in (0.0, 50.0):
            beam = PolarisedBeam.at_grazing(grazing, azimuth, polarisation, 0.7, normal)
            axes = np.array([beam.direction, beam.weaker, beam.beam])
            np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
            assert np.trace(beam.weight().matrix) == pytest.approx(1.0)
            assert np.asarray(beam.beam) @ beam.weight().matrix @ beam.beam == pytest.approx(0.0, abs=1e-12)


def test_the_weaker_field_of_p_polarised_light_lies_in_the_surface():
    for normal in NORMALS:
        for grazing in (20.0, 55.0, 90.0):
            beam = PolarisedBeam.at_grazing(grazing, 130.0, degree=0.8, normal=normal)
            partly = PartialPolarisation(beam.direction, 0.8, normal)
            np.testing.assert_allclose(beam.weight().matrix, partly.weight().matrix, atol=1e-9)


def test_s_polarised_light_does_not_change_with_the_grazing_angle():
    weights = [PolarisedBeam.at_grazing(g, 25.0, 90.0).weight().matrix for g in (0.0, 30.0, 90.0)]
    for weight in weights[1:]:
        np.testing.assert_allclose(weight, weights[0], atol=1e-12)
    assert weights[0][2, 2] == pytest.approx(0.0, abs=1e-12)


def test_half_polarised_light_is_unpolarised_whatever_its_field():
    for polarisation in (0.0, 20.0, 90.0):
        beam = PolarisedBeam.at_grazing(35.0, 10.0, polarisation, degree=0.5)
        np.testing.assert_allclose(beam.weight().matrix, Unpolarised(beam.beam).weight().matrix, atol=1e-12)


def test_p_and_s_change_places_with_the_degree():
    p = PolarisedBeam.at_grazing(35.0, 10.0, 0.0, degree=0.2)
    s = PolarisedBeam.at_grazing(35.0, 10.0, 90.0, degree=0.8)
    np.testing.assert_allclose(p.weight().matrix, s.weight().matrix, atol=1e-12)


@pytest.mark.parametrize("normal", NORMALS)
def test_p_polarised_light_stays_so_where_its_field_is_dragged(normal):
    beam = PolarisedBeam.at_grazing(40.0, 10.0, degree=0.8, normal=normal)
    for theta, phi in ((20.0, 10.0), (70.0, -130.0), (90.0, 60.0), (35.0, 200.0)):
        moved = beam.with_direction(from_angles_deg(theta, phi, normal))
        expected = PolarisedBeam.at_grazing(theta, phi, degree=0.8, normal=normal)
        np.testing.assert_allclose(moved.weight().matrix, expected.weight().matrix, atol=1e-12)
        assert moved.grazing_deg == pytest.approx(theta, abs=1e-9)
    upright = beam.with_direction(from_angles_deg(0.0, 0.0, normal))
    assert upright.azimuth_deg == pytest.approx(10.0), "at the pole the azimuth stays"
    below = PolarisedBeam.at_grazing(-40.0, 10.0, normal=normal).with_direction(from_angles_deg(120.0, 10.0, normal))
    assert below.grazing_deg == pytest.approx(-60.0)


@pytest.mark.parametrize("normal", NORMALS)
def test_on_another_surface_the_angles_of_the_laboratory_stay(normal):
    beam = PolarisedBeam.at_grazing(25.0, 40.0, 30.0, 0.8).with_normal(normal)
    assert beam.normal == (None if normal is None else pytest.approx(normal))
    for name, value in (("grazing_deg", 25.0), ("azimuth_deg", 40.0), ("polarisation_deg", 30.0), ("degree", 0.8)):
        assert getattr(beam, name) == pytest.approx(value)
    assert PartialPolarisation((1, 0, 0), 0.8).with_normal((0, 2, 0)).normal == (0.0, 1.0, 0.0)


def test_dragging_the_field_of_other_light_turns_the_beam_as_little_as_it_has_to():
    beam = PolarisedBeam.at_grazing(40.0, 0.0, 20.0)
    moved = beam.with_direction(unit((0.3, 0.2, 0.9)))
    assert np.dot(moved.direction, moved.beam) == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(moved.direction, unit((0.3, 0.2, 0.9)), atol=1e-15)
    assert np.dot(moved.beam, beam.beam) > 0.85
    onto = beam.with_direction(beam.beam)  # the field laid along the beam
    assert np.dot(onto.direction, onto.beam) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("normal", NORMALS)
@pytest.mark.parametrize("polarisation", [0.0, 30.0, -75.0, 90.0])
def test_dragging_the_beam_keeps_the_angle_of_the_field_from_p(polarisation, normal):
    beam = PolarisedBeam.at_grazing(40.0, 0.0, polarisation, 0.9, normal)
    for k in ((0.4, -0.5, -0.8), (0.4, 0.5, 0.8), tuple(beam.direction)):
        moved = beam.with_beam(k)
        np.testing.assert_allclose(moved.beam, unit(k), atol=1e-15)
        assert np.dot(moved.direction, moved.beam) == pytest.approx(0.0, abs=1e-12)
        assert moved.polarisation_deg == pytest.approx(polarisation, abs=1e-9)


def test_to_and_from_normal_incidence_the_field_turns_as_little_as_it_has_to():
    steep = PolarisedBeam.at_grazing(89.0, 0.0, 90.0)  # s-polarised, along y
    normal = steep.with_beam((0, 0, -1))
    np.testing.assert_allclose(normal.direction, steep.direction, atol=1e-12)
    away = normal.with_beam((0.1, 0.0, -1.0))
    np.testing.assert_allclose(away.direction, steep.direction, atol=1e-12)
    assert abs(away.polarisation_deg) == pytest.approx(90.0)


@pytest.mark.parametrize("normal", NORMALS)
def test_a_beam_along_the_normal_behaves(normal):
    n = np.array([0.0, 0.0, 1.0] if normal is None else normal)
    beam = PolarisedBeam(tuple(n.tolist()), normal=normal, beam=tuple((-n).tolist()))
    assert beam.grazing_deg == pytest.approx(90.0)
    assert np.dot(beam.direction, n) == pytest.approx(0.0, abs=1e-12)
    assert beam.with_angles(azimuth_deg=25.0).azimuth_deg == pytest.approx(25.0)
    assert beam.with_angles(grazing_deg=30.0).grazing_deg == pytest.approx(30.0)
    assert "90.0° grazing" in beam.describe()


def test_a_beam_without_a_beam_is_p_polarised():
    assert PolarisedBeam((0, 0, 1)).grazing_deg == pytest.approx(0.0)
    assert PolarisedBeam((1, 0, 0)).grazing_deg == pytest.approx(90.0)
    np.testing.assert_allclose(p_beam((0, 3, 4)), (0, 0.8, -0.6), atol=1e-15)
    np.testing.assert_allclose(p_beam((0, -3, -4)), (0, 0.8, -0.6), atol=1e-15)


def test_a_field_that_is_not_across_the_beam_is_projected():
    beam = PolarisedBeam((1, 0, 1), beam=(0, 0, -1))
    np.testing.assert_allclose(beam.direction, (1, 0, 0), atol=1e-15)


def test_a_film_sees_the_grazing_angle_only():
    film = [PolarisedBeam.at_grazing(30.0, a).with_average(AzimuthalDisorder()).weight().matrix for a in (0.0, 77.0)]
    np.testing.assert_allclose(film[0], film[1], atol=1e-12)
    assert film[0][2, 2] == pytest.approx(0.75)


def test_angles_that_do_not_exist_are_refused():
    for angle in (91.0, float("nan")):
        with pytest.raises(XanesviewError, match="grazing angle"):
            beam_direction(angle)
