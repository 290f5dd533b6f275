"""Options that would do nothing, or nothing sensible, are refused in one sentence."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from xanesview.cli.main import main
from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.spectra.curve_table import read_curves_csv, write_csv
from xanesview.networks.bundle import load_weights, save_bundle, save_card
from xanesview.networks.card import CARD, WEIGHTS, find_bundle, list_bundles

ENERGY = np.linspace(280.0, 305.0, 101)


@pytest.fixture
def columns(tmp_path: Path) -> Path:
    path = tmp_path / "a.dat"
    path.write_text("# energy mu\n" + "".join(f"{e:.2f} {1 / (1 + np.exp(285 - e)):.5f}\n" for e in ENERGY))
    return path


@pytest.mark.parametrize(
    "words",
    [
        ["--fwhm", "3"], ["--theta", "20"], ["--polarisation", "0,0,1"], ["--powder"], ["--network", "no_such_network"],
        ["--as", "measured"], ["--sites", "0,1"], ["--edge", "C K"], ["--frame", "2"],
    ],
)  # fmt: skip
def test_options_for_predictions_are_refused_for_measured_curves(columns, tmp_path, capsys, words):
    out = tmp_path / "a.svg"
    assert main(["plot", str(columns), "--out", str(out), *words]) == 2
    assert "belongs to structures" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(("asked", "code"), [("900,1000", 1), ("280,290", 0)])
def test_a_range_without_a_point_is_refused(columns, tmp_path, capsys, asked, code):
    assert main(["plot", str(columns), "--out", str(tmp_path / "a.svg"), "--range", asked]) == code
    assert ("No curve has a point" in capsys.readouterr().err) == bool(code)


def test_a_picture_of_the_window_needs_a_structure(columns, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert main(["gui", "--fresh", str(columns), "--screenshot", str(tmp_path / "a.png")]) == 1
    assert "needs a structure" in capsys.readouterr().err


def test_an_endless_title_is_refused_before_it_is_set(columns, tmp_path, capsys):
    assert main(["plot", str(columns), "--out", str(tmp_path / "a.svg"), "--title", "W" * 100_000]) == 1
    assert "100,000 characters is too long" in capsys.readouterr().err


@pytest.mark.parametrize("signal", ["mu/0", "ln(-mu)", "mu-mu*1e400"])
def test_a_signal_without_any_value_is_refused(columns, tmp_path, capsys, signal):
    assert main(["convert", str(columns), "--signal", signal, "--out", str(tmp_path / "a.csv")]) == 1
    assert "no number that can be used" in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize("name", ["=A1+B1", "+mu", "-mu", "@SUM(A1)"])
def test_names_that_look_like_formulas_are_text_and_come_back(tmp_path, capsys, name):
    source = tmp_path / "a.csv"
    source.write_text(f"energy,{name}\n" + "".join(f"{e:.2f},{e / 300:.4f}\n" for e in ENERGY))
    for target in ("b.csv", "c.csv"):
        assert main(["convert", str(source), "--out", str(tmp_path / target)]) == 0
        source = tmp_path / target
        head = next(row for row in csv.reader(source.read_text().splitlines()) if not row[0].startswith("#"))
        assert head == ["energy_ev", f"'{name}"]


@pytest.mark.parametrize("label", ["=1+1", "@x", "plain"])
def test_labels_of_curves_come_back(tmp_path, label):
    write_csv(tmp_path / "a.csv", [Spectrum(ENERGY, ENERGY, label=label, band=ENERGY)])
    assert read_curves_csv(tmp_path / "a.csv")[0].label == label
    assert not any(line.startswith("=") or ",=" in line for line in (tmp_path / "a.csv").read_text().splitlines())


@pytest.mark.parametrize("field", ["collection_semi_angle_mrad", "convergence_semi_angle_mrad", "detector_offset_mrad"])
def test_angles_beyond_a_radian_are_no_electron_microscope(field):
    with pytest.raises(XanesviewError, match="at most 1,000 mrad"):
        ElectronEnergyLoss(**{field: 1e9})


@pytest.mark.parametrize("tolerance", ["1e9", "0.51", "0", "-1"])
def test_a_tolerance_is_less_than_a_bond(tmp_path, capsys, tolerance):
    words = ["--orbits", "--tolerance", tolerance, "--out", str(tmp_path / "a.csv")]
    assert main(["predict", "a.xyz", *words]) == 2
    assert "Å" in capsys.readouterr().err


def test_weights_of_another_training_are_refused(tmp_path):
    source = find_bundle("c_k_edge_xane3")
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in (CARD, WEIGHTS):
        shutil.copy(source / name, folder / name)
    load_weights(folder)
    with (folder / WEIGHTS).open("r+b") as stream:
        stream.seek(-100, 2)
        byte = stream.read(1)
        stream.seek(-100, 2)
        stream.write(bytes([byte[0] ^ 1]))
    with pytest.raises(XanesviewError, match="The weights of mine are not those its card was written for"):
        load_weights(folder)


def test_a_card_that_is_written_again_tells_of_the_weights_beside_it(tmp_path):
    """Training adds to the weights what it learns of their features, and writes the card it had before."""
    card = {"name": "mine"}
    save_bundle(tmp_path, card, {"member0.a": torch.ones(3)})
    save_bundle(tmp_path, card, load_weights(tmp_path) | {"domain.b": torch.ones(2)})
    save_card(tmp_path, {**card, "weights_hash": "0" * 12})
    assert set(load_weights(tmp_path)) == {"member0.a", "domain.b"}


def test_weights_that_come_with_the_program_are_those_of_their_cards():
    cards = [info.card for info in list_bundles() if info.card is not None and info.card.raw.get("weights_hash")]
    assert cards
    assert [card.name for card in cards if card.raw["weights_hash"] != card.weights_hash] == []
