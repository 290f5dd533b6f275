"""Test a bundle on data: the measures of every kind of network, by chemical class, element, parent and depth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from ase.data import chemical_symbols

from xanesview.inference.predictor import load_predictor
from xanesview.networks.card import CARD, Card, find_bundle
from xanesview.training.data.chemical_classes import atom_classes
from xanesview.training.data.labelled import LabelledStructure
from xanesview.training.testing.metrics import (
    errors_beside_e0,
    isotropic,
    isotropic_metrics,
    spread_summary,
    tensor_metrics,
)
from xanesview.training.testing.site_warnings import warning_measures
from xanesview.training.testing.split_comparison import SplitComparison, compare_split, files_of

GROUPS = {
    "by_class": "chemical class",
    "by_element": "structure contains",
    "by_parent": "parent structure",
    "by_depth": "depth below the surface",
}
#: Depths of slab sites are told in these steps, Å.
DEPTHS_ANGSTROM = (1.0, 3.0)


def evaluate_bundle(
    network: str | Path, data: str | Path | Sequence[str | Path], split: str = "test", device: str = "auto"
) -> dict:
    """Predict all sites of a split and measure them as `xanesview.training.testing.metrics` says.

    Spectra are divided by the intensity scale kept on the card, never by the evaluated file's own. Networks on an
    absolute axis are measured on the grid of our measure (spectra of sticks) or the file's own; networks on an axis
    relative to each site's E0 on their own grid, where an error of E0 does not count: it is given apart. Networks that
    take the direction as an input are asked along every random direction; ``fitted_…`` are the measures of the tensor
    that the window fits. Gradients and curvatures are per eV and eV².

    Returns
    -------
    dict
        measures of spectra: numbers, then ``by_class``, ``by_element``, ``by_parent``, ``by_depth`` where they apply
        ({name: {n_sites, mse_mean, mse_median, isotropic_mse}}), ``network``, ``split``, ``data``, ``axis``. For
        networks that read properties: what `properties_evaluation.evaluate_properties` gives.

    Raises
    ------
    XanesviewError
        for an unknown split, or data of another edge.
    """
    path = find_bundle(network)
    if Card.from_json(path / CARD).gives == "properties":
        from xanesview.training.testing.properties_evaluation import evaluate_properties

        return evaluate_properties(path, files_of(data), split)
    return measures(compare_split(load_predictor(network, device), data, split))


def measures(comparison: SplitComparison) -> dict:
    """Return all measures of predicted beside reference spectra."""
    c = comparison
    out = _spectrum_measures(c) | _beside_e0(c)
    if c.ratios is not None:
        out |= c.ratios.coverage(c.scales)
    e0_known = np.isfinite(c.predicted_e0_ev) & np.isfinite(c.reference_e0_ev)
    if e0_known.any():
        key = "ip_mae_ev" if c.axis == "absolute" else "e0_mae_ev"
        out[key] = float(np.abs(c.predicted_e0_ev - c.reference_e0_ev)[e0_known].mean())
    sums = _molecular_sum_errors(c)
    if sums:
        out |= {
            "molecular_sum_mse": float(np.mean(sums)),
            "molecular_sum_mse_median": float(np.median(sums)),
            "molecular_sum_share_below_0.1": float(np.mean(np.array(sums) < 0.1)),
            "n_molecular_sums": len(sums),
        }
    out |= {
        "n_structures": len(c.structures),
        "n_structures_unknown_elements": c.n_left_out,
        "outside_domain_percent": float(100 * (1 - np.mean(c.inside))),
        **warning_measures(c),
        **_groups(c),
        "network": c.card.name,
        "split": c.split,
        "data": list(c.sources),
        "axis": c.axis,
    }
    return out


def _spectrum_measures(c: SplitComparison) -> dict[str, float]:
    if c.is_isotropic or not c.polarised.any():
        return isotropic_metrics(isotropic(c.predicted), isotropic(c.reference), c.energy_ev)
    known = c.polarised
    out = tensor_metrics(c.predicted[known], c.reference[known], c.energy_ev)
    if c.predicted_along is not None:
        errors = c.directional_errors["spectrum"][known]
        for key in ("mse_mean", "mse_median", "mse_p95", "share_below_0.1"):
            out["fitted_" + key] = out[key]
        direct = spread_summary(errors)
        out |= {"mse_" + key: direct[key] for key in ("mean", "median", "p95")}
        out["share_below_0.1"] = direct["share_below_0.1"]
    for name in ("gradient", "curvature"):
        out[f"{name}_mse"] = float(c.directional_errors[name][known].mean())
    if not known.all():
        out |= isotropic_metrics(isotropic(c.predicted), isotropic(c.reference), c.energy_ev)
    return out


def _beside_e0(c: SplitComparison) -> dict[str, float]:
    """Return the errors below and above the reference's E0, of isotropic spectra and, where known, over directions."""
    e0 = np.zeros(len(c.atoms)) if c.axis == "relative" else c.reference_e0_ev
    if not np.isfinite(e0).any():
        return {}
    squares = (isotropic(c.predicted) - isotropic(c.reference)) ** 2
    out = {f"isotropic_mse_{side}": value for side, value in errors_beside_e0(squares, c.energy_ev, e0).items()}
    if not c.is_isotropic and c.polarised.any():
        rows = np.flatnonzero(c.polarised)
        squares = np.stack([np.square(np.subtract(*c.along(row))).mean(0) for row in rows])
        found = errors_beside_e0(squares, c.energy_ev, e0[rows])
        out |= {f"mse_{side}": value for side, value in found.items()}
    return out


# ---- groups ----


def _groups(c: SplitComparison) -> dict[str, dict]:
    """Return the measures of groups of sites; those that say nothing about these data are left out."""
    out = {}
    if all(m.smiles for m in c.structures):
        out["by_class"] = _by_label(c, [[name] for m in c.structures for name in _site_classes(m)])
        out["by_element"] = _by_label(c, [e for m in c.structures for e in [_elements(m)] * len(m.sites)])
    parents = [m.parent for m in c.structures]
    if any(m.pbc.any() for m in c.structures):
        out["by_parent"] = _by_label(c, [[p] for p, m in zip(parents, c.structures, strict=True) for _ in m.sites])
        out["by_depth"] = _by_label(c, [[name] for m in c.structures for name in site_depths(m)])
    return out


def _by_label(c: SplitComparison, labels: list[list[str]]) -> dict:
    error = (c.isotropic_errors if c.is_isotropic else c.directional_errors)["spectrum"]
    rows = defaultdict(list)
    for s, names in enumerate(labels):
        for name in names:
            rows[name].append(s)
    return {
        name: {
            "n_sites": len(r),
            "mse_mean": float(error[r].mean()),
            "mse_median": float(np.median(error[r])),
            "isotropic_mse": float(c.isotropic_errors["spectrum"][r].mean()),
        }
        for name, r in sorted(rows.items(), key=lambda item: -len(item[1]))
    }


def _site_classes(labelled: LabelledStructure) -> list[str]:
    element = chemical_symbols[labelled.numbers[labelled.sites[0]]]
    classes = atom_classes(element, labelled.smiles, len(labelled.numbers))
    return [classes[s] for s in labelled.sites]


def _elements(labelled: LabelledStructure) -> list[str]:
    return [chemical_symbols[z] for z in sorted(set(labelled.numbers.tolist()) - {1, 6})] or ["only C and H"]


def site_depths(labelled: LabelledStructure) -> list[str]:
    """Return for each site "bulk", or in words how far it lies below the nearer surface of its slab."""
    normal = labelled.structure.surface_normal if labelled.pbc.any() else None
    if normal is None:
        return ["bulk"] * len(labelled.sites)
    height = labelled.positions_angstrom @ np.asarray(normal, float)
    depth = np.minimum(height - height.min(), height.max() - height)[labelled.sites]
    near, far = DEPTHS_ANGSTROM
    names = (f"slab, 0–{near:g} Å", f"slab, {near:g}–{far:g} Å", f"slab, deeper than {far:g} Å")
    return [names[int(k)] for k in np.searchsorted(DEPTHS_ANGSTROM, depth, side="right")]


def _molecular_sum_errors(c: SplitComparison) -> list[float]:
    """Return the error of each complete, undisplaced molecule's isotropic sum an absorber, on an absolute axis."""
    if c.axis != "absolute" or c.card.is_of_crystals:
        return []
    errors = []
    for labelled, predicted, reference in zip(
        c.structures, c.by_structure(c.predicted), c.by_structure(c.reference), strict=True
    ):
        element = labelled.numbers[labelled.sites[0]]
        ranks = labelled.rank[labelled.numbers == element]
        weights = np.array([(ranks == labelled.rank[s]).sum() for s in labelled.sites])
        if labelled.sigma_angstrom > 0 or weights.sum() != len(ranks) or labelled.pbc.any():
            continue
        difference = isotropic(predicted) - isotropic(reference)
        errors.append(float((((weights[:, None] * difference).sum(0) / len(ranks)) ** 2).mean()))
    return errors


# ---- text ----


def metrics_table(metrics: dict) -> str:
    """Return the metrics as text for a terminal."""
    if "variants" in metrics:
        from xanesview.training.testing.properties_evaluation import properties_table

        return properties_table(metrics)
    lines = [f"{metrics['network']} on {metrics['split']} of {', '.join(metrics['data'])}"]
    for key, value in metrics.items():
        if isinstance(value, bool):
            continue
        if isinstance(value, int):
            lines.append(f"  {key:38s} {value:10d}")
        elif isinstance(value, float):
            lines.append(f"  {key:38s} {_number(value):>10s}")
    for key, title in GROUPS.items():
        if key not in metrics:
            continue
        lines.append(f"  {title:32s} sites     mean   median  isotropic")
        lines += [
            f"    {n:30s} {r['n_sites']:5d} {_number(r['mse_mean']):>8s} {_number(r['mse_median']):>8s} "
            f"{_number(r['isotropic_mse']):>8s}"
            for n, r in metrics[key].items()
        ]
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:.4f}" if value == 0 or abs(value) >= 0.01 else f"{value:.2e}"
