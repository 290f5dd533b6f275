"""What a session file shows, without a window: its tensors, networks and computed sites taken up again."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xanesview.domain.structure import Notice
from xanesview.domain.work import structures_of
from xanesview.errors import XanesviewError
from xanesview.inference.kept_work import restored
from xanesview.inference.shelf import InstalledNetworks
from xanesview.inference.store import PredictionStore
from xanesview.networks.card import Card
from xanesview.reference.engines import engine_named
from xanesview.shown.builder import ShownBuilder
from xanesview.shown.computed_edges import WithComputedEdges
from xanesview.shown.computed_sites import ComputedSites

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure
    from xanesview.domain.work import KeptComputation, NetworkUsed, Work
    from xanesview.inference.shelf import Networks
    from xanesview.shown.shown import Shown

log = logging.getLogger(__name__)

KIND = "session"
"""Of notices on files of sessions."""
ANOTHER = "another-network"
"""Of the notice that a network has another one's name: the curves of the file can be predicted anew."""


def shown_of(work: Work, networks: Networks | None = None) -> tuple[Shown, list[Notice]]:
    """Return what a window that opens the file shows, with the numbers the file has kept, and what is to be said of it.

    No network is asked: of sites that neither the file nor this computer's kept predictions know there is no curve.

    Parameters
    ----------
    work : Work
    networks : Networks, optional
        Those there are; by default the shelf.
    """
    known = WithComputedEdges(InstalledNetworks() if networks is None else networks)
    store, computed = PredictionStore(known), ComputedSites()
    take_back(work, known, store, computed)
    notices = told_of_networks(*not_the_same(known, work)) + told_of_damage(work)
    builder = ShownBuilder(known, store, computed)
    return builder.build(work.session, refine=is_refined(work), failures={}), notices


def is_refined(work: Work) -> bool:
    """Whether computed sites stood in the place of predicted ones."""
    return work.view.get("refine") is True


def take_back(work: Work, networks: WithComputedEdges, store: PredictionStore, computed: ComputedSites) -> None:
    """Put what a file has kept where it is looked for: tensors, computed sites, cards of networks that may be gone."""
    for one in work.predictions:
        key = (one.structure_hash, one.network)
        store.take_back(*key, restored(one), work.session.orbit_tolerance_angstrom)
    structures = structures_of(work.session, work.history)
    for one in work.computations:
        sites = _sites_of(one, structures.get(one.structure_hash))
        if sites:
            whose = (one.structure_hash, one.charge, one.element)
            computed.take_back(*whose, sites, engine_named(one.engine))
    networks.know_absent(_cards(work.networks))


def _cards(networks: Iterable[NetworkUsed]) -> dict[str, Card]:
    """The cards that a file has kept, by name; those that can't be read are as if they weren't there."""
    cards = {}
    for one in networks:
        if one.card:
            try:
                cards[one.name] = Card.from_values(dict(one.card), Path(one.name))
            except XanesviewError as error:
                log.warning("the card of %s in a session can't be used: %s", one.name, error)
    return cards


def _sites_of(kept_sites: KeptComputation, structure: Structure | None) -> dict[int, Any]:
    """Sites that a file has kept of a structure that is open or can be again; none where they can't be its."""
    n_atoms = 0 if structure is None else structure.n_atoms
    try:
        sites = engine_named(kept_sites.engine).unpacked(kept_sites.arrays)
    except (KeyError, ValueError, IndexError, TypeError) as error:
        log.warning("computed sites of a session can't be used: %s", error)
        return {}
    numbers = [array for array in kept_sites.arrays.values() if array.dtype.kind == "f"]
    right = all(0 <= atom < n_atoms for atom in sites) and all(np.isfinite(one).all() for one in numbers)
    return sites if right else {}


def not_the_same(networks: WithComputedEdges, work: Work) -> tuple[list[NetworkUsed], list[NetworkUsed]]:
    """Networks that aren't here, and those that are others by now."""
    missing, other = [], []
    for used in work.networks:
        if not networks.is_here(used.name):
            missing.append(used)
            continue
        own = networks.card(used.name).weights_hash
        if own and used.weights_hash and own != used.weights_hash:
            other.append(used)
    return missing, other


def told_of_networks(missing: list[NetworkUsed], other: list[NetworkUsed]) -> list[Notice]:
    notices = []
    if missing:
        names = ", ".join(f"“{one.name}”" for one in missing)
        which = "network is" if len(missing) == 1 else "networks are"
        notices.append(
            Notice(
                KIND,
                f"The curves are those that the file has kept: the {which} not here ({names}).",
                "Further sites can be predicted once it is in the folder of networks, or with another network.",
            )
        )
    if other:
        names = ", ".join(f"“{one.name}”" for one in other)
        notices.append(
            Notice(
                ANOTHER,
                f"The curves are those that the file has kept: it was made with another {names} than the one here.",
                "As soon as a further site is picked, all are predicted anew.",
            )
        )
    return notices


def told_of_damage(work: Work) -> list[Notice]:
    if not work.damaged:
        return []
    return [
        Notice(
            KIND,
            f"The file is damaged; it was opened without {', '.join(work.damaged)}.",
            "Take an older copy of it, or save the rest under another name.",
        )
    ]
