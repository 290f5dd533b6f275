"""Between the steps of curves and the plot: ranges to drag, the window of the comparison."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from xanesview.errors import XanesviewError
from xanesview.gui.plot.regions import Region
from xanesview.gui.plot.spectrum_plot import SpectrumPlot
from xanesview.gui.session.workspace import Workspace
from xanesview.shown.curve import Curve
from xanesview.shown.processing import shown_window_ev
from xanesview.shown.step_handles import Handle

WINDOW = "window"


class ProcessingLink(QObject):
    """Keeps what is dragged on the plot in step with the session; a drag is one undo step."""

    def __init__(self, workspace: Workspace, plot: SpectrumPlot) -> None:
        super().__init__(plot)
        self.workspace, self.plot = workspace, plot
        self.processing = workspace.processing
        self._handles: dict[object, Handle] = {}
        self._gesture: int | None = None
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refresh)
        for signal in (
            workspace.references_changed, workspace.drawing_changed, workspace.prediction_changed,
            workspace.selection_changed, workspace.network_changed, workspace.broadening_changed,
            self.processing.chosen_changed,
        ):  # fmt: skip
            signal.connect(self._later.start)
        plot.region_moved.connect(self._moved)

    def refresh(self) -> None:
        """Show the ranges of the step that is looked at, and the window."""
        self._later.stop()
        regions, self._handles = [], {}
        for handle, values in self.processing.handles():
            key = (self.processing.subject, handle.place, handle.names)
            self._handles[key] = handle
            regions.append(Region(key, values, handle.label, handle.is_movable))
        window = shown_window_ev(self.workspace.shown)
        if window is not None:
            regions.append(Region(WINDOW, window, "compared", has_body=False))
        self.plot.show_regions(regions)
        self.plot.show_guides([
            Curve(f"guide-{name}", energy, values, name, "frozen") for name, energy, values in self.processing.guides()
        ])  # fmt: skip

    def _moved(self, key: object, values_ev: tuple[float, ...], finished: bool) -> None:
        if self._gesture is None:
            self._gesture = self.workspace.begin_gesture()
        try:
            if key == WINDOW:
                self.processing.set_window((round(values_ev[0], 2), round(values_ev[1], 2)), self._gesture)
            elif key in self._handles:
                self.processing.drag(self._handles[key], values_ev, self._gesture)
        except XanesviewError:  # it can't stand there: it goes back to where it can
            pass
        if finished:
            self._gesture = None
            self._later.start()
