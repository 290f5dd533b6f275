"""What XANE(3)'s absorber listens to: its attention weights."""

from __future__ import annotations

import numpy as np

from xanesview.inference.explained import (
    BIN_ANGSTROM,
    REACH_ANGSTROM,
    Explanation,
    Question,
    Surroundings,
    members_of,
)


def of_attention(asked: Question) -> Explanation:
    """Explain a site by how much each atom counts for its spectrum, the same in all windows of energy.

    Raises
    ------
    Cancelled
        when the question is given up.
    """
    import torch

    from xanesview.networks.xane3.graphs import absorber_graph
    from xanesview.networks.xane3.network import attention_weights

    structure, site = asked.structure, asked.site
    networks, _ = members_of(asked.bundle)
    graph, atoms = absorber_graph(
        networks[0].config, structure.numbers, structure.positions_angstrom, structure.cell_angstrom, structure.pbc,
        [site],
    )  # fmt: skip
    found = []
    for network in networks:
        asked.check()
        found.append(attention_weights(network, graph, int(graph.sites[0])))
    counted = torch.stack(found).mean(dim=0).double().numpy()
    weights = np.zeros(structure.n_atoms)
    np.add.at(weights, atoms, counted)
    longest = float(np.linalg.norm(structure.positions_angstrom - structure.positions_angstrom[site], axis=1).max())
    reach = BIN_ANGSTROM * np.ceil(max(REACH_ANGSTROM, min(longest, 2 * REACH_ANGSTROM) + 0.01) / BIN_ANGSTROM)
    around = Surroundings.of(structure, site, float(reach))
    by_radius = np.zeros(len(around.edges) - 1)
    if networks[0].config.clusters:  # each image has a weight of its own
        away = torch.linalg.vector_norm(graph.site_vectors_angstrom, dim=1).double().numpy()
        np.add.at(by_radius, around.place(away), counted[graph.site_source.numpy()])
    else:  # one weight an atom: it stands where the nearest image stands
        nearest = around.nearest()
        seen = np.isfinite(nearest) & (np.arange(structure.n_atoms) != site)
        np.add.at(by_radius, around.place(nearest[seen]), weights[seen])
    n_windows = len(asked.windows_ev)
    return around.explanation(asked, np.tile(by_radius, (n_windows, 1)), np.tile(weights, (n_windows, 1)))
