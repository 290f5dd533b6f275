"""What brings FEFF's Fermi levels near to measured edges: a constant an element.

With CHSHIFT 4 they follow the surroundings of a site, on a scale of their own; without it FEFF gives every site of an
element the edge of its free atom, within some eV of the measured one. The constants are the differences of the two.
"""

from __future__ import annotations

EDGE_OFFSET_EV: dict[str, float] = {"Ti": 71.2, "Fe": 78.0}


def edge_offset_ev(element: str) -> float:
    """Return what is added to FEFF's energies of an element's K edge, eV; 0 where it was not found."""
    return EDGE_OFFSET_EV.get(element, 0.0)
