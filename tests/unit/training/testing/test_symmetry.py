"""The measure of symmetry finds what is broken, and finds nothing where nothing is; cards say what it found."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.unit.networks.equivariance import rotated_tensor, rotation
from xanesview.cli.main import main
from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.inference.loaded_network import Prediction
from xanesview.inference.predictor import load_predictor
from xanesview.io.examples import load_example
from xanesview.networks.card import Card, list_bundles
from xanesview.networks.irreps import quadrupole_to_cartesian
from xanesview.networks.neighbours import neighbour_edges
from xanesview.training.testing.symmetry import (
    FULL,
    LIGHT,
    MOTIONS,
    fitting_examples,
    irreps_part,
    measure_symmetry,
    symmetry_table,
    wigner_matrix,
)

ENERGY_EV = np.linspace(280.0, 300.0, 21)
NAMES = ("benzene_film", "alanine", "styrene")


def moment(structure: Structure, sites) -> np.ndarray:
    """A tensor of each site that turns with the structure: Σ d dᵀ e^−d² over neighbours of both kinds, (S, 3, 3)."""
    i, j, d = neighbour_edges(structure.positions_angstrom, structure.cell_angstrom, structure.pbc, 4.0)
    weights = np.exp(-0.3 * (d**2).sum(1)) * structure.numbers[j]
    return np.stack([np.einsum("e,ei,ej->ij", weights[i == s], d[i == s], d[i == s]) for s in sites])


def handedness(structure: Structure, sites) -> np.ndarray:
    """A number of each site that changes sign in a mirror: the volume that three mean neighbours span, (S,)."""
    i, j, d = neighbour_edges(structure.positions_angstrom, structure.cell_angstrom, structure.pbc, 4.0)
    weights = [structure.numbers[j] ** power * np.exp(-0.3 * power * (d**2).sum(1)) for power in (0.3, 1.0, 2.0)]
    means = [[(w[i == s, None] * d[i == s]).sum(0) / w[i == s].sum() for w in weights] for s in sites]
    return np.linalg.det(np.array(means))


class Moments:
    """Predicts made-up tensors that obey, but for the one symmetry that a test breaks."""

    device = "CPU"

    def __init__(self, gives: str = "tensor", broken: str = "") -> None:
        self.broken = broken
        self.card = Card(
            name="moments", title="", kind="tensor", gives=gives, element="C", edge="K", energy_ev=ENERGY_EV, unit="",
            native_fwhm_ev=1.0, elements=("C", "H", "N", "O"), licence="", path=Path("moments"),
        )  # fmt: skip

    def matrices(self, structure: Structure, sites) -> np.ndarray:
        found = moment(structure, sites)
        scale = np.linalg.norm(found)
        if self.broken == "rotation":
            found[:, 0, 0] += 0.1 * scale
        if self.broken == "translation":
            found += 1e-3 * scale * np.linalg.norm(structure.centre_angstrom) * np.eye(3)
        if self.broken == "permutation":
            found *= 1.0 + 0.01 * np.asarray(sites)[:, None, None]
        if self.broken == "rotoinversion":
            found *= 1.0 + handedness(structure, sites)[:, None, None]
        if self.broken == "cell" and structure.is_periodic:
            found *= 1.0 + 0.01 * structure.cell_angstrom[0, 0]
        return found

    def predict(self, structure: Structure, sites) -> Prediction:
        m = self.matrices(structure, sites)
        if self.card.gives == "isotropic":
            m = np.trace(m, axis1=1, axis2=2)[:, None, None] / 3.0 * np.eye(3)
        six = np.stack([m[:, 0, 0], m[:, 1, 1], m[:, 2, 2], m[:, 1, 2], m[:, 0, 2], m[:, 0, 1]], 1)
        components = six[:, :, None] * np.sin(ENERGY_EV / 3.0)
        tensor = AbsorptionTensor(ENERGY_EV, components, np.array(sites), "", "C K", 1.0)
        return Prediction(tensor, (), 0.0, "CPU", "moments")

    def along_directions(self, structure: Structure, sites, directions) -> np.ndarray:
        n = directions / np.linalg.norm(directions, axis=1, keepdims=True)
        along = np.einsum("di,sij,dj->ds", n, self.matrices(structure, sites), n)
        if self.broken == "reversal":
            along += 0.01 * n @ (structure.positions_angstrom[sites] - structure.centre_angstrom).T
        return along[:, :, None] * np.sin(ENERGY_EV / 3.0)


def errors_of(predictor, names=NAMES) -> dict:
    found = measure_symmetry(predictor, [load_example(name) for name in names], LIGHT)
    return found["error"]


def test_parts_have_the_norm_of_the_tensor_and_turn_by_wigners_matrices():
    components = np.random.default_rng(0).normal(size=(5, 6, 7))
    l0, l2 = irreps_part(components, 0), irreps_part(components, 2)
    square = (components**2 * np.array([1, 1, 1, 2, 2, 2])[:, None]).sum(1)
    assert np.abs((l0**2).sum(2).numpy() + (l2**2).sum(2).numpy() - square).max() < 1e-12
    for r in (rotation(2), -rotation(3)):
        d = wigner_matrix(r)
        turned = rotated_tensor(components, r)
        assert (irreps_part(turned, 0) - l0).abs().max() < 1e-12
        assert (irreps_part(turned, 2) - l2 @ d[1:, 1:].T).abs().max() < 1e-12


def test_the_basis_is_the_one_the_networks_use():
    vector = torch.randn(3, 5, 4, dtype=torch.float64)
    components = torch.einsum("vm,sme->sve", quadrupole_to_cartesian(), vector).numpy()
    assert (irreps_part(components, 2) - vector.transpose(1, 2)).abs().max() < 1e-12


@pytest.mark.parametrize("gives", ["tensor", "isotropic", "directional"])
def test_a_network_that_obeys_misses_nothing(gives):
    errors = errors_of(Moments(gives))
    assert set(errors) == {*MOTIONS, *(["reversal"] if gives == "directional" else [])}
    parts = {"tensor": {"l0", "l2"}, "isotropic": {"l0"}, "directional": {"spectrum"}}[gives]
    assert all(set(row) == parts for row in errors.values())
    assert max(error for row in errors.values() for error in row.values()) < 1e-9


@pytest.mark.parametrize("gives", ["tensor", "isotropic", "directional"])
@pytest.mark.parametrize("broken", MOTIONS)
def test_what_is_broken_is_found_and_named(gives, broken):
    errors = errors_of(Moments(gives, broken))
    if (gives, broken) != ("isotropic", "rotation"):  # an average along x is that along any other axis
        assert max(errors[broken].values()) > 1e-4
    also = {"rotation": "rotoinversion"}.get(broken)
    others = [max(row.values()) for name, row in errors.items() if name not in (broken, also)]
    assert max(others) < 1e-9


def test_cells_are_turned_with_their_atoms():
    assert errors_of(Moments(broken="cell"))["rotation"]["l0"] > 1e-3
    assert errors_of(Moments(broken="cell"), NAMES[1:])["rotation"]["l0"] < 1e-9


def test_light_along_and_against_a_direction_must_agree():
    errors = errors_of(Moments("directional", "reversal"))
    assert errors["reversal"]["spectrum"] > 1e-3
    assert errors["rotation"]["spectrum"] < 1e-9


def test_a_network_without_a_fitting_example_says_so():
    predictor = Moments()
    with pytest.raises(XanesviewError, match="No bundled example has C atoms"):
        measure_symmetry(predictor, [])


def test_the_command_prints_a_table_and_the_same_numbers_as_json(tmp_path, capsys):
    out = tmp_path / "symmetry.json"
    assert main(["evaluate", "fe_k_edge_xanesnet", "--symmetry", "--json", str(out)]) == 0
    table, found = capsys.readouterr().out, json.loads(out.read_text(encoding="utf-8"))
    assert found["network"] == "fe_k_edge_xanesnet"
    assert found["structures"] == ["Wustite, FeO", "Magnetite (001) slab", "Hematite (001) slab"]
    assert found["repeats"] == FULL.repeats
    assert table == symmetry_table("fe_k_edge_xanesnet", found) + "\n"
    for motion, row in found["error"].items():
        assert f"{motion:30s}{row['l0']:12.1e}" in table
    assert main(["evaluate", "fe_k_edge_xanesnet", "--symmetry", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == found  # drawn from one seed


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (["c_k_edge_properties", "--symmetry"], 1, "predicts no spectrum"),
        (["n_k_edge_tensor"], 2, "Nothing was given to measure on"),
        (["n_k_edge_tensor", "--symmetry", "--quality"], 2, "no report"),
        (["n_k_edge_tensor", "--symmetry", "--data", "none.h5"], 1, "none.h5"),
    ],
)
def test_the_command_refuses(words, code, part, capsys):
    assert main(["evaluate", *words]) == code
    assert part in capsys.readouterr().err.splitlines()[0]


SHIPPED = [info.card for info in list_bundles() if info.card is not None]


@pytest.mark.parametrize("card", SHIPPED, ids=lambda card: card.name)
def test_cards_of_shipped_networks_tell_of_their_symmetry(card, capsys):
    told = card.raw.get("symmetry")
    if card.gives == "properties":
        assert told is None
        return
    assert told["repeats"] == FULL.repeats
    assert len(told["structures"]) == len(fitting_examples(card))
    assert max(error for row in told["error"].values() for error in row.values()) < 1e-4
    assert main(["info", str(card.path)]) == 0
    assert "symmetry: spectra of turned or moved structures agree within" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["o_k_edge_tensor", "fe_k_edge_xane3"])
def test_a_card_says_what_is_measured_again(name):
    predictor = load_predictor(name, "cpu")
    now = measure_symmetry(predictor, fitting_examples(predictor.card), LIGHT)["error"]
    told = predictor.card.raw["symmetry"]["error"]
    for motion, row in told.items():
        for part, error in row.items():
            assert now[motion][part] < 3.0 * error + 1e-6
