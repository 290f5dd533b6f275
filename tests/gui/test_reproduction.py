"""A curve copied as a command or as Python is the same curve where these are run, whatever is set in the window."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication

from xanesview.cli.main import main
from xanesview.domain.geometry.average import parse_average
from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss
from xanesview.domain.geometry.polarisation import LinearPolarisation, PartialPolarisation, Powder, Unpolarised
from xanesview.domain.processing.steps.registry import steps_from_dicts
from xanesview.errors import XanesviewError
from xanesview.gui.main_window import MainWindow
from xanesview.gui.settings import Settings
from xanesview.io.examples import find_example
from xanesview.io.spectra.tables import read_prediction_csv
from xanesview.shown.curve import Subject
from xanesview.shown.reproduction import as_python
from xanesview.shown.spectra import current_facts, current_spectrum, exported_spectra, in_sum

OBLIQUE = (0.1, 0.7, -0.3)
GEOMETRIES = {
    "linear": LinearPolarisation(OBLIQUE),
    "partial": PartialPolarisation(OBLIQUE, 0.85, (0.0, 0.2, 1.0)),
    "beam": PolarisedBeam((0.3, -0.4, 0.5), 0.9, (0.0, 0.0, 1.0), beam=(0.2, 0.1, -1.0)),
    "film": LinearPolarisation(OBLIQUE, normal=(0.0, 0.1, 1.0), average=parse_average("film")),
    "unpolarised": Unpolarised(OBLIQUE),
    "powder": Powder(),
    "elnes": ElectronEnergyLoss(OBLIQUE, collection_semi_angle_mrad=7.3, convergence_semi_angle_mrad=2.1,
                                detector_offset_mrad=3.0, detector_azimuth_deg=20.0, relativistic=False),
}  # fmt: skip


@pytest.fixture
def window(qtbot):
    """The window on thiophene with the program's own network, all carbons picked."""
    found = MainWindow(settings=Settings(fresh=True))
    with qtbot.waitExposed(found):
        found.show()
    found.opening.open_file(find_example("thiophene").path)
    qtbot.waitUntil(lambda: found.workspace.shown.drawn is not None, timeout=60_000)
    found.sites.pick_all()
    yield found
    found.close()
    found.deleteLater()


def curve(workspace):
    shown = workspace.shown
    return in_sum(shown, current_spectrum(shown), shown.sites)


def run_command(window, tmp_path, monkeypatch):
    """Copy the command, run it as a shell would, and return energies and sum."""
    window.named_actions["copy_command"].trigger()
    words = shlex.split(QGuiApplication.clipboard().text())
    assert words[:2] == ["xanesview", "predict"]
    monkeypatch.chdir(tmp_path)
    assert main(words[1:]) == 0
    table = read_prediction_csv(tmp_path / "curve.csv")
    return table.energy_ev, table.columns["sum"]


def run_python(window):
    window.named_actions["copy_python"].trigger()
    names: dict = {}
    exec(compile(QGuiApplication.clipboard().text(), "copied", "exec"), names)
    return names["energy_ev"], names["intensity"]


def check(window, tmp_path, monkeypatch) -> None:
    shown = curve(window.workspace)
    for energy, total in (run_command(window, tmp_path, monkeypatch), run_python(window)):
        np.testing.assert_allclose(energy, shown.energy_ev, atol=1e-6)
        np.testing.assert_allclose(total, shown.intensity, rtol=5e-5, atol=1e-8)


def test_every_kind_of_experiment_is_reproduced(window, tmp_path, monkeypatch):
    for geometry in GEOMETRIES.values():
        window.workspace.set_geometry(geometry)
        check(window, tmp_path, monkeypatch)


def test_sites_weights_width_axis_and_as_measured_are_reproduced(window, tmp_path, monkeypatch):
    workspace = window.workspace
    sites = workspace.session.picked
    workspace.set_geometry(LinearPolarisation((0.0, 0.6, 0.8)))
    workspace.set_site_weights({sites[0]: 2.0, sites[1]: 0.25})
    workspace.set_broadening(1.75)
    for as_measured, axis in ((False, "relative"), (True, "absolute")):
        workspace.set_as_measured(as_measured)
        workspace.set_axis(axis)
        check(window, tmp_path, monkeypatch)


@pytest.mark.parametrize("per_atom", [True, False])
def test_steps_of_processing_come_along(window, tmp_path, monkeypatch, per_atom):
    workspace = window.workspace
    workspace.set_per_atom(per_atom)
    workspace.set_geometry(LinearPolarisation(OBLIQUE))
    workspace.set_site_weights({workspace.session.picked[0]: 2.0})
    recipe = [
        {"kind": "energy_shift", "shift_ev": 0.31}, {"kind": "gaussian", "fwhm_ev": 1.7},
        {"kind": "arctangent_step", "height": 2e-4, "at_ev": 290.0, "width_ev": 5.0}, {"kind": "scale", "scale": 1.4},
    ]  # fmt: skip
    workspace.processing.set_steps(Subject("prediction"), steps_from_dicts(recipe), "process")
    shown = curve(workspace)
    energy, total = run_python(window)
    np.testing.assert_allclose(energy, shown.energy_ev, atol=1e-6)
    np.testing.assert_allclose(total, shown.intensity, rtol=5e-5, atol=1e-8)
    facts = next(one for one in exported_spectra(workspace.shown) if one.kind == "predicted").provenance
    assert ("steps_are_of" in facts) == per_atom
    energy, total = run_command(window, tmp_path, monkeypatch)
    np.testing.assert_allclose(energy, shown.energy_ev, atol=1e-6)
    np.testing.assert_allclose(total, shown.intensity, rtol=5e-5, atol=1e-8)


def test_a_molecule_from_smiles_is_built_again(window, qtbot, tmp_path, monkeypatch):
    window.opening.open_smiles("C=O")
    workspace = window.workspace
    qtbot.waitUntil(lambda: workspace.structure.formula == "CH2O" and workspace.shown.drawn is not None, timeout=60_000)
    workspace.set_geometry(LinearPolarisation(OBLIQUE))
    check(window, tmp_path, monkeypatch)


@pytest.mark.parametrize(("typed", "site"), [("CC(=O)C", 3), ("OCC#CC", 4)])
def test_sites_count_in_the_order_of_the_smiles_as_it_was_typed(window, qtbot, tmp_path, monkeypatch, typed, site):
    """Written otherwise, the same molecule has its atoms in another order, and the sites would be other ones."""
    window.opening.open_smiles(typed)
    workspace = window.workspace
    qtbot.waitUntil(
        lambda: workspace.structure.typed_smiles == typed and workspace.shown.drawn is not None, timeout=60_000
    )
    assert workspace.structure.smiles != typed
    workspace.pick([site])
    qtbot.waitUntil(lambda: workspace.shown.sites == (site,), timeout=60_000)
    workspace.set_geometry(LinearPolarisation(OBLIQUE))
    check(window, tmp_path, monkeypatch)
    assert current_facts(workspace.shown)["smiles"] == typed


def test_a_session_that_does_not_know_how_a_smiles_was_typed_is_told(window, qtbot):
    window.opening.open_smiles("CC(=O)C")
    workspace = window.workspace
    qtbot.waitUntil(lambda: bool(workspace.structure.typed_smiles) and workspace.shown.look is not None, timeout=60_000)
    older = workspace.structure.replace(typed_smiles="")
    with pytest.raises(XanesviewError, match="stands in no file"):
        as_python(workspace.shown.replace(session=workspace.session.replace(structure=older)))


def test_what_stands_in_no_file_is_told(window):
    said = []
    workspace = window.workspace
    workspace.message.connect(said.append)
    QGuiApplication.clipboard().setText("before")
    structure = workspace.structure
    window.opening.show_structure(structure.replace(positions_angstrom=structure.positions_angstrom * 1.01))
    window.named_actions["copy_command"].trigger()
    assert QGuiApplication.clipboard().text() == "before"
    assert said


def test_a_file_named_from_where_the_program_was_started_is_found_from_anywhere(window, qtbot, tmp_path, monkeypatch):
    start, elsewhere = tmp_path / "my structures", tmp_path / "elsewhere"
    for folder in (start, elsewhere):
        folder.mkdir()
    shutil.copy(find_example("formaldehyde").path, start / "h2co.extxyz")
    monkeypatch.chdir(start)
    window.opening.open_file(Path("h2co.extxyz"))
    workspace = window.workspace
    qtbot.waitUntil(lambda: workspace.structure.formula == "CH2O" and workspace.shown.drawn is not None, timeout=60_000)
    window.named_actions["copy_command"].trigger()
    text = QGuiApplication.clipboard().text()
    assert shlex.split(text)[2] == str(start / "h2co.extxyz")
    window.named_actions["copy_python"].trigger()
    assert repr(str(start / "h2co.extxyz")) in QGuiApplication.clipboard().text()
    shown = curve(workspace)
    monkeypatch.chdir(elsewhere)
    assert main(shlex.split(text)[1:]) == 0
    total = read_prediction_csv(elsewhere / "curve.csv").columns["sum"]
    np.testing.assert_allclose(total, shown.intensity, rtol=5e-5, atol=1e-8)


def test_a_bundle_on_no_path_is_named_by_its_place(window, monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(sys, "executable", "/opt/of mine/xanesview")
    window.named_actions["copy_command"].trigger()
    assert QGuiApplication.clipboard().text().startswith("'/opt/of mine/xanesview' predict example:thiophene")


def test_another_network_or_structure_than_the_copied_one_is_refused(window, tmp_path, monkeypatch, capsys):
    window.named_actions["copy_command"].trigger()
    words = shlex.split(QGuiApplication.clipboard().text())[1:]
    monkeypatch.chdir(tmp_path)
    for option, told in (("--network-hash", "would give other numbers"), ("--structure-hash", "not the structure")):
        other = words.copy()
        other[other.index(option) + 1] = "0123456789ab"
        assert main(other) == 1
        assert told in capsys.readouterr().err
    assert not (tmp_path / "curve.csv").exists()
    window.named_actions["copy_python"].trigger()
    text = QGuiApplication.clipboard().text()
    own = window.workspace.shown.card.weights_hash
    with pytest.raises(AssertionError, match="the network is another one"):
        exec(compile(text.replace(own, "0123456789ab"), "copied", "exec"), {})


def test_an_example_is_named_for_any_installation(window, tmp_path, monkeypatch):
    window.named_actions["copy_command"].trigger()
    assert "predict example:thiophene " in QGuiApplication.clipboard().text()
    check(window, tmp_path, monkeypatch)
