"""info, networks, plot, evaluate and train through the command line."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.unit.cli.conftest import STRUCTURES
from tests.unit.networks.small_bundles import make_bundle
from tests.unit.training.absorption_tensor.test_training import write_data
from xanesview.cli import file_curves
from xanesview.cli.arguments import parsed
from xanesview.cli.main import main
from xanesview.domain.spectrum import Spectrum
from xanesview.io.examples import find_example, load_reference_tensor
from xanesview.io.spectra.curves import write_curves
from xanesview.paths import resource
from xanesview.training import kinds

BENZENE = str(find_example("benzene").path)
REFERENCE = str(find_example("benzene").references[0])


def test_info_tells_structure_sites_and_notices(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", BENZENE, str(STRUCTURES / "benzene_without_hydrogens.cif"), "--smiles", "CC(=O)[O-]"]) == 0
    out = capsys.readouterr().out
    assert "Benzene: C6H6, 12 atoms" in out
    assert "2 C 1 H" in out
    assert "notice      The file's formula is C6 H6" in out
    assert "a = 8.000 Å" in out
    assert "charge      -1" in out


def test_info_tells_which_sites_are_equivalent(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(find_example("pyridine").path)]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "class" in line]
    carbons = [line.split()[-1] for line in lines if not line.endswith("none")][:5]
    assert len(set(carbons)) == 3


def test_info_of_a_slab_and_of_a_reference(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(find_example("benzene_film").path), REFERENCE]) == 0
    out = capsys.readouterr().out
    assert "surface normal (0.000, 0.000, 1.000)" in out
    assert "278.00 to 312.00 eV" in out
    assert "Transition-potential" in out


def test_networks_lists_the_shelf_with_what_is_wrong(xanesview_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shelf = xanesview_home / "data" / "networks"
    make_bundle(shelf / "zz_mine")
    make_bundle(shelf / "zz_odd", gives="dreams")
    make_bundle(shelf / "zz_bare")
    (shelf / "zz_bare" / "weights.safetensors").unlink()
    assert main(["networks"]) == 0
    out = capsys.readouterr().out
    assert "A test network" in out
    assert "280.0–305.0 eV" in out
    assert "gives “dreams”, which is unknown" in out
    assert "weights.safetensors) are missing" in out
    assert str(shelf) in out


def test_info_names_the_networks_of_an_element(xanesview_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_bundle(xanesview_home / "data" / "networks" / "zz_mine", elements=["C", "H", "O"])
    make_bundle(xanesview_home / "data" / "networks" / "zz_no_oxygen")
    assert main(["info", str(STRUCTURES / "ethanol.mol"), str(xanesview_home / "data" / "networks" / "zz_mine")]) == 0
    out = capsys.readouterr().out
    assert "zz_mine" in next(line for line in out.splitlines() if "C: 2 sites" in line)
    assert "zz_mine" not in next(line for line in out.splitlines() if "O: 1 site;" in line)
    assert "zz_no_oxygen" not in out, "a network that refuses the structure does not suit it"
    assert "A test network" in out


def test_a_missing_network_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["predict", BENZENE, "--network", "unobtainium", "--out", str(tmp_path / "x.csv")]) == 1
    assert "no network 'unobtainium'" in capsys.readouterr().err


@pytest.mark.parametrize("suffix", ["svg", "pdf", "png"])
def test_plot_writes_figures(tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / f"figure.{suffix}"
    assert main(["plot", REFERENCE, "--polarisation", "-1,0,0", "--range", "280,300", "--out", str(out)]) == 0
    start = {"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG"}[suffix]
    assert out.read_bytes().startswith(start)
    assert ": 1 curve\n" in capsys.readouterr().out


def test_plot_contracts_tensors_with_the_polarisation() -> None:
    tensor = load_reference_tensor(REFERENCE)
    arguments = parsed(["plot", REFERENCE, "--polarisation", "0,0,-1", "--sites", "0,3", "--out", "x.svg"])
    curves = file_curves.curves_of(Path(REFERENCE), arguments)
    assert [curve.kind for curve in curves] == ["computed", "computed"]
    np.testing.assert_allclose(curves[1].intensity, tensor.components[3, 2])
    assert "site 3" in curves[1].label


@pytest.mark.usefixtures("formula")
@pytest.mark.parametrize(
    "words", [["--out", "p.csv"], ["--tensor", "--out", "p.csv"], ["--out", "p.h5"]], ids=["csv", "tensor csv", "h5"]
)
def test_plot_draws_what_predict_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    light = [] if "--tensor" in words else ["--polarisation", "0,0,1"]
    assert main(["predict", BENZENE, *light, *words]) == 0
    asked = ["--polarisation", "0,0,1"] if "--tensor" in words else []
    curve, *others = file_curves.curves_of(Path(words[-1]), parsed(["plot", words[-1], *asked, "--out", "x.svg"]))
    assert others == []
    assert curve.intensity.max() == pytest.approx(np.max(curve.intensity))
    from tests.unit.cli.conftest import expected_components

    expected = sum(expected_components(atom)[2] for atom in range(6))
    np.testing.assert_allclose(curve.intensity, expected, atol=1e-8)
    assert main(["plot", words[-1], "--polarisation", "0,0,-3", "--out", "x.svg"]) == 0  # ε and −ε are the same
    text = Path("x.svg").read_text(encoding="utf-8")
    assert "Benzene" in text


@pytest.mark.usefixtures("formula")
@pytest.mark.parametrize("name", ["p.csv", "p.h5"])
@pytest.mark.parametrize(
    "words",
    [
        ["--experiment", "unpolarised", "--polarisation", "1,0,0"],
        ["--experiment", "partial", "--degree", "0.8", "--theta", "30", "--phi", "40"],
        ["--powder"],
    ],
    ids=["unpolarised", "partial", "powder"],
)
def test_plot_draws_the_experiment_that_predict_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["predict", BENZENE, *words, "--out", name]) == 0
    (own,) = file_curves.curves_of(Path(name), parsed(["plot", name, "--out", "x.svg"]))
    (asked,) = file_curves.curves_of(Path(name), parsed(["plot", name, *words, "--out", "x.svg"]))
    np.testing.assert_allclose(own.intensity, asked.intensity, atol=1e-8)
    (structure,) = file_curves.curves_of(Path(BENZENE), parsed(["plot", BENZENE, *words, "--out", "x.svg"]))
    np.testing.assert_allclose(own.intensity, structure.intensity, atol=1e-8)
    if name == "p.csv":
        assert main(["plot", name, "--experiment", "partial", "--degree", "0.7", "--theta", "0", "--out", "x.svg"]) == 1
        assert "can't be changed" in capsys.readouterr().err


@pytest.mark.usefixtures("formula")
def test_plot_cannot_turn_a_spectrum_of_one_polarisation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["predict", BENZENE, "--polarisation", "0,0,1", "--out", "p.csv"]) == 0
    assert main(["plot", "p.csv", "--polarisation", "1,0,0", "--out", "x.svg"]) == 1
    assert "can't be changed" in capsys.readouterr().err
    assert main(["plot", "p.csv", "--powder", "--out", "x.svg"]) == 1


def test_plot_scales_a_measurement_to_the_calculation_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tensor = load_reference_tensor(REFERENCE)
    measured = tmp_path / "measured.dat"
    total = 250.0 * tensor.isotropic().sum(axis=0)
    np.savetxt(measured, np.column_stack([tensor.energy_ev, total]))
    assert main(["plot", REFERENCE, str(measured), "--out", str(tmp_path / "x.svg")]) == 0
    assert "measured was multiplied by 0.004" in capsys.readouterr().err
    assert "measured (scaled)" in (tmp_path / "x.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        ([REFERENCE, "--out", "x.doc"], 2, "no figure"),
        ([REFERENCE, "--out", "x.svg", "--range", "300,280"], 2, "is empty"),
        ([REFERENCE, "--out", "x.svg", "--range", "wide"], 2, "no range"),
        ([REFERENCE, "--out", "x.svg", "--sites", "99"], 1, "no spectrum of atom 99"),
        ([REFERENCE, "--out", "x.svg", "--width", "1"], 2, "--width is “1”; it goes from 20"),
        ([BENZENE, "--out", "x.svg", "--network", "nowhere"], 1, "There is no network"),
        ([str(STRUCTURES / "prose.txt"), "--out", "x.svg"], 1, "prose.txt"),
    ],
)
def test_plot_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: list[str], code: int, part: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["plot", *words]) == code
    assert part in capsys.readouterr().err.splitlines()[0]
    assert list(tmp_path.iterdir()) == []


def test_evaluate_lists_every_site_with_its_error_and_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = write_data(tmp_path / "d.h5"), tmp_path / "out.json"
    assert main(["evaluate", "c_k_edge_tensor", "--data", str(data), "--split", "val", "--json", str(out)]) == 0
    told = json.loads(out.read_text())
    assert f"{told['mse_mean']:.4f}" in capsys.readouterr().out
    assert (told["split"], told["n_sites"], len(told["sites"])) == ("val", 6, 6)
    assert np.mean([one["mse"] for one in told["sites"]]) == pytest.approx(told["mse_mean"], rel=1e-6)
    for one in told["sites"]:
        assert set(one) == {"structure", "smiles", "atom", "mse", "expected_mse", "warning", "reasons"}
        assert one["warning"] in ("none", "uncertain", "outside")
        assert bool(one["reasons"]) is (one["warning"] != "none")
        assert one["expected_mse"] > 0.0
    outside = [one["warning"] == "outside" for one in told["sites"]]
    assert 100.0 * np.mean(outside) == pytest.approx(told["outside_domain_percent"])


def test_evaluate_grades_a_finished_bundle_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, folder = write_data(tmp_path / "d.h5", n=36), tmp_path / "mine"
    shutil.copytree(resource("networks", "c_k_edge_tensor"), folder)
    assert main(["evaluate", str(folder), "--data", str(data), "--grade", "--json"]) == 0
    found = capsys.readouterr()
    assert "warnings, bands and measures of val, test" in found.err
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert card["domain"]["bonded_elements"]["C: H H O"] >= 1
    assert "C: C C H" not in card["domain"]["bonded_elements"]
    assert card["metrics"]["val"]["band_direction_holds_percent"] == pytest.approx(68.0, abs=1.0)
    told = json.loads(found.out)
    assert told["band_holds_percent"] == pytest.approx(card["metrics"]["test"]["band_holds_percent"], rel=1e-4)
    assert main(["evaluate", str(folder), "--symmetry", "--grade"]) == 2
    assert "follow from errors" in capsys.readouterr().err


def test_train_hands_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, config = tmp_path / "d.h5", tmp_path / "c.toml"
    data.write_bytes(b"x")
    config.write_text("")
    asked: list[tuple] = []
    monkeypatch.setattr(kinds, "train", lambda *words: asked.append(words))
    words = ["train", "tensor", "--data", str(data), "--config", str(config), "--out", str(tmp_path / "net")]
    assert main(words) == 0
    assert main([*words, "--resume"]) == 0
    expected = ("tensor", [data], config, tmp_path / "net")
    assert main([*words, "--from", "c_k_edge_tensor"]) == 0
    start = {"training": {"start": "c_k_edge_tensor"}}
    assert asked == [(*expected, False, None), (*expected, True, None), (*expected, False, start)]


def test_train_refuses_an_unknown_kind_and_missing_data(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["train", "oracle", "--data", "d.h5", "--out", "x"]) == 2
    assert "oracle" in capsys.readouterr().err
    assert main(["train", "tensor", "--data", str(tmp_path / "none.h5"), "--out", str(tmp_path / "x")]) == 1
    assert "no file" in capsys.readouterr().err


@pytest.mark.parametrize("ending", [".csv", ".h5"])
def test_plot_reads_the_curves_that_the_window_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    energy = np.linspace(280.0, 300.0, 30)
    kinds_of_curves = ["predicted", "predicted", "measured", "computed", *["frozen"] * 8]
    spectra = [
        Spectrum(energy, k + np.sin(energy), label=f"run {k}, {k}", kind=kind, provenance={"structure_hash": f"h{k}"})
        for k, kind in enumerate(kinds_of_curves)
    ]
    write_curves(tmp_path / f"v{ending}", spectra)
    out = tmp_path / "v.svg"
    assert main(["plot", str(tmp_path / f"v{ending}"), "--out", str(out)]) == 0
    assert "12 curves" in capsys.readouterr().out
    drawing = out.read_text(encoding="utf-8")
    assert all(re.search(f">run {k},( {k})?<", drawing) for k in range(12)), "in one line or two"
    assert "h11" in drawing  # provenance
    assert main(["plot", str(tmp_path / f"v{ending}"), "--polarisation", "0,0,1", "--out", str(out)]) != 0
    told = capsys.readouterr().err
    assert "belongs to structures and predictions" in told or "can't be changed" in told


def test_a_frame_of_a_trajectory_is_chosen_by_its_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "stretching.xyz"
    path.write_text("".join(f"2\nframe\nC 0 0 0\nO 0 0 {1.1 + 0.1 * k}\n" for k in range(4)))
    assert main(["info", str(path)]) == 0
    assert "frame       4 of 4" in capsys.readouterr().out
    assert main(["info", str(path), "--frame", "2"]) == 0
    told = capsys.readouterr().out
    assert "frame       2 of 4" in told
    assert "1.2 Å" in told
    assert main(["info", str(path), "--frame", "5"]) == 1
    assert "holds 4 structures; there is no frame 5" in capsys.readouterr().err
    assert main(["info", str(path), "--frame", "0"]) == 2
    assert "no frame" in capsys.readouterr().err
