"""What a network predicts in place of a spectrum point by point: Fourier or Gaussian coefficients. All are linear.

The papers on XANESNET name the transforms and give no formulas for them; those below are ours.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from xanesview.errors import XanesviewError

GAUSSIAN_WIDTHS_EV = (0.5, 1.0, 2.0, 4.0)
RIDGE = 1e-2


class OutputTransform(nn.Module):
    """Coefficients = spectrum @ encoding; spectrum = coefficients @ decoding."""

    def __init__(self, encoding: np.ndarray, decoding: np.ndarray) -> None:
        super().__init__()
        dtype = torch.get_default_dtype()
        self.register_buffer("encoding", torch.as_tensor(encoding, dtype=dtype), persistent=False)
        self.register_buffer("decoding", torch.as_tensor(decoding, dtype=dtype), persistent=False)

    @property
    def n_coefficients(self) -> int:
        """Length of a coded spectrum."""
        return len(self.decoding)

    def encode(self, spectra: torch.Tensor) -> torch.Tensor:
        """Map spectra (n, E) to coefficients (n, K)."""
        return spectra @ self.encoding

    def forward(self, coefficients: torch.Tensor) -> torch.Tensor:
        """Map coefficients (n, K) to spectra (n, E)."""
        return coefficients @ self.decoding


def point_by_point(n: int) -> OutputTransform:
    """Return the transform that changes nothing."""
    return OutputTransform(np.eye(n), np.eye(n))


def fourier(n: int, kept: int) -> OutputTransform:
    """Return the Fourier transform of the mirrored spectrum, real and orthonormal, its ``kept`` lowest frequencies.

    A spectrum followed by its mirror image is periodic without a step, and its transform is real up to a phase: the
    cosine transform cos(πk(i + ½)/n).
    """
    if not 1 <= kept <= n:
        raise XanesviewError(f"{kept} Fourier coefficients of {n} points make no sense.", f"Give 1 to {n}.")
    k, i = np.arange(kept), np.arange(n) + 0.5
    matrix = np.sqrt(2.0 / n) * np.cos(np.pi * np.outer(i, k) / n)
    matrix[:, 0] /= np.sqrt(2.0)
    return OutputTransform(matrix, matrix.T)


def gaussians(
    energy_ev: np.ndarray, widths_ev: Sequence[float] = GAUSSIAN_WIDTHS_EV, ridge: float = RIDGE
) -> OutputTransform:
    """Return ridge-regression coefficients on Gaussians of several widths (σ in eV), centres one σ apart."""
    energy = np.asarray(energy_ev, float)
    rows = []
    for width in widths_ev:
        n = max(2, round((energy[-1] - energy[0]) / width) + 1)
        centres = np.linspace(energy[0], energy[-1], n)
        rows.append(np.exp(-0.5 * ((energy - centres[:, None]) / width) ** 2))
    basis = np.concatenate(rows)
    encoding = basis.T @ np.linalg.inv(basis @ basis.T + ridge * np.eye(len(basis)))
    return OutputTransform(encoding, basis)
