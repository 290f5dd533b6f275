"""Networks beside each other on the same sites, the same divisor and both energy axes; published figures beside them.

Absolute axis: the grid of our measure (C: 280–305 eV). Networks on the relative axis are moved to it by the E0 that
they predict themselves; those that predict none by the reference's (marked). Relative axis: −8…+10 eV from each site's
reference ionisation potential in 0.2 eV steps, where that lies within the grid of our measure; E0 errors play no part.
Beyond a network's own grid its curves go on flat.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.sticks import MEASURE_WIDTHS, StickWidths
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.inference.loaded_network import Predictor
from xanesview.inference.predictor import default_sites, load_predictor
from xanesview.networks.card import CARD, Card, find_bundle
from xanesview.networks.members import configuration_of
from xanesview.training.data.dataset import read_datasets
from xanesview.training.data.labelled import SpectraDataset
from xanesview.training.data.measured_window import measure_grid
from xanesview.training.testing.metrics import (
    curve_errors,
    direction_weights,
    isotropic,
    peak_errors,
    random_directions,
)
from xanesview.training.testing.split_comparison import at_widths, files_of, measured_at

RELATIVE_EV = np.linspace(-8.0, 10.0, 91)
#: Of 33 atoms: ibuprofen, with 13 carbon sites, and for nitrogen an amine of its kind.
TIMED_SMILES = "CC(C)Cc1ccc(cc1)C(C)C(=O)O"
TIMED_AMINE = "CC(C)Cc1ccc(cc1)C(O)CN"
TIMED_ROUNDS = 7

COLUMNS = (
    ("network", "network"),
    ("polarised_mse", "polarised MSE, mean"),
    ("polarised_median", "median"),
    ("polarised_share", "share < 0.1"),
    ("isotropic_mse", "isotropic MSE, mean"),
    ("isotropic_median", "median"),
    ("gradient_mse", "gradient MSE (1/eV²)"),
    ("curvature_mse", "curvature MSE (1/eV⁴)"),
    ("relative_mse", "isotropic MSE, relative axis"),
    ("relative_gradient_mse", "gradient, relative"),
    ("relative_curvature_mse", "curvature, relative"),
    ("peak_position_ev", "peak position (eV)"),
    ("peak_intensity_percent", "peak intensity (%)"),
    ("e0_mae_ev", "E0 MAE (eV)"),
    ("parameters", "parameters"),
    ("milliseconds", "ms, 33 atoms"),
    ("training", "training, CPU min"),
)

#: What the publications report on their own data; not comparable number by number.
PAPERS = (
    {
        "network": "ISD-PaiNN (paper, own data: QM9, CASTEP, 288–310 eV)",
        "polarised_share": "over 95 %",
        "parameters": "24,048,904",
    },
    {
        "network": "XANE(3) (paper, own data: Fe K, FDMNES, edge step)",
        "relative_mse": "1.0e-3",
        "relative_gradient_mse": "0.6e-3",
        "relative_curvature_mse": "0.6e-3",
        "parameters": "1.19 million",
    },
    {
        "network": "XANESNET (slides, own data: 2,500 complexes)",
        "peak_position_ev": "0.8",
        "peak_intensity_percent": "2.9",
        "milliseconds": "about 1,000",
    },
)


@dataclass(frozen=True, eq=False)
class _Split:
    """Reference spectra of the sites of a split on both axes (S, 6, E) and (S, R), and what belongs to them."""

    element: str
    structures: tuple
    absolute: np.ndarray
    grid_ev: np.ndarray
    relative: np.ndarray
    seen: np.ndarray  # (S, R): whether the point lies within the grid of our measure
    e0_ev: np.ndarray
    widths: StickWidths


def compare_networks(
    networks: Sequence[str | Path],
    data: str | Path | Sequence[str | Path],
    split: str = "test",
    scale: float | None = None,
    device: str = "cpu",
) -> tuple[list[dict], str]:
    """Measure networks on the same sites.

    Parameters
    ----------
    networks : names or folders of bundles that give spectra of one edge
    data : data files of sticks
    scale : divisor of all spectra; the first network's intensity scale by default

    Returns
    -------
    list of dict, str
        a row a network with the keys of `COLUMNS`, numbers or text; a sentence that says how they were taken

    Raises
    ------
    XanesviewError
        for networks of another edge or without spectra, or data without the split.
    """
    cards = [Card.from_json(find_bundle(name) / CARD) for name in networks]
    for card in cards:
        if card.gives == "properties":
            raise XanesviewError(f"{card.name} gives no spectra.", "Compare networks that do.")
        if (card.element, card.edge) != (cards[0].element, cards[0].edge):
            raise XanesviewError(
                f"{card.name} is for the {card.label} edge, {cards[0].name} for {cards[0].label}.",
                "Compare networks of one edge.",
            )
    divisor = scale or cards[0].intensity_scale
    sites = _reference(cards, data, split)
    unique = len({card.name for card in cards}) == len(cards)
    rows = [_row(load_predictor(card.path, device), sites, divisor) for card in cards]
    for row, card in zip(rows, cards, strict=True):
        row["network"] = (card.name if unique else card.path.name) + row["network"]
    n = len(sites.e0_ev)
    note = (
        f"{counted(n, 'site')} of {counted(len(sites.structures), 'structure')} "
        f"({split} of {', '.join(p.name for p in files_of(data))}); "
        f"all spectra divided by {divisor:.6g}; {sites.grid_ev[0]:g}–{sites.grid_ev[-1]:g} eV absolute, "
        f"{RELATIVE_EV[0]:g}…+{RELATIVE_EV[-1]:g} eV relative to the ionisation potential; polarised: 32 random "
        "directions a site; derivatives per eV; processor time on one thread."
    )
    return rows, note


def _reference(cards: Sequence[Card], data: str | Path | Sequence[str | Path], split: str) -> _Split:
    """Read the split on both axes, keeping the structures whose elements every network knows."""
    files, grid = files_of(data), measure_grid(cards[0].element)
    alike = len({measured_at(card) for card in cards}) == 1
    widths = measured_at(cards[0]) if alike else MEASURE_WIDTHS
    absolute = read_datasets(files, grid, [split], axis="absolute", widths=widths)
    relative = read_datasets(files, RELATIVE_EV, [split], axis="relative", widths=widths)
    if (absolute.element, absolute.edge) != (cards[0].element, cards[0].edge):
        raise XanesviewError(
            f"The data are {absolute.element} {absolute.edge}, the networks {cards[0].label}.", "Choose other data."
        )
    sets = [known for card in cards if (known := configuration_of(card).known_elements) is not None]
    kept = [all(s.issuperset(m.numbers.tolist()) for s in sets) for m in absolute.structures]
    structures = _kept(absolute, kept)
    e0 = np.concatenate([m.e0_ev for m in structures])
    energies = e0[:, None] + RELATIVE_EV
    return _Split(
        absolute.element,
        structures,
        np.concatenate([m.tensors for m in structures]).astype(float),
        grid,
        np.concatenate([m.isotropic for m in _kept(relative, kept)]).astype(float),
        (energies >= grid[0]) & (energies <= grid[-1]),
        e0,
        widths,
    )


def _kept(dataset: SpectraDataset, kept: Sequence[bool]) -> tuple:
    return tuple(m for m, keep in zip(dataset.structures, kept, strict=True) if keep)


def _row(predictor: Predictor, sites: _Split, divisor: float) -> dict:
    card = predictor.card
    directions = random_directions(len(sites.e0_ev))
    absolute, relative, e0, along, borrowed, row = [], [], [], [], False, 0
    for labelled in sites.structures:
        mine = slice(row, row + len(labelled.sites))
        row = mine.stop
        directions[mine] = directions[mine.start]  # all sites of a structure share them: one pass for those networks
        tensor = predictor.predict(labelled.structure, labelled.sites).tensor
        own = tensor.ip_ev if tensor.ip_ev is not None else np.full(len(labelled.sites), np.nan)
        e0.append(own)
        shift, to_relative = np.zeros(len(own)), -labelled.e0_ev
        if card.axis == "relative":
            shift, to_relative = np.where(np.isfinite(own), own, labelled.e0_ev), np.zeros(len(own))
            borrowed = borrowed or not np.isfinite(own).all()
        components = at_widths(card, tensor.energy_ev, tensor.components, labelled.e0_ev, sites.widths)
        absolute.append(_moved(components, tensor.energy_ev, shift, sites.grid_ev))
        relative.append(_moved(isotropic(components), tensor.energy_ev, to_relative, RELATIVE_EV))
        if card.gives == "directional":
            values = np.swapaxes(
                np.asarray(predictor.along_directions(labelled.structure, labelled.sites, directions[mine.start])), 0, 1
            )
            values = at_widths(card, card.energy_ev, values, labelled.e0_ev, sites.widths)
            along.append(_moved(values, card.energy_ev, shift, sites.grid_ev))
    predicted, e0_ev = np.concatenate(absolute), np.concatenate(e0)
    out = {"network": " ᵃ" if borrowed else ""}
    if card.gives != "isotropic":
        weights = direction_weights(directions)
        reference = np.einsum("sdc,sce->sde", weights, sites.absolute)
        values = np.concatenate(along) if along else np.einsum("sdc,sce->sde", weights, predicted)
        errors = curve_errors((values - reference) / divisor, sites.grid_ev)["spectrum"]
        out |= {
            "polarised_mse": errors.mean(),
            "polarised_median": np.median(errors),
            "polarised_share": f"{100 * (errors < 0.1).mean():.0f} %",
        }
    return out | _isotropic_columns(predicted, np.concatenate(relative), e0_ev, sites, divisor) | _costs(predictor)


def _isotropic_columns(predicted, relative, e0_ev, sites: _Split, divisor: float) -> dict:
    mine, reference = isotropic(predicted) / divisor, isotropic(sites.absolute) / divisor
    errors = curve_errors(mine - reference, sites.grid_ev)
    position, intensity = peak_errors(mine, reference, sites.grid_ev)
    out = {
        "isotropic_mse": errors["spectrum"].mean(),
        "isotropic_median": np.median(errors["spectrum"]),
        "gradient_mse": errors["gradient"].mean(),
        "curvature_mse": errors["curvature"].mean(),
        "peak_position_ev": position.mean(),
        "peak_intensity_percent": intensity.mean(),
    }
    difference = (relative - sites.relative) / divisor
    step = RELATIVE_EV[1] - RELATIVE_EV[0]
    seen = sites.seen
    for order, key in enumerate(("relative_mse", "relative_gradient_mse", "relative_curvature_mse")):
        values = np.diff(difference, n=order, axis=1) ** 2 / step ** (2 * order)
        inside = seen[:, order:] & seen[:, : seen.shape[1] - order]
        out[key] = np.mean([v[i].mean() for v, i in zip(values, inside, strict=True) if i.any()])
    known = np.isfinite(e0_ev)
    if known.any():
        out["e0_mae_ev"] = np.abs(e0_ev - sites.e0_ev)[known].mean()
    return out


def _moved(values: np.ndarray, energy_ev: np.ndarray, shift_ev: np.ndarray, grid_ev: np.ndarray) -> np.ndarray:
    """Return curves (S, …, E) with each site's energies moved, on a grid; flat beyond their ends."""
    flat = values.reshape(len(values), -1, len(energy_ev))
    out = [[np.interp(grid_ev, energy_ev + by, curve) for curve in one] for one, by in zip(flat, shift_ev, strict=True)]
    return np.array(out).reshape(*values.shape[:-1], len(grid_ev))


# ---- what it costs ----


def _costs(predictor: Predictor) -> dict:
    card = predictor.card
    out = {"parameters": _parameters(card), "milliseconds": f"{milliseconds(predictor):.0f}"}
    minutes = training_minutes(card)
    return out | ({} if minutes is None else {"training": f"{minutes:.0f}"})


def training_minutes(card: Card) -> float | None:
    """Return the processor time that all members took, in minutes; the clock's where the card knows no other."""
    members = card.training.get("members", ())
    if members and all("cpu_minutes" in member for member in members):
        return float(sum(member["cpu_minutes"] for member in members))
    seconds = card.training.get("seconds")
    return None if seconds is None else float(seconds) / 60


def _parameters(card: Card) -> str:
    """Return the number of weights, of an ensemble as members × weights of one."""
    from xanesview.networks.bundle import load_weights

    total = sum(v.numel() for k, v in load_weights(card.path).items() if k.startswith("member"))
    members = card.raw.get("members", 1)
    return f"{total:,}" if members == 1 else f"{members} × {total // members:,}"


def milliseconds(predictor: Predictor) -> float:
    """Return the median processor time of predicting all sites of a molecule of 33 atoms on one thread, in ms."""
    import torch

    from xanesview.inference import device
    from xanesview.io.structures.registry import structure_from_smiles

    structure: Structure = structure_from_smiles(TIMED_AMINE if predictor.card.element == "N" else TIMED_SMILES)
    sites = default_sites(structure, predictor.card)
    threads, shared = torch.get_num_threads(), device.SHARED_WORK_EDGES
    times = []
    try:
        device.SHARED_WORK_EDGES = 10**9  # never more than one thread
        torch.set_num_threads(1)
        for _ in range(TIMED_ROUNDS + 2):
            start = time.process_time()
            predictor.predict(structure, sites)
            times.append(1e3 * (time.process_time() - start))
    finally:
        device.SHARED_WORK_EDGES = shared
        torch.set_num_threads(threads)
    return float(np.median(times[2:]))


# ---- text ----


def comparison_table(rows: Sequence[dict], note: str, style: str = "md") -> str:
    """Return the rows, with the publications' own below, as Markdown ("md") or CSV ("csv")."""
    every = [*rows, *PAPERS]
    cells = [[_cell(row.get(key)) for key, _ in COLUMNS] for row in every]
    head = [title for _, title in COLUMNS]
    if style == "csv":
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        stream.write(f"# {note}\n")
        writer.writerows([[key for key, _ in COLUMNS], *cells])
        return stream.getvalue()
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell or "–" for cell in row) + " |" for row in cells]
    if any("ᵃ" in row["network"] for row in rows):
        note += " ᵃ predicts no ionisation potential: the reference's is used on the absolute axis."
    return "\n".join([*lines, "", note]) + "\n"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return f"{value:.3f}" if 0.01 <= abs(value) < 100 else f"{value:.2e}"
