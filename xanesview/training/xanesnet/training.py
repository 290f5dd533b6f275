"""Train XANESNET: descriptors made once, perceptrons in an ensemble, calibrated bands, and the bundle."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch_geometric.data import Data

from xanesview.domain.counts import counted
from xanesview.inference.descriptor_explanation import BACKGROUND, NEIGHBOURS, neighbour_histogram
from xanesview.limits import MOST_ATOMS
from xanesview.networks.bundle import load_weights, save_bundle
from xanesview.networks.card import find_bundle
from xanesview.networks.card_schema import Block, Flag, Text, whole
from xanesview.networks.members import load_members
from xanesview.networks.neighbours import neighbour_edges
from xanesview.networks.uncertainty import bootstrap_rows
from xanesview.networks.wacsf import WacsfConfig, wacsf
from xanesview.networks.xanesnet.network import Xanesnet, XanesnetConfig
from xanesview.training.averaged_module import AveragedModule
from xanesview.training.configuration import Recipe, TrainingChoices, TrainingConfig
from xanesview.training.data.dataset import holds_sticks, read_datasets
from xanesview.training.data.labelled import LabelledStructure, SpectraDataset
from xanesview.training.data.labelled_graph import joined
from xanesview.training.data.native_width import native_width
from xanesview.training.data.splits import resplit, trained_splits
from xanesview.training.domain_calibration import clusters_described, environment_domain
from xanesview.training.going_on import check_same_data, started_from
from xanesview.training.harness import (
    RUNS,
    FitResult,
    base_card,
    fit,
    is_writer,
    member_tensors,
    seed_everything,
)
from xanesview.training.recipe_fields import WEIGHT
from xanesview.training.xanesnet.uncertainty import Band, compare_bands, draw_coverage

DROPOUT_SAMPLES = 40
MOST_BACKGROUND_SITES = 128
COVERAGE_FIGURE = "coverage.svg"


@dataclass(frozen=True)
class XanesnetChoices(TrainingChoices):
    """What training XANESNET adds.

    ``robustness``: error, as a share of the variance of the training spectra, below which a site's loss is quadratic
    and above which it grows with the root of the square error; 0 for the mean square error. ``bands``: compare the
    bands of the ensemble and of dropout and ship the best (with two members or more), with ``bootstrap`` beside those
    of as many bootstrap members. ``start``: a network (name or folder) whose weights, scaling and sizes, but for
    dropout, the members begin with. ``absorber`` and ``edge`` are for folders of pairs: index of the absorbing atom in
    every structure, and what the card says of the transition.
    """

    robustness: float = 0.02
    bands: bool = True
    bootstrap: bool = True
    start: str = ""
    absorber: int = 0
    edge: str = "K"


RECIPE = Recipe(
    kind="xanesnet",
    network=XanesnetConfig(
        energy_ev=(0.0, 0.0, 0),
        descriptor=WacsfConfig(r_min=0.0, n_g2=32, n_g4=64, zetas=(1.0, 2.0, 4.0, 8.0)),
        hidden=(512, 512, 512),
        variance_threshold=1e-8,
    ),
    training=XanesnetChoices(),
    choices=Block(
        {
            "robustness": WEIGHT, "bands": Flag(), "bootstrap": Flag(), "start": Text(4000),
            "absorber": whole(0, MOST_ATOMS - 1), "edge": Text(40),
        }
    ),
    default="xanesnet.toml",
    fixed=("energy_ev",),
)
ABLATIONS = {
    "mean square loss": {"training": {"robustness": 0.0}},
    "Fourier output": {"network": {"output": "fourier"}},
    "Gaussian-basis output": {"network": {"output": "gaussian"}},
    "no feature selection": {"network": {"variance_threshold": 0.0}},
    "descriptors of Newcastle main": {"network": {"variant": "newcastle_main"}},
    "descriptors of the first program": {"network": {"variant": "rankine"}},
    "descriptors of gnn_extension": {"network": {"variant": "gnn_extension"}},
    "published sizes": {
        "network": {
            "variant": "newcastle_main", "r_min": 1.0, "r_max": 6.0, "n_g2": 16, "n_g4": 32, "zetas": (1.0,),
            "hidden": (256, 256, 256), "variance_threshold": 0.0,
        }
    },
}  # fmt: skip


class XanesnetModule(AveragedModule):
    """A perceptron in training.

    The loss is the mean root of sites' square errors, softened below ``robustness``, in units of the variance of the
    training spectra: a few strange sites don't rule the rest. With robustness 0 it is the plain mean square error.
    """

    def __init__(self, network: Xanesnet, choices: TrainingChoices, steps: int, variance: float) -> None:
        super().__init__(network, choices, steps)
        self.variance = variance

    def training_loss(self, batch: Data):
        """Return the loss of a batch."""
        square = (self.network(batch.descriptors) - batch.spectra).square().mean(dim=1) / self.variance
        soft = self.choices.robustness
        loss = (square + soft).sqrt().mean() if soft > 0.0 else square.mean()
        return loss, {"train_mse": self.variance * square.detach().mean()}

    def validation_errors(self, network: Xanesnet, batch: Data) -> torch.Tensor:
        """Return the mean square error of each site."""
        return (network(batch.descriptors) - batch.spectra).square().mean(dim=1)


@dataclass(frozen=True, eq=False)
class _Task:
    dataset: SpectraDataset
    scale: float
    network: XanesnetConfig
    train: list[LabelledStructure]
    val: list[LabelledStructure]
    train_batches: list[Data]
    val_batches: list[Data]
    test_batches: list[Data]


def train(data: list[Path], config: TrainingConfig, out: Path, resume: bool = True) -> Path:
    """Train all members, choose the band, and write ``card.json``, ``weights.safetensors`` and the curves of training.

    Returns
    -------
    Path
        the bundle's folder

    Raises
    ------
    XanesviewError
        for data without sites in one of the splits.
    """
    task = _task(data, config)
    results = [_member(k, config, task, task.train_batches, out / RUNS, resume) for k in range(config.training.members)]
    uncertainty = None
    if config.training.bands and len(results) > 1 and is_writer():
        results, uncertainty = _best_band(config, task, results, out, resume)
    if is_writer():
        _write_bundle(out, config, task, results, uncertainty)
    return out


def structure_batches(
    structures: Sequence[LabelledStructure], descriptor: WacsfConfig, scale: float
) -> list[Data]:
    """Return one item a structure: descriptors (S, F), periodic where it is, and spectra (S, E) in units of the
    scale."""
    items = []
    for m in structures:
        x = wacsf(m.numbers, m.positions_angstrom, m.sites, descriptor, m.cell_angstrom, m.pbc)
        spectra = torch.from_numpy(m.isotropic / scale).float()
        items.append(Data(descriptors=torch.from_numpy(x).float(), spectra=spectra, num_nodes=len(x)))
    return items


def on_grid(network: XanesnetConfig, energy_ev: np.ndarray) -> XanesnetConfig:
    """Return the sizes for spectra on an even grid (E,)."""
    return dataclasses.replace(
        network,
        energy_ev=(float(energy_ev[0]), float(energy_ev[-1]), len(energy_ev)),
        fourier_kept=min(network.fourier_kept, len(energy_ev)),
    )


def _task(data: list[Path], config: TrainingConfig) -> _Task:
    dataset = read_datasets(data, offset_ev=config.bundle.energy_offset_ev, widths=config.sticks)
    train_, val = trained_splits(dataset, config)
    test = [
        s for s in resplit(dataset.structures, config.training.split, config.training.seed) if s.split == "test"
    ]  # fmt: skip
    scale = float(np.concatenate([m.isotropic for m in train_]).mean()) if holds_sticks(data[0]) else 1.0
    network = on_grid(config.network, dataset.energy_ev)
    if config.training.start:
        started = started_from(config.training.start, RECIPE.kind)
        check_same_data(started, dataset)
        network = XanesnetConfig.from_dict({**started.raw["network"], "dropout": config.network.dropout})
        scale = started.intensity_scale
    batches = (structure_batches(part, network.descriptor, scale) for part in (train_, val, test))
    return _Task(dataset, scale, network, train_, val, *batches)


def _member(
    member: int, config: TrainingConfig, task: _Task, batches: list[Data], folder: Path, resume: bool
) -> FitResult:
    choices = config.training
    seed_everything(choices, member)
    whole = joined(batches)
    network = Xanesnet(task.network)
    network.fit_scaling(whole.descriptors, whole.spectra)
    if choices.start:
        card = started_from(choices.start, RECIPE.kind)
        known = load_members(card, load_weights(find_bundle(choices.start)))
        network.load_state_dict(known[member % len(known)].state_dict())
    steps = choices.steps(len(batches))
    variance = float((whole.spectra - whole.spectra.mean(dim=0)).square().mean())
    module = XanesnetModule(network, choices, steps, max(variance, 1e-12))
    return fit(module, batches, task.val_batches, folder, member, resume)


def _best_band(
    config: TrainingConfig, task: _Task, ensemble: list[FitResult], out: Path, resume: bool
) -> tuple[list[FitResult], dict]:
    """Compare the bands of the ensemble, of dropout and of bootstrap members; return the members to ship and what the
    card says."""
    members = {"ensemble": ensemble, "dropout": ensemble[:1], "ensemble dropout": ensemble}
    if config.training.bootstrap:
        members["bootstrap"] = _bootstrap(config, task, out, resume)
    val = joined(task.val_batches)
    test = joined(task.test_batches) if task.test_batches else None
    bands = {}
    for method, results in members.items():
        if method.endswith("dropout") and config.network.dropout == 0.0:
            continue
        networks = [_network(task, r) for r in results]
        found = [None if b is None else _spectra(networks, b, method) for b in (val, test)]
        bands[method] = Band(*found)
    reference = None if test is None else test.spectra.numpy()
    best, told = compare_bands(bands, val.spectra.numpy(), reference)
    told["calibration"]["floor"] *= task.scale  # the card speaks in the unit of the spectra
    if "curve" in told:
        draw_coverage(told, out / RUNS / COVERAGE_FIGURE)
    if told["method"] == "dropout":
        told["samples"] = _samples(len(members[best]))
    return members[best], told


def _bootstrap(config: TrainingConfig, task: _Task, out: Path, resume: bool) -> list[FitResult]:
    """Train as many members on structures drawn with replacement."""
    parents = np.array([m.parent for m in task.train])
    results = []
    for member in range(config.training.members):
        rows = bootstrap_rows(parents, config.training.seed + 7919 * (member + 1))
        drawn = [task.train_batches[row] for row in rows]
        results.append(_member(member, config, task, drawn, out / RUNS / "bootstrap", resume))
    return results


def _network(task: _Task, result: FitResult) -> Xanesnet:
    network = Xanesnet(task.network)
    network.load_state_dict(result.state)
    return network.eval()


@torch.no_grad()
def _spectra(networks: Sequence[Xanesnet], batch: Data, method: str) -> np.ndarray:
    """Return the members' or samples' spectra (M, S, E) by a method of `xanesnet_uncertainty.WORDS`."""
    spectra = torch.stack([network(batch.descriptors) for network in networks])
    if method.endswith("dropout"):  # it gives the band, not the curve
        n = _samples(len(networks))
        samples = torch.cat([network.dropout_samples(batch.descriptors, n) for network in networks])
        spectra = spectra.mean(dim=0) + samples - samples.mean(dim=0)
    return spectra.numpy()


def _samples(n_networks: int) -> int:
    """Return how often each network is sampled."""
    return max(2, DROPOUT_SAMPLES // n_networks)


def _write_bundle(
    out: Path, config: TrainingConfig, task: _Task, results: Sequence[FitResult], uncertainty: dict | None
) -> None:
    tensors = member_tensors(results, _stored)
    tensors[BACKGROUND] = _background(task)
    tensors[NEIGHBOURS] = torch.from_numpy(mean_neighbours(task.train, task.network.descriptor.r_max)).float()
    domain, environments = _domain(config, task)
    tensors["domain.environments"] = torch.from_numpy(environments)
    card = base_card(config, task.dataset, task.train, task.val, results) | {
        "intensity_scale": task.scale,
        "network": task.network.as_dict(),
        "domain": domain,
        **native_width(task.dataset),
    }
    if uncertainty is not None:
        card["uncertainty"] = uncertainty
    save_bundle(out, card, tensors)


def _stored(name: str, value: torch.Tensor) -> torch.Tensor:
    """Return a weight as it is shipped: matrices in half precision, which hardly moves a spectrum (2e-5 rms)."""
    return value.half() if name.startswith("mlp.") and value.ndim == 2 else value


def _domain(config: TrainingConfig, task: _Task) -> tuple[dict, np.ndarray]:
    """Return what the domain check compares with; descriptors of weights alone know no elements."""
    domain, environments = environment_domain(
        sorted({int(z) for m in task.train for z in m.numbers}), task.train, task.val,
        config.bundle.clusters_of_crystals,
    )  # fmt: skip
    if task.dataset.is_periodic:
        parents = counted(len({m.parent for m in task.train}), "parent")
        domain["description"] = f"crystals and slabs, {counted(len(task.train), 'structure')} of {parents}"
    elif not task.dataset.method.endswith("sticks"):
        domain["description"] = clusters_described(task.train, task.dataset.sources[0], config.bundle)
    return domain, environments


def mean_neighbours(structures: Sequence[LabelledStructure], reach_angstrom: float) -> np.ndarray:
    """Return how many neighbours a site has on average in each bin of distances, (B,)."""
    found = []
    for m in structures:
        i, _, d = neighbour_edges(m.positions_angstrom, m.cell_angstrom, m.pbc, reach_angstrom)
        length = np.linalg.norm(d, axis=1)
        found += [length[i == site] for site in m.sites]
    return neighbour_histogram(found, reach_angstrom)


def _background(task: _Task) -> torch.Tensor:
    """Return descriptors (B, F) of training sites drawn at random: what explanations compare a site with."""
    descriptors = joined(task.train_batches).descriptors
    rows = np.random.default_rng(0).permutation(len(descriptors))[:MOST_BACKGROUND_SITES]
    return descriptors[np.sort(rows)]
