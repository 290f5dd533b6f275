"""The command line with the network that comes with the program: the numbers are the predictor's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xanesview.cli.main import main
from xanesview.domain.geometry.polarisation import linear
from xanesview.inference.predictor import load_predictor
from xanesview.io.examples import find_example, load_example
from xanesview.io.spectra.tables import read_prediction_csv
from xanesview.io.spectra.tensor_file import read_tensor


def test_the_table_holds_what_the_predictor_gives(tmp_path: Path) -> None:
    styrene = load_example("styrene")
    tensor = load_predictor().predict(styrene, styrene.sites_of("C")).tensor
    out, tensors = tmp_path / "styrene.csv", tmp_path / "styrene.h5"
    assert main(["predict", str(find_example("styrene").path), "--polarisation", "-1,2,3", "--out", str(out)]) == 0
    assert main(["predict", str(find_example("styrene").path), "--out", str(tensors)]) == 0
    table = read_prediction_csv(out)
    expected = tensor.contract(linear((-1, 2, 3)))
    np.testing.assert_allclose([table.columns[f"site_{i}"] for i in tensor.sites], expected, rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(table.columns["sum"], expected.sum(axis=0), rtol=1e-8, atol=1e-14)
    np.testing.assert_array_equal(read_tensor(tensors).tensor.components, tensor.components)


@pytest.mark.parametrize(
    ("content", "part"), [("2\n\nPt 0 0 0\nC 0 0 1.8\n", "Pt"), ("2\n\nH 0 0 0\nCl 0 0 1.27\n", "No network predicts")]
)
def test_what_the_network_does_not_know(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, part: str
) -> None:
    path = tmp_path / "molecule.xyz"
    path.write_text(content)
    assert main(["predict", str(path), "--out", str(tmp_path / "out.csv")]) == 1
    error, hint = capsys.readouterr().err.splitlines()
    assert error.startswith("error: ")
    assert part in error
    assert hint.startswith("hint: ")
    assert not (tmp_path / "out.csv").exists()


def test_a_structure_without_carbon_is_predicted_at_an_edge_it_has_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "water.xyz", tmp_path / "water.csv"
    path.write_text("3\nwater\nO 0 0 0\nH 0.76 0.59 0\nH -0.76 0.59 0\n")
    assert main(["predict", str(path), "--out", str(out)]) == 0
    assert "O K-edge, network o_k_edge_tensor" in capsys.readouterr().err
    assert read_prediction_csv(out).header["edge"] == "O K"


def test_an_edge_names_its_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "oxygen.csv"
    words = ["predict", str(find_example("formaldehyde").path), "--out", str(out), "--edge"]
    for written in ("O K", "o", "O-K-edge"):
        assert main([*words, written]) == 0
        assert read_prediction_csv(out).header["network"] == "o_k_edge_tensor"
    assert main([*words, "U L3"]) == 2
    assert "no network for the edge “U L3”" in capsys.readouterr().err
    assert main([*words, "O K", "--network", "c_k_edge_tensor"]) == 2
    assert "exclude each other" in capsys.readouterr().err


def test_a_figure_takes_the_network_that_fits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "water.xyz"
    path.write_text("3\nwater\nO 0 0 0\nH 0.76 0.59 0\nH -0.76 0.59 0\n")
    assert main(["plot", str(path), "--out", str(tmp_path / "water.svg")]) == 0
    assert "network o_k_edge_tensor" in capsys.readouterr().err
