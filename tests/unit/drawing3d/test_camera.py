"""The camera: projection and its inverse, fitting, orbiting, looking along axes."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.drawing3d.camera import OrbitCamera, standard_rotation


def test_a_ray_passes_through_what_its_pixel_shows() -> None:
    camera = OrbitCamera(np.array([1.0, 2.0, 3.0]), width=700, height=500)
    for point in np.random.default_rng(0).uniform(-4, 6, (20, 3)):
        eye, direction = camera.ray(*camera.project(point)[0])
        miss = np.linalg.norm(np.cross(point - eye, direction))
        assert miss < 1e-9


def test_orbiting_turns_without_shear_and_comes_back() -> None:
    camera = OrbitCamera()
    before = camera.rotation.copy()
    for step in ((13, 0), (0, 7), (-4, 9)) * 200:
        camera.orbit(*step)
    assert np.allclose(camera.rotation @ camera.rotation.T, np.eye(3), atol=1e-12)
    camera.rotation = before
    camera.orbit(100, 0)
    camera.orbit(-100, 0)
    assert np.allclose(camera.rotation, before)


def test_orbiting_moves_the_front_with_the_pointer() -> None:
    camera = OrbitCamera()
    front = camera.target_angstrom + 2.0 * camera.rotation[2]
    x0, y0 = camera.project(front)[0]
    camera.orbit(10, 6)
    x1, y1 = camera.project(front)[0]
    assert x1 > x0
    assert y1 > y0


def test_panning_keeps_the_target_under_the_pointer() -> None:
    camera = OrbitCamera()
    point = camera.target_angstrom.copy()
    camera.pan(30, -20)
    assert camera.project(point)[0] == pytest.approx([0.5 * 640 + 30, 0.5 * 480 - 20])


@pytest.mark.parametrize(("width", "height"), [(900, 400), (300, 700)])
def test_fitting_shows_every_ball_whole_and_wastes_no_room(width: int, height: int) -> None:
    camera = OrbitCamera(width=width, height=height)
    points = np.random.default_rng(1).normal(size=(60, 3)) * (8, 2, 1)
    radii = np.full(60, 0.4)
    camera.fit(points, radii)
    places, depths = camera.project(points)
    margin = (radii * camera.focal_px / depths)[:, None]
    assert (places - margin).min() >= 0
    assert ((places + margin) <= (width, height)).all()
    spread = np.ptp(np.concatenate([places - margin, places + margin]), axis=0) / (width, height)
    assert spread.max() > 0.75


@pytest.mark.parametrize("direction", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, -1), (1, 1, 1)])
def test_looking_along_a_vector_sees_it_end_on(direction: tuple[float, float, float]) -> None:
    camera = OrbitCamera()
    camera.look_along(np.array(direction, float))
    seen = camera.rotation @ (np.array(direction) / np.linalg.norm(direction))
    assert seen == pytest.approx([0, 0, 1], abs=1e-12)
    assert np.linalg.det(camera.rotation) == pytest.approx(1.0)


@pytest.mark.parametrize("flat", [(0, 0, 1), (0, 1, 0), (1, 0, 0), (0.42, -0.8, 0.43), (0.8, 0.42, 0)])
def test_a_flat_molecule_is_not_first_seen_edge_on(flat: tuple[float, float, float]) -> None:
    normal = np.array(flat) / np.linalg.norm(flat)
    points = np.random.default_rng(2).normal(size=(12, 3))
    points -= (points @ normal)[:, None] * normal
    back = standard_rotation(points, None)[2]
    assert abs(back @ normal) > 0.3


def test_a_slab_stands_with_its_normal_upwards() -> None:
    points = np.random.default_rng(2).normal(size=(12, 3))
    normal = np.array([1.0, 0, 0])
    right, up, back = standard_rotation(points, normal)
    assert up @ normal > 0.9
    assert abs(right @ normal) < 1e-9
    assert 0.05 < back @ normal < 0.5


def test_a_resized_view_shows_as_much_along_its_shorter_side() -> None:
    camera = OrbitCamera(width=640, height=480)
    before = camera.visible_angstrom
    camera.resize(400, 900)
    assert camera.visible_angstrom == pytest.approx(before)
