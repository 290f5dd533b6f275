"""Clusters cut from crystals train networks for crystals: whose spectra are those of the crystals the clusters come
from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xanesview.cli.network_page import page
from xanesview.domain.site_spectra import SiteSpectra, StructureSpectra
from xanesview.domain.structure import Structure
from xanesview.inference.predictor import load_predictor
from xanesview.networks.card import BundleInfo, Card
from xanesview.networks.neighbours import neighbour_edges
from xanesview.training import domain_calibration
from xanesview.training.data.dataset import read_datasets
from xanesview.training.data.grid_dataset import written
from xanesview.training.domain_calibration import environment_domain
from xanesview.training.kinds import train

LICENCE = "made up here; cite nobody"
ENERGY_EV = 7100.0 + np.linspace(0.0, 40.0, 41)
SIZES = {
    "xanesnet": "r_max = 4.0\nhidden = [16]\nn_g2 = 8\nn_g4 = 16",
    "xane3": 'irreps = "8x0e+4x1o+2x2e"\nnum_layers = 2\nr_max = 3.0\nnum_basis = 20\nradial_hidden = 8\n'
    "attention_radius = 4.5\nsmooth_mean = true\nclusters = true",
}


def write_clusters(path: Path) -> Path:
    """Isotropic spectra of iron with one to three oxygens around it, two sites a crystal, on an absolute scale."""
    attributes = {"element": "Fe", "edge": "K", "unit": "edge step", "method": "made up", "licence": LICENCE}
    rng = np.random.default_rng(2)
    with written(path, ENERGY_EV, attributes) as writer:
        for k in range(24):
            length, n = rng.uniform(1.8, 2.2), 1 + k % 3
            positions = np.vstack([np.zeros(3), length * np.eye(3)[:n]])
            structure = Structure(numbers=[26] + [8] * n, positions_angstrom=positions, name=f"site {k}")
            line = n * np.exp(-0.5 * ((ENERGY_EV - 7115.0 - 8.0 * (length - 2.0)) / 3.0) ** 2)
            spectrum = line + 1.0 / (1.0 + np.exp(7110.0 - ENERGY_EV))
            record = StructureSpectra(structure, (SiteSpectra(0, ENERGY_EV, isotropic=spectrum),), f"crystal {k // 2}")
            writer.add(record, (["train"] * 16 + ["val"] * 4 + ["test"] * 4)[k])
    return path


def rock_salt() -> Structure:
    """Iron and oxygen, the oxygens a little off their places."""
    a = 4.31
    corners = np.array([[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]) * a / 2
    oxygens = corners + np.array([a / 2, 0, 0]) + np.random.default_rng(1).normal(scale=0.05, size=(4, 3))
    return Structure(
        numbers=[26] * 4 + [8] * 4, positions_angstrom=np.vstack([corners, oxygens]), cell_angstrom=a * np.eye(3),
        pbc=[True, True, True], name="FeO",
    )  # fmt: skip


def cluster_of(crystal: Structure, site: int, radius_angstrom: float) -> Structure:
    """The site and all that is nearer than the radius."""
    i, j, d = neighbour_edges(crystal.positions_angstrom, crystal.cell_angstrom, crystal.pbc, radius_angstrom)
    near = i == site
    return Structure(
        numbers=[crystal.numbers[site], *crystal.numbers[j[near]]], positions_angstrom=np.vstack([np.zeros(3), d[near]])
    )


@pytest.fixture(params=list(SIZES))
def trained(request, tmp_path: Path) -> Path:
    """A network of each kind that learnt from clusters, hardly."""
    config = tmp_path / "config.toml"
    config.write_text(
        f"[network]\n{SIZES[request.param]}\n[training]\nmembers = 1\nepochs = 2\n"
        '[bundle]\nname = "clusters"\nclusters_of_crystals = true\n'
    )
    return train(request.param, [write_clusters(tmp_path / "fe.h5")], config, tmp_path / "net")


def test_the_card_speaks_of_crystals_and_keeps_the_licence_of_the_data(trained: Path) -> None:
    card = Card.from_json(trained / "card.json")
    assert card.is_of_crystals
    assert (card.axis, card.data["train_structures"], card.data["train_sites"]) == ("absolute", 8, 16)
    assert card.data["licence"] == LICENCE
    assert "16 sites of 8 crystals" in card.domain["description"]
    assert "molecular_sum_mse" not in card.metrics["test"]  # the absorbers of a cluster are not all of a molecule
    assert f"Licence of the data: {LICENCE}." in page([BundleInfo("clusters", trained, card)])


def test_a_crystal_has_the_spectrum_of_the_cluster_cut_out_of_it(trained: Path) -> None:
    """What counts lies within the network's reach, in the crystal as in the cluster."""
    predictor, crystal = load_predictor(trained, "cpu"), rock_salt()
    here = predictor.predict(crystal, [1]).tensor.components
    there = predictor.predict(cluster_of(crystal, 1, 6.0), [0]).tensor.components
    np.testing.assert_allclose(here, there, atol=1e-5 * np.abs(here).max())


def test_environments_of_many_elements_tell_the_commonest_apart(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(domain_calibration, "MOST_DESCRIBED_ELEMENTS", 1)
    structures = read_datasets([write_clusters(tmp_path / "fe.h5")]).structures
    domain, known = environment_domain([1, 8, 26], list(structures[:16]), list(structures[16:20]))
    assert len(domain["descriptor_elements"]) == 1
    assert known.shape == (16, 24)
    assert set(domain["elements"]) == {"O", "Fe"}  # all are still counted
