"""Rays, tips and the sphere they run on, without a window."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.drawing3d.camera import OrbitCamera, rotation_looking_from
from xanesview.gui.view3d.picking import arrow_drag, is_on_far_side, nearest_tip, point_on_sphere, ray_sphere_pick

RATIOS = [1.0, 1.25, 2.0]


def camera(width: float = 640, height: float = 480) -> OrbitCamera:
    rotation = rotation_looking_from(np.array([0.4, -0.8, 0.45]), np.array([0, 0, 1.0]))
    return OrbitCamera(np.array([0.3, -0.2, 0.1]), rotation, 25.0, width, height)


def on_device_pixels(place: np.ndarray, ratio: float) -> np.ndarray:
    """Where the pointer is when a place of the view is hit as nearly as the screen's pixels allow."""
    return np.round(place * ratio) / ratio


@pytest.mark.parametrize("ratio", RATIOS)
def test_every_visible_atom_is_picked_at_its_place(ratio: float) -> None:
    rng = np.random.default_rng(3)
    centres = rng.uniform(-3, 3, (40, 3))
    radii = rng.uniform(0.2, 0.5, 40)
    view = camera()
    places, _ = view.project(centres)
    for atom in range(40):
        eye, direction = view.ray(*on_device_pixels(places[atom], ratio))
        picked = ray_sphere_pick(eye, direction, centres, radii)
        # Either the atom itself, or one whose ball really covers it: nearer to the eye.
        assert picked >= 0
        if picked != atom:
            assert np.linalg.norm(centres[picked] - eye) < np.linalg.norm(centres[atom] - eye)
            assert np.hypot(*(places[picked] - places[atom])) < 0.6 * view.focal_px / view.distance_angstrom


def test_the_front_ball_hides_the_one_behind() -> None:
    centres = np.array([[0, 0, 0], [0, 0, 5.0], [0, 0, -5.0]])
    picked = ray_sphere_pick(np.array([0.1, 0, 20.0]), np.array([0, 0, -1.0]), centres, np.full(3, 0.4))
    assert picked == 1


def test_nothing_is_picked_beside_the_balls_nor_behind_the_eye() -> None:
    centres, radii = np.zeros((1, 3)), np.array([0.4])
    assert ray_sphere_pick(np.array([0.6, 0, 9.0]), np.array([0, 0, -1.0]), centres, radii) == -1
    assert ray_sphere_pick(np.array([0, 0, 9.0]), np.array([0, 0, 1.0]), centres, radii) == -1
    assert ray_sphere_pick(np.zeros(3), np.array([0, 0, 1.0]), np.zeros((0, 3)), np.zeros(0)) == -1


def test_a_near_miss_counts_within_the_slack() -> None:
    centres, radii = np.array([[0, 0, 0], [3.0, 0, 0]]), np.array([0.4, 0.4])
    eye, direction = np.array([0.45, 0, 9.0]), np.array([0, 0, -1.0])
    assert ray_sphere_pick(eye, direction, centres, radii) == -1
    assert ray_sphere_pick(eye, direction, centres, radii, slack_angstrom=0.1) == 0


def test_the_tip_under_the_pointer_is_held_and_of_two_the_front_one() -> None:
    apart = np.array([[100.0, 100.0], [300.0, 200.0]])
    assert nearest_tip(apart, np.array([20.0, 10.0]), 108, 110) == 0
    assert nearest_tip(apart, np.array([20.0, 10.0]), 292, 195) == 1
    assert nearest_tip(apart, np.array([20.0, 10.0]), 100, 117) == -1
    end_on = np.array([[100.0, 100.0], [102.0, 101.0]])
    assert nearest_tip(end_on, np.array([20.0, 10.0]), 100, 100) == 1


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_dragged_tip_stays_under_the_pointer(ratio: float, sign: int) -> None:
    view = camera()
    centre, radius = np.array([0.5, 0.2, -0.3]), 3.2
    rng = np.random.default_rng(7)
    for v in rng.normal(size=(50, 3)):
        v /= np.linalg.norm(v)
        far = is_on_far_side(view.position_angstrom, centre, radius, sign * v)
        pointer = on_device_pixels(view.project(centre + sign * radius * v)[0], ratio)
        eye, ray = view.ray(*pointer)
        dragged = arrow_drag(eye, ray, centre, radius, sign, far)
        assert np.linalg.norm(dragged) == pytest.approx(1.0)
        tip = view.project(centre + sign * radius * dragged)[0]
        # On the outline a ray may just miss; there the nearest point of the outline is as good.
        assert np.hypot(*(tip - pointer)) < 0.8 / ratio
        assert dragged @ v > 0.97


def test_outside_the_sphere_the_tip_runs_along_its_outline() -> None:
    view = camera()
    centre, radius = view.target_angstrom, 2.0
    eye, ray = view.ray(639.0, 240.0)
    v = point_on_sphere(eye, ray, centre, radius)
    x, y = view.project(centre + radius * v)[0]
    assert x > 320 + 0.98 * radius * view.focal_px / view.distance_angstrom
    assert y == pytest.approx(240, abs=1.0)
    # At the outline the line of sight touches the sphere.
    sight = centre + radius * v - view.position_angstrom
    assert abs(sight @ v) / np.linalg.norm(sight) < 1e-9
