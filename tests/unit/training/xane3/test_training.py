"""XANE(3) trained on a small file: it learns lines and E0, its card says what it is, sites share a pass unharmed."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from tests.unit.training.absorption_tensor.test_training import write_data
from xanesview.errors import XanesviewError
from xanesview.networks.atom_graphs import atom_graph
from xanesview.networks.bundle import load_weights
from xanesview.networks.card import Card
from xanesview.networks.members import load_members
from xanesview.networks.xane3.network import AbsorberGroups, Xane3, Xane3Config
from xanesview.training.ablation import variant
from xanesview.training.configuration import TrainingConfig, read_config
from xanesview.training.data.dataset import read_datasets
from xanesview.training.data.labelled import LabelledStructure
from xanesview.training.data.labelled_graph import joined
from xanesview.training.xane3.loss import CompositeLoss
from xanesview.training.xane3.module import Xane3Choices, Xane3Module, labelled_graphs
from xanesview.training.xane3.training import ABLATIONS, RECIPE, _task, start_at_mean, train

TINY = """
[network]
mul_0 = 8
mul_1 = 4
mul_2 = 2
num_layers = 1
r_max = 4.0
[training]
epochs = 40
batch_structures = 4
learning_rate = 5e-3
average_decay = 0.9
patience = 40
threads = 1
[bundle]
name = "tiny"
title = "made-up spectra"
"""


@pytest.fixture
def data(tmp_path):
    return write_data(tmp_path / "data.h5", 36)


def config_of(tmp_path, changes=None) -> TrainingConfig:
    path = tmp_path / "config.toml"
    path.write_text(TINY)
    return read_config(path, RECIPE, changes)


def test_it_learns_spectra_and_e0_and_the_card_says_what_it_gives(data, tmp_path):
    out = train([data], config_of(tmp_path), tmp_path / "out")
    card = Card.from_json(out / "card.json")
    assert (card.gives, card.axis, card.kind, card.element) == ("isotropic", "relative", "xane3", "C")
    assert card.raw["form"] == "paper"
    assert card.energy_ev[[0, -1]] == pytest.approx([-10.0, 20.0])
    assert len(card.energy_ev) == 150
    assert card.raw["network"]["e0_mean_ev"] == pytest.approx(297.0 - 6.77, abs=1e-3)
    (network,) = load_members(card, load_weights(out))
    dataset = read_datasets([data], card.energy_ev, axis="relative")
    test = labelled_graphs(dataset.subset("test"), network.config, card.intensity_scale)
    batch = joined(test)
    output = network(batch.graph, AbsorberGroups.of_sites(batch.graph))
    found = network.spectra(output, torch.as_tensor(card.energy_ev).float())
    mean = joined(labelled_graphs(dataset.subset("train"), network.config, card.intensity_scale)).spectra.mean(0)
    error = (found - batch.spectra).square().mean()
    assert error < 0.5 * (mean - batch.spectra).square().mean()
    assert (output.e0_ev - batch.e0_ev).abs().max() < 0.1
    assert (out / "runs" / "member0" / "curves_0" / "metrics.csv").read_text().count("\n") > 20


def test_one_epoch_gives_a_bundle_and_starting_again_keeps_it(data, tmp_path):
    config = config_of(tmp_path, {"training": {"epochs": 1, "members": 2}})
    out = train([data], config, tmp_path / "out")
    first = load_weights(out)
    again = load_weights(train([data], config, tmp_path / "out"))
    assert first.keys() == again.keys()
    assert all(torch.equal(first[k], again[k]) for k in first)
    card = json.loads((out / "card.json").read_text())
    assert card["uncertainty"]["calibration"]["factors"][0] > 0  # bands that hold the validation spectra
    assert "spread_threshold" not in card["domain"]
    notes = card["training"]
    assert notes["members"][0]["epochs"] == 1
    assert notes["loss"]["gradient_weight"] > 0


def test_sites_of_a_structure_in_one_pass_are_those_of_one_graph_a_site():
    x = np.array([[0, 0, 0], [1.5, 0, 0], [2.1, 1.2, 0.1], [-0.5, 0.9, 0.3]])
    spectra = np.arange(2.0)[:, None, None] + np.ones((2, 6, 150))
    structure = LabelledStructure(
        "m", "", "m", "train", 0.0, np.array([6, 6, 8, 1]), x, np.zeros((3, 3)), np.zeros(3, bool), np.arange(4),
        np.array([1, 0]), np.array([291.0, 292.0]), spectra.astype(np.float32), np.ones(2, bool),
    )  # fmt: skip
    torch.manual_seed(0)
    network = Xane3(Xane3Config.paper(mul_0=8, mul_1=4, mul_2=2, num_layers=2, r_max=4.0, max_z=8)).eval()
    (item,) = labelled_graphs([structure], network.config, 1.0)
    assert item.sites.tolist() == [1, 0]  # as in the data, not in order of the atoms
    assert item.e0_ev.tolist() == [291.0, 292.0]
    assert item.spectra[:, 0].tolist() == [1.0, 2.0]
    together = network(item.graph, AbsorberGroups.of_sites(item.graph)).coefficients
    for row, site in enumerate([1, 0]):
        alone = network(atom_graph(structure.numbers, x, 4.0, sites=[site])).coefficients[0]
        assert torch.allclose(together[row], alone, atol=1e-5)


def test_an_untrained_network_can_start_at_the_mean_spectrum():
    torch.manual_seed(0)
    network = Xane3(Xane3Config.paper(mul_0=8, mul_1=4, mul_2=2, num_layers=1, max_z=8, emin=-10.0, emax=20.0)).eval()
    grid = torch.linspace(-10, 20, 150)
    mean = torch.sigmoid(grid) + torch.exp(-0.5 * (grid + 4.0) ** 2)
    start_at_mean(network, mean, grid)
    graph = atom_graph(np.array([6, 8]), np.array([[0, 0, 0], [0, 0, 1.2]]), 4.0, sites=[0])
    found = network.spectra(network(graph), grid)[0].detach()
    assert (found - mean).square().mean() < 0.1 * mean.var()


@pytest.mark.parametrize(("spent", "fade"), [(0.05, 0.0), (0.2, 0.5), (0.9, 1.0)])
def test_derivatives_fade_in_with_the_budget(spent, fade):
    sizes = Xane3Config.paper(mul_0=4, mul_1=2, mul_2=1, num_layers=1, max_z=8)
    grid, loss = torch.linspace(-10, 20, 150), CompositeLoss(0.2, 1.0, 1.0)
    module = Xane3Module(sizes, Xane3Choices(minutes=10.0), grid, loss, 100)
    module.on_load_checkpoint({"spent_minutes": 10.0 * spent})
    assert module.fade == pytest.approx(fade, abs=0.02)


def test_the_warm_up_ends_with_its_share_of_the_budget_however_many_epochs_are_allowed():
    sizes = Xane3Config.paper(mul_0=4, mul_1=2, mul_2=1, num_layers=1, max_z=8)
    choices = Xane3Choices(minutes=10.0, epochs=1000)
    module = Xane3Module(sizes, choices, torch.linspace(-10, 20, 150), CompositeLoss(0.2, 1.0, 1.0), 100_000)
    factor = module.configure_optimizers()["lr_scheduler"]["scheduler"].lr_lambdas[0]
    assert factor(0) < 0.01
    module.on_load_checkpoint({"spent_minutes": 1.0})
    assert factor(100) == pytest.approx(0.976, abs=0.01)
    module.on_load_checkpoint({"spent_minutes": 9.9})
    assert factor(1000) < 0.02


def test_the_ablations_are_the_six_of_the_paper_and_each_changes_something(data, tmp_path):
    assert list(ABLATIONS) == [
        "no derivative loss", "no background", "no gated residual", "no attention", "no layer norm", "no tensors"
    ]  # fmt: skip
    baseline = config_of(tmp_path)
    for name, changes in ABLATIONS.items():
        other = config_of(tmp_path, variant(changes, name, 0.0))
        assert (other.network, other.training) != (baseline.network, baseline.training)
    plain = _task([data], config_of(tmp_path, ABLATIONS["no derivative loss"])).loss
    assert plain.gradient_weight == plain.curvature_weight == 0.0
    assert _task([data], baseline).loss.gradient_weight > 0.0


def network_table(tmp_path, lines: str, changes=None):
    path = tmp_path / "sizes.toml"
    path.write_text(f"[network]\n{lines}\n")
    return read_config(path, RECIPE, changes).network


@pytest.mark.parametrize(
    ("lines", "canonical"),
    [
        ("", "32x0e+16x1o+8x2e"),
        ("mul_0 = 24", "24x0e+16x1o+8x2e"),
        ("mul_0 = 63\nmul_1 = 0\nmul_2 = 0", "63x0e"),
        ('irreps = "8x2e + 64x0e + 8x1o + 8x1o"', "64x0e+16x1o+8x2e"),
    ],
)
def test_channels_may_be_told_as_irreps_or_as_numbers(lines, canonical, tmp_path):
    assert network_table(tmp_path, lines).irreps == canonical


def test_an_ablation_replaces_channels_however_they_are_told(tmp_path):
    for lines in ('irreps = "16x0e+8x1o"', "mul_0 = 16\nmul_2 = 0"):
        assert network_table(tmp_path, lines, ABLATIONS["no tensors"]).irreps == "63x0e"


@pytest.mark.parametrize(
    ("lines", "part"),
    [
        ('irreps = "many"', "'many' can't be read"),
        ("irreps = 32", "irreps is 32, not text"),
        ('irreps = "32x0e+8x1e"', "no features 1e"),
        ('irreps = "32x0e+8x3o"', "no features 3o"),
        ('irreps = "8x1o"', "needs channels 0e"),
        ('irreps = "32x0e"\nmul_1 = 4', "both irreps and mul_1"),
        ("mul_0 = 0", "mul_0 is 0, not a whole number"),
        ("mul_1 = -4", "mul_1 is -4, not a whole number"),
        ("mul_1 = 2.5", "mul_1 is 2.5, not a whole number"),
    ],
)
def test_channels_that_make_no_network_are_named(lines, part, tmp_path):
    with pytest.raises(XanesviewError, match=part):
        network_table(tmp_path, lines)


def test_the_card_keeps_canonical_irreps(data, tmp_path):
    changes = {"network": {"irreps": "2x2e+8x0e+4x1o"}, "training": {"epochs": 1}}
    out = train([data], config_of(tmp_path, changes), tmp_path / "out")
    card = Card.from_json(out / "card.json")
    assert card.raw["network"]["irreps"] == "8x0e+4x1o+2x2e"
    assert card.training["recipe"]["network"]["mul_1"] == 4
    (network,) = load_members(card, load_weights(out))
    assert network.config.multiplicities == (8, 4, 2)


def test_it_goes_on_from_a_network_of_its_kind_and_refuses_others(data, tmp_path):
    first = train([data], config_of(tmp_path, {"training": {"epochs": 12}}), tmp_path / "first")
    more = {"training": {"epochs": 1, "learning_rate": 1e-6, "start": str(first)}}
    second = train([data], config_of(tmp_path, more), tmp_path / "second")
    before, after = (load_members(Card.from_json(p / "card.json"), load_weights(p))[0] for p in (first, second))
    for name, value in before.state_dict().items():
        assert after.state_dict()[name].numpy() == pytest.approx(value.numpy(), abs=2e-3), name
    assert Card.from_json(second / "card.json").intensity_scale == Card.from_json(first / "card.json").intensity_scale
    for other in ("c_k_edge_tensor", "fe_k_edge_xane3"):
        with pytest.raises(XanesviewError, match="can't go on from"):
            train([data], config_of(tmp_path, {"training": {"start": other}}), tmp_path / "third")
