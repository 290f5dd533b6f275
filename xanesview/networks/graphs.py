"""Structures as tensors: what every network reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch

from xanesview.networks.neighbours import neighbour_edges


@dataclass(frozen=True)
class SiteGraph:
    """Atoms, edges and absorber edges of one or several structures.

    numbers               (N,)    int64    atomic numbers
    source, target        (P,)    int64    sender and receiver of each directed edge shorter than the cutoff
    vectors_angstrom      (P, 3)  float    position of the sender minus position of the receiver, Å (periodic images
    included)
    sites                 (S,)    int64    atom index of each absorbing site
    site_source           (Q,)    int64    atom at the far end of each absorber edge
    site_target           (Q,)    int64    index into ``sites``
    site_vectors_angstrom (Q, 3)  float    position of the atom minus position of the absorber, Å
    """

    numbers: torch.Tensor
    source: torch.Tensor
    target: torch.Tensor
    vectors_angstrom: torch.Tensor
    sites: torch.Tensor
    site_source: torch.Tensor
    site_target: torch.Tensor
    site_vectors_angstrom: torch.Tensor

    def to(self, device=None, dtype=None) -> SiteGraph:
        """Move all tensors to a device, floating ones to a dtype."""
        moved = {}
        for f in fields(self):
            value = getattr(self, f.name)
            moved[f.name] = value.to(device=device, dtype=dtype if value.is_floating_point() else None)
        return SiteGraph(**moved)


def site_graph(
    numbers: np.ndarray,
    positions_angstrom: np.ndarray,
    sites: Sequence[int] | np.ndarray,
    cutoff_angstrom: float,
    site_cutoff_angstrom: float,
    cell_angstrom: np.ndarray | None = None,
    pbc: np.ndarray | None = None,
    reach: int | None = None,
    edges: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None,
    dtype: torch.dtype | None = None,
) -> SiteGraph:
    """Build the graph of one structure.

    Parameters
    ----------
    numbers, positions_angstrom : (N,), (N, 3)
    sites : atom indices of the absorbers
    cutoff_angstrom, site_cutoff_angstrom : for edges between all atoms, and around absorbers
    reach : with a number of layers, atoms too far to influence a site are left out (large structures, few sites)
    edges : receiver, sender, vector from `neighbour_edges` with the longer cutoff, when already known
    """
    dtype = dtype or torch.get_default_dtype()
    numbers, sites = np.asarray(numbers, np.int64), np.asarray(sites, np.int64)
    longest = max(cutoff_angstrom, site_cutoff_angstrom)
    i, j, d = edges if edges is not None else neighbour_edges(positions_angstrom, cell_angstrom, pbc, longest)
    r = np.linalg.norm(d, axis=1)
    position = np.full(len(numbers), -1)
    position[sites] = np.arange(len(sites))
    near_site = (position[i] >= 0) & (r < site_cutoff_angstrom)
    site_i, site_j, site_d = i[near_site], j[near_site], d[near_site]
    short = r < cutoff_angstrom
    i, j, d = i[short], j[short], d[short]
    if reach is not None:
        needed = np.zeros(len(numbers), bool)
        needed[sites] = True
        needed[site_j] = True
        kept = needed.copy()
        for _ in range(reach):
            grown = kept.copy()
            grown[j[kept[i]]] = True
            kept = grown
        renumber = np.cumsum(kept) - 1
        inside = kept[i] & kept[j]
        i, j, d = renumber[i[inside]], renumber[j[inside]], d[inside]
        numbers, target = numbers[kept], position[site_i]
        sites, site_j = renumber[sites], renumber[site_j]
    else:
        target = position[site_i]
    return SiteGraph(
        torch.from_numpy(numbers),
        torch.from_numpy(j),
        torch.from_numpy(i),
        torch.from_numpy(np.ascontiguousarray(d)).to(dtype),
        torch.from_numpy(sites),
        torch.from_numpy(site_j),
        torch.from_numpy(target),
        torch.from_numpy(np.ascontiguousarray(site_d)).to(dtype),
    )


def batched(graphs: Sequence[SiteGraph]) -> SiteGraph:
    """Join graphs into one, sites in order."""
    atoms = np.cumsum([0] + [len(g.numbers) for g in graphs])
    sites = np.cumsum([0] + [len(g.sites) for g in graphs])
    shifted = {
        "source": atoms,
        "target": atoms,
        "sites": atoms,
        "site_source": atoms,
        "site_target": sites,
    }
    joined = {}
    for f in fields(SiteGraph):
        offsets = shifted.get(f.name)
        parts = [getattr(g, f.name) for g in graphs]
        joined[f.name] = torch.cat(
            parts if offsets is None else [p + int(o) for p, o in zip(parts, offsets, strict=False)]
        )
    return SiteGraph(**joined)
