"""The window as a user meets it: real mouse and key events."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QScreen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QToolButton

from tests.gui.acting import LEFT, click, current, drag, shown, uncovered_atom
from tests.gui.fake_networks import site_tensor
from xanesview.gui.actions.action_making import keys as keys_of
from xanesview.gui.actions.action_making import tooltip
from xanesview.gui.actions.action_table import ACTIONS, MENUS, WITHOUT_MENU
from xanesview.gui.appearance.palette import DARK
from xanesview.gui.main_window import MainWindow
from xanesview.gui.panels.sites.table import ATOM, SITE, WEIGHT
from xanesview.gui.settings import Settings


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
    expected = (1 / 6) * sum(
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
    qtbot.mouseClick(window.plot.header.per_atom, LEFT)  # the mean of one atom is the same with any weight
    window.workspace.pick((1,))
    place = table.visualRect(window.sites.model.index(1, WEIGHT)).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=place)
    qtbot.mouseDClick(table.viewport(), LEFT, pos=place)
    editor = QApplication.focusWidget()
    qtbot.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(editor, "2,5")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.workspace.session.weight_of(1) == 2.5)
    qtbot.waitUntil(lambda: np.allclose(current(window), 2.5 * site_tensor(1)[2], atol=1e-8))


def test_per_atom_is_a_click_or_a_key_and_the_axis_says_it(benzene_window, qtbot):
    window, button = benzene_window, benzene_window.plot.header.per_atom
    assert button.isChecked()
    mean = current(window).copy()
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: np.allclose(current(window), 6 * mean, atol=1e-9))
    assert not window.named_actions["per_atom"].isChecked()
    assert window.plot._unit == "Mb/eV"
    QTest.keyClick(window, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: np.allclose(current(window), mean, atol=1e-9))
    assert button.isChecked()
    assert window.plot._unit == "Mb/eV per atom"
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not window.workspace.session.per_atom


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


def test_every_action_has_a_tooltip_that_names_its_key_and_keys_are_unique():
    keys = [key.toString() for spec in ACTIONS for key in keys_of(spec)]
    assert len(keys) == len(set(keys))
    for spec in ACTIONS:
        assert keys_of(spec), f"{spec.id} has no key"
        assert spec.tooltip
        assert tooltip(spec).endswith(")")


def test_menus_and_toolbar_show_the_table_of_actions(window):
    def texts(menu) -> list[str]:
        found = []
        for action in menu.actions():
            found += [action.text(), *(texts(action.menu()) if action.menu() is not None else [])]
        return found

    bar = [action.menu() for action in window.menuBar().actions()]
    assert [menu.title().replace("&", "") for menu in bar] == [heading for heading, _ in MENUS]
    listed = [text for menu in bar for text in texts(menu)]
    for spec in ACTIONS:
        times = listed.count(window.named_actions[spec.id].text())
        assert times == (0 if spec in WITHOUT_MENU else 1), spec.id
    buttons = {b.objectName() for b in window.toolbar.findChildren(QToolButton) if b.objectName().startswith("button-")}
    assert buttons == {f"button-{spec.id}" for spec in ACTIONS if spec.button is not None}


def test_shortcuts_sheet_lists_every_key(window):
    window.named_actions["shortcuts"].trigger()
    from PySide6.QtWidgets import QLabel

    from xanesview.gui.window.shortcuts import ShortcutsDialog

    dialog = window.findChild(ShortcutsDialog)
    texts = {label.text() for label in dialog.findChildren(QLabel)}
    assert {spec.text.rstrip("…") for spec in ACTIONS if spec.shortcut} <= texts
    dialog.reject()


def test_networks_are_offered_by_element_and_broken_ones_greyed(benzene_window):
    window, bar = benzene_window, benzene_window.toolbar
    assert [bar.absorber.itemText(i) for i in range(bar.absorber.count())] == ["C K", "N K"]
    texts = [bar.network.itemText(i) for i in range(bar.network.count())]
    assert texts == ["Analytic C K · fake", "Analytic C K · isotropic", "broken (can't be read)"]
    assert not bar.network.model().item(2).isEnabled()
    assert not bar.absorber.model().item(1).isEnabled(), "benzene has no nitrogen"
    assert bar.absorber.itemData(1, Qt.ItemDataRole.ToolTipRole) == "Benzene has no N atom"
    window.opening.open_example("pyridine")
    assert bar.absorber.model().item(1).isEnabled()
    bar.choose_absorber(1)
    assert window.workspace.session.network == "nitrogen"
    assert window.workspace.session.picked == tuple(window.workspace.structure.sites_of("N").tolist())


def test_angles_are_never_minus_zero(benzene_window):
    panel = benzene_window.geometry_panel
    for phi in (-0.0, -0.04, -1e-12):
        panel.phi.set_value(phi)
        assert panel.phi.text() == "0.0°"


def test_theme_changes_in_place(benzene_window, qtbot):
    window = benzene_window
    sites = window.sites.model
    light = dict(sites._colours)
    QApplication.processEvents()
    window.set_theme("dark")
    QApplication.processEvents()
    corner = window.plot._view.grab().toImage().pixelColor(2, 2)
    assert corner.name() == DARK.surface, "the plot's ground changes, too"
    assert sites._colours[0] not in light.values(), "and the table has the colours of the curves"
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

    def named(actions, name):
        return next(one for one in actions if one.text().replace("&", "") == name)

    panels = named(window.menuBar().actions()[3].menu().actions(), "Panels").menu()
    named(panels.actions(), "Detach sites").trigger()
    assert window.docks["Sites"].isFloating()
    assert window.sites.table.isVisible()
    window.named_actions["restore_layout"].trigger()
    assert not window.docks["Sites"].isFloating()
    assert window.sites.table.isVisible()


def test_the_first_window_fits_a_small_screen(qtbot, networks, monkeypatch):
    monkeypatch.setattr(QScreen, "availableSize", lambda _screen: QSize(1024, 700))
    window = MainWindow(networks=networks, settings=Settings(fresh=True), network="fake")
    qtbot.addWidget(window)
    assert window.width() <= 1024
    assert window.height() < 700
    window.close()


def test_the_status_bar_tells_no_time_before_the_first_turn(qtbot, benzene_window):
    window = benzene_window
    assert window.status.drawn.text() == ""
    window.workspace.set_geometry(window.workspace.geometry.with_direction((1.0, 0.0, 1.0)))
    qtbot.waitUntil(lambda: window.status.drawn.text().startswith("drawn "), timeout=2000)
