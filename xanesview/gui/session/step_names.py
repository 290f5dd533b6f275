"""What steps of the history are called, as in “Undo pick C1”."""

from __future__ import annotations

from collections.abc import Sequence

from xanesview.domain.session import Session
from xanesview.domain.structure import Structure
from xanesview.shown.names import selection_name, site_name


def of_picks(structure: Structure | None, picked: Sequence[int]) -> str:
    """Return what it is called to pick sites."""
    if structure is None or not picked:
        return "pick no site"
    return f"pick {selection_name(structure, picked)}"


def of_weight(structure: Structure | None, site: int, weight: float) -> str:
    """Return what it is called to weigh a site."""
    return "weigh site" if structure is None else f"weigh {site_name(structure, site)} {weight:g}"


def of_tab(session: Session, tab: int, verb: str) -> str:
    """Return what it is called to show or close one of the open structures."""
    structures = session.structures
    if not 0 <= tab < len(structures):
        return f"{verb} structure"
    return f"{verb} {structures[tab].name or structures[tab].formula}"
