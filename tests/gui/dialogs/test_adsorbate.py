"""A molecule is put on the atom that is clicked; height and turn follow at once, and all is one step."""

from __future__ import annotations

import numpy as np
import pytest
from ase.build import fcc111, graphene
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from tests.gui.acting import LEFT, NONE, click, drag, mouse, uncovered_atom
from xanesview.domain.geometry.polarisation import Powder
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
    qtbot.waitUntil(lambda: dialog._placing.molecule is not None, timeout=20_000)


def test_the_site_is_clicked_and_the_height_typed_in_one_step(opened, qtbot):
    window, dialog = opened
    workspace, steps = window.workspace, window.workspace.undo_stack.count()
    camera = window.view.camera.rotation.copy()
    typed(dialog, qtbot, "O")
    assert workspace.structure.n_atoms == 21
    before = workspace.placing.stand.site.atoms[0]
    site = uncovered_atom(window, [k for k in range(17, -1, -1) if k != before])
    click(window.view, window.view.atoms_px()[site])
    assert workspace.placing.stand.site.atoms == (site,)
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


@pytest.fixture
def copper(window, qtbot):
    """Three layers of Cu(111), seen from above at a slant, and carbon monoxide over them."""
    atoms = fcc111("Cu", (4, 4, 3), vacuum=10.0)
    window.workspace.open_structure(
        Structure(atoms.numbers, atoms.positions, atoms.cell.array, [True, True, False], name="Cu(111)")
    )
    QApplication.processEvents()
    window.view.look_along(np.array([0.1, -0.5, 1.0]))
    QTest.keyClick(window, Qt.Key.Key_S, CTRL_ALT)
    dialog = window.findChild(AdsorbateDialog)
    dialog.move(0, 0)
    typed(dialog, qtbot, "[C-]#[O+]")
    return window, dialog


def mark(window, kind: str, stacking: str = "") -> tuple[int, np.ndarray]:
    """A site of a kind near the middle of the view, and where its mark is on the screen."""
    sites = window.workspace.placing.sites()
    places = window.view.camera.project(np.array([one.place_angstrom for one in sites]))[0]
    middle = 0.5 * np.array([window.view.width(), window.view.height()])
    wanted = [k for k, one in enumerate(sites) if (one.kind, one.stacking) == (kind, stacking)]
    free = [k for k in wanted if window.view.atom_at(*places[k]) < 48]
    chosen = min(free, key=lambda k: np.linalg.norm(places[k] - middle))
    return chosen, places[chosen]


def carbon(window) -> np.ndarray:
    return window.workspace.structure.positions_angstrom[48]


@pytest.mark.parametrize(
    ("kind", "stacking", "said"),
    [("bridge", "", "bridge between Cu"), ("hollow", "fcc", "fcc hollow between Cu"),
     ("hollow", "hcp", "hcp hollow between Cu")],
)  # fmt: skip
def test_a_click_between_atoms_takes_the_bridge_or_hollow(copper, kind, stacking, said):
    window, dialog = copper
    which, at = mark(window, kind, stacking)
    click(window.view, at)
    site = window.workspace.placing.sites()[which]
    assert carbon(window)[:2] == pytest.approx(site.place_angstrom[:2], abs=1e-6)
    gaps = np.linalg.norm(site.atoms_angstrom(window.workspace.placing.slab) - carbon(window), axis=1)
    assert gaps == pytest.approx(np.full(len(gaps), 2.08), abs=0.02), "it touches all of them"
    assert dialog.where.text().startswith(said)


def test_the_molecule_slides_under_the_mouse_and_stands_on_a_site_when_let_go(copper):
    window, dialog = copper
    workspace, view = window.workspace, window.view
    click(view, mark(window, "bridge")[1])
    steps, before, rotation = workspace.undo_stack.count(), carbon(window).copy(), view.camera.rotation.copy()
    start = view.atoms_px()[48]
    mouse(view, QEvent.Type.MouseButtonPress, start)
    for step in range(1, 9):
        mouse(view, QEvent.Type.MouseMove, start + np.array([7 * step, 3 * step]), NONE, LEFT)
    QApplication.processEvents()
    assert view.atoms_px()[48] == pytest.approx(start + np.array([56, 24]), abs=1.0), "it stays under the pointer"
    assert carbon(window)[2] == pytest.approx(before[2], abs=1e-9), "as high as before"
    mouse(view, QEvent.Type.MouseButtonRelease, start + np.array([56, 24]), LEFT, NONE)
    site = workspace.placing.stand.site
    assert carbon(window)[:2] == pytest.approx(site.place_angstrom[:2], abs=1e-6)
    assert np.array_equal(view.camera.rotation, rotation)
    assert workspace.undo_stack.count() == steps, "one step with what was before"
    dialog.accept()
    workspace.undo_stack.undo()
    assert workspace.structure.n_atoms == 48


def test_without_snapping_it_stays_beside(copper):
    window, dialog = copper
    dialog.snaps.setChecked(False)
    start = window.view.atoms_px()[48]
    drag(window.view, start, start + np.outer(np.linspace(0.2, 1.0, 5), [17, 9]))
    assert window.workspace.placing.stand.beside.any()
    assert " Å beside " in dialog.where.text()


def test_shift_lifts_it_ctrl_and_the_right_button_turn_it_and_the_numbers_follow(copper):
    window, dialog = copper
    view, height = window.view, dialog.height.value()
    start = view.atoms_px()[48]
    drag(view, start, start - np.outer(np.arange(1, 7), [0, 5]), Qt.KeyboardModifier.ShiftModifier)
    assert dialog.height.value() > height + 0.2
    assert carbon(window)[2] - window.workspace.placing.stand.site.place_angstrom[2] == pytest.approx(
        dialog.height.value(), abs=0.006
    )
    start = view.atoms_px()[49]
    drag(view, start, start + np.outer(np.arange(1, 6), [10, 0]), Qt.KeyboardModifier.ControlModifier)
    assert dialog.turn.value() == pytest.approx(30.0)
    right = Qt.MouseButton.RightButton
    start = view.atoms_px()[49]
    mouse(view, QEvent.Type.MouseButtonPress, start, right, right)
    for step in range(1, 6):
        mouse(view, QEvent.Type.MouseMove, start + np.array([-10 * step, 0]), NONE, right)
    mouse(view, QEvent.Type.MouseButtonRelease, start - np.array([50, 0]), right, NONE)
    assert dialog.turn.value() == pytest.approx(0.0, abs=0.01)


def test_another_key_in_the_middle_of_a_drag_goes_on_from_there_and_escape_puts_all_back(copper):
    window, dialog = copper
    view, before = window.view, window.workspace.structure.positions_angstrom.copy()
    start = view.atoms_px()[48]
    mouse(view, QEvent.Type.MouseButtonPress, start)
    mouse(view, QEvent.Type.MouseMove, start + np.array([20, 0]), NONE, LEFT)
    slid = carbon(window).copy()
    for up in (10, 20):
        mouse(view, QEvent.Type.MouseMove, start + np.array([20, -up]), NONE, LEFT, Qt.KeyboardModifier.ShiftModifier)
    assert carbon(window)[:2] == pytest.approx(slid[:2], abs=1e-6)
    assert carbon(window)[2] > slid[2]
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert np.array_equal(window.workspace.structure.positions_angstrom, before)
    assert dialog.isVisible(), "only the drag is given up"
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.workspace.structure.n_atoms == 48
    assert not dialog.isVisible()
    assert not window.view.is_placing


def test_another_structure_ends_it(copper):
    window, dialog = copper
    sheet = graphene(size=(2, 2, 1), vacuum=9.0)
    other = Structure(sheet.numbers, sheet.positions, sheet.cell.array, [True, True, False], name="other")
    window.workspace.open_structure(other)
    assert not dialog.isVisible()
    assert window.workspace.structure is other
    assert not window.view.is_placing


def undo(window, qtbot, redo: bool = False) -> None:
    """By keys, in the window beside the dialog."""
    keys = Qt.KeyboardModifier.ControlModifier
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_Z, keys | Qt.KeyboardModifier.ShiftModifier if redo else keys)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_undo_takes_the_molecule_away_and_the_dialog_with_it(copper, qtbot):
    window, dialog = copper
    workspace = window.workspace
    dialog.height.setValue(2.9)
    standing = workspace.structure
    undo(window, qtbot)
    assert workspace.structure.n_atoms == 48
    assert window.findChild(AdsorbateDialog) is None
    assert not workspace.placing.is_active
    assert not window.view.is_placing
    undo(window, qtbot, redo=True)
    assert workspace.structure.content_hash == standing.content_hash, "redo brings it back where it stood"
    assert not workspace.placing.is_active


def test_undo_of_what_was_done_beside_leaves_the_molecule_and_the_dialog(copper, qtbot):
    window, dialog = copper
    workspace = window.workspace
    workspace.set_geometry(Powder())
    undo(window, qtbot)
    assert workspace.structure.n_atoms == 50
    assert dialog.isVisible()
    dialog.height.setValue(2.9)
    assert carbon(window)[2] - workspace.placing.stand.site.place_angstrom[2] == pytest.approx(2.9, abs=1e-6)
    dialog.reject()
    assert workspace.structure.n_atoms == 48


def test_undo_under_the_hand_ends_the_drag_too(copper, qtbot):
    window, _dialog = copper
    view = window.view
    start = view.atoms_px()[48]
    mouse(view, QEvent.Type.MouseButtonPress, start)
    mouse(view, QEvent.Type.MouseMove, start + np.array([20, 0]), NONE, LEFT)
    undo(window, qtbot)
    mouse(view, QEvent.Type.MouseMove, start + np.array([40, 0]), NONE, LEFT)
    mouse(view, QEvent.Type.MouseButtonRelease, start + np.array([40, 0]), LEFT, NONE)
    QApplication.processEvents()
    assert window.workspace.structure.n_atoms == 48
    assert window.findChild(AdsorbateDialog) is None
    assert not window.workspace.editing.is_dragging


def test_benzene_upright_stands_on_the_surface_and_what_is_pressed_into_it_is_said(copper, qtbot):
    window, dialog = copper
    workspace, before = window.workspace, window.workspace.placing.molecule
    dialog.smiles.clear()
    QTest.keyClicks(dialog.smiles, "c1ccccc1")
    qtbot.waitUntil(lambda: workspace.placing.molecule is not before, timeout=20_000)
    positions = workspace.structure.positions_angstrom
    lowest = positions[48:, 2].min() - positions[:48, 2].max()
    assert 1.8 < lowest < 2.2, "hydrogen at 1.3 times the sum of the radii of Cu and H"
    upright = dialog.height.value()
    dialog.lies.setChecked(True)
    assert dialog.height.value() < upright, "as no height was given"
    dialog.lies.setChecked(False)
    assert dialog.height.value() == pytest.approx(upright)
    assert "closer than any bond" not in dialog.problem.text()
    start = window.view.atoms_px()[49]
    down = np.outer(np.arange(1, 9), [0, 8])
    mouse(window.view, QEvent.Type.MouseButtonPress, start)
    for step in down:
        mouse(window.view, QEvent.Type.MouseMove, start + step, NONE, LEFT, Qt.KeyboardModifier.ShiftModifier)
    assert "closer than any bond" in window.view._drag_words[0]
    mouse(window.view, QEvent.Type.MouseButtonRelease, start + down[-1], LEFT, NONE)
    assert dialog.height.value() < upright - 0.5
    assert "closer than any bond of the two" in dialog.problem.text()
    dialog.reject()
    qtbot.waitUntil(lambda: not workspace.is_busy)


def test_on_a_slab_of_a_cif_it_stands_as_high_as_on_any_other_and_within_the_view(window, qtbot):
    """CIF and POSCAR files write slabs as if they repeated across the vacuum."""
    atoms = fcc111("Cu", (3, 3, 3), vacuum=8.0)
    window.workspace.open_structure(
        Structure(atoms.numbers, atoms.positions, atoms.cell.array, [True, True, True], name="Cu(111)")
    )
    QApplication.processEvents()
    QTest.keyClick(window, Qt.Key.Key_S, CTRL_ALT)
    dialog = window.findChild(AdsorbateDialog)
    typed(dialog, qtbot, "[C-]#[O+]")
    assert dialog.height.value() == pytest.approx(2.08, abs=0.01)
    assert "C1" not in dialog.problem.text(), "nothing is pressed"
    dialog.reject()


def test_moves_that_follow_are_compared_with_the_molecule_as_it_was_put(opened, qtbot):
    window, dialog = opened
    work = window.workspace
    typed(dialog, qtbot, "C")
    done = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    qtbot.mouseClick(done, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not work.is_busy and work.shown.drawn is not None)
    assert not work.session.frozen
    put = work.structure.content_hash
    for height in (0.1, 0.2):
        place = work.structure.positions_angstrom[18] + np.array([0.0, 0.0, height])
        work.editing.place(18, place)
        qtbot.waitUntil(lambda: not work.is_busy)
        assert [one.look.name for one in work.session.frozen] == ["before the move"]
        assert work.session.frozen[0].spectrum.provenance["structure_hash"] == put
