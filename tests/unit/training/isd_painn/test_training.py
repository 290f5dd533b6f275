"""ISD-PaiNN trains on a small file: it learns, its ablations build, its bundle predicts, its studies say what is so."""

from __future__ import annotations

import json
from dataclasses import replace

import h5py
import numpy as np
import pytest
import torch

from tests.unit.training.absorption_tensor.test_training import write_data
from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.geometry.polarisation import linear
from xanesview.domain.sticks import NATIVE_WIDTHS
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.inference.predictor import load_predictor
from xanesview.networks.bundle import load_weights
from xanesview.networks.isd_painn.network import IsdPainn, IsdPainnConfig
from xanesview.training.configuration import read_config
from xanesview.training.data.dataset import read_datasets
from xanesview.training.data.labelled_graph import joined
from xanesview.training.isd_painn.module import IsdPainnChoices, IsdPainnModule, contracted, labelled_graphs
from xanesview.training.isd_painn.studies import of_other_training, orientation_series, quadratic_departure
from xanesview.training.isd_painn.training import ABLATIONS, RECIPE
from xanesview.training.kinds import train

TINY = """
[network]
hidden_channels = 16
num_layers = 2
num_rbf = 8
[training]
epochs = 1
batch_structures = 4
learning_rate = 5e-3
[bundle]
name = "tiny"
title = "made-up spectra"
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_data(tmp_path_factory.mktemp("data") / "data.h5", n=36)


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    path = tmp_path_factory.mktemp("config") / "config.toml"
    path.write_text(TINY)
    return path


@pytest.fixture(scope="module")
def bundle(data, config, tmp_path_factory):
    out = tmp_path_factory.mktemp("bundle") / "tiny"
    return train("isd-painn", [data], config, out, changes={"training": {"epochs": 40, "patience": 40}})


def test_one_epoch_makes_a_complete_bundle(data, config, tmp_path):
    card = json.loads((train("isd-painn", [data], config, tmp_path / "one") / "card.json").read_text())
    assert (card["kind"], card["gives"], card["axis"]) == ("isd-painn", "directional", "absolute")
    assert card["network"]["out_channels"] == len(card["energy_ev"]) == 101
    assert card["network"]["num_elements"] == 17
    assert card["native_fwhm_ev"] == NATIVE_WIDTHS.fwhm_ev
    assert card["stick_widths"] == NATIVE_WIDTHS.as_dict()
    assert card["training"]["members"][0]["epochs"] == 1
    assert card["metrics"]["test"]["n_sites"] == 6
    assert {"quadratic_form", "by_heavy_atoms", "benzene_orientations"} <= set(card["metrics"]["studies"])
    assert of_other_training(tmp_path / "one")["mse_mean"] == card["metrics"]["test"]["mse_mean"]


def test_it_goes_on_from_another_and_keeps_matrices_in_half_precision(bundle, data, config, tmp_path):
    """With a rate of next to nothing it stays the network that it began with, but for the rounding."""
    more = {
        "training": {"start": str(bundle), "learning_rate": 1e-9},
        "network": {"hidden_channels": 8},
        "bundle": {"half_precision": True},
    }
    on = train("isd-painn", [data], config, tmp_path / "on", changes=more)
    first, then = (json.loads((one / "card.json").read_text()) for one in (bundle, on))
    assert "begun with the weights of tiny" in then["data"]["method"]
    assert (then["network"], then["intensity_scale"]) == (first["network"], first["intensity_scale"])
    before, after = first["metrics"]["test"]["mse_mean"], then["metrics"]["test"]["mse_mean"]
    assert after == pytest.approx(before, rel=1e-2)
    dtypes = {v.ndim > 1: v.dtype for k, v in load_weights(on).items() if k.startswith("member")}
    assert dtypes == {True: torch.float16, False: torch.float32}


def test_networks_of_other_kinds_and_foreign_elements_are_refused_to_go_on_from(bundle, data, config, tmp_path):
    heavy = write_data(tmp_path / "heavy.h5", n=36)
    with h5py.File(heavy, "a") as f:
        f["molecule/z"][:] = np.where(f["molecule/z"][:] == 8, 35, f["molecule/z"][:])
    with pytest.raises(XanesviewError, match="an element beyond number 17"):
        train("isd-painn", [heavy], config, tmp_path / "a", changes={"training": {"start": str(bundle)}})
    with pytest.raises(XanesviewError, match="it is a tensor network"):
        train("isd-painn", [data], config, tmp_path / "b", changes={"training": {"start": "c_k_edge_tensor"}})


def test_it_learns_that_the_spectrum_follows_the_direction(bundle, data):
    card = json.loads((bundle / "card.json").read_text())
    dataset = read_datasets([data])
    mean = np.concatenate([m.isotropic for m in dataset.subset("train")]).mean(0)
    tensors = np.concatenate([m.tensors for m in dataset.subset("test")]) / card["intensity_scale"]
    blind = np.square(tensors[:, :3] - mean / card["intensity_scale"]).mean()
    assert card["metrics"]["test"]["mse_mean"] < 0.5 * blind
    # The made-up line points along the C–O bond.
    predictor, molecule = load_predictor(bundle, "cpu"), dataset.subset("test")[0]
    bond = molecule.positions_angstrom[1]
    across = np.cross(bond, [0.3, -0.8, 0.5])
    along = [predictor.along(molecule.structure, [0], linear(n))[0].max() for n in (bond, across)]
    assert along[0] > 2.0 * along[1]


def test_only_labelled_sites_enter_with_their_own_tensors(data):
    molecules = read_datasets([data]).subset("train")[:3]
    batch = joined(labelled_graphs(molecules, 5.0, 2.0))
    assert batch.graph.absorber.sum() == 3 == len(batch.tensors) == batch.num_graphs
    n = torch.nn.functional.normalize(torch.tensor([[1.0, 2.0, -0.5]]), dim=1).expand(3, 3)
    expected = [m.tensors[0] for m in molecules]
    tensor = AbsorptionTensor(
        energy_ev=np.arange(101.0), components=np.stack(expected) / 2.0, sites=np.arange(3), unit="", edge="C K",
        native_fwhm_ev=1.0,
    )  # fmt: skip
    assert contracted(batch.tensors, n).numpy() == pytest.approx(tensor.contract(linear(n[0].numpy())), abs=1e-6)


def test_intensities_below_zero_cost(data):
    batch = joined(labelled_graphs(read_datasets([data]).subset("train")[:3], 5.0, 1.0))
    config = IsdPainnConfig(hidden_channels=8, num_layers=1, num_rbf=4, cutoff=5.0, out_channels=101, num_elements=17)
    losses = []
    for weight in (0.0, 2.0):
        torch.manual_seed(0)
        module = IsdPainnModule(
            config, IsdPainnChoices(positivity_weight=weight), torch.full((101,), -50.0), 0.25, steps=1
        )
        losses.append(float(module.training_loss(batch)[0].detach()))
    assert losses[1] - losses[0] == pytest.approx(2.0 * 50.0, rel=0.1)


@pytest.mark.parametrize("name", ABLATIONS)
def test_ablations_build_and_are_what_they_say(name):
    config = read_config(None, RECIPE, ABLATIONS[name])
    sizes = replace(config.network, out_channels=101)
    network = IsdPainn(sizes)
    published = IsdPainn(replace(read_config(None, RECIPE).network, out_channels=101))
    missing = set(published.state_dict()) - set(network.state_dict())
    without_direction = {"equivariant_atom_emb.embeddings.weight"}
    assert missing == (without_direction if name == "no direction initialisation" else set())
    assert sizes.symmetric_message is (name != "plain message")


def test_an_ablation_without_directions_gives_one_spectrum(data, config, tmp_path):
    changes = ABLATIONS["no direction initialisation"]
    predictor = load_predictor(train("isd-painn", [data], config, tmp_path / "blind", changes=changes), "cpu")
    molecule = read_datasets([data]).subset("test")[0]
    x, z = (predictor.along(molecule.structure, [0], linear(n)) for n in ([1, 0, 0], [0, 0, 1]))
    assert x == pytest.approx(z, abs=1e-12)


def test_elements_beyond_the_rows_are_named(data, config, tmp_path):
    with pytest.raises(XanesviewError, match="atomic number 8"):
        train("isd-painn", [data], config, tmp_path / "few", changes={"network": {"num_elements": 7}})


class Exactly:
    """Stands in for a network: a quadratic form, and what is told to be added to it."""

    def __init__(self, tensor: AbsorptionTensor, card, added=0.0):
        self.tensor, self.card, self.added = tensor, card, added

    def along_directions(self, structure, sites, directions):
        spectra = np.stack([self.tensor.select(sites).contract(linear(n)) for n in directions])
        z = directions[:, 2] / np.linalg.norm(directions, axis=1)
        return spectra + self.added * spectra.max() * z[:, None, None] ** 4


def test_a_quadratic_form_has_no_departure_and_a_fourth_power_has_one(bundle, data):
    molecule = read_datasets([data]).subset("test")[0]
    card = load_predictor(bundle, "cpu").card
    tensor = AbsorptionTensor(
        energy_ev=card.energy_ev, components=molecule.tensors, sites=molecule.sites, unit="", edge="C K",
        native_fwhm_ev=1.0,
    )  # fmt: skip
    assert quadratic_departure(Exactly(tensor, card), [molecule])["share_of_rms"] < 1e-6
    assert 0.01 < quadratic_departure(Exactly(tensor, card, 1.0), [molecule])["share_of_rms"] < 1.0


def test_the_orientation_series_ends_at_normal_and_in_plane(bundle):
    card = load_predictor(bundle, "cpu").card
    flat = Structure(
        numbers=np.array([6, 6, 6]),
        positions_angstrom=np.array([[1.0, 0, 0], [-0.5, 0.87, 0], [-0.5, -0.87, 0]]),
        cell_angstrom=np.zeros((3, 3)), pbc=np.zeros(3, bool), name="flat",
    )  # fmt: skip
    line = np.exp(-0.5 * ((card.energy_ev - 285.0) / 0.5) ** 2) * card.intensity_scale
    components = np.zeros((3, 6, len(line)))
    components[:, 2] = line
    reference = AbsorptionTensor(
        energy_ev=card.energy_ev, components=components, sites=np.arange(3), unit="", edge="C K", native_fwhm_ev=1.0
    )
    rows = orientation_series(Exactly(reference, card), flat, reference, (0.0, 60.0, 90.0))
    assert [r["reference_peak"] for r in rows] == pytest.approx([1.0, 0.25, 0.0], abs=1e-6)
    assert max(r["molecule_mse"] for r in rows) == pytest.approx(0.0, abs=1e-9)
