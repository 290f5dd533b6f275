"""Slabs among the examples open as a user's own do: with the sum that is measured."""

from __future__ import annotations

import pytest

from xanesview.gui.main_window import MainWindow
from xanesview.gui.settings import Settings
from xanesview.io.examples import find_example


@pytest.fixture
def window(qtbot):
    """The window with the program's own networks: the tests' own know no iron."""
    found = MainWindow(settings=Settings(fresh=True))
    with qtbot.waitExposed(found):
        found.show()
    yield found
    qtbot.waitUntil(lambda: not found.workspace.is_busy, timeout=60_000)
    found.close()
    found.deleteLater()


@pytest.mark.parametrize("name", ["hematite_001", "rutile_110", "cuo_111", "graphite_0001"])
def test_an_example_slab_opens_on_all_sites_of_its_edge_as_its_file_does(window, qtbot, name):
    window.opening.open_example(name)
    session = window.workspace.session
    element = window.workspace.shown.card.element
    assert sorted(session.picked) == session.structure.sites_of(element).tolist()
    assert not session.site_weights
    window.opening.open_example("benzene")
    window.opening.open_file(find_example(name).path)
    assert window.workspace.session.picked == session.picked


def test_hematites_curve_is_that_of_all_its_irons(window, qtbot):
    window.opening.open_example("hematite_001")
    qtbot.waitUntil(lambda: len(window.workspace.shown.sites) == 48, timeout=60_000)
    qtbot.waitUntil(lambda: any(one.role == "current" for one in window.plot.curves()), timeout=60_000)
    assert "48 Fe" in window.plot.header.title.text()
