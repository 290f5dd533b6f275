"""What a measured file is told when it comes: where it belongs, why it isn't normalised, what comes next."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt

from tests.gui.fake_networks import ENERGY_EV, site_tensor
from xanesview.domain.spectrum import Spectrum

IRON = {"element.symbol": "Fe", "element.edge": "K"}


def test_a_spectrum_of_another_edge_names_it_and_the_examples_with_its_element(benzene_window):
    window = benzene_window
    energy = np.linspace(7000.0, 7300.0, 200)
    window.references.add(Spectrum(energy, np.tanh(energy - 7112.0), label="rust", kind="measured", provenance=IRON))
    notice = window.plot_messages.notice
    assert "outside the prediction" in notice.message
    assert "Fe K edge" in notice.hint
    assert "Hematite (001) slab, Magnetite (001) slab" in notice.hint


def test_a_spectrum_without_an_edge_step_says_what_normalising_takes(benzene_window):
    window = benzene_window
    short = slice(30, 130)
    window.references.add(Spectrum(ENERGY_EV[short], 3.0 * site_tensor(0)[2][short], label="short", kind="measured"))
    notice = window.plot_messages.notice
    assert "no edge step in this range" in notice.message
    assert "3 eV before and 12 eV behind" in notice.hint
    assert "Fit" in notice.hint


def test_a_constant_column_says_why_it_is_drawn_as_it_stands(benzene_window):
    window = benzene_window
    window.references.add(Spectrum(ENERGY_EV, np.full(ENERGY_EV.size, 2.0), label="clock", kind="measured"))
    notice = window.plot_messages.notice
    assert notice.message.startswith("clock is drawn as measured: ")
    assert "right column" in notice.hint


def test_a_fit_asked_for_too_early_says_to_wait(window, networks, qtbot):
    window.references.add(Spectrum(ENERGY_EV, site_tensor(0)[2], label="film", kind="measured"))
    networks.gate.clear()
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: bool(window.workspace.session.picked))
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert "not there yet" in window.plot_messages.notice.message
    networks.gate.set()
    qtbot.waitUntil(lambda: bool(window.workspace.shown.sites))
