"""Train an ensemble of absorption-tensor networks and write its bundle."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from xanesview.domain.sticks import SIGMA_TO_FWHM, StickWidths
from xanesview.errors import UsageError, XanesviewError
from xanesview.networks.absorption_tensor.density_kernel import KERNEL
from xanesview.networks.absorption_tensor.network import AbsorptionTensorConfig, AbsorptionTensorNetwork
from xanesview.networks.bundle import load_weights, save_bundle
from xanesview.networks.card import CARD, Card, find_bundle
from xanesview.networks.card_fields import WIDTH_EV
from xanesview.networks.card_schema import Block, Text
from xanesview.networks.members import load_members
from xanesview.training.absorption_tensor.kernel import MOST_SITES, fit_kernel
from xanesview.training.absorption_tensor.losses import SpectrumLoss
from xanesview.training.absorption_tensor.module import (
    TensorChoices,
    TensorModule,
    irreducible_parts,
    labelled_graphs,
)
from xanesview.training.configuration import Recipe, TrainingConfig
from xanesview.training.data.dataset import holds_sticks, read_datasets, read_element
from xanesview.training.data.labelled import LabelledStructure, SpectraDataset
from xanesview.training.data.measured_window import measure_grid, window_ev
from xanesview.training.data.native_width import native_width
from xanesview.training.data.splits import polarised_splits
from xanesview.training.domain_calibration import environment_domain
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
from xanesview.training.recipe_fields import SHARE, WEIGHT

MARGIN_EV = 1.0
BY_ELEMENT = ("embedding.weight", "element_gains.weight")
OWN_TO_AN_EDGE = ("isotropic.5.", "quadrupole_out", "ionisation.", "shift.")
FURTHEST_SHIFT_EV = 3.0


RECIPE = Recipe(
    kind="tensor",
    network=AbsorptionTensorConfig(
        elements=(), basis_centres_ev=(), basis_sigma_ev=(), dropout=0.1, energy_shifts=1
    ),
    training=TensorChoices(),
    choices=Block(
        {
            "start": Text(4000),
            "kernel_share": SHARE,
            "broad_sigma_ev": WIDTH_EV,
            **dict.fromkeys(
                ("gradient_weight", "curvature_weight", "broad_weight", "robustness", "positivity_weight"), WEIGHT
            ),
        }
    ),
    default="tensor.toml",
    fixed=(
        "elements", "basis_centres_ev", "basis_sigma_ev", "ip_mean_ev", "ip_scale_ev", "mean_coefficients",
    ),
)  # fmt: skip
ABLATIONS = {
    "no derivative loss": {"training": {"gradient_weight": 0.0, "curvature_weight": 0.0}},
    "no positivity penalty": {"training": {"positivity_weight": 0.0}},
    "one layer": {"network": {"layers": 1}},
    "no energy shift": {"network": {"energy_shifts": 0}},
}


@dataclass(frozen=True, eq=False)
class _Task:
    """Data on their grid, what of the grid is measured, and the Gaussians that spectra are made of."""

    dataset: SpectraDataset
    window: tuple[float, float]
    scale: float
    network: AbsorptionTensorConfig
    train: list[LabelledStructure]
    val: list[LabelledStructure]


def energy_basis(
    element: str, mean_ip_ev: float, beyond_ev: float, widths: StickWidths
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return centres and standard deviations of Gaussians as wide as the data's sticks, 0.75 σ apart, up to
    ``beyond_ev`` above what is measured."""
    centre, last = window_ev(element)
    centres, sigmas = [], []
    while centre < last + beyond_ev:
        sigma = float(widths.of(np.array([centre]), mean_ip_ev)[0] / SIGMA_TO_FWHM)
        centres.append(round(centre, 3))
        sigmas.append(round(sigma, 4))
        centre += 0.75 * sigma
    return tuple(centres), tuple(sigmas)


def grid_basis(energy_ev: np.ndarray) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return Gaussians for spectra given on a grid: one and a half steps wide near the edge (E < 20 eV beyond the start
    of the last two thirds), slowly wider above, as the structure of a spectrum does; 0.75 σ apart."""
    step = float(np.median(np.diff(energy_ev)))
    broadens_from = energy_ev[0] + (energy_ev[-1] - energy_ev[0]) / 2.5
    centre, centres, sigmas = float(energy_ev[0]) - step, [], []
    while centre < energy_ev[-1] + 2 * step:
        sigma = step * (1.0 + 0.02 * max(0.0, centre - broadens_from))
        centres.append(round(centre, 3))
        sigmas.append(round(sigma, 4))
        centre += 0.75 * sigma
    return tuple(centres), tuple(sigmas)


def train(data: list[Path], config: TrainingConfig, out: Path, resume: bool = True) -> Path:
    """Train all members and write ``card.json``, ``weights.safetensors`` and the curves of training.

    Members that are finished are kept when training is started again, and an unfinished one goes on from its last
    checkpoint (``resume``).

    Returns
    -------
    Path
        the bundle's folder

    Raises
    ------
    XanesviewError
        for data without tensors, or without sites in one of the splits.
    """
    task = _task(data, config)
    results = [_train_member(member, config, task, out, resume) for member in range(config.training.members)]
    if is_writer():
        _write_bundle(out, config, task, results)
    return out


def _task(data: list[Path], config: TrainingConfig) -> _Task:
    sticks = holds_sticks(data[0])
    grid = measure_grid(read_element(data[0]), MARGIN_EV) if sticks else None
    dataset = read_datasets(data, grid, offset_ev=config.bundle.energy_offset_ev, widths=_widths(data, config))
    train, val = polarised_splits(dataset, config)
    sites = sum(len(m.sites) for m in train)
    if config.training.kernel_share and sites > MOST_SITES:
        raise UsageError(
            f"A kernel regression takes up to {MOST_SITES} training sites, and the data have {sites}.",
            "Set kernel_share = 0; with so many sites the networks do without it.",
        )
    window = window_ev(dataset.element) if sticks else (float(dataset.energy_ev[0]), float(dataset.energy_ev[-1]))
    started = _started_from(config.training.start, dataset) if config.training.start else None
    if started is not None:
        network, scale = started
        train = _known_elements(train, network)
    else:
        network, scale = _new_network(config, dataset, train, window if sticks else None)
    val = _known_elements(val, network)
    if not (train and val):
        raise XanesviewError(
            f"The data have too few structures of elements that {config.training.start or 'the training part'} knows.",
            "Begin with another network or with none, or split the data otherwise.",
        )
    return _Task(dataset, window, scale, network, train, val)


def _widths(data: list[Path], config: TrainingConfig) -> StickWidths:
    """Return the recipe's widths, or those that the Gaussians of a network of the same edge to go on from are for."""
    card = _card(config.training.start) if config.training.start else None
    return card.stick_widths if card is not None and card.element == read_element(data[0]) else config.sticks


def _known_elements(
    structures: Sequence[LabelledStructure], network: AbsorptionTensorConfig
) -> list[LabelledStructure]:
    return [m for m in structures if set(network.elements).issuperset(m.numbers.tolist())]


def _card(name: str) -> Card:
    return Card.from_json(find_bundle(name) / CARD)


def _started_from(name: str, dataset: SpectraDataset) -> tuple[AbsorptionTensorConfig, float] | None:
    """Return sizes and intensity scale of the network to go on from; None if that is of another edge.

    From another edge only what atoms are to each other is taken over, see `_take_over`.
    """
    card = _card(name)
    if card.kind != RECIPE.kind:
        raise XanesviewError(
            f"Training can't go on from {card.name}: it is a {card.kind} network.", "Start from a tensor network."
        )
    if card.label != f"{dataset.element} {dataset.edge}":
        return None
    if card.axis != dataset.axis:
        raise XanesviewError(
            f"Training can't go on from {card.name}: its energies are {card.axis}, those of the data {dataset.axis}.",
            "Start from a network with the same energies, or from none.",
        )
    return AbsorptionTensorConfig.from_dict(card.raw["network"]), card.intensity_scale


def _take_over(network: AbsorptionTensorNetwork, known: AbsorptionTensorNetwork, whole: bool) -> None:
    """Give a network the weights of one that is trained: all, or from another edge those before the last layers.

    How atoms see each other is much the same at every edge; energies and intensities are not. Elements that are new
    begin as the mean of those that are known.
    """
    state = known.state_dict()
    if not whole:
        state = {k: v for k, v in state.items() if not k.startswith(OWN_TO_AN_EDGE)}
        new = len(network.config.elements) - len(known.config.elements)  # which stand behind the known ones
        rows = {k: v for k, v in state.items() if k.endswith(BY_ELEMENT)}
        state |= {k: torch.cat([v, v.mean(0, keepdim=True).expand(new, -1)]) for k, v in rows.items()}
    network.load_state_dict(state, strict=whole)


def _new_network(
    config: TrainingConfig,
    dataset: SpectraDataset,
    train: list[LabelledStructure],
    stick_window: tuple[float, float] | None,
) -> tuple[AbsorptionTensorConfig, float]:
    """Return sizes that fit the data, and what spectra are divided by: their mean in the window, or the edge step."""
    tensors = np.concatenate([m.tensors for m in train])
    e0 = np.concatenate([m.e0_ev for m in train])
    known = bool(np.isfinite(e0).all())
    ip_mean, ip_scale = (float(e0.mean()), max(float(e0.std()), 0.1)) if known else (0.0, 1.0)
    if stick_window is not None:
        inside = (dataset.energy_ev >= stick_window[0] - 1e-6) & (dataset.energy_ev <= stick_window[1] + 1e-6)
        scale = float(tensors[:, :3].mean(1)[:, inside].mean())
        beyond = 2.0 + (FURTHEST_SHIFT_EV if config.network.energy_shifts or config.training.start else 0.0)
        centres, sigmas = energy_basis(dataset.element, ip_mean, beyond, dataset.widths)
    else:
        scale = 1.0
        centres, sigmas = grid_basis(dataset.energy_ev)
    x = (dataset.energy_ev - np.array(centres)[:, None]) / np.array(sigmas)[:, None]
    mean = np.linalg.lstsq(np.exp(-0.5 * x * x).T, irreducible_parts(tensors / scale)[0].mean(0), rcond=1e-3)[0]
    sizes = config.network
    if config.training.start:
        sizes = AbsorptionTensorConfig.from_dict(_card(config.training.start).raw["network"])
    new = sorted({int(z) for m in train for z in m.numbers} - set(sizes.elements))
    sizes = dataclasses.replace(
        sizes,
        elements=(*sizes.elements, *new),
        basis_centres_ev=centres,
        basis_sigma_ev=sigmas,
        ip_mean_ev=round(ip_mean, 3),
        ip_scale_ev=round(ip_scale, 3),
        mean_coefficients=tuple(round(float(c), 5) for c in mean),
    )
    return sizes, scale


def derivative_scales(batches, grid: np.ndarray, window: tuple[float, float]) -> tuple[float, float]:
    """Return gradient and curvature errors of the mean predictor over its spectrum error."""
    iso, quad = torch.cat([b.isotropic for b in batches]), torch.cat([b.quadrupole for b in batches])
    plain = SpectrumLoss(torch.as_tensor(grid, dtype=torch.float32), 1, 1, 0, 0, 0, 0, window)
    spectrum, gradient, curvature = (float(e.mean()) for e in plain.site_errors(iso - iso.mean(0), quad))
    return gradient / spectrum, curvature / spectrum


def _train_member(member: int, config: TrainingConfig, task: _Task, out: Path, resume: bool) -> FitResult:
    choices = config.training
    seed_everything(choices, member)
    batches = labelled_graphs(task.train, task.network, task.scale)
    val_batches = labelled_graphs(task.val, task.network, task.scale)
    steps = choices.steps(len(batches))
    grid = task.dataset.energy_ev
    scales = derivative_scales(batches, grid, task.window)
    module = TensorModule(task.network, choices, grid, scales, steps, task.window)
    if choices.start:
        card = _card(choices.start)
        known = load_members(card, load_weights(find_bundle(choices.start)))
        same_edge = card.label == f"{task.dataset.element} {task.dataset.edge}"
        for network in (module.network, module.average):
            _take_over(network, known[member % len(known)], same_edge)
    return fit(module, batches, val_batches, out / RUNS, member, resume)


def _kernel(task: _Task, share: float, tensors: dict[str, torch.Tensor]) -> dict:
    """Add a kernel regression on the training sites to the tensors, and return what the card says of it."""
    fitted = fit_kernel(
        task.train,
        labelled_graphs(task.train, task.network, task.scale),
        task.network.elements,
        task.network.absorber_cutoff_angstrom,
    )
    for name, value in fitted.kernel.state_dict().items():
        kept = value.half() if name in ("invariants", "covariants") else value
        tensors[KERNEL + name] = kept.contiguous()
    return {"kernel": {"share": share, "network": fitted.kernel.config.as_dict(), **fitted.note}}


def _write_bundle(out: Path, config: TrainingConfig, task: _Task, results: Sequence[FitResult]) -> None:
    tensors = member_tensors(results, stored_as(config.bundle))
    dataset = task.dataset
    domain, environments = environment_domain(list(task.network.elements), task.train, task.val)
    alone = sum(len(one.sites) for one in task.train) < 2  # nothing to choose the kernel's parameters by
    share = 0.0 if alone else config.training.kernel_share
    beside = _kernel(task, share, tensors) if share else {}
    tensors["domain.environments"] = torch.from_numpy(environments.astype(np.float16))
    card = base_card(config, dataset, task.train, task.val, results) | {
        "intensity_scale": task.scale,
        "network": task.network.as_dict(),
        "domain": domain,
        **native_width(dataset),
        **beside,
    }
    if dataset.axis == "absolute" and dataset.method.endswith("sticks"):
        card["energy_ev"] = {"start": task.window[0], "stop": task.window[1], "step": 0.1}
    save_bundle(out, card, tensors)
