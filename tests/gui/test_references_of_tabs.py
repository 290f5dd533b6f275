"""References and structures in tabs: computed ones belong to theirs, measured ones stay where the edge is the same."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.gui.fake_networks import ENERGY_EV, site_tensor
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.panels.references.table import SHOWN

SHAPE = site_tensor(0)[:3].mean(axis=0)


def roles(window) -> dict[str, bool]:
    return {curve.label.partition(" · ")[0]: curve.visible for curve in window.plot.curves()
            if curve.role in ("measured", "computed")}  # fmt: skip


@pytest.fixture
def two_tabs(benzene_window, qtbot):
    """Benzene with a measured and a computed curve, a measured one of another edge, and naphthalene beside it."""
    window = benzene_window
    window.references.add(Spectrum(ENERGY_EV, 500 * SHAPE, label="film", kind="measured"))
    computed = Spectrum(ENERGY_EV, SHAPE, label="FEFF", kind="computed")
    window.workspace.add_reference(ReferenceCurve(spectrum=computed, label="FEFF"))
    iron = Spectrum(7000.0 + np.arange(200.0), np.arange(200.0), label="iron", kind="measured")
    window.workspace.add_reference(ReferenceCurve(spectrum=iron, label="iron"))
    window.opening.open_example("naphthalene")
    qtbot.waitUntil(lambda: "film" in roles(window) and window.workspace.shown.look is not None, timeout=30_000)
    qtbot.waitUntil(lambda: "iron" not in roles(window), timeout=30_000)
    return window


def test_computed_references_stay_with_their_structure(two_tabs, qtbot) -> None:
    window = two_tabs
    assert "FEFF" not in roles(window)
    assert "film" in roles(window)
    label = next(curve.label for curve in window.plot.curves() if curve.role == "measured")
    assert "benzene" in label.lower() or "edge step" in label, "what it was brought to is said"
    window.workspace.show_tab(0)
    qtbot.waitUntil(lambda: "FEFF" in roles(window), timeout=30_000)


def test_another_edge_is_not_drawn_and_said(two_tabs) -> None:
    shown = two_tabs.workspace.shown
    iron = next(one for one in shown.references if one.reference.label == "iron")
    assert iron.is_elsewhere
    assert not iron.is_placed
    assert any("another edge" in chip.text for chip in two_tabs.plot._chips.chips)


def test_a_measured_curve_can_be_hidden_in_one_tab(two_tabs, qtbot) -> None:
    window = two_tabs
    window.tabs.show("References")
    table = window.references.table
    row = next(k for k, one in enumerate(window.workspace.session.references) if one.label == "film")
    table.item(row, SHOWN).setCheckState(Qt.CheckState.Unchecked)
    qtbot.waitUntil(lambda: not roles(window)["film"], timeout=30_000)
    window.workspace.show_tab(0)
    qtbot.waitUntil(lambda: roles(window).get("film", False), timeout=30_000)
    row = next(k for k, one in enumerate(window.workspace.session.references) if one.label == "film")
    assert table.item(row, SHOWN).checkState() == Qt.CheckState.Checked
    window.workspace.show_tab(1)
    qtbot.waitUntil(lambda: roles(window).get("film") is False, timeout=30_000)
    window.workspace.undo_stack.undo()
    window.workspace.undo_stack.undo()
    window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: roles(window).get("film", False), timeout=30_000)
