"""A fit that moves a measured curve further than the network's calibration explains says that it hides the edge."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtTest import QTest

from tests.gui.acting import LEFT
from tests.gui.fake_networks import FakeNetworks, card
from xanesview.domain.processing.as_measured import AsMeasured
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.shown.spectra import current_spectrum

PATIENT = {"timeout": 30_000}
TOLD = "eV away from where the network's calibration puts them, which is good to 0.7 eV"


@pytest.fixture
def networks() -> FakeNetworks:
    """The network was calibrated: it moves its spectra by 1 eV to be as measured, and lines are met within 0.1 eV."""
    made = FakeNetworks()
    left_out = {"n_files": 9, "median_r": 0.9, "median_rms": 0.1, "median_line_error_ev": 0.1}
    how = {**AsMeasured(1.0, 0.5).as_dict(), "left_out": left_out}
    made._cards["fake"] = card(raw={"as_measured": how})
    return made


def fit(window, qtbot, moved_ev: float) -> None:
    """Overlay the prediction as it is drawn, moved; press Fit."""
    predicted = current_spectrum(window.workspace.shown)
    grid = np.linspace(281.0, 318.0, 301)
    counts = 5.0 * np.interp(grid - moved_ev, predicted.energy_ev, predicted.intensity)
    counts = counts + 0.001 * counts.max() * np.random.default_rng(1).normal(size=grid.size)
    window.workspace.processing.overlay(ReferenceCurve(Spectrum(grid, counts, kind="measured"), label="film"))
    panel = window.tabs["Processing"]
    qtbot.waitUntil(panel.fit_button.isEnabled, **PATIENT)
    QTest.mouseClick(panel.fit_button, LEFT)
    qtbot.waitUntil(lambda: window.workspace.fitting.report is not None, **PATIENT)
    qtbot.waitUntil(lambda: "measured curve shifted" in panel.words.text(), **PATIENT)


def test_a_shift_of_an_oxidation_state_is_told_above_the_plot_and_with_the_values_until_it_is_undone(
    benzene_window, qtbot
):
    window, bar = benzene_window, benzene_window.plot_messages
    window.tabs.show("Processing")
    fit(window, qtbot, 2.0)
    assert f"The fit moves the energies 2.0 {TOLD}" in bar.text()
    assert "compare the edges before the fit" in bar.text()
    assert bar.severity == "warning"
    panel = window.tabs["Processing"]
    assert panel.words.text().startswith("Shift beyond calibration: measured curve shifted −2.0")
    assert TOLD in panel.words.toolTip()
    window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: not bar.isVisible(), **PATIENT)


def test_a_shift_within_it_is_as_it_was(benzene_window, qtbot):
    benzene_window.tabs.show("Processing")
    fit(benzene_window, qtbot, 0.5)
    assert benzene_window.tabs["Processing"].words.text().startswith("measured curve shifted −0.5")
    assert TOLD not in benzene_window.plot_messages.text()


def test_drawn_as_computed_the_shift_counts_from_the_calibration_that_is_still_to_come(benzene_window, qtbot):
    window = benzene_window
    window.workspace.set_as_measured(False)
    window.tabs.show("Processing")
    fit(window, qtbot, 1.0)
    assert TOLD not in window.plot_messages.text()
    window.workspace.undo_stack.undo()
    fit(window, qtbot, -0.5)
    qtbot.waitUntil(lambda: f"1.5 {TOLD}" in window.plot_messages.text(), **PATIENT)


def test_the_notice_of_a_fit_shows_what_it_leaves_below_the_plot(benzene_window, qtbot):
    window, bar = benzene_window, benzene_window.plot_messages
    window.tabs.show("Processing")
    fit(window, qtbot, 2.0)
    qtbot.waitUntil(bar._residual.isVisible, **PATIENT)
    QTest.mouseClick(bar._residual, LEFT)
    qtbot.waitUntil(lambda: bool(window.plot.lower_curves()), **PATIENT)
    assert window.named_actions["residuals"].isChecked()
    assert not bar._residual.isVisible(), "it is shown"
