"""A kind of network that nobody needs: it gives every site the mean spectrum of the training data. Its one entry, and
the folder that would hold it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from xanesview.domain.structure import Structure
from xanesview.inference.explained import Explanation, Question, Surroundings
from xanesview.inference.isotropic_predictor import IsotropicPredictor
from xanesview.networks.bundle import save_bundle
from xanesview.networks.configuration import Configuration
from xanesview.networks.kinds import Kind
from xanesview.training.configuration import Recipe, TrainingConfig
from xanesview.training.data.dataset import read_datasets
from xanesview.training.data.splits import trained_splits
from xanesview.training.harness import FitResult, base_card, member_tensors

_HERE = "tests.unit.networks.made_up_kind"
KIND = Kind(
    name="made-up",
    title="MeanNet",
    gives="isotropic",
    configuration=f"{_HERE}:MeanConfig",
    network=f"{_HERE}:MeanNetwork",
    predictor=f"{_HERE}:MeanPredictor",
    purpose="for nothing",
    explanations={"attention": f"{_HERE}:of_nothing"},
    training=_HERE,
    training_name="mean",
    checkpoint=f"{_HERE}:import_mean",
)


@dataclass(frozen=True)
class MeanConfig(Configuration):
    """The number of energies, and what the mean is multiplied with."""

    energies: int = 0
    factor: float = 1.0


class MeanNetwork(nn.Module):
    """One spectrum for all."""

    def __init__(self, config: MeanConfig) -> None:
        super().__init__()
        self.config = config
        self.mean = nn.Parameter(torch.zeros(config.energies))

    def forward(self, n_sites: int) -> torch.Tensor:
        """Return (S, E)."""
        return (self.config.factor * self.mean).expand(n_sites, -1)


class MeanPredictor(IsotropicPredictor):
    """Asks the network."""

    def _spectra(self, structure: Structure, sites: np.ndarray) -> tuple[np.ndarray, None, None]:
        return torch.stack([network(len(sites)) for network in self._networks]).double().numpy(), None, None


def of_nothing(asked: Question) -> Explanation:
    """Explain a site by nothing."""
    around = Surroundings.of(asked.structure, asked.site, 4.0)
    n = len(asked.windows_ev)
    return around.explanation(asked, np.zeros((n, len(around.edges) - 1)), np.zeros((n, asked.structure.n_atoms)))


RECIPE = Recipe("made-up", MeanConfig(), fixed=("energies",))
ABLATIONS = {"half": {"network": {"factor": 0.5}}}


def train(data: list[Path], config: TrainingConfig, out: Path, resume: bool = True) -> Path:
    """Take the mean."""
    dataset = read_datasets(data)
    training, val = trained_splits(dataset, config)
    mean = torch.from_numpy(np.concatenate([m.isotropic for m in training]).mean(0)).float()
    sizes = replace(config.network, energies=len(mean))
    results = [FitResult({"mean": mean}, {"epochs": 1, "seconds": 0.0, "cpu_minutes": 0.0})]
    card = base_card(config, dataset, training, val, results)
    save_bundle(out, card | {"network": sizes.as_dict(), "native_fwhm_ev": 1.2}, member_tensors(results))
    return out


def import_mean(path: Path, config_path: Path | None, folder: Path) -> tuple[str, ...]:
    """Import nothing."""
    return (f"read {path.name} into {folder.name}",)
