"""The status bar: what the program is doing, on what, and how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QProgressBar, QStatusBar, QToolButton, QWidget

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.theme import icon
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.window.computation_status import ComputationStatus
from xanesview.gui.window.jobs.panel import JobsButton
from xanesview.gui.window.relaxation_status import RelaxationStatus
from xanesview.gui.window.status_words import StatusWords
from xanesview.shown.computed_edges import KIND

if TYPE_CHECKING:
    from xanesview.networks.card import Card


OPENING = "opening the network…"


class StatusBar(QStatusBar):
    """State on the left; device, network and the last times on the right, as many of these as there is room for."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.setSizeGripEnabled(False)
        self.setContentsMargins(SPACING, 0, SPACING, 0)
        self.state = StatusWords("ready", objectName="state")
        self.progress = QProgressBar(textVisible=False)
        self.progress.setFixedWidth(120)
        self.stop = QToolButton(objectName="stop", toolTip="Keep what is predicted and stop (Ctrl+.)", autoRaise=True)
        self.stop.clicked.connect(workspace.cancel_prediction)
        self.device = StatusWords(objectName="device", toolTip="Where the network runs")
        self.network = StatusWords(objectName="network", toolTip="The network that predicts")
        self.predicted = StatusWords(objectName="predicted", toolTip="Time of the last prediction")
        self.drawn = StatusWords(objectName="drawn", toolTip="From turning the arrow to the drawn curve")
        self.addWidget(self.state)
        self.addWidget(self.progress)
        self.addWidget(self.stop)
        self.computing = ComputationStatus(workspace)
        self.addWidget(self.computing, 1)
        self.jobs = JobsButton(workspace.jobs, self)
        self.addPermanentWidget(self.jobs)
        self.relaxation = RelaxationStatus(workspace)
        self.addPermanentWidget(self.relaxation)
        self._facts = (self.network, self.predicted, self.device, self.drawn)  # the last goes first where it is narrow
        for label in (self.device, self.network, self.predicted, self.drawn):
            label.setContentsMargins(SPACING, 0, SPACING, 0)
            self.addPermanentWidget(label)
        self.drawn.setMinimumWidth(self.drawn.fontMetrics().horizontalAdvance("drawn 000 ms") + 2 * SPACING)
        self._reading = self._writing = ""
        workspace.busy_changed.connect(self._busy)
        workspace.live.opening_changed.connect(self._opening)
        workspace.computation.changed.connect(lambda: self._busy(workspace.is_busy))
        workspace.relaxation.changed.connect(lambda: self._busy(workspace.is_busy))
        workspace.jobs.changed.connect(lambda: self._busy(workspace.is_busy))
        workspace.progress_changed.connect(self._progress)
        workspace.prediction_changed.connect(self.refresh)
        workspace.network_changed.connect(self.refresh)
        workspace.structure_changed.connect(self.refresh)
        self._show_progress(False)
        self.refresh()

    def refresh(self) -> None:
        """Show the latest prediction's facts."""
        card, prediction = self.workspace.shown.card, self.workspace.shown.prediction
        self.network.setText("no network" if card is None else card.title)
        self.device.setText("" if prediction is None else prediction.device)
        self.predicted.setText("" if prediction is None else _time(prediction.elapsed_s, card))
        self.computing.refresh()
        self.relaxation.refresh()
        self.stop.setIcon(icon("stop"))
        self._busy(self.workspace.is_busy)

    def minimumSizeHint(self) -> QSize:
        """No width: the bar says less before it keeps the window from becoming narrower."""
        return QSize(0, super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Say as much as there is room for whenever that, or what is to be said, has changed."""
        handled = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit()
        return handled

    def _fit(self) -> None:
        """Hide facts that have no room."""
        gap = self.layout().spacing()
        widths = {one: max(one.minimumSizeHint().width(), one.minimumWidth()) + gap for one in self._facts}
        taken = super().minimumSizeHint().width() - sum(widths[one] for one in self._facts if not one.isHidden())
        for one in self._facts:
            taken += widths[one]
            one.setVisible(taken <= self.width())

    def show_drawn(self, milliseconds: float) -> None:
        """Show how long the last turn of the arrow took to be drawn."""
        self.drawn.setText(f"drawn {milliseconds:.0f} ms")

    def show_reading(self, sentence: str) -> None:
        """Say what is being read or built; empty when that is over."""
        self._reading = sentence[:1].lower() + sentence[1:]
        self._busy(self.workspace.is_busy)

    def show_writing(self, sentence: str) -> None:
        """Say which file is being written beside the window; empty when that is over."""
        self._writing = sentence[:1].lower() + sentence[1:]
        self._busy(self.workspace.is_busy)

    def _busy(self, busy: bool) -> None:
        if not busy:
            self._show_progress(False)
        doing = OPENING if self.workspace.live.is_opening else "predicting…"
        self.state.setText(self._reading or self._writing or (doing if busy else "" if self._is_at_work() else "ready"))

    def _opening(self, opening: bool) -> None:
        """Say at once that a network is read: the window may come to paint nothing else for a while."""
        self._busy(opening or self.workspace.is_busy)
        if opening and self.state.isVisible():
            self.state.repaint()

    def _is_at_work(self) -> bool:
        """Whether something else runs, which says so itself beside."""
        workspace = self.workspace
        return workspace.computation.is_busy or workspace.relaxation.is_busy or bool(workspace.jobs.running)

    def _progress(self, done: int, wanted: int) -> None:
        if self.workspace.is_busy and 0 < done < wanted:
            self.progress.setRange(0, wanted)
            self.progress.setValue(done)
            self.state.setText(f"predicting {done:,} of {wanted:,} sites…")
            self._show_progress(True)

    def _show_progress(self, shown: bool) -> None:
        self.progress.setVisible(shown)
        self.stop.setVisible(shown)


def _time(seconds: float, card: Card | None) -> str:
    if card is not None and card.kind == KIND:
        return f"computed in {seconds:.1f} s"
    if seconds == 0:
        return "predicted before"
    return f"predicted in {1000 * seconds:.0f} ms" if seconds < 1 else f"predicted in {seconds:.1f} s"
