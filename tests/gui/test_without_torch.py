"""The window where PyTorch can't be loaded: one sentence, and all that needs no network."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from xanesview.gui.main_window import MainWindow
from xanesview.gui.settings import Settings
from xanesview.inference import predictor
from xanesview.inference.shelf import InstalledNetworks

CANNOT = "Networks can't run because PyTorch can't be loaded"


@pytest.fixture
def window(qtbot, monkeypatch):
    """The window with the networks that come with the program, which can't run."""
    monkeypatch.setitem(sys.modules, "torch", None)  # importing it fails
    monkeypatch.setattr(predictor, "_loaded", {})
    win = MainWindow(networks=InstalledNetworks(), settings=Settings(fresh=True))
    with qtbot.waitExposed(win):
        win.show()
    yield win
    win.close()
    win.deleteLater()


def test_it_says_in_one_sentence_that_networks_can_t_run_and_what_to_do(window, qtbot):
    window.opening.open_example("naphthalene")
    qtbot.waitUntil(window.plot_messages.isVisible, timeout=20_000)
    notice = window.plot_messages.notice
    assert notice.message.startswith(CANNOT)
    assert "Install PyTorch again" in notice.hint
    assert window.workspace.structure.formula == "C10H8"


def test_measured_spectra_are_drawn_all_the_same(window, qtbot, tmp_path):
    window.opening.open_example("naphthalene")
    qtbot.waitUntil(window.plot_messages.isVisible, timeout=20_000)
    energy_ev = np.linspace(280.0, 320.0, 100)
    path = tmp_path / "measured.csv"
    np.savetxt(path, np.column_stack([energy_ev, np.minimum((energy_ev - 280.0) / 10.0, 1.0)]), delimiter=",")
    window.opening.open_paths([path])
    qtbot.waitUntil(lambda: bool(window.plot.curves()), timeout=20_000)
    assert any(curve.label == "measured" or "measured" in curve.label for curve in window.plot.curves())


def test_the_explanation_says_so_too(window, qtbot):
    window.opening.open_example("naphthalene")
    window.docks["Why"].raise_()
    place = window.tabs.places["Why"]
    qtbot.waitUntil(lambda: place.panel is not None)
    qtbot.waitUntil(window.plot_messages.isVisible, timeout=20_000)
    assert place.panel.explanation is None
