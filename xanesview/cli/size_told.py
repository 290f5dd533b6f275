"""What is said before many sites are predicted: how many, about how long and how much memory; too many are refused."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from xanesview.cli.telling import say
from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure
    from xanesview.networks.card import Card

MANY_SITES, MANY_ATOMS = 2000, 5000
_SITE_S = 0.005  # of one core; sites that see the same are predicted once, and are faster
_TENSORS = 6  # in 64 bits, at the same time: members, mean, their judgement, the sum, what is written


def memory_needed_gib(n_atoms: int, n_sites: int, n_energies: int) -> float:
    """Return about how much memory a prediction of the six components of so many sites takes, GiB."""
    return (n_sites * n_energies * 6 * 8 * _TENSORS + n_atoms * 20_000) / 2**30 + 0.5


def tell_of_size(structure: Structure, sites: Sequence[int] | None, card: Card, quiet: bool = False) -> None:
    """Say on standard error what a prediction of many sites takes; None: of all atoms of the network's element.

    Raises
    ------
    XanesviewError
        where the memory would not do.
    """
    from xanesview.inference.predictor import default_sites
    from xanesview.reference.engine.limits import memory_available_gib

    n_sites = len(default_sites(structure, card) if sites is None else sites)
    if n_sites < MANY_SITES and structure.n_atoms < MANY_ATOMS:
        return
    needed, free = memory_needed_gib(structure.n_atoms, n_sites, len(card.energy_ev)), memory_available_gib()
    told = f"{counted(n_sites, 'site')} of {counted(structure.n_atoms, 'atom')}"
    if needed > free:
        raise XanesviewError(
            f"{told} need about {needed:.1f} GiB of memory, and {free:.1f} GiB are free.",
            "Predict fewer with --sites 0,1,2, or a smaller part of the structure.",
        )
    if not quiet:
        minutes = n_sites * _SITE_S / 60
        time = f"{max(1, round(minutes))} min" if minutes >= 1 else f"{max(1, round(60 * minutes))} s"
        say(f"predicting {told}: up to about {time} and {needed:.1f} GiB of memory", file=sys.stderr, flush=True)
