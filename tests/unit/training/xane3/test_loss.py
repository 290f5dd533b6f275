"""The composite loss against the public code's numbers, and the scaling that makes it independent of the grid."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.unit.networks.parity import FOLDER
from xanesview.errors import XanesviewError
from xanesview.training.xane3.loss import CompositeLoss


def test_terms_are_those_of_the_public_code():
    with np.load(FOLDER / "xane3.npz") as archive:
        predicted, true = (torch.from_numpy(archive[f"loss/{k}"]).double() for k in ("pred", "true"))
        reference = archive["loss/total_mse_grad_lap(150,200)"]
    terms = CompositeLoss().terms(predicted, true)
    found = [float(t) for t in (terms.total, terms.spectrum, terms.gradient, terms.curvature)]
    assert found == pytest.approx(reference, rel=1e-6)
    faded = CompositeLoss().terms(predicted, true, fade=0.5)
    assert float(faded.gradient) == pytest.approx(reference[2] / 2, rel=1e-6)
    assert float(faded.raw[1]) == pytest.approx(reference[2] / 150, rel=1e-6)


def spectra(step_ev: float) -> torch.Tensor:
    energy = torch.arange(-10.0, 20.0, step_ev, dtype=torch.float64)
    shifts = torch.linspace(-2.0, 2.0, 9, dtype=torch.float64)[:, None]
    return torch.sigmoid(energy - shifts) + torch.exp(-((energy - shifts - 2.0) ** 2) / 4.0)


def test_balanced_terms_are_equal_for_the_mean_spectrum():
    data = spectra(0.2)
    loss = CompositeLoss.balanced(data, 0.2)
    terms = loss.terms(data.mean(0, keepdim=True).expand_as(data), data)
    assert float(terms.gradient) == pytest.approx(float(terms.spectrum))
    assert float(terms.curvature) == pytest.approx(float(terms.spectrum))


def test_weights_in_ev_do_not_depend_on_the_grid():
    coarse, fine = (CompositeLoss.balanced(spectra(step), step) for step in (0.2, 0.1))
    assert coarse.gradient_weight == pytest.approx(fine.gradient_weight, rel=0.02)
    assert coarse.curvature_weight == pytest.approx(fine.curvature_weight, rel=0.02)


def test_e0_counts_by_its_absolute_error_in_units_of_the_training_set():
    y = torch.zeros(2, 5)
    terms = CompositeLoss(e0_scale_ev=2.0).terms(y, y, e0_ev=(torch.tensor([3.0, 1.0]), torch.tensor([1.0, 1.0])))
    assert float(terms.total) == pytest.approx(0.5)


def test_spectra_that_are_all_alike_are_refused():
    with pytest.raises(XanesviewError, match="spectra are alike"):
        CompositeLoss.balanced(torch.ones(3, 9), 0.2)


def test_what_is_unknown_counts_for_nothing_and_moves_no_weight():
    target = torch.rand(3, 40)
    target[1, 25:] = torch.nan
    predicted = torch.rand(3, 40, requires_grad=True)
    CompositeLoss(0.2, 0.5, 0.5).terms(predicted, target).total.backward()
    assert torch.isfinite(predicted.grad).all()
    assert not predicted.grad[1, 25:].any()
    assert predicted.grad[1, :25].all()
    told = CompositeLoss(0.2, 0.0, 0.0).terms(predicted, target).spectrum
    known = torch.isfinite(target)
    of_known = (predicted - target)[known].square().sum() / target.numel()
    assert float(told.detach()) == pytest.approx(float(of_known.detach()))
