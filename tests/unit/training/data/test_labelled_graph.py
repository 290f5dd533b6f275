"""Structures joined into a batch keep their own atoms, edges, sites and labels, and come apart again as they were."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch_geometric.loader import DataLoader

from xanesview.networks.atom_graphs import AtomGraph, atom_graph
from xanesview.training.data.labelled_graph import LabelledGraph, joined

CUTOFF, SITE_CUTOFF = 2.5, 4.0


def graphs(site_cutoff: float | None = None) -> list[AtomGraph]:
    rng, found = np.random.default_rng(0), []
    for n_atoms, sites in ((5, [3, 0]), (1, [0]), (7, [6, 2, 4])):
        numbers, x = rng.choice([1, 6, 8], n_atoms), 1.6 * rng.normal(size=(n_atoms, 3))
        cell = np.diag([3.9, 6.0, 7.0])
        found.append(atom_graph(numbers, x, CUTOFF, cell, np.ones(3, bool), sites, site_cutoff_angstrom=site_cutoff))
    return found


def items(site_cutoff: float | None = None) -> list[LabelledGraph]:
    return [LabelledGraph.of(g, ip_ev=100.0 * k + g.sites.double()) for k, g in enumerate(graphs(site_cutoff))]


def pairs(receiver: torch.Tensor, sender: torch.Tensor) -> list[list[int]]:
    return sorted(torch.stack([receiver, sender], 1).tolist())


@pytest.mark.parametrize("site_cutoff", [None, SITE_CUTOFF])
def test_a_batch_holds_every_structure_under_its_own_indices(site_cutoff):
    batch, parts = joined(items(site_cutoff)), graphs(site_cutoff)
    graph = batch.graph
    assert (graph.n_atoms, graph.n_structures) == (13, 3)
    assert graph.structure.tolist() == [0] * 5 + [1] + [2] * 7
    assert graph.sites.tolist() == [3, 0, 5, 12, 8, 10]
    assert batch.ip_ev.tolist() == [3, 0, 100, 206, 202, 204]
    assert torch.equal(graph.absorber.nonzero()[:, 0], graph.sites.sort().values)
    for k, part in enumerate(parts):
        mine = graph.structure[graph.target] == k
        first = int((graph.structure < k).sum())
        assert torch.equal(graph.source[mine] - first, part.source)
        assert torch.equal(graph.target[mine] - first, part.target)
        assert torch.equal(graph.vectors_angstrom[mine], part.vectors_angstrom)
        assert torch.equal(graph.numbers[graph.structure == k], part.numbers)
        if site_cutoff is None:
            assert graph.site_source is graph.site_target is graph.site_vectors_angstrom is None
            continue
        of_sites = graph.structure[graph.sites[graph.site_target]] == k
        before = sum(len(p.sites) for p in parts[:k])
        assert torch.equal(graph.site_target[of_sites] - before, part.site_target)
        assert torch.equal(graph.site_source[of_sites] - first, part.site_source)
        assert torch.equal(graph.site_vectors_angstrom[of_sites], part.site_vectors_angstrom)


def test_absorber_edges_reach_further_and_begin_at_sites():
    for plain, both in zip(graphs(), graphs(SITE_CUTOFF), strict=True):
        assert pairs(plain.target, plain.source) == pairs(both.target, both.source)
        lengths = torch.linalg.vector_norm(both.site_vectors_angstrom, dim=1)
        assert CUTOFF < lengths.max() < SITE_CUTOFF
        near, of_sites = lengths < CUTOFF, torch.isin(both.target, both.sites)
        inner = pairs(both.target[of_sites], both.source[of_sites])
        assert pairs(both.sites[both.site_target][near], both.site_source[near]) == inner


def test_a_loader_gives_the_same_batch_and_takes_it_apart_again():
    (batch,) = DataLoader(items(SITE_CUTOFF), batch_size=3)
    assert batch.validate()
    assert all(torch.equal(a, b) for a, b in zip(batch.edge_index, joined(items(SITE_CUTOFF)).edge_index, strict=True))
    for whole, part in zip(items(SITE_CUTOFF), batch.to_data_list(), strict=True):
        assert set(whole.keys()) == set(part.keys())
        for key in ("numbers", "edge_index", "sites", "site_edge_index", "ip_ev"):
            assert torch.equal(whole[key], part[key])
