"""The session after atoms of its structure were moved, exchanged, added or deleted by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from xanesview.domain.curve_look import BEFORE_EDIT, BEFORE_MOVE, CurveLook, next_order
from xanesview.domain.editing.atoms import PUT_TOGETHER, is_edited
from xanesview.domain.session import FrozenCurve, ReferenceCurve, Session
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.shown.opened_session import in_place
from xanesview.shown.session_notices import references_left

if TYPE_CHECKING:
    from xanesview.inference.shelf import Networks
    from xanesview.shown.shown import Shown


def with_structure(
    session: Session, networks: Networks, structure: Structure, stayed: Sequence[int] | None = None
) -> tuple[Session, list[Notice]]:
    """Return the session with an edited structure in the place of the one shown, and notices.

    Picks, weights, hidden sites and the polarisation stay with their atoms. A computed reference stays, and says that
    it was computed for the geometry before, unless atoms have other numbers now or its sites another element.

    Parameters
    ----------
    session : Session
    networks : Networks
    structure : Structure
    stayed : (K,) int or None
        Which atoms of the structure before the first K atoms are, where some were deleted; None where all kept their
        numbers.
    """
    before = session.structure
    place = None if stayed is None else {int(old): new for new, old in enumerate(stayed)}
    references, gone = _references(session, before, structure, renumbered=place is not None)
    here = session.replace(references=references)
    notices = [references_left(before, gone)] if gone else []
    element = _element(networks, session.network)
    picked = tuple(i for i in _numbered(session.picked, place) if structure.symbols[i] == element)
    after = here.replace(
        structure=structure, picked=picked,
        site_weights=_weights(session.site_weights, place),
        hidden_sites=frozenset(_numbered(tuple(session.hidden_sites), place)),
        looks=_looks(session, before, structure, place),
    )  # fmt: skip
    if picked or not session.picked:
        return after, notices
    # The last picked site is gone: what is looked at is chosen anew, in this tab.
    chosen, more = in_place(here, networks, structure)
    return chosen.replace(geometry=session.geometry.for_element(_element(networks, chosen.network))), [*notices, *more]


def with_before(session: Session, shown: Shown, name: str = BEFORE_MOVE) -> Session:
    """Return the session with the current curve frozen as that of the untouched structure, unless that is done.

    Parameters
    ----------
    session : Session
        To which the curve is added.
    shown : Shown
        What is shown before the first edit.
    name : str
        What the curve is called.
    """
    from xanesview.shown.spectra import frozen_curve

    if shown.structure is None or (is_edited(shown.structure) and not _is_as_put(shown.structure)):
        return session
    curve = frozen_curve(shown)
    if curve is None:
        return session
    mine = curve.spectrum.provenance.get("structure_hash")
    others = tuple(
        one for one in session.frozen
        if not (one.look.name in (BEFORE_MOVE, BEFORE_EDIT) and one.spectrum.provenance.get("structure_hash") == mine)
    )  # fmt: skip
    look = dataclasses.replace(curve.look, name=name, order=next_order({one.look.order for one in others}))
    frozen: tuple[FrozenCurve, ...] = (*others, dataclasses.replace(curve, look=look))
    return session.replace(frozen=frozen)


def _is_as_put(structure: Structure) -> bool:
    """A slab with a molecule on it is what the moves that follow are compared with."""
    return structure.geometry_origin.startswith(PUT_TOGETHER)


def _references(
    session: Session, before: Structure, after: Structure, *, renumbered: bool
) -> tuple[tuple[ReferenceCurve, ...], tuple[ReferenceCurve, ...]]:
    """Return the references that stay, as those of the edited structure, and those that go."""
    stay, gone = [], []
    other = f"{before.name or before.formula} before it was edited"
    for one in session.references:
        hidden = one.hidden_with
        if before.content_hash in hidden:
            hidden = hidden | {after.content_hash}
        if one.tensor is None or one.structure_hash != before.content_hash:
            own = one.structure_hash == before.content_hash
            changes = {"structure_hash": after.content_hash} if own and one.is_of_structure else {}
            stay.append(one.replace(hidden_with=hidden, **changes))
        elif renumbered or any(after.symbols[k] != before.symbols[k] for k in one.tensor.sites.tolist()):
            gone.append(one)
        else:
            told = one.computed_for or other
            stay.append(one.replace(hidden_with=hidden, structure_hash=after.content_hash, computed_for=told))
    return tuple(stay), tuple(gone)


def _looks(
    session: Session, before: Structure, after: Structure, place: Mapping[int, int] | None
) -> dict[str, CurveLook]:
    """Return the looks of curves, those of sites under the edited structure, too."""
    looks, own = dict(session.looks), f"{before.content_hash}:site:"
    for key, look in session.looks.items():
        if key.startswith(own):
            for site in _numbered((int(key.removeprefix(own)),), place):
                looks[f"{after.content_hash}:site:{site}"] = look
    return looks


def _numbered(atoms: Sequence[int], place: Mapping[int, int] | None) -> tuple[int, ...]:
    return tuple(atoms) if place is None else tuple(place[i] for i in atoms if i in place)


def _weights(weights: Mapping[int, float], place: Mapping[int, int] | None) -> dict[int, float]:
    return dict(weights) if place is None else {place[i]: w for i, w in weights.items() if i in place}


def _element(networks: Networks, network: str) -> str:
    try:
        return networks.card(network).element
    except XanesviewError:  # a broken network; it is told where it is chosen
        return ""
