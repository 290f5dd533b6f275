"""Curves of another edge than is shown: neither drawn nor printed, and told of at once."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.acting import shown
from xanesview.domain.spectrum import Spectrum


def chips(window) -> list[str]:
    return [chip.text for chip in window.plot._chips.chips]


def printed(window) -> list[str]:
    figure = window.exporting.screen_figure()
    return [figure.title, *(curve.spectrum.label for curve in figure.curves)]


def test_a_measured_curve_of_another_edge_is_told_of_and_not_drawn(benzene_window, qtbot):
    window = benzene_window
    iron = Spectrum(7000.0 + np.arange(300.0), np.arange(300.0), label="iron foil", kind="measured")
    window.references.add(iron, source="iron.dat")
    qtbot.waitUntil(lambda: "measured at another edge" in chips(window))
    assert not shown(window, "measured")
    assert not any("iron" in words for words in printed(window))
    assert "not drawn" in window.plot_messages.notice.message
    near = Spectrum(330.0 + np.arange(40.0), np.arange(40.0), label="uncalibrated", kind="measured")
    window.references.add(near, source="near.dat")
    qtbot.waitUntil(lambda: bool(shown(window, "measured")))
    assert shown(window, "measured")[0].label.startswith("uncalibrated"), "badly calibrated: it is there to be moved"


def test_what_was_frozen_at_another_edge_waits_for_its_edge(benzene_window, qtbot):
    window = benzene_window
    window.workspace.set_axis("relative")
    QTest.keyClick(window, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: bool(shown(window, "frozen")))
    window.opening.open_example("pyridine")
    qtbot.waitUntil(lambda: window.workspace.shown.look is not None and bool(shown(window, "current")))
    assert shown(window, "frozen"), "of the same edge, it stays beside another structure"
    nitrogen = next(one.name for one in window.workspace.networks.bundles() if one.card.element == "N")
    window.workspace.set_network(nitrogen)
    qtbot.waitUntil(lambda: "frozen at another edge" in chips(window))
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    assert not shown(window, "frozen")
    assert not any("Benzene" in words or "C K" in words for words in printed(window))
    carbon = next(one.name for one in window.workspace.networks.bundles() if one.card.element == "C")
    window.workspace.set_network(carbon)
    qtbot.waitUntil(lambda: bool(shown(window, "frozen")))
    assert "frozen at another edge" not in chips(window)
