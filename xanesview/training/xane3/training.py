"""Train XANE(3) on isotropic spectra, on the axis relative to each absorber's E0, and write its bundle."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from xanesview.limits import MOST_ENERGIES
from xanesview.networks.bundle import load_weights, save_bundle
from xanesview.networks.card import find_bundle
from xanesview.networks.card_fields import EV
from xanesview.networks.card_schema import Block, Flag, Text, whole
from xanesview.networks.members import load_members
from xanesview.networks.uncertainty import BandCalibration
from xanesview.networks.xane3.network import ABLATIONS as NETWORK_ABLATIONS
from xanesview.networks.xane3.network import AbsorberGroups, Xane3, Xane3Config
from xanesview.training.configuration import Recipe, TrainingConfig
from xanesview.training.data.dataset import holds_sticks, read_datasets
from xanesview.training.data.labelled import LabelledStructure, SpectraDataset
from xanesview.training.data.labelled_graph import joined
from xanesview.training.data.native_width import native_width
from xanesview.training.data.splits import trained_splits
from xanesview.training.domain_calibration import clusters_described, environment_domain
from xanesview.training.going_on import check_same_data, started_from
from xanesview.training.harness import RUNS, FitResult, base_card, fit, is_writer, member_tensors, seed_everything
from xanesview.training.recipe_fields import SHARE, WEIGHT
from xanesview.training.xane3.channels import channels_of_irreps
from xanesview.training.xane3.loss import CompositeLoss
from xanesview.training.xane3.module import Xane3Choices, Xane3Module, labelled_graphs


def _grid_ascends(choices: Mapping) -> str:
    first, last = choices["first_ev"], choices["last_ev"]
    return "" if first < last else f"first_ev is {first:g}, not below last_ev, {last:g}"


RECIPE = Recipe(
    kind="xane3",
    network=Xane3Config.paper(),
    training=Xane3Choices(),
    choices=Block(
        {
            "gradient_weight": WEIGHT,
            "curvature_weight": WEIGHT,
            "fade_from": SHARE,
            "fade_over": SHARE,
            "first_ev": EV,
            "last_ev": EV,
            "points": whole(2, MOST_ENERGIES),
            "start_at_mean": Flag(),
            "start": Text(4000),
        },
        rules=(_grid_ascends,),
    ),
    default="xane3.toml",
    fixed=("lmax", "radial_basis_type", "max_z", "emin", "emax", "e0_mean_ev", "e0_scale_ev"),
    network_keys=channels_of_irreps,
)
ABLATIONS = {
    "no derivative loss": {"training": {"gradient_weight": 0.0, "curvature_weight": 0.0}},
    **{name: {"network": switches} for name, switches in NETWORK_ABLATIONS.items()},
}
"""The six of the paper's Table 1."""


@dataclass(frozen=True, eq=False)
class _Task:
    dataset: SpectraDataset
    network: Xane3Config
    scale: float
    loss: CompositeLoss
    train: list[LabelledStructure]
    val: list[LabelledStructure]


def train(data: list[Path], config: TrainingConfig, out: Path, resume: bool = True) -> Path:
    """Train all members and write ``card.json``, ``weights.safetensors`` and the curves of training.

    Parameters
    ----------
    data : files of sticks (broadened to the configuration's grid), or of spectra on a grid

    Returns
    -------
    Path
        the bundle's folder

    Raises
    ------
    XanesviewError
        for data without structures in one of the splits.
    """
    task = _task(data, config)
    results = [_train_member(member, config, task, out, resume) for member in range(config.training.members)]
    if is_writer():
        _write_bundle(out, config, task, results)
    return out


def _task(data: list[Path], config: TrainingConfig) -> _Task:
    choices, sticks = config.training, holds_sticks(data[0])
    started = started_from(choices.start, RECIPE.kind) if choices.start else None
    grid = np.linspace(choices.first_ev, choices.last_ev, choices.points) if sticks else None
    if started is not None and sticks:
        grid = started.energy_ev
    axis = "relative" if sticks else None
    dataset = read_datasets(data, grid, axis=axis, offset_ev=config.bundle.energy_offset_ev, widths=config.sticks)
    train, val = trained_splits(dataset, config)
    spectra = np.concatenate([m.isotropic for m in train])
    spectra = spectra[np.isfinite(spectra).all(axis=1)]  # a file may end before the grid does
    scale = float(spectra.mean()) if sticks else 1.0
    e0 = np.concatenate([m.e0_ev for m in train])
    e0 = e0[np.isfinite(e0)]
    elements = {int(z) for m in train for z in m.numbers}
    network = dataclasses.replace(
        config.network,
        e0_head=config.network.e0_head and len(e0) > 0,
        max_z=max(elements),
        emin=round(float(dataset.energy_ev[0]), 4),
        emax=round(float(dataset.energy_ev[-1]), 4),
        e0_mean_ev=round(float(e0.mean()), 3) if len(e0) else 0.0,
        e0_scale_ev=round(max(float(e0.std()), 0.1), 3) if len(e0) else 1.0,
    )
    if started is not None:
        beyond = max(elements) > (most := started.raw["network"]["max_z"])
        check_same_data(started, dataset, f"the data hold an element beyond number {most}" if beyond else "")
        network, scale = Xane3Config.from_dict(started.raw["network"]), started.intensity_scale
    step = float(np.median(np.diff(dataset.energy_ev)))
    balanced = CompositeLoss.balanced(torch.as_tensor(spectra / scale), step, network.e0_scale_ev)
    loss = dataclasses.replace(
        balanced,
        gradient_weight=choices.gradient_weight * balanced.gradient_weight,
        curvature_weight=choices.curvature_weight * balanced.curvature_weight,
    )
    val = [m for m in val if elements.issuperset(m.numbers.tolist())]
    return _Task(dataset, network, scale, loss, train, val)


def _train_member(member: int, config: TrainingConfig, task: _Task, out: Path, resume: bool) -> FitResult:
    choices = config.training
    seed_everything(choices, member)
    items, val = (labelled_graphs(part, task.network, task.scale) for part in (task.train, task.val))
    steps = choices.steps(len(items))
    module = Xane3Module(task.network, choices, torch.as_tensor(task.dataset.energy_ev), task.loss, steps)
    mean = joined(items).spectra.nanmean(dim=0)
    for network in (module.network, module.average):
        if task.dataset.axis == "absolute" and network.config.global_bg:
            start_background(network, mean, module.grid)
        if choices.start_at_mean:
            start_at_mean(network, mean, module.grid)
    if choices.start:
        known = load_members(started_from(choices.start, RECIPE.kind), load_weights(find_bundle(choices.start)))
        for network in (module.network, module.average):
            network.load_state_dict(known[member % len(known)].state_dict())
    return fit(module, items, val, out / RUNS, member, resume)


def start_background(network: Xane3, mean: torch.Tensor, energy_ev: torch.Tensor) -> None:
    """Set the background's edge to where a spectrum (E,) on an absolute grid (E,) stays above half its last value; on
    an axis that counts from the edge the published start, zero, is right."""
    below = torch.nonzero(mean < 0.5 * mean[-1])
    with torch.no_grad():
        network.basis.bg_center.fill_(float(energy_ev[int(below[-1])] if len(below) else energy_ev[0]))


def start_at_mean(network: Xane3, mean: torch.Tensor, energy_ev: torch.Tensor) -> None:
    """Set the last layer's biases to a spectrum (E,) on a grid (E,), and make what atoms add to it small."""
    with torch.no_grad():
        functions = network.basis(energy_ev)
        overlap = functions @ functions.T
        ridge = 1e-3 * overlap.diagonal().mean()  # narrow functions between grid points are not determined
        last = network.readout_mlp[-1]
        last.bias.copy_(torch.linalg.solve(overlap + ridge * torch.eye(len(overlap)), functions @ mean))
        last.weight.mul_(0.1)


def _write_bundle(out: Path, config: TrainingConfig, task: _Task, results: list[FitResult]) -> None:
    tensors = member_tensors(results, _stored)
    domain, environments, uncertainty = _told_of_ensemble(config, task, results)
    tensors["domain.environments"] = torch.from_numpy(environments)
    card = base_card(config, task.dataset, task.train, task.val, results)
    loss = {k: round(v, 6) for k, v in dataclasses.asdict(task.loss).items()}
    card |= {
        "form": task.network.form,
        "intensity_scale": task.scale,
        "network": task.network.as_dict(),
        "domain": domain,
        **uncertainty,
        **native_width(task.dataset),
    }
    card["training"] |= {"loss": loss}
    save_bundle(out, card, tensors)


def _stored(name: str, values: torch.Tensor) -> torch.Tensor:
    """Return weights in half precision, which spectra do not feel; the energies of the basis stay as they are."""
    return values if name.startswith("basis.") else values.half()


def _told_of_ensemble(
    config: TrainingConfig, task: _Task, results: list[FitResult]
) -> tuple[dict, np.ndarray, dict]:
    """Return what the domain check compares with, the training environments, and what an ensemble adds to the card:
    bands that hold the validation spectra as often as they say."""
    elements = sorted({int(z) for m in task.train for z in m.numbers})
    domain, environments = environment_domain(elements, task.train, task.val, config.bundle.clusters_of_crystals)
    if not (task.dataset.is_periodic or task.dataset.widths):
        domain["description"] = clusters_described(task.train, task.dataset.sources[0], config.bundle)
    if len(results) < 2:
        return domain, environments, {}
    members, reference = _on_validation(task, results)
    bands = BandCalibration.fit(members.mean(0) - reference, members.std(0)).as_dict()
    bands["floor"] *= task.scale  # the card speaks in the unit of the spectra
    return domain, environments, {"uncertainty": {"method": "ensemble", "calibration": bands}}


def _on_validation(task: _Task, results: list[FitResult]) -> tuple[np.ndarray, np.ndarray]:
    """Return the members' spectra of the validation sites (M, S, E) and the true ones (S, E), in units of the scale."""
    batches = labelled_graphs(task.val, task.network, task.scale)
    grid = torch.as_tensor(task.dataset.energy_ev, dtype=torch.float32)
    members = []
    for result in results:
        network = Xane3(task.network)
        network.load_state_dict(result.state)
        network.eval()
        with torch.inference_mode():
            found = [network.spectra(network(b.graph, AbsorberGroups.of_sites(b.graph)), grid) for b in batches]
        members.append(torch.cat(found).numpy())
    return np.stack(members), joined(batches).spectra.numpy()
