"""A move of the arrow takes a short way: nothing that it doesn't change is asked for again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

import xanesview
from tests.benchmarks.profile_drag import measure
from xanesview.domain.geometry.average import MosaicSpread, _mosaic_operator
from xanesview.domain.geometry.beam import PolarisedBeam
from xanesview.gui.plot.axis_fitting import AxisFitting
from xanesview.shown.builder import ShownBuilder

#: What a move needed when this was written, and a little: a way that grows wants a look at why.
#: (26 with the notices that lie over the view, which hear all events of its pane; 27, and a call more, with background
#: work that waits until the arrow rests.)
MOST_FILES, MOST_CALLS = 27, 206


@pytest.fixture(autouse=True)
def no_rest_between_moves(monkeypatch):
    """On a busy machine curves would seem to rest in the middle of a drag, and the axis be fitted for the next move."""
    monkeypatch.setattr(AxisFitting, "_settled", lambda _self: None)


def test_a_move_builds_no_look_and_asks_for_no_card(benzene_window, monkeypatch):
    window, asked = benzene_window, []
    window.sites.pick_all()
    QApplication.processEvents()
    monkeypatch.setattr(ShownBuilder, "build", lambda *_, **__: asked.append("look"))
    card = window.workspace.networks.card
    monkeypatch.setattr(window.workspace.networks, "card", lambda name: asked.append(name) or card(name))
    trace, _ = measure(window, QApplication.instance())
    assert asked == []
    assert trace.until_drawn is not None, "the curves follow within the same event"
    assert len(trace.files) <= MOST_FILES, sorted(trace.files)
    assert sum(trace.calls.values()) <= MOST_CALLS


def test_a_beam_on_a_sample_that_averages_takes_hardly_longer(benzene_window):
    window, app = benzene_window, QApplication.instance()
    window.tabs.show("Geometry")
    window.sites.pick_all()
    beam = PolarisedBeam.at_grazing(20.0, 30.0, 25.0, 0.9).with_average(MosaicSpread())
    window.workspace.set_geometry(beam)
    QApplication.processEvents()
    made = _mosaic_operator.cache_info().misses
    trace, _ = measure(window, app)
    assert trace.until_drawn is not None
    assert len(trace.files) <= MOST_FILES + 1, sorted(trace.files)
    assert sum(trace.calls.values()) <= MOST_CALLS + 20, "the panel follows later"
    assert _mosaic_operator.cache_info().misses == made, "the average of a mosaic is made once"


def test_the_trace_sees_the_packages_own_files(benzene_window):
    trace, _ = measure(benzene_window, QApplication.instance())
    package = Path(xanesview.__file__).parent
    assert all((package / name).is_file() for name in trace.files)
    assert sys.getprofile() is None
