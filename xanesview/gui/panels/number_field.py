"""Fields for numbers: typed as the user writes them, stepped by the wheel, never dancing."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from xanesview.errors import XanesviewError
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.panels.typed_field import TypedField

#: Wheel steps closer together than this belong to one gesture, so to one undo step.
WHEEL_PAUSE_S = 0.8


class NumberField(TypedField):
    """A number that is typed, stepped by wheel and arrow keys (with Shift a tenth), and shown in one format.

    Parameters
    ----------
    parse
        From text to number; raises XanesviewError, whose message stands beside the marked field.
    show
        From number to text.
    step
        Change by one wheel step.
    """

    edited = Signal(float, object)  # value, gesture (a number shared by a run of wheel steps, or None)
    direction_edited = Signal(object)  # "x, y, z" was typed instead of a number
    entered = Signal()  # Enter was pressed on something that can be read: the keyboard is free for other things

    def __init__(
        self,
        name: str,
        parse: Callable[[str], float],
        show: Callable[[float], str],
        step: float = 1.0,
        limits: tuple[float, float] | None = None,
        begin_gesture: Callable[[], int] | None = None,
        parse_vector: Callable[[str], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._parse, self._show, self._step, self._limits = parse, show, step, limits
        self._begin_gesture, self._parse_vector = begin_gesture, parse_vector
        self._value = 0.0
        self._gesture: int | None = None
        self._last_step = 0.0
        self._tip = ""
        self.editingFinished.connect(self._take_text)
        self.returnPressed.connect(self._leave)

    @property
    def value(self) -> float:
        """The number shown."""
        return self._value

    @property
    def _is_typed(self) -> bool:
        """Whether what stands in the field is the user's: not taken yet, or what can't be."""
        return self.isModified() or bool(self.property("invalid"))

    def set_tip(self, tip: str) -> None:
        """Tooltip for the times when what stands in the field is right."""
        self._tip = tip
        self.setToolTip(plain(tip))

    def set_value(self, value: float) -> None:
        """Show a number without telling anybody; text that is being typed, or is marked, is left alone."""
        self._value = value
        if not (self.hasFocus() and self._is_typed):
            self.setText(self._show(value))
            self._mark("")

    def _take_text(self) -> None:
        if not self.isModified():
            return
        self.setModified(False)
        text = self.text().strip()
        try:
            if self._parse_vector is not None and len([part for part in text.replace(",", " ").split() if part]) == 3:
                vector = self._parse_vector(text)
                self._mark("")
                self.direction_edited.emit(vector)
                return
            value = self._parse(text)
            if self._limits is not None and not self._limits[0] <= value <= self._limits[1]:
                raise XanesviewError(f"{text} lies outside {self._limits[0]:g} to {self._limits[1]:g}.")
        except XanesviewError as error:
            self._mark(f"{error.message} {error.hint}".strip())
            return
        self._mark("")
        self._value = value
        self.setText(self._show(value))
        self.edited.emit(value, None)

    def _leave(self) -> None:
        self._take_text()
        if not self.property("invalid"):
            self.entered.emit()

    def _mark(self, problem: str) -> None:
        self.mark(problem, self._tip)

    def _step_by(self, steps: float, fine: bool) -> None:
        value = round(self._value + steps * self._step * (0.1 if fine else 1.0), 6)
        if self._limits is not None:
            value = min(max(value, self._limits[0]), self._limits[1])
        now = time.monotonic()
        if self._gesture is None or now - self._last_step > WHEEL_PAUSE_S:
            self._gesture = None if self._begin_gesture is None else self._begin_gesture()
        self._last_step = now
        self.setModified(False)
        self._value = value
        self.setText(self._show(value))
        self._mark("")
        self.edited.emit(value, self._gesture)

    def event(self, event: QEvent) -> bool:
        """Keep Escape for itself while something is typed, which the window would take for "clear"."""
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape and self._is_typed:
            event.accept()
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """One notch is one step, with Shift a tenth (some platforms turn Shift+wheel into a horizontal one)."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        if delta and self.isEnabled():
            self._step_by(delta / 120.0, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down step; Escape takes back what was typed."""
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.isEnabled():
            self._step_by(1.0 if event.key() == Qt.Key.Key_Up else -1.0, fine)
        elif event.key() == Qt.Key.Key_Escape and self._is_typed:
            self.setModified(False)
            self.setText(self._show(self._value))
            self._mark("")
        else:
            super().keyPressEvent(event)
