"""What brings FEFF's Fermi levels near to measured edges: a constant an element.

With CHSHIFT 4 they follow the surroundings of a site, on a scale of their own. The constants bring the Fermi level of
an atom in six oxygens, at the sum of the covalent radii, to the tabulated K edge (as the form factors of Cromer and
Liberman have it), those of carbon in graphite and oxygen in rutile too; that of iron is the one our networks were
drawn with, found from measured hematite. They are good to some eV.
"""

from __future__ import annotations

EDGE_OFFSET_EV: dict[str, float] = {
    "C": -12.4, "O": -5.9, "Na": 27.1, "Mg": 27.1, "Al": 31.9, "Si": 32.3, "P": 35.3, "S": 35.4, "Cl": 35.5, "K": 71.3,
    "Ca": 69.3, "Sc": 69.4, "Ti": 67.1, "V": 67.0, "Cr": 69.6, "Mn": 69.3, "Fe": 78.0, "Co": 73.1, "Ni": 76.8,
    "Cu": 84.6, "Zn": 85.2, "Ga": 96.3, "Sr": 124.3, "Zr": 118.5, "Mo": 116.4,
}  # fmt: skip


def edge_offset_ev(element: str, shell: str = "K") -> float:
    """Return what is added to FEFF's energies of an edge, eV; 0 where it was not found."""
    return EDGE_OFFSET_EV.get(element, 0.0) if shell == "K" else 0.0
