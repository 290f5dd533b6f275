"""Opens what a chip above the plot tells of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from xanesview.gui.session.curve_processing import PREDICTION
from xanesview.gui.window.geometry_choice import geometry_menu
from xanesview.shown.curve import Subject
from xanesview.shown.setting_chips import (
    CURVES,
    GEOMETRY,
    PREDICT,
    PROCESSING,
    REFERENCES,
    RESOLUTION,
    SAMPLE,
    WEIGHTS,
)

if TYPE_CHECKING:
    from xanesview.gui.panels.panel import Panel
    from xanesview.gui.panels.resolution.strip import ResolutionStrip
    from xanesview.gui.plot.spectrum_plot import SpectrumPlot
    from xanesview.gui.session.workspace import Workspace
    from xanesview.gui.window.tabs import Tabs


class Controlled(Protocol):
    """What a window has that chips open."""

    workspace: Workspace
    plot: SpectrumPlot
    resolution: ResolutionStrip
    tabs: Tabs
    sites: Panel


def open_control(window: Controlled, name: str) -> None:
    """Open the control of what a chip tells of."""
    titles = {
        WEIGHTS: "Sites", CURVES: "Curves", REFERENCES: "References", PROCESSING: "Processing", SAMPLE: "Geometry"
    }  # fmt: skip
    if name.startswith(PROCESSING):
        place = name.removeprefix(PROCESSING)
        window.workspace.processing.choose(Subject("reference", int(place)) if place else PREDICTION)
        name = PROCESSING
    if name == RESOLUTION:
        window.resolution.open_strip()
    elif name == PREDICT:
        window.workspace.predict_picked()
    elif name == GEOMETRY:
        geometry_menu(window.workspace, window).popup(window.plot.below_chip(name))
    else:
        window.tabs.show(titles[name])
    if name == WEIGHTS:
        window.sites.show_weights()
