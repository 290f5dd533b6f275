"""Points laid over others."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from xanesview.domain.superposition import rms, superposed

POINTS = np.random.default_rng(1).normal(size=(7, 3))
WEIGHTS = np.array([12.0, 12.0, 1.0, 1.0, 16.0, 1.0, 14.0])


@pytest.mark.parametrize("seed", range(4))
def test_a_turned_and_moved_copy_lies_on_the_first(seed):
    rotation = Rotation.random(random_state=seed)
    moved = superposed(rotation.apply(POINTS) + np.array([3, -1, 2]), POINTS, WEIGHTS)
    np.testing.assert_allclose(moved, POINTS, atol=1e-12)


def test_a_mirror_image_is_turned_but_never_mirrored():
    mirrored = POINTS * [1, 1, -1]
    moved = superposed(mirrored, POINTS, WEIGHTS)
    assert rms(moved, POINTS) > 0.1
    volume = [np.linalg.det(x[1:4] - x[0]) for x in (mirrored, moved)]
    assert volume[0] == pytest.approx(volume[1])


def test_a_light_point_that_moves_turns_nothing_heavy():
    x = np.array([[0, 0, 0], [1.4, 0, 0], [2.1, 1.2, 0], [2.8, 0, 0], [3.5, 0.9, 0.3]], dtype=float)
    moved = x.copy()
    moved[4] = [3.5, -0.9, -0.3]
    masses = np.array([12.0, 12.0, 12.0, 12.0, 1e-6])
    np.testing.assert_allclose(superposed(moved, x, masses)[:4], x[:4], atol=1e-5)


def test_what_is_straight_stays_where_it_was():
    line = np.array([[0.0, 0, 0], [0, 0, 1.1]])
    np.testing.assert_allclose(superposed(line @ Rotation.random(random_state=0).as_matrix(), line, [1, 1]), line,
                               atol=1e-12)  # fmt: skip
    assert rms(line, line + np.array([0, 0, 2.0])) == pytest.approx(2.0)
