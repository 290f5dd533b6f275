"""What an atom is called wherever the user reads of it: C1 is the first carbon of the file."""

from __future__ import annotations

import numpy as np

from xanesview.domain.structure import Structure


def site_name(structure: Structure, atom: int) -> str:
    """Name of an atom: its symbol and its running number among the atoms of that element, from 1."""
    number = int(np.count_nonzero(structure.numbers[: atom + 1] == structure.numbers[atom]))
    return f"{structure.symbols[atom]}{number}"
