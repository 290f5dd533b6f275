"""The kinds of networks that can be trained, each by its own module behind one way of calling them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from xanesview.errors import UsageError
from xanesview.networks.kinds import loaded, trained_kinds
from xanesview.networks.torch_access import need_torch

if TYPE_CHECKING:
    from xanesview.training.configuration import TrainingChoices


def training_of(kind: str) -> ModuleType:
    """Return the training module of a kind: RECIPE, train and ABLATIONS, see `xanesview.networks.kinds.Kind`.

    Parameters
    ----------
    kind : as the command line calls it

    Raises
    ------
    UsageError
        for an unknown kind.
    """
    kinds = trained_kinds()
    if kind not in kinds:
        raise UsageError(f"There is no kind of network “{kind}” to train.", f"Kinds: {', '.join(kinds)}.")
    need_torch()
    return loaded(kinds[kind].training)


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
    from xanesview.io.atomic import made_folder
    from xanesview.training.configuration import TrainingConfig, read_config
    from xanesview.training.harness import is_writer
    from xanesview.training.held_configuration import hold_configuration

    module = training_of(kind)
    read = read_config(config, module.RECIPE, changes)
    made_folder(out)
    recipe = module.RECIPE
    usual = TrainingConfig(recipe.kind, recipe.network, recipe.training, fixed=recipe.fixed)
    hold_configuration(out, read, data, resume, usual)
    data = [_as_file(path, out, read.training) for path in data]
    module.train(data, read, out, resume)
    if is_writer():
        from xanesview.training.testing.bundle_measures import measure_bundle

        measure_bundle(out, data)
    return out


def _as_file(path: Path, out: Path, choices: TrainingChoices) -> Path:
    """Return a data file; a folder of pairs of structures and spectra is made into one below ``out``."""
    from xanesview.training.data.structure_pairs import pairs_data_file
    from xanesview.training.harness import RUNS

    if not path.is_dir():
        return path
    absorber, edge = getattr(choices, "absorber", 0), getattr(choices, "edge", "K")
    return pairs_data_file(path, out / RUNS, absorber, edge, choices.seed)
