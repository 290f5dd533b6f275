"""Atoms are dragged with the mouse, the spectrum follows, and each drag is one step; as a user does it."""

from __future__ import annotations

import dataclasses
import json
import sys

import numpy as np
import pytest
from ase import Atoms
from ase.build import fcc111, graphene, molecule
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.acting import LEFT, NONE, click, current, drag, mouse, shown, uncovered_atom
from tests.gui.fake_networks import FakePredictor
from tests.gui.test_relaxation import FAKE
from xanesview.domain.editing.atoms import is_edited
from xanesview.domain.structure import Structure, bonds
from xanesview.errors import XanesviewError
from xanesview.gui.panels import number_field
from xanesview.gui.session import structure_editing
from xanesview.gui.view3d.flat_view import FlatView
from xanesview.gui.window.edit_link import EditLink
from xanesview.reference.engine.gfn2 import is_relaxed

SHIFT = Qt.KeyboardModifier.ShiftModifier


def press(window, key: Qt.Key, keys=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, keys)
    QApplication.processEvents()


@pytest.fixture
def moving(benzene_window, qtbot):
    """Benzene in the window, with the mode for moving atoms switched on by its key."""
    window = benzene_window
    window.view.setFocus()
    press(window, Qt.Key.Key_G)
    settle(window, qtbot)
    return window


@pytest.fixture
def slab_window(window, qtbot):
    """A sheet of graphene with an oxygen atom standing on it."""
    atoms = graphene(size=(3, 3, 1), vacuum=8.0)
    numbers = np.append(atoms.numbers, 8)
    places = np.vstack([atoms.positions, atoms.positions[8] + [0.0, 0.0, 1.4]])
    window.workspace.open_structure(Structure(numbers, places, atoms.cell.array, [True, True, False], name="sheet"))
    qtbot.waitUntil(lambda: bool(window.plot.curves()))
    window.view.setFocus()
    press(window, Qt.Key.Key_G)
    settle(window, qtbot)
    return window


def settle(window, qtbot) -> None:
    """Wait until the row stands above the view, which is as high as before without it."""
    qtbot.waitUntil(lambda: window.edit_row.isVisible())
    for _ in range(3):
        QApplication.processEvents()
    assert window.view.camera.height == window.view.height()


def positions(window) -> np.ndarray:
    return np.array(window.workspace.structure.positions_angstrom)


def pull(window, atom: int, way=(40, 0), keys=Qt.KeyboardModifier.NoModifier, steps: int = 5) -> None:
    start = window.view.atoms_px()[atom]
    drag(window.view, start, start + np.outer(np.linspace(0.2, 1.0, steps), way), keys)


def visible_hydrogen(window) -> int:
    return uncovered_atom(window, range(6, 12))


def rest(window, qtbot) -> None:
    """Wait until what was asked for is there."""
    qtbot.waitUntil(lambda: not window.workspace.is_busy and bool(shown(window, "current")))


def test_a_drag_moves_one_atom_in_the_plane_of_the_screen_as_one_step(moving, qtbot):
    window, view = moving, moving.view
    before, steps, atom = positions(window), window.workspace.undo_stack.count(), visible_hydrogen(moving)
    camera = view.camera.rotation.copy()
    at = view.atoms_px()[atom]
    pull(window, atom, (36, -22))
    away = positions(window) - before
    assert np.abs(np.delete(away, atom, axis=0)).max() == 0.0
    assert view.atoms_px()[atom] == pytest.approx(at + np.array([36, -22]), abs=0.5), "it stays under the pointer"
    assert away[atom] @ view.camera.rotation[2] == pytest.approx(0.0, abs=1e-9)
    assert np.array_equal(view.camera.rotation, camera), "the scene has not turned"
    assert window.workspace.undo_stack.count() == steps + 1
    assert window.workspace.undo_stack.undoText() == f"move H{atom - 5}"
    rest(window, qtbot)
    press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert np.array_equal(positions(window), before)
    assert shown(window, "frozen") == []
    assert np.array_equal(view.camera.rotation, camera)
    press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | SHIFT)
    assert is_edited(window.workspace.structure)


def test_without_the_mode_the_same_drag_turns_the_scene(benzene_window):
    window = benzene_window
    before, rotation = positions(window), window.view.camera.rotation.copy()
    pull(window, visible_hydrogen(window))
    assert np.array_equal(positions(window), before)
    assert not np.allclose(window.view.camera.rotation, rotation)


def test_the_spectrum_follows_while_the_button_is_down_and_nothing_else_is_rebuilt(moving, qtbot, networks):
    window, view, atom = moving, moving.view, visible_hydrogen(moving)
    told = []
    window.workspace.structure_changed.connect(lambda: told.append("structure"))
    asked = len(networks.asked)
    start = view.atoms_px()[atom]
    mouse(view, QEvent.Type.MouseButtonPress, start)
    for step in range(1, 6):
        mouse(view, QEvent.Type.MouseMove, start + np.array([8 * step, 0]), NONE, LEFT)
    with qtbot.waitSignal(window.workspace.editing.predicted):
        pass
    assert len(networks.asked) > asked
    assert set(networks.asked[-1]) == set(range(6)), "the picked sites"
    assert told == [], "lists hear of it when the atoms rest"
    assert [curve.label for curve in shown(window, "frozen")] == ["before the move"]
    mouse(view, QEvent.Type.MouseButtonRelease, start + np.array([40, 0]), LEFT, NONE)
    assert told == ["structure"]
    assert bool(shown(window, "current")), "no gap between the drag and the rest"
    rest(window, qtbot)


def test_the_curve_is_that_of_the_place_where_the_atom_is_held(moving, qtbot, monkeypatch):
    window, view, atom = moving, moving.view, visible_hydrogen(moving)
    predict, start = FakePredictor.predict, view.atoms_px()[atom]
    before, away = current(window).copy(), positions(window)[atom]

    def stretched(self, structure, sites, **how):
        answer = predict(self, structure, sites, **how)
        factor = 1.0 + np.linalg.norm(structure.positions_angstrom[atom] - away)
        tensor = dataclasses.replace(answer.tensor, components=factor * answer.tensor.components)
        return dataclasses.replace(answer, tensor=tensor)

    monkeypatch.setattr(FakePredictor, "predict", stretched)
    mouse(view, QEvent.Type.MouseButtonPress, start)
    for step in range(1, 9):
        mouse(view, QEvent.Type.MouseMove, start + np.array([6 * step, 0]), NONE, LEFT)
        QApplication.processEvents()

    def factor() -> float:
        return 1.0 + float(np.linalg.norm(positions(window)[atom] - away))

    assert factor() > 1.1
    qtbot.waitUntil(lambda: current(window) == pytest.approx(factor() * before))
    (frozen,) = shown(window, "frozen")
    assert frozen.intensity == pytest.approx(before), "both stand beside each other while the button is down"
    mouse(view, QEvent.Type.MouseButtonRelease, start + np.array([48, 0]), LEFT, NONE)
    rest(window, qtbot)
    assert current(window) == pytest.approx(factor() * before)
    window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: current(window) == pytest.approx(before))


def test_moves_that_come_faster_than_answers_ask_for_the_newest_only(moving, qtbot, networks):
    window, view, atom = moving, moving.view, visible_hydrogen(moving)
    networks.gate.clear()
    asked = len(networks.asked)
    start = view.atoms_px()[atom]
    mouse(view, QEvent.Type.MouseButtonPress, start)
    for step in range(1, 30):
        mouse(view, QEvent.Type.MouseMove, start + np.array([2 * step, step]), NONE, LEFT)
    qtbot.waitUntil(lambda: len(networks.asked) == asked + 1)
    networks.gate.set()
    qtbot.waitUntil(lambda: len(networks.asked) == asked + 2)
    editing = window.workspace.editing
    qtbot.waitUntil(lambda: editing._number is None and editing._answer is not None)  # all that was asked is answered
    assert editing._asked is window.workspace.structure
    mouse(view, QEvent.Type.MouseButtonRelease, start + np.array([58, 29]), LEFT, NONE)
    rest(window, qtbot)
    assert len(networks.asked) == asked + 2, "what was answered for the last place is not asked for again"


def test_with_shift_an_atom_moves_along_its_bond(moving):
    window, atom = moving, visible_hydrogen(moving)
    before = positions(window)
    bond = before[atom] - before[atom - 6]
    out = window.view.camera.rotation[:2] @ bond
    pull(window, atom, 30 * out / np.linalg.norm(out) * [1, -1] + [0, 6], SHIFT)
    away = positions(window)[atom] - before[atom]
    assert np.linalg.norm(away) > 0.1
    assert np.abs(np.cross(away, bond)).max() == pytest.approx(0.0, abs=1e-9)


def test_escape_takes_a_drag_back_then_leaves_the_mode(moving, qtbot):
    window, view, atom = moving, moving.view, visible_hydrogen(moving)
    before, steps = positions(window), window.workspace.undo_stack.count()
    start = view.atoms_px()[atom]
    mouse(view, QEvent.Type.MouseButtonPress, start)
    for step in range(1, 6):
        mouse(view, QEvent.Type.MouseMove, start + np.array([9 * step, 0]), NONE, LEFT)
    assert not np.array_equal(positions(window), before)
    press(window, Qt.Key.Key_Escape)
    assert np.array_equal(positions(window), before)
    assert view.atoms_px()[atom] == pytest.approx(start)
    assert window.workspace.undo_stack.count() == steps
    assert not window.workspace.undo_stack.canRedo()
    assert window.workspace.editing.is_active, "the drag was the newest"
    mouse(view, QEvent.Type.MouseButtonRelease, start + np.array([50, 0]), LEFT, NONE)
    rest(window, qtbot)
    press(window, Qt.Key.Key_Escape)
    assert not window.workspace.editing.is_active
    assert not window.edit_row.isVisible()
    assert not window.named_actions["edit_atoms"].isChecked()
    assert window.workspace.session.picked == tuple(range(6))


def test_the_mode_is_seen_in_view_row_and_toolbar(moving):
    window = moving
    assert window.view._foreground().mode is not None
    assert window.named_actions["edit_atoms"].isChecked()
    assert window.edit_row.atom.text() == "Click or drag an atom"
    qbutton = window.edit_row.done_button
    click(qbutton, (5, 5))
    assert window.view._foreground().mode is None


def test_a_click_chooses_an_atom_and_shift_still_picks_sites(moving):
    window, view = moving, moving.view
    carbon = uncovered_atom(window, range(6))
    click(view, view.atoms_px()[carbon])
    assert window.edit_row.atom.text() == f"C{carbon + 1}"
    assert len(window.workspace.session.picked) == 6
    click(view, view.atoms_px()[carbon], SHIFT)
    assert len(window.workspace.session.picked) == 5


def test_an_absorber_that_is_dragged_keeps_pick_weight_and_arrow(moving, qtbot):
    window = moving
    atom = uncovered_atom(window, range(6))
    window.workspace.pick((atom,))
    window.workspace.set_site_weight(atom, 2.0)
    rest(window, qtbot)
    geometry = window.workspace.geometry
    pull(window, atom, (14, 10))
    assert window.workspace.session.picked == (atom,)
    assert window.workspace.session.weight_of(atom) == 2.0
    assert window.workspace.geometry == geometry
    assert window.view.arrow.origin_angstrom == pytest.approx(positions(window)[atom]), "the arrow goes along"
    rest(window, qtbot)


def test_typed_coordinates_move_the_chosen_atom_and_run_of_the_wheel_is_one_step(moving, qtbot, monkeypatch):
    monkeypatch.setattr(number_field, "WHEEL_PAUSE_S", 60.0)
    window, row, atom = moving, moving.edit_row, visible_hydrogen(moving)
    click(window.view, window.view.atoms_px()[atom])
    before = positions(window)
    field = row.coordinates[2]
    assert float(field.text()) == pytest.approx(before[atom, 2], abs=1e-3)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.4")
    press(window, Qt.Key.Key_Return)
    assert positions(window)[atom] == pytest.approx([*before[atom, :2], 0.4])
    assert window.view.hasFocus()
    steps = window.workspace.undo_stack.count()
    field.setFocus()
    for _ in range(4):
        press(window, Qt.Key.Key_Up)
    assert positions(window)[atom, 2] == pytest.approx(0.44)
    assert window.workspace.undo_stack.count() == steps + 1
    assert [curve.label for curve in shown(window, "frozen")] in (["before the move"], [])
    rest(window, qtbot)
    assert [curve.label for curve in shown(window, "frozen")] == ["before the move"]


def test_unphysical_distances_are_told_and_atoms_on_each_other_refused(moving, qtbot):
    window, row = moving, moving.edit_row
    carbon = positions(window)[0]
    window.workspace.editing.choose(6)
    window.workspace.editing.place(6, 0.55 * positions(window)[6] + 0.45 * carbon)
    assert "closer than any bond" in window.structure_messages.notice.message
    before = positions(window)
    window.workspace.editing.place(6, carbon + np.array([0.05, 0.0, 0.0]))
    assert "on top of" in window.structure_messages.notice.message
    assert np.array_equal(positions(window), before)
    assert float(row.coordinates[0].text()) == pytest.approx(before[6, 0], abs=1e-3)
    rest(window, qtbot)


def test_a_dragged_atom_stops_before_it_lies_on_another(moving, qtbot):
    window, view = moving, moving.view
    atom = visible_hydrogen(window)
    onto = view.atoms_px()[atom - 6] - view.atoms_px()[atom]
    start = view.atoms_px()[atom]
    rotation = view.camera.rotation
    # in the plane of the screen they only meet where both are equally deep
    window.view.look_along(np.array([0.0, 0.0, 1.0]))
    QApplication.processEvents()
    start = view.atoms_px()[atom]
    onto = view.atoms_px()[atom - 6] - start
    mouse(view, QEvent.Type.MouseButtonPress, start)
    for share in np.linspace(0.1, 1.0, 12):
        mouse(view, QEvent.Type.MouseMove, start + share * onto, NONE, LEFT)
    assert np.linalg.norm(positions(window)[atom] - positions(window)[atom - 6]) >= 0.35
    assert "on top of" in view._foreground().label._text
    mouse(view, QEvent.Type.MouseButtonRelease, start + onto, LEFT, NONE)
    assert rotation is not None
    rest(window, qtbot)


def test_delete_add_and_exchange_by_keys_and_fields(moving, qtbot):
    window, row, atom = moving, moving.edit_row, visible_hydrogen(moving)
    click(window.view, window.view.atoms_px()[atom])
    window.view.setFocus()
    press(window, Qt.Key.Key_Delete)
    assert window.workspace.structure.formula == "C6H5"
    assert window.workspace.session.picked == tuple(range(6))
    carbon = uncovered_atom(window, range(6))
    click(window.view, window.view.atoms_px()[carbon])
    row.added.setText("F")
    press(window, Qt.Key.Key_Insert)
    assert window.workspace.structure.formula == "C6H5F"
    assert row.atom.text() == "F1", "the new atom is the chosen one"
    row.element.setFocus()
    row.element.selectAll()
    QTest.keyClicks(row.element, "o")
    press(window, Qt.Key.Key_Return)
    assert window.workspace.structure.formula == "C6H5O"
    assert [window.workspace.undo_stack.text(k) for k in range(1, 4)] == [
        f"delete H{atom - 5}", "add F", "exchange F1"
    ]  # fmt: skip
    for formula in ("C6H5F", "C6H5", "C6H6"):
        press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert window.workspace.structure.formula == formula
    rest(window, qtbot)


def test_what_the_network_cannot_predict_does_not_keep_the_curve_from_before(moving, qtbot, networks):
    """An atom of an element that it has never seen is added: the spectrum without it is not that with it."""
    window = moving
    networks.error = XanesviewError("The network has never seen F.", "Choose another.")
    window.workspace.editing.choose(0)
    window.edit_row.added.setText("F")
    press(window, Qt.Key.Key_Insert)
    assert window.workspace.structure.formula == "C6H6F"
    qtbot.waitUntil(lambda: not window.workspace.is_busy and not shown(window, "current"), timeout=5000)
    networks.error = None
    window.workspace.undo_stack.undo()
    rest(window, qtbot)
    assert shown(window, "current")


def test_a_deleted_absorber_leaves_the_sum_and_the_others_keep_their_weights(moving, qtbot):
    window = moving
    window.workspace.set_site_weight(4, 3.0)
    window.workspace.editing.choose(1)
    window.workspace.editing.delete()
    assert window.workspace.session.picked == (0, 1, 2, 3, 4)
    assert window.workspace.session.weight_of(3) == 3.0
    rest(window, qtbot)


def test_the_last_absorber_made_another_element_brings_its_network(window, qtbot):
    atoms = molecule("CH4")
    window.workspace.open_structure(Structure(atoms.numbers, atoms.positions, name="methane"))
    qtbot.waitUntil(lambda: bool(window.plot.curves()))
    window.workspace.editing.exchange(0, "N")
    assert window.workspace.session.network == "nitrogen"
    assert window.workspace.session.picked == (0,)
    window.workspace.undo_stack.undo()
    assert (window.workspace.session.network, window.workspace.session.picked) == ("fake", (0,))
    rest(window, qtbot)


@pytest.fixture
def ethanol_window(window, qtbot):
    atoms = molecule("CH3CH2OH")
    window.workspace.open_structure(Structure(atoms.numbers, atoms.positions, name="ethanol"))
    qtbot.waitUntil(lambda: bool(window.plot.curves()))
    window.view.setFocus()
    press(window, Qt.Key.Key_G)
    settle(window, qtbot)
    return window


def stick_px(window, one: int, two: int) -> np.ndarray:
    """The middle of what is seen of a bond."""
    places = window.view.atoms_px()
    for share in np.linspace(0.35, 0.65, 31):
        at = places[one] + share * (places[two] - places[one])
        bond = window.view.bond_at(*at)
        if window.view.atom_at(*at) < 0 and bond is not None and {bond[0], bond[1]} == {one, two}:
            return at
    raise AssertionError("the bond is covered")


def test_a_dragged_bond_turns_its_smaller_group(ethanol_window, qtbot):
    window = ethanol_window
    structure = window.workspace.structure
    i, j, _ = bonds(structure)
    c, o = next((a, b) for a, b in zip(i.tolist(), j.tolist()) if {structure.symbols[a], structure.symbols[b]}
                == {"C", "O"})  # fmt: skip
    before, view = positions(window), window.view
    at = stick_px(window, c, o)
    along = view.atoms_px()[o] - view.atoms_px()[c]
    across = np.array([-along[1], along[0]]) / np.linalg.norm(along)
    drag(view, at, at + np.outer([10, 25, 50], across))
    moved = np.flatnonzero(np.abs(positions(window) - before).max(axis=1) > 1e-9)
    assert [structure.symbols[k] for k in moved] == ["H"]
    assert np.linalg.norm(positions(window)[moved[0]] - before[o if structure.symbols[o] == "O" else c]) == (
        pytest.approx(np.linalg.norm(before[moved[0]] - before[o if structure.symbols[o] == "O" else c]))
    )
    assert window.workspace.undo_stack.undoText().startswith("turn about ")
    rest(window, qtbot)


def type_angle(window, degrees: str) -> None:
    angle = window.edit_row.angle
    angle.setFocus()
    angle.selectAll()
    QTest.keyClicks(angle, degrees)
    press(window, Qt.Key.Key_Return)


def test_a_typed_angle_turns_about_the_chosen_bond(ethanol_window, qtbot):
    window, row = ethanol_window, ethanol_window.edit_row
    oxygen = window.workspace.structure.symbols.index("O")
    window.workspace.editing.choose(oxygen)
    which = next(k for k in range(row.bond.count()) if "C" in row.bond.itemText(k))
    row.bond.setCurrentIndex(which)
    before = positions(window)
    type_angle(window, "90")
    assert np.count_nonzero(np.abs(positions(window) - before).max(axis=1) > 1e-9) == 1
    assert row.angle.text() == "0°"
    rest(window, qtbot)
    window.workspace.undo_stack.undo()
    assert np.array_equal(positions(window), before)


def test_relaxing_by_hand_is_a_step_and_compares_with_what_was_before(moving, qtbot, tmp_path):
    window, gate = moving, tmp_path / "gate"
    relaxation = window.workspace.relaxation
    relaxation.engine.command = (sys.executable, "-c", FAKE, str(gate))
    before, camera = positions(window), window.view.camera.rotation.copy()
    gate.touch()
    press(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert window.status.relaxation.text.text() == "relaxing geometry…"
    qtbot.waitUntil(lambda: is_relaxed(window.workspace.structure), timeout=60_000)
    assert np.ptp(positions(window)) == pytest.approx(1.03 * np.ptp(before))
    assert window.workspace.undo_stack.undoText() == "relax with GFN2-xTB"
    assert np.array_equal(window.view.camera.rotation, camera)
    rest(window, qtbot)
    assert [curve.label for curve in shown(window, "frozen")] == ["before the move"]
    window.workspace.undo_stack.undo()
    assert np.array_equal(positions(window), before)
    rest(window, qtbot)


def test_relaxing_what_is_relaxed_already_is_no_step_and_says_so(moving, qtbot, tmp_path):
    window, gate = moving, tmp_path / "gate"
    work = window.workspace
    work.relaxation.engine.command = (sys.executable, "-c", FAKE, str(gate))
    same = {"positions_angstrom": positions(window).tolist(), "largest_force": 0.005, "steps": 0}
    gate.write_text(json.dumps(same))
    steps = work.undo_stack.count()
    press(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not work.relaxation.is_busy, timeout=60_000)
    assert work.undo_stack.count() == steps
    assert window.structure_messages.isVisible()
    assert window.structure_messages.notice.message == "The geometry was relaxed already: no atom has moved."


def test_a_ring_that_cannot_turn_says_so(moving):
    window = moving
    window.workspace.editing.choose(2)
    row = window.edit_row
    bond = "C3–C4"
    row.bond.setCurrentIndex(row.bond.findText(bond))
    type_angle(window, "30")
    assert window.structure_messages.notice.message.startswith(f"The bond {bond} is part of a ring")


def test_a_typed_angle_about_the_bond_of_a_lone_atom_leaves_the_molecule(moving):
    """It would turn whole, against the field: nothing that was meant."""
    window, row = moving, moving.edit_row
    window.workspace.editing.choose(2)
    row.bond.setCurrentIndex(row.bond.findText("C3–H3"))
    before, steps = positions(window), window.workspace.undo_stack.count()
    type_angle(window, "30")
    assert np.array_equal(positions(window), before)
    assert window.workspace.undo_stack.count() == steps
    assert "nothing to turn" in window.structure_messages.notice.message


def test_on_a_slab_an_atom_is_dragged_and_the_cell_stays(slab_window, qtbot):
    window, view = slab_window, slab_window.view
    before, cell = positions(window), window.workspace.structure.cell_angstrom
    oxygen = window.workspace.structure.symbols.index("O")
    drawn = len(view._shapes.cell_edges)
    pull(window, oxygen, (25, -10))
    assert np.abs(np.delete(positions(window) - before, oxygen, axis=0)).max() == 0.0
    assert np.array_equal(window.workspace.structure.cell_angstrom, cell)
    assert len(view._shapes.cell_edges) == drawn
    rest(window, qtbot)
    window.workspace.undo_stack.undo()
    assert np.array_equal(positions(window), before)


def test_why_a_bare_slab_is_not_relaxed_is_said_on_the_button_and_in_the_menu(window):
    slab = fcc111("Cu", (2, 2, 2), vacuum=8.0)
    bare = Structure(slab.numbers, slab.positions, slab.cell.array, [True, True, False], name="Cu(111)")
    window.workspace.open_structure(bare)
    row, action = window.edit_row, window.named_actions["relax"]
    assert not action.isEnabled()
    for told in (row.relax_button.toolTip(), action.toolTip()):
        assert "No molecule stands on Cu(111), and slabs themselves are not relaxed." in told
    window.opening.open_example("benzene")
    assert action.isEnabled()
    for told in (row.relax_button.toolTip(), action.toolTip()):
        assert "(Ctrl+G)" in told
        assert "slabs themselves" not in told


def test_a_molecule_on_a_slab_is_relaxed_while_the_slab_stays_in_one_step(window, qtbot):
    pytest.importorskip("tblite")
    slab = fcc111("Cu", (2, 2, 2), vacuum=8.0)
    slab += Atoms("CO", slab.positions[-1] + np.array([[0.0, 0.0, 2.1], [0.0, 0.0, 3.2]]))
    made = Structure(slab.numbers, slab.positions, slab.cell.array, [True, True, False], name="CO on Cu(111)")
    workspace = window.workspace
    workspace.open_structure(made)
    window.named_actions["edit_atoms"].trigger()
    steps, before = workspace.undo_stack.count(), positions(window).copy()
    qtbot.mouseClick(window.edit_row.relax_button, LEFT)
    qtbot.waitUntil(lambda: workspace.structure.geometry_origin.startswith("GFN1-xTB"), timeout=120_000)
    after = positions(window)
    assert np.array_equal(after[:8], before[:8])
    assert after[8, 2] - after[7, 2] == pytest.approx(1.9, abs=0.05), "of carbon above copper, Å"
    assert workspace.undo_stack.count() == steps + 1
    assert workspace.undo_stack.undoText() == "relax with GFN1-xTB"
    workspace.undo_stack.undo()
    assert np.array_equal(positions(window), before)
    qtbot.waitUntil(lambda: not workspace.is_busy)



def test_the_curve_before_says_of_which_structure_it_is_where_another_is_shown(moving, qtbot):
    window, work = moving, moving.workspace
    for name in ("benzene", "toluene"):
        if work.structure.name != name:
            window.opening.open_example(name)
            qtbot.waitUntil(lambda name=name: work.structure.name.lower() == name)
            rest(window, qtbot)
        place = work.structure.positions_angstrom[0] + np.array([0.0, 0.0, 0.1])
        work.editing.place(0, place)
        rest(window, qtbot)
    labels = [curve.label for curve in shown(window, "frozen")]
    assert len(labels) == 2
    assert labels[0].lower() == "benzene · before the move"
    assert labels[1] == "before the move"


def test_a_session_keeps_the_edited_structure_its_steps_and_the_curve_before(moving, qtbot, tmp_path):
    window, atom = moving, visible_hydrogen(moving)
    pull(window, atom, (30, 5))
    rest(window, qtbot)
    edited = window.workspace.structure
    path = tmp_path / "moved.xanesview"
    window.saving.write(path)
    qtbot.waitUntil(path.exists)
    window.opening.open_example("toluene")
    window.opening.open_paths([path])
    qtbot.waitUntil(lambda: window.workspace.structure.content_hash == edited.content_hash)
    assert is_edited(window.workspace.structure)
    assert [one.look.name for one in window.workspace.session.frozen] == ["before the move"]
    window.workspace.undo_stack.undo()
    assert not is_edited(window.workspace.structure)
    rest(window, qtbot)


def test_the_flat_view_moves_atoms_too(qtbot, benzene_window):
    workspace = benzene_window.workspace
    view = FlatView()
    qtbot.addWidget(view)
    view.resize(500, 400)
    EditLink(workspace, view)
    with qtbot.waitExposed(view):
        view.show()
    view.set_structure(workspace.structure)
    workspace.editing.set_active(True)
    before = np.array(workspace.structure.positions_angstrom)
    atom = next(k for k in range(6, 12) if view.atom_at(*view.atoms_px()[k]) == k)
    start = view.atoms_px()[atom]
    drag(view, start, [start + np.array([10, 4]), start + np.array([25, 9])])
    assert np.abs(np.array(workspace.structure.positions_angstrom) - before)[atom].max() > 0.05
    view.close_view()
    rest(benzene_window, qtbot)


def test_a_turn_that_moves_no_atom_asks_for_picked_sites_all_the_same(benzene_window, monkeypatch):
    """An upright CO that turns about its axis: of many picked sites none is nearest to what has moved."""
    work = benzene_window.workspace
    work.pick(work.shown.absorbers)
    monkeypatch.setattr(structure_editing, "MOST_LIVE_SITES", 2)
    work.editing.begin("turn")
    assert work.editing._sites(work.session) == work.session.picked[:2]
    work.editing.cancel()
