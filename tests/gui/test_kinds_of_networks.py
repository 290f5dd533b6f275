"""Networks of every kind in the window: energies from E0, several compared, directions asked anew, the list of them."""

from __future__ import annotations

import csv
from dataclasses import replace

import h5py
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.gui.acting import current, drag, shown
from tests.gui.fake_networks import ENERGY_EV, ManyNetworks, direct_spectrum, e0_ev, relative_spectrum, site_tensor
from xanesview.domain.processing.steps.energy_shift import EnergyShift
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Structure
from xanesview.gui.window.network_choice import LINE, NetworkChoice
from xanesview.shown.chips import chips
from xanesview.shown.network_list import NetworkEntry, fitting

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def networks() -> ManyNetworks:
    return ManyNetworks()


def choose(window, qtbot, name: str) -> None:
    """Choose a network with the keys, as a user does."""
    combo = window.toolbar.network
    combo.setFocus()
    row, key = combo.findData(name), Qt.Key.Key_Down if combo.findData(name) > combo.currentIndex() else Qt.Key.Key_Up
    while combo.currentIndex() != row:
        before = combo.currentIndex()
        QTest.keyClick(combo, key)
        assert combo.currentIndex() != before, "the keys skip what is broken and reach the rest"
    window.plot.setFocus()
    qtbot.waitUntil(lambda: window.workspace.session.network == name and window.workspace.shown.prediction is not None)
    settle(window, qtbot)


@pytest.fixture
def benzene_window(benzene_window):
    """The window with benzene's sum drawn as it is, per structure."""
    benzene_window.workspace.set_per_atom(False)
    return benzene_window


def settle(window, qtbot) -> None:
    ws = window.workspace
    qtbot.waitUntil(lambda: not ws.is_busy and not ws.direction.is_behind and not window.plot_link._later.isActive())


def compare(window, qtbot, *names: str) -> None:
    """Tick networks in the menu."""
    menu = window.toolbar.compare_menu
    menu.popup(window.mapToGlobal(QPoint(300, 60)))
    for name in names:
        box = menu.boxes[name]
        QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    assert menu.isVisible(), "it stays open for the next tick"
    menu.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    settle(window, qtbot)


def chip_texts(window) -> list[str]:
    return [chip.text for chip in chips(window.workspace.shown)]


def by_key(window, key: str):
    return next(curve for curve in window.plot.curves() if curve.key == key)


# ---- the list ----


def test_the_list_says_what_each_network_is_for(benzene_window):
    window = benzene_window
    combo = window.toolbar.network
    names = [combo.itemData(row) for row in range(combo.count())]
    assert set(names) == {"failing", "fake", "bare", "directional", "isotropic", "relative", "slabs", None}
    assert names.index("slabs") > names.index("relative"), "what was trained on crystals comes after, for a molecule"
    line = combo.itemData(names.index("relative"), LINE)
    assert "XANE(3)" in line
    assert "isotropic" in line
    assert "median error 0.031" in line
    assert "trained on crystals and slabs" in combo.itemData(names.index("slabs"), LINE)
    assert "reader" not in names, "a reader of properties predicts no spectrum"
    broken = combo.count() - 1
    assert not combo.model().item(broken).isEnabled()
    assert "can't be read" in combo.itemData(broken, LINE)


def test_two_networks_of_one_title_can_be_told_apart(window, networks):
    networks._cards["copy"] = replace(networks.card("fake"), name="copy")
    titles = [entry.title for entry in fitting(window.workspace.networks, window.workspace.shown)]
    assert len(set(titles)) == len(titles)
    assert any(title.endswith(" · copy") for title in titles)


def test_crystals_are_offered_what_was_trained_on_crystals_first(window, qtbot):
    cell = Structure(
        numbers=np.array([6, 6]), positions_angstrom=np.array([[0.0, 0, 0], [1.42, 0, 0]]),
        cell_angstrom=np.diag([2.46, 4.26, 15.0]), pbc=np.array([True, True, False]), name="sheet",
    )  # fmt: skip
    window.workspace.open_structure(cell)
    settle(window, qtbot)
    assert fitting(window.workspace.networks, window.workspace.shown)[0].name == "slabs"
    assert window.toolbar.network.itemData(0) == "slabs"


# ---- the energy axis ----


def test_e_counts_energies_from_e0_and_back(benzene_window, qtbot):
    window = benzene_window
    choose(window, qtbot, "relative")
    np.testing.assert_allclose([current_energies(window)[0], current_energies(window)[-1]], [-10.0, 20.0])
    np.testing.assert_allclose(current(window), sum(relative_spectrum(i) for i in range(6)), atol=1e-9)
    assert window.plot.header.axis.isChecked()
    assert "ionisation potential" in window.plot._plot.getAxis("bottom").labelText
    assert window.plot._marks.ip_ev == 0.0
    QTest.keyClick(window, Qt.Key.Key_E)
    settle(window, qtbot)
    energies = current_energies(window)
    assert 279.5 < energies[0] < 281.0
    expected = sum(np.interp(energies - e0_ev(i), np.linspace(-10, 20, 301), relative_spectrum(i)) for i in range(6))
    np.testing.assert_allclose(current(window), expected, atol=1e-9)
    np.testing.assert_allclose(window.plot._marks.ip_ev, 290.25)
    assert "IP ± 0.3 eV" in chip_texts(window)
    assert not window.plot.header.axis.isChecked()
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(window, qtbot)
    assert current_energies(window)[0] == -10.0
    assert "IP ± 0.3 eV" not in chip_texts(window)


def current_energies(window) -> np.ndarray:
    return shown(window, "current")[0].energy_ev


def test_the_button_at_the_plot_moves_references_and_frozen_curves_along(benzene_window, qtbot):
    window = benzene_window
    measured = Spectrum(np.linspace(282, 300, 37), np.ones(37), kind="measured", label="film")
    window.workspace.add_reference(ReferenceCurve(spectrum=measured, label="film", steps=(EnergyShift(0.5),)))
    window.workspace.curves.freeze()
    window.plot.pin(285.0)
    settle(window, qtbot)
    QTest.mouseClick(window.plot.header.axis, LEFT)
    settle(window, qtbot)
    np.testing.assert_allclose(by_key(window, "reference-0").energy_ev, measured.energy_ev + 0.5 - 290.2)
    np.testing.assert_allclose(by_key(window, "frozen-0").energy_ev, ENERGY_EV - 290.2)
    np.testing.assert_allclose(by_key(window, "frozen-0").intensity, current(window), atol=1e-9)
    np.testing.assert_allclose(window.plot.pins(), [285.0 - 290.2])
    (low, high), _ = window.plot.view_range()
    assert low < -5 < high
    assert window.named_actions["relative_axis"].isChecked()
    QTest.mouseClick(window.plot.header.axis, LEFT)
    settle(window, qtbot)
    np.testing.assert_allclose(by_key(window, "frozen-0").energy_ev, ENERGY_EV)
    np.testing.assert_allclose(window.plot.pins(), [285.0])


# ---- isotropic networks ----


def test_an_isotropic_network_greys_the_arrow_and_says_why(benzene_window, qtbot):
    window = benzene_window
    choose(window, qtbot, "isotropic")
    assert "isotropic network" in chip_texts(window)
    assert "polarisation changes nothing" in window.view._isotropic_reason
    assert shown(window, "current")[0].label == "isotropic"
    assert not shown(window, "isotropic"), "the same curve is not drawn twice"
    compare(window, qtbot, "fake")
    assert window.view._isotropic_reason is None, "a compared network follows the arrow"


# ---- comparing ----


def test_compared_networks_follow_the_arrow_on_one_axis_and_scale(benzene_window, qtbot, networks):
    window, view = benzene_window, benzene_window.view
    compare(window, qtbot, "relative", "directional")
    assert [c.label for c in shown(window, "compared")] == ["ISD-PaiNN, fitted", "XANE(3) · scaled"]
    assert not shown(window, "site")
    assert "scaled to equal area" in chip_texts(window)
    other = by_key(window, "compared-relative")
    assert 279.5 < other.energy_ev[0] < 281.0, "on the absolute axis of the current network"
    isotropic = shown(window, "isotropic")[0]
    low, high = max(other.energy_ev[0], 280.0), min(other.energy_ev[-1], 320.0)
    grid = np.linspace(low, high, 512)
    areas = [np.interp(grid, c.energy_ev, c.intensity).sum() for c in (isotropic, other)]
    np.testing.assert_allclose(areas[0], areas[1], rtol=1e-9)
    before, asked = by_key(window, "compared-directional").intensity, len(networks.asked)
    start = view.tips_px()[0]
    drag(view, start, start + np.outer(range(1, 9), [12, 9]))
    z = np.array(window.workspace.geometry.direction)[2]
    after = by_key(window, "compared-directional").intensity
    expected = sum((1 - z**2) * site_tensor(i)[0] + z**2 * site_tensor(i)[2] for i in range(6))
    np.testing.assert_allclose(after, expected, atol=1e-9)
    assert np.abs(after - before).max() > 0.1
    assert len(networks.asked) == asked, "nothing is predicted anew"
    np.testing.assert_allclose(by_key(window, "compared-relative").intensity, other.intensity)


def test_networks_of_another_edge_wait_until_it_comes_back(benzene_window, qtbot):
    window = benzene_window
    compare(window, qtbot, "isotropic")
    window.opening.open_example("pyridine")
    settle(window, qtbot)
    combo = window.toolbar.absorber
    combo.setCurrentIndex(combo.findText("N K"))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None)
    settle(window, qtbot)
    assert not shown(window, "compared")
    assert not [text for text in chip_texts(window) if "not drawn" in text]
    assert window.toolbar.compare.text() == "Networks"
    combo.setCurrentIndex(combo.findText("C K"))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(lambda: len(shown(window, "compared")) == 1 or window.workspace.session.network == "isotropic")


def test_a_network_without_e0_is_placed_by_that_of_the_current_one(benzene_window, qtbot):
    window = benzene_window
    choose(window, qtbot, "relative")
    compare(window, qtbot, "bare")
    bare = by_key(window, "compared-bare")
    assert "placed by that of the current network" in bare.tooltip
    energies = bare.energy_ev
    expected = sum(np.interp(energies + e0_ev(i), ENERGY_EV, site_tensor(i)[2]) for i in range(6))
    drawn = bare.intensity / bare.intensity.max()
    np.testing.assert_allclose(drawn, expected / expected.max(), atol=1e-9)


def test_comparing_is_undone_in_steps_and_hidden_by_a_click(benzene_window, qtbot):
    window = benzene_window
    compare(window, qtbot, "isotropic", "relative")
    assert window.toolbar.compare.text() == "Networks 2"
    window.plot._toggle("compared-relative", False)
    settle(window, qtbot)
    assert not by_key(window, "compared-relative").visible
    assert len(window.exporting.spectra()) == 3
    for left in (2, 1, 0):
        QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        settle(window, qtbot)
        assert len([c for c in shown(window, "compared") if c.visible]) == left
    assert len(shown(window, "site")) == 6


def test_a_network_that_fails_is_told_beside_the_others(benzene_window, qtbot):
    window = benzene_window
    compare(window, qtbot, "failing", "isotropic")
    qtbot.waitUntil(lambda: len(shown(window, "compared")) == 1)
    assert any(text.endswith("not drawn") for text in chip_texts(window))
    assert len(shown(window, "current")) == 1


def test_compared_curves_are_exported_as_they_are_drawn(benzene_window, qtbot, tmp_path):
    window = benzene_window
    compare(window, qtbot, "relative")
    window.exporting.write_data(tmp_path / "a.csv")
    window.exporting.write_data(tmp_path / "a.h5")
    drawn = by_key(window, "compared-relative")
    lines = (tmp_path / "a.csv").read_text().splitlines()
    assert "# curve 3: XANE(3)" in lines
    assert any(line.startswith("# curve 3 multiplied_by:") for line in lines)
    assert "# curve 3 network: relative" in lines
    rows = list(csv.reader(line for line in lines if not line.startswith("#")))
    at = rows[0].index("XANE(3)")
    values = np.array([float(row[at]) for row in rows[1:] if row[at]])
    np.testing.assert_allclose(values, drawn.intensity, atol=1e-8)
    with h5py.File(tmp_path / "a.h5") as file:
        group = file["curve/0003"]
        np.testing.assert_allclose(group["intensity"][:], drawn.intensity)
        np.testing.assert_allclose(group["energy_ev"][:], drawn.energy_ev)
        assert group["provenance"].attrs["network"] == "relative"
        assert group.attrs["axis"] == "absolute"


# ---- directions asked anew ----


def test_a_directional_network_is_asked_while_the_arrow_is_dragged(benzene_window, qtbot, networks):
    window, view = benzene_window, benzene_window.view
    choose(window, qtbot, "directional")
    assert shown(window, "current")[0].label == "network's answer"
    asked, start = len(networks.directions), view.tips_px()[0]
    drag(view, start, start + np.outer(range(1, 9), [12, 9]))
    settle(window, qtbot)
    assert len(networks.directions) > asked
    weight = window.workspace.geometry.weight()
    np.testing.assert_allclose(current(window), sum(direct_spectrum(i, weight) for i in range(6)), atol=1e-9)
    assert "asked anew for each direction" in chip_texts(window)


def test_the_newest_direction_wins_and_undo_needs_no_network(benzene_window, qtbot, networks):
    window = benzene_window
    choose(window, qtbot, "directional")
    first = current(window)
    networks.turns.clear()
    for key in (Qt.Key.Key_X, Qt.Key.Key_Y):
        QTest.keyClick(window, key, Qt.KeyboardModifier.ShiftModifier)
    np.testing.assert_allclose(current(window), first, err_msg="the old curve stands until an answer comes")
    assert window.workspace.direction.is_behind
    networks.turns.set()
    settle(window, qtbot)
    weight = window.workspace.geometry.weight()
    np.testing.assert_allclose(current(window), sum(direct_spectrum(i, weight) for i in range(6)), atol=1e-9)
    asked = len(networks.directions)
    for _ in range(2):
        QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(window, qtbot)
    np.testing.assert_allclose(current(window), first)
    assert len(networks.directions) <= asked + 1


def test_t_draws_the_fitted_tensor(benzene_window, qtbot, networks):
    window = benzene_window
    assert not window.plot.header.fitted.isVisible()
    choose(window, qtbot, "directional")
    assert window.plot.header.fitted.isVisible()
    window.workspace.set_geometry(window.workspace.geometry.with_direction((0.6, 0.0, 0.8)))
    settle(window, qtbot)
    own = current(window)
    QTest.keyClick(window, Qt.Key.Key_T)
    settle(window, qtbot)
    assert shown(window, "current")[0].label == "fitted tensor"
    expected = sum(0.36 * site_tensor(i)[0] + 0.64 * site_tensor(i)[2] for i in range(6))
    np.testing.assert_allclose(current(window), expected, atol=1e-9)
    assert np.abs(own - current(window)).max() > 0.1
    asked = len(networks.directions)
    QTest.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ShiftModifier)
    settle(window, qtbot)
    assert len(networks.directions) == asked, "a tensor needs no network to follow"
    QTest.mouseClick(window.plot.header.fitted, LEFT)
    settle(window, qtbot)
    assert shown(window, "current")[0].label == "network's answer"


def test_closing_while_an_answer_is_awaited(benzene_window, qtbot, networks):
    window = benzene_window
    choose(window, qtbot, "directional")
    networks.turns.clear()
    QTest.keyClick(window, Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier)
    window.close()
    assert not window.isVisible()


def test_a_network_in_place_of_a_broken_one_says_so_where_it_is_chosen(qtbot):
    choice = NetworkChoice()
    qtbot.addWidget(choice)
    notice = "Your own a can't be used: There is no card.json in a."
    choice.set_entries([NetworkEntry("a", "A", "for nothing", notice=notice), NetworkEntry("b", "B", "too")], "a")
    assert choice.toolTip().endswith(notice)
    assert choice.itemData(1, Qt.ItemDataRole.ToolTipRole) == "B\ntoo"
