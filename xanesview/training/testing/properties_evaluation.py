"""Test a bundle that reads properties: R² and MAE of each property, its table and its parity plots."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.inference.property_reader import MOLECULE, OTHER, PLAIN, SITE, PropertyReader
from xanesview.io.atomic import atomic_write, made_folder
from xanesview.networks.card import DEFAULT_NETWORK, find_bundle, read_bundle_info
from xanesview.networks.spectrum_properties.network import property_scores, sums_over_atoms
from xanesview.networks.spectrum_properties.spectrum_vector import COMPOSITION, composition_counts, spectrum_vector
from xanesview.training.data.labelled import LabelledStructure, SpectraDataset
from xanesview.training.data.properties_data import PropertySamples, collect, properties_of, read_labelled, spectra_of
from xanesview.training.testing.split_comparison import splits_of

TABLE, PARITY = "properties.csv", "parity"
#: Groups of fewer spectra are not measured apart.
FEWEST = 8


@dataclass(frozen=True, eq=False)
class _Split:
    dataset: SpectraDataset
    structures: list[LabelledStructure]
    table: dict[str, dict[str, float]]


def evaluate_properties(bundle: str | Path, data: Sequence[Path], split: str = "test") -> dict:
    """Return R² and MAE of each property for each network of a bundle.

    Returns
    -------
    dict
        ``variants`` {name: {n, n_left_out, outside_percent, properties {key: {r2, mae}}, by_width {fwhm: mean R²},
        by_composition {"H, C, N, O, F" or "with other atoms": {n, properties}}}};
        ``composition_only``: the same properties from a linear fit to the atom counts alone; ``from_predicted``: as
        ``variants``, of spectra that the C K-edge tensor network predicts for the same structures, where it is
        installed; ``r2_…``: means over properties and widths; ``network``, ``split``, ``data``, ``n_molecules``. Scores
        are of spectra at all trained widths.

    Raises
    ------
    XanesviewError
        for an unknown split, or data without properties.
    """
    reader = PropertyReader(find_bundle(bundle))
    read = _read(data, split)
    variants, composition_only = {}, {}
    for name in reader.variants:
        samples = _samples(reader, read, name)
        variants[name] = _measured(reader, name, samples)
        if name == f"{MOLECULE}+composition":
            composition_only = _from_composition(reader, data, samples)
    return {
        "network": reader.card.name,
        "split": split,
        "data": [p.name for p in data],
        "n_molecules": len(read.structures),
        **{f"r2_{name}": float(np.mean(list(found["by_width"].values()))) for name, found in variants.items()},
        "variants": variants,
        "composition_only": composition_only,
        "from_predicted": _from_predicted(reader, read),
    }


def parity_points(
    bundle: str | Path, data: Sequence[Path], split: str = "test"
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return true and read properties (n, P), at the native width, by network of the bundle."""
    reader = PropertyReader(find_bundle(bundle))
    read = _read(data, split)
    found = {}
    for name in reader.variants:
        samples = _samples(reader, read, name)
        found[name] = samples.values, _values(reader, name, samples, 0)
    return found


def report(bundle: str | Path, data: Sequence[Path], split: str, folder: Path) -> list[Path]:
    """Write the table (CSV) and parity plots (PDF and PNG) of every network of a bundle; return the files."""
    from xanesview.io.figures.figure_file import save_figure
    from xanesview.io.figures.parity import draw_parity

    result = evaluate_properties(bundle, data, split)
    reader = PropertyReader(find_bundle(bundle))
    made_folder(folder)
    written = [folder / TABLE]
    with atomic_write(written[0]) as temporary, Path(temporary).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["spectra", "network", "property", "unit", "n", "r2", "mae"])
        writer.writerows(_rows(reader, result))
    for name, (true, predicted) in parity_points(bundle, data, split).items():
        scores = result["variants"][name]["properties"]
        panels = [
            (p["title"], p["unit"], true[:, k], predicted[:, k], f"R² {scores[p['key']]['r2']:.2f}")
            for k, p in enumerate(reader.card.raw["properties"])
        ]
        figure = draw_parity(panels, title=f"{reader.card.name}, {name.replace('+', ' with ')}, {split}")
        for kind in ("pdf", "png"):
            written.append(save_figure(figure, folder / f"{PARITY}_{name.replace('+', '_')}.{kind}"))
    return written


def properties_table(result: dict) -> str:
    """Return the measures as text for a terminal: R² and MAE of each property, a column a network."""
    names = list(result["variants"])
    lines = [f"{result['network']} on {result['split']} of {', '.join(result['data'])}: R² (MAE)"]
    parts = [("computed spectra", result["variants"])]
    if result["from_predicted"]:
        parts.append(("predicted spectra", result["from_predicted"]))
    for title, variants in parts:
        lines.append(f"{title:22s}" + "".join(f"{name:>24s}" for name in names))
        lines.append(f"{'  spectra':22s}" + "".join(f"{variants[name]['n']:24d}" for name in names))
        for key in variants[names[0]]["properties"]:
            cells = (variants[name]["properties"][key] for name in names)
            lines.append(f"  {key:20s}" + "".join(f"{c['r2']:12.3f} ({c['mae']:9.4g})" for c in cells))
        outside = "".join(f"{variants[name]['outside_percent']:22.1f} %" for name in names)
        lines.append(f"{'  outside the domain':22s}{outside}")
    lines += ["composition alone, linear"] if result["composition_only"] else []
    lines += [f"  {key:20s}{c['r2']:12.3f} ({c['mae']:9.4g})" for key, c in result["composition_only"].items()]
    return "\n".join(lines)


def _rows(reader: PropertyReader, result: dict) -> list[list]:
    unit = {p["key"]: p["unit"] for p in reader.card.raw["properties"]}
    rows = []
    for source, variants in (("computed", result["variants"]), ("predicted", result["from_predicted"])):
        for name, found in variants.items():
            for key, s in found["properties"].items():
                rows.append([source, name, key, unit[key], found["n"], f"{s['r2']:.4f}", f"{s['mae']:.5g}"])
    for key, s in result["composition_only"].items():
        rows.append(["none", "composition alone", key, unit[key], result["n_molecules"], f"{s['r2']:.4f}",
                     f"{s['mae']:.5g}"])  # fmt: skip
    return rows


def _read(data: Sequence[Path], split: str) -> _Split:
    dataset, table = read_labelled(data)
    structures = dataset.subset(split)
    if not structures:
        raise XanesviewError(f"The data have no split '{split}'.", f"Splits: {', '.join(dataset.splits())}.")
    known = [one for one in structures if np.isfinite(list(properties_of(one, table).values())).any()]
    if not known:
        raise XanesviewError(
            f"No property of a molecule of the split '{split}' is known.",
            "“xanesview dataset build --properties FOLDER” makes data that hold some.",
        )
    return _Split(dataset, known, table)


def _keys(reader: PropertyReader) -> list[str]:
    return [p["key"] for p in reader.card.raw["properties"]]


def _samples(reader: PropertyReader, read: _Split, variant: str) -> PropertySamples:
    kind = variant.partition("+")[0]
    widths = reader.card.raw["widths_ev"]
    return collect(read.structures, read.dataset.energy_ev, read.table, _keys(reader), kind, reader.window, widths)


def _values(reader: PropertyReader, variant: str, samples: PropertySamples, width: int) -> np.ndarray:
    composition = samples.composition if variant.endswith("+composition") else None
    return reader.values(samples.vectors[:, width], variant, composition)


def _scored(reader: PropertyReader, predicted: np.ndarray, true: np.ndarray) -> dict[str, dict[str, float]]:
    import torch

    scores = property_scores(_keys(reader), torch.from_numpy(predicted), torch.from_numpy(true))
    return {s.key: {"r2": s.r2, "mae": s.mae} for s in scores}


def _measured(reader: PropertyReader, variant: str, samples: PropertySamples) -> dict:
    if not len(samples):
        raise XanesviewError("No spectrum of this split reaches over the network's window.", "Choose another split.")
    widths = reader.card.raw["widths_ev"]
    predicted = [_values(reader, variant, samples, w) for w in range(len(widths))]
    by_width = {
        f"{width:g}": float(np.mean([s["r2"] for s in _scored(reader, values, samples.values).values()]))
        for width, values in zip(widths, predicted, strict=True)
    }
    flat = samples.vectors.reshape(-1, samples.vectors.shape[-1])
    return {
        "n": len(samples),
        "n_left_out": samples.n_left_out,
        "outside_percent": float(100 * np.mean(reader.distance(flat, variant.partition("+")[0]) > 1.0)),
        "properties": _scored(reader, np.concatenate(predicted), np.tile(samples.values, (len(widths), 1))),
        "by_width": by_width,
        "by_composition": _by_composition(reader, np.stack(predicted), samples.values, samples.composition),
    }


def _by_composition(
    reader: PropertyReader, predicted: np.ndarray, true: np.ndarray, composition: np.ndarray
) -> dict[str, dict]:
    """Return the scores of values (B, n, P) apart for molecules with and without atoms that are counted as "other".

    Sulfur and silicon differ by 40 eV in energy but not in the counts (n, 6).
    """
    other = composition[:, COMPOSITION.index("other")] > 0
    out = {}
    for name, rows in ((PLAIN, ~other), (OTHER, other)):
        if rows.sum() >= FEWEST:
            flat = predicted[:, rows].reshape(-1, predicted.shape[-1])
            scores = _scored(reader, flat, np.tile(true[rows], (len(predicted), 1)))
            out[name] = {"n": int(rows.sum()), "properties": scores}
    return out


def _from_composition(reader: PropertyReader, data: Sequence[Path], samples: PropertySamples) -> dict:
    """Return what atom counts alone give by a linear fit to the training split, a floor for networks that see them;
    empty where the data have no such split."""
    if "train" not in splits_of(reader.card.path, data):
        return {}
    dataset, table = read_labelled(data, ["train"])
    training = dataset.subset("train")
    counts = np.array([composition_counts(m.numbers) for m in training])
    keys = _keys(reader)
    known = [table[f"{m.name} {m.smiles}"] for m in training]
    values = np.array([[row.get(k, np.nan) for k in keys] for row in known])
    rows = np.isfinite(values).all(1)
    fit = sums_over_atoms(counts[rows], values[rows])
    design = np.concatenate([samples.composition, np.ones((len(samples), 1))], axis=1)
    return _scored(reader, design @ fit, samples.values)


def _from_predicted(reader: PropertyReader, read: _Split) -> dict[str, dict]:
    """Return the scores on spectra that the tensor network predicts, empty where it is not installed."""
    try:
        path = find_bundle(DEFAULT_NETWORK)
    except XanesviewError:
        return {}
    card = read_bundle_info(path).card
    if card is None or card.gives != "tensor" or card.element != reader.card.element:
        return {}
    from xanesview.inference.predictor import load_predictor

    predictor = load_predictor(path, "cpu")
    vectors: dict[str, list] = {MOLECULE: [], SITE: []}
    owners: dict[str, list[int]] = {MOLECULE: [], SITE: []}
    known = set(card.raw["network"]["elements"])
    for index, structure in enumerate(read.structures):
        if not known.issuperset(structure.numbers.tolist()):
            continue
        tensor = predictor.predict(structure.structure, structure.sites).tensor
        for kind in (MOLECULE, SITE):
            for curve in spectra_of(structure, kind, tensor.isotropic()):
                try:
                    vectors[kind].append(spectrum_vector(tensor.energy_ev, curve, reader.window))
                except XanesviewError:  # begins too late for the window
                    continue
                owners[kind].append(index)
    keys = _keys(reader)
    out = {}
    for variant in reader.variants:
        kind = variant.partition("+")[0]
        if not vectors[kind]:
            return {}
        chosen = [read.structures[i] for i in owners[kind]]
        values = np.array([[read.table[f"{m.name} {m.smiles}"].get(k, np.nan) for k in keys] for m in chosen])
        counts = np.array([composition_counts(m.numbers) for m in chosen])
        found = reader.values(np.array(vectors[kind]), variant, counts if variant.endswith("+composition") else None)
        out[variant] = {
            "n": len(chosen),
            "outside_percent": float(100 * np.mean(reader.distance(np.array(vectors[kind]), kind) > 1.0)),
            "properties": _scored(reader, found, values),
            "by_composition": _by_composition(reader, found[None], values, counts),
        }
    return out
