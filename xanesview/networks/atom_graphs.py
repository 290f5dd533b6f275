"""Atoms and directed edges of one or several structures: what ISD-PaiNN and XANE(3) read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch

from xanesview.networks.neighbours import neighbour_edges


@dataclass(frozen=True, eq=False)
class AtomGraph:
    """All atoms of some structures, and the edges shorter than a cutoff.

    numbers          (N,)    int64  atomic numbers
    source, target   (P,)    int64  sender and receiver of each directed edge
    vectors_angstrom (P, 3)  float  position of the sender minus position of the receiver, Å (images included)
    structure        (N,)    int64  which structure an atom belongs to, from 0 without gaps
    absorber         (N,)    bool   atoms that absorb
    """

    numbers: torch.Tensor
    source: torch.Tensor
    target: torch.Tensor
    vectors_angstrom: torch.Tensor
    structure: torch.Tensor
    absorber: torch.Tensor

    @property
    def n_atoms(self) -> int:
        """Number of atoms N."""
        return len(self.numbers)

    @property
    def n_structures(self) -> int:
        """Number of structures G."""
        return int(self.structure[-1]) + 1

    @property
    def most_neighbours(self) -> int:
        """The largest number of edges that end at one atom."""
        return int(torch.bincount(self.target, minlength=1).max())

    def to(self, device=None, dtype=None) -> AtomGraph:
        """Move all tensors to a device, floating ones to a dtype."""
        moved = {}
        for f in fields(self):
            value = getattr(self, f.name)
            moved[f.name] = value.to(device=device, dtype=dtype if value.is_floating_point() else None)
        return AtomGraph(**moved)


def atom_graph(
    numbers: np.ndarray,
    positions_angstrom: np.ndarray,
    cutoff_angstrom: float,
    cell_angstrom: np.ndarray | None = None,
    pbc: np.ndarray | None = None,
    absorbers: Sequence[int] | np.ndarray = (),
    dtype: torch.dtype | None = None,
) -> AtomGraph:
    """Build the graph of one structure.

    Parameters
    ----------
    numbers, positions_angstrom : (N,), (N, 3)
    cutoff_angstrom : edges are strictly shorter
    cell_angstrom, pbc : (3, 3) and (3,), or None for a molecule
    absorbers : indices of absorbing atoms
    """
    dtype = dtype or torch.get_default_dtype()
    receiver, sender, vector = neighbour_edges(positions_angstrom, cell_angstrom, pbc, cutoff_angstrom)
    absorber = np.zeros(len(numbers), bool)
    absorber[np.asarray(absorbers, np.int64)] = True
    return AtomGraph(
        torch.from_numpy(np.array(numbers, np.int64)),
        torch.from_numpy(sender),
        torch.from_numpy(receiver),
        torch.from_numpy(np.ascontiguousarray(vector)).to(dtype),
        torch.zeros(len(numbers), dtype=torch.long),
        torch.from_numpy(absorber),
    )


def joined(graphs: Sequence[AtomGraph]) -> AtomGraph:
    """Join graphs into one; atoms and structures keep their order."""
    atoms = np.cumsum([0] + [g.n_atoms for g in graphs])
    structures = np.cumsum([0] + [g.n_structures for g in graphs])
    offsets = {"source": atoms, "target": atoms, "structure": structures}
    parts = {
        f.name: [getattr(g, f.name) + int(offsets[f.name][k]) if f.name in offsets else getattr(g, f.name)
                 for k, g in enumerate(graphs)]
        for f in fields(AtomGraph)
    }  # fmt: skip
    return AtomGraph(**{name: torch.cat(values) for name, values in parts.items()})
