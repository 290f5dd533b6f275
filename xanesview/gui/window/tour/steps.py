"""The steps of the tour: what is said, where, and how it is known that it was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from xanesview.paths import resource

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDockWidget, QToolBar, QWidget

    from xanesview.gui.actions.opening import Opening
    from xanesview.gui.plot.spectrum_plot import SpectrumPlot
    from xanesview.gui.session.workspace import Workspace
    from xanesview.gui.settings import Settings
    from xanesview.gui.window.tabs import Tabs
    from xanesview.gui.window.view_pane import ViewPane

#: What is open during the tour: its spectra are of this molecule.
EXAMPLE = "benzene"
_ANGLES_DEG = (20, 40, 60, 90)


class Toured(Protocol):
    """What the tour knows of the window that it goes through, which is a QToured."""

    workspace: Workspace
    settings: Settings
    opening: Opening
    view_pane: ViewPane
    plot: SpectrumPlot
    tabs: Tabs
    docks: dict[str, QDockWidget]
    toolbar: QToolBar


@dataclass(frozen=True)
class TourStep:
    """One step.

    Parameters
    ----------
    title, text
        What to do, and what there is to see.
    place
        Gives what of a window it is about.
    state
        Gives what of a window changes when the step is done; the step is done once this is true and another than
        when the step began.
    button, act
        Does the step for the user, where that is more than a click.
    """

    title: str
    text: str
    place: Callable[[Toured], QWidget]
    state: Callable[[Toured], object] = lambda _window: None
    button: str = ""
    act: Callable[[Toured], object] = lambda _window: None


def _view(window: Toured) -> QWidget:
    return window.view_pane.widget


def _panel(title: str) -> Callable[[Toured], QWidget]:
    return lambda window: window.docks[title]


def load_film(window: Toured) -> None:
    """Lay the tour's spectra of a film over the prediction of the whole molecule."""
    window.workspace.pick(window.workspace.shown.absorbers)
    folder = resource("examples", "spectra")
    window.opening.overlay([folder / f"benzene_film_{angle}deg.dat" for angle in _ANGLES_DEG])


def _show_tilt(window: Toured) -> None:
    window.tabs.show("Tilt")


def _has_series(window: Toured) -> bool:
    return window.workspace.angles.measured is not None


STEPS: tuple[TourStep, ...] = (
    TourStep(
        "Turn the field",
        "Drag a tip of the arrow: it is the electric field of the light. The π* line near 285 eV goes as the field "
        "turns into the ring, and σ* lines rise.",
        _view, lambda window: window.workspace.geometry,
    ),
    TourStep(
        "Pick sites",
        "Click an atom to see that atom's spectrum alone, more of them with Shift; all together are what is measured "
        "(Ctrl+Shift+A).",
        _view, lambda window: tuple(window.workspace.shown.sites),
    ),
    TourStep(
        "Keep a curve",
        "Press C, or Freeze: the curve stays while you turn the arrow on, so that two directions can be compared. The "
        "tab Curves lists all that is drawn.",
        lambda window: window.plot, lambda window: len(window.workspace.session.frozen), "Freeze",
        lambda window: window.workspace.curves.freeze(),
    ),
    TourStep(
        "Bring a measurement",
        "Drop spectra on the window. Here are four of a benzene film at 20 to 90° from the normal, computed with "
        "noise; all atoms are picked, since a film shows all.",
        lambda window: window.plot, _has_series, "Lay the four over", load_film,
    ),
    TourStep(
        "Fit a tilt",
        "The tab Tilt reads the π* line of every spectrum between two lines on the plot, which can be dragged, and "
        "gives the tilt of its orbital. The film was made with 35° and P = 0.95, which its files tell.",
        _panel("Tilt"), lambda window: window.workspace.tilts.tilt is not None, "Show Tilt", _show_tilt,
    ),
    TourStep(
        "Find the orientation",
        "Button 1 of Tilt, “Orientation”, does not read one line but compares all of every spectrum with the whole "
        "prediction: how does the molecule lie?",
        _panel("Tilt"), lambda window: window.workspace.tilts.orientation is not None, "Orientation",
        lambda window: (_show_tilt(window), window.workspace.tilts.fit_orientation()),
    ),
    TourStep(
        "Turn to it",
        "Button 2, “Turn to it”, stands the molecule on the surface as it was found to lie, and makes a film of it.",
        _panel("Tilt"), lambda window: window.workspace.tilts.is_turned, "Turn to it",
        lambda window: (_show_tilt(window), window.workspace.tilts.turn_to_best()),
    ),
    TourStep(
        "Fit the prediction",
        "Button 3, “Fit series”, brings the prediction at each angle to its spectrum: one shift, scale and width for "
        "all. Button 4 makes a figure of it.",
        _panel("Tilt"), lambda window: window.workspace.fitting.report, "Fit series",
        lambda window: (_show_tilt(window), window.workspace.fitting.fit_series()),
    ),
    TourStep(
        "Go on",
        "Ctrl+S keeps all of this as a session, Ctrl+E makes a figure of it. F1 or ? opens the guide, Ctrl+Shift+P "
        "finds every command, Ctrl+Z takes anything back.",
        lambda window: window.toolbar,
    ),
)  # fmt: skip
