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
    ("content", "part"), [("2\n\nPt 0 0 0\nC 0 0 1.8\n", "Pt"), ("2\n\nH 0 0 0\nCl 0 0 1.27\n", "no C atom")]
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
