"""Every kind of network on the command line: predict and plot, energies from E0, several networks in one figure."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.unit.inference.tiny_bundles import isd_painn_bundle, slab, xane3_bundle, xanesnet_bundle
from xanesview.cli import file_curves
from xanesview.cli.arguments import parsed
from xanesview.cli.main import main
from xanesview.domain.geometry.polarisation import linear
from xanesview.inference.predictor import load_predictor
from xanesview.io.examples import find_example, load_example
from xanesview.io.spectra.tables import read_prediction_csv
from xanesview.io.structures.xyz import write_xyz_lines

PYRIDINE = str(find_example("pyridine").path)


@pytest.fixture
def shelf(xanesview_home: Path) -> Path:
    """A user's folder with one network of each kind."""
    folder = xanesview_home / "data" / "networks"
    xane3_bundle(folder / "own_xane3")
    xanesnet_bundle(folder / "own_xanesnet")
    isd_painn_bundle(folder / "own_isd")
    return folder


def curves(*words: str):
    return [s for name in parsed(["plot", *words, "--out", "x.png"]).file
            for s in file_curves.curves_of(Path(name), parsed(["plot", *words, "--out", "x.png"]))]  # fmt: skip


def test_a_relative_network_writes_energies_from_e0_and_each_e0(shelf, tmp_path):
    assert main(["predict", PYRIDINE, "--network", "own_xane3", "--out", str(tmp_path / "a.csv")]) == 0
    table = read_prediction_csv(tmp_path / "a.csv")
    assert table.header["energies"] == "relative to E0"
    assert (table.energy_ev[0], table.energy_ev[-1]) == (-10.0, 20.0)
    assert len(table.header["e0_ev"].split()) == 5


def test_axis_moves_each_site_by_its_own_e0(shelf, tmp_path):
    words = ["predict", PYRIDINE, "--network", str(shelf / "own_xane3"), "--axis", "absolute"]
    assert main([*words, "--out", str(tmp_path / "a.csv")]) == 0
    assert main([*words, "--out", str(tmp_path / "a.h5")]) == 0
    table = read_prediction_csv(tmp_path / "a.csv")
    assert "energies" not in table.header
    structure = load_example("pyridine")
    tensor = load_predictor(shelf / "own_xane3").predict(structure, [0, 1, 2, 4, 5]).tensor.on_axis("absolute")
    np.testing.assert_allclose(table.energy_ev, tensor.energy_ev, rtol=1e-9)
    np.testing.assert_allclose(table.columns["site_2"], tensor.isotropic()[2], atol=1e-9)
    with h5py.File(tmp_path / "a.h5") as file:
        assert file.attrs["axis"] == "absolute"
        np.testing.assert_allclose(file["site/ip_ev"][:], tensor.ip_ev)


def test_an_axis_without_e0_is_refused(shelf, tmp_path, capsys):
    words = ["predict", PYRIDINE, "--network", "own_xanesnet", "--axis", "relative", "--out", str(tmp_path / "a.csv")]
    assert main(words) == 1
    assert "E0 of these sites is not known" in capsys.readouterr().err
    words = ["plot", PYRIDINE, "--network", "own_xane3", "--network", "own_xanesnet", "--axis", "relative"]
    assert main([*words, "--out", str(tmp_path / "a.png")]) == 1
    assert "error: own_xanesnet: E0 of these sites is not known" in capsys.readouterr().err


def test_a_directional_network_gives_its_own_answer(shelf, tmp_path, capsys):
    words = ["predict", PYRIDINE, "--network", "own_isd"]
    assert main([*words, "--polarisation", "0.3,-0.5,0.8", "--out", str(tmp_path / "a.csv")]) == 0
    table = read_prediction_csv(tmp_path / "a.csv")
    network = load_predictor(shelf / "own_isd")
    own = network.along(load_example("pyridine"), [0, 1, 2, 4, 5], linear([0.3, -0.5, 0.8]))
    np.testing.assert_allclose(table.columns["site_1"], own[1], atol=1e-5)
    assert table.header["answer"] == "the network's own for this direction"
    assert "fitted" not in capsys.readouterr().err, "nothing of the fit is in the file"
    assert main([*words, "--tensor", "--out", str(tmp_path / "b.csv")]) == 0
    assert read_prediction_csv(tmp_path / "b.csv").header["answer"] == "the tensor fitted to the network"
    assert "tensor fitted" in capsys.readouterr().err


@pytest.mark.parametrize("network", ["own_xane3", "own_xanesnet", "own_isd"])
def test_every_kind_predicts_a_slab(shelf, tmp_path, network):
    path = tmp_path / "slab.extxyz"
    path.write_text("\n".join(write_xyz_lines(slab(), extended=True)) + "\n")
    assert main(["predict", str(path), "--network", network, "--out", str(tmp_path / "a.csv")]) == 0
    assert read_prediction_csv(tmp_path / "a.csv").sites == [0, 1, 2, 3]


def test_plot_draws_what_was_predicted_on_the_other_axis(shelf, tmp_path):
    out = str(tmp_path / "a.csv")
    main(["predict", PYRIDINE, "--network", "own_xane3", "--out", out])
    (relative,), (absolute,) = curves(out), curves(out, "--axis", "absolute")
    assert (relative.axis, absolute.axis) == ("relative", "absolute")
    tensor = load_predictor("own_xane3").predict(load_example("pyridine"), [0, 1, 2, 4, 5]).tensor.on_axis("absolute")
    np.testing.assert_allclose(absolute.energy_ev, tensor.energy_ev, atol=1e-3)
    np.testing.assert_allclose(absolute.intensity, tensor.isotropic().sum(axis=0), atol=1e-3)


def test_plot_overlays_several_networks_on_one_scale_and_moves_a_measurement(shelf, tmp_path, capsys):
    (tmp_path / "m.txt").write_text("280 0.1\n285 1\n286 0.2\n290 0.6\n300 0.5\n")
    words = ["plot", PYRIDINE, "--network", "c_k_edge_tensor", "--network", "own_xane3", str(tmp_path / "m.txt")]
    assert main([*words, "--axis", "relative", "--out", str(tmp_path / "a.svg")]) == 0
    told = capsys.readouterr()
    assert "3 curves" in told.out
    assert "m was moved by an E0 of 290" in told.err
    drawing = (tmp_path / "a.svg").read_text()
    assert "own_xane3" in drawing
    assert "Energy from" in drawing
