"""Sites by symmetry and by depth: orbits, one prediction an orbit, layers and the escape depth of electrons."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.acting import LEFT, current
from tests.gui.fake_networks import site_tensor
from xanesview.domain.geometry.weight_tensor import to_voigt
from xanesview.domain.layers import slab_layers
from xanesview.domain.symmetry import orbits
from xanesview.gui.panels.sites.table import CLASS, LAYER, ORBIT


def unfold(window, qtbot):
    qtbot.mouseClick(window.sites.more, LEFT)
    qtbot.waitUntil(lambda: window.sites.symmetry.found is not None, timeout=20_000)
    QApplication.processEvents()
    return window.sites


def type_into(field, text: str) -> None:
    field.setFocus()
    field.selectAll()
    if text:
        QTest.keyClicks(field, text)
    else:
        QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()


def cell(panel, row: int, column: int) -> str:
    return panel.model.data(panel.model.index(row, column))


def test_symmetry_is_looked_for_when_asked_and_told_with_symbol_and_multiplicity(benzene_window, qtbot):
    window = benzene_window
    assert window.sites.symmetry.found is None, "nothing is looked for before"
    assert window.sites.table.isColumnHidden(ORBIT)
    panel = unfold(window, qtbot)
    assert panel.symmetry.symbol.text() == "D6h, 1 orbit"
    assert [cell(panel, row, ORBIT) for row in (0, 5)] == ["1 (×6)", "1 (×6)"]
    assert not panel.layers.isVisible(), "a molecule has no layers"
    assert panel.table.isColumnHidden(LAYER)
    type_into(panel.symmetry.tolerance, "0.7")
    assert panel.symmetry.tolerance.property("invalid") is True
    assert not panel.symmetry.tolerance.hasFocus(), "keys such as Ctrl+Z reach the window"
    type_into(panel.symmetry.tolerance, "0.001")
    qtbot.waitUntil(lambda: panel.symmetry.found is not None, timeout=20_000)
    assert panel.symmetry.found.question.tolerance_angstrom == 0.001
    qtbot.mouseClick(panel.more, LEFT)
    assert panel.table.isColumnHidden(ORBIT)
    assert not panel.symmetry.isVisible()


def test_one_site_an_orbit_is_predicted_and_turned_to_the_others(benzene_window, networks, qtbot):
    window = benzene_window
    structure, before = window.workspace.structure, current(window)
    panel = unfold(window, qtbot)
    networks.asked.clear()
    qtbot.mouseClick(panel.symmetry.by_orbit, LEFT)
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None and not window.workspace.is_busy)
    assert networks.asked == [(0,)], "one of the six carbons"
    (orbit,) = orbits(structure, structure.sites_of("C"))
    tensor = window.workspace.shown.prediction.tensor.select(orbit.members)
    assert set(tensor.sites.tolist()) == set(range(6))
    xx, yy, zz, yz, xz, xy = np.array(site_tensor(0))[:, 40]
    own = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
    for row, rotation in enumerate(orbit.rotations):
        np.testing.assert_allclose(tensor.components[row, :, 40], to_voigt(rotation @ own @ rotation.T), atol=1e-6)
    assert any(chip.text == "one prediction an orbit" for chip in window.plot._chips.chips)
    assert not np.allclose(current(window), before)
    window.workspace.undo_stack.undo()
    QApplication.processEvents()
    np.testing.assert_allclose(current(window), before)
    assert not panel.symmetry.by_orbit.isChecked()
    assert len(networks.asked) == 1, "what was predicted site by site is still known"


@pytest.fixture
def slab_window(window, qtbot):
    """The window with a film of benzene on its side, three layers deep."""
    window.opening.open_example("benzene_film")
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None and not window.workspace.is_busy)
    return window


def test_layers_are_picked_and_weighed_by_the_escape_depth_in_one_step(slab_window, qtbot):
    window, panel = slab_window, unfold(slab_window, qtbot)
    workspace = window.workspace
    sites = workspace.shown.absorbers
    expected = slab_layers(workspace.structure, sites)
    assert panel.layers.isVisible()
    assert panel.table.isColumnHidden(CLASS), "of a crystal the classes are the orbits"
    assert cell(panel, panel.model.row_of(int(expected.sites[expected.layer == 0][0])), LAYER) == "1 surface"
    panel.layers._menu.aboutToShow.emit()
    actions = [action for action in panel.layers._menu.actions() if action.text()]
    assert actions[0].text().startswith("Surface (")
    assert f"Layer {expected.n_layers} (" in actions[-1].text()
    actions[0].trigger()
    assert set(workspace.session.picked) == set(expected.chosen(["surface"]).tolist())
    panel.pick_all()
    steps = workspace.undo_stack.count()
    qtbot.mouseClick(panel.layers.yield_button, LEFT)
    weights = [workspace.session.weight_of(site) for site in sites]
    np.testing.assert_allclose(weights, expected.escape_weights(25.0))
    assert workspace.undo_stack.count() == steps + 1
    assert panel.layers.depth.text() == "25"
    type_into(panel.layers.depth, "8")
    np.testing.assert_allclose([workspace.session.weight_of(s) for s in sites], expected.escape_weights(8.0))
    assert not panel.layers.yield_button.isChecked()
    assert any(chip.text.startswith("weighted") for chip in window.plot._chips.chips)
    workspace.undo_stack.undo()
    assert (panel.layers.depth.text(), panel.layers.yield_button.isChecked()) == ("25", True)
    workspace.set_site_weight(sites[0], 3.0)
    assert panel.layers.depth.text() == "", "weights of another origin are of no depth"
    type_into(panel.layers.depth, "12")
    type_into(panel.layers.depth, "")
    assert {workspace.session.weight_of(site) for site in sites} == {1.0}


def test_a_network_that_answers_every_direction_has_no_orbits_to_turn(window, qtbot, monkeypatch):
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None)
    panel = unfold(window, qtbot)
    monkeypatch.setattr(type(window.workspace.shown), "asks_directions", property(lambda _self: True))
    panel.symmetry.refresh()
    assert not panel.symmetry.by_orbit.isEnabled()
    assert "fitted tensor" in panel.symmetry.by_orbit.toolTip()
