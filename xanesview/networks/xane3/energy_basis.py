"""The energy basis of XANE(3): Gaussians of several widths, and a sigmoid for the continuum."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn


def counts(n: int, scales: tuple[float, ...]) -> list[int]:
    """Share n functions among scales; the first ones take what is left over."""
    return [n // len(scales) + (k < n % len(scales)) for k in range(len(scales))]


def start_edge(n: int, scales: tuple[float, ...], low_ev: float, high_ev: float) -> tuple[np.ndarray, np.ndarray]:
    """Return centres and widths (n,) dense near 15 eV, the denser the narrower the scale (public code, branch main)."""
    span, points = high_ev - low_ev, 5000
    energy = np.linspace(low_ev, high_ev, points)
    width = np.where(energy < 15.0, 0.05, 0.25) * span
    skewed = np.exp(-0.5 * ((energy - 15.0) / width) ** 2)
    centres, sigma = [], []
    for k, ratio in zip(counts(n, scales), scales, strict=True):
        share = ratio / max(scales)
        density = (1.0 - share) * skewed / skewed.sum() + share / points
        cumulative = np.cumsum(density)
        cumulative = (cumulative - cumulative[0]) / (cumulative[-1] - cumulative[0])
        at = energy[np.searchsorted(cumulative, np.linspace(0.0, 1.0, k)).clip(max=points - 1)]
        centres.append(at)
        sigma.append(2.0 * ratio * np.gradient(at))
    return np.concatenate(centres), np.concatenate(sigma)


def start_even(n: int, scales: tuple[float, ...], low_ev: float, high_ev: float) -> tuple[np.ndarray, np.ndarray]:
    """Return centres spread evenly a scale, widths twice the scale times range / count (branch gauss_center)."""
    shares = counts(n, scales)
    centres = [np.linspace(low_ev, high_ev, k) for k in shares]
    sigma = [np.full(k, 2.0 * ratio * (high_ev - low_ev) / k) for k, ratio in zip(shares, scales, strict=True)]
    return np.concatenate(centres), np.concatenate(sigma)


def start_spaced(n: int, scales: tuple[float, ...], low_ev: float, high_ev: float) -> tuple[np.ndarray, np.ndarray]:
    """Return centres spread evenly a scale, widths the scale times their spacing (our reading of the paper)."""
    shares = counts(n, scales)
    centres = [np.linspace(low_ev, high_ev, k) for k in shares]
    sigma = [np.full(k, ratio * (high_ev - low_ev) / (k - 1)) for k, ratio in zip(shares, scales, strict=True)]
    return np.concatenate(centres), np.concatenate(sigma)


class EnergyBasis(nn.Module):
    """Σ a_k exp(−(E − μ_k)²/2σ_k²), and a_bg sigmoid((E − c)/w) as the last coefficient.

    Learnt are the centres or the widths, never both, as the two published branches do.
    """

    def __init__(self, config) -> None:
        super().__init__()
        start = {"edge": start_edge, "even": start_even, "spaced": start_spaced}[config.basis_start]
        centres, sigmas = start(config.num_basis, config.basis_scales, config.emin, config.emax)
        values = {"centers": centres, "sigmas": sigmas}
        learnt = "centers" if config.learnt_centres else "sigmas"
        for name, value in values.items():
            tensor = torch.as_tensor(value, dtype=torch.get_default_dtype())
            if name == learnt:
                self.register_parameter(name, nn.Parameter(tensor))
            else:
                self.register_buffer(name, tensor)
        self.global_bg = config.global_bg
        if self.global_bg:
            self.bg_center = nn.Parameter(torch.tensor(0.0))
            self.bg_width = nn.Parameter(torch.tensor(2.0))

    def forward(self, energy_ev: torch.Tensor) -> torch.Tensor:
        """Return the functions (K or K + 1, E) on a grid (E,) in eV from the edge."""
        z = (energy_ev - self.centers[:, None]) / self.sigmas.clamp(min=1e-4)[:, None]
        functions = torch.exp(-0.5 * z**2)
        if not self.global_bg:
            return functions
        step = torch.sigmoid((energy_ev - self.bg_center) / self.bg_width.clamp(min=1e-3))
        return torch.cat([functions, step[None]])
