"""The row that tells the symmetry of the structure and predicts one site an orbit."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from xanesview.domain.counts import counted
from xanesview.domain.symmetry import SYMMETRY_TOLERANCE_ANGSTROM
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.typed_numbers import parse_number
from xanesview.gui.background.symmetry_search import FoundSymmetry, SymmetryQuestion, SymmetrySearch
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.flow_row import FlowRow, together
from xanesview.gui.panels.number_field import NumberField
from xanesview.gui.session.job_watch import Watch
from xanesview.limits import LARGEST_TOLERANCE_ANGSTROM, SMALLEST_TOLERANCE_ANGSTROM
from xanesview.texts import tr

#: Orbits are looked for among so many absorbers at most.
MOST_SITES = 2000
_BY_ORBIT = "Predict one site an orbit and turn its tensor to the others, σ′ = R σ Rᵀ"
_OWN_ANSWERS = "This network answers every direction by itself. Draw its fitted tensor to turn that of one site."


class SymmetryRow(QWidget):
    """Symbol of the group, number of orbits, tolerance, and whether one site an orbit is predicted.

    Attributes
    ----------
    found : FoundSymmetry or None
        What was found for the structure shown, None before.
    """

    changed = Signal()  # `found` is another

    def __init__(self, context: PanelContext) -> None:
        super().__init__()
        self._workspace = context.workspace
        self._tolerance = SYMMETRY_TOLERANCE_ANGSTROM
        self.found: FoundSymmetry | None = None
        self._search = SymmetrySearch(self)
        self._search.found.connect(self._take)
        self._given_up: SymmetryQuestion | None = None
        Watch(
            context.workspace.jobs, lambda: tr("Look for symmetry"), lambda: self._search.is_busy, self._give_up,
            (self._search.busy_changed,), is_minor=True,
        )  # fmt: skip
        self.symbol = Label(objectName="symmetry-symbol")
        limits = (SMALLEST_TOLERANCE_ANGSTROM, LARGEST_TOLERANCE_ANGSTROM)
        self.tolerance = NumberField("symmetry-tolerance", _tolerance, lambda value: f"{value:g}", 0.01, limits)
        self.tolerance.set_tip("How far atoms may be off their places, Å; at first 0.02. Wheel 0.01, with Shift 0.001")
        self.tolerance.setFixedWidth(56)
        self.tolerance.set_value(self._tolerance)
        self.tolerance.edited.connect(self._tolerance_edited)
        self.by_orbit = QCheckBox("Predict one an orbit", objectName="by-orbit")
        self.by_orbit.clicked.connect(self._by_orbit_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._row = FlowRow(
            together(self.symbol, "within", self.tolerance, "Å"), together(self.by_orbit)
        )
        column.addWidget(self._row)

    def orbit_of(self, site: int) -> tuple[int, int] | None:
        """Return number (from 1) and multiplicity of a site's orbit, None where it isn't known."""
        if self.found is None:
            return None
        found = enumerate(self.found.orbits, start=1)
        return next(((number, orbit.multiplicity) for number, orbit in found if site in orbit.members), None)

    def refresh(self) -> None:
        """Look for the symmetry of the structure that is shown, if it is another, and show what is known."""
        workspace, shown = self._workspace, self._workspace.shown
        kept = workspace.session.orbit_tolerance_angstrom
        if kept is not None:
            self._tolerance = kept
        self.tolerance.set_value(self._tolerance)
        own_answers = shown.asks_directions
        self.by_orbit.setChecked(kept is not None)
        self.by_orbit.setEnabled(kept is not None or not own_answers)
        self.by_orbit.setToolTip(plain(_OWN_ANSWERS if own_answers else _BY_ORBIT))
        question = self._question()
        if question is None or len(question.sites) > MOST_SITES:
            self.found = None
            many = f"Orbits are looked for among up to {MOST_SITES:,} absorbers"
            self.symbol.setText("" if question is None else many)
            self.changed.emit()
        elif self._given_up is not None and _same(self._given_up, question):
            pass  # the user has stopped it; another tolerance or structure is looked at
        elif self.found is None or not _same(self.found.question, question):
            self.found = None
            self.symbol.setText("looking…")
            self.changed.emit()
            self._search.ask(question)
        self._row.ask_for_lines()

    def stop(self) -> None:
        """End the search; the window closes."""
        self._search.stop()

    def _give_up(self) -> None:
        """The user has stopped the search."""
        self._given_up = self._question()
        self._search.forget()
        self.symbol.setText(tr("symmetry not looked for"))

    def _question(self) -> SymmetryQuestion | None:
        structure, sites = self._workspace.structure, self._workspace.shown.absorbers
        return None if structure is None or not sites else SymmetryQuestion(structure, sites, self._tolerance)

    def _take(self, found: FoundSymmetry) -> None:
        question = self._question()
        if question is None or not _same(found.question, question):
            return
        self.found = found
        words = found.problem or f"{found.symbol or 'no symmetry'}, {counted(len(found.orbits), 'orbit')}"
        self.symbol.setText(words)
        many = ", ".join(f"{orbit.multiplicity}" for orbit in found.orbits[:20])
        periodic = question.structure.is_periodic
        kind = "Space or layer group, by spglib" if periodic else "Point group of the molecule (Schoenflies)"
        self.symbol.setToolTip(plain(f"{kind}. Sites an orbit: {many}{'…' if len(found.orbits) > 20 else ''}"))
        self._row.ask_for_lines()
        self.changed.emit()

    def _tolerance_edited(self, value: float, _gesture: int | None) -> None:
        self._tolerance = value
        if self._workspace.session.orbit_tolerance_angstrom is not None:
            self._workspace.set_orbit_tolerance(value)
        self.refresh()

    def _by_orbit_clicked(self, wanted: bool) -> None:
        self._workspace.set_orbit_tolerance(self._tolerance if wanted else None)


def _tolerance(text: str) -> float:
    value = parse_number(text.replace("Å", ""))
    low, high = SMALLEST_TOLERANCE_ANGSTROM, LARGEST_TOLERANCE_ANGSTROM
    if not low <= value <= high:
        raise XanesviewError(f"A tolerance of {value:g} Å is of no use.", f"Give {low:g} to {high:g} Å.")
    return value


def _same(one: SymmetryQuestion, two: SymmetryQuestion) -> bool:
    how = (one.sites, one.tolerance_angstrom) == (two.sites, two.tolerance_angstrom)
    return how and one.structure.content_hash == two.structure.content_hash
