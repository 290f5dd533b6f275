"""XANESNET: descriptors of an absorber's surroundings in, its isotropic spectrum out, by a multilayer perceptron.

After C. D. Rankine, M. M. M. Madkhali and T. J. Penfold, J. Phys. Chem. A 124 (2020) 4263, and later papers of the
group. Hidden layers, dropout and their order are those of its main code line; features are selected by variance and
standardised as in its older one, from which the activation (ReLU) comes too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn

from xanesview.errors import XanesviewError
from xanesview.networks.configuration import Configuration
from xanesview.networks.perceptron import check_activation, perceptron
from xanesview.networks.standardisation import Standardisation
from xanesview.networks.wacsf import WacsfConfig
from xanesview.networks.xanesnet.output_transforms import OutputTransform, fourier, gaussians, point_by_point

OUTPUTS = ("points", "fourier", "gaussian")


@dataclass(frozen=True)
class XanesnetConfig(Configuration):
    """Sizes of the network.

    ``energy_ev`` first, last and number of points of an even grid (absolute, or from the edge); ``output`` one of
    OUTPUTS; ``fourier_kept`` coefficients where that is "fourier".
    """

    energy_ev: tuple[float, float, int]
    descriptor: WacsfConfig = field(default_factory=WacsfConfig)
    hidden: tuple[int, ...] = (256, 256, 256)
    dropout: float = 0.1
    activation: str = "relu"
    variance_threshold: float = 0.0
    output: str = "points"
    fourier_kept: int = 64

    def __post_init__(self) -> None:
        if self.output not in OUTPUTS:
            raise XanesviewError(f"There is no output “{self.output}”.", f"Outputs: {', '.join(OUTPUTS)}.")
        check_activation(self.activation)
        if not 0.0 <= self.dropout < 1.0:
            raise XanesviewError(f"A dropout of {self.dropout} makes no sense.", "Give 0 or more, below 1.")

    @classmethod
    def from_dict(cls, values: Mapping) -> XanesnetConfig:
        """Return the configuration kept in a card."""
        descriptor = WacsfConfig.from_dict(values.get("descriptor", {}))
        return super().from_dict({**values, "descriptor": descriptor})

    @property
    def grid_ev(self) -> np.ndarray:
        """The energy grid (E,)."""
        first, last, n = self.energy_ev
        return np.linspace(first, last, int(n))


class Xanesnet(nn.Module):
    """The network, with its selection and scaling of features and its output transform inside."""

    def __init__(self, config: XanesnetConfig) -> None:
        super().__init__()
        self.config = config
        self.transform = _transform(config)
        n = self.transform.n_coefficients
        self.features = Standardisation(config.descriptor.n_features)
        self.coefficients = Standardisation(n)
        self.mlp = perceptron(config.descriptor.n_features, config.hidden, n, config.activation, config.dropout)

    def fit_scaling(self, descriptors: torch.Tensor, spectra: torch.Tensor) -> None:
        """Learn what is standard from training descriptors (n, F) and spectra (n, E)."""
        self.features.fit(descriptors, self.config.variance_threshold)
        self.coefficients.fit(self.transform.encode(spectra))

    def standard_coefficients(self, descriptors: torch.Tensor) -> torch.Tensor:
        """Return what the perceptron gives (n, K): compare with ``targets`` where coefficients are trained."""
        return self.mlp(self.features(descriptors))

    def targets(self, spectra: torch.Tensor) -> torch.Tensor:
        """Map spectra (n, E) to standardised coefficients (n, K)."""
        return self.coefficients(self.transform.encode(spectra))

    def forward(self, descriptors: torch.Tensor) -> torch.Tensor:
        """Map descriptors (n, F) to spectra (n, E)."""
        return self.transform(self.coefficients.undo(self.standard_coefficients(descriptors)))

    @torch.no_grad()
    def dropout_samples(self, descriptors: torch.Tensor, n_samples: int, seed: int = 0) -> torch.Tensor:
        """Return spectra (n_samples, n, E) with dropout on: Monte Carlo dropout (Gal and Ghahramani, 2016).

        Seeded, and without touching the caller's random numbers or the network's mode.
        """
        was_training = self.training
        devices = [descriptors.device] if descriptors.is_cuda else []
        try:
            self.train()
            with torch.random.fork_rng(devices=devices):
                torch.manual_seed(seed)
                return torch.stack([self(descriptors) for _ in range(n_samples)])
        finally:
            self.train(was_training)


def _transform(config: XanesnetConfig) -> OutputTransform:
    if config.output == "fourier":
        return fourier(len(config.grid_ev), config.fourier_kept)
    if config.output == "gaussian":
        return gaussians(config.grid_ev)
    return point_by_point(len(config.grid_ev))
