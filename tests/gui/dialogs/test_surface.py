"""New surface: from the crystal that is shown to a slab beside it, by keys, undone in one step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from xanesview.gui.dialogs.surface import SurfaceDialog
from xanesview.paths import resource

PATIENT = {"timeout": 20_000}


@pytest.fixture
def dialog(window, qtbot):
    """The dialog over hematite, its first terminations found."""
    assert window.opening.open_file(resource("crystals/hematite_Fe2O3.cif"))
    qtbot.waitUntil(lambda: window.workspace.structure.formula == "Fe12O18", **PATIENT)
    window.named_actions["new_surface"].trigger()
    found = window.findChild(SurfaceDialog)
    qtbot.waitUntil(found.cut_button.isEnabled, **PATIENT)
    return found


def test_a_slab_opens_and_goes_with_one_undo(dialog, window, qtbot):
    dialog.miller.selectAll()
    qtbot.keyClicks(dialog.miller, "001")
    assert not dialog.cut_button.isEnabled()
    qtbot.waitUntil(dialog.cut_button.isEnabled, **PATIENT)
    assert dialog.termination.count() >= 2
    dialog.layers.setValue(1)
    assert "30 atoms" in dialog.problem.text()
    qtbot.keyClick(dialog.miller, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.workspace.structure.name.endswith("(001)"), **PATIENT)
    slab = window.workspace.structure
    assert slab.formula == "Fe12O18"
    assert slab.surface_normal.tolist() == [0, 0, 1]
    assert not window.named_actions["new_surface"].isEnabled(), "a slab is no crystal to cut"
    window.workspace.undo_stack.undo()
    assert not window.workspace.structure.name.endswith("(001)")
    assert window.named_actions["new_surface"].isEnabled()


def test_the_smallest_cell_is_told_and_cut(dialog, window, qtbot):
    dialog.miller.selectAll()
    qtbot.keyClicks(dialog.miller, "001")
    qtbot.waitUntil(lambda: "120 atoms" in dialog.problem.text(), **PATIENT)
    qtbot.keyClick(dialog.primitive, Qt.Key.Key_Space)
    assert dialog.primitive.isChecked()
    qtbot.waitUntil(lambda: "40 atoms" in dialog.problem.text(), **PATIENT)
    qtbot.keyClick(dialog.miller, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.workspace.structure.name.endswith("(001)"), **PATIENT)
    assert window.workspace.structure.formula == "Fe16O24"
    qtbot.waitUntil(lambda: not window.workspace.is_busy, **PATIENT)


def test_what_is_no_index_is_said_and_the_dialog_stays(dialog, window, qtbot):
    dialog.miller.selectAll()
    qtbot.keyClicks(dialog.miller, "0,0,0")
    qtbot.waitUntil(lambda: "no surface" in dialog.problem.text(), **PATIENT)
    assert not dialog.cut_button.isEnabled()
    qtbot.keyClick(dialog.miller, Qt.Key.Key_Return)
    assert dialog.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert window.workspace.structure.formula == "Fe12O18"


def test_faces_that_differ_are_said_before_the_cut(dialog):
    told = []
    for number in range(dialog.termination.count()):
        dialog.termination.setCurrentIndex(number)
        told.append(("dipole" in dialog.problem.text(), "differ" in dialog.termination.currentText()))
    assert all(said == differs for said, differs in told)


def test_a_molecule_has_no_surface(window):
    window.opening.open_example("benzene")
    assert not window.named_actions["new_surface"].isEnabled()
