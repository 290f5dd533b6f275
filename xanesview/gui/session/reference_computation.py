"""Sites computed from first principles beside the window: which comes next, how long it will take, what came out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.gui.background.engine_process import EngineProcess
from xanesview.reference.engine.feasibility import (
    START_S,
    check_edge,
    check_engine,
    check_structure,
    molecule_seconds,
    site_seconds,
)
from xanesview.reference.kept import ComputedSite
from xanesview.shown.computed_sites import ComputedSites

if TYPE_CHECKING:
    from xanesview.domain.symmetry import Orbit
    from xanesview.shown.shown import Shown

#: Larger structures are not searched for symmetry: computing them takes so long that it doesn't matter.
LARGEST_TURNED = 300


@dataclass
class _Target:
    """The structure and edge that sites are computed for now."""

    structure: Structure
    element: str
    asked: tuple[int, ...] = ()  # by the user; computed before all others
    failed: set[int] = field(default_factory=set)
    hopeless: bool = False  # no site of it can be computed
    stopped: bool = False  # by the user: only what is asked for by name is computed
    begun: bool = False  # what its sites share is made already
    orbit_of: dict[int, Orbit] | None = None


class ReferenceComputation(QObject):
    """Computes one site after the other in a process of its own; symmetry gives the equivalent ones.

    Asked-for sites come first; while `refine` is on all others follow, the picked ones first, then those that the
    ensemble of networks is least sure of.

    Parameters
    ----------
    shown
        Gives what is shown now: the picked sites, and how sure the networks are of the others.
    """

    arrived = Signal()  # new sites are known
    changed = Signal()  # began, ended, refine switched: what is shown of the progress is to be read anew
    answered = Signal(object)  # atoms (tuple) that were asked for and are known now
    told = Signal(object)  # a Notice

    def __init__(self, shown: Callable[[], Shown], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown = shown
        self.sites = ComputedSites()
        self.engine = EngineProcess(self)
        self.engine.answered.connect(self._take)
        self.engine.died.connect(self._bury)
        self._refine = False
        self._target: _Target | None = None
        self._number: int | None = None
        self._atom = -1
        self._since = 0.0
        self._expected_s = 0.0
        self._need: tuple | None = None  # the last order, with the prediction and the picked sites it is for
        self._pace = 1.3  # measured time over estimated time, on this computer

    # ---- reading ----

    @property
    def refine(self) -> bool:
        """Whether computed sites take the place of predicted ones."""
        return self._refine

    @property
    def is_busy(self) -> bool:
        """Whether a site is being computed."""
        return self._number is not None

    @property
    def atom(self) -> int:
        """The atom being computed, −1 for none."""
        return self._atom if self.is_busy else -1

    def known(self) -> frozenset[int]:
        """Atoms of the present structure and edge that are computed."""
        target = self._target
        return frozenset() if target is None else frozenset(self.sites.of(target.structure, target.element))

    def wanted(self, with_known: bool) -> tuple[int, ...]:
        """Atoms that the user has asked for and that aren't all there yet; those that are, too, where that is asked."""
        target = self._target
        return () if target is None else tuple(dict.fromkeys((*target.asked, *(self.known() if with_known else ()))))

    def waiting(self) -> list[int]:
        """Atoms to compute, one of each set of equivalent ones, in order; the running one is among them."""
        target = self._target
        if target is None or target.hopeless:
            return []
        order = list(target.asked)
        if self._refine and not target.stopped:
            order += self._by_need()
        known, result, covered = self.known() | target.failed, [], set()
        if self.is_busy:
            result.append(self._atom)
            covered.update(self._orbit(self._atom).members)
        for atom in order:
            if atom not in known and atom not in covered:
                result.append(atom)
                covered.update(self._orbit(atom).members)
        return result

    def estimate_s(self, atoms: Iterable[int]) -> float:
        """Time that computing these atoms will take, those already known left out."""
        target = self._target
        if target is None:
            return 0.0
        known, covered, count = self.known(), set(), 0
        for atom in atoms:
            if atom not in known and atom not in covered:
                covered.update(self._orbit(atom).members)
                count += 1
        return self._seconds(count) if count else 0.0

    def remaining_s(self) -> float:
        """Time until all that waits is computed, above zero while anything runs."""
        if not self.is_busy:
            return 0.0
        others = max(len(self.waiting()) - 1, 0) * self._pace * site_seconds(self._target.structure)
        taken = time.monotonic() - self._since
        late = max(taken / max(self._expected_s, 0.1), 1.0)  # the computer is busy: what follows will be late, too
        return max(self._expected_s - taken, 0.15 * taken) + late * others + 0.5

    def progress(self) -> float:
        """How much of the present site is done, by time, below 1."""
        if not self.is_busy:
            return 0.0
        return min((time.monotonic() - self._since) / max(self._expected_s, 0.1), 0.97)

    def impossible(self) -> XanesviewError | None:
        """Why no engine computes the present structure and edge, or None where it can be done."""
        if self._target is None:
            return XanesviewError("There is nothing to compute.", "Open a molecule first.")
        try:
            check_edge(self._target.element)
            check_structure(self._target.structure)
        except XanesviewError as error:
            return error
        return None

    def obstacle(self) -> XanesviewError | None:
        """Why nothing can be computed now: the structure, or a package that isn't there; None where it can."""
        found = self.impossible()
        if found is None:
            try:
                check_engine()
            except XanesviewError as error:
                return error
        return found

    # ---- asking ----

    def aim(self, structure: Structure | None, element: str | None) -> None:
        """Turn to another structure or edge; what runs for the last one is stopped."""
        target = self._target
        same = target is not None and structure is target.structure and element == target.element
        if same:
            return
        self._halt()
        self._target = None if structure is None or element is None else _Target(structure, element)
        self._need = None
        self.changed.emit()
        self._advance()

    def compute(self, atoms: Iterable[int]) -> None:
        """Compute these atoms next; says so where it can't be."""
        error = self.obstacle()
        if error is not None:
            self.told.emit(Notice("compute", error.message, error.hint))
            return
        target = self._target
        target.asked = tuple(dict.fromkeys((*target.asked, *atoms)))
        target.failed.difference_update(target.asked)
        target.hopeless = False
        self._finish_asked()
        self._advance()

    def set_refine(self, on: bool) -> None:
        """Let computed sites take the place of predicted ones, and compute all that are not known yet."""
        if on == self._refine:
            return
        self._refine = on
        if self._target is not None:
            self._target.stopped = False
        if not on and self.is_busy and self._atom not in self._target.asked:
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
            small = target.structure.n_atoms <= LARGEST_TURNED and not target.structure.is_periodic
            found = orbits(target.structure, atoms) if small else [Orbit(a, (a,), (np.eye(3),)) for a in atoms]
            target.orbit_of = {member: orbit for orbit in found for member in orbit.members}
        return target.orbit_of[atom]

    def _seconds(self, n_sites: int) -> float:
        """Time for so many sites of the present structure, from here."""
        target = self._target
        shared = 0.0 if target.begun else molecule_seconds(target.structure)
        start = 0.0 if self.engine.is_running else START_S
        return start + self._pace * (shared + n_sites * site_seconds(target.structure))

    def _advance(self) -> None:
        """Begin the next site, unless one is running."""
        if self.is_busy or self._target is None:
            return
        if self._refine and not self._target.hopeless and (error := self.obstacle()) is not None:
            self._target.hopeless = True
            self.told.emit(Notice("compute", error.message, error.hint))
        waiting = self.waiting()
        if not waiting:
            if not self._refine:
                self.engine.stop()  # an idle process would only hold memory
            self.changed.emit()
            return
        self._expected_s = self._seconds(1)
        self._since = time.monotonic()
        self._atom = waiting[0]
        self._number = self.engine.compute(self._target.structure, self._atom)
        self.changed.emit()

    def _halt(self) -> None:
        self._number = None
        self.engine.stop()
        if self._target is not None:
            self._target.begun = False

    def _take(self, number: int, answer: dict) -> None:
        if number != self._number or self._target is None:
            return
        target, atom = self._target, self._atom
        self._number = None
        if "error" in answer:
            target.failed.update(self._orbit(atom).members)
            target.hopeless = answer.get("scope") == "molecule"
            self.told.emit(Notice("compute", answer["error"], answer.get("hint", "")))
        else:
            self._learn_pace()
            target.begun = True
            self.sites.add(target.structure, target.element, self._members(atom, answer))
            self.arrived.emit()
        self._finish_asked()
        self._advance()

    def _members(self, atom: int, answer: dict) -> dict[int, ComputedSite]:
        """The computed site and those that symmetry makes of it."""
        sticks = answer["sticks"]
        site = ComputedSite(
            atom,
            np.array(sticks["energy_ev"]),
            np.array(sticks["dipole_bohr"]),
            float(sticks["ip_ev"]),
            float(answer["seconds"]),
        )
        orbit = self._orbit(atom)
        turns = dict(zip(orbit.members, orbit.rotations, strict=True))
        found = {member: site.moved(member, turn @ turns[atom].T) for member, turn in turns.items()}
        found[atom] = site
        return found

    def _learn_pace(self) -> None:
        """Compare the time a site took with the estimate, so that the next ones are told better."""
        start = START_S if not self._target.begun else 0.0
        model = (self._expected_s - start) / self._pace
        taken = time.monotonic() - self._since - start
        if model > 0.05 and taken > 0.05:
            self._pace = float(np.clip(0.5 * self._pace + 0.5 * taken / model, 0.2, 20.0))

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

    def _bury(self, number: int, what: str) -> None:
        """The process has died by itself."""
        if number != self._number or self._target is None:
            return
        self._number = None
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
