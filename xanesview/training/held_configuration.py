"""What a folder of runs was begun with: a training goes on only with the same."""

from __future__ import annotations

import itertools
import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from xanesview.errors import OddContent, XanesviewError, in_plain_words
from xanesview.io.atomic import cannot_write, made_folder, write_text
from xanesview.io.text_file import refuse_pipe
from xanesview.training.checkpoints import CHECKPOINTS
from xanesview.training.configuration import TrainingConfig
from xanesview.training.harness import RUNS, is_writer

_MAY_CHANGE = ("accelerator", "devices", "nodes", "threads")
"""Where it runs may change between a start and the next; what is trained may not."""

log = logging.getLogger(__name__)


def hold_configuration(
    out: Path, config: TrainingConfig, data: Sequence[Path], resume: bool, usual: TrainingConfig | None = None
) -> Path:
    """Return the folder of the runs after writing down what is trained there.

    Without ``resume`` the runs of an earlier training are set aside, not deleted: hours of work may lie in them.

    Parameters
    ----------
    usual : what the kind trains where a file says nothing; settings that a version before did not have had these values

    Raises
    ------
    XanesviewError
        when it already holds a training with another configuration.
    """
    held = out / RUNS / "configuration.json"
    wanted = {"config": _settings(config), "data": [path.name for path in data]}
    if resume:
        before = _read_held(held)
        if before is not None and _completed(before, _settings(usual or config)) != wanted:
            raise XanesviewError(
                f"{out} holds a training with another configuration.",
                "Choose another folder, or leave --resume out to start again.",
            )
    elif is_writer():
        _set_aside(held.parent)
    write_text(made_folder(held.parent) / held.name, json.dumps(wanted, indent=1))
    return held.parent


def _set_aside(runs: Path) -> None:
    """Rename the folder of an earlier training that has got somewhere, and say so."""
    if not any(path.name in CHECKPOINTS for path in runs.rglob("*")):
        return
    for number in itertools.count(1):
        aside = runs.with_name(f"{runs.name}_before_{number}")
        if not os.path.lexists(aside):
            break
    try:
        runs.rename(aside)
    except OSError as error:
        raise cannot_write(aside, error) from error
    log.warning("The earlier training in %s is kept as %s; --resume would have gone on with it.", runs.parent, aside)


def _settings(config: TrainingConfig) -> dict:
    """Return the settings as JSON would give them back."""
    values = config.as_dict()
    for key in _MAY_CHANGE:
        values["training"].pop(key, None)
    return json.loads(json.dumps(values))


def _completed(held: dict, usual: dict) -> dict:
    """Return what was held with the usual values of settings that it lacks."""
    config = held.get("config")
    if not isinstance(config, dict):
        return held
    tables = {
        name: {**usual[name], **table} if isinstance(table, dict) and isinstance(usual.get(name), dict) else table
        for name, table in config.items()
    }
    return {**held, "config": tables}


def _read_held(path: Path) -> dict | None:
    """Return the configuration of a training that was begun; None where there is none, or the file is damaged."""
    if path.is_dir():
        raise XanesviewError(f"{path} is a folder, and no file can be written in its place.", "Remove it.")
    try:
        refuse_pipe(path)
        held = json.loads(path.read_text(encoding="utf-8"))
        if not (isinstance(held, dict) and isinstance(held.get("config"), dict) and isinstance(held.get("data"), list)):
            raise OddContent("it holds no configuration")
        return held
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        why = in_plain_words(error)
        log.warning("%s is damaged and is written anew from the given configuration (%s).", path, why)
        return None
