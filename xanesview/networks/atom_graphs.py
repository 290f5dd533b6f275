"""Atoms and directed edges of one or several structures: what networks on graphs read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch

from xanesview.networks.neighbours import neighbour_edges

Edges = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class AtomGraph:
    """All atoms of some structures, the edges shorter than a cutoff, and the atoms that absorb.

    numbers               (N,)    int64  atomic numbers
    source, target        (P,)    int64  sender and receiver of each directed edge
    vectors_angstrom      (P, 3)  float  position of the sender minus position of the receiver, Å (images included)
    structure             (N,)    int64  which structure an atom belongs to, from 0 without gaps
    sites                 (S,)    int64  index of each absorbing atom, in the order in which spectra are asked for

    For networks that look further around absorbers than between atoms (None for others):

    site_source           (Q,)    int64  atom at the far end of each absorber edge
    site_target           (Q,)    int64  index into ``sites``
    site_vectors_angstrom (Q, 3)  float  position of the atom minus position of the absorber, Å
    """

    numbers: torch.Tensor
    source: torch.Tensor
    target: torch.Tensor
    vectors_angstrom: torch.Tensor
    structure: torch.Tensor
    sites: torch.Tensor
    site_source: torch.Tensor | None = None
    site_target: torch.Tensor | None = None
    site_vectors_angstrom: torch.Tensor | None = None

    @property
    def n_atoms(self) -> int:
        """Number of atoms N."""
        return len(self.numbers)

    @property
    def n_structures(self) -> int:
        """Number of structures G."""
        return int(self.structure[-1]) + 1

    @property
    def absorber(self) -> torch.Tensor:
        """Whether an atom absorbs, (N,) bool."""
        mask = torch.zeros_like(self.numbers, dtype=torch.bool)
        mask[self.sites] = True
        return mask

    @property
    def most_neighbours(self) -> int:
        """The largest number of edges that end at one atom."""
        return int(torch.bincount(self.target, minlength=1).max())

    def batches_of_sites(self, size: int) -> list[tuple[slice, AtomGraph]]:
        """Return graphs of the same atoms, each with so many of the sites and the edges that end at these."""
        if len(self.sites) <= size:
            return [(slice(0, len(self.sites)), self)]
        target, order = torch.sort(self.site_target, stable=True)
        source, vectors = self.site_source[order], self.site_vectors_angstrom[order]
        batches = []
        for begin in range(0, len(self.sites), size):
            end = min(begin + size, len(self.sites))
            low, high = torch.searchsorted(target, target.new_tensor([begin, end])).tolist()
            part = replace(
                self, sites=self.sites[begin:end], site_source=source[low:high], site_target=target[low:high] - begin,
                site_vectors_angstrom=vectors[low:high],
            )  # fmt: skip
            batches.append((slice(begin, end), part))
        return batches

    def to(self, device=None, dtype=None) -> AtomGraph:
        """Move all tensors to a device, floating ones to a dtype."""
        moved = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if value is not None:
                moved[f.name] = value.to(device=device, dtype=dtype if value.is_floating_point() else None)
        return AtomGraph(**moved)


def atom_graph(
    numbers: np.ndarray,
    positions_angstrom: np.ndarray,
    cutoff_angstrom: float,
    cell_angstrom: np.ndarray | None = None,
    pbc: np.ndarray | None = None,
    sites: Sequence[int] | np.ndarray = (),
    dtype: torch.dtype | None = None,
    *,
    site_cutoff_angstrom: float | None = None,
    reach: int | None = None,
    edges: Edges | None = None,
) -> AtomGraph:
    """Build the graph of one structure.

    Parameters
    ----------
    numbers, positions_angstrom : (N,), (N, 3)
    cutoff_angstrom : edges are strictly shorter
    cell_angstrom, pbc : (3, 3) and (3,), or None for a molecule
    sites : indices of absorbing atoms
    site_cutoff_angstrom : where absorbers have edges of their own, those are strictly shorter than this
    reach : with a number of layers, atoms too far to influence a site are left out (large structures, few sites)
    edges : receiver, sender, vector from `neighbour_edges` with the longer cutoff, when already known
    """
    dtype = dtype or torch.get_default_dtype()
    numbers, sites = np.array(numbers, np.int64), np.array(sites, np.int64)
    longest = max(cutoff_angstrom, site_cutoff_angstrom or 0.0)
    receiver, sender, vector = edges or neighbour_edges(positions_angstrom, cell_angstrom, pbc, longest)
    around, inner = None, slice(None)
    if site_cutoff_angstrom is not None:
        length = np.linalg.norm(vector, axis=1)
        around = _around_sites(len(numbers), sites, (receiver, sender, vector), length < site_cutoff_angstrom)
        inner = length < cutoff_angstrom
    receiver, sender, vector = receiver[inner], sender[inner], vector[inner]
    if reach is not None:
        needed = np.concatenate([sites, [] if around is None else around[1]]).astype(np.int64)
        kept = _within_reach(len(numbers), needed, receiver, sender, reach)
        renumbered = np.cumsum(kept) - 1
        inside = kept[receiver] & kept[sender]
        receiver, sender, vector = renumbered[receiver[inside]], renumbered[sender[inside]], vector[inside]
        numbers, sites = numbers[kept], renumbered[sites]
        around = None if around is None else (around[0], renumbered[around[1]], around[2])
    extra = {}
    if around is not None:
        names = ("site_target", "site_source", "site_vectors_angstrom")
        extra = {name: _tensor(value, dtype) for name, value in zip(names, around, strict=True)}
    return AtomGraph(
        torch.from_numpy(numbers),
        torch.from_numpy(sender),
        torch.from_numpy(receiver),
        _tensor(vector, dtype),
        torch.zeros(len(numbers), dtype=torch.long),
        torch.from_numpy(sites),
        **extra,
    )


def _around_sites(n_atoms: int, sites: np.ndarray, edges: Edges, short: np.ndarray) -> Edges:
    """Return index into sites, atom, vector of the short edges that end at a site."""
    receiver, sender, vector = edges
    place = np.full(n_atoms, -1)
    place[sites] = np.arange(len(sites))
    chosen = short & (place[receiver] >= 0)
    return place[receiver[chosen]], sender[chosen], vector[chosen]


def _within_reach(
    n_atoms: int, needed: np.ndarray, receiver: np.ndarray, sender: np.ndarray, steps: int
) -> np.ndarray:
    """Return which atoms (N,) are needed, or reach one that is along so many edges."""
    kept = np.zeros(n_atoms, bool)
    kept[needed] = True
    for _ in range(steps):
        grown = kept.copy()
        grown[sender[kept[receiver]]] = True
        kept = grown
    return kept


def _tensor(values: np.ndarray, dtype: torch.dtype) -> torch.Tensor:
    """Return numbers as they are, floating ones in a dtype."""
    tensor = torch.from_numpy(np.ascontiguousarray(values))
    return tensor.to(dtype) if tensor.is_floating_point() else tensor
