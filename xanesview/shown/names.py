"""What the window calls a site: C1 is the first carbon of the file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xanesview.domain.structure import Structure


def site_name(structure: Structure, atom: int) -> str:
    """Name of an atom: its symbol and its running number among the atoms of that element, from 1."""
    number = int(np.count_nonzero(structure.numbers[: atom + 1] == structure.numbers[atom]))
    return f"{structure.symbols[atom]}{number}"


def selection_name(structure: Structure, sites: Sequence[int]) -> str:
    """Name of a set of sites as the plot's title has it: "C1", "sum of C1, C2", "sum of all 6 C"."""
    if len(sites) == 1:
        return site_name(structure, sites[0])
    symbols = {structure.symbols[i] for i in sites}
    if len(symbols) == 1 and len(sites) > 3:
        symbol = symbols.pop()
        if len(sites) == len(structure.sites_of(symbol)):
            return f"sum of all {len(sites)} {symbol}"
    if len(sites) > 3:
        return f"sum of {len(sites)} sites"
    return "sum of " + ", ".join(site_name(structure, i) for i in sites)
