"""Between the window of a resonance and the plot: a range to drag, while a panel looks at it."""

from __future__ import annotations

import contextlib

from PySide6.QtCore import QObject, QTimer

from xanesview.errors import XanesviewError
from xanesview.gui.plot.regions import Region
from xanesview.gui.plot.spectrum_plot import SpectrumPlot
from xanesview.gui.session.workspace import Workspace

PEAK = "peak"


class AngleLink(QObject):
    """Keeps the range on the plot in step with the session; a drag is one undo step."""

    def __init__(self, workspace: Workspace, plot: SpectrumPlot) -> None:
        super().__init__(plot)
        self.workspace, self.plot = workspace, plot
        self._gesture: int | None = None
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refresh)
        for signal in (
            workspace.angles_changed, workspace.references_changed, workspace.drawing_changed,
            workspace.prediction_changed, workspace.angles.watched_changed,
        ):  # fmt: skip
            signal.connect(self._later.start)
        plot.region_moved.connect(self._moved)

    def refresh(self) -> None:
        """Show the range, or nothing while nobody looks at it."""
        self._later.stop()
        window = self.workspace.angles.window_ev if self.workspace.angles.is_watched else None
        self.plot.show_regions([] if window is None else [Region(PEAK, window, "peak")], owner=PEAK)

    def _moved(self, key: object, values_ev: tuple[float, ...], finished: bool) -> None:
        if key != PEAK:
            return
        if self._gesture is None:
            self._gesture = self.workspace.begin_gesture()
        with contextlib.suppress(XanesviewError):  # too narrow: it goes back to where it can stand
            self.workspace.angles.set_window(values_ev, self._gesture)
        if finished:
            self._gesture = None
            self._later.start()
