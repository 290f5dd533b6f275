"""Test a bundle on data: the metrics table, by chemical class and by element."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
from ase.data import chemical_symbols

from xanesview.errors import XanesviewError
from xanesview.inference.predictor import load_predictor
from xanesview.training.chemical_classes import atom_classes
from xanesview.training.dataset import Molecule, read_datasets
from xanesview.training.domain_calibration import molecule_structure
from xanesview.training.metrics import directional_mse, isotropic, measure_grid, tensor_metrics


def evaluate_bundle(network: str | Path, data: str | Path | list, split: str = "test", device: str = "auto") -> dict:
    """Predict all sites of a split and measure them as `xanesview.training.metrics` says.

    Spectra are divided by the intensity scale kept on the card, never by the evaluated file's own.

    Returns
    -------
    dict
        the site metrics, ``molecular_sum_mse`` and ``molecular_sum_mse_median``, ``outside_domain_percent``,
        ``by_class`` and ``by_element`` ({name: {n_sites, mse_mean, mse_median, isotropic_mse}}), ``network``,
        ``split``, ``data``

    Raises
    ------
    XanesviewError
        for an unknown split, or a network that gives no tensors for this edge.
    """
    predictor = load_predictor(network, device)
    card = predictor.card
    grid = measure_grid(card.element)
    files = [Path(p) for p in (data if isinstance(data, list | tuple) else [data])]
    dataset = read_datasets(files, grid)
    if dataset.element != card.element or card.gives != "tensor":
        raise XanesviewError(
            f"{card.name} gives {card.gives}s at the {card.label} edge; the data are {dataset.element} {dataset.edge}.",
            "Choose other data.",
        )
    known = set(card.raw["network"]["elements"])
    asked = dataset.subset(split)
    molecules = [m for m in asked if known.issuperset(m.numbers.tolist())]
    if not molecules:
        raise XanesviewError(f"The data have no split '{split}'.", f"Splits: {', '.join(dataset.splits())}.")
    columns = np.searchsorted(card.energy_ev, grid - 1e-6)
    if not np.allclose(card.energy_ev[columns], grid, atol=1e-6):
        columns = None
    predicted, ip, inside = [], [], []
    for molecule in molecules:
        result = predictor.predict(molecule_structure(molecule), molecule.sites)
        predicted.append(_on_grid(result.tensor.components, card.energy_ev, grid, columns) / card.intensity_scale)
        ip.append(result.tensor.ip_ev)
        inside += [v.inside for v in result.verdicts]
    target = np.concatenate([m.tensors for m in molecules]) / card.intensity_scale
    values = np.concatenate(predicted)
    out = tensor_metrics(values, target, grid, np.concatenate(ip), np.concatenate([m.ip_ev for m in molecules]))
    sums = _molecular_sum_errors(molecules, predicted, card.intensity_scale)
    out |= {
        "molecular_sum_mse": float(np.mean(sums)) if sums else float("nan"),
        "molecular_sum_mse_median": float(np.median(sums)) if sums else float("nan"),
        "n_molecular_sums": len(sums),
        "n_molecules": len(molecules),
        "n_molecules_unknown_elements": len(asked) - len(molecules),
        "outside_domain_percent": float(100 * (1 - np.mean(inside))),
        "by_class": _by_label(values, target, [[c] for m in molecules for c in _site_classes(m)]),
        "by_element": _by_label(values, target, [e for m in molecules for e in [_elements(m)] * len(m.sites)]),
        "network": card.name,
        "split": split,
        "data": [p.name for p in files],
    }
    return out


def _on_grid(components: np.ndarray, energy_ev: np.ndarray, grid: np.ndarray, columns: np.ndarray | None) -> np.ndarray:
    if columns is not None:
        return components[..., columns]
    position = np.clip(np.searchsorted(energy_ev, grid) - 1, 0, len(energy_ev) - 2)
    t = (grid - energy_ev[position]) / (energy_ev[position + 1] - energy_ev[position])
    return components[..., position] * (1 - t) + components[..., position + 1] * t


def _site_classes(molecule: Molecule) -> list[str]:
    element = chemical_symbols[molecule.numbers[molecule.sites[0]]]
    classes = atom_classes(element, molecule.smiles, len(molecule.numbers))
    return [classes[s] for s in molecule.sites]


def _elements(molecule: Molecule) -> list[str]:
    return [chemical_symbols[z] for z in sorted(set(molecule.numbers.tolist()) - {1, 6})] or ["only C and H"]


def _by_label(predicted: np.ndarray, target: np.ndarray, labels: list[list[str]]) -> dict:
    error = directional_mse(predicted, target)
    iso = ((isotropic(predicted) - isotropic(target)) ** 2).mean(1)
    rows = defaultdict(list)
    for s, names in enumerate(labels):
        for name in names:
            rows[name].append(s)
    return {
        name: {
            "n_sites": len(r),
            "mse_mean": float(error[r].mean()),
            "mse_median": float(np.median(error[r])),
            "isotropic_mse": float(iso[r].mean()),
        }
        for name, r in sorted(rows.items(), key=lambda item: -len(item[1]))
    }


def _molecular_sum_errors(molecules: list[Molecule], predicted: list[np.ndarray], scale: float) -> list[float]:
    """Return the error of each complete, undisplaced molecule's isotropic sum a carbon."""
    errors = []
    for molecule, values in zip(molecules, predicted, strict=True):
        element = molecule.numbers[molecule.sites[0]]
        ranks = molecule.rank[molecule.numbers == element]
        weights = np.array([(ranks == molecule.rank[s]).sum() for s in molecule.sites])
        if molecule.sigma_angstrom > 0 or weights.sum() != len(ranks):
            continue
        difference = isotropic(values) - isotropic(molecule.tensors / scale)
        errors.append(float((((weights[:, None] * difference).sum(0) / len(ranks)) ** 2).mean()))
    return errors


def metrics_table(metrics: dict) -> str:
    """Return the metrics as text for a terminal."""
    lines = [f"{metrics['network']} on {metrics['split']} of {', '.join(metrics['data'])}"]
    lines += [
        f"  {k:38s} {v:10.4f}" if isinstance(v, float) else f"  {k:38s} {v:10d}"
        for k, v in metrics.items()
        if isinstance(v, float | int)
    ]
    for title, key in (("chemical class", "by_class"), ("molecule contains", "by_element")):
        lines.append(f"  {title:32s} sites   mean  median  isotropic")
        lines += [
            f"    {n:30s} {r['n_sites']:5d} {r['mse_mean']:7.3f} {r['mse_median']:7.3f} {r['isotropic_mse']:7.3f}"
            for n, r in metrics[key].items()
        ]
    return "\n".join(lines)
