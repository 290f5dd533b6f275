"""Sites of surfaces in words: "top of Fe3", "hcp hollow between Cu46, Cu47, Cu48, over Cu30"."""

from __future__ import annotations

import numpy as np

from xanesview.domain.editing.surface_sites import BRIDGE, TOP, SurfaceSite
from xanesview.domain.structure import Structure
from xanesview.shown.names import site_name
from xanesview.texts import tr

_MOST_NAMED = 4


def site_words(slab: Structure, site: SurfaceSite) -> str:
    """Return what a site of a slab is called."""
    names = [site_name(slab, atom) for atom in site.atoms]
    if site.kind == TOP:
        return tr("top of {atom}").format(atom=names[0])
    if site.kind == BRIDGE:
        return tr("bridge between {one} and {other}").format(one=names[0], other=names[1])
    kind = {"fcc": "fcc hollow", "hcp": "hcp hollow"}.get(site.stacking, "hollow")
    if len(names) > _MOST_NAMED:
        words = tr("hollow of {n} atoms").format(n=len(names))
    else:
        words = tr("{kind} between {atoms}").format(kind=tr(kind), atoms=", ".join(names))
    if site.beneath < 0:
        return words
    return tr("{site}, over {atom}").format(site=words, atom=site_name(slab, site.beneath))


def stand_words(slab: Structure, site: SurfaceSite, beside_angstrom: np.ndarray) -> str:
    """Return on which site a molecule stands, and how far beside it."""
    away = float(np.linalg.norm(beside_angstrom))
    words = site_words(slab, site)
    return words if away < 0.005 else tr("{away} Å beside {site}").format(away=f"{away:.2f}", site=words)


def pressed_words(structure: Structure, atom: int, other: int, distance_angstrom: float) -> str:
    """Return that an atom of a molecule is closer to one of the surface than a bond would be."""
    return tr("{atom} is {distance} Å from {other}, closer than any bond of the two.").format(
        atom=site_name(structure, atom), other=site_name(structure, other), distance=f"{distance_angstrom:.2f}"
    )
