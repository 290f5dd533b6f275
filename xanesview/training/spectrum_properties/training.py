"""Train the networks that read properties from a spectrum, four in one bundle: of a site's spectrum or the molecule's
mean, without and with the composition."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from xanesview.errors import XanesviewError, visible
from xanesview.io.atomic import made_folder, write_text
from xanesview.io.json_text import json_text
from xanesview.io.text_file import refuse_pipe
from xanesview.networks.bundle import save_bundle
from xanesview.networks.card_fields import WIDTH_EV
from xanesview.networks.card_schema import Block, Items, Number, whole
from xanesview.networks.spectrum_properties.card_fields import NETWORK
from xanesview.networks.spectrum_properties.network import PROPERTIES, SpectrumPropertiesConfig, search_grid
from xanesview.networks.spectrum_properties.spectrum_vector import COMPOSITION, SpectrumDomain
from xanesview.training.configuration import Recipe, TrainingConfig
from xanesview.training.data.labelled import LabelledStructure, SpectraDataset
from xanesview.training.data.native_width import native_width
from xanesview.training.data.properties_data import (
    MOLECULE,
    NATIVE_FWHM_EV,
    SITE,
    PropertySamples,
    collect,
    folds_by_constitution,
    read_labelled,
)
from xanesview.training.data.splits import trained_splits
from xanesview.training.harness import RUNS, FitResult, base_card, fit, is_writer, member_tensors, seed_everything
from xanesview.training.recipe_fields import MOST_EPOCHS, WEIGHT_DECAY
from xanesview.training.spectrum_properties.module import (
    PropertiesChoices,
    PropertiesModule,
    batch_of,
    batches_by_structure,
    cross_validated,
    scaled_network,
)

log = logging.getLogger(__name__)


def _folds_part(choices: Mapping) -> str:
    return "folds is 1, and one part leaves none to train on" if choices["folds"] == 1 else ""


RECIPE = Recipe(
    kind="spectrum-properties",
    network=SpectrumPropertiesConfig(),
    training=PropertiesChoices(),
    choices=Block(
        {
            "widths_ev": Items(WIDTH_EV, 1, 100),
            "noise": Number(0.0, 1000.0),
            "folds": whole(0, 100),
            "search_epochs": whole(1, MOST_EPOCHS),
            "search_layers": Items(NETWORK.fields["hidden_layers"], 1, 32),
            "search_neurons": Items(NETWORK.fields["neurons"], 1, 32),
            "search_weight_decays": Items(WEIGHT_DECAY, 1, 32),
        },
        rules=(_folds_part,),
    ),
    default="properties.toml",
)
ABLATIONS = {
    "native width only": {"training": {"widths_ev": (NATIVE_FWHM_EV,), "folds": 0}},
    "no hidden layer": {"network": {"hidden_layers": 0}, "training": {"folds": 0}},
    "half the window": {"network": {"n_points": 80}, "training": {"folds": 0}},
}
SEARCH = "search.json"


@dataclass(frozen=True)
class Variant:
    """What one of the networks of a bundle reads: spectra of a kind, and the composition or not."""

    kind: str
    with_composition: bool

    @property
    def name(self) -> str:
        """Name in cards and reports."""
        return self.kind + ("+composition" if self.with_composition else "")


VARIANTS = tuple(Variant(kind, known) for kind in (MOLECULE, SITE) for known in (False, True))


@dataclass(frozen=True, eq=False)
class _Trained:
    """A variant with its sizes, what cross-validation said, and its members."""

    variant: Variant
    config: SpectrumPropertiesConfig
    search: list[dict]
    results: list[FitResult]


@dataclass(frozen=True, eq=False)
class _Data:
    dataset: SpectraDataset
    train: list[LabelledStructure]
    val: list[LabelledStructure]
    samples: dict[tuple[str, str], PropertySamples]  # by kind of spectrum and split


def train(data: list[Path], config: TrainingConfig, out: Path, resume: bool = True) -> Path:
    """Choose sizes by cross-validation over molecules, train all members of all variants, write the bundle.

    Returns
    -------
    Path
        the bundle's folder

    Raises
    ------
    XanesviewError
        for data without properties, or whose spectra do not reach over the window.
    """
    read = _read(data, config)
    trained = [_train_variant(variant, config, read, out, resume) for variant in VARIANTS]
    if is_writer():
        _write_bundle(out, config, read, trained)
    return out


def _read(data: list[Path], config: TrainingConfig) -> _Data:
    dataset, table = read_labelled(data)
    train_structures, val_structures = trained_splits(dataset, config)
    samples = {}
    for kind in (MOLECULE, SITE):
        for split, structures in (("train", train_structures), ("val", val_structures)):
            found = collect(
                structures, dataset.energy_ev, table, config.network.properties, kind, config.network.window,
                config.training.widths_ev,
            )  # fmt: skip
            if not len(found):
                raise XanesviewError(
                    f"No {kind} spectrum of the split '{split}' reaches {config.network.window.after_ev:.1f} eV above "
                    "its threshold.",
                    "Give n_points a smaller value.",
                )
            samples[kind, split] = found
    return _Data(dataset, train_structures, val_structures, samples)


def _train_variant(variant: Variant, config: TrainingConfig, read: _Data, out: Path, resume: bool) -> _Trained:
    folder = out / RUNS / variant.name
    choices: PropertiesChoices = config.training
    base = dataclasses.replace(
        config.network, with_composition=variant.with_composition, weight_decay=choices.weight_decay
    )
    samples, val = read.samples[variant.kind, "train"], read.samples[variant.kind, "val"]
    chosen, search = _searched(base, samples, read.train, choices, folder, resume)
    choices = dataclasses.replace(choices, weight_decay=chosen.weight_decay)
    batches, val_batches = batches_by_structure(samples), batches_by_structure(val)
    steps = choices.steps(len(batches))
    results = []
    for member in range(choices.members):
        seed_everything(choices, member)
        module = PropertiesModule(scaled_network(chosen, batch_of(samples)), choices, steps)
        results.append(fit(module, batches, val_batches, folder, member, resume))
    return _Trained(variant, chosen, search, results)


def _searched(
    base: SpectrumPropertiesConfig,
    samples: PropertySamples,
    structures: Sequence[LabelledStructure],
    choices: PropertiesChoices,
    folder: Path,
    resume: bool,
) -> tuple[SpectrumPropertiesConfig, list[dict]]:
    """Return the sizes with the best cross-validated R², and the table of all that were compared."""
    if choices.folds < 2:
        return base, []
    kept = folder / SEARCH
    grid = (choices.search_layers, choices.search_neurons, choices.search_weight_decays)
    candidates = list(search_grid(base, *grid))
    sizes = [
        {"hidden_layers": c.hidden_layers, "neurons": c.neurons, "weight_decay": c.weight_decay} for c in candidates
    ]
    table = _compared_before(kept, sizes) if resume else None
    if table is None:
        folds = folds_by_constitution(structures, samples.owner, choices.folds, choices.seed)
        scores = cross_validated(candidates, samples, folds, choices)
        table = [{**size, "r2": round(score, 4)} for size, score in zip(sizes, scores, strict=True)]
        write_text(made_folder(folder) / SEARCH, json_text(table, indent=1))
    best = max(range(len(table)), key=lambda k: table[k]["r2"])
    print(f"{visible(folder.name)}: {table[best]}")
    return candidates[best], table


def _compared_before(path: Path, sizes: Sequence[dict]) -> list[dict] | None:
    """Return the table of an earlier start; None where there is none, or it is damaged, which the log says."""
    try:
        refuse_pipe(path)
        table = json.loads(path.read_text(encoding="utf-8"))
        compared = [{key: row[key] for key in row if key != "r2"} for row in table]
        if compared == list(sizes) and all(np.isfinite(row["r2"]) for row in table):
            return table
        log.warning("%s is of another comparison and is made anew.", path)
    except FileNotFoundError:
        pass
    except (OSError, ValueError, TypeError, KeyError) as error:
        log.warning("%s is damaged and is made anew (%s).", path, error)
    return None


def _write_bundle(out: Path, config: TrainingConfig, read: _Data, trained: Sequence[_Trained]) -> None:
    tensors: dict[str, torch.Tensor] = {}
    for number, one in enumerate(trained):
        prefix = variant_prefix(number, one.variant.name)
        tensors |= {f"{prefix}{k}": v for k, v in member_tensors(one.results, _stored).items()}
    for kind in (MOLECULE, SITE):
        arrays = _domain(read.samples[kind, "train"], read.samples[kind, "val"]).as_arrays()
        tensors |= {f"{kind}.{k}": torch.from_numpy(v.astype(np.float32)) for k, v in arrays.items()}
    window = config.network.window
    results = [r for one in trained for r in one.results]
    counts = read.samples[MOLECULE, "train"].composition
    card = base_card(config, read.dataset, read.train, read.val, results) | {
        "axis": "relative",
        "energy_ev": {"start": -window.before_ev, "stop": round(window.after_ev, 6), "step": window.step_ev},
        "energy_zero": "threshold of the spectrum: the first point at 10 % of its maximum",
        "unit": "mean 1 in the window",
        **native_width(read.dataset),
        "widths_ev": list(config.training.widths_ev),
        "members": config.training.members,
        "network": trained[0].config.as_dict(),
        "variants": [
            {
                "name": one.variant.name,
                "spectrum": one.variant.kind,
                "with_composition": one.variant.with_composition,
                "network": one.config.as_dict(),
                "cross_validation": one.search,
                "spectra": {s: len(read.samples[one.variant.kind, s]) for s in ("train", "val")},
                "left_out": {s: read.samples[one.variant.kind, s].n_left_out for s in ("train", "val")},
            }
            for one in trained
        ],
        "properties": [dataclasses.asdict(p) for p in PROPERTIES if p.key in config.network.properties],
        "domain": {
            "composition": {
                name: [int(low), int(high)]
                for name, low, high in zip(COMPOSITION, counts.min(0), counts.max(0), strict=True)
            }
        },
    }
    learnt = {
        one.variant.name: int(sum(v.numel() for k, v in one.results[0].state.items() if k.startswith("mlp.")))
        for one in trained
    }
    card["training"] |= {"parameters_a_member": sum(learnt.values()), "parameters_by_network": learnt}
    save_bundle(out, card, tensors)


def variant_prefix(number: int, name: str) -> str:
    """Return what stands before the names of a variant's weights; nothing for the first, which the card describes."""
    return f"{name}." if number else ""


def _stored(key: str, value: torch.Tensor) -> torch.Tensor:
    """Half precision for what is learnt; means and scales, some of them hundreds of eV, stay as they are."""
    return value.half() if key.startswith("mlp.") else value.float()


def _domain(training: PropertySamples, held_out: PropertySamples) -> SpectrumDomain:
    flat = (s.vectors.reshape(-1, s.vectors.shape[-1]).astype(float) for s in (training, held_out))
    return SpectrumDomain.fit(*flat)
