"""Window and command line give the same numbers, with the program's own network."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog

import xanesview
from xanesview.cli.main import main
from xanesview.domain.geometry.polarisation import Powder
from xanesview.gui.main_window import MainWindow
from xanesview.gui.settings import Settings
from xanesview.io.examples import find_example
from xanesview.io.spectra.curves import exported_curves, write_curves
from xanesview.io.spectra.tables import read_prediction_csv
from xanesview.shown.curves import curves
from xanesview.shown.spectra import current_spectrum, exported_spectra, site_spectra


@pytest.fixture
def real_window(qtbot):
    window = MainWindow(settings=Settings(fresh=True))
    with qtbot.waitExposed(window):
        window.show()
    window.opening.open_file(find_example("thiophene").path)
    qtbot.waitUntil(lambda: bool(window.plot.curves()), timeout=60_000)
    window.workspace.set_as_measured(False)  # the command line's default
    window.workspace.set_per_atom(False)
    yield window
    window.close()
    window.deleteLater()


def command_line(path: Path, *arguments: str) -> tuple[np.ndarray, np.ndarray, dict]:
    """Energies, sum, and the columns of the sites as `xanesview predict` writes them."""
    assert main(["predict", str(find_example("thiophene").path), *arguments, "--out", str(path)]) == 0
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    names = lines[0].split(",")
    table = np.array([[float(x) for x in line.split(",")] for line in lines[1:]])
    columns = dict(zip(names, table.T, strict=True))
    read_prediction_csv(path)  # and its own reader takes it
    return columns.pop("energy_ev"), columns.pop("sum"), columns


@pytest.mark.slow
def test_any_direction_and_powder_agree_to_single_precision(real_window, tmp_path, monkeypatch):
    workspace = real_window.workspace
    real_window.sites.pick_all()
    workspace.set_geometry(workspace.geometry.with_direction((0.6, 0.0, 0.8)))
    energy, total, sites = command_line(tmp_path / "linear.csv", "--polarisation", "0.6,0,0.8")
    shown = current_spectrum(workspace.shown)
    np.testing.assert_allclose(shown.energy_ev, energy, rtol=1e-9)
    np.testing.assert_allclose(shown.intensity, total, rtol=2e-6, atol=1e-8)
    for site in workspace.session.picked:
        curve = next(c for c in curves(workspace.shown) if c.key == f"site-{site}")
        np.testing.assert_allclose(curve.intensity, sites[f"site_{site}"], rtol=2e-6, atol=1e-8)
    workspace.set_geometry(Powder.like(workspace.geometry))
    _, powder, _ = command_line(tmp_path / "powder.csv", "--powder")
    np.testing.assert_allclose(current_spectrum(workspace.shown).intensity, powder, rtol=2e-6, atol=1e-8)
    exported = tmp_path / "window.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(exported), ""))
    real_window.named_actions["export_data"].trigger()
    rows = [line for line in exported.read_text().splitlines() if not line.startswith("#")]
    first = np.array([[float(x) for x in row.split(",")[:2]] for row in rows[1 : len(powder) + 1]])
    np.testing.assert_allclose(first[:, 1], powder, rtol=2e-6, atol=1e-8)


@pytest.mark.slow
def test_files_of_window_and_command_line_tell_the_same_of_where_numbers_come_from(real_window, tmp_path):
    workspace = real_window.workspace
    real_window.sites.pick_all()
    workspace.set_geometry(workspace.geometry.with_direction((0.6, 0.0, 0.8)))
    workspace.curves.freeze()
    command_line(tmp_path / "line.csv", "--polarisation", "0.6,0,0.8")
    told = read_prediction_csv(tmp_path / "line.csv").header
    window = tmp_path / "window.csv"
    write_curves(window, exported_spectra(workspace.shown))
    first, *others = exported_curves(window)
    only_there = {"program", "date", "polarisation", "direction", "device", "energy_unit", "intensity_unit",
                  "native_fwhm_ev", "weight_tensor"}  # fmt: skip
    for key in told.keys() - only_there:
        assert first.provenance[key] == told[key], key
    for key in ("direction", "weight_tensor"):  # normalised by different ways, so that the last digit differs
        numbers = [[float(x) for x in re.findall(r"-?\d[\d.e-]*", one[key])] for one in (first.provenance, told)]
        np.testing.assert_allclose(*numbers, atol=1e-12)
    e0 = dict(zip(told["sites"].split(), told["e0_ev"].split(), strict=True))
    assert len(e0) == 4
    single = [one for one in others if one.provenance["sites"] in e0]
    assert {one.provenance["sites"]: one.provenance["e0_ev"] for one in single} == e0
    frozen = next(one for one in others if one.kind == "frozen")
    assert frozen.provenance["e0_ev"] == told["e0_ev"]
    mean = np.mean([float(x) for x in e0.values()])
    assert float(frozen.provenance["mean_e0_ev"]) == pytest.approx(mean, abs=1e-3)


@pytest.mark.slow
def test_a_width_gives_the_same_in_window_command_line_and_script(real_window, tmp_path):
    workspace = real_window.workspace
    real_window.sites.pick_all()
    workspace.set_geometry(workspace.geometry.with_direction((0.0, 0.0, 1.0)))
    workspace.set_broadening(2.0)
    _, total, sites = command_line(tmp_path / "wide.csv", "--polarisation", "0,0,1", "--fwhm", "2")
    shown = current_spectrum(workspace.shown)
    assert shown.native_fwhm_ev == 2.0
    np.testing.assert_allclose(shown.intensity, total, rtol=2e-6, atol=1e-8)
    predicted = xanesview.predict(xanesview.read(find_example("thiophene").path))
    script = predicted.spectrum((0.0, 0.0, 1.0), fwhm_ev=2.0)
    np.testing.assert_allclose(script.intensity, total, rtol=1e-8, atol=1e-12)
    drawn = {curve.key: curve.intensity for curve in curves(workspace.shown)}
    for site, exported in site_spectra(workspace.shown).items():
        np.testing.assert_array_equal(drawn[f"site-{site}"], exported.intensity)
        np.testing.assert_allclose(exported.intensity, sites[f"site_{site}"], rtol=2e-6, atol=1e-8)


@pytest.mark.slow
def test_as_measured_gives_the_same_in_window_command_line_and_script(real_window, tmp_path):
    workspace = real_window.workspace
    real_window.sites.pick_all()
    workspace.set_geometry(workspace.geometry.with_direction((0.0, 0.0, 1.0)))
    computed = current_spectrum(workspace.shown)
    workspace.set_as_measured(True)
    energy, total, _ = command_line(tmp_path / "measured.csv", "--polarisation", "0,0,1", "--as", "measured")
    shown, how = current_spectrum(workspace.shown), workspace.shown.measured
    np.testing.assert_allclose(shown.energy_ev, energy, rtol=1e-9)
    np.testing.assert_allclose(shown.intensity, total, rtol=2e-6, atol=1e-8)
    np.testing.assert_allclose(energy - computed.energy_ev, how.shift_ev, atol=1e-6)
    predicted = xanesview.predict(xanesview.read(find_example("thiophene").path))
    script = predicted.spectrum((0.0, 0.0, 1.0), as_measured=True)
    np.testing.assert_allclose(script.intensity, total, rtol=1e-8, atol=1e-12)
    header = read_prediction_csv(tmp_path / "measured.csv").header
    assert header["drawn_as"] == f"measured: {how}"
    e0 = [float(word) for word in header["e0_ev"].split()]
    np.testing.assert_allclose(e0, workspace.shown.prediction.tensor.ip_ev + how.shift_ev, atol=1e-3)


def test_a_width_below_the_networks_own_is_refused(tmp_path, capsys):
    words = ["predict", str(find_example("thiophene").path), "--fwhm", "0.1", "--out", str(tmp_path / "a.csv")]
    assert main(words) == 1
    assert "below the prediction's own" in capsys.readouterr().err
