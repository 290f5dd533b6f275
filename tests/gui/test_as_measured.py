"""The switch above the plot: spectra as measured or as computed."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from tests.gui.acting import current, shown
from tests.gui.fake_networks import ENERGY_EV, FakeNetworks, card
from xanesview.domain.processing.as_measured import AsMeasured
from xanesview.gui.main_window import MainWindow
from xanesview.gui.settings import Settings

HOW = AsMeasured(0.4, 0.5, 0.2)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def networks() -> FakeNetworks:
    """The tensor network was fitted to measured spectra, the isotropic one wasn't."""
    made = FakeNetworks()
    made._cards["fake"] = card(raw={"as_measured": HOW.as_dict()})
    return made


def energies(window) -> np.ndarray:
    return shown(window, "current")[0].energy_ev


def drawn(window, qtbot) -> None:
    qtbot.waitUntil(lambda: not window.plot_link._later.isActive())


def test_a_click_draws_as_computed_and_another_as_measured_again(benzene_window, qtbot):
    window, button = benzene_window, benzene_window.plot.header.measured
    assert button.isVisible()
    assert button.isChecked()
    np.testing.assert_allclose(energies(window), ENERGY_EV + 0.4)
    measured = current(window).copy()
    QTest.mouseClick(button, LEFT)
    drawn(window, qtbot)
    assert not button.isChecked()
    assert not window.named_actions["as_measured"].isChecked()
    np.testing.assert_allclose(energies(window), ENERGY_EV)
    assert current(window).max() > measured.max(), "as measured is broader"
    QTest.mouseClick(button, LEFT)
    drawn(window, qtbot)
    np.testing.assert_allclose(current(window), measured)


def test_the_key_does_the_same_and_undo_takes_it_back(benzene_window, qtbot):
    window = benzene_window
    window.plot.setFocus()
    QTest.keyClick(window, Qt.Key.Key_M)
    drawn(window, qtbot)
    np.testing.assert_allclose(energies(window), ENERGY_EV)
    window.workspace.undo_stack.undo()
    drawn(window, qtbot)
    assert window.plot.header.measured.isChecked()
    np.testing.assert_allclose(energies(window), ENERGY_EV + 0.4)


def test_a_network_that_was_not_fitted_has_the_switch_off_and_says_why(benzene_window, qtbot):
    window = benzene_window
    window.workspace.set_network("isotropic")
    qtbot.waitUntil(lambda: window.workspace.shown.look is not None)
    button = window.plot.header.measured
    assert button.isVisible()
    assert (button.isEnabled(), button.isChecked()) == (False, False)
    assert "was not fitted to measured spectra" in button.toolTip()
    window.workspace.set_network("fake")
    qtbot.waitUntil(lambda: window.workspace.shown.look is not None)
    assert (button.isEnabled(), button.isChecked()) == (True, True), "what was chosen before holds again"


def test_the_next_window_begins_as_the_last_was_left(benzene_window, networks, qtbot):
    settings = benzene_window.settings
    QTest.mouseClick(benzene_window.plot.header.measured, LEFT)
    assert not settings.as_measured
    following = MainWindow(networks=networks, settings=settings, network="fake")
    assert not following.workspace.session.as_measured
    following.close()
    following.deleteLater()
    assert Settings(fresh=True).as_measured


def test_what_is_kept_for_the_next_window_follows_undo_and_redo_but_no_session_from_a_file(benzene_window, qtbot):
    window, settings, stack = benzene_window, benzene_window.settings, benzene_window.workspace.undo_stack
    window.plot.setFocus()
    QTest.keyClick(window, Qt.Key.Key_M)
    assert not settings.as_measured
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.workspace.session.as_measured
    assert settings.as_measured
    stack.redo()
    assert not settings.as_measured
    stack.undo()
    window.drawing.set_per_atom(not settings.per_atom)
    per_atom = settings.per_atom
    stack.undo()
    assert settings.per_atom is not per_atom
    window.workspace.begin_anew(window.workspace.session.replace(as_measured=False))
    window.directions.x()
    assert not window.workspace.session.as_measured
    assert settings.as_measured, "the file's own wish"


def test_an_exported_file_says_how_its_curves_are_drawn(benzene_window, tmp_path, monkeypatch, qtbot):
    window, path = benzene_window, tmp_path / "window.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window.named_actions["export_data"].trigger()
    assert f"# curve 1 drawn_as: measured: {HOW}" in path.read_text()
    QTest.mouseClick(window.plot.header.measured, LEFT)
    drawn(window, qtbot)
    window.named_actions["export_data"].trigger()
    assert "# curve 1 drawn_as: computed" in path.read_text()
    assert "drawn_as: measured" not in path.read_text()


def test_turning_the_arrow_keeps_the_axes_and_asks_for_no_new_look(benzene_window, qtbot):
    window = benzene_window
    before, look = window.plot.view_range(), window.workspace.shown.look
    window.directions.x()
    assert window.plot.view_range() == before
    assert window.workspace.shown.look is look
