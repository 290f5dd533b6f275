"""Structures from atoms of the Atomic Simulation Environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.io.structures.checks import checked_structure

if TYPE_CHECKING:
    from ase import Atoms


def structure_of_atoms(atoms: Atoms) -> Structure:
    """Return the structure of ASE's atoms, with the notices that it deserves.

    Parameters
    ----------
    atoms : ase.Atoms
        Positions and cell in Å; the sum of their initial charges, rounded, is the charge.

    Raises
    ------
    XanesviewError
        As for a file: without atoms, with coincident ones, an unknown element or a flat cell.
    """
    name = str(atoms.info.get("name") or atoms.get_chemical_formula())
    pbc = np.asarray(atoms.pbc, dtype=bool)
    cell = np.asarray(atoms.cell.complete() if pbc.any() else atoms.cell, dtype=float)
    charge = round(float(np.sum(atoms.get_initial_charges())))
    return checked_structure(atoms.numbers, atoms.positions, cell, pbc, name=name, charge=charge)
