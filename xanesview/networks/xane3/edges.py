"""The edges that end at each atom, as XANE(3)'s layers read them."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from xanesview.networks.atom_graphs import AtomGraph
from xanesview.networks.irreps import DIMENSION, spherical_harmonics
from xanesview.networks.radial import polynomial_envelope

RIM_ANGSTROM = 1.5  # over so much atoms fade at the rim of a cluster


@dataclass(frozen=True, eq=False)
class Edges:
    """The edges that end at each atom, in rows of M slots, M the most neighbours an atom has.

    source (N, M) senders, distance (N, M) in Å, harmonics (N, M, 9), neighbours (N,) how many slots are filled, at
    least 1, presence (N, M) how much each sender counts. Empty slots have zero harmonics and an infinite distance, so
    that nothing comes from them.
    """

    source: torch.Tensor
    distance: torch.Tensor
    harmonics: torch.Tensor
    neighbours: torch.Tensor
    presence: torch.Tensor | None = None

    @classmethod
    def of(cls, graph: AtomGraph, presence: torch.Tensor | None = None) -> Edges:
        """Return the edges of a graph; harmonics point from the sender to the receiver, as published.

        Parameters
        ----------
        presence : (N,) how much each atom counts for others; None: all alike
        """
        vectors, n = graph.vectors_angstrom, graph.n_atoms
        distance = torch.linalg.vector_norm(vectors, dim=1)
        harmonics = spherical_harmonics(-vectors / distance[:, None])
        count = torch.bincount(graph.target, minlength=n)
        order = torch.argsort(graph.target, stable=True)
        target, width = graph.target[order], graph.most_neighbours
        slot = target * width + torch.arange(len(order)).to(target) - (torch.cumsum(count, 0) - count)[target]
        source = graph.source.new_zeros(n * width).index_copy(0, slot, graph.source[order]).reshape(n, width)
        return cls(
            source,
            distance.new_full((n * width,), torch.inf).index_copy(0, slot, distance[order]).reshape(n, width),
            distance.new_zeros(n * width, DIMENSION).index_copy(0, slot, harmonics[order]).reshape(n, width, DIMENSION),
            count.clamp(min=1).to(distance.dtype),
            None if presence is None else presence[source],
        )

    def block(self, rows: slice) -> Edges:
        """Return the edges that end at some of the atoms."""
        present = None if self.presence is None else self.presence[rows]
        return Edges(self.source[rows], self.distance[rows], self.harmonics[rows], self.neighbours[rows], present)


def presence_in_clusters(graph: AtomGraph, radius_angstrom: float) -> torch.Tensor:
    """Return how much each atom of clusters counts for its neighbours, (N,): 1, but less towards the cluster's rim.

    So nothing jumps when an atom enters or leaves.
    """
    distance = torch.linalg.vector_norm(graph.site_vectors_angstrom, dim=1)
    rim = ((distance - radius_angstrom) / RIM_ANGSTROM + 1.0).clamp(min=0.0)
    return distance.new_ones(graph.n_atoms).index_copy(0, graph.site_source, polynomial_envelope(rim))
