"""φ in the strip where the direction lies on the axis: what it was before, never that of a drag given up or a tab."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.acting import LEFT, NONE, mouse


def test_escape_in_a_drag_brings_phi_back(benzene_window, qtbot) -> None:
    window, panel = benzene_window, benzene_window.geometry_panel
    window.directions.z()
    before = panel.theta.value, panel.phi.value
    view = window.view
    tip = view.tips_px()[0]
    mouse(view, QEvent.Type.MouseButtonPress, tip)
    for k in range(1, 6):
        mouse(view, QEvent.Type.MouseMove, (tip[0] + 12 * k, tip[1] + 15 * k), NONE, LEFT)
        QApplication.processEvents()
    assert panel.phi.value != before[1]
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert (panel.theta.value, panel.phi.value) == pytest.approx(before)


def test_undo_brings_phi_back(benzene_window) -> None:
    window, panel = benzene_window, benzene_window.geometry_panel
    window.directions.z()
    before = panel.phi.value
    window.directions.y()
    assert panel.phi.value == pytest.approx(90.0)
    window.workspace.undo_stack.undo()
    assert panel.phi.value == pytest.approx(before)


def test_another_structure_has_a_phi_of_its_own(benzene_window, qtbot) -> None:
    window, panel = benzene_window, benzene_window.geometry_panel
    window.directions.y()
    window.opening.open_example("naphthalene")
    qtbot.waitUntil(lambda: len(window.workspace.session.structures) == 2, timeout=30_000)
    window.directions.z()
    window.directions.x()
    window.directions.z()
    assert panel.phi.value == pytest.approx(0.0)
    window.workspace.show_tab(0)
    assert (panel.theta.value, panel.phi.value) == pytest.approx((90.0, 90.0))
    window.workspace.show_tab(1)
    assert panel.theta.value == pytest.approx(0.0)
    assert panel.phi.value == pytest.approx(0.0)


def test_a_structure_that_comes_on_its_axis_begins_at_nought(benzene_window, qtbot) -> None:
    window, panel = benzene_window, benzene_window.geometry_panel
    window.directions.y()
    window.opening.open_example("naphthalene")
    qtbot.waitUntil(lambda: len(window.workspace.session.structures) == 2, timeout=30_000)
    if panel.theta.value == pytest.approx(0.0, abs=1e-6):
        assert panel.phi.value == pytest.approx(0.0)


def test_on_the_axis_a_slider_keeps_the_phi_it_is_given(benzene_window) -> None:
    window, panel = benzene_window, benzene_window.geometry_panel
    window.directions.z()
    panel.phi_slider.setValue(350)
    assert panel.phi.value == pytest.approx(35.0)
    panel.theta_slider.setValue(300)
    assert (panel.theta.value, panel.phi.value) == pytest.approx((30.0, 35.0))
    panel.theta_slider.setValue(0)
    assert panel.phi.value == pytest.approx(35.0)
