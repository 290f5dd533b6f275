"""Training configurations of all kinds of networks: one TOML format with checked keys.

Tables ``[network]`` (sizes, a kind's own), ``[training]`` (`TrainingChoices` and what a kind adds), ``[bundle]`` and
``[sticks]`` (`StickWidths`: how broad transitions are drawn; of no use for spectra on a grid).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from xanesview.domain.sticks import NATIVE_WIDTHS, StickWidths
from xanesview.errors import OddContent, UsageError, in_plain_words, printable
from xanesview.io.text_file import refuse_pipe
from xanesview.io.toml_text import toml_values
from xanesview.limits import LARGEST_RECIPE
from xanesview.networks.card_schema import Block, shown
from xanesview.networks.configuration import Configuration
from xanesview.networks.kinds import find_kind, loaded
from xanesview.paths import resource
from xanesview.training.recipe_fields import BUNDLE, STICKS, TRAINING, field_of


@dataclass(frozen=True)
class TrainingChoices:
    """How the members of an ensemble are trained, whatever their kind.

    ``epochs`` is the length of the cosine schedule; ``patience`` in epochs without a better validation error,
    0 keeps the last epoch instead of the best;
    ``split`` one of `recipe_fields.SPLITS`; ``train_sites`` uses only so many sites (learning curves), 0 all;
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
    calls the unit where the file's words are too many, what it must warn of, whether the data's structures are
    clusters cut from crystals, which the network is then for, and whether matrices of weights are kept in half
    precision (XANE(3) and XANESNET always are)."""

    name: str = "network"
    title: str = ""
    energy_offset_ev: float = 0.0
    unit: str = ""
    limits: str = ""
    clusters_of_crystals: bool = False
    half_precision: bool = False


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
    choices : ranges of what the kind adds to [training], and what these must be beside each other
    """

    kind: str
    network: Configuration
    training: TrainingChoices = field(default_factory=TrainingChoices)
    default: str = ""
    fixed: tuple[str, ...] = ()
    network_keys: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
    choices: Block = field(default_factory=lambda: Block({}))


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
        for a missing file, bad TOML, a key that is not known, or a value outside its range, named.
    """
    if path is None and recipe.default:
        path = resource("training", recipe.default)
    raw = {} if path is None else read_recipe(Path(path), recipe.default)
    source = "The recipe" if path is None else str(path)
    tables = {
        "network": (recipe.network, _network_fields(recipe)),
        "training": (recipe.training, Block({**TRAINING.fields, **recipe.choices.fields}, rules=recipe.choices.rules)),
        "bundle": (BundleNames(), BUNDLE),
        "sticks": (NATIVE_WIDTHS, STICKS),
    }
    unknown = sorted(set(raw) - set(tables))
    if unknown:
        raise UsageError(f"{source} has the unknown table [{_name(unknown[0])}].", f"Tables: {', '.join(tables)}.")
    changes, filled = changes or {}, {}
    for name, (table, block) in tables.items():
        values = {}
        for told in (raw.get(name, {}), changes.get(name, {})):
            if not isinstance(told, Mapping):
                raise UsageError(f"{source}: {name} is {shown(told)}, not a table.", f"Write it as [{name}].")
            given = _fitting(told, block, name, source)  # before the kind's own reading, which takes them for granted
            values |= recipe.network_keys(given) if name == "network" else given
        known = _settings(table, recipe.fixed if name == "network" else ())
        for key in values:
            if key not in known:
                keys = ", ".join(known)
                raise UsageError(f"{source}: [{name}] has the unknown key '{_name(key)}'.", f"Keys: {keys}.")
        without_range = Block({key: field_of(known[key]) for key in values if key not in block.fields})
        values = _fitting(values, Block({**without_range.fields, **block.fields}), name, source)
        filled[name] = _changed(table, {key: _typed(value, known[key]) for key, value in values.items()})
        wrong = next(filter(None, (rule(_settings(filled[name])) for rule in block.rules)), "")
        if wrong:
            raise UsageError(f"{source}: [{name}] {wrong}.", "Correct the value.")
    return TrainingConfig(recipe.kind, **filled, fixed=recipe.fixed)


def read_recipe(path: Path, like: str = "") -> dict:
    """Return the tables of a recipe; ``like`` is the shipped one to compare with.

    Raises
    ------
    UsageError
        for a file that is missing, too large, or no TOML.
    """
    try:
        refuse_pipe(path)
        size = path.stat().st_size
        if size > LARGEST_RECIPE:
            raise OddContent(f"it has {size:,} bytes, and recipes have up to {LARGEST_RECIPE:,}")
        text = path.read_text(encoding="utf-8")
        return toml_values(text)
    except FileNotFoundError as error:
        raise UsageError(
            f"There is no configuration file {path}.", "Leave --config out to use the shipped recipe."
        ) from error
    except (ValueError, RecursionError, OSError) as error:  # of tomllib: numbers of thousands of digits, too
        hint = f"Compare with resources/training/{like}." if like else "Correct the file."
        raise UsageError(f"{path} is not a TOML file ({in_plain_words(error)}).", hint) from error


def _network_fields(recipe: Recipe) -> Block:
    """Return the ranges of sizes that a file may set: those of the kind's cards, parts of parts beside the others."""
    kind = find_kind(recipe.kind)
    sizes = loaded(kind.card).fields["network"] if kind is not None and kind.card else Block({})
    found = {}
    for name, of in sizes.fields.items():
        found |= of.fields if isinstance(of, Block) else {name: of}
    return Block({name: of for name, of in found.items() if name not in recipe.fixed})


def _fitting(values: Mapping[str, Any], block: Block, name: str, source: str) -> dict[str, Any]:
    """Return values of a table after checking those that have a range."""
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
    wrong = Block(block.fields).problem(plain)
    if wrong:
        raise UsageError(f"{source}: [{name}] {wrong}.", "Correct the value.")
    return plain


def _typed(value: Any, usual: Any) -> Any:
    """Return a value that fits in the type of what it replaces."""
    if isinstance(value, list):
        return tuple(value)
    return float(value) if isinstance(usual, float) else value


def _name(key: str) -> str:
    """Return a key of a file as a message may show it."""
    return printable(key[:40])


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
