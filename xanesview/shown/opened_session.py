"""The session after another structure has been opened, and what has to be said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from xanesview.domain.first_view import first_view
from xanesview.domain.geometry.polarisation import PolarisationGeometry
from xanesview.domain.session import Session
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.inference.shelf import fitting_network
from xanesview.shown.session_notices import other_network, references_left

if TYPE_CHECKING:
    from xanesview.inference.shelf import Networks
    from xanesview.networks.card import Card


def opened(
    before: Session, networks: Networks, structure: Structure, picked: Sequence[int] = ()
) -> tuple[Session, list[Notice]]:
    """Return the session that shows a structure with sites picked (default: a sensible absorber), and notices."""
    network = fitting_network(networks, structure, before.network, picked)
    try:
        element = networks.card(network).element
    except XanesviewError:
        element = "C"
    view = first_view(structure, element)
    geometry = PolarisationGeometry(
        mode="linear",
        direction=tuple(float(x) for x in view.direction),
        degree=before.geometry.degree,
        normal=None if structure.surface_normal is None else tuple(float(x) for x in structure.surface_normal),
    )
    stays = [r.tensor is None or r.structure_hash == structure.content_hash for r in before.references]
    gone = [r for r, kept in zip(before.references, stays, strict=True) if not kept]
    after = before.replace(
        structure=structure,
        network=network,
        picked=tuple(int(i) for i in picked if structure.symbols[int(i)] == element) or view.picked,
        site_weights={},
        hidden_sites=frozenset(),
        geometry=geometry,
    )
    notices = []
    if network != before.network:
        notices.append(other_network(structure, _card_or_none(networks, before.network), networks.card(network)))
    if gone:
        after = after.replace(references=tuple(r for r, k in zip(before.references, stays, strict=True) if k))
        notices.append(references_left(before.structure, gone))
    if structure.notices:  # one bar holds one message: all that was missing or assumed, in one
        hints = dict.fromkeys(notice.hint for notice in structure.notices if notice.hint)
        message = " ".join(notice.message for notice in structure.notices)
        notices.append(Notice("structure", message, " ".join(hints)))
    return after, notices


def _card_or_none(networks: Networks, name: str) -> Card | None:
    try:
        return networks.card(name)
    except XanesviewError:  # a broken network; it is told where it is chosen
        return None
