"""What the training of every kind of network shares: averaged weights, schedule, checkpoints, curves, the card."""

from __future__ import annotations

import datetime
import importlib.util
import logging
import math
import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import lightning
import torch
from torch_geometric.data import Data
from torch_geometric.loader import DataLoader

from xanesview.errors import XanesviewError
from xanesview.io.atomic import cannot_write
from xanesview.networks.card import FORMAT, FORMAT_VERSION
from xanesview.networks.kinds import kind_named
from xanesview.networks.torch_file import write_torch_file
from xanesview.training.averaged_module import MONITOR, AveragedModule
from xanesview.training.checkpoints import (
    FINISHED,
    LAST,
    BestAverage,
    Checkpoints,
    Draws,
    forget,
    newest_checkpoint,
    put_aside,
    read_finished,
    way_on,
)  # fmt: skip
from xanesview.training.configuration import BundleNames, TrainingChoices, TrainingConfig
from xanesview.training.data.labelled import LabelledStructure, SpectraDataset
from xanesview.training.domain_calibration import elements_seen
from xanesview.training.going_on import begun_with
from xanesview.version import __version__

log = logging.getLogger(__name__)

RUNS = "runs"


@dataclass(frozen=True, eq=False)
class FitResult:
    """What a member's training leaves: the averaged weights of its best epoch, and the facts for the card."""

    state: dict[str, torch.Tensor]
    note: dict[str, float]


class _Telling(lightning.Callback):
    """One line an epoch with the time that is left, in place on a terminal."""

    def __init__(self, member: int) -> None:
        self._member = member
        self._began = time.monotonic()
        self._first: int | None = None

    def on_train_epoch_end(self, trainer: lightning.Trainer, module: AveragedModule) -> None:
        if not trainer.is_global_zero:
            return
        epoch, choices = trainer.current_epoch + 1, module.choices
        self._first = epoch - 1 if self._first is None else self._first
        share = (epoch - self._first) / max(1, choices.epochs - self._first)
        if choices.minutes:
            before = module.spent_before_minutes
            share = max(share, (module.spent_minutes - before) / max(1e-6, choices.minutes - before))
        left = (time.monotonic() - self._began) * (1.0 / max(share, 1e-6) - 1.0)
        m = trainer.callback_metrics
        text = (
            f"member {self._member + 1} of {choices.members} · epoch {epoch} of {choices.epochs} · validation "
            f"{float(m.get('val_mse', math.nan)):.4g} (median {float(m.get('val_median', math.nan)):.4g}) · "
            f"{max(0.0, left) / 60:.1f} min left"
        )
        print("\r" + text if sys.stdout.isatty() else text, end="" if sys.stdout.isatty() else "\n", flush=True)


def fit(
    module: AveragedModule,
    train_items: Sequence[Data],
    val_items: Sequence[Data],
    folder: Path,
    member: int = 0,
    resume: bool = True,
) -> FitResult:
    """Train one member in ``folder``/member…; a finished one is read, an interrupted one goes on.

    Parameters
    ----------
    train_items, val_items
        One a structure; batches are joined from them.

    Returns
    -------
    FitResult
        the averaged weights of the epoch with the lowest validation error
    """
    choices = module.choices
    place = folder / f"member{member}"
    finished = place / FINISHED
    if not resume:
        forget(place)
    elif (known := read_finished(finished)) is not None:
        return FitResult(*known)
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    if choices.threads:
        torch.set_num_threads(choices.threads)
    generator = torch.Generator().manual_seed(choices.seed + 1000 * member)
    loader = DataLoader(list(train_items), choices.batch_structures, shuffle=True, generator=generator)
    val_loader = DataLoader(list(val_items), 2 * choices.batch_structures)
    trainer, best = _trainer(choices, place, member, generator)
    begun = _Begun()
    trainer.callbacks.append(begun)
    start = newest_checkpoint(place, module.state_dict()) if resume else None
    began = time.time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Lightning's advice on workers and folders is no news to who trains
            trainer.fit(module, loader, val_loader, ckpt_path=None if start is None else str(start))
    except OSError as error:  # the curves; checkpoints tell by themselves
        raise cannot_write(error.filename or place, error) from error
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
        if start is None or begun.is_on:
            raise
        if put_aside(start):
            return fit(module, train_items, val_items, folder, member)
        raise XanesviewError(
            f"The training in {place} can't go on from {start.name}: what it holds doesn't fit this network.",
            way_on(start),
        ) from error
    if not best.state:  # nothing was averaged: the bundle that may be there already must not be written over
        raise XanesviewError(
            f"The training in {place} ended without averaged weights: "
            f"{'it is over after no epoch' if start is None else f'{start.name} holds none'}.",
            "Leave --resume out to start again.",
        )
    note = {
        "epochs": int(trainer.current_epoch),
        "val_rmse": best.score,
        "seconds": round(time.time() - began, 1),
        "cpu_minutes": round(module.spent_minutes, 2),
    }
    if trainer.is_global_zero:
        if sys.stdout.isatty():
            print()
        write_torch_file(finished, {"state": best.state, "note": note})
    return FitResult(best.state, note)


class _Begun(lightning.Callback):
    """Knows whether a training is past what it takes up from a checkpoint."""

    is_on = False

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """Note it."""
        self.is_on = True


def _trainer(choices: TrainingChoices, place: Path, member: int, order: torch.Generator):
    from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
    from lightning.pytorch.loggers import CSVLogger

    # One folder of curves each time it is started: Lightning's logger empties the one it is given.
    curves = f"curves_{len(list(place.glob('curves_*')))}"
    best = BestAverage(MONITOR, newest=not choices.patience)
    early = [EarlyStopping(MONITOR, patience=choices.patience)] if choices.patience else []
    last = ModelCheckpoint(place, filename=Path(LAST).stem, enable_version_counter=False)
    devices: int | str = int(choices.devices) if choices.devices.isdigit() else choices.devices
    trainer = lightning.Trainer(
        max_epochs=choices.epochs,
        callbacks=[best, Draws(order), *early, _Telling(member), last],
        plugins=[Checkpoints()],
        logger=[CSVLogger(place, name="", version=curves), *_tensorboard(place, curves)],
        gradient_clip_val=1.0,
        accelerator=choices.accelerator,
        devices=devices,
        num_nodes=choices.nodes,
        enable_model_summary=False,
        enable_progress_bar=False,
        log_every_n_steps=1,
        num_sanity_val_steps=0,
        deterministic=False,
    )
    return trainer, best


def _tensorboard(place: Path, curves: str) -> list:
    """Return a logger for TensorBoard where that package is installed; the CSV file is always written."""
    if importlib.util.find_spec("tensorboard") is None:
        return []
    from lightning.pytorch.loggers import TensorBoardLogger

    return [TensorBoardLogger(place, name="", version=f"{curves}/tensorboard")]


def seed_everything(choices: TrainingChoices, member: int) -> None:
    """Seed weights, dropout and drawn directions of a member; call before its network is made."""
    lightning.seed_everything(choices.seed + 1000 * member, verbose=False)


def is_writer() -> bool:
    """Tell whether this process writes the bundle: one of those that train together does."""
    return all(int(os.environ.get(k, "0")) == 0 for k in ("LOCAL_RANK", "NODE_RANK", "GROUP_RANK"))


def member_tensors(
    results: Sequence[FitResult], stored: Callable[[str, torch.Tensor], torch.Tensor] = lambda _name, value: value
) -> dict[str, torch.Tensor]:
    """Return the weights of all members under the names of a bundle, each as ``stored`` (name, values) makes it."""
    return {f"member{i}.{k}": stored(k, v) for i, result in enumerate(results) for k, v in result.state.items()}


def stored_as(bundle: BundleNames) -> Callable[[str, torch.Tensor], torch.Tensor]:
    """Return what makes of a weight what is kept of it: where the recipe asks for it, matrices in half precision."""
    half = bundle.half_precision
    return lambda _name, value: value.half() if half and value.ndim > 1 and value.is_floating_point() else value


def n_structures(structures: Sequence[LabelledStructure], bundle: BundleNames) -> int:
    """Return how many structures there are; of clusters cut from crystals, how many crystals."""
    return len({m.parent for m in structures}) if bundle.clusters_of_crystals else len(structures)


def base_card(
    config: TrainingConfig,
    dataset: SpectraDataset,
    train: Sequence[LabelledStructure],
    val: Sequence[LabelledStructure],
    results: Sequence[FitResult],
) -> dict:
    """Return what the card of every kind says; the kind adds ``energy_ev``, ``native_fwhm_ev``, ``network`` and
    ``domain``, and its own."""
    counts = elements_seen(train, config.bundle.clusters_of_crystals)
    start = getattr(config.training, "start", "")
    learnt = (dataset.method, dataset.taught, begun_with(start) if start else "")
    least = min(20, max(1, n_structures(train, config.bundle) // 10))
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "version": datetime.date.today().isoformat(),
        "name": config.bundle.name,
        "title": config.bundle.title or config.bundle.name,
        "kind": config.kind,
        "gives": kind_named(config.kind).gives,
        "element": dataset.element,
        "edge": dataset.edge,
        "axis": dataset.axis,
        "energy_ev": [round(float(e), 5) for e in dataset.energy_ev],
        "unit": config.bundle.unit or dataset.unit,
        "intensity_scale": 1.0,
        "energy_offset_ev": dataset.energy_offset_ev,
        "elements": sorted(s for s, n in counts.items() if n >= least),
        "members": len(results),
        "domain": {},
        "data": {
            "files": list(dataset.sources),
            "method": "; ".join(filter(None, learnt)),
            "periodic": dataset.is_periodic or config.bundle.clusters_of_crystals,
            "train_structures": n_structures(train, config.bundle),
            "train_sites": int(sum(len(m.sites) for m in train)),
            "val_structures": n_structures(val, config.bundle),
            "val_sites": int(sum(len(m.sites) for m in val)),
            "split": SPLIT_WORDS.get(config.training.split, config.training.split),
            **({"limits": config.bundle.limits} if config.bundle.limits else {}),
            **({"licence": dataset.licence} if dataset.licence else {}),
        },
        "metrics": {},
        "licence": "BSD-3-Clause",
        "training": {
            "recipe": config.as_dict(),
            "members": [r.note for r in results],
            "parameters_a_member": int(sum(v.numel() for v in results[0].state.values())) if results else 0,
            "seconds": round(sum(r.note["seconds"] for r in results), 1),
            "date": datetime.date.today().isoformat(),
            "program": f"xanesview {__version__}",
        },
    }


SPLIT_WORDS = {
    "file": "as fixed in the file: molecules by constitution (first block of the InChIKey), crystals by parent",
    "random": "80/10/10 by parent",
    "scaffold": "80/10/10 by Bemis–Murcko scaffold",
    "spectrum": "80/10/10 by structure; copies of one parent may straddle it",
}
