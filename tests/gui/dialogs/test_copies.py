"""New copies: a supercell in a tab of its own, and the mean of rattled copies beside the current curve."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import graphene
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests.gui.acting import shown
from xanesview.domain.structure import Structure
from xanesview.gui.dialogs.copies import SIGMA, THERMAL, CopiesDialog

CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


def asked(window) -> CopiesDialog:
    QTest.keyClick(window, Qt.Key.Key_N, CTRL_ALT)
    return window.findChild(CopiesDialog)


def choose(dialog: CopiesDialog, how: str) -> None:
    dialog.how.setCurrentIndex(dialog.how.findData(how))


def test_a_supercell_of_a_slab_opens_beside_it(window, qtbot):
    sheet = graphene(size=(2, 2, 1), vacuum=8.0)
    slab = Structure(sheet.numbers, sheet.positions, sheet.cell.array, [True, True, False], name="sheet")
    window.workspace.open_structure(slab)
    qtbot.waitUntil(lambda: bool(window.plot.curves()))
    dialog = asked(window)
    assert not dialog.repeat[2].isEnabled(), "nothing repeats across the slab"
    dialog.repeat[0].setValue(3)
    dialog.strain[1].setValue(2.0)
    assert dialog.problem.text().startswith("24 atoms")
    qtbot.mouseClick(dialog.make_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.workspace.structure.n_atoms == 24)
    assert len(window.workspace.session.structures) == 2
    lengths = [np.linalg.norm(one.cell_angstrom[:2], axis=1) for one in (window.workspace.structure, slab)]
    assert lengths[0] / lengths[1] == pytest.approx([3.0, 1.02])
    window.workspace.undo_stack.undo()
    assert window.workspace.structure is slab


def test_the_mean_of_rattled_copies_is_one_curve_with_its_spread_and_one_step(benzene_window, qtbot, networks):
    window, before = benzene_window, len(networks.asked)
    dialog = asked(window)
    assert not dialog.repeat[0].isEnabled()
    choose(dialog, SIGMA)
    dialog.sigma.setValue(0.03)
    dialog.count.setValue(4)
    qtbot.mouseClick(dialog.make_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(shown(window, "frozen")), timeout=20_000)
    assert len(networks.asked) == before + 4
    (curve,) = shown(window, "frozen")
    assert curve.label == "mean of 4 copies, σ 0.03 Å"
    frozen = window.workspace.session.frozen[0].spectrum
    # the analytic network knows nothing of positions: all copies are alike
    assert frozen.band == pytest.approx(np.zeros_like(frozen.intensity), abs=1e-12)
    assert curve.intensity == pytest.approx(shown(window, "current")[0].intensity)
    assert window.workspace.undo_stack.undoText() == "add mean of 4 copies, σ 0.03 Å"
    window.workspace.undo_stack.undo()
    assert window.workspace.session.frozen == ()


def test_several_copies_stand_in_a_tab_whose_row_leafs_through_them(benzene_window, qtbot):
    window, work = benzene_window, benzene_window.workspace
    shown_before = work.structure
    dialog = asked(window)
    choose(dialog, SIGMA)
    dialog.count.setValue(3)
    qtbot.mouseClick(dialog.make_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(work.session.structures) == 2)
    assert work.structure is shown_before, "what the mean is compared with"
    qtbot.waitUntil(lambda: bool(shown(window, "frozen")), timeout=20_000)
    work.show_tab(1)
    qtbot.waitUntil(window.frame_row.isVisible)
    assert window.frame_row.number.maximum() == 3
    places = []
    for number in (1, 2, 3):
        window.frame_row.number.setValue(number)
        qtbot.waitUntil(lambda n=number: work.structure.frame == n - 1)
        places.append(work.structure.positions_angstrom)
    assert not np.allclose(places[0], places[1])
    assert not np.allclose(places[1], places[2])
    assert not np.allclose(places[0], shown_before.positions_angstrom)


def test_what_cannot_be_made_is_said_and_the_dialog_stays(benzene_window, qtbot):
    dialog = asked(benzene_window)
    qtbot.mouseClick(dialog.make_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Nothing is to be changed" in dialog.problem.text())
    choose(dialog, THERMAL)
    assert "σ is 0." in dialog.problem.text()
    assert dialog.isVisible()
    dialog.reject()


def test_no_letter_of_a_field_is_drawn_with_its_sign(benzene_window):
    """A label whose field is a row of boxes has no buddy by itself, and shows "&Cells"."""
    dialog = asked(benzene_window)
    labels = [label for label in dialog.findChildren(QLabel) if "&" in label.text()]
    assert labels
    assert all(label.buddy() is not None for label in labels)
    dialog.reject()
