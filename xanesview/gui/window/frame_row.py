"""The row above the 3D view that chooses one of several structures of a file; there is none for a single structure."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QSpinBox, QToolButton, QWidget

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.session.workspace import Workspace


class FrameRow(QWidget):
    """Says "frame 3 of 20" and lets another one be chosen, by number or with the slider."""

    chosen = Signal(int, object)  # frame from 0, gesture of a drag of the slider or None
    all_asked = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("frame-row")
        self._workspace = workspace
        self.number = QSpinBox(objectName="frame-number", keyboardTracking=False)
        self.number.setAccessibleName("Frame")
        self.slider = QSlider(Qt.Orientation.Horizontal, objectName="frame-slider")
        self.slider.setAccessibleName("Frame")
        for widget in (self.number, self.slider):
            widget.setToolTip(plain("Which of the structures in the file is shown"))
            widget.valueChanged.connect(self._choose)
        self._gesture: int | None = None
        self.slider.sliderPressed.connect(self._begin)
        self.slider.sliderReleased.connect(self._end)
        self._count = Label(objectName="frame-count")
        self.conformer = Label(objectName="frame-conformer")
        self.conformer.setToolTip(plain("Energy above the lowest conformer, and share of the molecules"))
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACING, SPACING // 2, 2 * SPACING, SPACING // 2)
        row.setSpacing(SPACING)
        row.addWidget(Label("frame"))
        row.addWidget(self.number)
        row.addWidget(self._count)
        row.addWidget(self.slider, 1)
        row.addWidget(self.conformer)
        self.all_button = QToolButton(text="All…", objectName="frame-all")
        self.all_button.setToolTip(plain("The spectra of all frames as a map, their mean and its spread"))
        self.all_button.clicked.connect(self.all_asked)
        row.addWidget(self.all_button)
        workspace.structure_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show which frame is shown, of how many."""
        structure = self._workspace.structure
        count, frame = (1, 0) if structure is None else (structure.n_frames, structure.frame)
        for widget in (self.number, self.slider):
            with QSignalBlocker(widget):
                widget.setRange(1, count)
                widget.setValue(frame + 1)
        self._count.setText(f"of {count:,}")
        known = None if structure is None else structure.conformer
        self.conformer.setText("" if known is None else str(known))
        self.conformer.setVisible(known is not None)
        self.setVisible(count > 1)

    def _choose(self, number: int) -> None:
        for widget in (self.number, self.slider):
            with QSignalBlocker(widget):
                widget.setValue(number)
        self.chosen.emit(number - 1, self._gesture)

    def _begin(self) -> None:
        """All frames of one drag are one undo step."""
        self._gesture = self._workspace.begin_gesture()

    def _end(self) -> None:
        self._gesture = None
