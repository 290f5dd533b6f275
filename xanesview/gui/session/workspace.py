"""The one mutable object of the window: session, prediction, undo stack and the signals that tell of changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from xanesview.domain.first_view import first_view
from xanesview.domain.geometry.polarisation import PolarisationGeometry
from xanesview.domain.session import Session
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.gui.background.live_prediction import LivePrediction
from xanesview.gui.session.commands import SessionCommand
from xanesview.gui.session.live_direction import LiveDirection
from xanesview.gui.session.overlay_changes import OverlayChanges
from xanesview.gui.session.prediction_queue import PredictionQueue
from xanesview.gui.session.reference_computation import ReferenceComputation
from xanesview.inference.store import PredictionStore
from xanesview.shown.comparison import others
from xanesview.shown.computed_edges import WithComputedEdges, is_computed
from xanesview.shown.computed_sites import replaces
from xanesview.shown.opened_session import opened
from xanesview.shown.session_notices import (
    no_absorber,
    not_an_absorber,
)
from xanesview.shown.tensors import ShownTensors

if TYPE_CHECKING:
    from xanesview.domain.absorption import AbsorptionTensor
    from xanesview.inference.predictor import Prediction
    from xanesview.inference.shelf import Networks
    from xanesview.networks.card import Card
    from xanesview.shown.curve import Curve


class Workspace(OverlayChanges, QObject):
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
    """

    structure_changed = Signal()
    selection_changed = Signal()  # picked sites, their weights, hidden site curves
    geometry_changed = Signal()  # polarisation mode, direction, degree
    prediction_changed = Signal()  # new tensors, or none any more
    references_changed = Signal()
    frozen_changed = Signal()
    network_changed = Signal()
    broadening_changed = Signal()
    drawing_changed = Signal()  # energy axis, compared networks, fitted tensor or the network's own answers
    direction_answered = Signal()  # a network that takes the direction as an input has answered
    direction_busy_changed = Signal(bool)
    busy_changed = Signal(bool)
    progress_changed = Signal(int, int)  # sites predicted, sites wanted
    message = Signal(object)  # a Notice for the message bar

    def __init__(self, networks: Networks, live: LivePrediction, network: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.networks = networks = WithComputedEdges(networks)
        self.live = live
        self.undo_stack = QUndoStack(self)
        self._session = Session(network=network, geometry=PolarisationGeometry(mode="linear"))
        self._store = PredictionStore(networks)
        self.shown = ShownTensors(self)
        self._known: tuple[Prediction, frozenset[int]] | None = None
        self._gesture = 0
        self._queue = PredictionQueue(live, self._store, self)
        self._queue.arrived.connect(self.prediction_changed)
        self._queue.told.connect(self.message)
        self._queue.progressed.connect(self.progress_changed)
        live.busy_changed.connect(self.busy_changed)
        self.direction = LiveDirection(live, self)
        self.direction.arrived.connect(self.direction_answered)
        self.direction.told.connect(self.message)
        self.direction.busy_changed.connect(self.direction_busy_changed)
        self.prediction_changed.connect(self._ask_direction)
        self.geometry_changed.connect(self._ask_direction)  # before the plot hears of it: the answer may be known
        self.computation = ReferenceComputation(self)
        self.computation.arrived.connect(self.prediction_changed)
        self.computation.told.connect(self.message)

    # ---- reading ----

    @property
    def session(self) -> Session:
        """The session shown now (frozen)."""
        return self._session

    @property
    def structure(self) -> Structure | None:
        """The structure shown now."""
        return self._session.structure

    @property
    def geometry(self) -> PolarisationGeometry:
        """The polarisation shown now."""
        return self._session.geometry

    @property
    def card(self) -> Card | None:
        """The card of the chosen network, or None where it can't be read."""
        try:
            return self.networks.card(self._session.network)
        except XanesviewError:
            return None

    @property
    def prediction(self) -> Prediction | None:
        """All sites known so far for this structure and network; with Refine on computed ones replace predicted."""
        structure, network = self.structure, self._session.network
        if structure is None:
            return None
        predicted = self._store.get(structure.content_hash, network)
        card = self.card if self.computation.refine or is_computed(network) else None
        return predicted if card is None else self.computation.sites.blended(structure, card, predicted)

    @property
    def is_busy(self) -> bool:
        """Whether a prediction is running."""
        return self._queue.is_busy

    def absorbers(self) -> tuple[int, ...]:
        """Atoms the network can predict in this structure, shape (S,)."""
        card = self.card
        if self.structure is None or card is None:
            return ()
        return tuple(int(i) for i in self.structure.sites_of(card.element))

    def predicted_sites(self) -> frozenset[int]:
        """Atoms whose tensor is known."""
        prediction = self.prediction
        if prediction is None:
            return frozenset()
        if self._known is None or self._known[0] is not prediction:  # asked for at every move of a drag
            self._known = (prediction, frozenset(prediction.tensor.sites.tolist()))
        return self._known[1]

    def computed_sites(self) -> frozenset[int]:
        """Atoms whose tensor in `prediction` was computed from first principles."""
        card = self.card
        if self.structure is None or card is None or not replaces(card):
            return frozenset()
        shown = self.computation.refine or is_computed(card.name)
        return frozenset(self.computation.sites.of(self.structure, card.element)) if shown else frozenset()

    def shown_sites(self) -> tuple[int, ...]:
        """Picked atoms whose tensor is known, in the order they were picked."""
        known = self.predicted_sites()
        return tuple(i for i in self._session.picked if i in known)

    def site_weight(self, site: int) -> float:
        """Weight of a site in the sum, 1 unless the user changed it."""
        return self._session.weight_of(site)

    def asks_directions(self) -> bool:
        """Whether the network answers each direction anew, and the user has not chosen its fitted tensor."""
        card = self.card
        return card is not None and card.gives == "directional" and not self._session.fitted

    def known_prediction(self, network: str) -> Prediction | None:
        """What is known of this structure by any network, or None."""
        return None if self.structure is None else self._store.get(self.structure.content_hash, network)

    def problem_of(self, network: str) -> str:
        """Why a compared network has no prediction of this structure, or empty."""
        return self._queue.failures.get(network, "")

    def summed_tensor(self) -> AbsorptionTensor | None:
        """Weighted sum over the picked sites as one tensor, or None before the prediction."""
        look = self.shown.look()
        return None if look is None else look.summed

    def current_spectrum(self) -> Spectrum | None:
        """The predicted spectrum of the picked sites for the current polarisation."""
        from xanesview.shown.curves import current_spectrum

        return current_spectrum(self)

    def curves(self) -> list[Curve]:
        """All curves the plot shows, the current one first."""
        from xanesview.shown.curves import build_curves

        return build_curves(self)

    # ---- changing ----

    def begin_gesture(self) -> int:
        """Number for the changes of one drag; pass it on with each of them so that they undo together."""
        self._gesture += 1
        return self._gesture

    def open_structure(self, structure: Structure, picked: Sequence[int] = ()) -> None:
        """Show a structure, pick sites (default: a sensible absorber) and predict it; measured and frozen curves stay.

        Where the structure has no atom that the network predicts, another network is chosen, and said so. A computed
        reference holds the tensors of one structure's atoms, so it goes when another structure comes; undo
        brings both back.
        """
        after, notices = opened(self._session, self.networks, structure, picked)
        self._change(after, f"open {structure.name or structure.formula}")
        for notice in notices:
            self.message.emit(notice)

    def set_geometry(self, geometry: PolarisationGeometry, gesture: int | None = None) -> None:
        """Change the polarisation; changes with the same gesture number are one undo step."""
        self._change(self._session.replace(geometry=geometry), "turn polarisation", gesture)

    def pick(self, indices: Iterable[int]) -> None:
        """Replace the picked sites; atoms that the network can't predict are left out with a message."""
        wanted = tuple(dict.fromkeys(int(i) for i in indices))
        absorbers = set(self.absorbers())
        picked = tuple(i for i in wanted if i in absorbers)
        if len(picked) < len(wanted) and self.structure is not None:
            foreign = [i for i in wanted if i not in absorbers]
            self.message.emit(not_an_absorber(self.structure, self.card, foreign))
        if picked or not wanted:
            self._change(self._session.replace(picked=picked), "pick sites")

    def toggle_pick(self, index: int) -> None:
        """Add a site to the picked ones, or take it out."""
        picked = self._session.picked
        self.pick(tuple(i for i in picked if i != index) if index in picked else (*picked, index))

    def set_site_weight(self, site: int, weight: float) -> None:
        """Change a site's weight in the sum (not negative)."""
        if not np.isfinite(weight) or weight < 0:
            raise XanesviewError(f"A site's weight can't be {weight}.", "Give a number that is not negative.")
        weights = {**self._session.site_weights, site: float(weight)}
        self._change(self._session.replace(site_weights=weights), "weigh site")

    def set_site_hidden(self, site: int, hidden: bool) -> None:
        """Hide or show the curve of one site; it stays in the sum."""
        sites = set(self._session.hidden_sites)
        (sites.add if hidden else sites.discard)(site)
        text = "hide site curve" if hidden else "show site curve"
        self._change(self._session.replace(hidden_sites=frozenset(sites)), text)

    def set_network(self, name: str) -> None:
        """Choose a network; picked atoms of another element are replaced by a sensible absorber."""
        after = self._session.replace(network=name)
        structure = self.structure
        try:
            element = self.networks.card(name).element
        except XanesviewError as error:
            self.message.emit(Notice("network", error.message, error.hint))
            return
        if structure is not None:
            absorbers = {int(i) for i in structure.sites_of(element)}
            if not set(self._session.picked) & absorbers:
                after = after.replace(picked=first_view(structure, element).picked, site_weights={})
        self._change(after, "choose network")

    def set_broadening(self, fwhm_ev: float | None) -> None:
        """Total Gaussian width to show the prediction with (eV), or None for its native width."""
        card = self.card
        if fwhm_ev is not None and card is not None and fwhm_ev < card.native_fwhm_ev:
            raise XanesviewError(
                f"A width of {fwhm_ev:g} eV is below the prediction's own {card.native_fwhm_ev:g} eV.",
                "Give a larger width, or leave it empty for the prediction's own.",
            )
        self._change(self._session.replace(broadening_fwhm_ev=fwhm_ev), "broaden")

    def set_axis(self, axis: str | None) -> None:
        """Show energies "absolute" or "relative" to E0, or (None) as the network gives them."""
        self._change(self._session.replace(axis=axis), "choose energy axis")

    def set_compared(self, networks: Iterable[str]) -> None:
        """Overlay the predictions of further networks; they are asked for the picked sites."""
        self._change(self._session.replace(compared=tuple(dict.fromkeys(networks))), "compare networks")

    def set_network_hidden(self, network: str, hidden: bool) -> None:
        """Hide or show the curve of a compared network."""
        networks = set(self._session.hidden_networks)
        (networks.add if hidden else networks.discard)(network)
        text = "hide network" if hidden else "show network"
        self._change(self._session.replace(hidden_networks=frozenset(networks)), text)

    def set_fitted(self, fitted: bool) -> None:
        """Draw the tensor fitted to a network that takes the direction as an input, or its own answers."""
        self._change(self._session.replace(fitted=fitted), "draw fitted tensor" if fitted else "draw own answers")

    def _change(self, after: Session, text: str, gesture: int | None = None) -> None:
        self.undo_stack.push(SessionCommand(self._session, after, self._show, text, gesture))

    def _show(self, after: Session) -> None:
        """Make `after` the session and tell of what differs."""
        before, self._session = self._session, after
        structure = after.structure is not before.structure
        network = after.network != before.network
        selection = _differs(before, after, ("picked", "site_weights", "hidden_sites"))
        if structure:
            self.structure_changed.emit()
        if network:
            self.network_changed.emit()
        if structure or network or selection:
            self.selection_changed.emit()
        if after.geometry != before.geometry:
            self.geometry_changed.emit()
        if structure or network:
            self.prediction_changed.emit()
        if after.references is not before.references:
            self.references_changed.emit()
        if after.frozen is not before.frozen:
            self.frozen_changed.emit()
        if after.broadening_fwhm_ev != before.broadening_fwhm_ev:
            self.broadening_changed.emit()
        compared = after.compared != before.compared
        if _differs(before, after, ("axis", "compared", "fitted", "hidden_networks")):
            self.drawing_changed.emit()
        if structure or network:
            self._aim()
        if compared or structure or network:
            self._queue.compare(others(self))
        if structure or network or selection or compared:
            self._queue.want(after.picked)
        self._ask_direction()

    # ---- predicting ----

    def _ask_direction(self) -> None:
        """Ask for the present direction where the network takes it as an input; cheap where nothing has changed."""
        sites = self.shown_sites() if self.asks_directions() else ()
        if sites:
            self.direction.want(self.structure, self._session.network, sites, self.geometry.weight())
        else:
            self.direction.forget()

    def cancel_prediction(self) -> None:
        """Stop predicting; what is known stays."""
        self._queue.cancel()
        self.direction.forget()
        self.prediction_changed.emit()

    def _aim(self) -> None:
        """Predict another structure, or with another network; say so where that can't be."""
        session, card = self._session, self.card
        predicts = not is_computed(session.network)
        self._queue.aim(session.structure if predicts else None, session.network, self.absorbers())
        self.direction.forget()  # whatever the worker was asked for is given up
        self.computation.aim(session.structure, None if card is None else card.element)
        if session.structure is None:
            return
        try:
            card = self.networks.card(session.network)
        except XanesviewError as error:
            self.message.emit(Notice("network", error.message, error.hint))
            return
        if not self.absorbers():
            self.message.emit(no_absorber(session.structure, card))


def _differs(before: Session, after: Session, names: Iterable[str]) -> bool:
    for name in names:
        old, new = getattr(before, name), getattr(after, name)
        if old is not new and (dict(old) != dict(new) if isinstance(old, Mapping) else old != new):
            return True
    return False
