"""Tables and tensor files: what is written is what is read back, whole or not at all."""

from __future__ import annotations

import csv
from pathlib import Path

import h5py
import numpy as np
import pytest

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.geometry.polarisation import linear
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.io.atomic import atomic_write
from xanesview.io.spectra.curve_table import write_csv
from xanesview.io.spectra.provenance import provenance
from xanesview.io.spectra.tables import read_prediction_csv, write_prediction_csv, write_prediction_h5
from xanesview.io.spectra.tensor_file import read_tensor

ENERGY = np.linspace(280.0, 300.0, 41)


@pytest.fixture
def tensor() -> AbsorptionTensor:
    components = np.random.default_rng(5).normal(size=(2, 6, len(ENERGY))).astype(np.float32)
    return AbsorptionTensor(ENERGY, components, np.array([3, 7]), "Mb", "C K", 1.18, ip_ev=np.array([290.5, 291.0]))


def test_a_prediction_has_one_column_a_site_and_their_plain_sum(tmp_path: Path, tensor: AbsorptionTensor) -> None:
    weight = linear((1.0, 2.0, 0.5))
    path = tmp_path / "out.csv"
    write_prediction_csv(path, tensor, {"intensity_unit": "Mb"}, tensor.spectra(weight))
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == "energy_ev,site_3,site_7,sum"
    table = read_prediction_csv(path)
    np.testing.assert_allclose(table.energy_ev, ENERGY)
    np.testing.assert_allclose(table.columns["site_3"], tensor.contract(weight)[0], rtol=1e-8)
    np.testing.assert_allclose(table.columns["sum"], table.columns["site_3"] + table.columns["site_7"], atol=1e-8)
    assert table.sites == [3, 7]
    assert table.header["intensity_unit"] == "Mb"


def test_without_a_weight_the_tensor_columns_replace_the_scalar_ones(tmp_path: Path, tensor: AbsorptionTensor) -> None:
    path = tmp_path / "out.csv"
    write_prediction_csv(path, tensor, {})
    table = read_prediction_csv(path)
    wanted = [f"site_{site}_{part}" for site in (3, 7) for part in ("xx", "yy", "zz", "yz", "xz", "xy")]
    assert list(table.columns) == wanted
    np.testing.assert_array_equal(table.columns["site_7_yz"].astype(np.float32), tensor.components[1, 3])


def test_hdf5_holds_the_tensor_and_what_was_asked_for(tmp_path: Path, tensor: AbsorptionTensor) -> None:
    weight = linear((0.0, 0.0, 1.0))
    path = tmp_path / "out.h5"
    write_prediction_h5(path, tensor, {"program": "xanesview", "edge": "C K"}, tensor.spectra(weight))
    with h5py.File(path) as file:
        assert file["site/tensor"].shape == (2, 6, 41)
        assert file["site/atom"][:].tolist() == [3, 7]
        assert file.attrs["unit"] == "Mb"
        assert file["site/tensor"].attrs["components"] == "xx yy zz yz xz xy"
        np.testing.assert_allclose(file["sum"][:], tensor.components[:, 2].sum(axis=0))
    back = read_tensor(path)
    np.testing.assert_array_equal(back.tensor.components, tensor.components)
    np.testing.assert_array_equal(back.tensor.ip_ev, tensor.ip_ev)
    assert back.tensor.edge == "C K"
    assert back.attributes["program"] == "xanesview"


@pytest.mark.parametrize(
    ("content", "part"),
    [("energy,mu\n1,2\n", "not a table of predicted"), ("energy_ev,site_0\n280,1\n281\n", "Row 2"),
     ("energy_ev,site_0\n280,one\n", "not a number")],
)  # fmt: skip
def test_other_tables_are_refused(tmp_path: Path, content: str, part: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(content)
    with pytest.raises(XanesviewError, match=part):
        read_prediction_csv(path)


def test_other_hdf5_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.h5"
    path.write_bytes(b"not hdf5 at all")
    with pytest.raises(XanesviewError, match="cannot be read as HDF5"):
        read_tensor(path)
    with h5py.File(path, "w") as file:
        file["x"] = 1
    with pytest.raises(XanesviewError, match="no absorption tensors"):
        read_tensor(path)
    with pytest.raises(XanesviewError, match="no file"):
        read_tensor(tmp_path / "nothing.h5")


def test_curves_keep_their_own_grids(tmp_path: Path) -> None:
    first = Spectrum(
        [280.0, 281.0, 282.0], [0.0, 1.0, 0.5], unit="Mb", label="sum, ε = (0, 0, 1)", band=[0.1, 0.1, 0.2]
    )
    second = Spectrum([285.0, 286.0], [2.0, np.nan], label="measured", kind="measured", provenance={"shift": "0.2 eV"})
    path = tmp_path / "curves.csv"
    write_csv(path, [first, second])
    text = path.read_text().splitlines()
    header = [line for line in text if line.startswith("#")]
    assert any(line.startswith("# program: xanesview ") for line in header)
    assert "# curve 1 intensity_unit: Mb" in header
    assert "# curve 2 shift: 0.2 eV" in header
    rows = list(csv.reader(line for line in text if not line.startswith("#")))
    assert rows[0] == [
        "energy_ev (sum, ε = (0, 0, 1))", "sum, ε = (0, 0, 1)", "sum, ε = (0, 0, 1) (half width of the band)",
        "energy_ev (measured)", "measured",
    ]  # fmt: skip
    assert rows[1] == ["280", "0", "0.1", "285", "2"]
    assert rows[2] == ["281", "1", "0.1", "286", ""]
    assert rows[3] == ["282", "0.5", "0.2", "", ""]


def test_provenance_names_everything_on_one_line_each() -> None:
    structure = Structure(
        [6], [[0, 0, 0]], name="two\nlines", source="a.cif", notices=(Notice("missing-hydrogens", "None."),)
    )
    header = provenance(structure, "net", "powder", "Mb", "C K", 1.1774, {"sites": "0"})
    assert header["structure"] == "two lines"
    assert header["structure_hash"] == structure.content_hash
    assert header["notices"] == "None."
    assert (header["network"], header["polarisation"], header["intensity_unit"]) == ("net", "powder", "Mb")
    assert header["native_fwhm_ev"] == "1.177"
    assert header["date"].endswith("Z")
    assert not any("\n" in value for value in header.values())


def test_a_failure_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")

    def fail() -> None:
        with atomic_write(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError("crash")

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_places_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    for target, part in ((tmp_path, "is a folder"), (tmp_path / "none" / "a.csv", "no folder")):
        with pytest.raises(XanesviewError, match=part), atomic_write(target):
            pass
