"""An experiment as a sum over directions, and the tensor nearest to spectra along directions."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.networks.equivariance import rotation
from xanesview.domain.geometry.polarisation import linear, partial, powder, unpolarised
from xanesview.domain.geometry.weight_tensor import WeightTensor
from xanesview.domain.site_spectra import quadratic_design
from xanesview.errors import XanesviewError
from xanesview.networks.quadratic_form import FIT_DIRECTIONS, FIT_WEIGHTS, directions_of, fitted_tensor

EXPERIMENTS = {
    "linear": (linear([1.0, 2.0, -0.5]), 1),
    "partial": (partial([1.0, 0.0, 1.0], 0.9, [0, 0, 1]), 2),
    "half": (partial([1.0, 0.0, 1.0], 0.5, [0, 0, 1]), 3),
    "unpolarised": (unpolarised([0.3, -0.2, 0.9]), 3),
    "powder": (powder(), 6),
    "prolate": (WeightTensor(np.diag([0.2, 0.2, 0.6])), 4),
    "oblate": (WeightTensor(np.diag([0.4, 0.2, 0.4])), 4),
    "general": (WeightTensor(np.diag([0.1, 0.3, 0.6])), 3),
}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_directions_make_up_the_experiment(name):
    weight, count = EXPERIMENTS[name]
    directions, shares = directions_of(weight)
    assert len(directions) == count
    assert np.linalg.norm(directions, axis=1) == pytest.approx(np.ones(count))
    assert (shares > 0).all()
    assert np.einsum("k,ki,kj->ij", shares, directions, directions) == pytest.approx(weight.matrix, abs=1e-9)


def test_a_powder_leaves_nothing_of_a_fourth_power():
    directions, shares = directions_of(powder())
    axis = np.array([0.6, 0.0, 0.8])
    assert shares @ (directions @ axis) ** 4 == pytest.approx(1 / 5)  # the mean of cos⁴ over the sphere


def test_directions_in_one_plane_are_refused():
    angle = np.linspace(0.0, 3.0, 8)
    flat = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    with pytest.raises(XanesviewError, match="do not determine"):
        fitted_tensor(flat, np.ones((8, 1, 3)))


def powers(directions: np.ndarray, exponent: int) -> np.ndarray:
    """Spectra (D, 1, 3) that are even powers of cosines to three axes, with a quadratic form among them."""
    axes = np.array([[0.36, 0.48, 0.8], [0.6, -0.8, 0.0], [0.0, 0.6, 0.8]])
    return ((directions @ axes.T) ** exponent + (directions @ axes[0])[:, None] ** 2)[:, None]


def test_the_directions_of_fits_integrate_as_their_degree_says():
    n, shares = FIT_DIRECTIONS, FIT_WEIGHTS
    assert n.shape == (25, 3)
    assert np.linalg.norm(n, axis=1) == pytest.approx(np.ones(25))
    assert shares.sum() == pytest.approx(1.0)
    for exponent in (2, 4, 6, 8, 10):
        assert shares @ powers(n, exponent)[:, 0] == pytest.approx(np.full(3, 1 / (exponent + 1) + 1 / 3), abs=1e-12)


@pytest.mark.parametrize(("exponent", "most"), [(4, 1e-12), (8, 1e-12), (12, 0.02)])
def test_a_fit_turns_with_the_frame(exponent, most):
    here = fitted_tensor(FIT_DIRECTIONS, powers(FIT_DIRECTIONS, exponent), FIT_WEIGHTS)
    asked = quadratic_design(FIT_DIRECTIONS)
    for seed in range(4):
        turn = rotation(seed)
        there = fitted_tensor(FIT_DIRECTIONS, powers(FIT_DIRECTIONS @ turn, exponent), FIT_WEIGHTS)
        expected = quadratic_design(FIT_DIRECTIONS @ turn) @ here.components[0]
        assert np.abs(asked @ there.components[0] - expected).max() < most
        assert there.residual == pytest.approx(here.residual, abs=0.05)
    assert here.residual[0] > 0.05


def test_weights_count_directions_as_if_they_were_there_more_often():
    rng = np.random.default_rng(3)
    n, y = rng.normal(size=(9, 3)), rng.normal(size=(9, 2, 4))
    times = np.array([1, 2, 1, 1, 3, 1, 1, 1, 2])
    weighted = fitted_tensor(n, y, times)
    repeated = fitted_tensor(np.repeat(n, times, axis=0), np.repeat(y, times, axis=0))
    assert weighted.components == pytest.approx(repeated.components)
    assert weighted.residual == pytest.approx(repeated.residual)
