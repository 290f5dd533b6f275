"""Zero mean and unit variance of a training set, kept inside a network so that a bundle is complete."""

from __future__ import annotations

import torch
from torch import nn


class Standardisation(nn.Module):
    """(x − mean) / scale, with numbers that hardly vary set to zero: that is the selection of features.

    Selected-out features keep their place, so that shapes, and names of features, do not depend on the data.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("scale", torch.ones(size))
        self.register_buffer("kept", torch.ones(size, dtype=torch.bool))

    @torch.no_grad()
    def fit(self, values: torch.Tensor, variance_threshold: float = 0.0) -> None:
        """Take mean and standard deviation of values (n, size); keep what varies more than the threshold."""
        values = values.to(torch.float64)
        variance = values.var(dim=0, unbiased=False)
        # rounding alone gives constant columns a variance; relative to their size it is far below this
        floor = (1e-7 * values.abs().amax(dim=0)) ** 2
        kept = (variance > variance_threshold) & (variance > floor)
        self.kept.copy_(kept)
        self.mean.copy_(values.mean(dim=0))
        self.scale.copy_(torch.where(kept, variance.sqrt(), 1.0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (n, size) to (n, size)."""
        return torch.where(self.kept, (x - self.mean) / self.scale, 0.0)

    def undo(self, z: torch.Tensor) -> torch.Tensor:
        """Map standardised values (n, size) back; what was not kept comes back as its mean."""
        return self.mean + torch.where(self.kept, z * self.scale, 0.0)
