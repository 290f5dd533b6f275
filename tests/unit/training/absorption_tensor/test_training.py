"""Training on a small file: it learns, a kill loses nothing, wrong input is named, a bundle comes out that predicts."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch

from xanesview.errors import UsageError, XanesviewError
from xanesview.inference.predictor import load_predictor
from xanesview.networks.bundle import load_weights
from xanesview.training.absorption_tensor.training import RECIPE
from xanesview.training.configuration import read_config
from xanesview.training.data.chemical_classes import atom_classes
from xanesview.training.data.dataset import read_datasets
from xanesview.training.data.measured_window import measure_grid
from xanesview.training.kinds import train
from xanesview.training.testing.evaluate import evaluate_bundle, metrics_table

TINY = """
[network]
channels = 8
layers = 1
readout_hidden = 16
[training]
members = 2
epochs = 3
batch_structures = 4
threads = 1
[bundle]
name = "tiny"
title = "made-up spectra"
"""


def write_data(path: Path, n: int = 24, element: str = "C") -> Path:
    """Write made-up spectra that follow the geometry: one line whose energy and direction come from a C–O bond."""
    rng = np.random.default_rng(0)
    out = {k: [] for k in ("z", "pos", "rank", "site", "molecule", "ip", "energy", "dipole")}
    for m in range(n):
        bond = rng.normal(size=3)
        bond /= np.linalg.norm(bond)
        length = rng.uniform(1.1, 1.5)
        x = np.array([[0, 0, 0], bond * length, [-0.6, 0.9, 0.2], [-0.6, -0.9, 0.1]])
        out["z"].append([6, 8, 1, 1])
        out["pos"].append(x)
        out["rank"].append([2, 3, 0, 0])
        out["site"].append(0)
        out["molecule"].append(m)
        out["ip"].append(297.0)
        out["energy"].append([292.0 + 6 * (length - 1.3), 295.0])
        out["dipole"].append([bond * 0.1, [0.03, 0.0, 0.0]])
    split = ["train"] * (n - 12) + ["val"] * 6 + ["test"] * 6
    with h5py.File(path, "w") as f:
        f.attrs.update(element=element, edge="K", energy_offset_ev=-6.77)
        text = h5py.string_dtype()
        f.create_dataset("molecule/name", data=[f"m{m}" for m in range(n)], dtype=text)
        f.create_dataset("molecule/smiles", data=["C=O"] * n, dtype=text)
        f.create_dataset("molecule/split", data=split, dtype=text)
        f["molecule/atom_ptr"] = np.arange(n + 1) * 4
        f["molecule/z"] = np.concatenate(out["z"]).astype("i2")
        f["molecule/pos_angstrom"] = np.concatenate(out["pos"]).astype("f4")
        f["molecule/rank"] = np.concatenate(out["rank"]).astype("i2")
        f["molecule/sigma_angstrom"] = np.zeros(n, "f4")
        f["site/molecule"], f["site/atom"] = np.array(out["molecule"], "i4"), np.array(out["site"], "i2")
        f["site/ip_ev"], f["site/stick_ptr"] = np.array(out["ip"], "f4"), np.arange(n + 1) * 2
        f["stick/energy_ev"] = np.concatenate(out["energy"]).astype("f4")
        f["stick/dipole_bohr"] = np.concatenate(out["dipole"]).astype("f4")
    return path


@pytest.fixture
def data(tmp_path):
    return write_data(tmp_path / "data.h5")


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(TINY)
    return path


def test_sticks_become_tensors_with_the_right_area_and_offset(data):
    molecule = read_datasets([data], measure_grid()).subset("test")[0]
    iso = molecule.tensors[0, :3].mean(0)
    # Σ ω |d|² / 3, ω in hartree: the area survives the broadening.
    expected = (292.0 * 0.01 + 295.0 * 0.0009) / 27.211386 / 3
    assert iso.sum() * 0.25 == pytest.approx(expected, rel=0.03)
    assert measure_grid()[iso.argmax()] == pytest.approx(292.0 - 6.77, abs=1.5)
    assert molecule.e0_ev[0] == pytest.approx(297.0 - 6.77)


def test_training_writes_a_bundle_that_predicts_and_continues_after_a_kill(data, config, tmp_path):
    out = tmp_path / "bundle"
    train("tensor", [data], config, out)
    card = json.loads((out / "card.json").read_text())
    assert card["members"] == 2
    assert card["uncertainty"]["calibration"]["factors"][0] > 0
    assert set(card["metrics"]) == {"val", "test"}
    assert card["symmetry"]["structures"] == ["Formaldehyde", "Benzene", "Benzene film"]  # no N: not in the data
    assert 0.0 < card["symmetry"]["error"]["rotation"]["l2"] < 1e-4
    assert (out / "quality.h5").is_file()
    assert card["data"]["train_structures"] == 12
    metrics = evaluate_bundle(out, data, "test", device="cpu")
    assert metrics["n_sites"] == 6
    assert "mse_mean" in metrics_table(metrics)
    assert set(metrics["by_class"]) == {"aldehyde, ketone"}
    curves = out / "runs" / "member0" / "curves_0"
    assert "val_median" in (curves / "metrics.csv").read_text()
    assert list((curves / "tensorboard").glob("events.*"))
    # The second member was being trained when the program was killed: the first is not trained again.
    first = out / "runs" / "member0" / "finished.pt"
    before = first.stat().st_mtime_ns
    (out / "runs" / "member1" / "finished.pt").unlink()
    (out / "card.json").unlink()
    train("tensor", [data], config, out)
    assert first.stat().st_mtime_ns == before
    assert json.loads((out / "card.json").read_text())["members"] == 2
    # What the interrupted start wrote of its curves is still there.
    assert (out / "runs" / "member1" / "curves_0" / "metrics.csv").is_file()


def test_training_goes_on_from_a_network(data, config, tmp_path):
    first = train("tensor", [data], config, tmp_path / "first")
    config.write_text(
        TINY.replace("epochs = 3", "epochs = 1").replace("[training]", "[training]\nlearning_rate = 1e-9")
    )
    second = train("tensor", [data], config, tmp_path / "second", changes={"training": {"start": str(first)}})
    a, b = (load_predictor(folder, "cpu") for folder in (first, second))
    molecule = read_datasets([data], measure_grid()).subset("test")[0].structure
    expected = a.predict(molecule, [0]).tensor.components
    np.testing.assert_allclose(b.predict(molecule, [0]).tensor.components, expected, atol=1e-4 * expected.max())


def test_a_network_of_another_edge_lends_what_atoms_are_to_each_other(data, config, tmp_path):
    other = write_data(tmp_path / "n.h5", element="N")
    for path, elements in ((data, {6: 6, 8: 7, 1: 1}), (other, {6: 7, 8: 6, 1: 1})):
        with h5py.File(path, "a") as f:
            f["molecule/z"][...] = [elements[z] for z in f["molecule/z"][...]]
            if path == other:
                f["stick/energy_ev"][...] += 113.0
                f["site/ip_ev"][...] += 113.0
    first = train("tensor", [data], config, tmp_path / "first")
    config.write_text(
        TINY.replace("epochs = 3", "epochs = 1").replace("[training]", "[training]\nlearning_rate = 1e-9")
    )
    second = train("tensor", [other], config, tmp_path / "second", changes={"training": {"start": str(first)}})
    a, b = (load_weights(folder) for folder in (first, second))
    shared = [k for k in b if k in a and a[k].shape == b[k].shape]
    same = {k for k in shared if torch.allclose(a[k].float(), b[k].float(), atol=1e-6)}
    assert {"member0.interactions.0.radial.first.weight", "member1.updates.1.mix.weights.0"} <= same
    assert not any(k.startswith(("member0.isotropic.5.weight", "member0.ionisation.0.weight")) for k in same)
    assert json.loads((second / "card.json").read_text())["element"] == "N"


def test_elements_that_the_first_network_never_saw_begin_as_the_mean_of_its_own(config, data, tmp_path):
    first = train("tensor", [data], config, tmp_path / "first")
    other = write_data(tmp_path / "fe.h5", element="N")
    with h5py.File(other, "r+") as f:
        f["molecule/z"][...] = [{6: 7, 8: 26, 1: 1}[z] for z in f["molecule/z"][...]]
        f["stick/energy_ev"][...] += 113.0
        f["site/ip_ev"][...] += 113.0
    config.write_text(
        TINY.replace("epochs = 3", "epochs = 1").replace("[training]", "[training]\nlearning_rate = 1e-9")
    )
    second = train("tensor", [other], config, tmp_path / "second", changes={"training": {"start": str(first)}})
    assert json.loads((second / "card.json").read_text())["network"]["elements"] == [1, 6, 8, 7, 26]
    a, b = (load_weights(folder) for folder in (first, second))
    for name in ("member0.embedding.weight", "member1.updates.0.element_gains.weight"):
        grown = torch.cat([a[name].float(), a[name].float().mean(0).expand(2, -1)])
        assert torch.allclose(b[name].float(), grown, atol=1e-3)  # half precision on the disk


def test_training_goes_on_with_elements_of_the_network_only(config, data, tmp_path):
    first = train("tensor", [data], config, tmp_path / "first")
    with h5py.File(data, "r+") as f:
        z = f["molecule/z"][:]
        f["molecule/z"][:] = np.where(z == 8, 26, z)
    with pytest.raises(XanesviewError, match=r"too few structures of elements that .*first knows"):
        train("tensor", [data], config, tmp_path / "second", changes={"training": {"start": str(first)}})


def test_training_goes_on_from_tensor_networks_only(data, config, tmp_path):
    with pytest.raises(XanesviewError, match="it is a xane3 network"):
        train("tensor", [data], config, tmp_path / "net", changes={"training": {"start": "c_k_edge_xane3"}})


def test_another_configuration_needs_another_folder(data, config, tmp_path):
    out = tmp_path / "bundle"
    (out / "runs").mkdir(parents=True)
    (out / "runs" / "configuration.json").write_text('{"config": {"training": {}}, "data": ["b.h5"]}')
    with pytest.raises(XanesviewError, match="another configuration"):
        train("tensor", [data], config, out)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[netwrk]\nchannels = 3", "unknown table"),
        ("[network]\nchanels = 3", "unknown key"),
        ('[network]\nchannels = "x"', "channels is “x”, not a whole number"),
        ("[network", "not a TOML"),
    ],
)
def test_wrong_configurations_are_named(tmp_path, text, words):
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=words):
        read_config(path, RECIPE)


def test_wrong_data_are_named(tmp_path, data, config):
    with pytest.raises(XanesviewError, match="no data file"):
        read_datasets([tmp_path / "nothing.h5"], measure_grid())
    (tmp_path / "text.h5").write_text("hello")
    with pytest.raises(XanesviewError, match="not a data file"):
        read_datasets([tmp_path / "text.h5"], measure_grid())
    with pytest.raises(XanesviewError, match="spectra"):
        read_datasets([data, write_data(tmp_path / "n.h5", element="N")], measure_grid())
    with pytest.raises(UsageError, match="no kind of network"):
        train("magic", [data], config, tmp_path / "x")


def test_the_shipped_recipe_is_valid():
    assert read_config(None, RECIPE).training.members >= 3


@pytest.mark.parametrize(
    ("smiles", "atom", "name"),
    [
        ("CC#N", 1, "nitrile"),
        ("C=C", 1, "alkene"),
        ("c1ccccc1", 3, "aromatic with H"),
        ("CC(=O)O", 1, "carboxyl, ester, amide"),
        ("FC(F)(F)C", 1, "CF3, CF2"),
        ("CC(C)=O", 0, "CH3"),
        ("CCC", 1, "other alkyl"),
        ("C#C", 0, "alkyne, cumulated"),
    ],
)
def test_carbons_have_their_class(smiles, atom, name):
    assert atom_classes("C", smiles, 40)[atom] == name


@pytest.mark.parametrize(
    ("element", "smiles", "atom", "name"),
    [
        ("N", "CC#N", 2, "nitrile"),
        ("N", "c1ccncc1", 3, "aromatic with lone pair"),
        ("N", "CC(N)=O", 2, "amide"),
        ("O", "CC(C)=O", 3, "C=O of aldehyde, ketone"),
        ("O", "CO", 1, "hydroxyl"),
        ("O", "CC(=O)OC", 3, "acid, ester, single bond"),
    ],
)
def test_nitrogens_and_oxygens_have_their_class(element, smiles, atom, name):
    assert atom_classes(element, smiles, 40)[atom] == name
