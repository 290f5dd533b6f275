"""The kinds of networks that can be trained, each by its own module behind one way of calling them."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from xanesview.errors import UsageError

if TYPE_CHECKING:
    from xanesview.training.configuration import TrainingChoices

#: A module has RECIPE, train(data, config, out, resume) → Path and ABLATIONS {name: {table: {key: value}}}.
KINDS = {
    "tensor": "tensor_training",
    "isd-painn": "isd_painn_training",
    "xane3": "xane3_training",
    "xanesnet": "xanesnet_training",
    "properties": "properties_training",
}


def training_of(kind: str) -> ModuleType:
    """Return the training module of a kind.

    Raises
    ------
    UsageError
        for an unknown kind.
    """
    if kind not in KINDS:
        raise UsageError(f"There is no kind of network “{kind}” to train.", f"Kinds: {', '.join(KINDS)}.")
    return importlib.import_module(f"xanesview.training.{KINDS[kind]}")


def train(
    kind: str,
    data: list[Path],
    config: Path | None,
    out: Path,
    resume: bool = True,
    changes: Mapping[str, Mapping[str, Any]] | None = None,
) -> Path:
    """Train a network of a kind from a configuration file, write its bundle and test it.

    Returns
    -------
    Path
        the bundle's folder

    Raises
    ------
    UsageError
        for an unknown kind or a wrong configuration.
    XanesviewError
        for data that don't fit.
    """
    from xanesview.training.configuration import read_config
    from xanesview.training.harness import hold_configuration, is_writer

    module = training_of(kind)
    read = read_config(config, module.RECIPE, changes)
    out.mkdir(parents=True, exist_ok=True)
    hold_configuration(out, read, data, resume)
    data = [_as_file(path, out, read.training) for path in data]
    module.train(data, read, out, resume)
    if is_writer():
        measure_on_card(out, data)
    return out


def _as_file(path: Path, out: Path, choices: TrainingChoices) -> Path:
    """Return a data file; a folder of pairs of structures and spectra is made into one below ``out``."""
    from xanesview.training.harness import RUNS
    from xanesview.training.structure_pairs import pairs_data_file

    if not path.is_dir():
        return path
    absorber, edge = getattr(choices, "absorber", 0), getattr(choices, "edge", "K")
    return pairs_data_file(path, out / RUNS, absorber, edge, choices.seed)


def measure_on_card(out: Path, data: list[Path]) -> None:
    """Test a finished bundle on ``val`` and, where the data have it, ``test``; keep the tables on its card, and ranked
    errors with exemplars in its ``quality.h5``."""
    from xanesview.networks.bundle import save_card
    from xanesview.networks.card import CARD
    from xanesview.training.evaluate import evaluate_bundle, splits_of
    from xanesview.training.quality import write_quality

    card = json.loads((out / CARD).read_text(encoding="utf-8"))
    present = splits_of(out, data)
    card["metrics"] = card.get("metrics", {}) | {
        split: rounded(evaluate_bundle(out, data, split)) for split in ("val", "test") if split in present
    }
    save_card(out, card)
    if present:
        write_quality(out, data, "test" if "test" in present else present[-1])


def rounded(value):
    """Return nested metrics with five significant digits."""
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return float(f"{value:.5g}") if isinstance(value, float) else value
