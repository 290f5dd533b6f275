"""Spectra that others computed on a grid train networks too: crystals, energies relative to E0, averages only."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pytest

from xanesview.domain.site_spectra import SiteSpectra, StructureSpectra
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.inference.predictor import load_predictor
from xanesview.inference.tensor_predictor import TensorPredictor
from xanesview.training.data.dataset import read_datasets
from xanesview.training.data.grid_dataset import written
from xanesview.training.kinds import train

ENERGY_EV = np.linspace(-10.0, 30.0, 41)
AXES = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 0]], float)
CONFIG = """
[network]
channels = 8
layers = 1
cutoff_angstrom = 3.0
absorber_cutoff_angstrom = 4.0
readout_hidden = 16
[training]
members = 1
epochs = 2
batch_structures = 4
[bundle]
name = "crystals"
energy_offset_ev = 5.0
"""


def crystal(length_angstrom: float, kind: str) -> StructureSpectra:
    """A cell of iron and oxygen whose line along z moves with the bond."""
    structure = Structure(
        numbers=[26, 8],
        positions_angstrom=[[0.0, 0.0, 0.0], [0.0, 0.0, length_angstrom]],
        cell_angstrom=np.diag([3.0, 3.0, 2 * length_angstrom]),
        pbc=[True, True, True],
        name=f"crystal {length_angstrom:.2f}",
    )
    along_z = (AXES / np.linalg.norm(AXES, axis=1, keepdims=True))[:, 2:] ** 2
    line = np.exp(-0.5 * ((ENERGY_EV - 5.0 - 8.0 * (length_angstrom - 2.0)) / 3.0) ** 2)
    spectra = (1.0 + along_z) * line
    if kind == "isotropic":
        return StructureSpectra(structure, (SiteSpectra(0, ENERGY_EV, isotropic=spectra[:3].mean(0)),), "parent")
    return StructureSpectra(structure, (SiteSpectra(0, ENERGY_EV, AXES, spectra),), "parent")


def write_crystals(path: Path, kind: str = "tensor", e0: bool = False) -> Path:
    lengths = np.random.default_rng(1).uniform(1.8, 2.2, 18)
    with written(path, ENERGY_EV, {"element": "Fe", "edge": "K", "unit": "edge step", "method": "made up"}) as writer:
        for k, length in enumerate(lengths):
            writer.add(crystal(length, kind), (["train"] * 12 + ["val"] * 3 + ["test"] * 3)[k])
    if e0:
        with h5py.File(path, "a") as file:
            file["site/e0_ev"] = 7000.0 + lengths
    return path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    return path


def test_crystals_train_a_tensor_network_relative_to_their_edge(tmp_path: Path, config: Path) -> None:
    data = write_crystals(tmp_path / "fe.h5", e0=True)
    out = train("tensor", [data], config, tmp_path / "net")
    card = json.loads((out / "card.json").read_text())
    assert (card["axis"], card["element"], card["data"]["periodic"]) == ("relative", "Fe", True)
    assert card["energy_ev"][0] == -10.0
    predictor = load_predictor(out, "cpu")
    structure = crystal(2.0, "tensor").structure
    tensor = predictor.predict(structure, [0]).tensor
    assert tensor.axis == "relative"
    assert tensor.ip_ev[0] == pytest.approx(7007.0, abs=1.0)  # the offset of the configuration is in
    doubled = predictor.predict(
        Structure(
            numbers=np.tile(structure.numbers, 2),
            positions_angstrom=np.concatenate(
                [structure.positions_angstrom, structure.positions_angstrom + np.array([3.0, 0, 0])]
            ),
            cell_angstrom=structure.cell_angstrom * [[2.0], [1.0], [1.0]],
            pbc=structure.pbc,
        ),
        [0],
    )
    np.testing.assert_allclose(doubled.tensor.components, tensor.components, atol=1e-5)


def test_a_kernel_regression_stands_beside_a_network_of_few_spectra(tmp_path: Path, config: Path) -> None:
    data = write_crystals(tmp_path / "fe.h5", e0=True)
    config.write_text(CONFIG.replace("epochs = 2", "epochs = 2\nkernel_share = 1.0"))
    out = train("tensor", [data], config, tmp_path / "net")
    card = json.loads((out / "card.json").read_text())
    structures = read_datasets([data]).structures
    spread = np.var([m.tensors for m in structures], axis=0).mean()
    assert card["kernel"]["cross_validated_isotropic_mse"] < 0.05 * spread
    predictor = load_predictor(out, "cpu")
    for m in structures[-3:]:  # never seen
        found = predictor.predict(m.structure, m.sites).tensor.components
        assert np.mean((found - m.tensors) ** 2) < 0.05 * spread
    assert card["domain"]["bonded_elements"]
    card["kernel"]["share"] = 1.5
    (out / "card.json").write_text(json.dumps(card))
    with pytest.raises(XanesviewError, match=r"kernel\.share is 1\.5, not a number from 0 to 1"):
        TensorPredictor(out, "cpu")


def test_a_kernel_regression_declines_many_sites(tmp_path: Path, config: Path, monkeypatch) -> None:
    monkeypatch.setattr("xanesview.training.absorption_tensor.training.MOST_SITES", 5)
    config.write_text(CONFIG.replace("epochs = 2", "epochs = 2\nkernel_share = 0.5"))
    with pytest.raises(XanesviewError, match="up to 5 training sites"):
        train("tensor", [write_crystals(tmp_path / "fe.h5")], config, tmp_path / "net")


def test_three_computed_crystals_are_enough_to_train_on(tmp_path: Path, config: Path) -> None:
    """One of each part: parameters of the kernel regression can't be chosen on a single site, so it is left out."""
    data = tmp_path / "fe.h5"
    with written(data, ENERGY_EV, {"element": "Fe", "edge": "K", "unit": "edge step", "method": "made up"}) as writer:
        for length, part in ((1.9, "train"), (2.0, "val"), (2.1, "test")):
            writer.add(crystal(length, "tensor"), part)
    config.write_text(CONFIG.replace("epochs = 2", "epochs = 2\nkernel_share = 0.5"))
    out = train("tensor", [data], config, tmp_path / "net")
    assert "kernel" not in json.loads((out / "card.json").read_text())


def test_energies_of_other_grids_are_interpolated_and_not_extrapolated(tmp_path: Path) -> None:
    data = write_crystals(tmp_path / "fe.h5")
    finer = read_datasets([data], np.linspace(0.0, 10.0, 41))
    assert finer.axis == "absolute"
    assert finer.structures[0].tensors.shape == (1, 6, 41)
    full = read_datasets([data])
    np.testing.assert_allclose(finer.structures[0].tensors[..., ::4], full.structures[0].tensors[..., 10:21], atol=1e-6)
    assert np.isnan(full.structures[0].e0_ev).all()
    with pytest.raises(XanesviewError, match=r"reaches from -10\.0 to 30\.0 eV"):
        read_datasets([data], np.linspace(0.0, 50.0, 11))


def test_averages_do_not_train_a_tensor_network(tmp_path: Path, config: Path) -> None:
    data = write_crystals(tmp_path / "fe.h5", kind="isotropic")
    assert not read_datasets([data]).structures[0].polarised.any()
    with pytest.raises(XanesviewError, match="isotropic spectra only"):
        train("tensor", [data], config, tmp_path / "net")
