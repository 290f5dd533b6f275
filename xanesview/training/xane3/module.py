"""XANE(3) in training: one graph a structure, one spectrum an absorber, derivative terms that fade in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch

from xanesview.networks.atom_graphs import AtomGraph
from xanesview.networks.xane3.graphs import absorber_graph
from xanesview.networks.xane3.network import AbsorberGroups, Xane3, Xane3Config, Xane3Output
from xanesview.training.averaged_module import AveragedModule
from xanesview.training.configuration import TrainingChoices
from xanesview.training.data.labelled import LabelledStructure
from xanesview.training.data.labelled_graph import LabelledGraph
from xanesview.training.xane3.loss import CompositeLoss


@dataclass(frozen=True)
class Xane3Choices(TrainingChoices):
    """What XANE(3) adds.

    ``gradient_weight`` and ``curvature_weight`` are multiples of the balanced weights, with which each derivative term
    equals the spectrum term for the mean predictor; they fade in from the share ``fade_from`` of the training over
    ``fade_over`` (the paper: epoch 20, over 15, of 150). ``first_ev``, ``last_ev`` and ``points`` are the grid, from
    each site's E0, that sticks are broadened to; spectra on a grid keep their own. ``start_at_mean``: an untrained
    network gives nearly the mean of the training spectra, which saves time where there are few; not in the paper.
    ``start``, a XANE(3) network (name or folder) whose weights the training begins with.
    """

    gradient_weight: float = 1.0
    curvature_weight: float = 1.0
    fade_from: float = 0.15
    fade_over: float = 0.1
    first_ev: float = -10.0
    last_ev: float = 20.0
    points: int = 150
    start_at_mean: bool = False
    start: str = ""


def labelled_graphs(
    structures: Sequence[LabelledStructure], config: Xane3Config, scale: float
) -> list[LabelledGraph]:
    """Return one item a structure, with the sites' spectra (S, E), scaled, and e0_ev (S,), NaN if unknown.

    The public code makes one graph an absorber. Only pooling and readout know the absorber, so one pass over a
    structure serves all its absorbers, with the same numbers.
    """
    out = []
    for m in structures:
        graph, _ = absorber_graph(config, m.numbers, m.positions_angstrom, m.cell_angstrom, m.pbc, m.sites)
        spectra, e0_ev = (torch.as_tensor(v, dtype=torch.float32) for v in (m.isotropic / scale, m.e0_ev))
        out.append(LabelledGraph.of(graph, spectra=spectra, e0_ev=e0_ev))
    return out


class Xane3Module(AveragedModule):
    """One network in training.

    Parameters
    ----------
    energy_ev : (E,) grid from each site's E0
    loss : weights are the full ones
    """

    def __init__(
        self,
        config: Xane3Config,
        choices: Xane3Choices,
        energy_ev: torch.Tensor,
        loss: CompositeLoss,
        steps: int,
    ) -> None:
        super().__init__(Xane3(config), choices, steps)
        self.register_buffer("grid", energy_ev.float(), persistent=False)
        self.loss = loss

    @property
    def fade(self) -> float:
        """Share of the derivative terms now."""
        done = min(1.0, self.global_step / self.steps)
        if self.choices.minutes:
            done = max(done, self.spent_minutes / self.choices.minutes)
        return min(1.0, max(0.0, (done - self.choices.fade_from) / max(self.choices.fade_over, 1e-6)))

    def training_loss(self, batch: LabelledGraph) -> tuple[torch.Tensor, Mapping[str, torch.Tensor]]:
        """Return the composite loss of a batch; absorbers without E0 do not count for its head."""
        output = _output(self.network, batch.graph)
        e0, known = None, torch.isfinite(batch.e0_ev)
        if output.e0_ev is not None and known.any():
            e0 = (output.e0_ev[known], batch.e0_ev[known])
        terms = self.loss.terms(self.network.spectra(output, self.grid), batch.spectra, self.fade, e0)
        told = dict(zip(("train_mse", "train_gradient_mse", "train_curvature_mse"), terms.raw, strict=True))
        return terms.total, {k: v.detach() for k, v in told.items()} | {"train_e0": terms.e0.detach()}

    def validation_errors(self, network: torch.nn.Module, batch: LabelledGraph) -> torch.Tensor:
        """Return the square error of each absorber's spectrum, averaged over the grid."""
        output = _output(network, batch.graph)
        return (network.spectra(output, self.grid) - batch.spectra).square().mean(dim=1)


def _output(network: Xane3, graph: AtomGraph) -> Xane3Output:
    """Return what the network says of every absorber."""
    return network(graph, AbsorberGroups.of_sites(graph))
