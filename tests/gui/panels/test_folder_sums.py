"""Rows of the Folder panel summed with weights: typed, or by the energies of conformers."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.acting import shown
from tests.gui.fake_networks import ENERGY_EV
from tests.gui.panels.test_folder import NAMES, column, folder, mean_of, networks, panel  # noqa: F401
from xanesview.domain.conformer import ROOM_K
from xanesview.domain.ranking.conformers import boltzmann_shares
from xanesview.gui.dialogs.weighted_sum import WeightedSumDialog
from xanesview.gui.panels.folder.model import NAME
from xanesview.io.spectra.curve_table import read_curves_csv, write_csv
from xanesview.io.structures.registry import read_structure, structure_from_smiles
from xanesview.io.structures.xyz import write_xyz
from xanesview.shown.spectra import exported

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


def click_rows(panel, *names: str) -> None:  # noqa: F811
    for number, name in enumerate(names):
        index = panel.table.rows.index(column(panel, NAME).index(name), NAME)
        panel.table.scrollTo(index)
        held = CTRL if number else Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(panel.table.viewport(), LEFT, held, panel.table.visualRect(index).center())


def asked(panel, window) -> WeightedSumDialog:  # noqa: F811
    QTest.mouseClick(panel.sum_button, LEFT)
    return window.findChild(WeightedSumDialog)


def type_weight(box, text: str) -> None:
    box.lineEdit().selectAll()
    QTest.keyClicks(box.lineEdit(), text)
    QTest.keyClick(box.lineEdit(), Qt.Key.Key_Tab)


def test_typed_weights_lay_the_mean_on_the_plot_in_one_step(panel, benzene_window, tmp_path):  # noqa: F811
    workspace = benzene_window.workspace
    click_rows(panel, "toluene", "cut")
    assert not panel.sum_button.isEnabled()
    assert "two predicted structures" in panel.sum_button.toolTip()
    click_rows(panel, "benzene", "toluene")
    dialog = asked(panel, benzene_window)
    assert [box.value() for box in dialog.weights] == [0.5, 0.5]
    for box, text in zip(dialog.weights, ("1.4", "0.6"), strict=True):
        type_weight(box, text)
    assert dialog.outcome.text() == "0.7 benzene + 0.3 toluene"
    steps = workspace.undo_stack.count()
    QTest.mouseClick(dialog.ok_button, LEFT)
    (kept,) = workspace.session.frozen
    assert workspace.undo_stack.count() == steps + 1
    expected = 0.7 * mean_of(range(6), 12) + 0.3 * mean_of(range(7), 15)
    np.testing.assert_allclose(kept.spectrum.energy_ev, ENERGY_EV)
    np.testing.assert_allclose(kept.spectrum.intensity / kept.n_atoms, expected, atol=1e-6)
    QApplication.processEvents()
    (drawn,) = shown(benzene_window, "frozen")
    assert drawn.label == "0.7 benzene + 0.3 toluene"
    np.testing.assert_allclose(drawn.intensity, expected, atol=1e-6)
    path = tmp_path / "kept.csv"
    write_csv(path, [one for curve, one in exported(workspace.shown) if curve is not None and curve.role == "frozen"])
    (read,) = read_curves_csv(path)
    assert read.label == "0.7 benzene + 0.3 toluene"
    told = read.provenance
    assert told["shares"] == "benzene 70.00 %, toluene 30.00 %"
    assert told["weights"] == "shares of absorbing atoms"
    assert told["drawn_as"].partition(":")[0] in ("computed", "measured")
    assert {"shift_ev", "added_fwhm_ev", "atoms"} <= set(told)
    assert told["network"]
    workspace.undo_stack.undo()
    assert not workspace.session.frozen


def test_weights_of_nothing_and_of_other_molecules_are_refused(panel, benzene_window):  # noqa: F811
    click_rows(panel, "benzene", "toluene")
    dialog = asked(panel, benzene_window)
    for box in dialog.weights:
        type_weight(box, "0")
    assert not dialog.ok_button.isEnabled()
    assert "add up to nothing" in dialog.outcome.text()
    QTest.mouseClick(dialog.energy_button, LEFT)
    assert "C6H6 and C7H8: they are not one molecule" in dialog.outcome.text()
    dialog.reject()
    assert not benzene_window.workspace.session.frozen


def test_conformers_are_weighed_by_their_energies(benzene_window, tmp_path, qtbot):
    pytest.importorskip("tblite")
    from xanesview.reference.engine.gfn2 import energy_ev

    one = structure_from_smiles("CC=O")
    place = tmp_path / "conformers"
    place.mkdir()
    for name, factor in (("a", 1.0), ("b", 1.004)):
        write_xyz(place / f"{name}.xyz", one.replace(positions_angstrom=factor * one.positions_angstrom))
    benzene_window.opening.open_paths([place])
    found = benzene_window.tabs["Folder"]
    qtbot.waitUntil(lambda: len(found.candidates.rows) == 2 and not found.candidates.is_busy, timeout=20_000)
    click_rows(found, "a", "b")
    dialog = asked(found, benzene_window)
    QTest.mouseClick(dialog.energy_button, LEFT)
    assert "0 of 2" in dialog.outcome.text()
    assert not dialog.ok_button.isEnabled()
    QTest.mouseClick(dialog.stop_button, LEFT)
    assert not dialog.engine.is_running
    assert dialog.ok_button.isEnabled()
    QTest.mouseClick(dialog.energy_button, LEFT)
    qtbot.waitUntil(dialog.energy_button.isEnabled, timeout=60_000)
    energies = [energy_ev(read_structure(place / f"{name}.xyz")) for name in "ab"]
    shares = boltzmann_shares(energies, ROOM_K)
    assert [box.value() for box in dialog.weights] == pytest.approx(shares.tolist(), abs=1e-4)
    assert 0.02 < shares.min() < 0.49, "they differ"
    QTest.mouseClick(dialog.ok_button, LEFT)
    (kept,) = benzene_window.workspace.session.frozen
    assert kept.spectrum.provenance["weights"] == "exp(−E/kT) of GFN2-xTB energies as they lie, 298.15 K"
