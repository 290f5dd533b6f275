"""ISD-PaiNN against the published program's own numbers; symmetries, ablations, many directions at once."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.unit.networks.equivariance import rotation
from tests.unit.networks.parity import ParityCase
from xanesview.errors import XanesviewError
from xanesview.networks.atom_graphs import atom_graph
from xanesview.networks.isd_painn import directions as isd_painn_directions
from xanesview.networks.isd_painn.directions import prepared, spectra_along
from xanesview.networks.isd_painn.network import IsdPainn, IsdPainnConfig, crowding_notice
from xanesview.networks.quadratic_form import FIT_DIRECTIONS, FIT_WEIGHTS, fitted_tensor
from xanesview.training.configuration import read_config
from xanesview.training.data.labelled_graph import LabelledGraph, joined
from xanesview.training.isd_painn.training import RECIPE

TOLERANCE = {"float32": 1e-5, "float64": 1e-9}
CASE = ParityCase("isd_painn.npz", "dev_tiny")


def published(dtype: str = "float64") -> IsdPainn:
    network = IsdPainn(IsdPainnConfig.from_dict(CASE.config))
    network.load_state_dict(CASE.weights)
    return network.to(getattr(torch, dtype)).eval().requires_grad_(False)


def seeded(seed: int = 1, **switches) -> IsdPainn:
    torch.manual_seed(seed)
    config = {"hidden_channels": 24, "out_channels": 20, "num_layers": 3, "num_rbf": 12, "cutoff": 4.0} | switches
    network = IsdPainn(IsdPainnConfig(**config)).double()
    for name, value in network.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(value, std=0.2)
    return network.eval().requires_grad_(False)


def graph_of(system: str, dtype: str = "float64", turned: np.ndarray | None = None, order: np.ndarray | None = None):
    numbers, x = CASE[f"in/{system}/z"], CASE[f"in/{system}/pos"]
    if turned is not None:
        x = x @ turned.T + np.array([1.0, -20.0, 3.0])
    if order is not None:
        numbers, x = numbers[order], x[order]
    return atom_graph(numbers, x, CASE.config["cutoff"], dtype=getattr(torch, dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("system", CASE.systems)
def test_spectra_are_those_of_the_published_program(system, dtype):
    network, graph = published(dtype), graph_of(system, dtype)
    directions = torch.from_numpy(CASE[f"in/{system}/directions"])
    reference = CASE[f"out/{system}/y_f{dtype[-2:]}"]
    assert np.abs(np.linalg.norm(directions[-1]) - 1.0) > 0.1  # one is not of unit length
    one_by_one = torch.stack([network(graph, d) for d in directions]).numpy()
    at_once = spectra_along(network, prepared(network, graph), directions).numpy()
    assert one_by_one.dtype == dtype
    assert np.abs(reference).max() > 0.5
    assert np.abs(one_by_one - reference).max() < TOLERANCE[dtype]
    assert np.abs(at_once - reference).max() < TOLERANCE[dtype]


def test_the_published_size_has_the_published_table_of_weights():
    with torch.device("meta"):
        network = IsdPainn(IsdPainnConfig())
    shapes = {k: tuple(v.shape) for k, v in network.state_dict().items()}
    assert len(shapes) == 117
    assert sum(p.numel() for p in network.parameters()) == 24_048_904
    assert shapes["message_layers.7.rbf_proj.weight"] == (1536, 64)
    assert shapes["update_layers.0.vec_proj.weight"] == (1024, 512)
    assert shapes["upd_out_scalar_scale_3.scale_factor"] == ()
    assert shapes["radial_basis.rbf.offset"] == (64,)
    assert shapes["out_invariant.0.weight"] == (256, 512)


def test_two_output_layers_are_named_as_published():
    keys = seeded(num_out_layers=2).state_dict().keys()
    assert {"out_invariant.0.weight", "out_invariant.2.weight"} <= keys


def test_turning_molecule_and_direction_together_changes_nothing():
    network, d = published(), torch.tensor([0.3, -0.5, 0.8], dtype=torch.float64)
    for system in CASE.systems:
        here = network(graph_of(system), d)
        r = rotation(2)
        assert torch.abs(network(graph_of(system, turned=r), d @ torch.from_numpy(r).T) - here).max() < 1e-9
        assert torch.abs(network(graph_of(system, turned=-np.eye(3)), d) - here).max() < 1e-9
        assert torch.abs(network(graph_of(system), -d) - here).max() < 1e-9
        order = np.random.default_rng(0).permutation(len(here))
        assert torch.abs(network(graph_of(system, order=order), d) - here[order]).max() < 1e-9
        across = network(graph_of(system), torch.tensor([0.8, 0.5, 0.1], dtype=torch.float64))
        assert torch.abs(across - here).max() > 0.05


def test_molecules_of_a_batch_do_not_see_each_other_and_keep_their_own_directions():
    network, systems = published(), CASE.systems
    directions = torch.from_numpy(np.random.default_rng(4).normal(size=(len(systems), 3)))
    together = network(joined([LabelledGraph.of(graph_of(s)) for s in systems]).graph, directions)
    apart = torch.cat([network(graph_of(s), d) for s, d in zip(systems, directions, strict=True)])
    assert torch.abs(together - apart).max() < 1e-12


def test_a_callers_direction_is_left_as_it_is():
    network, d = published(), torch.tensor([0.0, 3.0, 4.0], dtype=torch.float64)
    network(graph_of("CH3CN"), d)
    spectra_along(network, prepared(network, graph_of("CH3CN")), d)
    assert d.tolist() == [0.0, 3.0, 4.0]


def test_a_direction_without_length_is_refused():
    with pytest.raises(XanesviewError, match="no length"):
        published()(graph_of("CH3CN"), torch.zeros(3))


def test_more_neighbours_than_the_published_program_keeps_are_told():
    chain = [np.arange(n)[:, None] * [0.1, 0.0, 0.0] for n in (51, 52)]
    few, many = (atom_graph(np.full(len(x), 6), x, 8.0) for x in chain)
    assert crowding_notice(few) is None
    assert "51 neighbours" in crowding_notice(many).message


def test_an_element_without_a_row_is_refused():
    graph = atom_graph(np.array([6, 16]), np.array([[0, 0, 0], [0, 0, 1.6]]), 5.0, dtype=torch.float64)
    with pytest.raises(XanesviewError, match="elements 1 to 9; the structure has atomic number 16"):
        published()(graph, torch.ones(3))
    with pytest.raises(XanesviewError, match="elements 1 to 9"):
        prepared(published(), graph)


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"direction_initialisation": False},
        {"symmetric_message": False},
        {"message_factor_normalize": True},
        {"symmetric_message": False, "direction_initialisation": False},
        {"num_out_layers": 2},
    ],
)
@pytest.mark.parametrize("way", ["pairs", "edges"])
def test_many_directions_at_once_agree_with_one_by_one(switches, way, monkeypatch):
    monkeypatch.setattr(isd_painn_directions, "PAIR_KERNEL_BYTES", 2**28 if way == "pairs" else 0)
    network = seeded(**switches)
    graph = atom_graph(CASE["in/trans-butane/z"], CASE["in/trans-butane/pos"], 4.0, dtype=torch.float64)
    directions = torch.from_numpy(np.random.default_rng(7).normal(size=(9, 3)))
    structure = prepared(network, graph)
    assert (structure.kernels is not None) == (way == "pairs" and network.config.is_linear_in_vectors)
    at_once = spectra_along(network, structure, directions)
    one_by_one = torch.stack([network(graph, d) for d in directions])
    assert at_once.shape == (9, 14, 20)
    assert one_by_one.std() > 0.05
    assert torch.abs(at_once - one_by_one).max() < 1e-11


def test_periodic_images_are_neighbours_and_a_doubled_cell_agrees():
    network = seeded()
    numbers, x = CASE["in/CH3CN/z"], CASE["in/CH3CN/pos"]
    cell, d = np.diag([3.9, 5.5, 6.0]), torch.tensor([[0.2, 0.4, 0.9], [1.0, 0.0, 0.2]], dtype=torch.float64)
    single = atom_graph(numbers, x, 4.0, cell, np.ones(3, bool), dtype=torch.float64)
    double = atom_graph(
        np.tile(numbers, 2), np.concatenate([x, x + cell[0]]), 4.0, cell * [[2], [1], [1]], np.ones(3, bool),
        dtype=torch.float64,
    )  # fmt: skip
    here = spectra_along(network, prepared(network, single), d)
    there = spectra_along(network, prepared(network, double), d)
    alone = spectra_along(network, prepared(network, atom_graph(numbers, x, 4.0, dtype=torch.float64)), d)
    assert torch.abs(there[:, :6] - here).max() < 1e-9
    assert torch.abs(here - alone).max() > 0.01


def test_without_direction_initialisation_the_spectrum_is_isotropic_and_trains():
    network = seeded(direction_initialisation=False)
    with torch.device("meta"):
        full = IsdPainn(IsdPainnConfig(direction_initialisation=False))
    assert len(full.state_dict()) == 116
    graph = atom_graph(CASE["in/C6H6/z"], CASE["in/C6H6/pos"], 4.0, dtype=torch.float64)
    x, z = torch.eye(3, dtype=torch.float64)[[0, 2]]
    assert torch.equal(network(graph, x), network(graph, z))
    network.requires_grad_(True)
    network(graph, x).square().sum().backward()  # the vectors are exactly zero: no NaN may come of their length
    assert all(torch.isfinite(p.grad).all() for p in network.parameters() if p.grad is not None)


def test_the_plain_message_still_turns_with_the_molecule():
    network, r = seeded(symmetric_message=False), rotation(3)
    numbers, x = CASE["in/CH3CN/z"], CASE["in/CH3CN/pos"]
    d = torch.tensor([0.3, -0.5, 0.8], dtype=torch.float64)
    here = network(atom_graph(numbers, x, 4.0, dtype=torch.float64), d)
    there = network(atom_graph(numbers, x @ r.T, 4.0, dtype=torch.float64), d @ torch.from_numpy(r).T)
    assert torch.abs(there - here).max() < 1e-9
    assert torch.abs(network(atom_graph(numbers, x, 4.0, dtype=torch.float64), -d) - here).max() > 1e-4


def test_a_fitted_tensor_leaves_what_the_network_does_not_enforce():
    network, directions = published(), torch.from_numpy(FIT_DIRECTIONS)
    spectra = spectra_along(network, prepared(network, graph_of("C6H6")), directions).numpy()
    fit = fitted_tensor(FIT_DIRECTIONS, spectra, FIT_WEIGHTS)
    assert fit.components.shape == (12, 6, 64)
    assert 0.03 < fit.residual[:6].mean() < 0.08  # benzene with random weights: about 5 %
    assert fit.residual[:6].std() < 0.002


def test_a_fitted_tensor_is_exact_for_a_quadratic_form():
    rng = np.random.default_rng(5)
    tensor, n = rng.normal(size=(2, 6, 7)), rng.normal(size=(8, 3))
    x, y, z = (n / np.linalg.norm(n, axis=1, keepdims=True)).T
    design = np.stack([x * x, y * y, z * z, 2 * y * z, 2 * x * z, 2 * x * y])
    fit = fitted_tensor(n, np.einsum("cd,sce->dse", design, tensor))
    assert np.abs(fit.components - tensor).max() < 1e-12
    assert fit.residual.max() < 1e-12
    with pytest.raises(XanesviewError, match="do not determine a tensor"):
        fitted_tensor(np.eye(3), np.zeros((3, 1, 1)))


def crossing(network: IsdPainn, way) -> float:
    """How far spectra of acetonitrile change when an oxygen atom crosses the cutoff of one of its carbon atoms."""
    numbers, x = np.append(CASE["in/CH3CN/z"], 8), CASE["in/CH3CN/pos"]
    carbon = int(np.flatnonzero(numbers == 6)[0])
    away = np.array([0.6, 0.0, 0.8])
    cutoff, n = network.config.cutoff, torch.tensor([[0.2, 0.4, 0.9]], dtype=torch.float64)
    found = []
    for distance in (cutoff - 1e-7, cutoff + 1e-7):
        moved = np.vstack([x, x[carbon] + distance * away])
        found.append(way(network, atom_graph(numbers, moved, cutoff, dtype=torch.float64), n))
    return float(torch.abs(found[0] - found[1]).max())


@pytest.mark.parametrize("way", [lambda k, g, n: k(g, n[0]), lambda k, g, n: spectra_along(k, prepared(k, g), n)])
def test_an_atom_crossing_the_cutoff_makes_a_step_as_published_and_none_with_ours(way):
    assert crossing(seeded(), way) > 1e-3
    assert crossing(seeded(smooth_cutoff=True), way) < 1e-6


@pytest.mark.parametrize("way", ["pairs", "edges"])
def test_the_smooth_cutoff_is_the_same_for_many_directions_at_once(way, monkeypatch):
    monkeypatch.setattr(isd_painn_directions, "PAIR_KERNEL_BYTES", 2**28 if way == "pairs" else 0)
    network = seeded(smooth_cutoff=True)
    graph = atom_graph(CASE["in/trans-butane/z"], CASE["in/trans-butane/pos"], 4.0, dtype=torch.float64)
    directions = torch.from_numpy(np.random.default_rng(7).normal(size=(4, 3)))
    one_by_one = torch.stack([network(graph, d) for d in directions])
    assert torch.abs(spectra_along(network, prepared(network, graph), directions) - one_by_one).max() < 1e-11


def test_only_our_recipe_has_the_smooth_cutoff():
    assert read_config(None, RECIPE).network.smooth_cutoff
    assert not IsdPainnConfig().smooth_cutoff
    published = {k: v for k, v in IsdPainnConfig().as_dict().items() if k != "smooth_cutoff"}
    assert IsdPainnConfig.from_dict(published) == IsdPainnConfig()
