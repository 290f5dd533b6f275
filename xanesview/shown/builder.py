"""From a session and what is known of it to `Shown`: the one place where networks and stores are asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xanesview.domain.session import Session
from xanesview.errors import XanesviewError
from xanesview.inference.shelf import short_names
from xanesview.shown.computed_edges import engine_of, is_computed
from xanesview.shown.computed_sites import ComputedSites, replaces
from xanesview.shown.frozen_labels import varied_angle
from xanesview.shown.names import selection_name, site_name
from xanesview.shown.overlays import placed_frozen, placed_references
from xanesview.shown.processing import ProcessedCurves, shown_steps
from xanesview.shown.shown import Compared, Shown, equal_area
from xanesview.shown.tensors import Answer, Look, Looks

if TYPE_CHECKING:
    from xanesview.inference.loaded_network import Prediction
    from xanesview.inference.shelf import Networks
    from xanesview.inference.store import PredictionStore
    from xanesview.networks.card import Card

_OTHER_ENERGIES = (
    "It shares no energies with the current network, so their different units can't be brought together."
)


@dataclass(frozen=True, eq=False)
class StandIn:
    """What a network said of an edited structure a moment ago, shown until it has answered for the structure as it is.

    Attributes
    ----------
    prediction : Prediction or None
    moving : bool
        Atoms are being dragged: nothing else is known of the structure, and nothing is looked for.
    """

    prediction: Prediction | None
    moving: bool = False


class ShownBuilder:
    """Builds what is shown; keeps looks at tensors, so that a change of one thing leaves the others as they are.

    Parameters
    ----------
    networks
        Cards of the networks there are.
    store
        What networks have predicted.
    computed
        What was computed from first principles.
    """

    def __init__(self, networks: Networks, store: PredictionStore, computed: ComputedSites) -> None:
        self._networks, self._store, self._computed = networks, store, computed
        self._looks = Looks()
        self._processed = ProcessedCurves()
        self._known: tuple[Prediction | None, frozenset[int]] = (None, frozenset())

    def build(
        self, session: Session, *, refine: bool, failures: Mapping[str, str], stand_in: StandIn | None = None
    ) -> Shown:
        """Return what a session shows.

        Parameters
        ----------
        session : Session
        refine : bool
            Whether computed sites take the place of predicted ones.
        failures : mapping
            Compared networks that can't predict the structure, and why.
        stand_in : StandIn, optional
            What is shown of an edited structure until its own prediction is there.
        """
        card = self._card(session.network)
        shown = Shown(session, card, axis=_default_axis(session, card), looks=self._looks)
        structure = session.structure
        if structure is None:
            return self._with_overlays(shown)
        prediction, computed = self._prediction(session, card, refine, stand_in)
        known = self._sites_of(prediction)
        shown = shown.replace(
            prediction=prediction,
            absorbers=() if card is None else tuple(int(i) for i in structure.sites_of(card.element)),
            predicted_sites=known,
            computed_sites=computed,
            sites=tuple(i for i in session.picked if i in known),
        )
        names = {site: site_name(structure, site) for site in shown.sites}
        labels = {site: f"{name} computed" if site in computed else name for site, name in names.items()}
        selection = selection_name(structure, session.picked) if session.picked else ""
        if 0 < len(shown.sites) < len(session.picked):
            selection += f", {len(shown.sites):,} so far"
        reason = only_computed(card, bool(computed & set(shown.sites)))
        shown = shown.replace(names=names, labels=labels, selection=selection, only_computed=reason)
        if prediction is not None and shown.sites:
            measured = card.as_measured if session.as_measured and not reason else None
            how = (shown.sites, shown.weights(), session.axis, session.broadening_fwhm_ev, measured)
            look = self._looks.look(prediction.tensor, *how)
            steps = shown_steps(session, card, look)
            shown = shown.replace(look=self._looks.processed(look, steps), axis=look.axis, steps=steps)
        if stand_in is not None and stand_in.moving:
            return self._with_overlays(shown)  # other networks come again when the atoms rest
        return self._with_overlays(self._with_networks(shown, failures))

    def answered(self, shown: Shown, answer: Answer | None) -> Shown:
        """Return the same with what a network answered for a direction, or without an answer."""
        if answer is None or shown.look is None or not shown.asks_directions or answer.sites != shown.sites:
            return shown if shown.answer is None else shown.replace(answer=None)
        return shown.replace(answer=self._looks.answered(shown.look, answer, shown.prediction.tensor))

    def _card(self, network: str) -> Card | None:
        try:
            return self._networks.card(network)
        except XanesviewError:  # a broken network; it is told where it is chosen
            return None

    def _prediction(
        self, session: Session, card: Card | None, refine: bool, stand_in: StandIn | None
    ) -> tuple[Prediction | None, frozenset]:
        """All that is known of a structure by a network, and which sites of it are computed."""
        structure, network = session.structure, session.network
        if stand_in is not None and stand_in.moving:
            return stand_in.prediction, frozenset()
        predicted = self._store.get(structure.content_hash, network, session.orbit_tolerance_angstrom)
        engine = None if card is None else engine_of(card, structure)
        if engine is None or not (refine or is_computed(network)) or not replaces(card, engine):
            if predicted is None and stand_in is not None:
                predicted = stand_in.prediction
            return predicted, frozenset()
        sites = frozenset(self._computed.of(structure, card.element, engine))
        return self._computed.blended(structure, card, predicted), sites

    def _sites_of(self, prediction: Prediction | None) -> frozenset[int]:
        if prediction is not self._known[0]:
            sites = frozenset() if prediction is None else frozenset(prediction.tensor.sites.tolist())
            self._known = (prediction, sites)
        return self._known[1]

    def _with_networks(self, shown: Shown, failures: Mapping[str, str]) -> Shown:
        """Put further networks beside the current one."""
        others = compared_networks(shown.session, shown.card, self._card)
        if not others:
            return shown
        names = short_names(self._networks, (shown.session.network, *others))
        shown = shown.replace(others=others, network_names=names)
        if shown.look is None:
            return shown
        compared, missing = [], {}
        for network in others:
            look, why = self._compared_look(shown, network, failures)
            one = None if look is None else self._compared(shown, network, names[network], look)
            if one is not None:
                compared.append(one)
            elif why or look is not None:
                missing[names[network]] = why or _OTHER_ENERGIES
        return shown.replace(compared=tuple(compared), missing=missing)

    def _compared_look(self, shown: Shown, network: str, failures: Mapping[str, str]) -> tuple[Look | None, str]:
        """The same sites by another network on the axis that is shown, or None and why."""
        tolerance = shown.session.orbit_tolerance_angstrom
        prediction = self._store.get(shown.structure.content_hash, network, tolerance)
        if prediction is None or not set(shown.sites) <= set(prediction.tensor.sites.tolist()):
            return None, failures.get(network, "")
        measured = self._networks.card(network).as_measured if shown.session.as_measured else None
        how = (shown.sites, shown.weights(), shown.axis, shown.session.broadening_fwhm_ev, measured)
        look, giver = self._looks.look(prediction.tensor, *how), shown.look.native
        if look.problem is not None and giver.ip_ev is not None:
            look = self._looks.moved_by(giver, prediction.tensor, *how)
        return (self._looks.processed(look, shown.steps), "") if look.problem is None else (None, look.reason)

    def _compared(self, shown: Shown, network: str, name: str, look: Look) -> Compared | None:
        own = shown.look.summed
        same = look.summed.unit == own.unit
        factor = 1.0 if same else equal_area(own, look.summed)
        if factor is None:
            return None
        card = self._networks.card(network)
        return Compared(network, card.title, name, look, factor, not same, card.gives == "directional")

    def _with_overlays(self, shown: Shown) -> Shown:
        session = shown.session
        return shown.replace(
            references=placed_references(shown, session.references, self._processed.outcomes(session.references)),
            frozen=placed_frozen(shown, session.frozen, self._frozen_names(session)),
            varied_angle=varied_angle(shown, [one.spectrum for one in session.frozen if not one.look.name]),
        )

    def _frozen_names(self, session: Session) -> dict[str, str]:
        """Short names of the networks of frozen curves, where they are others than the current one."""
        told = {one.spectrum.provenance.get("network", "") for one in session.frozen} - {"", "none"}
        return short_names(self._networks, sorted(told | {session.network})) if told - {session.network} else {}


def only_computed(card: Card | None, has_computed_sites: bool) -> str:
    """Return why spectra by a network can't be drawn as measured; empty where they can."""
    if card is None:
        return "There is no network whose spectra could be drawn as measured."
    if is_computed(card.name) or has_computed_sites:
        return "Spectra from first principles are drawn as computed: they were not fitted to measured ones."
    if card.as_measured is None:
        return f"The network “{card.title}” was not fitted to measured spectra, so it is drawn as computed."
    return ""


def compared_networks(
    session: Session, card: Card | None, card_of: Callable[[str], Card | None]
) -> tuple[str, ...]:
    """Return the networks compared with the current one: those of its edge; the rest wait for a structure of theirs."""
    if card is None:
        return ()
    found = []
    for name in session.compared:
        other = card_of(name) if name != session.network else None  # a bundle may have gone
        if other is not None and other.label == card.label:
            found.append(name)
    return tuple(found)


def _default_axis(session: Session, card: Card | None) -> str:
    return session.axis or ("absolute" if card is None else card.axis)
