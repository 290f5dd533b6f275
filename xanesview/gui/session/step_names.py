"""What steps of the history are called, as in “Undo pick C1”."""

from __future__ import annotations

from collections.abc import Sequence

from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.session import Session
from xanesview.domain.structure import Structure
from xanesview.shown.names import selection_name, site_name


def of_geometry(before: Geometry, after: Geometry) -> str:
    """Return what a change of the experiment is called."""
    if type(before) is not type(after):
        return f"choose {after.title}"
    if before.direction != after.direction or before == after:
        return "turn polarisation"
    if before.degree != after.degree:
        return "change degree of polarisation"
    if before.average != after.average:
        return "change average over the sample"
    return "change experiment"


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
