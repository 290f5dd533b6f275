"""The absorption-tensor network under Lightning: batches, averaged weights, validation by our measure."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import lightning
import numpy as np
import torch

from xanesview.networks.absorption_tensor import AbsorptionTensorConfig, AbsorptionTensorNetwork
from xanesview.networks.graphs import SiteGraph, batched, site_graph
from xanesview.networks.irreps import quadrupole_to_cartesian
from xanesview.training.configuration import TrainingChoices
from xanesview.training.dataset import Molecule
from xanesview.training.losses import SpectrumLoss, directional_square


@dataclass(frozen=True)
class SiteBatch:
    """A graph and its targets: isotropic (S, E), quadrupole (S, 5, E), both scaled; ip (S,) in eV."""

    graph: SiteGraph
    isotropic: torch.Tensor
    quadrupole: torch.Tensor
    ip: torch.Tensor

    def to(self, device) -> SiteBatch:
        """Move to a device."""
        return SiteBatch(
            self.graph.to(device), self.isotropic.to(device), self.quadrupole.to(device), self.ip.to(device)
        )


def irreducible_parts(components: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split components (S, 6, E) into trace part (S, E) and 2e part (S, 5, E)."""
    iso = components[:, :3].mean(1)
    traceless = components.copy()
    traceless[:, :3] -= iso[:, None]
    projection = quadrupole_to_cartesian().numpy().T * np.array([1, 1, 1, 2, 2, 2])
    return iso, np.einsum("mv,sve->sme", projection, traceless)


def site_batch(molecules: Sequence[Molecule], config: AbsorptionTensorConfig, scale: float) -> list[SiteBatch]:
    """Return one batch a molecule; graphs are built once."""
    out = []
    for m in molecules:
        graph = site_graph(
            m.numbers,
            m.positions_angstrom,
            m.sites,
            config.cutoff_angstrom,
            config.absorber_cutoff_angstrom,
            dtype=torch.float32,
        )
        iso, quad = irreducible_parts(m.tensors / scale)
        out.append(SiteBatch(graph, *(torch.as_tensor(x, dtype=torch.float32) for x in (iso, quad, m.ip_ev))))
    return out


def joined(items: Sequence[SiteBatch]) -> SiteBatch:
    """Join molecules into one batch."""
    return SiteBatch(
        batched([i.graph for i in items]),
        *(torch.cat([getattr(i, k) for i in items]) for k in ("isotropic", "quadrupole", "ip")),
    )


class TensorModule(lightning.LightningModule):
    """One ensemble member in training; ``average`` holds the exponentially averaged weights that are tested and
    shipped."""

    def __init__(
        self,
        config: AbsorptionTensorConfig,
        choices: TrainingChoices,
        energy_ev: np.ndarray,
        derivative_scales: tuple[float, float],
        steps: int,
        window: tuple[float, float],
    ) -> None:
        super().__init__()
        self.network = AbsorptionTensorNetwork(config)
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        self.choices, self.steps = choices, steps
        grid = torch.as_tensor(energy_ev, dtype=torch.float32)
        self.register_buffer("grid", grid, persistent=False)
        inside = (grid >= window[0] - 1e-6) & (grid <= window[1] + 1e-6)
        self.register_buffer("inside", inside, persistent=False)
        self.register_buffer("basis", self.network.basis(grid), persistent=False)
        self.loss = SpectrumLoss(
            grid,
            *derivative_scales,
            choices.gradient_weight,
            choices.curvature_weight,
            choices.robustness,
            choices.positivity_weight,
            window,
        )
        self._validation: list[torch.Tensor] = []

    def transfer_batch_to_device(self, batch: SiteBatch, device, dataloader_idx: int) -> SiteBatch:
        """Move a batch (a dataclass Lightning does not know)."""
        return batch.to(device)

    def training_step(self, batch: SiteBatch, _index: int) -> torch.Tensor:
        """Return the loss of a batch of molecules."""
        iso, quad, ip = self.network(batch.graph, self.basis)
        lowest = None
        if self.choices.positivity_weight:
            n = torch.nn.functional.normalize(torch.randn(len(ip), 4, 3, device=ip.device), dim=-1)
            x, y, z = n.unbind(-1)
            weights = (
                torch.stack([x * x, y * y, z * z, 2 * y * z, 2 * x * z, 2 * x * y], -1) @ self.network.to_cartesian
            )
            lowest = iso[:, None] + torch.einsum("sdm,sme->sde", weights, quad)
        loss, spectrum = self.loss(
            (iso, quad), (batch.isotropic, batch.quadrupole), (ip - batch.ip) / self.network.config.ip_scale_ev, lowest
        )
        self.log("train_mse", spectrum.mean(), batch_size=len(ip), on_step=False, on_epoch=True, prog_bar=True)
        return loss

    def on_train_batch_end(self, *_args) -> None:
        """Follow the weights with the running average, faster at the start."""
        decay = min(self.choices.average_decay, (self.global_step + 1) / (self.global_step + 10))
        with torch.no_grad():
            for mine, theirs in zip(self.average.parameters(), self.network.parameters(), strict=True):
                mine.lerp_(theirs, 1.0 - decay)

    def on_validation_epoch_start(self) -> None:
        """Start afresh."""
        self._validation = []

    def validation_step(self, batch: SiteBatch, _index: int) -> None:
        """Collect the error of each site, averaged over all directions."""
        self.average.eval()
        iso, quad, _ = self.average(batch.graph, self.basis)
        square = directional_square(iso - batch.isotropic, quad - batch.quadrupole)[:, self.inside]
        self._validation.append(square.mean(1))

    def on_validation_epoch_end(self) -> None:
        """Log mean and median, and what early stopping follows: the mean of the roots, between the two."""
        error = torch.cat(self._validation)
        self.log("val_mse", error.mean(), prog_bar=True)
        self.log("val_median", error.median(), prog_bar=True)
        self.log("val_rmse", error.sqrt().mean())

    def configure_optimizers(self):
        """AdamW, short warm-up, cosine to one hundredth."""
        decayed = [p for p in self.network.parameters() if p.ndim > 1]
        plain = [p for p in self.network.parameters() if p.ndim <= 1]
        optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": self.choices.weight_decay}, {"params": plain, "weight_decay": 0.0}],
            lr=self.choices.learning_rate,
            betas=(0.9, 0.99),
        )
        warm = max(1, self.steps // 15)

        def factor(step: int) -> float:
            return min(1.0, (step + 1) / warm) * (
                0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * min(1.0, step / self.steps)))
            )

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}
