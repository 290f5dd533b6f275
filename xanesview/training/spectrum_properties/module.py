"""The property network under Lightning, and its sizes by cross-validation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch_geometric.data import Data

from xanesview.networks.spectrum_properties.network import SpectrumProperties, SpectrumPropertiesConfig, property_scores
from xanesview.training.averaged_module import AveragedModule
from xanesview.training.configuration import TrainingChoices
from xanesview.training.data.properties_data import NATIVE_FWHM_EV, PropertySamples


@dataclass(frozen=True)
class PropertiesChoices(TrainingChoices):
    """``widths_ev``: total widths mixed in training; ``noise``: standard deviation added to the spectra (their mean is
    1); ``folds`` of the cross-validation that chooses layers, neurons and weight decay (0: as the configuration says),
    over ``search_layers`` × ``search_neurons`` × ``search_weight_decays``, ``search_epochs`` each."""

    widths_ev: tuple = (NATIVE_FWHM_EV, 1.2, 1.8, 2.5)
    noise: float = 0.0
    folds: int = 5
    search_epochs: int = 40
    search_layers: tuple = (1, 2, 3)
    search_neurons: tuple = (64, 256)
    search_weight_decays: tuple = (1e-2, 1e-1, 1.0)


class PropertyBatch(Data):
    """Spectra (n, B, V) at B widths, counts of atoms (n, 6), properties (n, P) with NaN where unknown."""

    @classmethod
    def of(cls, vectors: torch.Tensor, composition: torch.Tensor, properties: torch.Tensor) -> PropertyBatch:
        """Return some spectra with what belongs to them."""
        return cls(vectors=vectors, composition=composition, properties=properties, num_nodes=len(vectors))

    def rows(self, chosen: torch.Tensor) -> PropertyBatch:
        """Return some of the spectra, by index or mask."""
        return PropertyBatch.of(self.vectors[chosen], self.composition[chosen], self.properties[chosen])


def batch_of(samples: PropertySamples) -> PropertyBatch:
    """Return all samples as one batch."""
    return PropertyBatch.of(*(torch.from_numpy(x) for x in (samples.vectors, samples.composition, samples.values)))


def batches_by_structure(samples: PropertySamples) -> list[PropertyBatch]:
    """Return one batch a structure."""
    return [batch_of(samples.select(samples.owner == owner)) for owner in np.unique(samples.owner)]


def scaled_network(config: SpectrumPropertiesConfig, batch: PropertyBatch) -> SpectrumProperties:
    """Return a new network that knows what is standard in a training set."""
    network = SpectrumProperties(config)
    widths = batch.vectors.shape[1]
    flat = batch.vectors.flatten(0, 1)
    repeated = (x.repeat_interleave(widths, 0) for x in (batch.composition, batch.properties))
    network.fit_scaling(flat, *repeated)
    return network


def property_errors(network: SpectrumProperties, vectors: torch.Tensor, batch: PropertyBatch) -> torch.Tensor:
    """Return the Huber error of each spectrum (n,), a square where small, averaged over the known properties."""
    target = network.standard_targets(batch.properties, batch.composition)
    known = torch.isfinite(target)
    found = network.standard_values(vectors, batch.composition)
    error = 2.0 * torch.nn.functional.smooth_l1_loss(found, torch.nan_to_num(target), reduction="none")
    return (error * known).sum(1) / known.sum(1).clamp(min=1)


def drawn_widths(batch: PropertyBatch, noise: float) -> torch.Tensor:
    """Return each spectrum at a width drawn at random, with noise: (n, V)."""
    n, widths, _ = batch.vectors.shape
    drawn = torch.randint(widths, (n,), device=batch.vectors.device)
    vectors = batch.vectors[torch.arange(n, device=drawn.device), drawn]
    return vectors + noise * torch.randn_like(vectors) if noise else vectors


class PropertiesModule(AveragedModule):
    """One member: a width drawn for each spectrum at each step; validated at all widths."""

    def training_loss(self, batch: PropertyBatch):
        """Return the mean error."""
        loss = property_errors(self.network, drawn_widths(batch, self.choices.noise), batch).mean()
        return loss, {"loss": loss.detach()}

    def validation_errors(self, network: SpectrumProperties, batch: PropertyBatch) -> torch.Tensor:
        """Return the error of each spectrum, averaged over widths."""
        widths = batch.vectors.shape[1]
        return torch.stack([property_errors(network, batch.vectors[:, w], batch) for w in range(widths)]).mean(0)


def quick_fit(
    config: SpectrumPropertiesConfig, batch: PropertyBatch, choices: PropertiesChoices, epochs: int, seed: int
) -> SpectrumProperties:
    """Train one small network without checkpoints or curves, as cross-validation does by the dozen."""
    torch.manual_seed(seed)
    network = scaled_network(config, batch)
    optimizer = torch.optim.AdamW(network.parameters(), choices.learning_rate, weight_decay=config.weight_decay)
    n = len(batch.vectors)
    size = min(n, 128)
    steps = epochs * math.ceil(n / size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, choices.learning_rate, steps, pct_start=0.1)
    order = torch.randperm(n)
    for step in range(steps):
        start = step * size % n
        if start < size:
            order = torch.randperm(n)
        rows = order[start : start + size]
        part = batch.rows(rows)
        loss = property_errors(network, drawn_widths(part, choices.noise), part).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return network.eval()


@torch.no_grad()
def mean_r2(network: SpectrumProperties, batch: PropertyBatch) -> float:
    """Return R² averaged over properties and widths; one property worse than guessing counts 0."""
    found = []
    for w in range(batch.vectors.shape[1]):
        predicted = network(batch.vectors[:, w], batch.composition)
        found += [max(0.0, s.r2) for s in property_scores(network.config.properties, predicted, batch.properties)]
    return float(np.mean(found))


def cross_validated(
    candidates: Sequence[SpectrumPropertiesConfig],
    samples: PropertySamples,
    folds: np.ndarray,
    choices: PropertiesChoices,
) -> list[float]:
    """Return the R² of each candidate, averaged over folds, properties and widths."""
    if choices.threads:
        torch.set_num_threads(choices.threads)
    batch = batch_of(samples)
    scores = np.zeros(len(candidates))
    for fold in np.unique(folds):
        kept, left = torch.from_numpy(folds != fold), torch.from_numpy(folds == fold)
        inner, outer = batch.rows(kept), batch.rows(left)
        for k, candidate in enumerate(candidates):
            network = quick_fit(candidate, inner, choices, choices.search_epochs, choices.seed)
            scores[k] += mean_r2(network, outer)
    return [float(s) / len(np.unique(folds)) for s in scores]
