"""Training configurations: TOML with checked keys."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from xanesview.errors import UsageError
from xanesview.paths import resource


@dataclass(frozen=True)
class NetworkSizes:
    """Sizes of the absorption-tensor network (see `AbsorptionTensorConfig`)."""

    channels: int = 64
    layers: int = 2
    cutoff_angstrom: float = 5.0
    absorber_cutoff_angstrom: float = 7.0
    radial_functions: int = 8
    radial_hidden: int = 32
    readout_hidden: int = 128
    dropout: float = 0.1


@dataclass(frozen=True)
class TrainingChoices:
    """How one ensemble is trained.

    ``epochs`` is the length of the cosine schedule; ``patience`` in epochs without a better validation error;
    ``train_sites`` uses only so many sites (learning curves), 0 all; ``threads`` of the processor, 0 leaves torch's
    choice.
    """

    members: int = 4
    epochs: int = 30
    batch_molecules: int = 16
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    patience: int = 12
    average_decay: float = 0.995
    gradient_weight: float = 0.1
    curvature_weight: float = 0.05
    robustness: float = 0.01
    positivity_weight: float = 0.02
    train_sites: int = 0
    seed: int = 1
    threads: int = 0


@dataclass(frozen=True)
class BundleNames:
    """Name and title of the bundle to write."""

    name: str = "c_k_edge_tensor"
    title: str = "C K-edge absorption tensor of organic molecules"


@dataclass(frozen=True)
class TensorTrainingConfig:
    """All of a configuration file: tables ``[network]``, ``[training]``, ``[bundle]``."""

    network: NetworkSizes = field(default_factory=NetworkSizes)
    training: TrainingChoices = field(default_factory=TrainingChoices)
    bundle: BundleNames = field(default_factory=BundleNames)

    def as_dict(self) -> dict:
        """Return plain values for the card."""
        return asdict(self)


def read_tensor_config(path: Path | None) -> TensorTrainingConfig:
    """Read a configuration; without a path the recipe of the shipped network.

    Raises
    ------
    UsageError
        for a missing file, bad TOML, or a key or type that is not known, named.
    """
    path = path or resource("training", "tensor.toml")
    try:
        raw = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(
            f"There is no configuration file {path}.", "Leave --config out to use the shipped recipe."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(
            f"{path} is not a TOML file ({error}).", "Compare with resources/training/tensor.toml."
        ) from error
    tables = {"network": NetworkSizes, "training": TrainingChoices, "bundle": BundleNames}
    unknown = sorted(set(raw) - set(tables))
    if unknown:
        raise UsageError(f"{path} has the unknown table [{unknown[0]}].", f"Tables: {', '.join(tables)}.")
    return TensorTrainingConfig(**{name: _table(kind, raw.get(name, {}), name, path) for name, kind in tables.items()})


def _table(kind, values: dict, name: str, path):
    defaults = {f.name: f.default for f in fields(kind)}
    checked = {}
    for key, value in values.items():
        if key not in defaults:
            raise UsageError(f"{path}: [{name}] has the unknown key '{key}'.", f"Keys: {', '.join(defaults)}.")
        wanted = type(defaults[key])
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise UsageError(
                f"{path}: [{name}] {key} should be {wanted.__name__}, not {value!r}.", "Correct the value."
            )
        checked[key] = value
    return kind(**checked)
