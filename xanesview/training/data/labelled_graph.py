"""Structures in training as PyTorch Geometric keeps them, so that its loaders join them into batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch_geometric.data import Batch, Data

from xanesview.networks.atom_graphs import AtomGraph


class LabelledGraph(Data):
    """One structure with what is known of its sites; several after `joined`, or from a loader.

    ==========================  ======  =======  =============================================================
    numbers                     (N,)    int64    atomic numbers
    edge_index                  (2, P)  int64    sender and receiver of each directed edge
    edge_vectors_angstrom       (P, 3)  float32  from the receiver to the sender, Å
    sites                       (S,)    int64    indices of the absorbing atoms
    site_edge_index             (2, Q)  int64    atom, and index into ``sites`` (networks with absorber edges)
    site_edge_vectors_angstrom  (Q, 3)  float32  from the absorber to the atom, Å
    batch                       (N,)    int64    the structure of each atom, in batches only
    ==========================  ======  =======  =============================================================

    Beside them stand the targets of a kind of network, one row a site.
    """

    @classmethod
    def of(cls, graph: AtomGraph, **targets: torch.Tensor) -> LabelledGraph:
        """Return the graph of one structure with targets (S, …) of its sites, in their order."""
        item = cls(
            numbers=graph.numbers,
            edge_index=torch.stack([graph.source, graph.target]),
            edge_vectors_angstrom=graph.vectors_angstrom,
            sites=graph.sites,
            num_nodes=graph.n_atoms,
            **targets,
        )
        if graph.site_source is not None:
            item.site_edge_index = torch.stack([graph.site_source, graph.site_target])
            item.site_edge_vectors_angstrom = graph.site_vectors_angstrom
        return item

    @property
    def graph(self) -> AtomGraph:
        """What networks read; it shares this object's tensors."""
        structure = torch.zeros_like(self.numbers) if self.batch is None else self.batch
        around = ()
        if "site_edge_index" in self:
            around = (*self.site_edge_index, self.site_edge_vectors_angstrom)
        return AtomGraph(self.numbers, *self.edge_index, self.edge_vectors_angstrom, structure, self.sites, *around)

    def __inc__(self, key: str, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Return what indices grow by behind this structure in a batch."""
        if key == "site_edge_index":
            return torch.tensor([[self.num_nodes], [len(self.sites)]])
        return self.num_nodes if key == "sites" else super().__inc__(key, value, *args, **kwargs)


def joined(items: Sequence[Data]) -> Data:
    """Return several structures as one, atoms and sites in their order."""
    return Batch.from_data_list(list(items))
