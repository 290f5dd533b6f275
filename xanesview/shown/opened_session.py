"""The session after a structure has been opened, shown again or closed, and what has to be said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xanesview.domain.first_view import first_view
from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.domain.session import KeptStructure, Session
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.inference.shelf import fitting_network
from xanesview.shown.computed_edges import (
    computed_name,
    edges_without_network,
    first_edge,
    is_computed,
    preset_of,
)
from xanesview.shown.session_notices import marked_absorber_unknown, notices_of, other_network, references_left

if TYPE_CHECKING:
    from xanesview.inference.shelf import Networks
    from xanesview.networks.card import Card


def opened(
    before: Session, networks: Networks, structure: Structure, picked: Sequence[int] = ()
) -> tuple[Session, list[Notice]]:
    """Return the session that shows a structure with sites picked, and notices.

    Without sites those that the structure's file marks as absorbing are picked, else a sensible absorber. The structure
    shown before stays open beside it; one and the same structure is open once.
    """
    picked = picked or structure.absorbers
    network = _network_for(networks, structure, before.network, picked)
    element = _element(networks, network)
    unpredicted = [i for i in structure.absorbers if structure.symbols[i] != element]
    if unpredicted and picked == structure.absorbers:  # no network knows what the file marks
        network = _network_for(networks, structure, before.network)
        element = _element(networks, network)
    view = first_view(structure, element)
    geometry = LinearPolarisation(
        direction=tuple(float(x) for x in view.direction),
        degree=before.geometry.degree,
        normal=None if structure.surface_normal is None else tuple(float(x) for x in structure.surface_normal),
    )
    same = before.structure is not None and _same(before.structure, structure)
    gone = () if same else _of_structure(before)
    back = tuple(r for one in before.kept if _same(one.structure, structure) for r in one.references)
    aside = _put_aside(before, structure)
    after = aside.replace(
        references=(*aside.references, *back),
        structure=structure,
        network=network,
        picked=tuple(int(i) for i in picked if structure.symbols[int(i)] == element) or view.picked,
        site_weights={},
        hidden_sites=frozenset(),
        geometry=geometry,
        # the window of a resonance was chosen on the prediction of the structure before
        angles=before.angles if same else before.angles.replace(window_ev=None),
    )
    notices = []
    if network != before.network:
        old, new = _card_or_none(networks, before.network), networks.card(network)
        notices.append(other_network(structure, old, new, from_another=before.structure is not None))
    if gone:
        notices.append(references_left(before.structure, gone))
    if unpredicted:
        notices.append(marked_absorber_unknown(structure, unpredicted[0]))
    told = notices_of(structure)
    if told:  # one bar holds one message: all that was missing or assumed, in one
        hints = dict.fromkeys(notice.hint for notice in told if notice.hint)
        message = " ".join(notice.message for notice in told)
        notices.append(Notice("structure", message, " ".join(hints)))
    return after, notices


def _network_for(networks: Networks, structure: Structure, current: str, picked: Sequence[int] = ()) -> str:
    """Return the network to show a structure with, or the name of an edge that is computed.

    A computed edge stays where the structure has its element and no network is meant for it. Crystals and slabs for
    which no network is meant, with elements that none has seen, are shown as `first_edge` says.
    """
    wanted = {structure.symbols[i] for i in picked if 0 <= i < structure.n_atoms} or set(structure.symbols)
    computed = [edge for edge in edges_without_network(networks, structure) if edge[0] in wanted]
    before = _card_or_none(networks, current) if is_computed(current) else None
    if before is not None and (before.element, before.edge) in computed:
        return computed_name(before.element, structure, before.edge, preset_of(before))
    name = fitting_network(networks, structure, "" if before is not None else current, picked) or current
    if not structure.is_periodic:
        return name
    card = _card_or_none(networks, name)
    predicts = card is not None and card.element in wanted and not is_computed(name)
    if predicts and set(structure.symbols) <= set(card.elements):  # films of molecules, too
        return name
    if not computed:
        return name
    element, shell = first_edge(computed)
    return computed_name(element, structure, shell, preset_of(before))


def other_frame(session: Session, networks: Networks, structure: Structure) -> tuple[Session, list[Notice]]:
    """Return the session with another frame of a trajectory in the place of the one shown, and notices.

    Of the same atoms the picks, weights and the polarisation stay; else sites are chosen anew. Computed references go:
    their sites are atoms of the geometry before.
    """
    before = session.structure
    if before is None or _same(before, structure):
        return session.replace(structure=structure) if before is not None else session, []
    gone = tuple(reference for reference in _of_structure(session) if reference.tensor is not None)
    left = tuple(r for r in session.references if not any(r is one for one in gone))
    notices = [references_left(before, gone)] if gone else []
    if before.symbols == structure.symbols:
        return session.replace(structure=structure, references=left), notices
    after, more = in_place(session.replace(references=left), networks, structure)
    return after, [*notices, *more]


def in_place(session: Session, networks: Networks, structure: Structure) -> tuple[Session, list[Notice]]:
    """Return the session with a structure in the place of the one shown, looked at anew, and notices."""
    after, notices = opened(session.replace(structure=None), networks, structure)
    at = next((k for k, one in enumerate(session.kept) if _same(one.structure, structure)), None)
    place = session.place if at is None else session.place - (at < session.place)
    return after.replace(place=place), notices


def kept_beside(session: Session, structure: Structure) -> Session:
    """Return the session with a further structure open, which is not shown; the same where it is open already."""
    if any(_same(structure, one) for one in session.structures):
        return session
    return session.replace(kept=(*session.kept, KeptStructure(structure)))


def shown_again(session: Session, networks: Networks, tab: int) -> tuple[Session, list[Notice]]:
    """Return the session that shows another of the open structures, as it was left, and notices."""
    if tab == session.place or not 0 <= tab < len(session.structures):
        return session, []
    which = tab if tab < session.place else tab - 1
    wanted = session.kept[which]
    if wanted.geometry is None:  # open, and never shown
        return opened(session, networks, wanted.structure)
    return _taken_up(_put_aside(session, wanted.structure), wanted), []


def closed(session: Session, networks: Networks, tab: int) -> tuple[Session, list[Notice]]:
    """Return the session without one of its open structures, and notices; the last one stays."""
    if not session.kept or not 0 <= tab < len(session.structures):
        return session, []
    if tab != session.place:
        which = tab if tab < session.place else tab - 1
        kept = session.kept[:which] + session.kept[which + 1 :]
        return session.replace(kept=kept, place=session.place - (tab < session.place)), []
    after, notices = shown_again(session, networks, tab + 1 if session.place < len(session.kept) else tab - 1)
    left = tuple(one for one in after.kept if not _same(one.structure, session.structure))
    shown = next(k for k, one in enumerate(after.structures) if one is after.structure)
    return after.replace(kept=left, place=shown - (shown > tab)), notices


def _put_aside(session: Session, for_structure: Structure) -> Session:
    """The session with the structure it shows kept, so that another can be shown, at its own place or at the end."""
    structure, kept, own = session.structure, list(session.kept), _of_structure(session)
    if structure is not None and _same(structure, for_structure):
        return session
    if structure is not None:
        how = (session.network, session.picked, session.site_weights, session.hidden_sites, session.geometry, own)
        kept.insert(session.place, KeptStructure(structure, *how))
    place = next((k for k, one in enumerate(kept) if _same(one.structure, for_structure)), len(kept))
    return session.replace(
        kept=tuple(one for one in kept if not _same(one.structure, for_structure)),
        place=place,
        references=tuple(r for r in session.references if not any(r is one for one in own)),
    )


def _taken_up(session: Session, wanted: KeptStructure) -> Session:
    """The session that shows a structure as it was left."""
    return session.replace(
        structure=wanted.structure,
        network=wanted.network,
        picked=wanted.picked,
        site_weights=wanted.site_weights,
        hidden_sites=wanted.hidden_sites,
        geometry=wanted.geometry,
        references=(*session.references, *wanted.references),
    )


def _of_structure(session: Session) -> tuple:
    """References that belong to the structure shown: the computed ones. Measured ones stay beside any structure."""
    return tuple(reference for reference in session.references if reference.is_of_structure)


def _same(one: Structure, two: Structure) -> bool:
    return one is two or one.content_hash == two.content_hash


def _element(networks: Networks, name: str) -> str:
    card = _card_or_none(networks, name)
    return "C" if card is None else card.element


def _card_or_none(networks: Networks, name: str) -> Card | None:
    try:
        return networks.card(name)
    except XanesviewError:  # a broken network; it is told where it is chosen
        return None
