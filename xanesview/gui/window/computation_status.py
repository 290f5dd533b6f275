"""In the status bar: what the first-principles engine computes, how long it will still take, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QWidget

from xanesview.gui.actions.computing import progress_text
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import icon
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.window.status_words import StatusWords

_EVERY_MS = 250
_STEPS = 1000
_LEAST_TEXT_PX = 110


class ComputationStatus(QWidget):
    """Shown only while something is computed."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.text = StatusWords(objectName="computing")
        self.text.setMinimumWidth(_LEAST_TEXT_PX)
        self.bar = QProgressBar(textVisible=False, objectName="computing-progress")
        self.bar.setRange(0, _STEPS)
        self.bar.setFixedWidth(80)
        self.stop = QToolButton(objectName="stop-computing", autoRaise=True)
        self.stop.setToolTip("Stop computing; what is computed stays (Ctrl+Shift+.)")
        self.stop.setAccessibleName("Stop computing")
        self.stop.clicked.connect(workspace.computation.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACING, 0, 0, 0)
        row.setSpacing(SPACING)
        for widget in (self.text, self.bar, self.stop):
            row.addWidget(widget)
        row.addStretch(1)
        self._clock = QTimer(self, interval=_EVERY_MS)
        self._clock.timeout.connect(self._show)
        self._done = 0  # sites since the engine was last idle
        self._was_known: frozenset[int] = frozenset()
        workspace.computation.changed.connect(self._follow)
        self.hide()

    def refresh(self) -> None:
        """Draw the icon in the palette's colours."""
        self.stop.setIcon(icon("stop"))

    def _follow(self) -> None:
        computation = self.workspace.computation
        known = computation.known()
        if not computation.is_busy:
            self._clock.stop()
            self._done = 0
        else:
            if self.isVisible() and known > self._was_known:
                self._done += 1
            self._clock.start()
        self._was_known = known
        self.setVisible(computation.is_busy)
        self._show()

    def _show(self) -> None:
        computation = self.workspace.computation
        self.text.setText(progress_text(self.workspace))
        self.text.setToolTip(plain(self.text.text()))
        total = self._done + max(len(computation.waiting()), 1)
        self.bar.setValue(round(_STEPS * (self._done + computation.progress()) / total))
