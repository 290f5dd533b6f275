"""Spectra as measured from the command line, and the command that fits what that means."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.unit.cli.conftest import ENERGY_EV, FormulaPredictor, expected_components
from tests.unit.networks.small_bundles import make_bundle
from xanesview import api
from xanesview.cli.main import main
from xanesview.domain.processing.as_measured import AsMeasured
from xanesview.errors import XanesviewError
from xanesview.inference import predictor as inference
from xanesview.io.spectra.tables import read_prediction_csv
from xanesview.io.structures.registry import read_structure
from xanesview.networks.card import Card

ACETONITRILE = str(Path(__file__).parents[3] / "resources" / "examples" / "acetonitrile.extxyz")
HOW = AsMeasured(0.35, 0.5, 0.2)


@pytest.fixture
def fitted_formula(formula, monkeypatch: pytest.MonkeyPatch) -> None:
    """The formula's card says how it is drawn as measured."""
    card = replace(FormulaPredictor.card, raw={"as_measured": HOW.as_dict()})
    monkeypatch.setattr(FormulaPredictor, "card", card)


def test_numbers_are_as_computed_unless_asked(fitted_formula, tmp_path):
    out = tmp_path / "out.csv"
    assert main(["predict", ACETONITRILE, "--polarisation", "0,0,1", "--out", str(out)]) == 0
    table = read_prediction_csv(out)
    np.testing.assert_allclose(table.energy_ev, ENERGY_EV)
    np.testing.assert_allclose(table.columns["site_0"], expected_components(0)[2], atol=1e-9)
    assert table.header["drawn_as"] == "computed"


def test_as_measured_moves_and_broadens_and_says_so(fitted_formula, tmp_path):
    out, plain = tmp_path / "out.csv", tmp_path / "plain.csv"
    for words, path in ((["--as", "measured"], out), (["--as", "computed"], plain)):
        assert main(["predict", ACETONITRILE, *words, "--out", str(path)]) == 0
    table, computed = read_prediction_csv(out), read_prediction_csv(plain)
    np.testing.assert_allclose(table.energy_ev, computed.energy_ev + 0.35)
    assert table.header["drawn_as"] == f"measured: {HOW}"
    assert float(table.header["native_fwhm_ev"]) == pytest.approx(np.hypot(1.18, 0.5), abs=1e-3)
    areas = [np.trapezoid(one.columns["sum"], one.energy_ev) for one in (table, computed)]
    assert areas[0] == pytest.approx(areas[1], rel=1e-4), "no ionisation potential, no step: the area is kept"
    assert table.columns["sum"].max() < computed.columns["sum"].max()


@pytest.mark.parametrize("words", [["--tensor", "--out", "t.csv"], ["--out", "t.h5"]])
def test_tensors_are_written_as_computed_only(fitted_formula, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["predict", ACETONITRILE, "--as", "measured", *words]) == 2
    assert "Tensors are written as computed only" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_network_that_was_not_fitted_says_so(formula, tmp_path, capsys):
    out = tmp_path / "out.csv"
    assert main(["predict", ACETONITRILE, "--as", "measured", "--out", str(out)]) == 1
    told = capsys.readouterr().err
    assert "formula was not fitted to measured spectra" in told
    assert "xanesview calibrate" in told
    assert not out.exists()


def test_a_figure_is_drawn_as_measured_and_one_of_a_file_too(fitted_formula, tmp_path, monkeypatch, capsys):
    table, figure = tmp_path / "plain.csv", tmp_path / "figure.svg"
    assert main(["predict", ACETONITRILE, "--out", str(table)]) == 0
    assert main(["plot", ACETONITRILE, "--as", "measured", "--out", str(figure)]) == 0
    assert "as measured" in figure.read_text()
    assert str(HOW) in figure.read_text()
    assert main(["plot", str(table), "--as", "measured", "--out", str(figure)]) == 0
    assert "drawn as computed: it names no network that was fitted" in capsys.readouterr().err
    from xanesview.cli import file_curves

    info = type("Info", (), {"card": FormulaPredictor.card})
    monkeypatch.setattr(file_curves, "look_up", lambda name: info if name == "formula" else None)
    curve = drawn(table, "--as", "measured")
    np.testing.assert_allclose(curve.energy_ev, ENERGY_EV + 0.35)
    assert curve.provenance["drawn_as"] == f"measured: {HOW}"


def drawn(path: Path, *words: str):
    """The first curve that ``plot`` makes of a file."""
    from xanesview.cli.arguments import parsed
    from xanesview.cli.file_curves import curves_of

    return curves_of(path, parsed(["plot", str(path), *words, "--out", "x.svg"]))[0]


def test_a_file_that_is_as_measured_is_not_moved_again(fitted_formula, tmp_path):
    table = tmp_path / "measured.csv"
    assert main(["predict", ACETONITRILE, "--as", "measured", "--out", str(table)]) == 0
    np.testing.assert_allclose(drawn(table, "--as", "measured").energy_ev, ENERGY_EV + 0.35)


def test_a_script_asks_for_it(fitted_formula, formula):
    predicted = api.predict_with(FormulaPredictor(), read_structure(ACETONITRILE))
    before = predicted.tensor.components.copy()
    computed, measured = predicted.spectrum(), predicted.spectrum(as_measured=True)
    np.testing.assert_allclose(measured.energy_ev, computed.energy_ev + 0.35)
    np.testing.assert_array_equal(predicted.tensor.components, before)
    assert predicted.look(as_measured=True).measured == HOW
    assert predicted.look().measured is None


def test_a_script_is_told_where_it_can_t_be_had(formula):
    predicted = api.predict_with(FormulaPredictor(), read_structure(ACETONITRILE))
    with pytest.raises(XanesviewError, match="not fitted to measured"):
        predicted.spectrum(as_measured=True)


@pytest.fixture
def measured_folder(tmp_path: Path) -> Path:
    """Three molecules "measured" with the formula's own lines 0.35 eV higher."""
    folder = tmp_path / "measured"
    folder.mkdir()
    rows = ["file,smiles,element,state"]
    for name, smiles, n in (("methane", "C", 1), ("ethane", "CC", 2), ("propane", "CCC", 3)):
        total = sum(expected_components(atom)[:3].mean(0) for atom in range(n))
        lines = "\n".join(f"{e + 0.35:.4f},{i:.6f}" for e, i in zip(ENERGY_EV, 3.0 * total, strict=True))
        (folder / f"{name}_C.csv").write_text(f"energy,intensity\n{lines}\n")
        rows.append(f'{name}_C.csv,{smiles},C,"gas, 1.18 eV"')
    (folder / "index.csv").write_text("\n".join(rows) + "\n")
    return folder


def test_calibrate_writes_what_it_finds_to_the_card(formula, measured_folder, tmp_path, monkeypatch, capsys):
    bundle = make_bundle(tmp_path / "mine")
    before = json.loads((bundle / "card.json").read_text())
    from xanesview.training.calibration import fit

    monkeypatch.setattr(fit, "load_predictor", inference.load_predictor)
    words = ["calibrate", str(bundle), "--measured", str(measured_folder)]
    assert main([*words, "--keep-card"]) == 0
    assert json.loads((bundle / "card.json").read_text()) == before
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "shifted by +0.35 eV" in told
    assert "median of 3 files" in told
    after = json.loads((bundle / "card.json").read_text())
    block = after.pop("as_measured")
    assert after == before
    assert block["shift_ev"] == pytest.approx(0.35, abs=0.01)
    assert block["step_height"] == 0.0, "the formula gives no ionisation potential"
    assert block["fitted_on"] == ["methane_C", "ethane_C", "propane_C"]
    assert block["left_out"]["median_r"] > 0.99
    assert Card.from_json(bundle / "card.json").as_measured.shift_ev == block["shift_ev"]


def test_calibrate_says_what_a_folder_lacks(formula, tmp_path, capsys):
    bundle = make_bundle(tmp_path / "mine")
    assert main(["calibrate", str(bundle), "--measured", str(tmp_path)]) == 1
    assert "There is no index.csv" in capsys.readouterr().err
