"""What the user asks of the first-principles engine: a reference for the picked sites, Refine, stop."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QObject, Signal

from xanesview.domain.session import ReferenceCurve
from xanesview.domain.structure import Notice, Structure
from xanesview.gui.session.workspace import Workspace
from xanesview.reference.engines import MOLECULES, Engine
from xanesview.shown.computed_edges import engine_of, is_computed
from xanesview.shown.names import selection_name, site_name
from xanesview.texts import tr


class Computing(QObject):
    """Slots of the actions, and what they make of the answers."""

    refine_changed = Signal(bool)

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.computation = workspace.computation
        self.computation.answered.connect(self._overlay)
        self.computation.changed.connect(lambda: self.refine_changed.emit(self.computation.refine))

    def compute_picked(self) -> None:
        """Compute the picked sites and lay the result over the prediction; known ones are laid over it at once."""
        picked = self.workspace.session.picked
        if self.workspace.structure is None or not picked:
            self._tell("No site is picked to compute.", "Open a molecule and pick an atom first.")
            return
        self.computation.compute(picked)

    def set_refine(self, on: bool) -> None:
        """Compute every site in turn and let the computed ones take the place of the predicted."""
        if on and (error := self.computation.obstacle()) is not None and self.workspace.structure is not None:
            self._tell(error.message, error.hint)
            self.refine_changed.emit(False)
            return
        self.workspace.set_refine(on)

    def stop(self) -> None:
        """Stop computing; what is computed stays."""
        self.computation.cancel()

    def _overlay(self, atoms: tuple[int, ...]) -> None:
        """Lay all computed sites of the structure over the prediction, unless they have taken its place."""
        workspace = self.workspace
        card, structure = workspace.shown.card, workspace.structure
        if is_computed(card.name):
            workspace.note_computed(atoms)
            return
        if self.computation.refine:
            return
        text = f"compute {selection_name(structure, atoms)}"
        engine = engine_of(card, structure)
        sites = self.computation.sites.of(structure, card.element, engine)
        source = computed_source(structure, engine)
        tensor = engine.tensor(sites, card.element)
        facts = {"method": engine.method, "structure": structure.name or structure.formula, "date": f"{date.today()}"}
        reference = ReferenceCurve(
            tensor=tensor, label=engine.title, source=source, structure_hash=structure.content_hash, facts=facts
        )
        for index, old in enumerate(workspace.session.references):
            if old.source == source and old.tensor is not None and old.tensor.edge == tensor.edge:
                workspace.replace_reference(index, old.replace(tensor=tensor, visible=True), text=text)
                return
        workspace.add_reference(reference, text)

    def _tell(self, message: str, hint: str) -> None:
        self.workspace.message.emit(Notice("compute", message, hint))


def computed_source(structure: Structure, engine: Engine) -> str:
    """Where a computed reference of a structure comes from; tells them apart, too."""
    return f"{engine.method}, {structure.name or structure.formula} ({structure.content_hash[:12]})"


def overlaid(workspace: Workspace) -> bool:
    """Whether a computed reference of all picked sites is there already."""
    structure, card = workspace.structure, workspace.shown.card
    if structure is None or card is None:
        return False
    return any(
        reference.source == computed_source(structure, engine_of(card, structure))
        and reference.tensor.edge == card.label
        and set(workspace.session.picked) <= set(reference.tensor.sites.tolist())
        for reference in workspace.session.references
        if reference.tensor is not None
    )


def offer(workspace: Workspace) -> str:
    """What computing the picked sites would mean: "Compute C1 (about 4 s)", empty where there is nothing to compute."""
    computation, structure, picked = workspace.computation, workspace.structure, workspace.session.picked
    if structure is None or not picked or impossible(workspace):
        return ""
    names = selection_name(structure, picked).removeprefix("sum of ")
    if set(picked) <= computation.known():
        return tr("Overlay computed {names}").format(names=names)
    time = f"{_with(computation.method)}{duration(computation.estimate_s(picked))}"
    return tr("Compute {names} ({time})").format(names=names, time=time)


def _with(engine: Engine | None) -> str:
    """Which engine it is, where it is not the one that molecules have."""
    return "" if engine is None or engine is MOLECULES else f"{engine.title}, "


def impossible(workspace: Workspace) -> str:
    """Why the structure can't be computed whatever is installed, empty where it can."""
    error = workspace.computation.impossible()
    return "" if error is None else f"{error.message} {error.hint}".strip()


def progress_text(workspace: Workspace) -> str:
    """What is being computed: "computing C2 · 3 more · about 8 s left", empty while nothing is."""
    computation = workspace.computation
    if not computation.is_busy:
        return ""
    atoms = computation.atoms
    more = len(computation.waiting()) - len(atoms)
    names = " and ".join(site_name(workspace.structure, atom) for atom in atoms)
    doing = ": ".join(filter(None, (_with(computation.method).strip(", "), computation.stage)))
    parts = [f"computing {names}" + (f" ({doing})" if doing else "")]
    parts += [f"{more} more"] if more else []
    return " · ".join([*parts, f"{duration(computation.remaining_s())} left"])


def duration(seconds: float) -> str:
    """A time as people say it, not more exact than it is known: "about 20 s", "about 3 min", "about 2 h"."""
    if seconds < 57:
        whole = max(round(seconds), 1) if seconds < 9.5 else 5 * round(seconds / 5)
        return tr("about {n} s").format(n=whole)
    minutes = seconds / 60
    if minutes < 90:
        return tr("about {n} min").format(n=max(round(minutes), 1))
    return tr("about {n} h").format(n=f"{minutes / 60:.0f}")
