"""One network in training, whatever its kind: averaged weights, schedule, budget, and what early stopping follows."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Mapping

import lightning
import torch

from xanesview.errors import XanesviewError
from xanesview.training.configuration import TrainingChoices

MONITOR = "val_rmse"
"""The error that early stopping and checkpoints follow."""


class AveragedModule(lightning.LightningModule):
    """One ensemble member in training; ``average`` holds the exponentially averaged weights that are tested and
    shipped.

    Kinds implement `training_loss` and `validation_errors`. Batches are PyTorch Geometric data, most of them
    `LabelledGraph`.

    Parameters
    ----------
    steps
        Optimiser steps of the whole schedule: a short warm-up, then a cosine to one hundredth. With a budget of
        minutes the schedule follows whichever runs out first.
    """

    def __init__(self, network: torch.nn.Module, choices: TrainingChoices, steps: int) -> None:
        super().__init__()
        self.network = network
        self.average = copy.deepcopy(network).requires_grad_(False)
        self.choices, self.steps = choices, max(1, steps)
        self._validation: list[torch.Tensor] = []
        self._spent_before_s, self._began_s = 0.0, time.process_time()

    def training_loss(self, batch) -> tuple[torch.Tensor, Mapping[str, torch.Tensor]]:
        """Return the loss of a batch, and what to write beside it."""
        raise NotImplementedError

    def validation_errors(self, network: torch.nn.Module, batch) -> torch.Tensor:
        """Return the square error of each site of a batch, (S,)."""
        raise NotImplementedError

    @property
    def spent_before_minutes(self) -> float:
        """Processor time before this start, where the training goes on after an interruption."""
        return self._spent_before_s / 60.0

    @property
    def spent_minutes(self) -> float:
        """Processor time of this training, before interruptions included."""
        return (self._spent_before_s + time.process_time() - self._began_s) / 60.0

    def training_step(self, batch, _index: int) -> torch.Tensor:
        """Return the loss of a batch and stop when the budget is spent."""
        loss, told = self.training_loss(batch)
        for name, value in told.items():
            self.log(name, value, batch_size=1, on_step=False, on_epoch=True)
        if self.choices.minutes and self.spent_minutes >= self.choices.minutes:
            self.trainer.should_stop = True
        return loss

    def on_train_batch_end(self, *_args) -> None:
        """Follow the weights with the running average, faster at the start."""
        decay = min(self.choices.average_decay, (self.global_step + 1) / (self.global_step + 10))
        with torch.no_grad():
            for mine, theirs in zip(self.average.parameters(), self.network.parameters(), strict=True):
                mine.lerp_(theirs, 1.0 - decay)
            for mine, theirs in zip(self.average.buffers(), self.network.buffers(), strict=True):
                mine.copy_(theirs)

    def on_validation_epoch_start(self) -> None:
        """Start afresh."""
        self._validation = []

    def validation_step(self, batch, _index: int) -> None:
        """Collect the errors of the averaged network."""
        self.average.eval()
        self._validation.append(self.validation_errors(self.average, batch).detach())

    def on_validation_epoch_end(self) -> None:
        """Log mean and median, and what early stopping follows: the mean of the roots, between the two.

        Raises
        ------
        XanesviewError
            where an error is no finite number; nothing that is kept of the epochs before is written over.
        """
        error = torch.cat(self._validation)
        if not torch.isfinite(error).all():
            raise XanesviewError(
                f"The training stopped in epoch {self.current_epoch + 1}: its validation error is no number any more.",
                "Start again with a lower learning_rate in the recipe, and look for odd structures or spectra in the "
                "data.",
            )
        many = self.trainer.world_size > 1
        self.log("val_mse", error.mean(), sync_dist=many)
        self.log("val_median", error.median(), sync_dist=many)
        self.log(MONITOR, error.sqrt().mean(), sync_dist=many)

    def on_save_checkpoint(self, checkpoint: dict) -> None:
        """Keep the time spent: a budget holds over interruptions."""
        checkpoint["spent_minutes"] = self.spent_minutes

    def on_load_checkpoint(self, checkpoint: dict) -> None:
        """Take up the time spent before."""
        self._spent_before_s = 60.0 * float(checkpoint.get("spent_minutes", 0.0))
        self._began_s = time.process_time()

    def configure_optimizers(self):
        """AdamW; vectors (biases, gains) without decay; warm-up and cosine."""
        decayed = [p for p in self.network.parameters() if p.ndim > 1]
        plain = [p for p in self.network.parameters() if p.ndim <= 1]
        optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": self.choices.weight_decay}, {"params": plain, "weight_decay": 0.0}],
            lr=self.choices.learning_rate,
            betas=(0.9, 0.99),
        )
        warm = max(1, self.steps // 15)

        def factor(step: int) -> float:
            done = min(1.0, step / self.steps)
            if self.choices.minutes:
                done = min(1.0, max(done, self.spent_minutes / self.choices.minutes))
            warmed = min(1.0, max((step + 1) / warm, 15.0 * done))  # a budget shortens the warm-up too
            return warmed * (0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * done)))

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}
