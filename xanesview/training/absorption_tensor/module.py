"""The absorption-tensor network in training: batches, loss, validation by our measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from xanesview.networks.absorption_tensor.network import AbsorptionTensorConfig, AbsorptionTensorNetwork
from xanesview.networks.atom_graphs import atom_graph
from xanesview.networks.irreps import quadrupole_to_cartesian
from xanesview.training.absorption_tensor.losses import SpectrumLoss, directional_square
from xanesview.training.averaged_module import AveragedModule
from xanesview.training.configuration import TrainingChoices
from xanesview.training.data.labelled import LabelledStructure
from xanesview.training.data.labelled_graph import LabelledGraph


def irreducible_parts(components: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split components (S, 6, E) into trace part (S, E) and 2e part (S, 5, E)."""
    iso = components[:, :3].mean(1)
    traceless = components.copy()
    traceless[:, :3] -= iso[:, None]
    projection = quadrupole_to_cartesian().numpy().T * np.array([1, 1, 1, 2, 2, 2])
    return iso, np.einsum("mv,sve->sme", projection, traceless)


def labelled_graphs(
    structures: Sequence[LabelledStructure], config: AbsorptionTensorConfig, scale: float
) -> list[LabelledGraph]:
    """Return one item a structure, with isotropic (S, E) and quadrupole (S, 5, E), both scaled, and ip_ev (S,), NaN if
    unknown; graphs are built once."""
    out = []
    for m in structures:
        graph = atom_graph(
            m.numbers,
            m.positions_angstrom,
            config.cutoff_angstrom,
            m.cell_angstrom,
            m.pbc,
            m.sites,
            torch.float32,
            site_cutoff_angstrom=config.absorber_cutoff_angstrom,
            reach=config.layers,
        )
        targets = zip(("isotropic", "quadrupole"), irreducible_parts(m.tensors / scale), strict=True)
        values = {name: torch.as_tensor(x, dtype=torch.float32) for name, x in (*targets, ("ip_ev", m.e0_ev))}
        out.append(LabelledGraph.of(graph, **values))
    return out


@dataclass(frozen=True)
class TensorChoices(TrainingChoices):
    """What the absorption-tensor network adds: weights of the derivative terms, of the broadened spectra and of values
    below zero, and how much of a site's error counts by its root rather than its square; ``start``, a network (name or
    folder) whose weights the members begin with and whose sizes they keep; ``kernel_share`` of the prediction is left
    to a kernel regression on the same sites (see `fit_kernel`), of use where they are few."""

    start: str = ""
    kernel_share: float = 0.0
    members: int = 4
    gradient_weight: float = 0.1
    curvature_weight: float = 0.05
    broad_weight: float = 0.0
    broad_sigma_ev: float = 1.2
    robustness: float = 0.01
    positivity_weight: float = 0.02


class TensorModule(AveragedModule):
    """One member of an ensemble of absorption-tensor networks in training.

    Parameters
    ----------
    energy_ev : (E,) grid of the targets
    derivative_scales : gradient and curvature errors of the mean predictor over its spectrum error
    window : energies that are measured; what lies outside guides at a quarter of the weight
    """

    def __init__(
        self,
        config: AbsorptionTensorConfig,
        choices: TensorChoices,
        energy_ev: np.ndarray,
        derivative_scales: tuple[float, float],
        steps: int,
        window: tuple[float, float],
    ) -> None:
        super().__init__(AbsorptionTensorNetwork(config), choices, steps)
        grid = torch.as_tensor(energy_ev, dtype=torch.float32)
        self.register_buffer("grid", grid, persistent=False)
        inside = (grid >= window[0] - 1e-6) & (grid <= window[1] + 1e-6)
        self.register_buffer("inside", inside, persistent=False)
        self.loss = SpectrumLoss(
            grid,
            *derivative_scales,
            choices.gradient_weight,
            choices.curvature_weight,
            choices.robustness,
            choices.positivity_weight,
            window,
            choices.broad_weight,
            choices.broad_sigma_ev,
        )

    def training_loss(self, batch: LabelledGraph) -> tuple[torch.Tensor, Mapping[str, torch.Tensor]]:
        """Return the loss of a batch of structures."""
        iso, quad, ip = self.network(batch.graph, self.grid)
        lowest = None
        if self.choices.positivity_weight:
            n = torch.nn.functional.normalize(torch.randn(len(ip), 4, 3, device=ip.device), dim=-1)
            x, y, z = n.unbind(-1)
            weights = (
                torch.stack([x * x, y * y, z * z, 2 * y * z, 2 * x * z, 2 * x * y], -1) @ self.network.to_cartesian
            )
            lowest = iso[:, None] + torch.einsum("sdm,sme->sde", weights, quad)
        ip_error = torch.nan_to_num((ip - batch.ip_ev) / self.network.config.ip_scale_ev)
        loss, spectrum = self.loss((iso, quad), (batch.isotropic, batch.quadrupole), ip_error, lowest)
        return loss, {"train_mse": spectrum.mean()}

    def validation_errors(self, network: torch.nn.Module, batch: LabelledGraph) -> torch.Tensor:
        """Return the error of each site, averaged over all directions."""
        iso, quad, _ = network(batch.graph, self.grid)
        return directional_square(iso - batch.isotropic, quad - batch.quadrupole)[:, self.inside].mean(1)
