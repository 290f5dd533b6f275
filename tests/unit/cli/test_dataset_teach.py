"""What one network says of molecules becomes training data for another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xanesview.cli.main import main
from xanesview.reference.making.splits import split_of
from xanesview.training.data.dataset import read_datasets
from xanesview.training.data.properties_data import is_complete

NETWORK = "c_k_edge_tensor"
TRAIN = ["CCO", "CCCN"]
TEST = "CCC"
assert [split_of(smiles) for smiles in (*TRAIN, TEST)] == ["train", "train", "test"]


@pytest.fixture(scope="module")
def taught(tmp_path_factory) -> Path:
    """A data file of two molecules that train, made from a list that names one of them twice and one that tests."""
    folder = tmp_path_factory.mktemp("taught")
    names = [f"a {TRAIN[0]} train", f"b {TRAIN[1]}", f"again {TRAIN[0]}", f"test {TEST}", "", "water O"]
    (folder / "list.txt").write_text("\n".join(names) + "\n")
    out = folder / "taught.h5"
    code = main(
        ["dataset", "teach", str(folder / "list.txt"), "--network", NETWORK, "--relax", "gfn2", "--out", str(out)]
    )
    assert code == 0
    return out


def test_only_molecules_that_train_are_there_and_once(taught):
    dataset = read_datasets([taught])
    assert [m.smiles for m in dataset.structures] == TRAIN
    assert {m.split for m in dataset.structures} == {"train"}
    assert all(is_complete(m) for m in dataset.structures)
    assert dataset.taught == f"2 structures as {NETWORK} predicts them"


def test_the_spectra_are_the_teachers(taught):
    from xanesview.inference.predictor import load_predictor

    molecule = read_datasets([taught], energy_ev=np.arange(281.0, 304.0, 0.1)).structures[0]
    tensor = load_predictor(NETWORK).predict(molecule.structure, molecule.sites).tensor
    expected = [np.interp(np.arange(281.0, 304.0, 0.1), tensor.energy_ev, c[:3].mean(0)) for c in tensor.components]
    np.testing.assert_allclose(molecule.isotropic, expected, atol=2e-5 * np.max(expected))
    np.testing.assert_allclose(molecule.e0_ev, tensor.ip_ev, atol=1e-3)


def test_counted_from_e0_they_end_where_the_teachers_end(taught):
    energy_ev = np.linspace(-10.0, 20.0, 150)
    dataset = read_datasets([taught], energy_ev, axis="relative")
    assert dataset.axis == "relative"
    molecule = dataset.structures[0]
    for e0, spectrum in zip(molecule.e0_ev, molecule.isotropic, strict=True):
        known = (energy_ev + e0 >= 280.0) & (energy_ev + e0 <= 305.0)
        assert np.isfinite(spectrum[known]).all()
        assert np.isnan(spectrum[~known]).all()


def test_properties_of_the_electrons_are_there(taught, tmp_path):
    from xanesview.training.data.properties_data import _properties

    for values in _properties(taught).values():
        assert 2.0 < values["gap_ev"] < 20.0
        assert values["lumo_ev"] - values["homo_ev"] == pytest.approx(values["gap_ev"], abs=1e-5)
        assert np.isnan(values["zpve_ev"])


@pytest.mark.parametrize(
    ("content", "network", "told"),
    [
        ("a\n", NETWORK, "Line 1 of list.txt holds no SMILES"),
        ("a C(C\n", NETWORK, "is not a SMILES string"),
        (f"a {TRAIN[0]}\n", "fe_k_edge_tensor", "can't teach others"),
        (f"a {TRAIN[0]}\n", "c_k_edge_xanesnet", "can't teach others"),
        (f"a {TEST}\n", NETWORK, "no spectrum to write"),
    ],
)
def test_what_can_not_be_taught_is_said(tmp_path, capsys, content, network, told):
    (tmp_path / "list.txt").write_text(content)
    out = tmp_path / "taught.h5"
    assert main(["dataset", "teach", str(tmp_path / "list.txt"), "--network", network, "--out", str(out)]) != 0
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_molecules_of_other_files_are_left_out(taught, tmp_path, capsys):
    (tmp_path / "list.txt").write_text(f"a {TRAIN[0]}\n")
    out = tmp_path / "more.h5"
    listed = str(tmp_path / "list.txt")
    assert main(["dataset", "teach", listed, "--network", NETWORK, "--out", str(out), "--without", str(taught)]) != 0
    assert "no spectrum to write" in capsys.readouterr().err


def test_a_line_without_a_smiles_is_named_and_the_others_are_taken(tmp_path, capsys):
    (tmp_path / "list.txt").write_text("a CCO\nodd xx((\nb CCCN\nodd yy((\n")
    out = tmp_path / "t.h5"
    asked = ["dataset", "teach", str(tmp_path / "list.txt"), "--network", NETWORK, "--relax", "mmff", "--out", str(out)]
    assert main(asked) == 0
    told = capsys.readouterr()
    assert "2 molecules" in told.out
    assert "2 of 4 results were left out: odd in line 2 (“xx((” is not a SMILES string); odd in line 4 (" in told.err


def test_a_list_whose_columns_are_exchanged_is_refused(tmp_path, capsys):
    (tmp_path / "list.txt").write_text("CCO ethanol\n")
    out = tmp_path / "t.h5"
    assert main(["dataset", "teach", str(tmp_path / "list.txt"), "--network", NETWORK, "--out", str(out)]) != 0
    assert "“ethanol” is not a SMILES" in capsys.readouterr().err
    assert not out.exists()
