"""A copy of a network that learns from the user's own spectra beside the window, from the set to the shelf."""

from __future__ import annotations

import importlib.util
import logging
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from xanesview.domain.counts import first_few
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.gui.background.engine_process import EngineProcess, command_of
from xanesview.gui.session.jobs import JobList
from xanesview.gui.session.learning import Learning, parsed
from xanesview.gui.session.teachable import drafts, name_problem
from xanesview.gui.session.teaching_pace import TeachingPace
from xanesview.networks.card import CARD, Card
from xanesview.paths import data_dir, network_dirs
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.inference.shelf import Networks
    from xanesview.training.teaching.own_set import OwnContent, OwnEntry, OwnSet

WORKER = command_of("xanesview.training.teaching.worker")
NEEDED = "lightning"

log = logging.getLogger(__name__)


class Teaching(QObject):
    """Keeps the set of the user's own spectra, and teaches one copy at a time in a process of its own.

    Parameters
    ----------
    networks
        The shelf.
    jobs
        Where the teaching is listed, with its progress and a way to stop it.
    """

    grown = Signal()  # the set holds more than before
    looked = Signal()  # the errors of a network on the set are known, or why not
    advanced = Signal()  # the copy has gone on a little
    changed = Signal()  # a teaching has begun or ended, or what it gave was put away
    shelved = Signal(str)  # a new network is on the shelf
    told = Signal(object)  # a Notice

    def __init__(self, networks: Networks, jobs: JobList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._networks, self._jobs = networks, jobs
        self._own: OwnSet | None = None
        self._look = EngineProcess(self, WORKER, leads_group=True)
        self._look.answered.connect(self._take_look)
        self._look.died.connect(lambda _number, what: self._fail_look(tr("The look at the molecules") + f" {what}."))
        self._process = EngineProcess(self, WORKER, leads_group=True)
        self._process.progressed.connect(self._advance)
        self._process.answered.connect(self._take)
        self._process.died.connect(lambda _number, what: self._fail(tr("The teaching {what}.").format(what=tr(what))))
        self._errors: dict[str, dict[str, float]] = {}
        self._learnt: dict[str, set[str]] = {}
        self._asked = ""
        self._scratch: tempfile.TemporaryDirectory | None = None
        self.look_problem = ""
        self.choices: dict[str, Any] = {}  # beside the epochs; what is not said is as `TeachingChoices` has it
        self.learning: Learning | None = None
        self._slowness: float | None = None  # of this computer, as the last teaching found it

    # ---- the set ----

    @property
    def own(self) -> OwnSet:
        """The user's set."""
        from xanesview.training.teaching.own_set import OwnSet

        if self._own is None or self._own.folder.parent != data_dir():
            self._own = OwnSet()
        return self._own

    def take(self, structure: Structure, element: str, sites: Mapping[int, Any]) -> None:
        """Add what was computed of a molecule; a set that can't be written is told once in the log, not in the way."""
        from xanesview.reference.library.matching import structure_smiles

        try:
            if self.own.add(structure, element, sites, structure_smiles(structure) or ""):
                self.grown.emit()
        except XanesviewError as error:
            log.warning("the computed sites are not in the set to teach from: %s", error)

    def add_files(self, paths: Sequence[Path]) -> None:
        """Take data files into the set; what is none is told."""
        added, problems = 0, []
        for path in paths:
            try:
                self.own.add_file(path)
                added += 1
            except (XanesviewError, OSError) as error:
                message = error.message if isinstance(error, XanesviewError) else f"{path.name} can't be read."
                problems.append((message, getattr(error, "hint", "")))
        if problems:
            messages, hints = zip(*problems)
            hint = hints[0] if len(set(hints)) == 1 else ""
            self.told.emit(Notice("teach", first_few(messages, tr("{n} more can't be read.")), hint))
        if added:
            self.grown.emit()

    def content(self) -> OwnContent:
        """All that the set holds."""
        return self.own.content()

    def mark(self, marks: Mapping[str, str]) -> None:
        """Let molecules teach, or keep them apart, or leave them out."""
        try:
            self.own.set_marks(marks)
        except XanesviewError as error:
            self.told.emit(Notice("teach", error.message, error.hint))
        self.grown.emit()

    # ---- looking ----

    def errors(self, network: str) -> Mapping[str, float]:
        """The network's error on each molecule, as far as it is known, by key."""
        return self._errors.get(network, {})

    def learnt(self, network: str) -> frozenset[str]:
        """Keys of molecules that the network has learnt already."""
        return frozenset(self._learnt.get(network, ()))

    @property
    def is_looking(self) -> bool:
        """Whether errors are being found out."""
        return bool(self._asked)

    def look(self, network: str, entries: Sequence[OwnEntry]) -> None:
        """Find out the network's error on molecules that it isn't known for."""
        new = [one.key for one in entries if one.key not in self.errors(network)]
        if not new or self._asked or self.look_problem:
            return
        self._asked = network
        self._scratch = tempfile.TemporaryDirectory(prefix="xanesview-look-", ignore_cleanup_errors=True)
        self._look.ask(
            {"do": "look", "network": network, "folder": self._scratch.name, "own": str(self.own.folder), "keys": new}
        )

    def _take_look(self, _number: int, answer: dict) -> None:
        network = self._asked
        self._end_look()
        if "error" in answer:
            self.look_problem = answer["error"]
        else:
            self._errors.setdefault(network, {}).update(answer["found"]["errors"])
            self._learnt.setdefault(network, set()).update(answer["found"]["learnt"])
        self.looked.emit()

    def _fail_look(self, message: str) -> None:
        self._end_look()
        self.look_problem = message
        self.looked.emit()

    def rest(self) -> None:
        """Nobody looks at the set: the process that looks ends, since an idle one would only hold memory."""
        self._end_look()
        self._look.stop()

    def _end_look(self) -> None:
        self._asked = ""
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None

    # ---- teaching ----

    @property
    def is_busy(self) -> bool:
        """Whether a copy learns."""
        return self.learning is not None and self.learning.job is not None

    def obstacle(self) -> str:
        """What the computer lacks for teaching, in a sentence with what to do; empty where it lacks nothing."""
        if importlib.util.find_spec(NEEDED) is None:
            return tr('Teaching needs the package lightning; install it with: pip install "xanesview[train]"')
        return ""

    def name_problem(self, name: str) -> str:
        """Why a copy can't be called so; empty where it can."""
        return name_problem(name)

    @property
    def is_measured(self) -> bool:
        """Whether `seconds` knows from a teaching how fast this computer is; else it is of a free processor."""
        return self._slowness is not None

    def seconds(self, n_taught: int, members: int, epochs: int) -> float:
        """Time that teaching takes, s; see `is_measured`."""
        return self._pace(n_taught, members, epochs).whole_s(self._slowness)

    def _pace(self, n_taught: int, members: int, epochs: int) -> TeachingPace:
        from xanesview.training.teaching.plan import PLAN

        return TeachingPace({**PLAN, **self.choices}, n_taught, self.choices.get("members") or members, epochs)

    def start(self, network: str, name: str, entries: Sequence[OwnEntry], epochs: int, members: int = 1) -> None:
        """Teach a copy of a network, which has so many members; tells where that can't be."""
        problem = self.obstacle() or self.name_problem(name) or self.is_busy * tr("A copy is being taught already.")
        if problem:
            self.told.emit(Notice("teach", problem, ""))
            return
        self.discard()
        self.rest()
        marks = self.own.marks(entries)
        folder = drafts() / name
        shutil.rmtree(folder, ignore_errors=True)
        n_taught = sum(mark == "train" for mark in marks.values())
        pace = self._pace(n_taught, members, epochs)
        words = tr("Teach a copy of {network}").format(network=network)
        job = self._jobs.begin(words, self.cancel, at_once=True)
        job.progress(None, sentence=tr("starts"))
        self.learning = Learning(network, name, folder, job, pace)
        self._process.ask(
            {
                "do": "teach", "network": network, "folder": str(folder), "own": str(self.own.folder), "name": name,
                "keys": [one.key for one in entries], "marks": marks, "choices": {**self.choices, "epochs": epochs},
            }
        )  # fmt: skip
        self.changed.emit()

    def cancel(self) -> None:
        """Give up the teaching; the set and all networks stay as they were."""
        if not self.is_busy:
            return
        self._process.stop()
        job, self.learning.job = self.learning.job, None
        job.is_stopping = True
        shutil.rmtree(self.learning.folder, ignore_errors=True)
        self.learning = None
        job.end("")
        self.changed.emit()

    def put_on_shelf(self) -> None:
        """Let the window offer the copy as a network of the user's own."""
        learning = self.learning
        if learning is None or learning.tests is None:
            return
        target = network_dirs()[-1] / learning.name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            for rest in ("runs", "data"):
                shutil.rmtree(learning.folder / rest, ignore_errors=True)
            learning.folder.rename(target)
        except OSError as error:
            self.told.emit(Notice("teach", tr("The copy can't be put on the shelf."), str(error.strerror or error)))
            return
        self.learning = None
        self.changed.emit()
        self.shelved.emit(learning.name)

    def discard(self) -> None:
        """Throw away the copy that has learnt."""
        if self.learning is None or self.is_busy:
            return
        shutil.rmtree(self.learning.folder, ignore_errors=True)
        self.learning = None
        self.changed.emit()

    def take_up(self) -> None:
        """Show again a copy that was neither put on the shelf nor thrown away before the program ended."""
        if self.learning is not None:
            return
        for folder in sorted(drafts().glob("*")):
            try:
                card = Card.from_json(folder / CARD)
            except XanesviewError:
                continue
            if isinstance(card.raw.get("taught"), dict) and isinstance(card.raw["taught"].get("tests"), dict):
                self.learning = Learning("", folder.name, folder, tests=card.raw["taught"]["tests"])
                self.changed.emit()
                return

    def shutdown(self) -> None:
        """The window closes: what learns ends."""
        self.rest()
        busy = self.is_busy
        self._process.stop()
        if busy:
            shutil.rmtree(self.learning.folder, ignore_errors=True)
            self.learning = None

    # ---- news of the process ----

    def _advance(self, _number: int, text: str) -> None:
        line = parsed(text)
        if self.is_busy and line is not None:
            self.learning.follow(line)
            self._slowness = self.learning.pace.slowness or self._slowness
            self.advanced.emit()

    def _take(self, _number: int, answer: dict) -> None:
        if not self.is_busy:
            return
        if "error" in answer:
            self._fail(f"{answer['error']} {answer.get('hint', '')}".strip())
            return
        self._process.stop()
        learning = self.learning
        try:
            learning.tests = Card.from_json(learning.folder / CARD).raw["taught"]["tests"]
        except (XanesviewError, KeyError) as error:
            self._fail(str(error))
            return
        job, learning.job = learning.job, None
        job.end(tr("The result stands in the Teach panel"))
        self.changed.emit()

    def _fail(self, message: str) -> None:
        if not self.is_busy:
            return
        self._process.stop()
        job, self.learning.job = self.learning.job, None
        shutil.rmtree(self.learning.folder, ignore_errors=True)
        self.learning = None
        job.end(message, failed=True)
        self.told.emit(Notice("teach", message, tr("Your spectra and all networks are as they were.")))
        self.changed.emit()
