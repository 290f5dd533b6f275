"""One teaching from the data to the tested bundle: a copy of a network that has learnt some molecules of the user's.

Forgetting is held off as in rehearsal methods of continual learning (A. Robins, Connection Science 7, 123 (1995)): with
every molecule that is new the copy goes through many that the network was trained on.
"""

from __future__ import annotations

import datetime
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError
from xanesview.inference.predictor import forget_predictors, load_predictor
from xanesview.networks.bundle import load_weights, save_bundle, save_card
from xanesview.networks.card import CARD, Card, find_bundle
from xanesview.training.absorption_tensor.module import TensorChoices
from xanesview.training.absorption_tensor.teaching import (
    Lesson,
    known_elements_only,
    members_of,
    taught_members,
)
from xanesview.training.absorption_tensor.training import MARGIN_EV
from xanesview.training.data.dataset import holds_sticks, read_datasets
from xanesview.training.data.measured_window import measure_grid, window_ev
from xanesview.training.domain_calibration import bonds_seen, elements_seen, molecule_environments
from xanesview.training.harness import FitResult, member_tensors
from xanesview.training.teaching.known_molecules import KnownMolecules, known_molecules, records
from xanesview.training.teaching.lesson_files import KNOWN, write_own, write_sticks
from xanesview.training.teaching.looking import Tell, Tested, check_can_be_taught, errors_by_molecule, formulas, tested
from xanesview.training.teaching.own_set import APART, TEACHES, OwnEntry
from xanesview.training.teaching.plan import PLAN
from xanesview.training.testing.bundle_measures import rounded
from xanesview.training.testing.site_warnings import bonded_counts
from xanesview.version import __version__

ENVIRONMENTS = "domain.environments"
_EVERY_S = 1.0


@dataclass(frozen=True)
class TeachingChoices:
    """How a copy is taught, see `plan`; ``members`` 0: as many as the network has."""

    epochs: int = PLAN["epochs"]
    repeats: int = PLAN["repeats"]
    rehearsed: int = PLAN["rehearsed"]
    watched: int = PLAN["watched"]
    tested: int = PLAN["tested"]
    members: int = 0
    batch_structures: int = PLAN["batch_structures"]
    learning_rate: float = 6e-4
    seed: int = 1

    def training(self) -> TensorChoices:
        """Return them as the trainer takes them; the loss is that of the shipped networks."""
        return TensorChoices(
            members=max(1, self.members), epochs=self.epochs, batch_structures=self.batch_structures,
            learning_rate=self.learning_rate, patience=0, seed=self.seed, accelerator="cpu", broad_weight=2.0,
            positivity_weight=2.0,
        )  # fmt: skip


def teach(
    start: str,
    entries: Sequence[OwnEntry],
    marks: Mapping[str, str],
    out: Path,
    name: str,
    choices: TeachingChoices,
    tell: Tell = lambda _line: None,
) -> list[Tested]:
    """Teach a copy of a network, write it into a folder and test it beside the network; that stays as it is.

    Parameters
    ----------
    start : name or path of a tensor network
    entries, marks : molecules of the network's edge, and which of them teach or are kept apart
    out : the new bundle's folder
    tell : called with what is done ("stage", and a "share" of the test), with how far the learning is ("member",
        "epoch"), about once a second, and with errors ("errors") after each epoch

    Raises
    ------
    XanesviewError
        for a network of another kind, without a molecule that teaches, or data that don't fit.
    """
    card = Card.from_json(find_bundle(start) / CARD)
    check_can_be_taught(card)
    tell({"stage": "reading"})
    known = known_molecules(card)
    own = {mark: {one.constitution for one in entries if marks.get(one.key) == mark} for mark in (TEACHES, APART)}
    own_files = write_own(out / "data", entries, marks)
    known_file = _write_known(out / "data" / KNOWN, card, known, own, choices)
    lesson = _lesson(card, own_files, known_file, choices)
    tell({"stage": "learning"})
    training = members_of(card, choices.training()) if not choices.members else choices.training()
    going = _Going(tell, training.members, choices.epochs)
    results = taught_members(card, lesson, training, out, going.tell_errors, going.tell_step)
    _write_bundle(out, card, name, lesson, results, choices)
    tell({"stage": "testing", "share": 0.0})
    learnt = known.learnt(formulas(entries))
    unseen = {one.key for one in entries if marks.get(one.key) == APART and one.constitution not in learnt}
    found = _tests(card, out, own_files, known_file, unseen, tell)
    _note_tests(out, found)
    forget_predictors()
    return found


class _Going:
    """Tells how far the learning is: errors as they come, and steps no more often than a reader follows."""

    def __init__(self, tell: Tell, members: int, epochs: int) -> None:
        self._tell, self._of = tell, {"members": members, "epochs": epochs}
        self._told = time.monotonic()

    def tell_errors(self, member: int, epoch: int, errors: dict[str, float]) -> None:
        self._tell({**self._of, "member": member, "epoch": epoch, "errors": errors})

    def tell_step(self, member: int, epochs: float) -> None:
        if time.monotonic() - self._told >= _EVERY_S:
            self._told = time.monotonic()
            self._tell({**self._of, "member": member, "epoch": epochs})


def _write_known(
    path: Path, card: Card, known: KnownMolecules, own: Mapping[str, set[str]], choices: TeachingChoices
) -> Path | None:
    """Write molecules of the network's own data: rehearsed ones as "train", watched ones as "val", "test" as it is.

    ``own`` are the constitutions that teach or are kept apart, by mark. What is kept apart is not rehearsed, and what
    the copy is taught says nothing of what it forgets, so neither watched nor tested molecules are among both.
    """
    wanted = (("train", choices.rehearsed), ("val", choices.watched), ("test", choices.tested))
    found = []
    for split, most in wanted:
        without = own[APART] if split == "train" else own[TEACHES] | own[APART]
        found += records(known.drawn(split, most, choices.seed, without), split)
    if not found:
        return None
    write_sticks(path, found, card.element)
    return path


def _lesson(card: Card, own_files: Sequence[Path], known_file: Path | None, choices: TeachingChoices) -> Lesson:
    if not own_files:
        raise XanesviewError("No molecule is marked to teach.", "Click on the mark of a molecule in the list.")
    sticks = holds_sticks(own_files[0])
    grid = measure_grid(card.element, MARGIN_EV) if sticks and card.axis == "absolute" else card.energy_ev
    read = {"axis": card.axis, "offset_ev": card.energy_offset_ev, "widths": card.stick_widths, "held": True}
    own = read_datasets(own_files, grid, ["train", "test"], **read)
    known = () if known_file is None else read_datasets([known_file], grid, ["train", "val"], **read).structures
    inside = window_ev(card.element) if sticks and card.axis == "absolute" else (float(grid[0]), float(grid[-1]))

    def of(structures, split: str) -> list:
        return known_elements_only([m for m in structures if m.split == split and m.polarised.all()], card)

    taught = of(own.structures, "train")
    if not taught:
        raise XanesviewError(
            f"No molecule to teach {card.title}: it has no weights for their elements, or only averages are known.",
            "Choose other molecules, or another network.",
        )
    return Lesson(
        grid, inside, taught, of(own.structures, "test"), of(known, "train"), of(known, "val"), choices.repeats
    )


def _write_bundle(
    out: Path, start: Card, name: str, lesson: Lesson, results: Sequence[FitResult], choices: TeachingChoices
) -> None:
    """Write the copy: the network's card where it still holds, with what it has learnt since and from whom."""
    raw, tensors = dict(start.raw), member_tensors(results)
    domain = dict(raw.get("domain", {}))
    environments = load_weights(start.path).get(ENVIRONMENTS)
    if environments is not None and "descriptor_elements" in domain:
        new = molecule_environments(list(lesson.taught), list(domain["descriptor_elements"])).astype(np.float16)
        tensors[ENVIRONMENTS] = torch.cat([environments, torch.from_numpy(new)])
        seen = {"elements": elements_seen(lesson.taught), "bonds": bonds_seen(lesson.taught)}
        seen["bonded_elements"] = bonded_counts(lesson.taught)
        for kind in seen.keys() & domain.keys():  # counts of molecules by element, bond, set of bonded elements
            domain[kind] = dict(sorted((Counter(domain[kind]) + Counter(seen[kind])).items()))
    data = dict(raw.get("data", {}))
    sites = sum(len(m.sites) for m in lesson.taught)
    told = f"taught {counted(len(lesson.taught), 'molecule')} of the user's own ({counted(sites, 'site')})"
    before = " ".join(filter(None, (start.name, start.version, f"({start.weights_hash})")))
    method = f"{data.get('method', '')}; begun with the weights of {before}, {told}"
    data["method"] = method if len(method) <= 1000 else method[-1000:]
    data["train_structures"] = int(data.get("train_structures", 0)) + len(lesson.taught)
    data["train_sites"] = int(data.get("train_sites", 0)) + sites
    day = datetime.date.today().isoformat()
    for key in ("metrics", "symmetry", "weights_hash"):
        raw.pop(key, None)
    raw |= {
        "name": name,
        "title": f"{start.title.partition(' · taught')[0]} · taught {counted(len(lesson.taught), 'molecule')}",
        "version": day,
        "members": len(results),
        "domain": domain,
        "data": data,
        "training": {
            **raw.get("training", {}),
            "members": [one.note for one in results],
            "seconds": round(sum(one.note["seconds"] for one in results), 1),
            "date": day,
            "program": f"xanesview {__version__}",
        },
        "taught": {
            "from": before,
            "molecules": [m.smiles or m.name for m in lesson.taught],
            "rehearsed": len(lesson.rehearsed),
            **asdict(choices),
        },
    }
    save_bundle(out, raw, tensors)


def _tests(
    start: Card, out: Path, own_files: Sequence[Path], known_file: Path | None, unseen: set[str], tell: Tell
) -> list[Tested]:
    """Compare network and copy on the user's molecules that neither has learnt, and on the network's own test."""
    found, networks = [], (str(start.path), str(out))
    own: list[dict[str, list[float]]] = [{}, {}]
    for k, network in enumerate(networks):
        predictor = load_predictor(network, "cpu")
        for path in own_files:
            own[k] |= errors_by_molecule(path, predictor, unseen)
    if own[0]:
        found.append(tested("own", own[0], own[1]))
    if known_file is not None:
        known = []
        for network in networks:
            tell({"stage": "testing", "share": 0.1 + 0.45 * len(known)})  # those of its own are many more
            known.append(errors_by_molecule(known_file, load_predictor(network, "cpu")))
        found += [tested("known", *known)] if known[0] else []
    return found


def _note_tests(out: Path, found: Sequence[Tested]) -> None:
    """Write the tests on the copy's card."""
    raw = json.loads((out / CARD).read_text(encoding="utf-8"))
    tests = {
        one.name: {"molecules": one.n_molecules, "sites": one.n_sites, "before": one.before, "after": one.after}
        for one in found
    }
    raw["taught"]["tests"] = rounded(tests)
    save_card(out, raw)
