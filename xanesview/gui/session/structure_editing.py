"""What the user does with the atoms of the structure shown: drag, type, exchange, add, delete, turn, relax."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PySide6.QtCore import QObject, Signal

from xanesview.domain.curve_look import BEFORE_EDIT, BEFORE_MOVE
from xanesview.domain.editing import atoms as edits
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.inference.store import join
from xanesview.shown.builder import StandIn
from xanesview.shown.computed_edges import is_computed
from xanesview.shown.edited_session import with_before, with_structure
from xanesview.shown.names import site_name

if TYPE_CHECKING:
    from xanesview.domain.session import Session
    from xanesview.gui.background.live_prediction import LivePrediction
    from xanesview.gui.session.geometry_relaxation import GeometryRelaxation
    from xanesview.inference.loaded_network import Prediction
    from xanesview.inference.shelf import Networks
    from xanesview.inference.store import PredictionStore
    from xanesview.shown.shown import Shown

#: Picked sites beyond so many are predicted when the atoms rest: a batch must not take longer than a look.
MOST_LIVE_SITES = 48


class Bench(Protocol):
    """What edits need of the workspace, which holds them."""

    networks: Networks
    live: LivePrediction
    store: PredictionStore
    relaxation: GeometryRelaxation
    structure_changed: Signal
    session: Session
    shown: Shown
    structure: Structure | None


class StructureEditing(QObject):
    """Edits of the structure that is shown, each one undo step, and whether the mouse edits or picks.

    While atoms are dragged the session changes with every move, but only `moved` and `predicted` tell of it: whoever
    lists atoms or sites hears of them when they rest. The worker is asked for the picked sites of the newest geometry
    as soon as it has answered for one before: an answer that is a moment old is shown rather than none.

    Parameters
    ----------
    workspace : Workspace
        Whose structure is edited.
    change
        Takes another session, a text and a gesture as one undo step.
    put
        Takes another session, of which nobody is told.
    ask_again
        Asks for what is missing of the structure shown.
    """

    active_changed = Signal(bool)
    chosen_changed = Signal(int)  # the atom that fields and keys edit, -1 without one
    moved = Signal()  # atoms are elsewhere, while a drag goes on
    predicted = Signal()  # the worker has answered for a geometry of the drag
    told = Signal(object)  # a Notice

    def __init__(
        self,
        workspace: Bench,
        change: Callable[..., None],
        put: Callable[[Session], None],
        ask_again: Callable[[], None],
    ) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._push = change
        self._put = put
        self._ask_again = ask_again
        self._active = False
        self._chosen, self._name = -1, ""
        self._before: Session | None = None  # of the drag that goes on
        self._frozen: Session | None = None  # the same with the curve of the untouched structure
        self._text = ""
        self._gesture: int | None = None
        self._number: int | None = None  # of the request that runs
        self._asked: Structure | None = None
        self._failed = False  # the network can't predict what is dragged; that is told once
        self._answer: Prediction | None = None  # the last one
        self._latest: Prediction | None = None  # the same with the sites that are not asked for while atoms move
        self._stand_in: tuple[str, str, StandIn] | None = None  # for which structure and network
        workspace.live.finished.connect(self._take)
        workspace.live.failed.connect(self._fail)
        workspace.structure_changed.connect(self._follow)

    # ---- the mode ----

    @property
    def is_active(self) -> bool:
        """Whether the mouse moves atoms instead of picking them."""
        return self._active

    @property
    def chosen(self) -> int:
        """The atom that fields and keys edit, -1 without one."""
        return self._chosen

    @property
    def is_dragging(self) -> bool:
        """Whether atoms are being dragged."""
        return self._before is not None

    def set_active(self, active: bool) -> None:
        """Let the mouse move atoms, or pick them again."""
        if active == self._active:
            return
        self._active = active
        if not active:
            self.cancel()
            self.choose(-1)
        elif self._workspace.structure is not None and not is_computed(self._workspace.session.network):
            self._workspace.live.warm_up(self._workspace.session.network)  # what is shown may have been kept on disk
        self.active_changed.emit(active)

    def choose(self, atom: int) -> None:
        """Let fields and keys edit an atom; -1 lets go of it."""
        structure = self._workspace.structure
        atom = atom if structure is not None and 0 <= atom < structure.n_atoms else -1
        if atom != self._chosen:
            self._chosen = atom
            self.chosen_changed.emit(atom)

    # ---- dragging ----

    def begin(self, text: str, gesture: int | None = None, *, freezes: bool = True) -> None:
        """Begin to drag atoms; `text` is what the undo step is called, which joins others of the same gesture.

        The curve of the untouched structure is frozen beside, unless the drag says that it isn't.
        """
        workspace = self._workspace
        if workspace.structure is None or self._before is not None:
            return
        self._before, self._text, self._gesture = workspace.session, text, gesture
        self._frozen = with_before(workspace.session, workspace.shown) if freezes else workspace.session
        self._latest = self._answer = self._number = self._asked = None
        self._failed = False
        known = None if is_computed(workspace.session.network) else workspace.shown.prediction
        self._stand_in = None if known is None else (*self._key(), StandIn(known, moving=True))

    def drag_to(self, structure: Structure) -> None:
        """Show the atoms elsewhere, and ask for their spectrum."""
        if self._before is None:
            return
        after, _ = with_structure(self._frozen, self._workspace.networks, structure)
        self._put(after)
        self._keep_standing(moving=True)
        self._ask()
        self.moved.emit()

    def end(self) -> None:
        """Let go: all moves together are one undo step."""
        before, self._before = self._before, None
        if before is None:
            return
        after, structure = self._workspace.session, self._workspace.structure
        self._put(before)
        if structure is before.structure:
            self._stand_in = self._number = None
            self._ask_again()
            return
        self._stand_in = self._stand_in and (structure.content_hash, after.network, self._stand_in[2])
        self._keep_standing(moving=False)
        self._store_answer(structure)
        self._number = None
        self._push(after, self._text, self._gesture)
        self._tell_contacts(structure, np.flatnonzero((structure.positions_angstrom
                            != before.structure.positions_angstrom).any(axis=1)))  # fmt: skip

    def cancel(self) -> None:
        """Put the atoms back to where the drag began; no step is left."""
        if self._before is not None:
            self.leave_off()
            self._ask_again()

    def leave_off(self) -> None:
        """Something else changes what is shown: what is being dragged is as before the drag."""
        before, self._before = self._before, None
        if before is not None:
            self._number = self._stand_in = None
            self._put(before)
            self.moved.emit()

    def _follow(self) -> None:
        """Another structure is shown: an atom that it lacks is let go."""
        structure = self._workspace.structure
        name = "" if structure is None else structure.name
        kin = name in self._name or self._name in name  # a slab, and the same with a molecule on it
        if structure is None or self._chosen >= structure.n_atoms or not kin:
            self.choose(-1)
        self._name = name

    # ---- single edits ----

    def place(self, atom: int, position_angstrom: np.ndarray, gesture: int | None = None) -> None:
        """Put an atom to a place (3,), Å."""
        self._edit(lambda s: edits.placed(s, [atom], [position_angstrom]), "place", (atom,), gesture)

    def exchange(self, atom: int, symbol: str) -> None:
        """Make an atom another element."""
        structure = self._workspace.structure
        if structure is not None and structure.symbols[atom] != symbol.strip().capitalize():
            self._edit(lambda s: edits.with_element(s, [atom], symbol), "exchange", (atom,))

    def turn(self, one: int, two: int, shift: tuple[int, int, int], angle_deg: float) -> None:
        """Turn the smaller group of a bond about it; see `domain.editing.bond_turn`."""
        from xanesview.domain.editing.bond_turn import smaller_group, turned

        structure = self._workspace.structure
        if structure is None:
            return
        try:
            group = smaller_group(structure, one, two, shift)
        except XanesviewError as error:
            self._refuse(error)
            return
        text = f"turn about {site_name(structure, group.fixed)}–{site_name(structure, group.pivot)}"
        self._edit(lambda s: turned(s, group, angle_deg), text, group.atoms)

    def add(self, symbol: str, atom: int | None = None) -> None:
        """Add an atom where the chosen one has most room for a bond, and choose it."""
        structure = self._workspace.structure
        beside = self._chosen if atom is None else atom
        if structure is None or beside < 0:
            return
        if self._edit(lambda s: edits.with_atom(s, symbol, edits.free_place(s, beside, symbol)), f"add {symbol}", ()):
            self.choose(structure.n_atoms)

    def delete(self, atom: int | None = None) -> None:
        """Take the chosen atom away."""
        structure = self._workspace.structure
        which = self._chosen if atom is None else atom
        if structure is None or which < 0:
            return
        stayed = edits.kept_after(structure, [which])
        if self._edit(lambda s: edits.without(s, [which]), "delete", (which,), stayed=stayed):
            self.choose(-1)

    def adsorb(self, slab: Session, structure: Structure, gesture: int) -> None:
        """Show a molecule on a slab; the changes of one gesture are one step.

        Parameters
        ----------
        slab : Session
            As it was without the molecule.
        structure : Structure
            Its structure with the molecule's atoms behind its own.
        gesture : int
        """
        workspace, networks = self._workspace, self._workspace.networks
        after, _ = with_structure(slab, networks, structure)
        n, element = slab.structure.n_atoms, _element(networks, after.network)
        own = tuple(k for k in range(n, structure.n_atoms) if structure.symbols[k] == element)
        if own:
            after = after.replace(picked=own, site_weights={}, hidden_sites=frozenset())
        self._stand_in = None
        self._push(after, "put a molecule on the surface", gesture)
        self._tell_contacts(workspace.structure, range(n, structure.n_atoms))

    def relax(self) -> None:
        """Relax the molecule shown, or those on the slab shown, beside the window; the new geometry is a step."""
        structure = self._workspace.structure
        if structure is not None and self._before is None:
            self._workspace.relaxation.relax(structure)

    def take_relaxed(self, structure: Structure) -> None:
        """Show the geometry that the user has asked for, of the atoms that are shown."""
        before = self._workspace.structure
        if before is None or before.symbols != structure.symbols:
            return
        if structure.content_hash == before.content_hash:
            self.told.emit(Notice("relaxation", "The geometry was relaxed already: no atom has moved."))
            return
        method = structure.geometry_origin.partition(" (")[0]
        self._edit(lambda _before: structure, f"relax with {method}", ())

    def _edit(
        self,
        change: Callable[[Structure], Structure],
        text: str,
        atoms: Sequence[int],
        gesture: int | None = None,
        stayed: Sequence[int] | None = None,
    ) -> bool:
        """Make one step of an edit; what can't be is told, and nothing changes."""
        workspace, before = self._workspace, self._workspace.structure
        if before is None or self._before is not None:
            return False
        try:
            structure = change(before)
        except XanesviewError as error:
            self._refuse(error)
            return False
        if structure.content_hash == before.content_hash:
            return False
        if " " not in text and len(atoms) == 1:
            text = f"{text} {site_name(before, atoms[0])}"
        name = BEFORE_MOVE if structure.symbols == before.symbols else BEFORE_EDIT
        session = with_before(workspace.session, workspace.shown, name)
        known = workspace.shown.prediction if stayed is None else None
        after, notices = with_structure(session, workspace.networks, structure, stayed)
        standing = StandIn(_of_same_element(known, structure, before))
        self._stand_in = (structure.content_hash, after.network, standing)
        self._push(after, text, gesture)
        for notice in notices:
            self.told.emit(notice)
        if stayed is None:
            added = range(before.n_atoms, structure.n_atoms)
            self._tell_contacts(structure, [*atoms, *added])
        return True

    def _tell_contacts(self, structure: Structure, atoms: Sequence[int]) -> None:
        notice = edits.contact_notice(structure, atoms, site_name)
        if notice is not None:
            self.told.emit(notice)

    def _refuse(self, error: XanesviewError) -> None:
        self.told.emit(Notice("edit", error.message, error.hint))

    # ---- predicting ----

    @property
    def stand_in(self) -> StandIn | None:
        """What is shown of the present structure until its own prediction is there; None where nothing stands in."""
        return self._stand_in[2] if self._stand_in is not None and self._stand_in[:2] == self._key() else None

    def stand_alone(self) -> None:
        """Let nothing stand in for a structure any longer that has no prediction to come."""
        if self._before is None:
            self._stand_in = None

    def _key(self) -> tuple[str, str]:
        session = self._workspace.session
        return ("" if session.structure is None else session.structure.content_hash), session.network

    def _keep_standing(self, *, moving: bool) -> None:
        """Let the latest answer stand in for the structure as it is now."""
        if self._stand_in is not None:
            prediction = self._latest or self._stand_in[2].prediction
            key = self._key() if moving else self._stand_in[:2]
            self._stand_in = (*key, StandIn(prediction, moving))

    def _ask(self) -> None:
        """Ask for the picked sites, unless an answer is on its way: then the newest geometry is asked for after it."""
        session, workspace = self._workspace.session, self._workspace
        if self._number is not None or self._failed or self._stand_in is None or not session.picked:
            return
        self._asked = session.structure
        self._number = workspace.live.request(session.structure, self._sites(session), session.network)

    def _sites(self, session: Session) -> tuple[int, ...]:
        """The picked sites, of many those that are nearest to what is dragged."""
        if len(session.picked) <= MOST_LIVE_SITES:
            return session.picked
        positions, before = session.structure.positions_angstrom, self._before.structure.positions_angstrom
        dragged = before[(positions != before).any(axis=1)] if positions.shape == before.shape else before[:0]
        if not len(dragged):  # as where a molecule turns about its own axis
            return session.picked[:MOST_LIVE_SITES]
        picked = np.array(session.picked)
        away = np.linalg.norm(before[picked][:, None] - dragged[None], axis=2).min(axis=1)
        return tuple(picked[np.sort(np.argsort(away, kind="stable")[:MOST_LIVE_SITES])].tolist())

    def _take(self, number: int, prediction: Prediction) -> None:
        if number != self._number or self._before is None:
            return
        others = self._stand_in[2].prediction
        is_part = not set(self._workspace.session.picked) <= set(prediction.tensor.sites.tolist())
        together = join(others, prediction) if is_part and others.bundle == prediction.bundle else prediction
        self._number, self._latest, self._answer = None, together, prediction
        self._keep_standing(moving=True)
        self._put(self._workspace.session)  # what is shown of it is another thing now
        if self._asked is not self._workspace.structure:
            self._ask()  # the next one runs while the window draws this one
        self.predicted.emit()

    def _fail(self, number: int, message: str, hint: str) -> None:
        if number == self._number:
            self._number, self._failed = None, True
            self.told.emit(Notice("prediction", message, hint))

    def _store_answer(self, structure: Structure) -> None:
        """What was answered for the geometry at rest is a prediction like any other."""
        if self._answer is not None and self._number is None and self._asked is structure:
            network = self._workspace.session.network
            self._workspace.store.add(structure.content_hash, network, self._answer)


def _element(networks: Networks, network: str) -> str:
    try:
        return networks.card(network).element
    except XanesviewError:  # a broken network; it is told where it is chosen
        return ""


def _of_same_element(prediction: Prediction | None, structure: Structure, before: Structure) -> Prediction | None:
    """Return a prediction whose sites are atoms of the same element in another structure; else None."""
    if prediction is None:
        return None
    sites = prediction.tensor.sites
    same = len(sites) == 0 or (structure.numbers[sites] == before.numbers[sites]).all()
    return prediction if same else None
