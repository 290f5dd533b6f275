"""Window and command line give the same numbers, with the program's own network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog

from xanesview.cli.main import main
from xanesview.domain.geometry.polarisation import Powder
from xanesview.gui.main_window import MainWindow
from xanesview.gui.settings import Settings
from xanesview.io.examples import find_example
from xanesview.io.spectra.tables import read_prediction_csv
from xanesview.shown.curves import curves
from xanesview.shown.spectra import current_spectrum


@pytest.fixture
def real_window(qtbot):
    window = MainWindow(settings=Settings(fresh=True))
    with qtbot.waitExposed(window):
        window.show()
    window.opening.open_file(find_example("thiophene").path)
    qtbot.waitUntil(lambda: bool(window.plot.curves()), timeout=60_000)
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
