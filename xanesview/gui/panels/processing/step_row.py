"""One step in the list: a tick, what it does, buttons to move and remove it, and its fields while it is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from xanesview.domain.processing.steps.step import Step
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import icon
from xanesview.gui.panels.processing.step_form import StepForm
from xanesview.gui.plot.header import Elided
from xanesview.texts import told, tr


class StepRow(QFrame):
    """Shows a step; tells what the user does with it and leaves the doing to others."""

    switched = Signal(bool)
    edited = Signal(dict, object)  # parameters, gesture
    entered = Signal()  # Enter was pressed in a field
    moved = Signal(int)
    removed = Signal()
    chosen = Signal(bool)  # its fields are wanted, or no longer

    def __init__(self, number: int, step: Step, begin_gesture: Callable[[], int], parent: QWidget) -> None:
        super().__init__(parent, objectName=f"step-{number}")
        self.setProperty("step", True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._is_chosen = False
        self._tick = QCheckBox(objectName="on")
        self._tick.setToolTip("Whether this step is done")
        self._tick.clicked.connect(self.switched)
        self.title = Elided(parent=self)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.title.setCursor(Qt.CursorShape.PointingHandCursor)
        self.title.installEventFilter(self)
        self.buttons = {
            name: self._button(name, tip, act)
            for name, tip, act in (
                ("up", "Do this step earlier", lambda: self.moved.emit(-1)),
                ("down", "Do this step later", lambda: self.moved.emit(1)),
                ("close", "Remove this step", self.removed.emit),
            )
        }
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self._tick)
        head.addSpacing(SPACING // 2)
        head.addWidget(self.title, 1)
        for button in self.buttons.values():
            head.addWidget(button)
        self.problem = Label(wordWrap=True)
        self.problem.setProperty("problem", True)
        self.problem.setProperty("small", True)
        self.form = StepForm(step, begin_gesture)
        self.form.edited.connect(self.edited)
        self.form.entered.connect(self.entered)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, 2, 2, 2)
        column.setSpacing(SPACING // 2)
        column.addLayout(head)
        column.addWidget(self.problem)
        column.addWidget(self.form)
        column.addSpacing(2)
        self.apply_theme()

    def _button(self, name: str, tip: str, act: Callable[[], None]) -> QToolButton:
        button = QToolButton(objectName=name, toolTip=plain(tip))
        button.setProperty("cell", True)
        button.setAccessibleName(tr(tip))
        button.clicked.connect(lambda _checked=False: act())
        return button

    def show_step(
        self, step: Step, number: int, count: int, note: str, problem: str, found: Mapping[str, float],
        names: Sequence[str], chosen: bool,
    ) -> None:  # fmt: skip
        """Show a step: what it found (`note`), why it can't be done (`problem`), and its fields where it is chosen."""
        self._is_chosen = chosen
        self._tick.setChecked(step.on)
        words = described = told(step.describe())
        words = words[:1].upper() + words[1:] if words[:1].isalpha() else f"{tr(step.title)}: {words}"
        self.title.setText(f"{number}  {words}")
        self.title.setEnabled(step.on)
        lines = (described, note, "" if chosen else "Click to change it.")
        self.title.setToolTip(plain("\n".join(filter(None, lines))))
        self.buttons["up"].setEnabled(number > 1)
        self.buttons["down"].setEnabled(number < count)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.form.show_step(step, found, names)
        self.form.setVisible(chosen and bool(self.form.fields))
        if bool(self.property("chosen")) != chosen:
            self.setProperty("chosen", chosen)
            self.style().unpolish(self)
            self.style().polish(self)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """A click on the words shows the fields, another hides them."""
        if watched is self.title and event.type() == QEvent.Type.MouseButtonRelease:
            self.chosen.emit(not self._is_chosen)
            return True
        return super().eventFilter(watched, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click beside the fields chooses the step, too."""
        if not self._is_chosen:
            self.chosen.emit(True)
        event.accept()

    def apply_theme(self) -> None:
        """Draw the buttons in the colours of the theme."""
        for name, button in self.buttons.items():
            button.setIcon(icon(name, self))
