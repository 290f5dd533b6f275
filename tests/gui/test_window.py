"""The window as a user meets it: real mouse and key events."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QMouseEvent, QUndoStack, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QToolButton

from tests.gui.fake_networks import site_tensor
from xanesview.domain.structure import Notice
from xanesview.gui.actions import ACTIONS
from xanesview.gui.main_window import MainWindow
from xanesview.gui.panels.site_table import ATOM, SITE, WEIGHT
from xanesview.gui.settings import Settings

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def mouse(view, kind: QEvent.Type, at, button=LEFT, held=LEFT, keys=Qt.KeyboardModifier.NoModifier) -> None:
    place = QPointF(*map(float, at))
    event = QMouseEvent(kind, place, QPointF(view.mapToGlobal(place.toPoint())), button, held, keys)
    QApplication.sendEvent(view, event)


def drag(view, start, path, keys=Qt.KeyboardModifier.NoModifier) -> None:
    """Press at `start`, move along `path`, release at its end."""
    mouse(view, QEvent.Type.MouseButtonPress, start)
    for place in path:
        mouse(view, QEvent.Type.MouseMove, place, NONE, LEFT, keys)
        QApplication.processEvents()
    mouse(view, QEvent.Type.MouseButtonRelease, path[-1], LEFT, NONE, keys)
    QApplication.processEvents()


def click(view, at, keys=Qt.KeyboardModifier.NoModifier) -> None:
    mouse(view, QEvent.Type.MouseButtonPress, at, keys=keys)
    mouse(view, QEvent.Type.MouseButtonRelease, at, LEFT, NONE, keys)
    QApplication.processEvents()


def shown(window, role: str):
    return [curve for curve in window.plot.curves() if curve.role == role]


def current(window) -> np.ndarray:
    return shown(window, "current")[0].intensity


def uncovered_atom(window, atoms) -> int:
    """An atom that a click at its centre would hit."""
    places = window.view.atoms_px()
    return next(atom for atom in atoms if window.view.atom_at(*places[atom]) == atom)


def test_opens_with_a_spectrum_and_no_dialog(benzene_window):
    window = benzene_window
    assert len(shown(window, "current")) == 1
    assert len(shown(window, "site")) == 6
    assert len(shown(window, "isotropic")) == 1
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
    assert window.status.state.text() == "ready"
    assert window.status.device.text() == "CPU"
    assert "benzene" in window.windowTitle().lower()


def test_dragging_the_tip_turns_the_arrow_and_the_curve_follows(benzene_window, networks):
    window, view = benzene_window, benzene_window.view
    before, steps, asked = current(window), window.workspace.undo_stack.count(), len(networks.asked)
    start = view.tips_px()[0]
    drag(view, start, start + np.outer(range(1, 12), [12, 9]))
    direction = np.array(window.workspace.geometry.direction)
    assert abs(direction[2]) < 0.99
    expected = sum(
        (1 - direction[2] ** 2) * site_tensor(i)[0] + direction[2] ** 2 * site_tensor(i)[2] for i in range(6)
    )
    np.testing.assert_allclose(current(window), expected, atol=1e-9)
    assert current(window).max() < before.max(), "π* dies as the arrow leaves the normal"
    assert window.workspace.undo_stack.count() == steps + 1, "a drag is one undo step"
    assert len(networks.asked) == asked, "a drag never asks the network"
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    np.testing.assert_allclose(current(window), before)


def test_the_axes_do_not_move_under_a_drag(benzene_window):
    window, view = benzene_window, benzene_window.view
    before = window.plot.view_range()
    start = view.tips_px()[0]
    drag(view, start, start + np.outer(range(1, 10), [10, 12]))
    assert window.plot.view_range() == before


def test_dragging_elsewhere_orbits_and_leaves_the_polarisation_alone(benzene_window):
    window, view = benzene_window, benzene_window.view
    geometry, turn = window.workspace.geometry, view.camera.rotation.copy()
    drag(view, (12, 12), [(12 + 10 * k, 12 + 6 * k) for k in range(1, 8)])
    assert window.workspace.geometry == geometry
    assert not np.allclose(view.camera.rotation, turn)


def test_the_drag_hint_goes_away_for_ever_after_the_first_drag(benzene_window):
    window = benzene_window
    assert not window.settings.seen("drag")
    start = window.view.tips_px()[0]
    drag(window.view, start, start + np.outer(range(1, 6), [8, 8]))
    assert window.settings.seen("drag")


def test_click_picks_a_site_and_shift_click_adds_one(benzene_window):
    window, view = benzene_window, benzene_window.view
    first = uncovered_atom(window, range(6))
    click(view, view.atoms_px()[first])
    assert window.workspace.session.picked == (first,)
    np.testing.assert_allclose(current(window), site_tensor(first)[2], atol=1e-8)
    rows = {index.row() for index in window.sites.table.selectionModel().selectedIndexes()}
    assert rows == {window.sites.model.row_of(first)}
    second = uncovered_atom(window, [i for i in range(6) if i != first])
    click(view, view.atoms_px()[second], Qt.KeyboardModifier.ShiftModifier)
    assert window.workspace.session.picked == (first, second)
    assert len(shown(window, "site")) == 2


def test_table_rows_pick_like_atoms_and_ticks_add(benzene_window, qtbot):
    window, table = benzene_window, benzene_window.sites.table
    middle = table.visualRect(window.sites.model.index(2, ATOM)).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=middle)
    assert window.workspace.session.picked == (2,)
    cell = table.visualRect(window.sites.model.index(4, SITE))
    qtbot.mouseClick(table.viewport(), LEFT, pos=QPoint(cell.left() + 14, cell.center().y()))
    assert window.workspace.session.picked == (2, 4)
    qtbot.mouseClick(table.viewport(), LEFT, pos=QPoint(cell.left() + 14, cell.center().y()))
    assert window.workspace.session.picked == (2,)


def test_weight_typed_into_the_table_scales_the_curve(benzene_window, qtbot):
    window, table = benzene_window, benzene_window.sites.table
    window.workspace.pick((1,))
    place = table.visualRect(window.sites.model.index(1, WEIGHT)).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=place)
    qtbot.mouseDClick(table.viewport(), LEFT, pos=place)
    editor = QApplication.focusWidget()
    qtbot.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(editor, "2,5")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.workspace.site_weight(1) == 2.5)
    qtbot.waitUntil(lambda: np.allclose(current(window), 2.5 * site_tensor(1)[2], atol=1e-8))


def test_all_none_equivalent_and_bonded_to(benzene_window, qtbot):
    window = benzene_window
    button = {b.objectName(): b for b in window.sites.findChildren(QToolButton)}
    qtbot.mouseClick(button["pick-none"], LEFT)
    assert window.workspace.session.picked == ()
    qtbot.waitUntil(lambda: not window.plot.curves())
    window.workspace.pick((0,))
    qtbot.mouseClick(button["pick-equivalent"], LEFT)
    assert sorted(window.workspace.session.picked) == [0, 1, 2, 3, 4, 5]
    window.opening.open_example("toluene")
    window.sites.pick_bonded_to("H")
    symbols = window.workspace.structure
    assert 0 < len(window.workspace.session.picked) < len(symbols.sites_of("C"))
    qtbot.mouseClick(button["pick-all"], LEFT)
    assert len(window.workspace.session.picked) == 7


@pytest.mark.parametrize(
    ("text", "theta"), [("45", 45.0), ("30°", 30.0), ("12,5", 12.5), ("0.5,0.5,0.7", 45.29), ("1 0 0", 90.0)]
)
def test_angle_field_takes_what_people_type(benzene_window, qtbot, text, theta):
    window, field = benzene_window, benzene_window.geometry_panel.theta
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    direction = np.array(window.workspace.geometry.direction)
    assert np.degrees(np.arccos(abs(direction[2]))) == pytest.approx(theta, abs=0.02)
    assert field.text() == f"{theta:.1f}°"


def test_nonsense_in_a_field_is_marked_and_changes_nothing(benzene_window, qtbot):
    window, field = benzene_window, benzene_window.geometry_panel.theta
    before = window.workspace.geometry
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "steep")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.property("invalid") is True
    assert "steep" in field.toolTip()
    assert window.workspace.geometry == before
    field.selectAll()
    qtbot.keyClicks(field, "20")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not field.property("invalid")


def wheel(widget, notches: int, keys=Qt.KeyboardModifier.NoModifier) -> None:
    place = QPointF(widget.rect().center())
    event = QWheelEvent(
        place,
        widget.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * notches),
        NONE,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_wheel_steps_a_degree_and_with_shift_a_tenth_as_one_undo_step(benzene_window):
    window, panel = benzene_window, benzene_window.geometry_panel
    stack: QUndoStack = window.workspace.undo_stack
    steps = stack.count()
    for _ in range(3):
        wheel(panel.theta, 1)
    wheel(panel.theta, 1, Qt.KeyboardModifier.ShiftModifier)
    assert panel.theta.text() == "3.1°"
    assert stack.count() == steps + 1


def test_slider_field_vector_and_arrow_follow_each_other(benzene_window, qtbot):
    window, panel = benzene_window, benzene_window.geometry_panel
    panel.theta_slider.setValue(600)
    assert panel.theta.text() == "60.0°"
    assert panel.vector.text() == "0.866, 0.000, 0.500"
    panel.vector.setFocus()
    panel.vector.selectAll()
    qtbot.keyClicks(panel.vector, "0, 3, 3")
    qtbot.keyClick(panel.vector, Qt.Key.Key_Return)
    assert panel.theta.text() == "45.0°"
    assert panel.phi.text() == "90.0°"
    np.testing.assert_allclose(window.workspace.geometry.direction, [0, 0.70711, 0.70711], atol=1e-4)


def test_modes_change_the_curve_and_show_their_fields(benzene_window, qtbot):
    window, panel = benzene_window, benzene_window.geometry_panel
    assert not panel.degree.isVisible()
    qtbot.mouseClick(panel.mode_buttons["partial"], LEFT)
    assert panel.degree.isVisible()
    panel.degree.setFocus()
    panel.degree.selectAll()
    qtbot.keyClicks(panel.degree, "0.5")
    qtbot.keyClick(panel.degree, Qt.Key.Key_Return)
    assert window.workspace.geometry.degree == 0.5
    qtbot.mouseClick(panel.mode_buttons["powder"], LEFT)
    assert not panel.theta.isEnabled()
    np.testing.assert_allclose(current(window), shown(window, "isotropic")[0].intensity, atol=1e-9)


def test_keys_set_directions_and_freeze(benzene_window, qtbot):
    window = benzene_window
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier)
    np.testing.assert_allclose(window.workspace.geometry.direction, [1, 0, 0])
    QTest.keyClick(window, Qt.Key.Key_N)
    assert abs(window.workspace.geometry.direction[2]) == pytest.approx(1, abs=1e-3)
    kept = current(window)
    QTest.keyClick(window, Qt.Key.Key_C)
    QTest.keyClick(window, Qt.Key.Key_I)
    qtbot.waitUntil(lambda: len(shown(window, "frozen")) == 1)
    np.testing.assert_allclose(shown(window, "frozen")[0].intensity, kept)
    assert not np.allclose(current(window), kept)


def test_difference_panel_by_key(benzene_window):
    window = benzene_window
    QTest.keyClick(window, Qt.Key.Key_D)
    assert window.plot.difference_visible
    assert window.named_actions["difference"].isChecked()
    difference = shown(window, "difference")[0].intensity
    np.testing.assert_allclose(difference, current(window) - shown(window, "isotropic")[0].intensity)


def test_a_dropped_file_opens(window, qtbot, tmp_path):
    path = tmp_path / "methane.xyz"
    path.write_text("5\nmethane\nC 0 0 0\nH .63 .63 .63\nH -.63 -.63 .63\nH -.63 .63 -.63\nH .63 -.63 -.63\n")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(QPointF(200, 200), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    window.dropEvent(event)
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    assert window.workspace.structure.formula == "CH4"
    assert window.settings.recent_files() == [path.resolve()]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.xyz", b""),
        ("binary.xyz", bytes(range(256)) * 8),
        ("no_atoms.xyz", b"0\n\n"),
        ("nan.xyz", b"2\n\nC 0 0 nan\nH 0 0 1\n"),
        ("cut.cif", b"data_x\n_cell_length_a 3\n"),
    ],
)
def test_a_broken_file_is_one_sentence_with_a_hint_and_the_window_goes_on(
    benzene_window, qtbot, tmp_path, name, content
):
    window = benzene_window
    (tmp_path / name).write_bytes(content)
    before = current(window)
    assert not window.opening.open_file(tmp_path / name)
    bar = window.structure_messages
    assert bar.isVisible()
    assert bar.notice.message.endswith(".")
    assert bar.notice.hint
    assert "\n" not in bar.notice.message
    np.testing.assert_allclose(current(window), before)
    window.opening.open_example("pyridine")
    assert not bar.isVisible()


def test_a_folder_and_a_missing_file_are_refused_in_words(benzene_window, tmp_path):
    window = benzene_window
    assert not window.opening.open_file(tmp_path)
    assert window.structure_messages.notice.hint
    assert not window.opening.open_file(tmp_path / "nowhere.xyz")
    assert "nowhere.xyz" in window.structure_messages.notice.message


def test_a_failed_prediction_stands_above_the_plot_and_is_gone_with_the_next(window, qtbot, networks):
    from xanesview.errors import XanesviewError

    networks.error = XanesviewError("The network has no carbon here.", "Choose another one.")
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: window.plot_messages.isVisible())
    assert window.plot_messages.text() == "The network has no carbon here. Choose another one."
    networks.error = None
    window.opening.open_example("pyridine")
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    assert not window.plot_messages.isVisible()


def test_details_are_folded_until_asked_for(window, qtbot):
    window.show_notice(Notice("error", "Something happened.", "Go on."), "Traceback: …")
    bar = window.plot_messages
    assert not bar._details.isVisible()
    qtbot.mouseClick(bar._more, LEFT)
    assert bar._details.isVisible()
    assert "Traceback" in bar.details()
    qtbot.mouseClick(bar._close, LEFT)
    assert not bar.isVisible()


def test_every_action_has_a_tooltip_that_names_its_key_and_keys_are_unique():
    keys = [spec.shortcut for spec in ACTIONS if spec.shortcut]
    assert len(keys) == len(set(keys))
    assert all(spec.tooltip for spec in ACTIONS)


def test_shortcuts_sheet_lists_every_key(window):
    window.named_actions["shortcuts"].trigger()
    from PySide6.QtWidgets import QLabel

    from xanesview.gui.dialogs.shortcuts import ShortcutsDialog

    dialog = window.findChild(ShortcutsDialog)
    texts = {label.text() for label in dialog.findChildren(QLabel)}
    assert {spec.text.rstrip("…") for spec in ACTIONS if spec.shortcut} <= texts
    dialog.reject()


def test_smiles_dialog_says_what_is_wrong_and_builds_what_is_right(window, qtbot):
    from xanesview.gui.dialogs.smiles import SmilesDialog

    window.named_actions["new_smiles"].trigger()
    dialog = window.findChild(SmilesDialog)
    qtbot.keyClicks(dialog.field, "C1CC(")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.field.property("invalid") is True
    dialog.field.setText("")
    qtbot.keyClicks(dialog.field, "CC=O")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    assert window.workspace.structure.formula == "C2H4O"


def test_start_page_lists_the_examples_as_pictures_and_opens_one(window, qtbot):
    window.show_start()
    listed = window.start.examples
    assert listed.count() >= 12
    qtbot.waitUntil(lambda: not listed.item(listed.count() - 1).icon().isNull(), timeout=10_000)
    place = listed.visualItemRect(listed.item(1)).center()
    qtbot.mouseClick(listed.viewport(), LEFT, pos=place)
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    assert window.workspace.structure is not None


def test_cell_directions_are_offered_for_a_crystal_only(benzene_window, qtbot):
    window = benzene_window
    assert not window.named_actions["dir_a"].isVisible()
    window.opening.open_example("benzene_film")
    assert window.named_actions["dir_a"].isVisible()
    window.named_actions["dir_a"].trigger()
    cell = window.workspace.structure.cell_angstrom[0]
    np.testing.assert_allclose(window.workspace.geometry.direction, cell / np.linalg.norm(cell), atol=1e-9)


def test_networks_are_offered_by_element_and_broken_ones_greyed(benzene_window):
    window, bar = benzene_window, benzene_window.toolbar
    assert [bar.absorber.itemText(i) for i in range(bar.absorber.count())] == ["C K", "N K"]
    texts = [bar.network.itemText(i) for i in range(bar.network.count())]
    assert texts == ["Analytic C K", "Analytic C K", "broken (can't be read)"]
    assert not bar.network.model().item(2).isEnabled()
    bar._choose_absorber(1)
    assert window.workspace.session.network == "nitrogen"
    assert "no N atom" in window.structure_messages.notice.message


def test_the_menu_at_an_atom_sets_the_arrow_along_a_bond(benzene_window):
    window = benzene_window
    menu = window.view_link.menu_for(0)
    texts = [action.text() for action in menu.actions()]
    bond = next(action for action in menu.actions() if action.text().startswith("Arrow along C1–H"))
    assert any("π direction of C1" in text for text in texts)
    bond.trigger()
    hydrogen = int(window.workspace.structure.sites_of("H")[0])
    positions = window.workspace.structure.positions_angstrom
    bond_vector = positions[hydrogen] - positions[0]
    assert abs(np.dot(window.workspace.geometry.direction, bond_vector / np.linalg.norm(bond_vector))) > 0.4
    menu.deleteLater()


def test_theme_changes_in_place(benzene_window, qtbot):
    window = benzene_window
    window.set_theme("dark")
    assert window.palette().window().color().lightness() < 80
    assert window.settings.theme == "dark"
    window.set_theme("light")
    assert window.palette().window().color().lightness() > 180


def test_layout_is_remembered_and_restored(qtbot, networks):
    settings = Settings()
    first = MainWindow(networks=networks, settings=settings, network="fake")
    with qtbot.waitExposed(first):
        first.show()
    first.splitter.setSizes([300, 900])
    sizes = first.splitter.sizes()
    first.docks["References"].hide()
    first.close()
    first.deleteLater()
    second = MainWindow(networks=networks, settings=Settings(), network="fake")
    with qtbot.waitExposed(second):
        second.show()
    assert second.splitter.sizes() == pytest.approx(sizes, abs=4)
    assert not second.docks["References"].isVisible()
    second.named_actions["restore_layout"].trigger()
    share = second.splitter.sizes()[0] / sum(second.splitter.sizes())
    assert share == pytest.approx(0.55, abs=0.03)
    assert not second.docks["References"].isHidden()
    second.close()
    second.deleteLater()


def test_closing_during_a_prediction_leaves_no_thread(qtbot, networks):
    window = MainWindow(networks=networks, settings=Settings(fresh=True), network="fake")
    with qtbot.waitExposed(window):
        window.show()
    networks.gate.clear()
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: bool(networks.asked))
    window.close()
    assert not any(thread.is_alive() and thread.name == "prediction" for thread in networks.threads)
    window.deleteLater()


def test_a_panel_detaches_and_restore_layout_brings_it_back(benzene_window):
    window = benzene_window
    panels = next(a.menu() for a in window.menuBar().actions()[3].menu().actions() if a.text() == "Panels")
    next(a for a in panels.actions() if a.text() == "Detach sites").trigger()
    assert window.docks["Sites"].isFloating()
    assert window.sites.table.isVisible()
    window.named_actions["restore_layout"].trigger()
    assert not window.docks["Sites"].isFloating()
    assert window.sites.table.isVisible()


def test_everything_missing_or_assumed_is_told_at_once(window, qtbot):
    from dataclasses import replace as with_changes

    from xanesview.io.examples import load_example

    notices = (
        Notice("missing-hydrogens", "Hydrogens are missing.", "Add them."),
        Notice("partial-occupancy", "Two sites are half filled; the first was kept.", "Edit the file."),
    )
    window.opening.show_structure(with_changes(load_example("benzene"), notices=notices))
    bar = window.structure_messages
    assert (
        bar.text() == "Hydrogens are missing. Two sites are half filled; the first was kept. Add them. Edit the file."
    )
    assert bar.severity == "warning"
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    assert bar.isVisible(), "the spectrum does not silence the notice"
