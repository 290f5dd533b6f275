"""ISD-PaiNN in training: a new random direction for each structure at each step, validation along x, y and z."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch

from xanesview.networks.atom_graphs import AtomGraph, atom_graph
from xanesview.networks.isd_painn.network import IsdPainn, IsdPainnConfig
from xanesview.training.averaged_module import AveragedModule
from xanesview.training.configuration import TrainingChoices
from xanesview.training.data.labelled import LabelledStructure
from xanesview.training.data.labelled_graph import LabelledGraph


def labelled_graphs(
    structures: Sequence[LabelledStructure], cutoff_angstrom: float, scale: float
) -> list[LabelledGraph]:
    """Return one item a structure, with the sites' tensors (S, 6, E), scaled; graphs are built once.

    Of a class of equivalent atoms one is labelled as a rule: only labelled atoms are absorbers, and enter the loss.
    """
    out = []
    for m in structures:
        graph = atom_graph(
            m.numbers, m.positions_angstrom, cutoff_angstrom, m.cell_angstrom, m.pbc, m.sites, dtype=torch.float32
        )
        out.append(LabelledGraph.of(graph, tensors=torch.as_tensor(m.tensors / scale, dtype=torch.float32)))
    return out


def contracted(tensors: torch.Tensor, directions: torch.Tensor) -> torch.Tensor:
    """Return n̂ᵀσn̂ (S, E) of tensors (S, 6, E) along unit directions (S, 3)."""
    x, y, z = directions.unbind(-1)
    weights = torch.stack([x * x, y * y, z * z, 2 * y * z, 2 * x * z, 2 * x * y], -1)
    return torch.einsum("sv,sve->se", weights, tensors)


@dataclass(frozen=True)
class IsdPainnChoices(TrainingChoices):
    """What ISD-PaiNN adds: ``robustness`` is how much of a site's error counts by its root rather than its square;
    ``gradient_weight`` the share of the error of the spectrum's derivative; ``positivity_weight`` what intensities
    below zero cost; ``start`` the network whose weights it begins with."""

    start: str = ""
    batch_structures: int = 8
    robustness: float = 0.01
    gradient_weight: float = 0.0
    positivity_weight: float = 0.0


class IsdPainnModule(AveragedModule):
    """One network in training.

    Parameters
    ----------
    mean : (E,) scaled mean spectrum of the training sites; the last layer starts there
    step_ev : of the energy grid
    """

    def __init__(
        self, config: IsdPainnConfig, choices: IsdPainnChoices, mean: torch.Tensor, step_ev: float, steps: int
    ) -> None:
        network = IsdPainn(config)
        with torch.no_grad():
            network.out_invariant[-1].bias.copy_(mean)
        super().__init__(network, choices, steps)
        self.step_ev = step_ev

    def training_loss(self, batch: LabelledGraph) -> tuple[torch.Tensor, Mapping[str, torch.Tensor]]:
        """Return the loss of structures, each along a direction of its own."""
        graph = batch.graph
        directions = torch.randn(graph.n_structures, 3, device=graph.numbers.device)
        directions = torch.nn.functional.normalize(directions, dim=-1)
        predicted, wanted = _spectra(self.network, graph, batch.tensors, directions)
        missed = predicted - wanted
        error = missed.square().mean(1)
        total = error + self.choices.gradient_weight * (missed.diff(dim=1) / self.step_ev).square().mean(1)
        loss = torch.sqrt(total + self.choices.robustness).mean()
        loss = loss + self.choices.positivity_weight * torch.relu(-predicted).mean()
        return loss, {"train_mse": error.detach().mean()}

    def validation_errors(self, network: torch.nn.Module, batch: LabelledGraph) -> torch.Tensor:
        """Return the error of each site, averaged over three directions."""
        graph, axes = batch.graph, torch.eye(3, device=batch.tensors.device)
        errors = []
        for n in axes:
            predicted, wanted = _spectra(network, graph, batch.tensors, n.expand(graph.n_structures, 3))
            errors.append((predicted - wanted).square().mean(1))
        return torch.stack(errors).mean(0)


def _spectra(
    network: IsdPainn, graph: AtomGraph, tensors: torch.Tensor, directions: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return predicted and reference spectra (S, E) along one direction a structure (G, 3)."""
    predicted = network(graph, directions)[graph.sites]
    return predicted, contracted(tensors, directions[graph.structure[graph.sites]])
