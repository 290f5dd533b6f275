"""Molecules from SMILES relaxed with GFN2-xTB beside the window, which shows the force field's geometry meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from xanesview.domain.structure import FROM_SMILES, Structure
from xanesview.errors import XanesviewError
from xanesview.gui.background.engine_process import RELAXATION, EngineProcess
from xanesview.shown.relaxed_session import with_geometries

if TYPE_CHECKING:
    from xanesview.domain.session import Session

#: Whether windows relax molecules without being asked.
AUTOMATIC = True
#: A molecule that is shown for so long is relaxed, ms: who leafs through tabs starts no process.
REST_MS = 200


class GeometryRelaxation(QObject):
    """Relaxes the molecule that is shown in a process of its own, of low priority; another one ends it.

    Attributes
    ----------
    on : bool
        Whether molecules from SMILES are relaxed at all.
    """

    relaxed = Signal(object)  # the Structure that the user has asked for
    arrived = Signal()  # a better geometry is known of the molecule that is shown
    changed = Signal()  # began, ended: what is shown of it is to be read anew
    told = Signal(object)  # a Notice: why the geometry stays as it is, or what came with the relaxed one
    given_up = Signal(object)  # a Notice, told too: why the geometry stays as it is

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.on = AUTOMATIC
        self.engine = EngineProcess(self, RELAXATION)
        self.engine.answered.connect(self._take)
        self.engine.died.connect(self._bury)
        self._later = QTimer(self, singleShot=True, interval=REST_MS)
        self._later.timeout.connect(self._begin)
        self._structure: Structure | None = None
        self._asked: Structure | None = None  # what the user wants to be relaxed, be it from SMILES or not
        self._number: int | None = None
        self._given_up: set[str] = set()  # hashes of molecules that keep the geometry they have
        self._better: dict[str, Structure] = {}  # by the hash of the geometry before
        self._before: dict[str, Structure] = {}  # by the hash of the relaxed one

    # ---- reading ----

    @property
    def is_busy(self) -> bool:
        """Whether a geometry is awaited."""
        return self._later.isActive() or self._number is not None

    def best(self, structure: Structure) -> Structure:
        """Return the structure with the best geometry that is known of it."""
        if structure.source != FROM_SMILES:
            return structure
        return self._better.get(structure.content_hash, structure)

    def before(self, structure: Structure) -> Structure | None:
        """Return the structure with the geometry from which the window relaxed it; None where it has not."""
        return self._before.get(structure.content_hash)

    def knows_both(self, structure: Structure | None) -> bool:
        """Whether a molecule is known as it was built and relaxed, whichever of the two this is."""
        return structure is not None and (self.before(structure) or self.best(structure)) is not structure

    def carried(self, session: Session) -> Session:
        """Return the session with the best geometries that are known, also where it is one of the past."""
        return with_geometries(session, self._better) if self._better else session

    def pairs_of(self, hashes: Collection[str]) -> tuple[tuple[Structure, Structure], ...]:
        """Return molecules before and after their relaxation, of those with these hashes."""
        pairs = [(before, self._better.get(before.content_hash)) for before in self._before.values()]
        return tuple(
            (before, after)
            for before, after in pairs
            if after is not None and {before.content_hash, after.content_hash} & set(hashes)
        )

    def take_back(self, pairs: Iterable[tuple[Structure, Structure]]) -> None:
        """Know the geometries of a session file."""
        for before, after in pairs:
            self._better[before.content_hash] = after
            self._before[after.content_hash] = before

    # ---- asking ----

    def aim(self, structure: Structure | None) -> None:
        """Turn to the molecule that is shown now; what runs for another one ends."""
        if structure is self._structure:
            return
        self._halt()
        self._structure, self._asked = structure, None
        if structure is not None and self._wants(structure):
            self._later.start()
        self.changed.emit()

    def relax(self, structure: Structure) -> None:
        """Relax a molecule because the user says so; `relaxed` tells of it, and bonds may change."""
        self._halt()
        self._structure = self._asked = structure
        self._begin()

    def retry(self, structure: Structure) -> None:
        """The user opens a molecule anew: relax it even where that was given up before."""
        if structure.source == FROM_SMILES:
            self._given_up.discard(structure.content_hash)

    def cancel(self) -> None:
        """Keep the geometry that is shown."""
        if self.is_busy and self._structure is not None:
            self._given_up.add(self._structure.content_hash)
        self._halt()
        self.changed.emit()

    def shutdown(self) -> None:
        """End the process; nothing is relaxed any more."""
        self.on = False
        self._structure = None
        self._halt()

    # ---- working ----

    def _wants(self, structure: Structure) -> bool:
        if not self.on or structure.source != FROM_SMILES or structure.n_atoms < 2:
            return False
        from xanesview.reference.engine.gfn2 import is_relaxed

        known = structure.content_hash in self._better
        return not is_relaxed(structure) and not known and structure.content_hash not in self._given_up

    def _begin(self) -> None:
        from xanesview.reference.engine.gfn2 import check
        from xanesview.reference.engine.relaxation_worker import job_of

        try:
            check(self._structure, on_slab=True)
        except XanesviewError as error:
            self._keep(error)
            return
        self._number = self.engine.ask(job_of(self._structure))
        self.changed.emit()

    def _halt(self) -> None:
        self._later.stop()
        self._number = None
        self.engine.stop()

    def _take(self, number: int, answer: dict) -> None:
        if number != self._number or self._structure is None:
            return
        from xanesview.reference.engine.gfn2 import NOTICE, laid_back

        structure, asked = self._structure, self._asked is self._structure
        self._halt()
        self._asked = None
        try:
            if "error" in answer:
                self.on = self.on and not answer.get("hopeless", False)
                raise XanesviewError(answer["error"], answer.get("hint", ""))
            positions = np.array(answer["positions_angstrom"])
            facts = (answer["largest_force"], answer["steps"])
            found = laid_back(structure, positions, *facts, bonds_may_change=asked)
        except XanesviewError as error:
            self._keep(error)
            return
        if asked:
            self.relaxed.emit(found.structure)
        else:
            self._know(structure, found.structure)
            self.arrived.emit()
        self.changed.emit()
        for notice in found.structure.notices:
            if notice.kind == NOTICE:
                self.told.emit(notice)

    def _know(self, structure: Structure, relaxed: Structure) -> None:
        self._better[structure.content_hash] = relaxed
        self._before[relaxed.content_hash] = structure

    def _bury(self, number: int, what: str) -> None:
        """The process has died by itself."""
        if number == self._number:
            self._number = None
            self._keep(XanesviewError(f"The process that relaxes it {what}.", "Open the molecule again to try again."))

    def _keep(self, error: XanesviewError) -> None:
        from xanesview.reference.molecules import kept_as_it_is

        self._given_up.add(self._structure.content_hash)
        notice = kept_as_it_is(self._structure, error)
        self.given_up.emit(notice)
        self.told.emit(notice)
        self.changed.emit()
