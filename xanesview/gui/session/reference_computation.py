"""Sites computed from first principles beside the window: which comes next, how long it will take, what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.busy_cursor import busy_cursor
from xanesview.gui.background.engine_process import EngineProcess
from xanesview.gui.session.engine_runs import EngineRuns, Run
from xanesview.reference.engines import MOLECULES, Engine, engine_for
from xanesview.shown.computed_sites import ComputedSites

#: Up to so many sites the time of each is estimated, of more that of a few: a crystal may have thousands, and the
#: window must not wait for them.
_EACH_ESTIMATED, _FEW_ESTIMATED = 24, 8

if TYPE_CHECKING:
    from xanesview.domain.symmetry import Orbit
    from xanesview.shown.shown import Shown


@dataclass
class _Target:
    """The structure and edge that sites are computed for now."""

    structure: Structure
    element: str
    engine: Engine
    asked: tuple[int, ...] = ()  # by the user; computed before all others
    failed: set[int] = field(default_factory=set)
    hopeless: bool = False  # no site of it can be computed
    stopped: bool = False  # by the user: only what is asked for by name is computed
    begun: bool = False  # what its sites share is made already
    orbit_of: dict[int, Orbit] | None = None


class ReferenceComputation(QObject):
    """Computes sites in processes of their own; symmetry gives the equivalent ones.

    Asked-for sites come first; while `refine` is on all others follow, the picked ones first, then those that the
    ensemble of networks is least sure of.

    Parameters
    ----------
    shown
        Gives what is shown now: the picked sites, and how sure the networks are of the others.

    Attributes
    ----------
    made : int
        How many sites were computed since the window was opened.
    """

    arrived = Signal()  # new sites are known
    computed = Signal(object, str, object)  # structure, element, sites (mapping): what the engine for molecules found
    changed = Signal()  # began, ended, refine switched: what is shown of the progress is to be read anew
    answered = Signal(object)  # atoms (tuple) that were asked for and are known now
    stopped = Signal()  # the user wants no more of it
    told = Signal(object)  # a Notice

    def __init__(self, shown: Callable[[], Shown], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown = shown
        self.sites = ComputedSites()
        self.runs = EngineRuns(self)
        self.runs.answered.connect(self._take)
        self.runs.died.connect(self._bury)
        self.runs.progressed.connect(self.changed)
        self.made = 0
        self._refine = False
        self._checked: tuple[tuple, XanesviewError | None] | None = None  # what is possible is looked at once
        self._target: _Target | None = None
        self._need: tuple | None = None  # the last order, with the prediction and the picked sites it is for
        self._paces: dict[str, float] = {}  # measured time over estimated time of each engine, on this computer

    # ---- reading ----

    @property
    def refine(self) -> bool:
        """Whether computed sites take the place of predicted ones."""
        return self._refine

    @property
    def engine(self) -> EngineProcess:
        """The process of the engine for molecules."""
        return self.runs.molecules

    @property
    def is_busy(self) -> bool:
        """Whether a site is being computed."""
        return bool(self.runs.now)

    @property
    def atom(self) -> int:
        """The atom being computed, the first of several, −1 for none."""
        return self.runs.now[0].atom if self.is_busy else -1

    @property
    def atoms(self) -> tuple[int, ...]:
        """The atoms being computed."""
        return tuple(run.atom for run in self.runs.now)

    @property
    def stage(self) -> str:
        """What the engine does now at the first of them; empty where it doesn't say."""
        return self.runs.now[0].stage if self.is_busy else ""

    @property
    def method(self) -> Engine | None:
        """The engine that computes the present structure and edge."""
        return None if self._target is None else self._target.engine

    def known(self) -> frozenset[int]:
        """Atoms of the present structure and edge that are computed."""
        target = self._target
        return (
            frozenset() if target is None else frozenset(self.sites.of(target.structure, target.element, target.engine))
        )

    def wanted(self, with_known: bool) -> tuple[int, ...]:
        """Atoms that the user has asked for and that aren't all there yet; those that are, too, where that is asked."""
        target = self._target
        return () if target is None else tuple(dict.fromkeys((*target.asked, *(self.known() if with_known else ()))))

    def waiting(self) -> list[int]:
        """Atoms to compute, one of each set of equivalent ones, in order; the running ones stand first."""
        target = self._target
        if target is None or target.hopeless:
            return []
        order = list(target.asked)
        if self._refine and not target.stopped:
            order += self._by_need()
        known, result, covered = self.known() | target.failed, [], set()
        for atom in self.atoms:
            result.append(atom)
            covered.update(self._orbit(atom).members)
        for atom in order:
            if atom not in known and atom not in covered:
                result.append(atom)
                covered.update(self._orbit(atom).members)
        return result

    def estimate_s(self, atoms: Iterable[int], engine: Engine | None = None) -> float:
        """Time that computing these atoms will take, those already known left out; with another engine all of them."""
        target = self._target
        if target is None:
            return 0.0
        known = self.known() if engine in (None, target.engine) else frozenset()
        covered, left = set(), []
        for atom in atoms:
            if atom not in known and atom not in covered:
                covered.update(self._orbit(atom).members)
                left.append(atom)
        return self._seconds(left, engine) if left else 0.0

    def remaining_s(self) -> float:
        """Time until all that waits is computed, above zero while anything runs."""
        runs = self.runs.now
        if not runs:
            return 0.0
        target = self._target
        others = self._pace * self._added_seconds([atom for atom in self.waiting() if atom not in self.atoms])[0]
        late = max(run.lateness for run in runs)
        return max(run.left_s for run in runs) + late * others / target.engine.at_a_time + 0.5

    def progress(self) -> float:
        """How much of the present sites is done, by time: below 1 for each of them, added up."""
        return sum(run.share for run in self.runs.now)

    def impossible(self) -> XanesviewError | None:
        """Why no engine computes the present structure and edge, or None where it can be done."""
        if self._target is None:
            return XanesviewError("There is nothing to compute.", "Open a molecule first.")
        target = self._target
        asked = (target.engine, target.structure, target.element)
        if self._checked is None or any(one is not other for one, other in zip(self._checked[0], asked, strict=True)):
            try:
                with busy_cursor():  # all pairs of thousands of atoms are looked at
                    target.engine.check(target.structure, target.element)
                self._checked = (asked, None)
            except XanesviewError as error:
                self._checked = (asked, error)
        return self._checked[1]

    def obstacle(self) -> XanesviewError | None:
        """Why nothing can be computed now: the structure, or a package that isn't there; None where it can."""
        found = self.impossible()
        if found is None:
            try:
                self._target.engine.check_installed()
            except XanesviewError as error:
                return error
        return found

    # ---- asking ----

    def aim(self, structure: Structure | None, element: str | None, engine: Engine | None = None) -> None:
        """Turn to another structure, edge or engine (by default theirs); what runs for the last is stopped."""
        target = self._target
        if structure is not None and element is not None and engine is None:
            engine = engine_for(structure, element)
        same = target is not None and structure is target.structure and element == target.element
        if same and engine is target.engine:
            return
        self._halt()
        self._target = None if structure is None or element is None else _Target(structure, element, engine)
        self._need = None
        self.changed.emit()
        self._advance()

    def compute(self, atoms: Iterable[int]) -> None:
        """Compute these atoms next; says so where it can't be."""
        error = self.obstacle()
        if error is not None:
            self.told.emit(Notice("compute", error.message, error.hint))
            return
        target, atoms = self._target, tuple(atoms)
        if self.sites.bring_back(target.structure, target.element, target.engine, atoms):
            self.arrived.emit()
        target.asked = tuple(dict.fromkeys((*target.asked, *atoms)))
        target.failed.difference_update(target.asked)
        target.hopeless = False
        self._finish_asked()
        self._advance()

    def shower(self, atoms: Iterable[int]) -> Callable[[bool], None]:
        """Return what shows sites of the present structure and their equivalents, or shows them no more."""
        target = self._target
        of_what = (target.structure, target.element, target.engine)
        members = {member for atom in atoms for member in self._orbit(atom).members}

        def show(on: bool) -> None:
            if not on:
                self.sites.set_aside(*of_what, members)
            elif not self.sites.bring_back(*of_what, members):
                return  # they are shown already
            self.arrived.emit()
            self.changed.emit()

        return show

    def set_refine(self, on: bool) -> None:
        """Let computed sites take the place of predicted ones, and compute all that are not known yet."""
        if on == self._refine:
            return
        self._refine = on
        if self._target is not None:
            self._target.stopped = False
        if not on and self.is_busy and not set(self.atoms) & set(self._target.asked):
            self._halt()
        self.arrived.emit()
        self.changed.emit()
        self._advance()

    def cancel(self) -> None:
        """Stop; what is computed stays. Refine goes on with the next structure, or when it is switched on again."""
        self._halt()
        if self._target is not None:
            self._target.asked = ()
            self._target.stopped = True
        self.stopped.emit()
        self.changed.emit()

    def shutdown(self) -> None:
        """End the process; nothing is computed any more."""
        self._target = None
        self._halt()

    # ---- working ----

    def _by_need(self) -> list[int]:
        """Absorbers, the picked ones first unless all are, then by the disagreement of the ensemble."""
        shown = self._shown()
        picked, prediction = shown.session.picked, shown.prediction
        if self._need is not None and self._need[0] is prediction and self._need[1] == picked:
            return self._need[2]
        first = () if set(picked) >= set(shown.absorbers) else picked
        others = [atom for atom in shown.absorbers if atom not in set(first)]
        if prediction is not None and prediction.tensor.members is not None:
            from xanesview.inference.domain_check import ensemble_spread

            spread = ensemble_spread(np.asarray(prediction.tensor.members), 1.0)
            of_atom = dict(zip(prediction.tensor.sites.tolist(), spread.tolist(), strict=True))
            others.sort(key=lambda atom: -of_atom.get(atom, 0.0))
        self._need = (prediction, picked, [*first, *others])
        return self._need[2]

    def _orbit(self, atom: int) -> Orbit:
        target = self._target
        if target.orbit_of is None:
            from xanesview.domain.symmetry import Orbit, orbits

            atoms = target.structure.sites_of(target.element).tolist()
            turned = target.engine.turns(target.structure)
            found = orbits(target.structure, atoms) if turned else [Orbit(a, (a,), (np.eye(3),)) for a in atoms]
            target.orbit_of = {member: orbit for orbit in found for member in orbit.members}
        return target.orbit_of[atom]

    @property
    def _pace(self) -> float:
        return self._paces.get(self._target.engine.name, 1.3)

    def _site_seconds(self, atom: int, engine: Engine | None = None) -> float:
        """Time for one site as the engine estimates it; 0 where it can't say, since it can't compute it either."""
        try:
            return (engine or self._target.engine).site_seconds(self._target.structure, atom)
        except XanesviewError:
            return 0.0

    def _added_seconds(self, atoms: Sequence[int], engine: Engine | None = None) -> tuple[float, float]:
        """Time for some sites one after the other, and for the longest of them; of very many, from some of them."""
        some = atoms if len(atoms) <= _EACH_ESTIMATED else atoms[:: -(-len(atoms) // _FEW_ESTIMATED)]
        each = [self._site_seconds(atom, engine) for atom in some]
        return sum(each) / max(len(each), 1) * len(atoms), max(each, default=0.0)

    def _seconds(self, atoms: list[int], engine: Engine | None = None) -> float:
        """Time for some sites of the present structure, from here."""
        target = self._target
        engine = engine or target.engine
        shared = 0.0 if target.begun else engine.shared_seconds(target.structure)
        start = 0.0 if any(process.is_running for process in self.runs.of(engine)) else engine.start_s
        total, longest = self._added_seconds(atoms, engine)
        together = max(longest, total / engine.at_a_time)
        return start + self._pace * (shared + together)

    def _advance(self) -> None:
        """Begin the next sites, as many as the engine computes beside one another."""
        target = self._target
        if target is None or self.runs.free(target.engine) is None:
            return
        if self._refine and not target.hopeless and (error := self.obstacle()) is not None:
            target.hopeless = True
            self.told.emit(Notice("compute", error.message, error.hint))
        waiting = [atom for atom in self.waiting() if atom not in self.atoms]
        if not waiting and not self.is_busy and not self._refine:
            self.runs.stop()  # an idle process would only hold memory
        while waiting and self.runs.free(target.engine) is not None:
            atom = waiting.pop(0)
            self.runs.begin(target.engine, target.structure, atom, self._seconds([atom]))
        self.changed.emit()

    def _halt(self) -> None:
        self.runs.stop()
        if self._target is not None:
            self._target.begun = False

    def _take(self, run: Run, answer: dict) -> None:
        target = self._target
        if target is None:
            return
        if "error" in answer:
            target.failed.update(self._orbit(run.atom).members)
            target.hopeless = answer.get("scope") in ("molecule", "structure")
            self.told.emit(Notice("compute", answer["error"], answer.get("hint", "")))
        else:
            self._learn_pace(run)
            target.begun = True
            members = self._members(run.atom, answer)
            self.sites.add(target.structure, target.element, members, target.engine)
            self.made += 1
            self.arrived.emit()
            if target.engine is MOLECULES:
                self.computed.emit(target.structure, target.element, {run.atom: members[run.atom]})
        self._finish_asked()
        self._advance()

    def _members(self, atom: int, answer: dict) -> dict[int, Any]:
        """The computed site and those that symmetry makes of it."""
        site = self._target.engine.site(atom, answer)
        orbit = self._orbit(atom)
        turns = dict(zip(orbit.members, orbit.rotations, strict=True))
        found = {member: site.moved(member, turn @ turns[atom].T) for member, turn in turns.items()}
        found[atom] = site
        return found

    def _learn_pace(self, run: Run) -> None:
        """Compare the time a site took with the estimate, so that the next ones are told better."""
        start = self._target.engine.start_s if not self._target.begun else 0.0
        model = (run.expected_s - start) / self._pace
        taken = run.taken_s - start
        if model > 0.05 and taken > 0.05:
            pace = float(np.clip(0.5 * self._pace + 0.5 * taken / model, 0.2, 20.0))
            self._paces[self._target.engine.name] = pace

    def _finish_asked(self) -> None:
        """Tell when all that was asked for is there (or can't be)."""
        target = self._target
        known = self.known()
        open_ones = [atom for atom in target.asked if atom not in known and atom not in target.failed]
        if target.asked and (not open_ones or target.hopeless):
            done = tuple(atom for atom in target.asked if atom in known)
            target.asked = ()
            if done:
                self.answered.emit(done)

    def _bury(self, _run: Run, what: str) -> None:
        """A process has died by itself."""
        if self._target is None:
            return
        self.runs.stop()
        self._target.asked = ()
        self._target.hopeless = True
        self._target.begun = False
        self.told.emit(
            Notice(
                "compute",
                f"The calculation {what}.",
                "Close other programs and try again; the log (Help ▸ Show the log) may say more.",
            )
        )
        self.changed.emit()
