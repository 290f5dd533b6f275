"""The energy resolution: a slider that shows its floor, live, in one undo step a drag; chips that open what is set."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton

from tests.gui.acting import LEFT, current
from xanesview.gui.plot.chips import ChipRow


def chip(window, text: str) -> QPushButton:
    """The chip whose text begins so, None where there is none."""
    row = window.plot.findChild(ChipRow)
    return next((b for b in row.findChildren(QPushButton) if b.text().startswith(text) and b.isVisible()), None)


@pytest.fixture
def strip(benzene_window, qtbot):
    benzene_window.view.setFocus()
    QTest.keyClick(benzene_window.view, Qt.Key.Key_B)
    qtbot.waitUntil(benzene_window.resolution.isVisible)
    return benzene_window.resolution


def test_a_key_opens_the_number_without_a_dialog_and_closes_it(benzene_window, strip, qtbot):
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
    assert strip.field.hasFocus()
    assert strip.field.selectedText() == strip.field.text(), "the next digit replaces it"
    QTest.keyClick(strip.field, Qt.Key.Key_Escape)
    assert not strip.isVisible()
    assert benzene_window.view.hasFocus()
    assert len(benzene_window.workspace.session.picked) == 6


def test_the_panels_have_their_height_again_once_it_is_closed_and_the_window_as_large_as_before(benzene_window):
    window, settled = benzene_window, lambda: QTest.qWait(400)
    window.resize(1400, 860)
    settled()
    dock = window.docks["Sites"]
    height = dock.height()
    window.resolution.open_strip()
    settled()
    window.resize(1024, 620)
    settled()
    window.resize(1400, 860)
    settled()
    QTest.keyClick(window.resolution.field, Qt.Key.Key_Escape)
    settled()
    assert dock.height() == height


def test_the_width_that_opens_is_that_of_the_curve_as_it_is_drawn(benzene_window, strip):
    drawn = benzene_window.workspace.shown.drawn.summed.native_fwhm_ev
    assert strip.floor_ev == pytest.approx(drawn, abs=1e-6)
    assert strip.field.text() == f"{drawn:.2f} eV"


def test_dragging_the_slider_broadens_live_in_one_undo_step(benzene_window, strip, qtbot):
    window, slider = benzene_window, strip.slider
    before, steps = current(window).copy(), window.workspace.undo_stack.count()
    slider.setValue(slider.floor)
    start = QPoint(slider.floor_px(), slider.height() // 2)
    QTest.mousePress(slider, LEFT, pos=start)
    for k in range(1, 6):
        QTest.mouseMove(slider, start + QPoint(12 * k, 0))
    qtbot.waitUntil(lambda: current(window).max() < 0.97 * before.max())
    assert window.workspace.session.broadening_fwhm_ev > strip.floor_ev, "while the button is down"
    QTest.mouseRelease(slider, LEFT, pos=start + QPoint(60, 0))
    assert window.workspace.undo_stack.count() == steps + 1
    window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: np.allclose(current(window), before))
    assert slider.value() == slider.floor


def test_the_slider_stops_at_the_network_s_own_width_and_says_why(benzene_window, strip):
    own = benzene_window.workspace.shown.drawn.summed.native_fwhm_ev
    assert own > 0
    strip.slider.setValue(0)
    assert strip.slider.value() == strip.slider.floor == round(100 * own)
    assert benzene_window.workspace.session.broadening_fwhm_ev is None
    assert f"{own:g} eV" in strip.reason.text()
    assert "own width" in strip.reason.text()


def test_a_typed_width_below_the_floor_becomes_the_floor(benzene_window, strip, qtbot):
    for text, expected in (("2.5", 2.5), ("0.01", None)):
        strip.field.setFocus()
        strip.field.selectAll()
        QTest.keyClicks(strip.field, text)
        QTest.keyClick(strip.field, Qt.Key.Key_Return)
        assert benzene_window.workspace.session.broadening_fwhm_ev == expected
    assert strip.field.value == strip.floor_ev


def test_a_chip_tells_of_the_resolution_and_opens_the_slider(benzene_window, qtbot):
    window = benzene_window
    assert chip(window, "resolution") is None
    window.workspace.set_broadening(2.0)
    qtbot.waitUntil(lambda: chip(window, "resolution 2 eV") is not None)
    qtbot.mouseClick(chip(window, "resolution 2 eV"), LEFT)
    assert window.resolution.isVisible()
    qtbot.mouseClick(window.resolution.own, LEFT)
    qtbot.waitUntil(lambda: chip(window, "resolution") is None)


def test_a_chip_tells_of_weights_and_opens_the_sites(benzene_window, qtbot):
    window = benzene_window
    window.tabs.show("Curves")
    window.workspace.set_site_weight(2, 2.5)
    qtbot.waitUntil(lambda: chip(window, "weighted: C3 × 2.5") is not None)
    qtbot.mouseClick(chip(window, "weighted"), LEFT)
    qtbot.waitUntil(window.sites.table.isVisible)
    window.workspace.pick((0, 1))
    qtbot.waitUntil(lambda: chip(window, "weighted") is None)


def test_a_chip_tells_of_hidden_curves_and_opens_their_list(benzene_window, qtbot):
    window = benzene_window
    window.workspace.curves.freeze()
    site = next(curve.subject for curve in window.plot.curves() if curve.role == "site")
    frozen = next(c.subject for c in window.plot_link._curves if c.role == "site" and c.subject != site)
    window.workspace.curves.set_visible([site], False)
    qtbot.waitUntil(lambda: chip(window, "hidden: ") is not None)
    window.workspace.curves.set_visible([frozen], False)
    qtbot.waitUntil(lambda: chip(window, "2 hidden curves") is not None)
    qtbot.mouseClick(chip(window, "2 hidden"), LEFT)
    qtbot.waitUntil(window.docks["Curves"].widget().isVisible)


def test_what_was_stopped_is_predicted_when_asked_for_again(window, networks, qtbot):
    networks.gate.clear()
    window.opening.open_example("benzene")
    window.workspace.pick((0,))
    qtbot.waitUntil(lambda: bool(networks.asked))
    window.workspace.cancel_prediction()
    networks.gate.set()
    assert not window.workspace.shown.sites
    window.plot.control_wanted.emit("predict")
    qtbot.waitUntil(lambda: len(window.workspace.shown.sites) == 1, timeout=5000)


def test_escape_closes_the_strip_also_once_the_keyboard_is_back_in_the_view(benzene_window, qtbot):
    window = benzene_window
    window.resolution.open_strip()
    QTest.keyClicks(window.resolution.field, "2.0")
    QTest.keyClick(window.resolution.field, Qt.Key.Key_Return)
    assert window.resolution.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.resolution.isVisible()
    assert window.workspace.session.broadening_fwhm_ev == 2.0, "what is set stays"
