"""FHI-aims' geometry.in (https://fhi-aims.org): ``lattice_vector``, ``atom`` and ``atom_frac``, in Å.

ASE's reader, which is leaving ASE, takes no mixture of Cartesian and fractional atoms, and evaluates expressions.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.atom_list import AtomList, vectors
from xanesview.io.structures.checks import checked_structure, deuterium_notice

_NUMBER = r"\s+[-+]?[\d.]+(?:[eEdD][-+]?\d+)?"


def looks_like_aims(text: str) -> bool:
    """Tell whether a line is an atom or a lattice vector."""
    line = rf"^[^\S\n]*(?:lattice_vector{_NUMBER * 3}|atom(?:_frac)?{_NUMBER * 3}\s+[A-Z])"
    return re.search(line, text, re.M) is not None


def read_aims(path: Path, text: str) -> Structure:
    """Return the structure of a geometry.in file.

    Raises
    ------
    XanesviewError
        Naming the line that can't be understood.
    """
    atoms, lattice, fractional = AtomList(), [], []
    for at, line in enumerate(text.split("\n")):
        words = line.partition("#")[0].split()
        if not words:
            continue
        where = f"Line {at + 1} of {path.name}"
        if words[0] == "lattice_vector":
            lattice.append(words[1:])
        elif words[0] in ("atom", "atom_frac"):
            if len(words) < 5:
                raise XanesviewError(f"{where} should hold three coordinates and an element.", "Correct this line.")
            atoms.add(words[4], words[1:4], where)
            fractional.append(words[0] == "atom_frac")
    if not atoms:
        raise XanesviewError(f"{path.name} has no atoms.", "It needs lines such as “atom 0.0 0.0 0.0 C”.")
    positions, cell = atoms.coordinates, None
    if lattice:
        cell = vectors(lattice, f"The lattice of {path.name}")
    if any(fractional):
        if cell is None:
            raise XanesviewError(f"{path.name} gives fractions of a cell that it lacks.", "Add three lattice_vectors.")
        positions = np.where(np.array(fractional)[:, None], positions @ cell, positions)
    return checked_structure(
        atoms.numbers,
        positions,
        cell,
        None if cell is None else [True] * 3,
        deuterium_notice(atoms.heavy),
        name=path.stem if path.stem != "geometry" else path.resolve().parent.name,
        source=str(path),
    )
