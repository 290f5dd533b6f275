"""Measures, by closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from xanesview.training.absorption_tensor.losses import SpectrumLoss, directional_square
from xanesview.training.absorption_tensor.module import irreducible_parts
from xanesview.training.data.measured_window import measure_grid
from xanesview.training.testing.metrics import (
    directional_mse,
    errors_beside_e0,
    isotropic_metrics,
    peak_errors,
    random_direction_weights,
    tensor_metrics,
)


def random_components(n: int = 6, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    grid = measure_grid()
    a = rng.normal(size=(n, 3, 3, 1)) * np.exp(-0.5 * ((grid - rng.uniform(284, 296, (n, 3, 3, 1))) / 1.5) ** 2)
    m = np.einsum("sijE,skjE->sikE", a, a)
    return np.stack([m[:, 0, 0], m[:, 1, 1], m[:, 2, 2], m[:, 1, 2], m[:, 0, 2], m[:, 0, 1]], 1)


def test_grid_is_280_to_305_in_quarters():
    grid = measure_grid()
    assert (grid[0], grid[-1], len(grid)) == (280.0, 305.0, 101)
    assert np.allclose(np.diff(grid), 0.25)


def test_direction_weights_have_trace_one():
    weights = random_direction_weights(3)
    assert weights.shape == (3, 32, 6)
    assert np.allclose(weights[..., :3].sum(-1), 1.0)


def test_closed_form_over_directions_is_the_limit_of_many():
    difference = random_components(2) - random_components(2, seed=4)
    iso, quad = (torch.from_numpy(x) for x in irreducible_parts(difference))
    closed = directional_square(iso, quad).mean(1).numpy()
    weights = random_direction_weights(2, n_directions=40_000, seed=1)
    drawn = [((w @ d) ** 2).mean() for w, d in zip(weights, difference, strict=True)]
    assert np.allclose(closed, drawn, rtol=0.02)


def test_perfect_prediction_has_no_error_and_a_shift_has_its_own():
    target = random_components()
    perfect = tensor_metrics(target, target, measure_grid(), np.ones(6), np.ones(6) * 1.5)
    assert perfect["mse_mean"] == perfect["isotropic_mse"] == perfect["dichroism_mse"] == 0.0
    assert perfect["share_below_0.1"] == 1.0
    assert perfect["not_positive_percent"] == 0.0
    assert perfect["ip_mae_ev"] == pytest.approx(0.5)
    raised = target.copy()
    raised[:, :3] += 0.5
    metrics = tensor_metrics(raised, target, measure_grid())
    assert metrics["mse_mean"] == pytest.approx(0.25)
    assert metrics["isotropic_mse"] == pytest.approx(0.25)
    assert metrics["dichroism_mse"] == pytest.approx(0.0, abs=1e-12)


def test_how_far_intensities_go_below_zero_is_told_of_each_sites_peak():
    components = np.zeros((4, 6, 5))
    components[:, :3, 2] = np.array([4.0, 2.0, 1.0, 1.0])[:, None]
    components[0, 1, 4], components[1, 2, 0] = -0.1, -0.4
    components[2, 5, 1] = 0.05  # eigenvalues ± 0.05
    found = tensor_metrics(components, components, np.arange(5.0))
    assert found["negative_median_percent"] == pytest.approx((2.5 + 5.0) / 2)
    assert found["negative_worst_percent"] == pytest.approx(20.0)
    assert found["negative_p95_percent"] < 20.0
    curves = np.array([[0.0, 2.0, -0.1], [0.0, 1.0, 0.5]])
    assert isotropic_metrics(curves, curves + 1.0, np.arange(3.0))["negative_worst_percent"] == pytest.approx(5.0)


def test_errors_are_split_at_each_sites_own_e0():
    energy, squares = np.arange(4.0), np.array([[1.0, 2.0, 3.0, 4.0], [8.0, 0.0, 0.0, 0.0], [9.0, 9.0, 9.0, 9.0]])
    found = errors_beside_e0(squares, energy, np.array([2.0, 0.5, np.nan]))
    assert found == {"below_e0": pytest.approx((1.5 + 8.0) / 2), "above_e0": pytest.approx((3.5 + 0.0) / 2)}
    assert set(errors_beside_e0(squares[:1], energy, np.array([-1.0]))) == {"above_e0"}
    assert errors_beside_e0(squares, energy, np.full(3, np.nan)) == {}


def test_isotropic_prediction_leaves_all_dichroism():
    target = random_components()
    flat = np.zeros_like(target)
    flat[:, :3] = target[:, :3].mean(1, keepdims=True)
    metrics = tensor_metrics(flat, target, measure_grid())
    assert metrics["isotropic_mse"] == pytest.approx(0.0, abs=1e-20)
    assert metrics["mse_mean"] == pytest.approx(metrics["dichroism_mse"], rel=0.3)
    assert directional_mse(flat, target).shape == (6, 32)


def test_peak_errors():
    energy = np.linspace(0, 10, 101)
    one, two = (np.exp(-((energy - c) ** 2)) * h for c, h in ((4.0, 2.0), (4.5, 1.5)))
    position, intensity = peak_errors(two[None], one[None], energy)
    assert position[0] == pytest.approx(0.5)
    assert intensity[0] == pytest.approx(25.0)


def test_loss_is_zero_only_for_the_target_and_punishes_negative_values():
    grid = torch.linspace(280, 305, 101)
    iso, quad = (torch.from_numpy(x).float() for x in irreducible_parts(random_components()))
    loss = SpectrumLoss(grid, 1.0, 1.0, 0.1, 0.1, 0.0, 1.0, (280.0, 305.0))
    zero, _ = loss((iso, quad), (iso, quad), torch.zeros(6), torch.ones(6, 2, 101))
    worse, spectrum = loss((iso + 0.1, quad), (iso, quad), torch.zeros(6))
    negative, _ = loss((iso, quad), (iso, quad), torch.zeros(6), -torch.ones(6, 2, 101))
    assert float(zero) == pytest.approx(0.0, abs=1e-6)
    assert float(worse) == pytest.approx(0.1, rel=1e-3)
    assert spectrum.numpy() == pytest.approx(0.01, rel=1e-3)
    assert float(negative) == pytest.approx(1.0, rel=1e-3)


def test_broadened_spectra_tell_how_far_off_a_line_is():
    grid = torch.linspace(280, 305, 251)
    inside = (280.0, 305.0)
    plain = SpectrumLoss(grid, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, inside)
    broad = SpectrumLoss(grid, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, inside, broad_weight=3.0, broad_sigma_ev=2.0)
    quad, ip = torch.zeros(1, 5, 251), torch.zeros(1)
    flat = torch.full((1, 251), 0.1)
    # A constant stays what it is when broadened: its square counts once plainly and three times broadened.
    assert float(broad((flat, quad), (0 * flat, quad), ip)[0]) == pytest.approx(0.1 * 4.0**0.5, rel=1e-3)
    line = lambda centre: torch.exp(-0.5 * ((grid - centre) / 0.2) ** 2)[None]  # noqa: E731
    near, far = ((line(292.0), quad), (line(294.0), quad)), ((line(290.0), quad), (line(296.0), quad))
    ratio = [float(loss(*far, ip)[0] / loss(*near, ip)[0]) for loss in (plain, broad)]
    assert ratio[0] == pytest.approx(1.0, abs=1e-3)
    assert ratio[1] > 1.05
