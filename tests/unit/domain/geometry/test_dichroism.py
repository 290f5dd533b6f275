"""Stöhr's closed forms follow from the weight tensor."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.absorption import AbsorptionTensor, to_voigt
from xanesview.domain.geometry.dichroism import (
    DICHROIC_RATIO_CONVENTION,
    dichroic_ratio,
    plane_orbital_intensity,
    vector_orbital_intensity,
    vector_tilt_deg,
)
from xanesview.domain.geometry.directions import from_angles_deg
from xanesview.domain.geometry.polarisation import magic_angle_deg, partial
from xanesview.errors import XanesviewError

NORMAL = (0.0, 0.0, 1.0)
DEGREES = (1.0, 0.95, 0.9, 0.5)
ANGLES_DEG = (0.0, 20.0, 54.7, 70.0, 90.0)


def film(matrix: np.ndarray) -> AbsorptionTensor:
    """A film, disordered about z, of sites with one tensor at one energy."""
    site = AbsorptionTensor([285.0], to_voigt(matrix)[None, :, None], [0], "u", "C K", 1.0)
    return site.film_averaged(NORMAL)


@pytest.mark.parametrize("degree", DEGREES)
@pytest.mark.parametrize("tilt_deg", ANGLES_DEG)
def test_vector_orbital_follows_from_the_weight(tilt_deg, degree):
    orbital = from_angles_deg(tilt_deg, 33.0)
    oriented = film(2.5 * np.outer(orbital, orbital))
    for theta in ANGLES_DEG:
        seen = oriented.contract(partial(from_angles_deg(theta, -70.0), degree, NORMAL))[0, 0]
        assert seen == pytest.approx(vector_orbital_intensity(theta, tilt_deg, degree, 2.5), abs=1e-12)


@pytest.mark.parametrize("degree", DEGREES)
@pytest.mark.parametrize("tilt_deg", ANGLES_DEG)
def test_plane_orbital_follows_from_the_weight(tilt_deg, degree):
    plane_normal = from_angles_deg(tilt_deg, 33.0)
    oriented = film(2.5 * (np.eye(3) - np.outer(plane_normal, plane_normal)))
    for theta in ANGLES_DEG:
        seen = oriented.contract(partial(from_angles_deg(theta, -70.0), degree, NORMAL))[0, 0]
        assert seen == pytest.approx(plane_orbital_intensity(theta, tilt_deg, degree, 2.5), abs=1e-12)


@pytest.mark.parametrize("degree", [1.0, 0.95, 0.9, 0.85])
def test_both_forms_forget_the_tilt_at_the_magic_angle(degree):
    tilts = np.linspace(0.0, 90.0, 19)
    np.testing.assert_allclose(vector_orbital_intensity(magic_angle_deg(degree), tilts, degree), 1.0 / 3.0)
    np.testing.assert_allclose(plane_orbital_intensity(magic_angle_deg(degree), tilts, degree), 2.0 / 3.0)


def test_dichroic_ratio_has_the_sign_of_its_convention():
    lying = dichroic_ratio(vector_orbital_intensity(90.0, 0.0), vector_orbital_intensity(0.0, 0.0))
    standing = dichroic_ratio(vector_orbital_intensity(90.0, 90.0), vector_orbital_intensity(0.0, 90.0))
    assert lying == pytest.approx(-1.0)  # the orbital along the normal is seen with E along the normal, at 0°
    assert standing == pytest.approx(1.0)
    assert "I(90°) − I(0°)" in DICHROIC_RATIO_CONVENTION
    np.testing.assert_allclose(dichroic_ratio(np.array([1.0, 3.0]), np.array([1.0, 1.0])), [0.0, 0.5])
    with pytest.raises(XanesviewError):
        dichroic_ratio(0.0, 0.0)


@pytest.mark.parametrize("degree", [1.0, 0.9, 0.8])
def test_the_tilt_comes_back_from_the_ratio(degree):
    for tilt in (0.0, 15.0, 54.7, 80.0, 90.0):
        ratio = dichroic_ratio(
            vector_orbital_intensity(90.0, tilt, degree), vector_orbital_intensity(0.0, tilt, degree)
        )
        assert vector_tilt_deg(ratio, degree) == pytest.approx(tilt, abs=1e-4)
    with pytest.raises(XanesviewError, match="tilt"):
        vector_tilt_deg(1.5)
