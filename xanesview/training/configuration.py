"""Training configurations of all kinds of networks: one TOML format with checked keys.

Tables ``[network]`` (sizes, a kind's own), ``[training]`` (`TrainingChoices` and what a kind adds), ``[bundle]`` and
``[sticks]`` (`StickWidths`: how broad transitions are drawn; of no use for spectra on a grid).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from xanesview.domain.sticks import NATIVE_WIDTHS, StickWidths
from xanesview.errors import UsageError, in_plain_words
from xanesview.limits import LARGEST_SETTINGS, check_bytes
from xanesview.networks.card_fields import CARD, DATA, SPLIT
from xanesview.networks.card_schema import Block
from xanesview.networks.configuration import Configuration
from xanesview.networks.kinds import kind_named, loaded
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
    """Name and title of the bundle, what to add to the data's energies where their file doesn't say, what the card
    calls the unit where the file's words are too many, what it must warn of, and whether the data's structures are
    clusters cut from crystals, which the network is then for."""

    name: str = "network"
    title: str = ""
    energy_offset_ev: float = 0.0
    unit: str = ""
    limits: str = ""
    clusters_of_crystals: bool = False


@dataclass(frozen=True)
class Recipe:
    """What a kind's configuration files hold, and what stands where they say nothing.

    Attributes
    ----------
    kind : as cards say it
    network : sizes that a file may change
    training : what a file may change of how the network is trained
    default : the kind's shipped configuration in resources/training; empty where there is none
    fixed : sizes that no file sets: the data give them, or they mean nothing in training
    network_keys : turns a table [network] as people may write it into the names of sizes
    """

    kind: str
    network: Configuration
    training: TrainingChoices = field(default_factory=TrainingChoices)
    default: str = ""
    fixed: tuple[str, ...] = ()
    network_keys: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict


@dataclass(frozen=True)
class TrainingConfig:
    """All of a configuration file; what the recipe calls ``fixed`` stays to be filled in."""

    kind: str
    network: Any
    training: Any
    bundle: BundleNames = field(default_factory=BundleNames)
    fixed: tuple[str, ...] = ()
    sticks: StickWidths = NATIVE_WIDTHS

    def as_dict(self) -> dict:
        """Return plain values for the card: what a file can say."""
        return {
            "kind": self.kind,
            "network": _settings(self.network, self.fixed),
            "training": asdict(self.training),
            "bundle": asdict(self.bundle),
            "sticks": self.sticks.as_dict(),
        }


def read_config(
    path: Path | None, recipe: Recipe, changes: Mapping[str, Mapping[str, Any]] | None = None
) -> TrainingConfig:
    """Read a configuration; without a path that of the kind's shipped network, or the recipe as it stands.

    Parameters
    ----------
    changes : {table: {key: value}} set after reading, as ablations do

    Raises
    ------
    UsageError
        for a missing file, bad TOML, or a key or type that is not known, named.
    """
    if path is None and recipe.default:
        path = resource("training", recipe.default)
    try:
        if path is not None:
            check_bytes(Path(path).stat().st_size, LARGEST_SETTINGS, str(path), "Choose a configuration file.")
        raw = {} if path is None else tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(
            f"There is no configuration file {path}.", "Leave --config out to use the shipped recipe."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise UsageError(
            f"{path} is not a TOML file ({in_plain_words(error)}).",
            f"Compare with resources/training/{recipe.default}.",
        ) from error
    tables = {
        "network": recipe.network,
        "training": recipe.training,
        "bundle": BundleNames(),
        "sticks": NATIVE_WIDTHS,
    }
    unknown = sorted(set(raw) - set(tables))
    if unknown:
        raise UsageError(f"{path} has the unknown table [{unknown[0]}].", f"Tables: {', '.join(tables)}.")
    changes, filled = changes or {}, {}
    for name, table in tables.items():
        named = recipe.network_keys if name == "network" else dict
        values = {**named(raw.get(name, {})), **named(changes.get(name, {}))}
        known = _settings(table, recipe.fixed if name == "network" else ())
        filled[name] = _changed(table, {key: _checked(key, value, known, name, path) for key, value in values.items()})
    config = TrainingConfig(recipe.kind, **filled, fixed=recipe.fixed)
    _check_for_card(config, "The recipe" if path is None else str(path))
    return config


def _check_for_card(config: TrainingConfig, source: str) -> None:
    """Refuse what the network's card could not tell, before hours are spent on it."""
    kind = kind_named(config.kind)
    sizes = loaded(kind.card).fields["network"].fields if kind.card else {}
    tables = (
        ("[network]", {n: field for n, field in sizes.items() if n not in config.fixed}, config.network.as_dict()),
        ("[training]", {"members": CARD.fields["members"], "split": SPLIT}, asdict(config.training)),
        ("[bundle]", {**CARD.fields, "limits": DATA.fields["limits"]}, asdict(config.bundle)),
    )
    wrong = next(filter(None, (Block(told).problem(values, name) for name, told, values in tables)), "")
    if wrong:
        raise UsageError(f"{source}: {wrong}.", "Correct the value.")


def _settings(table: Any, fixed: Sequence[str] = ()) -> dict[str, Any]:
    """Return what of a dataclass a file may set, {key: value}; parts that are dataclasses give their own keys."""
    found = {}
    for part in fields(table):
        value = getattr(table, part.name)
        if is_dataclass(value):
            found |= _settings(value, fixed)
        elif part.name not in fixed:
            found[part.name] = value
    return found


def _changed(table: Any, values: Mapping[str, Any]) -> Any:
    """Return a dataclass with other values, in its parts too."""
    parts = {part.name: getattr(table, part.name) for part in fields(table)}
    inner = {name: _changed(part, values) for name, part in parts.items() if is_dataclass(part)}
    return replace(table, **inner, **{name: values[name] for name in parts if name in values})


def _checked(key: str, value: Any, known: Mapping[str, Any], name: str, path: Path) -> Any:
    """Return a value of a file, in the type of what it replaces."""
    if key not in known:
        raise UsageError(f"{path}: [{name}] has the unknown key '{key}'.", f"Keys: {', '.join(known)}.")
    wanted = type(known[key])
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if wanted is tuple and isinstance(value, list):
        return tuple(value)
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise UsageError(f"{path}: [{name}] {key} should be {wanted.__name__}, not {value!r}.", "Correct the value.")
    return value
