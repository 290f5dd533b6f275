"""Importance finds the features that a known function reads, in the window where it reads them."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.errors import XanesviewError
from xanesview.networks.feature_importance import by_radius, permutation_importance
from xanesview.networks.wacsf import WacsfConfig, features

ENERGY = np.linspace(-10.0, 60.0, 141)
CONFIG = WacsfConfig(n_g2=6, n_g4=8)


def predict(x: np.ndarray) -> np.ndarray:
    """Near the edge the second radius counts, far above it the fifth."""
    near = np.exp(-0.5 * ((ENERGY - 0.0) / 2.0) ** 2)
    far = np.exp(-0.5 * ((ENERGY - 53.0) / 2.0) ** 2)
    return 2.0 * x[:, 2:3] * near + 1.0 * x[:, 5:6] * far


def importance() -> np.ndarray:
    x = np.random.default_rng(0).normal(size=(2000, CONFIG.n_features))
    x[:, 9] = 4.0  # constant: exchanging it changes nothing
    return permutation_importance(predict, x, ENERGY, [(-3.0, 3.0), (50.0, 56.0)])


def test_each_window_finds_its_own_feature():
    found = importance()
    assert found.shape == (2, CONFIG.n_features)
    assert found.argmax(axis=1).tolist() == [2, 5]
    assert np.count_nonzero(found[0] > 1e-6) == 1
    assert found[0, 2] / found[1, 5] == pytest.approx(2.0, rel=0.1)


def test_importance_is_gathered_by_radius():
    table, edges = features(CONFIG), np.arange(1.0, 6.5, 0.5)
    shown = by_radius(importance(), table, edges)
    assert shown.shape == (2, 10)
    for window, feature in ((0, 2), (1, 5)):
        low, high = edges[shown[window].argmax()], edges[shown[window].argmax() + 1]
        assert low <= table[feature].radius_angstrom < high
        assert np.count_nonzero(shown[window] > 1e-6) == 1
    assert not by_radius(importance(), table, edges, kinds=("G4",)).any()


def test_what_cannot_be_asked_is_told():
    with pytest.raises(XanesviewError, match="no energies from 70 to 80 eV"):
        permutation_importance(predict, np.ones((3, 15)), ENERGY, [(70.0, 80.0)])
    with pytest.raises(XanesviewError, match="two or more"):
        permutation_importance(predict, np.ones((1, 15)), ENERGY, [(0.0, 1.0)])
