"""A copy of a tensor network learns a few molecules more, and rehearses some of what it knew so as not to forget it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch_geometric.data import Data

from xanesview.networks.absorption_tensor.network import AbsorptionTensorConfig
from xanesview.networks.bundle import load_weights
from xanesview.networks.card import Card
from xanesview.networks.members import load_members
from xanesview.training.absorption_tensor.module import TensorChoices, TensorModule, labelled_graphs
from xanesview.training.absorption_tensor.training import derivative_scales
from xanesview.training.data.labelled import LabelledStructure
from xanesview.training.harness import RUNS, FitResult, fit, seed_everything

TAUGHT, APART, KNOWN = GROUPS = ("taught", "apart", "known")

MOST_FORGOTTEN = 1.03
"""By what factor the error on the network's own validation molecules may grow."""
SHARES = (1.0, 0.8, 0.6, 0.4, 0.2)
"""Of the way from the first weights to the last ones that may be taken."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """What a copy learns from: structures of one edge on one grid, by group, and what of the grid is measured.

    ``taught`` are new and stand ``repeats`` times in an epoch; ``apart`` are new, too, and only looked at;
    ``rehearsed`` and ``known`` are of the network's own training and validation data; the latter are looked at.
    """

    energy_ev: np.ndarray
    window_ev: tuple[float, float]
    taught: Sequence[LabelledStructure]
    apart: Sequence[LabelledStructure]
    rehearsed: Sequence[LabelledStructure]
    known: Sequence[LabelledStructure]
    repeats: int = 8


class TaughtModule(TensorModule):
    """One member that learns more; after each epoch the errors of each group are told.

    Nothing is chosen by these errors: the weights of the last epoch are kept, so that what is kept apart stays unseen.
    """

    tell: Callable[[int, dict[str, float]], None] = staticmethod(lambda _epoch, _errors: None)
    go_on: Callable[[float], None] = staticmethod(lambda _epochs: None)

    def on_train_batch_end(self, outputs: object, batch: Data, index: int) -> None:
        """Tell how many epochs are gone through, the last one in part."""
        super().on_train_batch_end(outputs, batch, index)
        self.go_on(self.current_epoch + (index + 1) / max(1, self.trainer.num_training_batches))

    def on_validation_epoch_start(self) -> None:
        """Start afresh."""
        super().on_validation_epoch_start()
        self._groups: list[torch.Tensor] = []

    def validation_step(self, batch: Data, index: int) -> None:
        """Collect the errors of the averaged network, and whose they are."""
        super().validation_step(batch, index)
        self._groups.append(batch.group)

    def on_validation_epoch_end(self) -> None:
        """Log and tell the mean error of each group."""
        super().on_validation_epoch_end()
        errors, groups = torch.cat(self._validation), torch.cat(self._groups)
        found = {
            name: float(errors[groups == k].mean()) for k, name in enumerate(GROUPS) if bool((groups == k).any())
        }
        self.tell(self.current_epoch + 1, found)


def taught_members(
    start: Card,
    lesson: Lesson,
    choices: TensorChoices,
    out: Path,
    tell: Callable[[int, int, dict[str, float]], None] = lambda _member, _epoch, _errors: None,
    go_on: Callable[[int, float], None] = lambda _member, _epochs: None,
) -> list[FitResult]:
    """Teach the members of a network and return their new weights.

    Parameters
    ----------
    start : card of the network; its own folder stays as it is
    choices : ``patience`` 0, so that the last epoch counts
    out : folder of the runs
    tell : called with member, epoch (0 before the first) and the mean square errors of the groups
    go_on : called after each step with member and how many epochs it has gone through

    Raises
    ------
    XanesviewError
        as `fit` does.
    """
    config = AbsorptionTensorConfig.from_dict(start.raw["network"])
    known = load_members(start, load_weights(start.path))
    scale = start.intensity_scale
    train = [*list(lesson.taught) * lesson.repeats, *lesson.rehearsed]
    items = labelled_graphs(train, config, scale)
    groups = (lesson.taught, lesson.apart, lesson.known)
    watched = [item for k, group in enumerate(groups) for item in _grouped(labelled_graphs(group, config, scale), k)]
    scales = derivative_scales(items, lesson.energy_ev, lesson.window_ev)
    results = []
    for member in range(choices.members):
        seed_everything(choices, member)
        module = TaughtModule(config, choices, lesson.energy_ev, scales, choices.steps(len(items)), lesson.window_ev)
        for network in (module.network, module.average):
            network.load_state_dict(known[member % len(known)].state_dict())
        module.tell = lambda epoch, errors, member=member: tell(member, epoch, errors)
        module.go_on = lambda epochs, member=member: go_on(member, epochs)
        before = _errors(module, watched)
        tell(member, 0, before)
        result = fit(module, items, watched, out / RUNS, member, resume=False)
        results.append(_not_forgetting(module, result, known[member % len(known)].state_dict(), watched, before))
        tell(member, choices.epochs, _errors(module, watched))
    return results


def _not_forgetting(
    module: TaughtModule, result: FitResult, start: Mapping[str, torch.Tensor], watched: Sequence[Data], before: dict
) -> FitResult:
    """Go back towards the first weights, along the straight line, until what was known is known nearly as well.

    Only the network's own validation molecules decide. M. Wortsman et al., arXiv:2109.01903 (2021), find that weights
    between those before and after a fine-tuning keep most of both.
    """
    for share in SHARES:
        state = {
            key: start[key] + share * (value - start[key]) if value.is_floating_point() else value
            for key, value in result.state.items()
        }
        module.average.load_state_dict(state)
        after = _errors(module, watched)
        if KNOWN not in before or after[KNOWN] <= MOST_FORGOTTEN * before[KNOWN]:
            break
    return replace(result, state=state, note={**result.note, "share_learnt": share})


def known_elements_only(structures: Sequence[LabelledStructure], start: Card) -> list[LabelledStructure]:
    """Return structures all of whose elements a network has weights for."""
    known = set(AbsorptionTensorConfig.from_dict(start.raw["network"]).elements)
    return [m for m in structures if known.issuperset(m.numbers.tolist())]


def members_of(start: Card, choices: TensorChoices) -> TensorChoices:
    """Return choices for as many members as a network has."""
    return replace(choices, members=int(start.raw.get("members", 1)))


def _grouped(items: Sequence[Data], group: int) -> Sequence[Data]:
    for item in items:
        item.group = torch.full((len(item.sites),), group)
    return items


def _errors(module: TaughtModule, items: Sequence[Data]) -> dict[str, float]:
    """Return the errors of the groups before anything is learnt."""
    from torch_geometric.loader import DataLoader

    module.average.eval()
    found: dict[int, list[torch.Tensor]] = {}
    with torch.no_grad():
        for batch in DataLoader(list(items), 32):
            errors = module.validation_errors(module.average, batch)
            for k in range(len(GROUPS)):
                found.setdefault(k, []).append(errors[batch.group == k])
    joined = {GROUPS[k]: torch.cat(parts) for k, parts in found.items()}
    return {name: float(values.mean()) for name, values in joined.items() if len(values)}
