"""Training configurations of all kinds of networks: one TOML format with checked keys.

Tables ``[network]`` (sizes, a kind's own), ``[training]`` (`TrainingChoices` and what a kind adds) and ``[bundle]``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from xanesview.errors import UsageError
from xanesview.paths import resource


@dataclass(frozen=True)
class TrainingChoices:
    """How the members of an ensemble are trained, whatever their kind.

    ``epochs`` is the length of the cosine schedule; ``patience`` in epochs without a better validation error;
    ``split`` one of `data.splits.HOW`; ``train_sites`` uses only so many sites (learning curves), 0 all;
    ``minutes`` of processor time a member after which training ends, the schedule with it, 0 without limit;
    ``threads`` of the processor, 0 leaves torch's choice; ``accelerator``, ``devices`` and ``nodes`` as Lightning takes
    them.
    """

    members: int = 1
    epochs: int = 30
    batch_structures: int = 16
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    patience: int = 12
    average_decay: float = 0.995
    split: str = "file"
    train_sites: int = 0
    minutes: float = 0.0
    seed: int = 1
    threads: int = 1
    accelerator: str = "auto"
    devices: str = "1"
    nodes: int = 1

    def steps(self, n_structures: int) -> int:
        """Return the optimiser steps of the whole schedule, for so many structures that train."""
        return self.epochs * -(-n_structures // self.batch_structures)


@dataclass(frozen=True)
class BundleNames:
    """Name and title of the bundle, what to add to the data's energies where their file doesn't say, and what the
    card must warn of."""

    name: str = "network"
    title: str = ""
    energy_offset_ev: float = 0.0
    limits: str = ""


@dataclass(frozen=True)
class Recipe:
    """What a kind's configurations hold: the types of its tables, and the shipped one (in resources/training)."""

    kind: str
    default: str
    network: type
    training: type = TrainingChoices


@dataclass(frozen=True)
class TrainingConfig:
    """All of a configuration file."""

    kind: str
    network: Any
    training: Any
    bundle: BundleNames = field(default_factory=BundleNames)

    def as_dict(self) -> dict:
        """Return plain values for the card."""
        return asdict(self)


def read_config(
    path: Path | None, recipe: Recipe, changes: Mapping[str, Mapping[str, Any]] | None = None
) -> TrainingConfig:
    """Read a configuration; without a path that of the kind's shipped network.

    Parameters
    ----------
    changes : {table: {key: value}} set after reading, as ablations do

    Raises
    ------
    UsageError
        for a missing file, bad TOML, or a key or type that is not known, named.
    """
    path = path or resource("training", recipe.default)
    try:
        raw = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(
            f"There is no configuration file {path}.", "Leave --config out to use the shipped recipe."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(
            f"{path} is not a TOML file ({error}).", f"Compare with resources/training/{recipe.default}."
        ) from error
    tables = {"network": recipe.network, "training": recipe.training, "bundle": BundleNames}
    unknown = sorted(set(raw) - set(tables))
    if unknown:
        raise UsageError(f"{path} has the unknown table [{unknown[0]}].", f"Tables: {', '.join(tables)}.")
    changes = changes or {}
    return TrainingConfig(
        recipe.kind,
        **{
            name: _table(table, {**raw.get(name, {}), **changes.get(name, {})}, name, path)
            for name, table in tables.items()
        },
    )


def _table(table: type, values: dict, name: str, path: Path):
    defaults = {f.name: f.default for f in fields(table)}
    checked = {}
    for key, value in values.items():
        if key not in defaults:
            raise UsageError(f"{path}: [{name}] has the unknown key '{key}'.", f"Keys: {', '.join(defaults)}.")
        wanted = type(defaults[key])
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if wanted is tuple and isinstance(value, list):
            value = tuple(value)
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise UsageError(
                f"{path}: [{name}] {key} should be {wanted.__name__}, not {value!r}.", "Correct the value."
            )
        checked[key] = value
    return table(**checked)
