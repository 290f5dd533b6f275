"""XANE(3) against the public code's own numbers; symmetries of outputs; the paper's parts by switch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from e3nn import o3

from tests.unit.networks.equivariance import rotation
from tests.unit.networks.parity import FOLDER, ParityCase
from xanesview.errors import XanesviewError
from xanesview.networks.atom_graphs import AtomGraph, atom_graph
from xanesview.networks.irreps import PATHS, SLICES, coupling_matrix
from xanesview.networks.xane3.layers import EquivariantLayerNorm, Interaction
from xanesview.networks.xane3.network import ABLATIONS, AbsorberGroups, Xane3, Xane3Config, attention_weights
from xanesview.training.data.labelled_graph import LabelledGraph, joined

TOLERANCE = {"float32": 1e-5, "float64": 1e-9}
CASES = {name: ParityCase("xane3.npz", name) for name in ("dev_tiny", "dev_centers")}
SMALL = {
    "mul_0": 8,
    "mul_1": 4,
    "mul_2": 3,
    "num_layers": 2,
    "num_radial": 5,
    "r_max": 4.0,
    "max_z": 30,
    "num_basis": 20,
}


@pytest.fixture
def double():
    """Build networks in double precision, so that their constants are."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def published(case: ParityCase) -> Xane3:
    config = Xane3Config.public_code(str(case["branch"]), **case.config)
    assert config.form == "public code"
    network = Xane3(config)
    network.load_state_dict(case.weights)
    return network.eval().requires_grad_(False)


def seeded(seed: int = 3, **switches) -> Xane3:
    torch.manual_seed(seed)
    network = Xane3(Xane3Config.paper(**(SMALL | switches)))
    with torch.no_grad():
        for layer in network.layers:
            if layer.norm is not None:  # trained gains differ from channel to channel
                for gain in layer.norm.gains:
                    gain.uniform_(0.5, 2.0)
        network.readout_mlp[-1].weight.mul_(6.0)
    return network.eval().requires_grad_(False)


def published_graph(case: ParityCase, system: str, dtype: torch.dtype) -> AtomGraph:
    """The graph of the fixture, with positions as they were rounded there."""
    numbers, x, shift = (np.array(case[f"in/{system}/{k}"]) for k in ("z", "pos_f32", "edge_shift_f32"))
    source, target = np.array(case[f"in/{system}/edge_index"])
    x, shift = torch.from_numpy(x).to(dtype), torch.from_numpy(shift).to(dtype)
    sites = torch.from_numpy(np.flatnonzero(case[f"in/{system}/absorber_mask"]))
    index = [torch.from_numpy(np.ascontiguousarray(a)) for a in (source, target)]
    vectors = x[index[0]] - x[index[1]] - shift
    return AtomGraph(torch.from_numpy(numbers), *index, vectors, torch.zeros(len(x), dtype=torch.long), sites)


def slab_graph(
    turned=None, moved=0.0, copies=1, absorbers=(0,), order=None, site_cutoff: float | None = None
) -> AtomGraph:
    case = CASES["dev_tiny"]
    numbers, x, cell, pbc = (np.array(case[f"in/slab/{k}"]) for k in ("z", "pos", "cell", "pbc"))
    axis = int(np.argmax(pbc))
    x = np.concatenate([x + k * cell[axis] for k in range(copies)]) + moved
    cell = cell * np.where(np.arange(3) == axis, copies, 1)[:, None]
    numbers = np.tile(numbers, copies)
    absorbers = np.array(absorbers)
    if order is not None:
        numbers, x, absorbers = numbers[order], x[order], np.argsort(order)[absorbers]
    if turned is not None:
        x, cell = x @ turned.T, cell @ turned.T
    return atom_graph(numbers, x, SMALL["r_max"], cell, pbc, absorbers, site_cutoff_angstrom=site_cutoff)


def spectrum(network: Xane3, graph: AtomGraph, groups=None) -> torch.Tensor:
    return network.spectra(network(graph, groups), torch.linspace(-10.0, 50.0, 61))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("system", ["slab", "molecule"])
@pytest.mark.parametrize("name", list(CASES))
def test_spectra_are_those_of_the_public_code(name, system, dtype, request):
    if dtype == "float64":
        request.getfixturevalue("double")
    case, bits = CASES[name], dtype[-2:]
    network = published(case)
    graph = published_graph(case, system, getattr(torch, dtype))
    output = network(graph)
    energy = torch.from_numpy(np.array(case["in/energy_grid"])).to(getattr(torch, dtype))
    found = network.spectra(output, energy).numpy()[0]
    assert found.dtype == dtype
    assert np.abs(found - case[f"out/{system}/spectrum_f{bits}"]).max() < TOLERANCE[dtype]
    assert np.abs(output.coefficients.numpy()[0] - case[f"out/{system}/coeffs_f{bits}"]).max() < TOLERANCE[dtype]
    own = atom_graph(
        case[f"in/{system}/z"], case[f"in/{system}/pos"], case.config["r_max"], case[f"in/{system}/cell"],
        case[f"in/{system}/pbc"], np.flatnonzero(case[f"in/{system}/absorber_mask"]),
    )  # fmt: skip
    assert len(own.source) == len(graph.source)
    assert np.abs(network.spectra(network(own), energy).numpy()[0] - found).max() < 1e-5  # positions unrounded


def test_coupling_constants_are_those_of_the_public_code():
    with np.load(FOLDER / "xane3.npz") as archive:
        matrix, first = coupling_matrix().numpy(), 0
        for path in PATHS:
            size = 2 * path[2] + 1
            block = matrix[first : first + size].reshape(size, 9, 9)[:, SLICES[path[0]], SLICES[path[1]]]
            first += size
            w3j = archive["const/w3j_{}_{}_{}".format(*path)]
            assert np.abs(block / size**0.5 - w3j.transpose(2, 0, 1)).max() < 1e-14


@pytest.mark.parametrize(("name", "tolerance"), [("dev_tiny", 0.025), ("dev_centers", 1e-5)])
def test_the_basis_starts_as_in_the_public_code(name, tolerance):
    basis = Xane3(Xane3Config.public_code(str(CASES[name]["branch"]), **CASES[name].config)).basis
    for key in ("centers", "sigmas", "bg_center", "bg_width"):
        value = getattr(basis, key).detach().numpy()
        assert np.abs(value - CASES[name][f"init/basis.{key}"]).max() < tolerance
    learnt = {"dev_tiny": "sigmas", "dev_centers": "centers"}[name]
    assert {k for k, _ in basis.named_parameters()} == {learnt, "bg_center", "bg_width"}


@pytest.mark.parametrize(
    ("config", "parameters"),
    [
        (Xane3Config.public_code(), 1_124_756),
        (Xane3Config.public_code("gauss_center"), 1_124_756),
        (Xane3Config.paper(), 1_189_117),
        (Xane3Config.paper(layer_norm=False, gated_residual=False, e0_head=False), 1_136_180),
        (Xane3Config.paper(**ABLATIONS["no tensors"]), 1_170_224),
    ],
)
def test_sizes_are_those_of_code_and_paper(config, parameters):
    assert sum(p.numel() for p in Xane3(config).parameters()) == parameters


def test_weights_are_named_as_in_the_public_code():
    main, centres = (set(Xane3(Xane3Config.public_code(b)).state_dict()) for b in ("main", "gauss_center"))
    assert {"embedding.embedding.weight", "layers.3.sc.weight", "layers.0.fc.layer1.weight", "layers.0.bessel_freqs",
            "pooling.attn_mlp.2.bias", "readout_mlp.2.weight", "basis.centers"} <= main  # fmt: skip
    assert "layers.0.sc.weight" not in main
    assert "readout_mlp.3.weight" in centres
    assert "readout_mlp.2.weight" not in centres


SWITCHES = [{}, {"radial_basis_type": "gaussian"}, *ABLATIONS.values()]
SWITCH_NAMES = ["paper", "gaussian radial functions", *ABLATIONS]


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("switches", SWITCHES, ids=SWITCH_NAMES)
def test_a_slab_may_be_turned_mirrored_moved_and_renumbered(switches):
    network = seeded(**(switches | ({"mul_0": 9} if "mul_0" in switches else {})))
    here = spectrum(network, slab_graph())
    assert here.std() > 0.05
    for turned in (rotation(4), -rotation(5)):
        assert torch.abs(spectrum(network, slab_graph(turned=turned)) - here).max() < 1e-9
    assert torch.abs(spectrum(network, slab_graph(moved=np.array([0.7, -1.9, 12.0]))) - here).max() < 1e-9
    order = np.random.default_rng(2).permutation(8)
    assert torch.abs(spectrum(network, slab_graph(order=order)) - here).max() < 1e-9
    other = spectrum(network, slab_graph(absorbers=[7]))
    assert torch.abs(other - here).max() > 1e-3


@pytest.mark.usefixtures("double")
def test_every_layer_turns_with_the_structure():
    network, r = seeded(), rotation(6)
    here, there = network.node_features(slab_graph()), network.node_features(slab_graph(turned=r))
    assert here[1].std() > 0.05
    assert here[2].std() > 0.05
    assert torch.abs(there[0] - here[0]).max() < 1e-9
    turned = torch.einsum("ab,nbc->nac", torch.from_numpy(r), here[1])
    assert torch.abs(there[1] - turned).max() < 1e-9
    assert torch.abs(there[2] - here[2]).max() > 0.01
    lengths = [torch.linalg.vector_norm(x, dim=1) for x in (here[2], there[2])]
    assert torch.abs(lengths[0] - lengths[1]).max() < 1e-9


@pytest.mark.usefixtures("double")
def test_a_doubled_cell_agrees_when_every_image_of_the_absorber_is_tagged():
    network = seeded()
    here = spectrum(network, slab_graph())
    both = spectrum(network, slab_graph(copies=2, absorbers=[0, 8]))
    one = spectrum(network, slab_graph(copies=2, absorbers=[0]))
    assert torch.abs(both - here).max() < 1e-9
    assert torch.abs(one - here).max() > 1e-6  # attention then meets the other image


@pytest.mark.usefixtures("double")
def test_sites_of_a_batch_are_read_as_if_each_were_alone():
    network = seeded()
    graphs = [slab_graph(absorbers=[0, 5, 6]), slab_graph(turned=rotation(1), absorbers=[2]), slab_graph(absorbers=[7])]
    batch = joined([LabelledGraph.of(graph) for graph in graphs]).graph
    together = spectrum(network, batch, AbsorberGroups.of_sites(batch))
    apart = [spectrum(network, slab_graph(absorbers=[k])) for k in (0, 5, 6, 2, 7)]
    assert torch.abs(together - torch.cat(apart)).max() < 1e-9
    pooled = spectrum(network, batch)
    assert pooled.shape == (3, 61)
    assert torch.abs(pooled[1:] - together[3:]).max() < 1e-9


@pytest.mark.usefixtures("double")
def test_attention_is_a_share_of_each_atom_but_the_absorber():
    network, graph = seeded(), slab_graph(absorbers=[2])
    groups = AbsorberGroups.of_sites(graph)
    weights = network(graph, groups).attention
    assert weights.sum() == pytest.approx(1.0)
    assert weights[2] == 0.0
    assert weights.max() > 1.001 * weights[weights > 0].min()
    mean = seeded(attention=False)(graph, groups).attention
    assert torch.allclose(mean, torch.where(groups.absorbs, 0.0, 1 / 7))


@pytest.mark.usefixtures("double")
def test_attention_of_one_site_adds_up_to_one_whatever_else_is_tagged():
    network = seeded()
    weights = attention_weights(network, slab_graph(absorbers=[0, 2, 5]), 2)
    assert weights.shape == (8,)
    assert weights.sum().item() == pytest.approx(1.0)
    assert weights[2] == 0.0
    assert weights[0] > 0.0
    assert torch.allclose(weights, network(slab_graph(absorbers=[2])).attention)


@pytest.mark.usefixtures("double")
def test_an_atom_crossing_the_cutoff_makes_no_step_in_its_message():
    config = Xane3Config.paper(**SMALL)
    radial = Interaction(config, first=True).radial(torch.tensor([3.9999, 4.0001, 2.0]))
    assert radial[0].abs().max() < 1e-6
    assert not radial[1].any()
    assert radial[2].abs().max() > 0.1


def test_the_head_of_e0_learns_without_shaping_the_features():
    network = seeded(e0_mean_ev=7112.0, e0_scale_ev=2.0).requires_grad_(True)
    output = network(slab_graph())
    assert output.e0_ev[0].item() == pytest.approx(7112.0, abs=10.0)
    output.e0_ev.sum().backward()
    touched = {name for name, p in network.named_parameters() if p.grad is not None}
    assert touched == {"e0_mlp.0.weight", "e0_mlp.0.bias", "e0_mlp.2.weight", "e0_mlp.2.bias"}


@pytest.mark.parametrize("switches", SWITCHES, ids=SWITCH_NAMES)
def test_every_form_trains_with_finite_gradients_on_all_parameters(switches):
    network = seeded(**switches).requires_grad_(True).train()
    graph = slab_graph(absorbers=[0, 3])
    output = network(graph, AbsorberGroups.of_sites(graph))
    (spectrum(network, graph).sum() + output.coefficients.sum() + output.e0_ev.sum()).backward()
    for name, p in network.named_parameters():
        if p.numel():
            assert p.grad is not None, name
            assert torch.isfinite(p.grad).all(), name


def test_dropped_messages_still_turn_with_the_structure():
    torch.manual_seed(0)
    layer = Interaction(Xane3Config.public_code(**SMALL, dropout=0.5), first=True).train()
    dropped = layer._dropped(torch.ones(200, 5, 3))
    per_channel = dropped.std(dim=1)
    assert not per_channel.any()  # a channel goes as a whole
    assert 0.3 < (dropped == 0).float().mean() < 0.7


def test_the_norm_gives_unit_size_and_one_gain_a_channel():
    torch.manual_seed(0)
    norm = EquivariantLayerNorm((4, 3, 2))
    out = norm((7 * torch.randn(5, 1, 9) + 3, 40 * torch.randn(5, 3, 3), 0.3 * torch.randn(5, 5, 2)))
    for part in out:
        assert torch.allclose(part.square().mean(dim=(1, 2)).sqrt(), torch.ones(5), atol=0.01)
    assert [tuple(g.shape) for g in norm.gains] == [(3,), (2,)]


def test_form_and_switches_are_told():
    assert Xane3Config.paper().form == "paper"
    assert Xane3Config.paper(layer_norm=False).form == "paper"
    assert Xane3Config.public_code("gauss_center").form == "public code"
    assert Xane3Config.from_dict(Xane3Config.paper().as_dict()) == Xane3Config.paper()
    with pytest.raises(XanesviewError, match="lmax = 3"):
        Xane3Config.paper(lmax=3)


def test_an_atom_without_neighbours_has_a_spectrum():
    graph = atom_graph(np.array([26, 8]), np.array([[0, 0, 0], [0, 0, 9.0]]), 4.0, sites=[0])
    assert len(graph.source) == 0
    assert graph.most_neighbours == 0
    assert torch.isfinite(spectrum(seeded(), graph)).all()


def test_an_element_without_a_row_is_refused():
    graph = atom_graph(np.array([6, 79]), np.array([[0, 0, 0], [0, 0, 2.0]]), 4.0, sites=[0])
    with pytest.raises(XanesviewError, match="up to 30; the structure has 79"):
        seeded()(graph)


def test_cards_tell_channels_as_irreps_and_older_ones_as_numbers():
    config = Xane3Config.paper(mul_0=12, mul_1=4, mul_2=0)
    told = config.as_dict()
    assert told["irreps"] == "12x0e+4x1o"
    assert not {"mul_0", "mul_1", "mul_2"} & set(told)
    assert Xane3Config.from_dict(told) == config
    older = {k: v for k, v in told.items() if k != "irreps"} | {"mul_0": 12, "mul_1": 4, "mul_2": 0}
    assert Xane3Config.from_dict(older) == config
    with pytest.raises(XanesviewError, match="twice"):
        Xane3Config.from_dict(told | {"mul_0": 12})


@pytest.mark.parametrize(
    "renamed",
    [
        {},
        {"gaussian_means": "rbf.mu", "gaussian_std": "rbf.sigma"},
        {"gaussian_means": "centers", "gaussian_std": "coeff"},
        {"gaussian_means": None, "gaussian_std": None},
        {"gaussian_means": "bessel_freqs", "gaussian_std": None},
    ],
    ids=["ours", "nested", "coefficient", "left out", "an earlier form"],
)
def test_gaussian_radial_functions_load_whatever_a_file_calls_them(renamed):
    here = seeded(radial_basis_type="gaussian")
    with torch.no_grad():
        for layer in here.layers if None not in renamed.values() else ():
            layer.gaussian_means.add_(0.05)
            layer.gaussian_std.mul_(1.1)
    state = {}
    for key, value in here.state_dict().items():
        stem, _, name = key.rpartition(".")
        new = renamed.get(name, name)
        if new is not None:
            state[f"{stem}.{new}"] = -0.5 / value**2 if new == "coeff" else value
    other = seeded(7, radial_basis_type="gaussian")
    other.load_state_dict(state)
    assert torch.allclose(spectrum(other, slab_graph()), spectrum(here, slab_graph()), atol=1e-5)
    with pytest.raises(RuntimeError, match=r"layers\.0\.strange"):
        other.load_state_dict(state | {"layers.0.strange": torch.zeros(3, 3)})


@pytest.mark.usefixtures("double")
def test_features_turn_as_the_irreps_say():
    network = seeded()
    irreps = o3.Irreps(network.config.irreps)

    def features(turned=None) -> torch.Tensor:
        parts = network.node_features(slab_graph(turned=turned))
        return torch.cat([part.transpose(1, 2).flatten(1) for part in parts], dim=1)

    here = features()
    assert here.shape[1] == irreps.dim
    for turned in (rotation(6), -rotation(7)):
        expected = here @ irreps.D_from_matrix(torch.from_numpy(turned)).T
        assert torch.abs(features(turned) - expected).max() < 1e-9
