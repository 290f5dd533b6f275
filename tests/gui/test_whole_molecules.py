"""Molecules that a cell's faces cut are drawn and picked whole; a switch shows them as the file has them."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import molecule
from PySide6.QtCore import Qt

from tests.gui.acting import click, current, uncovered_atom
from xanesview.domain.structure import Structure
from xanesview.gui.settings import Settings
from xanesview.gui.view3d.flat_view import FlatView


def benzene_crystal() -> Structure:
    atoms = molecule("C6H6")
    return Structure(atoms.numbers, atoms.positions % 8.0, np.eye(3) * 8.0, [True] * 3, name="cut benzene")


@pytest.fixture
def crystal(window, qtbot):
    """The window with a benzene whose atoms lie at all corners of the cell."""
    window.opening.show_structure(benzene_crystal())
    qtbot.waitUntil(lambda: bool(window.plot.curves()))
    return window


def width_angstrom(view) -> float:
    """Largest distance between atoms as they are drawn."""
    places = view._shapes.positions_angstrom
    return float(np.linalg.norm(places[:, None] - places[None], axis=2).max())


def test_a_cut_molecule_is_drawn_whole_and_picked_where_it_is_drawn(crystal, qtbot):
    view = crystal.view
    assert width_angstrom(view) == pytest.approx(4.97, abs=0.1)  # from hydrogen to opposite hydrogen
    atom = uncovered_atom(crystal, range(6))
    click(view, view.atoms_px()[atom])
    assert crystal.workspace.session.picked == (atom,)
    middle = view.arrow.origin_angstrom
    assert middle == pytest.approx(view._shapes.positions_angstrom[atom])


def test_the_key_switches_and_predictions_stay_the_same(crystal, qtbot):
    window, view = crystal, crystal.view
    structure, before, asked = window.workspace.structure, current(window).copy(), window.workspace.shown.prediction
    action = window.named_actions["whole_molecules"]
    assert action.isEnabled()
    assert action.isChecked()
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_O)
    assert not action.isChecked()
    assert not window.settings.whole_molecules
    assert width_angstrom(view) > 8.0
    assert window.workspace.structure is structure
    assert window.workspace.shown.prediction is asked
    assert np.array_equal(current(window), before)
    assert window.workspace.undo_stack.count() == 0 or "whole" not in window.workspace.undo_stack.undoText()
    qtbot.keyClick(view, Qt.Key.Key_O)
    assert width_angstrom(view) < 5.2
    assert np.array_equal(current(window), before)


def test_rings_colours_and_side_stay_when_molecules_come_together(crystal):
    view = crystal.view
    view.set_atom_colours({0: "#ff0000"})
    turned, rings = view.camera.rotation.copy(), dict(view._picked)
    crystal.named_actions["whole_molecules"].trigger()
    assert tuple(view._shapes.colours[0]) == (255, 0, 0)
    assert np.array_equal(view.camera.rotation, turned)
    assert view._picked == rings
    assert rings


def test_where_nothing_is_cut_there_is_nothing_to_switch(benzene_window):
    assert not benzene_window.named_actions["whole_molecules"].isEnabled()
    benzene_window.opening.open_example("hematite_001")
    assert benzene_window.workspace.structure.is_periodic
    assert not benzene_window.named_actions["whole_molecules"].isEnabled()


def test_the_next_window_draws_as_the_last(qtbot, networks):
    from xanesview.gui.main_window import MainWindow

    settings = Settings(fresh=True)
    settings.whole_molecules = False
    window = MainWindow(networks=networks, settings=settings, network="fake")
    with qtbot.waitExposed(window):
        window.show()
    window.make_view()
    window.opening.show_structure(benzene_crystal())
    assert not window.named_actions["whole_molecules"].isChecked()
    assert width_angstrom(window.view) > 8.0
    window.close()
    window.deleteLater()


def test_the_flat_view_does_the_same(qtbot):
    view = FlatView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.set_structure(benzene_crystal())
    whole = view.image()
    view.set_whole_molecules(False)
    assert width_angstrom(view) > 8.0
    assert view.image() != whole
