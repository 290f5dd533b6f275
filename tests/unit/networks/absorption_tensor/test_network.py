"""The shipped absorption-tensor network keeps the symmetries of the physics."""

from __future__ import annotations

import numpy as np
import torch

from tests.unit.networks.equivariance import TensorSymmetryTests
from xanesview.networks.absorption_tensor.network import AbsorptionTensorConfig, AbsorptionTensorNetwork
from xanesview.networks.atom_graphs import atom_graph
from xanesview.networks.bundle import load_weights
from xanesview.networks.card import CARD, DEFAULT_NETWORK, Card, find_bundle
from xanesview.networks.members import load_members
from xanesview.training.data.labelled_graph import LabelledGraph, joined

_kept: dict = {}


def shipped(dtype: str):
    """Return the first member of the shipped ensemble in a precision."""
    if dtype not in _kept:
        path = find_bundle(DEFAULT_NETWORK)
        card = Card.from_json(path / CARD)
        before = torch.get_default_dtype()
        torch.set_default_dtype(getattr(torch, dtype))
        try:
            network = load_members(card, load_weights(path))[0].to(getattr(torch, dtype))
        finally:
            torch.set_default_dtype(before)
        _kept[dtype] = network, torch.as_tensor(card.energy_ev, dtype=getattr(torch, dtype))
    return _kept[dtype]


def graph_of(config, numbers, positions, sites, cell=None, pbc=None, **more):
    cutoffs = {"cutoff_angstrom": config.cutoff_angstrom, "site_cutoff_angstrom": config.absorber_cutoff_angstrom}
    return atom_graph(numbers, positions, cell_angstrom=cell, pbc=pbc, sites=sites, **cutoffs, **more)


class TestShippedTensorNetwork(TensorSymmetryTests):
    def evaluate(self, dtype, numbers, positions, sites, cell=None, pbc=None):
        network, grid = shipped(dtype)
        graph = graph_of(network.config, numbers, positions, sites, cell, pbc, dtype=grid.dtype)
        with torch.inference_mode():
            iso, quad, _ = network(graph, grid)
            return network.tensor(iso, quad).numpy()

    def cutoffs(self):
        config = shipped("float64")[0].config
        return [config.cutoff_angstrom, config.absorber_cutoff_angstrom]


def test_leaving_out_atoms_beyond_reach_changes_nothing():
    network, grid = shipped("float64")
    c = network.config
    cell_numbers, x, _, cell, _ = TensorSymmetryTests().structures()[1]
    numbers = np.tile(cell_numbers, 8)
    x = np.concatenate([x + i * cell[0] + j * cell[1] + k * cell[2] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
    x = x * 1.6
    graphs = [
        graph_of(c, numbers, x, [0, 13], reach=reach, dtype=grid.dtype)
        for reach in (None, c.layers)
    ]
    assert len(graphs[1].numbers) < len(graphs[0].numbers)
    with torch.inference_mode():
        whole, trimmed = (network(g, grid)[0] for g in graphs)
    assert (whole - trimmed).abs().max() < 1e-10


def test_a_batch_gives_what_each_structure_gives():
    network, grid = shipped("float64")
    c = network.config
    numbers, x, sites, _, _ = TensorSymmetryTests().structures()[0]
    one = graph_of(c, numbers, x, sites, dtype=grid.dtype)
    two = graph_of(c, numbers[:5], x[:5] * 1.1, [1], dtype=grid.dtype)
    with torch.inference_mode():
        joint = network(joined([LabelledGraph.of(g) for g in (one, two)]).graph, grid)
        single = [network(g, grid) for g in (one, two)]
    for k in range(3):
        assert (joint[k] - torch.cat([s[k] for s in single])).abs().max() < 1e-10


def test_a_shift_moves_a_spectrum_along_the_energy_axis_and_changes_nothing_else():
    torch.manual_seed(0)
    centres = tuple(np.arange(280.0, 300.0, 0.5))
    config = AbsorptionTensorConfig((1, 6, 7, 8), centres, (0.6,) * len(centres), channels=8, energy_shifts=1)
    network = AbsorptionTensorNetwork(config).double().eval()
    numbers, x, sites, _, _ = TensorSymmetryTests().structures()[0]
    graph = graph_of(config, numbers, x, sites, dtype=torch.float64)
    grid = torch.arange(285.0, 295.0, 0.25, dtype=torch.float64)
    with torch.no_grad():
        before = network(graph, grid)
        network.shift[-1].bias += 0.5 / config.ip_scale_ev
        after = network(graph, grid + 0.5)
    for k in range(3):
        assert (before[k] - after[k]).abs().max() < 1e-12
    assert before[0].std() > 1e-3
