"""The region of an orientation on the sphere: as large as it is, however small, and seen all the same."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.geometry.directions import unit
from xanesview.drawing3d.confidence import ConfidenceSphere

LEVELS = {0.68: 2.30, 0.95: 5.99}
NORMAL = unit((0.3, -0.5, 0.8))


def about(normal, error_deg):
    """χ² that rises as the square of the angle from an axis."""
    def rise(directions):
        away = np.arccos(np.minimum(np.abs(directions @ normal), 1.0))
        return (np.rad2deg(away) / error_deg) ** 2
    return rise


@pytest.mark.parametrize("error_deg", [0.1, 0.5, 2.0, 10.0])
def test_the_region_has_its_size_whatever_it_is(error_deg):
    sphere = ConfidenceSphere.of(about(NORMAL, error_deg), NORMAL, LEVELS, "#123456")
    expected = 1.0 - np.cos(np.deg2rad(error_deg * np.sqrt(2.30)))
    assert sphere.share_inside == pytest.approx(expected, rel=0.2)
    assert sphere.is_ringed == (error_deg < 0.6)
    assert len(sphere.triangles) < 130_000


def test_a_thin_ring_about_an_axis_is_whole():
    tilt, error = 35.0, 0.2

    def rise(directions):
        away = np.rad2deg(np.arccos(np.minimum(np.abs(directions @ NORMAL), 1.0)))
        return ((away - tilt) / error) ** 2

    best = unit(np.cross(NORMAL, (1.0, 0.0, 0.0))) * np.sin(np.deg2rad(tilt)) + NORMAL * np.cos(np.deg2rad(tilt))
    sphere = ConfidenceSphere.of(rise, best, LEVELS, "#123456")
    width = 2.0 * np.deg2rad(error * np.sqrt(2.30))
    assert sphere.share_inside == pytest.approx(np.sin(np.deg2rad(tilt)) * width, rel=0.2)
    strong = sphere.directions[sphere.rgba[:, 3] > 100]
    strong = strong[strong @ NORMAL > 0.0]
    around = np.arctan2(strong @ np.cross(NORMAL, best), strong @ best - np.cos(np.deg2rad(tilt)) ** 2)
    assert np.diff(np.sort(around)).max() < 0.1


def test_triangles_look_outwards_and_lie_on_the_sphere():
    sphere = ConfidenceSphere.of(about(NORMAL, 0.2), NORMAL, LEVELS, "#123456")
    a, b, c = (sphere.directions[sphere.triangles[:, k]] for k in range(3))
    assert (np.einsum("tk,tk->t", np.cross(b - a, c - a), a + b + c) > 0.0).all()
    points, triangles = sphere.surface(np.ones(3), 5.0)
    np.testing.assert_allclose(np.linalg.norm(points - 1.0, axis=1), 0.92 * 5.0, rtol=1e-5)
    assert triangles.max() < len(points) == len(sphere.rgba)
