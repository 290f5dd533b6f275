"""How well a network does on the user's own molecules; apart from the teaching, since it needs no training packages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.inference.loaded_network import Predictor
from xanesview.inference.predictor import load_predictor
from xanesview.networks.card import CARD, Card, find_bundle
from xanesview.training.teaching.known_molecules import known_molecules
from xanesview.training.teaching.lesson_files import write_own
from xanesview.training.teaching.own_set import APART, OwnEntry
from xanesview.training.testing.split_comparison import SplitComparison, compare_split, splits_of

Tell = Callable[[dict], None]


@dataclass(frozen=True)
class Tested:
    """The mean square error of a network and of its copy on molecules that neither has learnt from."""

    name: str
    n_molecules: int
    n_sites: int
    before: float
    after: float
    molecules: dict[str, tuple[float, float]] = field(default_factory=dict)


def check_can_be_taught(card: Card) -> None:
    """Refuse a network that can't be taught here.

    Raises
    ------
    XanesviewError
        telling why.
    """
    if card.kind != "tensor":
        raise XanesviewError(
            f"{card.title} can't be taught here: it is a {card.kind} network.",
            "Choose a tensor network; others are trained with “xanesview train”.",
        )
    if any(str(name).startswith("kernel") for name in card.raw):
        raise XanesviewError(
            f"{card.title} can't be taught here: a kernel regression on its own sites stands beside it.",
            "Choose another network of this edge.",
        )


def own_errors(start: str, entries: Sequence[OwnEntry], folder: Path, tell: Tell = lambda _line: None) -> dict:
    """Return a network's mean square error on each of the user's own molecules, and which of them it has learnt.

    Returns
    -------
    dict
        "errors" {key: error}, "learnt" [key]
    """
    card = Card.from_json(find_bundle(start) / CARD)
    learnt = known_molecules(card).learnt(formulas(entries))
    files = write_own(folder, entries, {one.key: APART for one in entries})
    predictor, errors = load_predictor(start, "cpu"), {}
    for path in files:
        errors |= {key: float(np.mean(values)) for key, values in errors_by_molecule(path, predictor).items()}
        tell({"stage": "looking"})
    return {"errors": errors, "learnt": [one.key for one in entries if one.constitution in learnt]}


def errors_by_molecule(path: Path, predictor: Predictor, wanted: set[str] | None = None) -> dict[str, list[float]]:
    """Return the errors of the sites of a file's test molecules, by molecule; none where it has no such molecules."""
    if "test" not in splits_of(predictor.card.path, path):
        return {}
    found = compare_split(predictor, path, "test")
    errors = found.by_structure(_site_errors(found))
    rows = zip(found.structures, errors, strict=True)
    return {m.name: values.tolist() for m, values in rows if wanted is None or m.name in wanted}


def tested(name: str, before: dict[str, list[float]], after: dict[str, list[float]]) -> Tested:
    """Return the errors of two networks on the same molecules: of each, and the mean over all sites."""

    def mean(of: dict[str, list[float]]) -> float:
        return float(np.mean(np.concatenate([np.asarray(values) for values in of.values()])))

    molecules = {key: (float(np.mean(before[key])), float(np.mean(after[key]))) for key in before}
    return Tested(name, len(before), sum(map(len, before.values())), mean(before), mean(after), molecules)


def _site_errors(found: SplitComparison) -> np.ndarray:
    """Return the mean square error of each site (S,) over all directions: ⟨(n̂ᵀΔn̂)²⟩ = Δ₀² + 2/15 ‖Δ − Δ₀‖².

    What ``evaluate`` draws directions for, without their chance: few molecules are compared here.
    """
    difference = found.predicted - found.reference
    mean = difference[:, :3].mean(1)
    square = ((difference[:, :3] - mean[:, None]) ** 2).sum(1) + 2.0 * (difference[:, 3:] ** 2).sum(1)
    return np.where(found.polarised[:, None], mean**2 + 2.0 / 15.0 * square, mean**2).mean(1)


def formulas(entries: Sequence[OwnEntry]) -> dict[str, str]:
    """Return the formulas of molecules by their constitutions."""
    return {one.constitution: one.formula for one in entries}
