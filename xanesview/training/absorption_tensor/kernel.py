"""Fit the kernel regression that stands beside an ensemble where spectra are few; its settings by cross-validation."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch

from xanesview.networks.absorption_tensor.density_kernel import DensityKernel, DensityKernelConfig
from xanesview.training.absorption_tensor.losses import directional_square
from xanesview.training.data.labelled import LabelledStructure
from xanesview.training.data.labelled_graph import LabelledGraph, joined

FOLDS = 8
POWERS = (1.0, 2.0, 3.0)
RIDGES = (1e-3, 3e-3, 1e-2, 3e-2)
COVARIANT_RIDGES = (1e-2, 3e-2, 1e-1, 3e-1)
MOST_RADIAL, MOST_CHANNELS = 12, 24  # features grow with the square of elements times radial functions
MOST_SITES = 1500
"""Matrices have five rows a site: this many fit in a few GB."""


@dataclass(frozen=True, eq=False)
class FittedKernel:
    """A kernel regression and ``note``, what its cross-validation found: errors on parents left out, for the card."""

    kernel: DensityKernel
    note: dict


def fit_kernel(
    structures: Sequence[LabelledStructure],
    graphs: Sequence[LabelledGraph],
    elements: tuple[int, ...],
    cutoff_angstrom: float,
    seed: int = 0,
) -> FittedKernel:
    """Fit a kernel regression; power and ridges are those with the lowest error on parents left out.

    Parameters
    ----------
    structures, graphs : the training structures, and the same as graphs that reach as far as the cutoff
    """
    data = joined(graphs)
    n, energies = data.isotropic.shape
    radial = min(MOST_RADIAL, max(4, MOST_CHANNELS // len(elements)))
    kernel = DensityKernel(DensityKernelConfig(elements, cutoff_angstrom, n, energies, radial))
    with torch.no_grad():
        invariants, covariants = (x.half().float() for x in kernel.features(data.graph))  # as they are kept on disk
    scale = covariants.square().sum(dim=(1, 2)).mean() / 5.0
    plain = kernel.double()
    plain.invariants, plain.covariants = invariants.double(), covariants.double()
    plain.covariant_scale = scale.double()
    iso, quad = data.isotropic.double(), data.quadrupole.double()
    parents = [m.parent for m in structures]
    if len(set(parents)) < 2:  # nothing to keep apart but the structures themselves
        parents = [str(k) for k in range(len(structures))]
    sites = [p for p, m in zip(parents, structures, strict=True) for _ in m.sites]
    choice, note = _chosen(plain, iso, quad, _folds(sites, seed))
    power, ridge, covariant_ridge = choice
    plain.config = dataclasses.replace(plain.config, power=power)
    scalar, tensor = plain.kernels(plain.invariants, plain.covariants)
    plain.mean = iso.mean(0)
    plain.isotropic = _solved(scalar, ridge, iso - plain.mean)
    plain.quadrupole = _solved(tensor, covariant_ridge, quad.flatten(0, 1)).reshape(quad.shape)
    note |= {"power": power, "ridge": ridge, "covariant_ridge": covariant_ridge, "folds": FOLDS}
    return FittedKernel(plain.float().eval(), note)


def _chosen(kernel: DensityKernel, iso, quad, folds: np.ndarray) -> tuple[tuple[float, float, float], dict]:
    """Return power and ridges with the lowest cross-validated error over directions, and the errors there."""
    found = []
    for power in POWERS:
        kernel.config = dataclasses.replace(kernel.config, power=power)
        scalar, tensor = kernel.kernels(kernel.invariants, kernel.covariants)
        tensor = tensor.reshape(len(iso), 5, len(iso), 5)
        first = {ridge: _left_out(scalar[:, None, :, None], iso[:, None], folds, ridge)[:, 0] for ridge in RIDGES}
        second = {ridge: _left_out(tensor, quad, folds, ridge) for ridge in COVARIANT_RIDGES}
        for (ridge, a), (covariant_ridge, b) in product(first.items(), second.items()):
            error = directional_square(a - iso, b - quad).mean(1)
            isotropic = (a - iso).square().mean(1)
            note = {
                "cross_validated_mse": round(float(error.mean()), 7),
                "cross_validated_isotropic_mse": round(float(isotropic.mean()), 7),
            }
            found.append((float(error.mean()), (power, ridge, covariant_ridge), note))
    _, choice, note = min(found, key=lambda row: row[0])
    return choice, note


def _left_out(kernel: torch.Tensor, values: torch.Tensor, folds: np.ndarray, ridge: float) -> torch.Tensor:
    """Predict values (n, M, E) of each fold from the others by a kernel (n, M, n, M)."""
    out = torch.empty_like(values)
    m = values.shape[1]
    for fold in np.unique(folds):
        kept, left = torch.from_numpy(np.nonzero(folds != fold)[0]), torch.from_numpy(np.nonzero(folds == fold)[0])
        mean = values[kept].mean(0) if m == 1 else torch.zeros_like(values[0])  # only l = 0 has a mean
        square = kernel[kept][:, :, kept].reshape(m * len(kept), -1)
        weights = _solved(square, ridge, (values[kept] - mean).flatten(0, 1))
        across = kernel[left][:, :, kept].reshape(m * len(left), -1)
        out[left] = (across @ weights).reshape(len(left), m, -1) + mean
    return out


def _solved(kernel: torch.Tensor, ridge: float, values: torch.Tensor) -> torch.Tensor:
    return torch.linalg.solve(kernel + ridge * torch.eye(len(kernel), dtype=kernel.dtype), values)


def _folds(parents: Sequence[str], seed: int) -> np.ndarray:
    """Return a fold for each site; sites of one parent share it."""
    names = sorted(set(parents))
    order = np.random.default_rng(seed).permutation(len(names))
    fold = {names[k]: i % min(FOLDS, len(names)) for i, k in enumerate(order)}
    return np.array([fold[p] for p in parents])
