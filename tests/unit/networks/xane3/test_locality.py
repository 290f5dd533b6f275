"""XANE(3) with a radius of attention and a smooth mean: what is far away counts for nothing, and nothing jumps."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.unit.networks.equivariance import rotation
from tests.unit.networks.xane3.test_network import SMALL, slab_graph, spectrum
from xanesview.errors import UsageError
from xanesview.networks.atom_graphs import AtomGraph, atom_graph
from xanesview.networks.xane3.network import AbsorberGroups, Xane3, Xane3Config, attention_weights
from xanesview.paths import resource
from xanesview.training.configuration import read_config
from xanesview.training.data.labelled_graph import LabelledGraph, joined
from xanesview.training.xane3.training import RECIPE

R_MAX, RADIUS = SMALL["r_max"], 5.5
LOCAL = {"attention_radius": RADIUS, "smooth_mean": True}
ACETAMIDE = (
    np.array([6, 6, 8, 7, 1, 1, 1, 1, 1]),
    np.array(
        [[0.0, 0.0, 0.0], [1.52, 0.0, 0.0], [2.13, 1.06, 0.0], [2.13, -1.2, 0.05], [-0.36, -1.03, 0.0],
         [-0.38, 0.52, 0.88], [-0.38, 0.52, -0.88], [1.64, -2.08, 0.0], [3.14, -1.24, 0.0]]
    ),
)  # fmt: skip
BENZENE = (
    np.repeat([6, 1], 6),
    np.concatenate(
        [r * np.stack([np.cos(a), np.sin(a), 0 * a], axis=1) for r in (1.39, 2.48) for a in [np.arange(6) * np.pi / 3]]
    ),
)


@pytest.fixture(autouse=True)
def double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def network_with(**switches) -> Xane3:
    torch.manual_seed(3)
    network = Xane3(Xane3Config.paper(**(SMALL | LOCAL | switches)))
    with torch.no_grad():
        network.readout_mlp[-1].weight.mul_(6.0)
    return network.eval().requires_grad_(False)


def graph_of(network: Xane3, numbers, positions, sites=(1,), **more) -> AtomGraph:
    return atom_graph(numbers, positions, sites=sites, **network.config.graph_cutoffs, **more)


def beside(far_angstrom: float) -> tuple[np.ndarray, np.ndarray]:
    """Acetamide, and benzene so far away."""
    shift = np.array([0.0, 0.0, far_angstrom])
    return np.concatenate([ACETAMIDE[0], BENZENE[0]]), np.concatenate([ACETAMIDE[1], BENZENE[1] + shift])


def test_a_far_molecule_changes_nothing_within_a_radius_and_much_as_published():
    local, published = network_with(), network_with(attention_radius=0.0)
    alone = spectrum(local, graph_of(local, *ACETAMIDE))
    assert alone.std() > 0.05
    for far in (15.0, 40.0):
        assert torch.abs(spectrum(local, graph_of(local, *beside(far))) - alone).max() < 1e-12
    assert torch.abs(spectrum(local, graph_of(local, *beside(4.0))) - alone).max() > 1e-3
    here, there = (spectrum(published, graph_of(published, *what)) for what in (ACETAMIDE, beside(15.0)))
    assert torch.abs(here - there).max() > 1e-3


@pytest.mark.parametrize("switches", [{}, {"attention": False}, {"layer_norm": False, "gated_residual": False}])
@pytest.mark.parametrize("cutoff", [R_MAX, RADIUS])
def test_an_atom_crossing_a_cutoff_makes_no_step(cutoff, switches):
    network = network_with(**switches)
    numbers = np.append(ACETAMIDE[0], 8)
    away = np.array([-0.1, -0.7, 0.7]) / np.linalg.norm([-0.1, -0.7, 0.7])

    def at(distance: float) -> torch.Tensor:
        x = np.vstack([ACETAMIDE[1], ACETAMIDE[1][1] + distance * away])
        return spectrum(network, graph_of(network, numbers, x))

    assert torch.abs(at(cutoff - 1e-7) - at(cutoff + 1e-7)).max() < 1e-6
    assert torch.abs(at(cutoff - 1.5) - at(cutoff + 1e-4)).max() > 1e-5


def step_at(network: Xane3, cutoff: float, others=()) -> float:
    """How far the spectrum of a carbon atom changes when an oxygen atom crosses its cutoff."""
    numbers = np.array([6, 8, *(7 for _ in others)])
    found = []
    for distance in (cutoff - 1e-7, cutoff + 1e-7):
        x = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, distance], *others])
        found.append(spectrum(network, graph_of(network, numbers, x, sites=[0])))
    return float(torch.abs(found[0] - found[1]).max())


@pytest.mark.parametrize("others", [(), ((1.2, 0.0, 0.0),)])
@pytest.mark.parametrize("cutoff", [R_MAX, RADIUS])
def test_even_the_last_neighbour_leaves_without_a_step(cutoff, others):
    assert step_at(network_with(), cutoff, others) < 1e-6


def test_the_published_mean_jumps():
    published = network_with(attention_radius=0.0, smooth_mean=False, layer_norm=False)
    assert step_at(published, R_MAX, ((1.2, 0.0, 0.0),)) > 1e-3
    assert step_at(network_with(layer_norm=False), R_MAX, ((1.2, 0.0, 0.0),)) < 1e-6


def test_a_doubled_cell_agrees_whether_or_not_the_other_image_is_tagged():
    network = network_with()

    def of_slab(**choices) -> torch.Tensor:
        return spectrum(network, slab_graph(site_cutoff=RADIUS, **choices))

    here = of_slab()
    assert torch.abs(of_slab(copies=2, absorbers=[0, 8]) - here).max() < 1e-9
    assert torch.abs(of_slab(copies=2, absorbers=[0]) - here).max() < 1e-9
    for turned in (rotation(4), -rotation(5)):
        assert torch.abs(of_slab(turned=turned) - here).max() < 1e-9


def test_sites_of_a_batch_are_read_as_if_each_were_alone():
    network = network_with()
    graphs = [slab_graph(site_cutoff=RADIUS, absorbers=a) for a in ([0, 5, 6], [2])]
    batch = joined([LabelledGraph.of(graph) for graph in graphs]).graph
    together = spectrum(network, batch, AbsorberGroups.of_sites(batch))
    apart = [spectrum(network, slab_graph(site_cutoff=RADIUS, absorbers=[k])) for k in (0, 5, 6, 2)]
    assert torch.abs(together - torch.cat(apart)).max() < 1e-9


def test_atoms_out_of_reach_may_be_left_out_of_the_graph():
    network = network_with()
    numbers, x = np.full(40, 6), np.arange(40)[:, None] * [1.3, 0.2, 0.0]
    whole, trimmed = (graph_of(network, numbers, x, sites=[3], reach=reach) for reach in (None, SMALL["num_layers"]))
    assert trimmed.n_atoms < 25
    assert torch.abs(spectrum(network, whole) - spectrum(network, trimmed)).max() < 1e-12


def test_weights_of_atoms_are_shares_of_what_the_radius_holds():
    network = network_with()
    graph = slab_graph(absorbers=[0, 2, 5], site_cutoff=RADIUS)
    weights = attention_weights(network, graph, 2)
    assert weights.shape == (8,)
    assert weights.sum().item() == pytest.approx(1.0)
    alone = attention_weights(network, graph_of(network, np.array([6, 8]), np.diag([0.0, 9.0, 0])[:2], sites=[0]), 0)
    assert not alone.any()
    pairs = network(graph, AbsorberGroups.of_sites(graph)).attention
    assert 0.3 < pairs.sum() / 3 < 1.0  # the rest of 1 goes to no atom


def test_a_graph_without_edges_around_its_absorbers_is_refused():
    network = network_with()
    with pytest.raises(ValueError, match="edges around its absorbers"):
        network(slab_graph())


def test_gradients_are_finite_also_where_nobody_is_near():
    network = network_with().requires_grad_(True).train()
    output = network(graph_of(network, np.array([6, 8]), np.diag([0.0, 9.0, 0])[:2], sites=[0]))
    output.coefficients.sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in network.parameters() if p.grad is not None)


@pytest.mark.parametrize("name", ["xane3.toml", "xane3_fe_k.toml"])
def test_our_recipes_have_a_radius_and_the_published_forms_none(name):
    network = read_config(resource("training", name), RECIPE).network
    assert network.attention_radius >= 5.0
    assert network.smooth_mean
    for published in (Xane3Config.paper(), Xane3Config.public_code(), Xane3Config.public_code("gauss_center")):
        assert (published.attention_radius, published.smooth_mean) == (0.0, False)
    older = {k: v for k, v in Xane3Config.paper().as_dict().items() if k not in LOCAL}
    assert Xane3Config.from_dict(older) == Xane3Config.paper()  # cards of networks trained before


def test_a_radius_beyond_all_cutoffs_is_refused(tmp_path):
    path = tmp_path / "far.toml"
    path.write_text("[network]\nattention_radius = 40.0\n")
    with pytest.raises(UsageError, match="attention_radius"):
        read_config(path, RECIPE)
