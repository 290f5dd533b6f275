"""Crystals and slabs without a network: their absorbers are offered, computed with FEFF10, and the first is shown."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ase.build import add_adsorbate, fcc111, molecule
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from tests.gui.acting import LEFT, current, shown
from tests.process_tree import ENDS_S, children, is_alive, wait_until
from tests.unit.reference.multiple_scattering.test_cluster import rutile
from xanesview.domain.structure import Structure
from xanesview.gui.actions.computing import duration
from xanesview.gui.panels.sites.table import SOURCE
from xanesview.gui.window.network_choice import LINE
from xanesview.io.structures.cif_writer import cif_text
from xanesview.reference.engines import SCATTERING
from xanesview.reference.multiple_scattering import access
from xanesview.shown.chips import chips
from xanesview.shown.computed_edges import why_empty

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


def test_an_edge_whose_networks_are_meant_for_others_stands_in_both_groups(crystal_window):
    combo = crystal_window.toolbar.absorber
    combo.clear()
    combo.set_edges([("Ti", "K"), ("O", "K")], {"Ti", "O"}, [("Ti", "K")])
    told = [(combo.itemText(row), combo.itemData(row, LINE)) for row in range(combo.count())]
    others = "predicted here, by networks meant for others"
    assert told == [("Ti K", others), ("O K", "predicted here"), ("Ti K", "computed here")]


def test_an_edge_whose_networks_refuse_an_element_cannot_be_chosen(window, qtbot, monkeypatch):
    """Carbon monoxide on copper: networks for carbon that have never seen copper would only say so."""
    monkeypatch.setattr(access, "find_spec", lambda _name: True)
    slab = fcc111("Cu", (2, 2, 2), vacuum=8.0)
    add_adsorbate(slab, molecule("CO"), 1.9, "ontop", mol_index=1)
    window.workspace.open_structure(Structure(slab.numbers, slab.positions, slab.cell.array, [True, True, False]))
    combo = window.toolbar.absorber
    qtbot.waitUntil(lambda: combo.findText("Cu K") >= 0)
    rows = [row for row in range(combo.count()) if combo.itemText(row) == "C K"]
    told = {combo.itemData(row, LINE): combo.model().item(row).isEnabled() for row in rows}
    assert told.pop("No network of this edge has seen Cu") is False
    assert list(told.values()) == [True], "it can be computed"


def test_l3_edges_are_offered_and_those_of_3d_metals_say_what_is_missing(crystal_window, qtbot):
    window = crystal_window
    told = lines(window)
    assert told["Ti L3"].startswith("computed here (FEFF10, about ")
    assert told["Ti L3"].endswith(", without multiplets)")
    row = window.toolbar.absorber.findText("Ti L3")
    window.toolbar.absorber.setCurrentIndex(row)
    window.toolbar.absorber.activated.emit(row)
    assert window.workspace.session.network == "computed:feff:Ti-L3"
    window.named_actions["compute_reference"].trigger()
    qtbot.waitUntil(lambda: bool(shown(window, "current")), timeout=20_000)
    assert window.plot.curves()[0].label
    assert "multiplets missing" in [chip.text for chip in chips(window.workspace.shown)]


def test_presets_stand_below_the_button_with_their_times_and_one_click_chooses(crystal_window, qtbot):
    window = crystal_window
    fast = window.findChild(QPushButton, "way-computed:feff:Ti:fast")
    qtbot.waitUntil(fast.isVisible)
    ways = [one for one in window.findChildren(QPushButton) if one.objectName().startswith("way-")]
    assert [one.text().partition(", about")[0] for one in ways] == ["fast", "standard", "careful"]
    assert [one.isChecked() for one in ways] == [False, True, False]
    qtbot.mouseClick(fast, LEFT)
    assert window.workspace.session.network == "computed:feff:Ti:fast"
    assert window.toolbar.network.currentText() == "FEFF10, fast"
    button = window.findChild(QPushButton, "empty-button")
    qtbot.waitUntil(lambda: window.findChild(QPushButton, "way-computed:feff:Ti:fast").isChecked())
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: bool(shown(window, "current")), timeout=20_000)
    from xanesview.shown.spectra import current_facts

    assert "fast: within 4.5 Å" in current_facts(window.workspace.shown)["computed_with"]
    window.named_actions["undo"].trigger()  # the computed curve
    assert window.named_actions["undo"].text() == "&Undo choose First principles (FEFF10, fast)"
    window.named_actions["undo"].trigger()
    assert window.workspace.session.network == "computed:feff:Ti"
    qtbot.waitUntil(lambda: not shown(window, "current"))  # the other preset has computed nothing


def test_the_list_beside_the_absorber_tells_the_time_of_each_preset(crystal_window):
    network = crystal_window.toolbar.network
    network.showPopup()
    told = {network.itemText(row): network.itemData(row, LINE) for row in range(network.count())}
    network.hidePopup()
    assert list(told)[:3] == ["FEFF10, fast", "FEFF10, standard", "FEFF10, careful"]
    assert told["FEFF10, fast"].startswith("computed here: scattering within 4.5 Å, about ")
    assert all(line.endswith(" a site") for line in list(told.values())[:3])
    row = network.findText("FEFF10, careful")
    network.setCurrentIndex(row)
    network.activated.emit(row)
    assert crystal_window.workspace.session.network == "computed:feff:Ti:careful"
    absorber = crystal_window.toolbar.absorber
    row = absorber.findText("O K")
    absorber.setCurrentIndex(row)
    absorber.activated.emit(row)
    assert crystal_window.workspace.session.network == "computed:feff:O:careful", "the preset stays"


@pytest.mark.parametrize(
    ("elements", "told"),
    [
        (("C", "H"), "No network of the Ti K-edge is meant for such a structure."),
        (("O", "Ti"), "The Ti K-edge is not computed yet."),
    ],
)
def test_an_empty_plot_does_not_deny_networks_that_there_are(crystal_window, monkeypatch, elements, told):
    """Fe K of lithium iron phosphate was said to have no network: there are some, for iron oxides."""
    networks, now = crystal_window.workspace.networks, crystal_window.workspace.shown
    bundle = networks.bundles()[0]
    card = replace(bundle.card, element="Ti", edge="K", elements=elements, data={"periodic": True})
    monkeypatch.setattr(networks, "bundles", lambda: [replace(bundle, card=card)])
    assert why_empty(networks, now.structure, now.card) == told


def test_the_time_left_in_the_plot_goes_on(crystal_window, qtbot, monkeypatch):
    window = crystal_window
    behave(window, "hang")
    window.named_actions["compute_reference"].trigger()
    qtbot.waitUntil(lambda: "scattering" in window.plot._empty.text(), timeout=20_000)
    monkeypatch.setattr(window.workspace.computation, "remaining_s", lambda: 5400.0)
    qtbot.waitUntil(lambda: window.plot._empty.text().endswith(f"{duration(5400.0)} left"))
    qtbot.mouseClick(window.status.computing.stop, LEFT)
    qtbot.waitUntil(lambda: "left" not in window.plot._empty.text())


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


def test_a_computed_edge_is_one_step_that_undo_takes_back_and_redo_brings_back(crystal_window, qtbot):
    window, stack = crystal_window, crystal_window.workspace.undo_stack
    steps = stack.count()
    window.named_actions["compute_reference"].trigger()
    qtbot.waitUntil(lambda: bool(shown(window, "current")) and not window.workspace.computation.is_busy)
    before = current(window).copy()
    assert stack.count() == steps + 1
    assert stack.undoText().startswith("compute ")
    stack.undo()
    qtbot.waitUntil(lambda: not shown(window, "current"))
    assert not window.workspace.computation.known()
    stack.redo()
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    np.testing.assert_array_equal(current(window), before)
    stack.undo()
    window.named_actions["compute_reference"].trigger()  # known, though not shown: not computed once more
    assert not window.workspace.computation.is_busy
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    np.testing.assert_array_equal(current(window), before)


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


def test_a_measured_file_loaded_first_stands_beside_what_is_computed_then(crystal_window, qtbot, tmp_path):
    window = crystal_window
    energy = np.linspace(4900.0, 5100.0, 401)
    rows = "\n".join(f"{e} {1.0 / (1.0 + np.exp(4969.0 - e))}" for e in energy)
    path = tmp_path / "measured.dat"
    path.write_text(f"# energy mu\n{rows}\n", encoding="utf-8")
    window.opening.overlay([path])
    qtbot.waitUntil(lambda: bool(window.workspace.session.references))
    window.workspace.set_axis("absolute")
    qtbot.waitUntil(lambda: bool(shown(window, "measured")))
    assert "Ti K not computed yet" in [chip.text for chip in chips(window.workspace.shown)]
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(shown(window, "current")), timeout=20_000)
    assert "Ti K not computed yet" not in [chip.text for chip in chips(window.workspace.shown)]
    (measured,), (computed,) = shown(window, "measured"), shown(window, "current")
    assert abs(computed.energy_ev.mean() - measured.energy_ev.mean()) < 100.0
    window.workspace.set_axis("relative")
    qtbot.waitUntil(lambda: shown(window, "measured")[0].energy_ev[0] < 0.0)


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
