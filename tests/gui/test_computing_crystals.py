"""Crystals and slabs without a network: their absorbers are offered, computed with FEFF10, and the first is shown."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton

from tests.gui.acting import LEFT, current, shown
from tests.process_tree import ENDS_S, children, is_alive, wait_until
from tests.unit.reference.multiple_scattering.test_cluster import rutile
from xanesview.gui.panels.sites.table import SOURCE
from xanesview.gui.window.network_choice import LINE
from xanesview.io.structures.cif_writer import cif_text
from xanesview.reference.engines import SCATTERING
from xanesview.reference.multiple_scattering import access

SCRIPT = Path(__file__).with_name("fake_feff.py")


@pytest.fixture
def crystal(tmp_path) -> Path:
    path = tmp_path / "rutile.cif"
    path.write_text(cif_text(rutile()), encoding="utf-8")
    return path


@pytest.fixture
def crystal_window(qtbot, window, crystal, monkeypatch):
    """The window with rutile open and an engine that answers at once."""
    monkeypatch.setattr(access, "find_spec", lambda _name: True)
    behave(window, "quick")
    window.opening.open_file(crystal)
    qtbot.waitUntil(lambda: window.workspace.structure is not None and bool(window.workspace.session.picked))
    return window


def behave(window, way: str) -> None:
    for process in window.workspace.computation.runs.of(SCATTERING):
        process.command = (sys.executable, str(SCRIPT), way)


def lines(window) -> dict[str, str]:
    combo = window.toolbar.absorber
    combo.estimate()
    return {combo.itemText(row): combo.itemData(row, LINE) for row in range(combo.count())}


def test_a_crystal_opens_with_its_absorbers_and_what_each_takes(crystal_window):
    window = crystal_window
    assert window.workspace.session.network == "computed:feff:Ti"
    assert window.toolbar.absorber.currentText() == "Ti K"
    told = lines(window)
    assert told["C K"] == ""
    assert told["Ti K"].startswith("computed here (FEFF10, about ")
    assert told["O K"].startswith("computed here (FEFF10, about ")
    assert window.plot._empty.text() == "There is no network for the Ti K-edge."


def test_one_click_computes_the_picked_site_and_symmetry_gives_the_other(crystal_window, qtbot):
    window = crystal_window
    button = window.findChild(QPushButton, "empty-button")
    qtbot.waitUntil(button.isVisible)
    assert button.text().startswith("Compute Ti1, Ti2 (FEFF10, about ")
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: bool(shown(window, "current")), timeout=20_000)
    assert shown(window, "current")[0].label == "computed"
    assert window.workspace.computation.known() == {0, 1}
    model = window.sites.model
    assert model.data(model.index(model.row_of(0), SOURCE)) == "computed"


def test_the_curve_follows_the_arrow(crystal_window, qtbot):
    window = crystal_window
    window.named_actions["compute_reference"].trigger()
    qtbot.waitUntil(lambda: bool(shown(window, "current")), timeout=20_000)
    window.directions.z()
    along_z = current(window).copy()
    window.directions.x()
    assert along_z.max() > 1.8
    assert current(window).max() == pytest.approx(1.0, abs=0.01)


def test_two_sites_run_beside_one_another_and_the_first_is_shown_at_once(crystal_window, qtbot):
    window = crystal_window
    row = window.toolbar.absorber.findText("O K")
    window.toolbar.absorber.setCurrentIndex(row)
    window.toolbar.absorber.activated.emit(row)
    behave(window, "slow")
    computation = window.workspace.computation
    computation._orbit(2)  # all oxygens are one orbit: here each stands for itself
    computation._target.orbit_of = {m: type(o)(m, (m,), (np.eye(3),)) for m, o in computation._target.orbit_of.items()}
    window.sites.pick_all()
    window.named_actions["compute_reference"].trigger()
    assert computation.atoms == (2, 3)
    assert window.status.computing.text.text().startswith("computing O1 and O2 (FEFF10")
    qtbot.waitUntil(lambda: "scattering" in window.status.computing.text.text(), timeout=20_000)
    qtbot.waitUntil(lambda: bool(shown(window, "current")), timeout=20_000)
    assert computation.is_busy
    qtbot.waitUntil(lambda: not computation.is_busy, timeout=20_000)
    assert computation.known() == {2, 3, 4, 5}


@pytest.mark.skipif(os.name != "posix", reason="groups of processes are POSIX's")
def test_stop_ends_all_processes_within_two_seconds(crystal_window, qtbot):
    window = crystal_window
    behave(window, "hang")
    window.named_actions["compute_reference"].trigger()
    qtbot.waitUntil(lambda: any("sleep(60)" in line for line in children(os.getpid()).values()), timeout=60_000)
    running = {pid for pid, line in children(os.getpid()).items() if "fake_feff" in line or "sleep(60)" in line}
    assert len(running) == 2
    qtbot.mouseClick(window.status.computing.stop, LEFT)
    wait_until(lambda: not any(map(is_alive, running)), ENDS_S)
    assert not window.workspace.computation.is_busy


def test_what_was_computed_is_there_after_a_new_start(crystal_window, qtbot):
    window = crystal_window
    window.named_actions["compute_reference"].trigger()
    qtbot.waitUntil(lambda: bool(shown(window, "current")), timeout=20_000)
    sites = window.workspace.computation.sites
    fresh = type(sites)().of(window.workspace.structure, "Ti", SCATTERING)
    assert set(fresh) == {0, 1}


def test_without_the_package_the_hint_says_how_to_install_it(crystal_window, monkeypatch):
    monkeypatch.setattr(access, "find_spec", lambda _name: None)
    crystal_window.named_actions["compute_reference"].trigger()
    assert crystal_window.plot_messages.notice.hint == "Install it: pip install 'xanesview[feff]'"


def test_a_site_that_fails_is_told(crystal_window, qtbot):
    behave(crystal_window, "fail")
    crystal_window.named_actions["compute_reference"].trigger()
    qtbot.waitUntil(lambda: "It did not converge." in crystal_window.plot_messages.text(), timeout=20_000)


def test_exports_name_the_engine(crystal_window, qtbot):
    window = crystal_window
    window.named_actions["compute_reference"].trigger()
    qtbot.waitUntil(lambda: bool(shown(window, "current")), timeout=20_000)
    from xanesview.shown.spectra import current_facts

    facts = current_facts(window.workspace.shown)
    assert "FEFF10" in facts["computed_with"]
    assert facts["network"] == "none"


def test_the_time_of_thousands_of_sites_is_estimated_from_a_few(crystal_window, monkeypatch):
    """Each estimate cuts a cluster out of the whole crystal: the window used to stand still for minutes."""
    computation, asked = crystal_window.workspace.computation, []
    monkeypatch.setattr(type(SCATTERING), "site_seconds", lambda _self, _structure, atom: asked.append(atom) or 10.0)
    few = computation._added_seconds(range(20))
    assert (few, len(asked)) == ((200.0, 10.0), 20)
    assert computation._added_seconds(range(20_000)) == (200_000.0, 10.0)
    assert len(asked) <= 20 + 8
