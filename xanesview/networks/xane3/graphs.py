"""The graphs that XANE(3) reads: whole structures, or a cluster around each absorber."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from xanesview.networks.atom_graphs import AtomGraph, atom_graph
from xanesview.networks.neighbours import neighbour_edges
from xanesview.networks.xane3.network import Xane3Config


def absorber_graph(
    config: Xane3Config,
    numbers: np.ndarray,
    positions_angstrom: np.ndarray,
    cell_angstrom: np.ndarray | None,
    pbc: np.ndarray | None,
    sites: Sequence[int] | np.ndarray,
    *,
    trimmed: bool = False,
) -> tuple[AtomGraph, np.ndarray]:
    """Return the graph in which a network reads the spectra of some sites, float32.

    Parameters
    ----------
    numbers, positions_angstrom : (N,), (N, 3)
    cell_angstrom, pbc : (3, 3) and (3,), or None
    sites : atom indices of the absorbers (S,)
    trimmed : leave out atoms that can't change the sites' spectra, where attention has a radius

    Returns
    -------
    AtomGraph
    atoms : (M,) the structure's atom that each of the graph's is, or an image of
    """
    if config.clusters:
        return _clusters(config, numbers, positions_angstrom, cell_angstrom, pbc, np.asarray(sites, np.int64))
    reach = config.num_layers if trimmed and config.attention_radius else None
    graph = atom_graph(
        numbers, positions_angstrom, cell_angstrom=cell_angstrom, pbc=pbc, sites=sites, dtype=torch.float32,
        reach=reach, **config.graph_cutoffs,
    )  # fmt: skip
    return graph, np.arange(graph.n_atoms)


def _clusters(
    config: Xane3Config,
    numbers: np.ndarray,
    positions_angstrom: np.ndarray,
    cell_angstrom: np.ndarray | None,
    pbc: np.ndarray | None,
    sites: np.ndarray,
) -> tuple[AtomGraph, np.ndarray]:
    """Return one structure a site: the absorber first, then every atom or image within the radius of attention."""
    receiver, sender, vector = neighbour_edges(positions_angstrom, cell_angstrom, pbc, config.attention_radius)
    order = np.argsort(receiver, kind="stable")
    bounds = np.searchsorted(receiver[order], np.stack([sites, sites + 1]))
    atoms, around, first, edges = [], [], 0, []
    for site, (begin, end) in zip(sites, bounds.T, strict=True):
        near = order[begin:end]
        atoms.append(np.concatenate([[site], sender[near]]))
        around.append(vector[near])
        place = np.concatenate([np.zeros((1, 3)), vector[near]])
        between = place[None] - place[:, None]  # from the row's atom to the column's
        close = np.linalg.norm(between, axis=2) < config.r_max
        np.fill_diagonal(close, False)
        row, column = np.nonzero(close)
        edges.append((first + row, first + column, between[row, column]))
        first += len(place)
    sizes = np.array([len(one) for one in atoms])
    starts = np.cumsum(sizes) - sizes
    mine, rim = np.repeat(np.arange(len(sites)), sizes), np.ones(first, bool)
    rim[starts] = False
    target, source, between = (np.concatenate(parts) for parts in zip(*edges, strict=True))
    found = np.concatenate(atoms)
    graph = AtomGraph(
        torch.from_numpy(np.array(numbers, np.int64)[found]),
        torch.from_numpy(source),
        torch.from_numpy(target),
        torch.from_numpy(between).float(),
        torch.from_numpy(mine),
        torch.from_numpy(starts),
        torch.from_numpy(np.flatnonzero(rim)),
        torch.from_numpy(mine[rim]),
        torch.from_numpy(np.concatenate(around)).float(),
    )
    return graph, found
