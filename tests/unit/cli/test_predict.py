"""``xanesview predict``: the forms that scripts rely on."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.unit.cli.conftest import ENERGY_EV, STRUCTURES, expected_components
from xanesview.cli.main import main
from xanesview.domain.geometry.directions import from_angles_deg
from xanesview.domain.geometry.kinds import geometry_from_header
from xanesview.domain.geometry.polarisation import linear, partial, powder, unpolarised
from xanesview.domain.geometry.weight_tensor import WeightTensor
from xanesview.io.examples import find_example
from xanesview.io.spectra.tables import read_prediction_csv

pytestmark = pytest.mark.usefixtures("formula")

ACETONITRILE = str(find_example("acetonitrile").path)
FILM = str(find_example("benzene_film").path)


def contracted(atom: int, weight) -> np.ndarray:
    return weight.voigt @ expected_components(atom)


def test_powder_of_every_carbon_is_the_default(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.csv"
    assert main(["predict", ACETONITRILE, "--out", str(out)]) == 0
    table = read_prediction_csv(out)
    assert list(table.columns) == ["site_0", "site_1", "sum"]
    np.testing.assert_allclose(table.energy_ev, ENERGY_EV)
    np.testing.assert_allclose(table.columns["site_1"], contracted(1, powder()), atol=1e-9)
    np.testing.assert_allclose(table.columns["sum"], contracted(0, powder()) + contracted(1, powder()), atol=1e-9)
    header = table.header
    assert header["polarisation"] == "powder"
    assert header["intensity_unit"] == "hartree bohr²/eV"
    assert header["network"] == "formula"
    assert header["structure"] == "Acetonitrile"
    assert len(header["structure_hash"]) > 8
    captured = capsys.readouterr()
    assert "out.csv" in captured.out
    assert captured.err == ""


@pytest.mark.parametrize(
    "words",
    [["--theta", "4"], ["--polarisation", "0,0,1"], ["--powder"], ["--experiment", "powder"],
     ["--experiment", "partial", "--degree", "0.8", "--polarisation", "0,3,4"]],
)  # fmt: skip
def test_tensors_take_no_polarisation(tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", ACETONITRILE, "--tensor", *words, "--out", str(tmp_path / "folder")]) == 2
    assert "Tensors hold every polarisation" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "direction"),
    [
        (["--polarisation", "-1,0,0"], (-1, 0, 0)),
        (["--polarisation=-1,0,0"], (-1, 0, 0)),
        (["--polarization", "-.5,-.5,0"], (-1, -1, 0)),
        (["--polarisation", "−1,0,1"], (-1, 0, 1)),
        (["--polarisation", "0 0 2"], (0, 0, 1)),
        (["--theta", "0"], (0, 0, 1)),
        (["--theta", "90", "--phi", "-90"], (0, -1, 0)),
        (["--theta", "-30", "--phi", "0"], (-0.5, 0, np.sqrt(0.75))),
    ],
)
def test_polarisation_as_typed(tmp_path: Path, words: list[str], direction: tuple) -> None:
    out = tmp_path / "out.csv"
    assert main(["predict", ACETONITRILE, *words, "--out", str(out)]) == 0
    np.testing.assert_allclose(
        read_prediction_csv(out).columns["site_0"], contracted(0, linear(direction)), atol=1e-9
    )


@pytest.mark.parametrize(
    ("words", "weight"),
    [
        (["--experiment", "linear", "--polarisation", "0,3,4"], linear((0, 3, 4))),
        (["--experiment", "partial", "--degree", "0.8", "--polarisation", "0,3,4"], partial((0, 3, 4), 0.8)),
        (["--experiment", "partial", "--degree", "0,8", "--theta", "90"], partial((1, 0, 0), 0.8)),
        (["--experiment", "unpolarised", "--polarisation", "1,0,0"], unpolarised((1, 0, 0))),
        (["--experiment", "powder"], powder()),
    ],
)
def test_every_kind_of_experiment_that_the_panel_offers(tmp_path: Path, words: list[str], weight: WeightTensor) -> None:
    out = tmp_path / "out.csv"
    assert main(["predict", ACETONITRILE, *words, "--out", str(out)]) == 0
    table = read_prediction_csv(out)
    np.testing.assert_allclose(table.columns["site_0"], contracted(0, weight), atol=1e-9)
    assert table.header["experiment"] == words[1]
    np.testing.assert_allclose(geometry_from_header(table.header).weight().matrix, weight.matrix, atol=1e-9)


def test_the_weaker_field_of_partial_light_lies_in_the_surface(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    words = ["--experiment", "partial", "--degree", "0.7", "--theta", "60", "--phi", "20", "--sites", "0"]
    assert main(["predict", FILM, *words, "--out", str(out)]) == 0
    table = read_prediction_csv(out)
    normal = [float(x) for x in table.header["normal"].split(",")]
    weight = partial(from_angles_deg(60.0, 20.0, normal), 0.7, normal)
    np.testing.assert_allclose(table.columns["site_0"], contracted(0, weight), atol=1e-9)


def test_theta_counts_from_the_surface_normal(tmp_path: Path) -> None:
    from xanesview.io.structures.registry import read_structure, write_structure

    turn = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])  # z to x: the normal points along x
    tilted = tmp_path / "tilted.extxyz"
    write_structure(tilted, read_structure(FILM).rotated(turn))
    out = tmp_path / "out.csv"
    assert main(["predict", str(tilted), "--theta", "0", "--sites", "0", "--out", str(out)]) == 0
    np.testing.assert_allclose(read_prediction_csv(out).columns["site_0"], contracted(0, linear((1, 0, 0))), atol=1e-9)


def test_tensor_columns_replace_the_scalar_ones(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert main(["predict", ACETONITRILE, "--tensor", "--sites", "1", "--out", str(out)]) == 0
    table = read_prediction_csv(out)
    assert list(table.columns) == [f"site_1_{part}" for part in ("xx", "yy", "zz", "yz", "xz", "xy")]
    np.testing.assert_allclose(table.columns["site_1_xz"], expected_components(1)[4], atol=1e-9)
    assert table.header["intensity_unit"] == "hartree bohr²/eV"


def test_hdf5_holds_tensors_whatever_the_polarisation(tmp_path: Path) -> None:
    out = tmp_path / "out.h5"
    assert main(["predict", ACETONITRILE, "--polarisation", "0,0,1", "--out", str(out)]) == 0
    with h5py.File(out) as file:
        assert file["energy_ev"].shape == ENERGY_EV.shape
        assert file["site/atom"][:].tolist() == [0, 1]
        assert file["site/tensor"].shape == (2, 6, len(ENERGY_EV))
        np.testing.assert_allclose(file["site/tensor"][1], expected_components(1))
        np.testing.assert_allclose(file["sum"][:], contracted(0, linear((0, 0, 1))) + contracted(1, linear((0, 0, 1))))
        assert file.attrs["unit"] == "hartree bohr²/eV"


@pytest.mark.parametrize(
    ("asked", "columns"),
    [
        ("all", ["site_0", "site_1", "sum"]),
        ("C", ["site_0", "site_1", "sum"]),
        ("1", ["site_1", "sum"]),
        ("1,0", ["site_1", "site_0", "sum"]),
        ("0-1", ["site_0", "site_1", "sum"]),
        ("1,1", ["site_1", "sum"]),
    ],
)
def test_sites(tmp_path: Path, asked: str, columns: list[str]) -> None:
    out = tmp_path / "out.csv"
    assert main(["predict", ACETONITRILE, "--sites", asked, "--out", str(out)]) == 0
    assert list(read_prediction_csv(out).columns) == columns


def test_several_files_go_to_a_folder_with_names_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    twin = tmp_path / "other" / "acetonitrile.extxyz"
    twin.write_text(Path(ACETONITRILE).read_text())
    folder = tmp_path / "out"
    assert main(["predict", ACETONITRILE, "--out", str(folder), FILM, str(twin)]) == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "acetonitrile.csv", "acetonitrile_2.csv", "benzene_film.csv",
    ]  # fmt: skip


def test_a_folder_can_hold_hdf5(tmp_path: Path) -> None:
    assert main(["predict", ACETONITRILE, FILM, "--out", str(tmp_path / "out"), "--format", "h5"]) == 0
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".h5"}


def test_one_bad_file_does_not_keep_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "out"
    assert main(["predict", str(STRUCTURES / "nan.xyz"), ACETONITRILE, "--out", str(folder)]) == 1
    assert [path.name for path in folder.iterdir()] == ["acetonitrile.csv"]
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("error: nan.xyz: ")
    assert lines[1].startswith("hint: ")


@pytest.mark.parametrize("words", [["--smiles", "CC#N"], ["CC#N", "--smiles"]])
def test_smiles(tmp_path: Path, words: list[str]) -> None:
    out = tmp_path / "out.csv"
    assert main(["predict", *words, "--out", str(out)]) == 0
    table = read_prediction_csv(out)
    assert table.header["smiles"] == "CC#N"
    assert table.sites == [0, 1]


def test_several_smiles_go_to_a_folder(tmp_path: Path) -> None:
    assert main(["predict", "--smiles", "C/C=C/C", "--smiles", "CO", "--out", str(tmp_path / "out")]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["CO.csv", "C_C=C_C.csv"]


def test_assumptions_and_doubts_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.csv"
    assert main(["predict", str(STRUCTURES / "benzene_without_hydrogens.cif"), "--out", str(out)]) == 0
    assert "notice: The file's formula is C6 H6, but it holds no hydrogen" in capsys.readouterr().err
    assert "no hydrogen" in read_prediction_csv(out).header["notices"]
    assert main(["predict", str(STRUCTURES / "close_contact.xyz"), "--out", str(out)]) == 0
    assert "C 0, C 1: outside the training data, as close contact" in capsys.readouterr().err
    header = read_prediction_csv(out).header
    assert header["outside_training_domain"] == "0 1"
    assert header["warnings"] == "atom 0: close contact | atom 1: close contact"


def test_the_network_and_the_device_are_handed_on(tmp_path: Path, formula: list[tuple]) -> None:
    words = ["predict", ACETONITRILE, "--network", "mine", "--device", "cpu", "--quiet"]
    assert main([*words, "--out", str(tmp_path / "out.csv")]) == 0
    assert formula == [("mine", "cpu")]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--polarisation", "1,0"], "three numbers"),
        (["--polarisation", "0,0,0"], "points nowhere"),
        (["--polarisation", "a,b,c"], "no direction"),
        (["--polarisation", "nan,0,0"], "finite"),
        (["--polarisation", "1,0,0", "--powder"], "exclude each other"),
        (["--polarisation", "1,0,0", "--theta", "3"], "exclude each other"),
        (["--phi", "3"], "needs --theta"),
        (["--experiment", "circular", "--theta", "3"], "no experiment “circular”"),
        (["--experiment", "elnes", "--theta", "3"], "--experiment elnes needs a beam"),
        (["--experiment", "linear", "--powder"], "exclude each other"),
        (["--experiment", "powder", "--theta", "3"], "“powder” has no direction"),
        (["--experiment", "unpolarised"], "“unpolarised” needs a direction"),
        (["--experiment", "partial", "--theta", "3"], "“partial” needs a degree"),
        (["--experiment", "partial", "--degree", "0.9"], "“partial” needs a direction"),
        (["--experiment", "partial", "--theta", "3", "--degree", "1.5"], "1.5 does not exist"),
        (["--experiment", "partial", "--theta", "3", "--degree", "high"], "“high” is not a number"),
        (["--degree", "0.9", "--theta", "3"], "“linear” has no degree"),
        (["--degree", "0.9"], "“powder” has no degree"),
        (["--theta", "steep"], "no angle"),
        (["--sites", "0,x"], "names no sites"),
        (["--sites", "5-2"], "no range"),
        (["--sites", ""], "No site"),
        (["--format", "h5"], "contradicts"),
        (["--nonsense"], "not understood"),
        (["--device"], "--device needs a value"),
    ],
)
def test_wrong_usage_ends_with_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], part: str
) -> None:
    assert main(["predict", ACETONITRILE, "--out", str(tmp_path / "out.csv"), *words]) == 2
    error, hint = capsys.readouterr().err.splitlines()
    assert error.startswith("error: ")
    assert part in error
    assert hint.startswith("hint: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ([], "--out is missing"),
        (["--out", "x.csv"], "Nothing to predict"),
        ([ACETONITRILE, "--out", "x.txt"], "neither CSV nor HDF5"),
        ([ACETONITRILE, FILM, "--out", "x.csv"], "cannot go into one file"),
    ],
)
def test_wrong_usage_of_files_ends_with_two(capsys: pytest.CaptureFixture[str], words: list[str], part: str) -> None:
    assert main(["predict", *words]) == 2
    assert part in capsys.readouterr().err.splitlines()[0]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ([str(STRUCTURES / "water.xyz"), "--edge", "C K"], "no C atom"),
        ([ACETONITRILE, "--sites", "99"], "no atom 99"),
        ([ACETONITRILE, "--sites", "0,2"], "Atom 2 is N"),
        ([ACETONITRILE, "--sites", "N"], "predicts C sites, not N"),
        (["--smiles", "nonsense"], "neither a SMILES string nor"),
        ([str(STRUCTURES / "no_atoms.xyz")], "no atoms"),
        ([str(STRUCTURES / "nan.xyz")], "not a finite number"),
        ([str(STRUCTURES / "overlapping.xyz")], "overlap"),
        ([str(STRUCTURES / "binary.xyz")], "binary"),
        ([str(STRUCTURES / "unknown_element.xyz")], "not a chemical element"),
        ([str(STRUCTURES)], "is a folder"),
        (["missing.xyz"], "no file"),
    ],
)
def test_unusable_input_ends_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], part: str
) -> None:
    assert main(["predict", *words, "--out", str(tmp_path / "out.csv")]) == 1
    error, hint = capsys.readouterr().err.splitlines()
    assert error.startswith("error: ")
    assert part in error
    assert hint.startswith("hint: ")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", ACETONITRILE, "--out", str(tmp_path / "none" / "out.csv")]) == 1
    assert "no folder" in capsys.readouterr().err


def test_a_recipe_is_done_to_what_is_predicted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare, done = tmp_path / "bare.csv", tmp_path / "done.csv"
    recipe = '{"steps": [{"kind": "energy_shift", "shift_ev": 0.4}, {"kind": "scale", "scale": 3.0}]}'
    assert main(["predict", ACETONITRILE, "--out", str(bare)]) == 0
    assert main(["predict", ACETONITRILE, "--recipe", recipe, "--out", str(done)]) == 0
    before, after = read_prediction_csv(bare), read_prediction_csv(done)
    np.testing.assert_allclose(after.energy_ev, before.energy_ev + 0.4)
    for name in before.columns:
        np.testing.assert_allclose(after.columns[name], 3.0 * before.columns[name], rtol=1e-9, atol=1e-12)
    assert any(key.startswith("step 1") for key in after.header)
    (tmp_path / "recipe.json").write_text(recipe, encoding="utf-8")
    assert main(["predict", ACETONITRILE, "--recipe", str(tmp_path / "recipe.json"), "--out", str(bare)]) == 0
    np.testing.assert_array_equal(read_prediction_csv(bare).columns["sum"], after.columns["sum"])


@pytest.mark.parametrize(
    ("recipe", "words"),
    [("{", "no recipe"), ('{"steps": [{"kind": "nothing"}]}', "nothing"), ("nowhere.toml", "no file")],
)
def test_a_recipe_that_cannot_be_is_told_before_a_network_is_loaded(tmp_path: Path, capsys, recipe, words) -> None:
    assert main(["predict", ACETONITRILE, "--recipe", recipe, "--out", str(tmp_path / "a.csv")]) != 0
    assert words in capsys.readouterr().err
    assert main(["predict", ACETONITRILE, "--tensor", "--recipe", "{}", "--out", str(tmp_path / "a.h5")]) == 2

@pytest.fixture
def conformers(tmp_path: Path) -> Path:
    """Two geometries of acetonitrile with shares of 70 and 30 %."""
    from xanesview.domain.conformer import Conformer
    from xanesview.io.structures.conformer_file import write_conformers
    from xanesview.io.structures.registry import read_structure

    one = read_structure(ACETONITRILE)
    frames = [
        one.replace(positions_angstrom=factor * one.positions_angstrom, conformer=Conformer(energy, share))
        for factor, energy, share in ((1.0, 0.0, 0.7), (1.02, 0.02, 0.3))
    ]
    write_conformers(tmp_path / "two.extxyz", frames)
    return tmp_path / "two.extxyz"


def test_the_mean_over_frames_says_of_what_it_is(conformers: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "mean.csv"
    assert main(["predict", str(conformers), "--mean", "--out", str(out)]) == 0
    table = read_prediction_csv(out)
    np.testing.assert_allclose(table.columns["site_1"], contracted(1, powder()), atol=1e-9)  # of each frame the same
    assert (table.header["frames"], table.header["shares"]) == ("2", "0.7000 0.3000")
    assert "mean of 2 frames" in capsys.readouterr().out


def test_a_mean_of_one_structure_or_of_one_frame_is_refused(conformers: Path, tmp_path: Path, capsys) -> None:
    out = str(tmp_path / "mean.csv")
    assert main(["predict", ACETONITRILE, "--mean", "--out", out]) == 1
    assert "no mean of frames" in capsys.readouterr().err
    assert main(["predict", str(conformers), "--mean", "--frame", "1", "--out", out]) == 2
    assert "exclude each other" in capsys.readouterr().err
