"""A molecule is put on the atom that is clicked; height and turn follow at once, and all is one step."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import graphene
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from tests.gui.acting import click, uncovered_atom
from xanesview.domain.structure import Structure
from xanesview.gui.dialogs.adsorbate import AdsorbateDialog

CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


@pytest.fixture
def opened(window, qtbot):
    """A sheet of graphene, and the dialog over it."""
    sheet = graphene(size=(3, 3, 1), vacuum=9.0)
    window.workspace.open_structure(
        Structure(sheet.numbers, sheet.positions, sheet.cell.array, [True, True, False], name="sheet")
    )
    qtbot.waitUntil(lambda: bool(window.plot.curves()))
    QTest.keyClick(window, Qt.Key.Key_S, CTRL_ALT)
    dialog = window.findChild(AdsorbateDialog)
    dialog.move(0, 0)
    return window, dialog


def typed(dialog, qtbot, smiles: str) -> None:
    QTest.keyClicks(dialog.smiles, smiles)
    qtbot.waitUntil(lambda: dialog._molecule is not None, timeout=20_000)


def test_the_site_is_clicked_and_the_height_typed_in_one_step(opened, qtbot):
    window, dialog = opened
    workspace, steps = window.workspace, window.workspace.undo_stack.count()
    camera = window.view.camera.rotation.copy()
    typed(dialog, qtbot, "O")
    assert workspace.structure.n_atoms == 21
    site = uncovered_atom(window, [k for k in range(17, -1, -1) if k != dialog.site])
    click(window.view, window.view.atoms_px()[site])
    assert dialog.site == site
    dialog.height.setValue(2.6)
    dialog.turn.setValue(40.0)
    oxygen = workspace.structure.symbols.index("O")
    foot = workspace.structure.positions_angstrom[site]
    assert workspace.structure.positions_angstrom[oxygen] - foot == pytest.approx([0.0, 0.0, 2.6], abs=1e-6)
    assert np.allclose(window.view.camera.rotation, camera), "seen from the same side"
    assert workspace.undo_stack.count() == steps + 1
    done = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    qtbot.mouseClick(done, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert not workspace.editing.is_active, "the mouse does what it did before"
    workspace.undo_stack.undo()
    assert workspace.structure.n_atoms == 18
    qtbot.waitUntil(lambda: not workspace.is_busy)


def test_absorbers_of_the_molecule_are_picked_and_cancel_takes_it_away(opened, qtbot):
    window, dialog = opened
    workspace, steps = window.workspace, window.workspace.undo_stack.count()
    typed(dialog, qtbot, "C")
    assert workspace.session.picked == (18,)
    dialog.lies.setChecked(True)
    dialog.reject()
    assert workspace.structure.n_atoms == 18
    assert workspace.undo_stack.count() == steps
    qtbot.waitUntil(lambda: not workspace.is_busy)
    assert len(workspace.session.picked) == 18 or workspace.session.picked[0] < 18


def test_what_is_no_smiles_is_said_and_the_dialog_stays(opened, qtbot):
    window, dialog = opened
    QTest.keyClicks(dialog.smiles, "C(")
    qtbot.waitUntil(lambda: "(" in dialog.problem.text() and not dialog._later.isActive(), timeout=20_000)
    assert dialog.isVisible()
    assert window.workspace.structure.n_atoms == 18
    dialog.reject()
