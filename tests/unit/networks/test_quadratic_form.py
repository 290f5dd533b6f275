"""An experiment as a sum over directions, and the tensor nearest to spectra along directions."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.domain.geometry.polarisation import linear, partial, powder, unpolarised
from xanesview.domain.geometry.weight_tensor import WeightTensor
from xanesview.errors import XanesviewError
from xanesview.networks.quadratic_form import directions_of, fitted_tensor

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
