"""Checkpoints of a training: written whole or not at all, the one before kept beside, read as numbers only."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.fabric.plugins.io.checkpoint_io import CheckpointIO

from xanesview.errors import DamagedFileError, XanesviewError
from xanesview.io.atomic import made_folder, write_bytes
from xanesview.networks.bundle import with_prefix
from xanesview.networks.torch_file import read_torch_file, write_torch_file

LAST, BEFORE, FINISHED = CHECKPOINTS = "last.ckpt", "before_last.ckpt", "finished.pt"
#: What Lightning takes up again.
_NEEDED = {
    "state_dict": Mapping, "loops": Mapping, "callbacks": Mapping, "optimizer_states": list, "lr_schedulers": list,
    "epoch": int, "global_step": int, "pytorch-lightning_version": str,
}  # fmt: skip

log = logging.getLogger(__name__)


class Checkpoints(CheckpointIO):
    """Writes and reads the checkpoints of Lightning's trainer."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: str | Path, storage_options: object = None) -> None:
        """Write a checkpoint; the one that was there becomes the one before."""
        path = Path(path)
        made_folder(path.parent)
        if path.is_file():
            _set_aside(path, path.with_name(BEFORE))
        write_torch_file(path, checkpoint)

    def load_checkpoint(self, path: str | Path, *_words: object, **_options: object) -> dict[str, Any]:
        """Read a checkpoint; whatever Lightning asks for, no code of it is run."""
        return read_resumable(Path(path))

    def remove_checkpoint(self, path: str | Path) -> None:
        """Delete a checkpoint."""
        Path(path).unlink(missing_ok=True)


def read_resumable(path: Path, weights: Mapping[str, torch.Tensor] | None = None) -> dict[str, Any]:
    """Return a checkpoint that a training can go on from, of a network with such weights where they are given.

    Raises
    ------
    DamagedFileError
        If it was cut off or changed, or something in it is missing, doesn't fit the network or is no finite number.
    XanesviewError
        If reading it could run code.
    """
    content = read_torch_file(path)
    if not isinstance(content, dict) or "state_dict" not in content:
        raise DamagedFileError(f"{path.name} holds no training to go on with.", "Leave it out.")
    odd = (
        _odd_part(content)
        or _odd_weights(content["state_dict"], weights)
        or _odd_average(content, weights)
        or ("its optimiser holds numbers that are not finite" if _not_finite(content["optimizer_states"]) else "")
    )
    if odd:
        raise DamagedFileError(f"{path.name} can't be used: {odd}.", "Leave it out.")
    return content


def _odd_part(content: Mapping[str, Any]) -> str:
    """Return which part of a checkpoint is missing or of a wrong type, in words; empty where none is."""
    for name, kind in _NEEDED.items():
        if name not in content:
            return f"its part “{name}” is missing"
        value = content[name]
        if kind is int and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            return f"its {name} is {str(value)[:40]}, not a number of 0 or more"
        if not isinstance(value, kind):
            return f"its part “{name}” is of another kind"
    return ""


def _odd_weights(state: object, weights: Mapping[str, torch.Tensor] | None) -> str:
    """Return what keeps weights from being those of a network, in words; empty where nothing does.

    Parameters
    ----------
    state : what a checkpoint holds as weights, by their names
    weights : the network's, of which names and shapes count; None where they are not known
    """
    if not isinstance(state, Mapping):
        return "its weights are of another kind"
    for name, own in (weights or {}).items():
        found = state.get(name)
        if not isinstance(found, torch.Tensor):
            return f"the weight “{name}” {'is of another kind' if name in state else 'is missing'}"
        if found.shape != own.shape:
            return f"the weight “{name}” has the shape {tuple(found.shape)}, not {tuple(own.shape)}"
    for name, found in state.items():
        if weights is not None and name not in weights:
            return f"the weight “{str(name)[:60]}” is unknown to this network"
        if isinstance(found, torch.Tensor) and found.is_floating_point() and not torch.isfinite(found).all():
            return f"the weight “{name}” holds numbers that are not finite"
    return ""


def _odd_average(content: Mapping[str, Any], weights: Mapping[str, torch.Tensor] | None) -> str:
    """Return what is wrong with the averaged weights of the best epoch, in words; empty where they fit or are none."""
    kept = content["callbacks"].get(BestAverage.__qualname__)
    if kept is None:
        return ""
    if not isinstance(kept, Mapping) or not isinstance(kept.get("score"), float | int):
        return "its averaged weights are of another kind"
    if kept.get("state") == {}:
        return ""  # no epoch had been validated
    own = None if weights is None else with_prefix(weights, "average.")
    odd = _odd_weights(kept.get("state"), own)
    return f"of the averaged weights {odd}" if odd else ""


def _not_finite(part: object) -> bool:
    """Tell whether any number in lists and tables within each other is not finite: one step more spreads it."""
    if isinstance(part, torch.Tensor):
        return part.is_floating_point() and not bool(torch.isfinite(part).all())
    if isinstance(part, float):
        return not math.isfinite(part)
    inside = part.values() if isinstance(part, Mapping) else part if isinstance(part, list | tuple) else ()
    return any(map(_not_finite, inside))


def newest_checkpoint(folder: Path, weights: Mapping[str, torch.Tensor] | None = None) -> Path | None:
    """Return the file to go on from; what is damaged is named in the log and passed over. None: from the start.

    Where ``weights`` are given, the network's, what holds weights of other names or shapes can't be used, either.

    Raises
    ------
    XanesviewError
        If reading one could run code.
    """
    damaged = []
    for path in (folder / LAST, folder / BEFORE):
        try:
            read_resumable(path, weights)
        except FileNotFoundError:
            continue
        except DamagedFileError as error:
            damaged.append(error.message)
            continue
        except XanesviewError as error:
            raise _refused(path, error) from error
        if damaged:
            log.warning("%s The training in %s goes on from %s.", " ".join(damaged), folder, path.name)
        return path
    if damaged:
        log.warning("%s The training in %s begins from the start.", " ".join(damaged), folder)
    return None


def put_aside(path: Path) -> bool:
    """Rename a last checkpoint that no training can go on from; False where there is none before it to go on from."""
    if path.name != LAST or not path.with_name(BEFORE).is_file():
        return False
    odd = path.with_name(f"odd_{path.name}")
    path.replace(odd)
    log.warning("%s does not fit this network and is kept as %s; the training goes on from %s.", path, odd.name, BEFORE)
    return True


def forget(folder: Path) -> None:
    """Delete what an earlier training left, so that nobody goes on from it."""
    for name in CHECKPOINTS:
        (folder / name).unlink(missing_ok=True)


def read_finished(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, float]] | None:
    """Return weights and facts that a finished training left; None where it has not finished or they are damaged.

    Raises
    ------
    XanesviewError
        If reading them could run code.
    """
    if path.exists() and not path.is_file():
        raise XanesviewError(f"{path} is no file, and none can be written in its place.", "Remove it.")
    try:
        kept = read_torch_file(path)
        return kept["state"], kept["note"]
    except FileNotFoundError:
        return None
    except (KeyError, TypeError):
        log.warning("%s holds no finished training; it goes on from the last checkpoint.", path)
        return None
    except DamagedFileError as error:
        log.warning("%s The training in %s goes on from the last checkpoint.", error.message, path.parent)
        return None
    except XanesviewError as error:
        raise _refused(path, error) from error


def _refused(path: Path, error: XanesviewError) -> XanesviewError:
    return XanesviewError(error.message, way_on(path))


def way_on(path: Path) -> str:
    """Return what to do where a training can't go on from a file."""
    before = path.with_name(BEFORE)
    if path.name == LAST and before.is_file():
        return f"Delete {path} to go on from {before.name}, or leave --resume out to start again."
    return f"Delete {path}, or leave --resume out to start again."


class BestAverage(lightning.Callback):
    """The averaged weights of the epoch with the lowest validation error; every checkpoint holds them.

    Parameters
    ----------
    monitor : name of the error that is logged after each validation
    newest : keep those of the last epoch instead, whatever its error
    """

    def __init__(self, monitor: str, newest: bool = False) -> None:
        self._monitor, self._newest = monitor, newest
        self.score = math.inf
        self.state: dict[str, torch.Tensor] = {}

    def on_validation_end(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Keep the weights if they are better than all before."""
        score = float(trainer.callback_metrics[self._monitor])
        if self._newest or score < self.score or not self.state:
            self.score = score if math.isfinite(score) else math.inf
            self.state = {k: v.detach().cpu().clone() for k, v in module.average.state_dict().items()}

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint keeps."""
        return {"score": self.score, "state": self.state}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take up what a checkpoint kept."""
        self.score, self.state = float(state_dict["score"]), dict(state_dict["state"])


class Draws(lightning.Callback):
    """Where the random numbers stand, so that a training that was interrupted draws what it would have drawn.

    Parameters
    ----------
    order : draws the order of the structures
    """

    def __init__(self, order: torch.Generator) -> None:
        self._order = order
        self._alone = True

    def setup(self, trainer: lightning.Trainer, module: lightning.LightningModule, stage: str) -> None:
        """Note whether others train beside: each draws its own numbers, and only one of them writes checkpoints."""
        self._alone = trainer.world_size == 1

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint keeps."""
        state = {"order": self._order.get_state(), "cpu": torch.get_rng_state()}
        if torch.cuda.is_available():
            state["cuda"] = torch.cuda.get_rng_state()
        return state

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take up what a checkpoint kept."""
        if not self._alone:
            return
        self._order.set_state(state_dict["order"])
        torch.set_rng_state(state_dict["cpu"])
        if "cuda" in state_dict and torch.cuda.is_available():
            torch.cuda.set_rng_state(state_dict["cuda"])


def _set_aside(path: Path, before: Path) -> None:
    """Let a file be found under another name, too."""
    before.unlink(missing_ok=True)
    try:
        os.link(path, before)
    except OSError:  # a file system without links
        write_bytes(before, path.read_bytes())
