"""Which atoms of a slab are molecules upon it: those that can be relaxed while the slab stays as it is."""

from __future__ import annotations

import numpy as np

from xanesview.domain.metals import is_metal
from xanesview.domain.molecules import bonded_parts
from xanesview.domain.structure import Structure, bonds
from xanesview.errors import XanesviewError

#: The middle of a molecule lies farther out than the slab by more than this, Å: carbonate groups of a face don't.
_ABOVE_ANGSTROM = 0.2
_ADD = "Put a molecule on it first, or relax it with a program for solids."


def adsorbate_atoms(slab: Structure) -> np.ndarray:
    """Return the atoms (K,) of molecules on a slab, ascending.

    Bonds to metals, and to what lies between metals, hold no molecule: carbon monoxide on copper is one. Single atoms,
    networks of bonds without an end, but for branches of several atoms such as water bonded to graphene, and groups
    that lie within the slab belong to the slab.

    Raises
    ------
    XanesviewError
        If the structure is no slab, or nothing stands on it.
    """
    normal = slab.surface_normal
    name = slab.name or slab.formula
    if normal is None:
        raise XanesviewError(
            f"{name} is a crystal; molecules are relaxed, and those on a slab.", "Relax it with a program for solids."
        )
    i, j, step = bonds(slab)
    metal = is_metal(slab.numbers)
    heights = slab.positions_angstrom @ normal
    own = metal.copy()  # of the slab for sure: metals, and what lies between them
    if metal.any():
        own |= (heights > heights[metal].min() - _ABOVE_ANGSTROM) & (heights < heights[metal].max() + _ABOVE_ANGSTROM)
    counts = ~(own[i] | own[j])
    i, j, step = i[counts], j[counts], step[counts]
    *_, endless = bonded_parts(slab.n_atoms, i, j, step)
    core = endless & ~_branches(slab.n_atoms, i, j)
    counts = core[i] == core[j]
    part, _, endless = bonded_parts(slab.n_atoms, i[counts], j[counts], step[counts])
    size = np.bincount(part, minlength=slab.n_atoms)[part]
    solid = endless | (size == 1)
    if not solid.any():
        raise XanesviewError(f"{name} is a slab of molecules, none of which stands on it.", _ADD)
    low, high = heights[solid].min() - _ABOVE_ANGSTROM, heights[solid].max() + _ABOVE_ANGSTROM
    middle = np.bincount(part, weights=heights, minlength=slab.n_atoms)[part] / size
    found = np.flatnonzero(~solid & ((middle > high) | (middle < low)))
    if len(found) == 0:
        raise XanesviewError(f"No molecule stands on {name}, and slabs themselves are not relaxed.", _ADD)
    return found


def _branches(n_atoms: int, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Return which atoms (N,) fall off when ends of chains are taken away again and again."""
    off = np.zeros(n_atoms, bool)
    while True:
        stays = ~(off[i] | off[j])
        degree = np.bincount(i[stays], minlength=n_atoms) + np.bincount(j[stays], minlength=n_atoms)
        ends = (degree < 2) & ~off
        if not ends.any():
            return off
        off |= ends
