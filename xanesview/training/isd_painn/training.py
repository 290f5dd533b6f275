"""Train ISD-PaiNN on spectra along random directions and write its bundle."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from xanesview.errors import XanesviewError
from xanesview.networks.bundle import load_weights, save_bundle
from xanesview.networks.card import find_bundle
from xanesview.networks.card_schema import Block, Text
from xanesview.networks.isd_painn.network import IsdPainnConfig
from xanesview.networks.members import load_members
from xanesview.training.configuration import Recipe, TrainingConfig
from xanesview.training.data.dataset import read_datasets
from xanesview.training.data.labelled import LabelledStructure, SpectraDataset
from xanesview.training.data.native_width import native_width
from xanesview.training.data.splits import polarised_splits
from xanesview.training.domain_calibration import environment_domain
from xanesview.training.going_on import check_same_data, started_from
from xanesview.training.harness import (
    RUNS,
    FitResult,
    base_card,
    fit,
    is_writer,
    member_tensors,
    seed_everything,
    stored_as,
)
from xanesview.training.isd_painn.module import IsdPainnChoices, IsdPainnModule, labelled_graphs
from xanesview.training.isd_painn.studies import add_studies, studies
from xanesview.training.recipe_fields import WEIGHT

RECIPE = Recipe(
    kind="isd-painn",
    network=IsdPainnConfig(hidden_channels=64, num_layers=3, num_rbf=32, cutoff=5.0, num_elements=17),
    training=IsdPainnChoices(),
    choices=Block(
        {"start": Text(4000), **dict.fromkeys(("robustness", "gradient_weight", "positivity_weight"), WEIGHT)}
    ),
    default="isd_painn.toml",
    fixed=("out_channels", "max_neighbors", "use_pbc"),
)
ABLATIONS = {
    "no direction initialisation": {"network": {"direction_initialisation": False}},
    "plain message": {"network": {"symmetric_message": False}},
}
"""The two of the paper."""


@dataclass(frozen=True, eq=False)
class _Task:
    """Data, and the spectra's divisor: the mean isotropic intensity of the training sites."""

    dataset: SpectraDataset
    network: IsdPainnConfig
    scale: float
    train: list[LabelledStructure]
    val: list[LabelledStructure]


def train(data: list[Path], config: TrainingConfig, out: Path, resume: bool = True) -> Path:
    """Train all members and write ``card.json``, ``weights.safetensors`` and the curves of training.

    Parameters
    ----------
    data : files of sticks (on the grid of our measure), or of spectra on a grid

    Returns
    -------
    Path
        the bundle's folder

    Raises
    ------
    XanesviewError
        for data without tensors, without sites in one of the splits, or with elements beyond ``num_elements``.
    """
    task = _task(data, config)
    results = [_train_member(member, config, task, out, resume) for member in range(config.training.members)]
    if is_writer():
        _write_bundle(out, config, task, results)
        add_studies(out, studies(out, data))
    return out


def _task(data: list[Path], config: TrainingConfig) -> _Task:
    dataset = read_datasets(data, offset_ev=config.bundle.energy_offset_ev, widths=config.sticks)
    train, val = polarised_splits(dataset, config)
    largest = max(int(m.numbers.max()) for m in train)
    network = dataclasses.replace(config.network, out_channels=len(dataset.energy_ev))
    scale = float(np.concatenate([m.isotropic for m in train]).mean())
    if config.training.start:
        started = started_from(config.training.start, RECIPE.kind)
        most = started.raw["network"]["num_elements"]
        check_same_data(started, dataset, f"the data hold an element beyond number {most}" if largest > most else "")
        network, scale = IsdPainnConfig.from_dict(started.raw["network"]), started.intensity_scale
    elif largest > config.network.num_elements:
        raise XanesviewError(
            f"The data hold atomic number {largest}; the configuration has rows for {config.network.num_elements}.",
            "Raise num_elements in [network].",
        )
    val = [m for m in val if m.numbers.max() <= network.num_elements]
    return _Task(dataset, network, scale, train, val)


def _train_member(member: int, config: TrainingConfig, task: _Task, out: Path, resume: bool) -> FitResult:
    choices = config.training
    seed_everything(choices, member)
    batches, val = (labelled_graphs(part, task.network.cutoff, task.scale) for part in (task.train, task.val))
    mean = torch.as_tensor(np.concatenate([m.isotropic for m in task.train]).mean(0) / task.scale)
    step_ev = float(np.median(np.diff(task.dataset.energy_ev)))
    steps = choices.steps(len(batches))
    module = IsdPainnModule(task.network, choices, mean, step_ev, steps)
    if choices.start:
        known = load_members(started_from(choices.start, RECIPE.kind), load_weights(find_bundle(choices.start)))
        for network in (module.network, module.average):
            network.load_state_dict(known[member % len(known)].state_dict())
    return fit(module, batches, val, out / RUNS, member, resume)


def _write_bundle(out: Path, config: TrainingConfig, task: _Task, results: list[FitResult]) -> None:
    tensors = member_tensors(results, stored_as(config.bundle))
    elements = sorted({int(z) for m in task.train for z in m.numbers})
    domain, environments = environment_domain(elements, task.train, task.val)
    tensors["domain.environments"] = torch.from_numpy(environments)
    card = base_card(config, task.dataset, task.train, task.val, results)
    card |= {"intensity_scale": task.scale, "network": task.network.as_dict(), "domain": domain}
    save_bundle(out, card | native_width(task.dataset), tensors)
