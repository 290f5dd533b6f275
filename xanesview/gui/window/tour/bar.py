"""What the tour says, in a bar along the bottom of the window: it covers nothing of what it is about."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolBar, QToolButton, QVBoxLayout, QWidget

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.appearance.theme import colours, icon
from xanesview.texts import tr

_DONE, _TO_DO = "✓", "○"


class TourBar(QToolBar):
    """One step at a time, its place among all, and buttons to go back, on and out."""

    back_wanted = Signal()
    next_wanted = Signal()
    act_wanted = Signal()
    end_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("Tour"), parent)
        self.setObjectName("tour")
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.tick = Label(objectName="tour-tick")
        self.tick.setAccessibleName(tr("Whether the step is done"))
        self.title = Label(objectName="tour-title")
        self.title.setProperty("heading", True)
        self.number = Label(objectName="tour-number")
        self.number.setProperty("muted", True)
        self.text = Label(objectName="tour-text", wordWrap=True)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.text.setFixedHeight(2 * self.text.fontMetrics().lineSpacing() + 2)  # no step says more, in 1024 pixels
        self.text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.act = self._button("tour-act", "", self.act_wanted)
        self.back = self._button("tour-back", tr("Back"), self.back_wanted)
        self.next = self._button("tour-next", tr("Next"), self.next_wanted)
        self.end = QToolButton(objectName="tour-end", toolTip=tr("End the tour"), autoRaise=True)
        self.end.setAccessibleName(tr("End the tour"))
        self.end.setIcon(icon("close"))
        self.end.clicked.connect(self.end_wanted)
        self._arrange()

    def _button(self, name: str, text: str, wanted: Signal) -> QPushButton:
        button = QPushButton(text, objectName=name)
        button.clicked.connect(wanted)
        return button

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACING)
        for widget in (self.tick, self.title, self.number):
            head.addWidget(widget)
        head.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        words.addWidget(self.text)
        body = QWidget()
        body.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(body)
        row.setContentsMargins(SPACING, SPACING // 2, SPACING, SPACING // 2)
        row.setSpacing(SPACING)
        row.addLayout(words, 1)
        for widget in (self.act, self.back, self.next, self.end):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(body)

    def show_step(self, title: str, text: str, button: str, place: int, number: int) -> None:
        """Say one step: its texts, that of its button (or none), and which of how many it is, from 0."""
        self.title.setText(title)
        self.text.setText(text)
        self.number.setText(tr("{place} of {number}").format(place=place + 1, number=number))
        self.act.setText(button)
        self.act.setVisible(bool(button))
        self.back.setEnabled(place > 0)
        self.next.setText(tr("Finish") if place == number - 1 else tr("Next"))

    def show_done(self, done: bool) -> None:
        """Mark the step as done, or as still to do."""
        self.tick.setText(_DONE if done else _TO_DO)
        scheme = colours(self)
        self.tick.setStyleSheet(f"color: {scheme.good if done else scheme.muted}; font-weight: 600;")
        self.next.setDefault(done)
        self.act.setEnabled(not done)
