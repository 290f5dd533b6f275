"""The shipped XANE(3) networks: symmetries on trained weights, slabs, E0 that chemistry agrees with."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from tests.unit.networks.equivariance import rotation
from xanesview.domain.structure import Structure
from xanesview.inference.predictor import load_predictor
from xanesview.io.examples import load_example
from xanesview.networks.atom_graphs import atom_graph
from xanesview.networks.bundle import load_weights
from xanesview.networks.card import Card, find_bundle
from xanesview.networks.members import load_members
from xanesview.networks.xane3.network import attention_weights

FE_O_ANGSTROM = 2.155
NETWORKS = ("c_k_edge_xane3", "fe_k_edge_xane3")


def card_of(name: str) -> Card:
    return Card.from_json(find_bundle(name) / "card.json")


def spectra(structure: Structure, name: str, sites) -> tuple[np.ndarray, np.ndarray]:
    tensor = load_predictor(name).predict(structure, sites).tensor
    return tensor.components[:, :3].mean(1), tensor.ip_ev


def wustite_slab(copies: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers, positions and cell of a (001) slab of four layers, two by two, displaced by 0.03 Å."""
    x, numbers = [], []
    for i, j, k in np.ndindex(4, 4, 4):
        x.append(np.array([i, j, k]) * FE_O_ANGSTROM)
        numbers.append(26 if (i + j + k) % 2 == 0 else 8)
    x = np.array(x) + np.random.default_rng(5).normal(scale=0.03, size=(64, 3))
    cell = np.diag([4 * FE_O_ANGSTROM, 4 * FE_O_ANGSTROM, 20.0])
    x = np.concatenate([x + k * cell[0] for k in range(copies)])
    return np.tile(numbers, copies), x, cell * np.array([copies, 1, 1])[:, None]


def slab_structure(numbers, x, cell) -> Structure:
    return Structure(numbers=numbers, positions_angstrom=x, cell_angstrom=cell, pbc=np.array([True, True, False]))


def case(name: str) -> tuple[Structure, list[int], float]:
    """A structure, sites, and a typical intensity."""
    if name.startswith("c_k"):
        structure = load_example("caffeine")
        return structure, np.flatnonzero(structure.numbers == 6).tolist(), card_of(name).intensity_scale
    return slab_structure(*wustite_slab()), [0, 5, 17], 1.0


@pytest.mark.parametrize("name", NETWORKS)
def test_turned_mirrored_moved_or_renumbered_structures_have_the_same_spectra_and_e0(name):
    structure, sites, scale = case(name)
    here, e0 = spectra(structure, name, sites)
    assert here.std() > 0.1 * scale
    for turn in (rotation(1), -rotation(2)):
        moved = Structure(
            numbers=structure.numbers,
            positions_angstrom=structure.positions_angstrom @ turn.T + np.array([1.0, -7.0, 3.3]),
            cell_angstrom=structure.cell_angstrom @ turn.T,
            pbc=structure.pbc,
        )
        there, e0_there = spectra(moved, name, sites)
        assert np.abs(there - here).max() < 2e-3 * scale
        assert np.abs(e0_there - e0).max() < 5e-3
    order = np.random.default_rng(3).permutation(structure.n_atoms)
    shuffled = Structure(
        numbers=structure.numbers[order],
        positions_angstrom=structure.positions_angstrom[order],
        cell_angstrom=structure.cell_angstrom,
        pbc=structure.pbc,
    )
    where = [int(np.flatnonzero(order == s)[0]) for s in sites]
    assert np.abs(spectra(shuffled, name, where)[0] - here).max() < 2e-3 * scale


def test_a_slab_may_be_cut_out_of_its_repeats_anywhere():
    numbers, x, cell = wustite_slab()
    here, _ = spectra(slab_structure(numbers, x, cell), "fe_k_edge_xane3", [0, 5])
    moved = x + np.array([3.1, -1.7, 0.0])
    wrapped = moved - np.floor(moved[:, :2] @ np.linalg.inv(cell[:2, :2])) @ cell[:2]
    assert np.abs(wrapped - moved).max() > 1.0
    there, _ = spectra(slab_structure(numbers, wrapped, cell), "fe_k_edge_xane3", [0, 5])
    assert np.abs(there - here).max() < 2e-3


def test_a_doubled_cell_agrees_when_every_image_of_the_absorber_is_tagged():
    bundle = find_bundle("fe_k_edge_xane3")
    card = card_of("fe_k_edge_xane3")
    network = load_members(card, load_weights(bundle))[0]
    grid = torch.as_tensor(card.energy_ev).float()

    def spectrum(copies: int, absorbers: list[int]) -> torch.Tensor:
        numbers, x, cell = wustite_slab(copies)
        pbc = np.array([True, True, False])
        graph = atom_graph(
            numbers, x, cell_angstrom=cell, pbc=pbc, sites=absorbers, dtype=torch.float32,
            **network.config.graph_cutoffs,
        )  # fmt: skip
        return network.spectra(network(graph), grid)[0]

    here = spectrum(1, [5])
    assert torch.abs(spectrum(2, [5, 69]) - here).max() < 2e-3
    assert here.max() > 1.0  # a white line above the edge step


def test_e0_of_a_carbonyl_lies_above_those_of_a_hydrocarbon():
    _, carbonyl = spectra(load_example("formaldehyde"), "c_k_edge_xane3", [0])
    toluene = load_example("toluene")
    _, others = spectra(toluene, "c_k_edge_xane3", np.flatnonzero(toluene.numbers == 6))
    assert carbonyl[0] > others.max() + 1.0
    assert np.ptp(others) < 2.0
    assert others.min() > 285.0


@pytest.mark.parametrize("name", NETWORKS)
def test_attention_of_trained_members_adds_up_to_one(name):
    structure, sites, _ = case(name)
    bundle = find_bundle(name)
    for network in load_members(card_of(name), load_weights(bundle)):
        graph = atom_graph(
            structure.numbers, structure.positions_angstrom, cell_angstrom=structure.cell_angstrom, pbc=structure.pbc,
            sites=sites, dtype=torch.float32, **network.config.graph_cutoffs,
        )  # fmt: skip
        weights = attention_weights(network, graph, sites[1])
        assert weights.sum().item() == pytest.approx(1.0, abs=1e-5)
        assert weights[sites[1]] == 0.0
        assert weights.max() > 1.05 / (structure.n_atoms - 1)


@pytest.mark.parametrize("name", NETWORKS)
def test_cards_say_what_was_trained_and_how_well(name):
    card = card_of(name)
    assert (card.kind, card.gives, card.axis, card.raw["form"]) == ("xane3", "isotropic", "relative", "paper")
    assert len(card.energy_ev) == 150
    assert (card.energy_ev[0], card.energy_ev[-1]) == ((-10.0, 20.0) if card.element == "C" else (-30.0, 100.0))
    test = card.metrics["test"]
    assert test["isotropic_mse"] < (0.1 if card.element == "C" else 1e-3)
    assert test["e0_mae_ev"] < 0.3
    assert (find_bundle(name) / "weights.safetensors").stat().st_size < 8_000_000
    json.dumps(card.raw, allow_nan=False)
