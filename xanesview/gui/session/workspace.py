"""The one mutable object of the window: session, what it shows, undo stack and the signals that tell of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.session import Session
from xanesview.domain.structure import Notice, Structure
from xanesview.domain.work import KeptHistory
from xanesview.errors import XanesviewError
from xanesview.gui.session.adsorbate_placing import AdsorbatePlacing
from xanesview.gui.session.angle_studying import AngleStudying
from xanesview.gui.session.candidate_list import CandidateList
from xanesview.gui.session.candidate_ranking import CandidateRanking
from xanesview.gui.session.changes import ORBITS, SELECTION, SUBJECT, changed_parts, signals_of
from xanesview.gui.session.commands import SessionCommand
from xanesview.gui.session.conformer_search import ConformerSearch
from xanesview.gui.session.curve_editing import CurveEditing
from xanesview.gui.session.curve_fitting import CurveFitting
from xanesview.gui.session.curve_processing import CurveProcessing
from xanesview.gui.session.energy_cursor import EnergyCursor
from xanesview.gui.session.geometry_relaxation import GeometryRelaxation
from xanesview.gui.session.image_mapping import ImageMapping
from xanesview.gui.session.jobs import JobList
from xanesview.gui.session.live_direction import LiveDirection
from xanesview.gui.session.movie_making import MovieMaking
from xanesview.gui.session.own_references import OwnReferences
from xanesview.gui.session.prediction_queue import PredictionQueue
from xanesview.gui.session.rattled_ensemble import RattledEnsemble
from xanesview.gui.session.reference_computation import ReferenceComputation
from xanesview.gui.session.step_history import fill
from xanesview.gui.session.structure_editing import StructureEditing
from xanesview.gui.session.teaching import Teaching
from xanesview.gui.session.tilt_fitting import TiltFitting
from xanesview.gui.session.user_changes import UserChanges
from xanesview.inference.store import PredictionStore
from xanesview.shown.builder import ShownBuilder, StandIn
from xanesview.shown.computed_edges import WithComputedEdges, engine_of, is_computed
from xanesview.shown.relaxed_session import geometry_notice
from xanesview.shown.session_notices import no_absorber

if TYPE_CHECKING:
    from xanesview.gui.background.live_prediction import LivePrediction
    from xanesview.inference.loaded_network import Prediction
    from xanesview.inference.shelf import Networks
    from xanesview.shown.shown import Shown

NO_HISTORY = KeptHistory()


class Workspace(UserChanges):
    """Holds the session; panels read it, send it changes, and don't know one another.

    Every change of the session goes through `_change`, which makes one undo step (or extends the step of a running
    gesture) and emits the signals of just those parts that differ. A change made through undo or redo emits the same
    signals, so that a panel needs no second path.

    Parameters
    ----------
    networks
        Tells which networks there are and reads their cards.
    live
        The worker that predicts.
    network
        Name of the network to begin with.
    as_measured, per_atom
        Whether to begin with predictions drawn as measured, and with sums drawn per atom.
    """

    structure_changed = Signal()
    structures_changed = Signal()  # which structures are open, or which of them is shown
    selection_changed = Signal()  # picked sites, their weights, hidden site curves
    geometry_changed = Signal()  # polarisation mode, direction, degree
    prediction_changed = Signal()  # new tensors, or none any more
    references_changed = Signal()
    frozen_changed = Signal()
    looks_changed = Signal()  # what is set for curves that are neither reference nor frozen
    network_changed = Signal()
    angles_changed = Signal()  # what is set about series of angles and tilts
    broadening_changed = Signal()
    drawing_changed = Signal()  # energy axis, as computed or measured, compared networks, fitted tensor or own answers
    direction_answered = Signal()  # a network that takes the direction as an input has answered
    direction_busy_changed = Signal(bool)
    busy_changed = Signal(bool)
    progress_changed = Signal(int, int)  # sites predicted, sites wanted
    stopped = Signal()  # the user wants what is being read, built, predicted or explained to be given up
    message = Signal(object)  # a Notice for the message bar

    def __init__(
        self,
        networks: Networks,
        live: LivePrediction,
        network: str,
        parent: QObject | None = None,
        *,
        as_measured: bool = True,
        per_atom: bool = True,
    ) -> None:
        super().__init__(parent)
        self.networks = networks = WithComputedEdges(networks)
        self.live = live
        self.undo_stack = QUndoStack(self)
        self._session = Session(network=network, as_measured=as_measured, per_atom=per_atom)
        self._shown: Shown | None = None
        self._asks = False  # a network for the present direction
        self._is_held = False  # atoms are, or have been, dragged since a step was made
        self._gesture = 0
        self.left_out_steps = 0  # of the history that a file has not kept
        self._passing: Session | None = None  # on the way to another step of the history: where it has come to
        self.store = store = PredictionStore(networks)
        self._queue = PredictionQueue(live, store, self)
        self._queue.arrived.connect(self._take_news)
        self._queue.told.connect(self.message)
        self._queue.progressed.connect(self.progress_changed)
        live.busy_changed.connect(self.busy_changed)
        self.direction = LiveDirection(live, self)
        self.direction.arrived.connect(self._take_answer)
        self.direction.told.connect(self.message)
        self.direction.busy_changed.connect(self.direction_busy_changed)
        self.computation = ReferenceComputation(lambda: self.shown, self)
        self.computation.arrived.connect(self._take_news)
        self.computation.told.connect(self.message)
        self.relaxation = GeometryRelaxation(self)
        self.relaxation.arrived.connect(self._take_geometry)
        self.relaxation.told.connect(self.message)
        self.editing = StructureEditing(self, self._change, self._put, self._ask_again)
        self.editing.told.connect(self.message)
        self._queue.refused.connect(self.editing.stand_alone)
        self.placing = AdsorbatePlacing(self)
        self.ensemble = RattledEnsemble(
            lambda: self._session, networks.load, self._shown_with, self._change, self
        )
        self.ensemble.told.connect(self.message)
        self.conformers = ConformerSearch(self)
        self.relaxation.relaxed.connect(self.editing.take_relaxed)
        self.curves = CurveEditing(lambda: self.shown, self._change, self)
        self.curves.told.connect(self.message)
        self.processing = CurveProcessing(lambda: self.shown, self._change, self._amend, self)
        self.cursor = EnergyCursor(self)
        self.angles = AngleStudying(lambda: self.shown, self._change, self.processing.bring_together, self)
        self.angles.told.connect(self.message)
        self.angles.chosen_changed.connect(self.angles_changed)
        self.tilts = TiltFitting(lambda: self.shown, self.angles, self.set_geometry, self)
        self.tilts.told.connect(self.message)
        self.processing.told.connect(self.message)
        self.fitting = CurveFitting(lambda: self.shown, self._change, self.processing, self)
        self.fitting.told.connect(self.message)
        for signal in (self.references_changed, self.network_changed, self.drawing_changed, self.prediction_changed):
            signal.connect(self.processing.follow)
            signal.connect(self.tilts.follow)
        for signal in (self.angles_changed, self.structure_changed, self.selection_changed):
            signal.connect(self.tilts.follow)
        self.jobs = JobList(self)
        self.own_references = OwnReferences(self.jobs, self)
        self.own_references.told.connect(self.message)
        self.teaching = Teaching(networks, self.jobs, self)
        self.computation.computed.connect(self.teaching.take)
        self.teaching.told.connect(self.message)
        self.teaching.shelved.connect(lambda _name: self.network_changed.emit())
        self.candidates = CandidateList(live, networks, self.jobs, self)
        self.ranking = CandidateRanking(self.candidates, lambda: self.shown, self.jobs, self)
        self.references_changed.connect(self.ranking.follow)
        self.images = ImageMapping(lambda: self.shown, self.jobs, self)
        for one in (self.candidates, self.ranking, self.images):
            one.told.connect(self.message)
        self.movies = MovieMaking(lambda: self.shown, networks.load, self._shown_with, self.jobs, self)
        self.movies.told.connect(self.message)
        self._builder = ShownBuilder(networks, store, self.computation.sites)

    # ---- reading ----

    @property
    def session(self) -> Session:
        """The session shown now (frozen)."""
        return self._session

    @property
    def shown(self) -> Shown:
        """What the session shows now (frozen): card, tensors, sites, overlays; built when any of them has changed."""
        if self._shown is None:
            known = {"refine": self.computation.refine, "failures": self._queue.failures}
            shown = self._builder.build(self._session, **known, stand_in=self.editing.stand_in)
            self._shown = self._builder.answered(shown, self.direction.answer(shown.sites))
        return self._shown

    @property
    def structure(self) -> Structure | None:
        """The structure shown now."""
        return self._session.structure

    @property
    def geometry(self) -> Geometry:
        """The polarisation shown now."""
        return self._session.geometry

    @property
    def is_busy(self) -> bool:
        """Whether a prediction is running."""
        return self._queue.is_busy

    # ---- changing ----

    def begin_gesture(self) -> int:
        """Number for the changes of one drag; pass it on with each of them so that they undo together."""
        self._gesture += 1
        return self._gesture

    def take_back(self, gesture: int) -> None:
        """Undo the changes of a gesture that is given up, as if they had never been, if they are the last ones."""
        newest = self.undo_stack.command(self.undo_stack.index() - 1)
        if isinstance(newest, SessionCommand) and newest.belongs_to(gesture):
            newest.is_given_up = True
            self.undo_stack.undo()

    def set_geometry(self, geometry: Geometry, gesture: int | None = None, text: str = "") -> None:
        """Change the experiment; changes with the same gesture number are one undo step."""
        self._change(self._session.replace(geometry=geometry), text or geometry.change_from(self.geometry), gesture)

    # ---- one session after the other ----

    def go_to(self, step: int) -> None:
        """Show the session as it was after so many steps; what lies between is passed over, not shown."""
        self._passing = self._session
        self.undo_stack.setIndex(step)
        goal, self._passing = self._passing, None
        if goal is not self._session:
            self._show(goal)

    def begin_anew(self, session: Session, predict: bool = True, history: KeptHistory = NO_HISTORY) -> None:
        """Take up another session whole, such as one from a file; what can be undone is that of its history.

        With `predict` off no network is asked until a further site is picked.
        """
        self.undo_stack.clear()
        self.left_out_steps = history.left_out
        self._show(session)
        self._passing = self._session
        fill(self.undo_stack, history, self._session, self._show, self._may_leave)
        self._passing = None
        if not predict:
            self._queue.cancel()
            self.prediction_changed.emit()

    def predict_anew(self) -> None:
        """Ask the network again for the structure shown, whatever is known of it."""
        if self.structure is not None:
            self.store.forget(self.structure.content_hash, self._session.network)
            self._shown = None
            self._aim()
            self._queue.want(self._session.picked)
            self.prediction_changed.emit()

    def _change(self, after: Session, text: str, gesture: int | None = None) -> None:
        step = SessionCommand(self._session, after, self._show, text, gesture, self._may_leave)
        self.undo_stack.push(step)

    def _amend(self, after: Session, text: str) -> None:
        """Change what the last step came to; where that can't be, as one that was saved, by a step of its own."""
        stack = self.undo_stack
        last = stack.command(stack.index() - 1)
        ends_here = isinstance(last, SessionCommand) and last.after is self._session and stack.index() == stack.count()
        if not ends_here or stack.isClean():
            self._change(after, text)
        elif after is not self._session:
            last.after = after
            self._show(after)

    def _may_leave(self) -> bool:
        """Whether a step that fails may leave the history: not while others are passed over with it."""
        return self._passing is None

    def _show(self, after: Session) -> None:
        """Make `after` the session and tell of what differs."""
        if self._passing is not None:
            self._passing = after
            return
        if self._is_held:
            self._is_held = False
            self.editing.leave_off()
        before, self._session = self._session, self.relaxation.carried(after)
        after = self._session
        changed = changed_parts(before, after)
        if changed <= {"geometry"}:
            self._shown = self.shown.turned(after)
            if changed:
                self._ask_direction()  # before the plot hears of it: the answer may be known
                self.geometry_changed.emit()
            return
        self._shown = None
        subject = bool(changed & SUBJECT)
        for name in signals_of(changed):
            getattr(self, name).emit()
        if subject:
            self._aim()
        elif changed & ORBITS:
            self._aim_queue()
        if subject or "compared" in changed:
            self._queue.compare(self.shown.others)
        self._shown = None  # what failed for the last structure is forgotten
        if changed & (SUBJECT | SELECTION | ORBITS | {"compared"}):
            self._queue.want(after.picked)
        self._ask_direction()

    def _put(self, session: Session) -> None:
        """Make a session the one shown while atoms are dragged; `editing` tells whoever follows the drag."""
        self._session, self._shown, self._is_held = session, None, True

    def _shown_with(self, session: Session, prediction: Prediction) -> Shown:
        """What a session shows with a prediction in the place of its own."""
        stand_in = StandIn(prediction, moving=True)
        return self._builder.build(session, refine=False, failures={}, stand_in=stand_in)

    def _ask_again(self) -> None:
        """Ask for what is missing of the structure shown: a drag had the worker for itself."""
        self._aim_queue()
        self._queue.compare(self.shown.others)
        self._queue.want(self._session.picked)
        self.prediction_changed.emit()

    # ---- predicting ----

    def _take_news(self) -> None:
        """Tensors have come, predicted or computed."""
        self._shown = None
        self._ask_direction()
        self.prediction_changed.emit()

    def _take_geometry(self) -> None:
        """A better geometry takes the place of the one shown; no undo step, since it isn't the user's doing."""
        again = self.computation.wanted(is_computed(self._session.network))
        self._show(self._session)
        if again:
            self.computation.compute(again)
        self.message.emit(geometry_notice(self._session.structure))

    def _take_answer(self) -> None:
        """A network that takes the direction as an input has answered."""
        self._shown = self._builder.answered(self.shown, self.direction.answer(self.shown.sites))
        self.direction_answered.emit()

    def _ask_direction(self) -> None:
        """Ask for the present direction where the network takes it as an input; cheap where nothing has changed."""
        shown = self.shown
        if not (shown.asks_directions and shown.sites):
            if self._asks:
                self.direction.forget()
            self._asks = False
            return
        self._asks = True
        self.direction.want(shown.structure, self._session.network, shown.sites, self._session.geometry.weight())
        self._shown = self._builder.answered(shown, self.direction.answer(shown.sites))

    def cancel_prediction(self) -> None:
        """Stop predicting and whatever else is asked for beside it; what is known stays."""
        self._queue.cancel()
        self.editing.stand_alone()
        self.direction.forget()
        self.relaxation.cancel()
        self._shown = None
        self.stopped.emit()
        self.prediction_changed.emit()

    def predict_picked(self) -> None:
        """Predict what is still missing of the picked sites, after that was stopped."""
        self._queue.want_again(self._session.picked)
        self.prediction_changed.emit()

    def _aim_queue(self) -> None:
        session = self._session
        structure = None if is_computed(session.network) else session.structure
        self._queue.aim(structure, session.network, self.shown.absorbers, session.orbit_tolerance_angstrom)

    def _aim(self) -> None:
        """Predict another structure, or with another network; say so where that can't be."""
        session, shown = self._session, self.shown
        self._aim_queue()
        self.direction.forget()  # whatever the worker was asked for is given up
        card = shown.card
        chosen = (None, None) if card is None else (card.element, engine_of(card, session.structure))
        self.computation.aim(session.structure, *chosen)
        self.relaxation.aim(session.structure)
        if session.structure is None:
            return
        try:
            card = self.networks.card(session.network)
        except XanesviewError as error:
            self.message.emit(Notice("network", error.message, error.hint))
            return
        if not shown.absorbers:
            self.message.emit(no_absorber(session.structure, card))
