"""Fields for the parameters of a step, made from what the step says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QToolButton, QWidget

from xanesview.domain.processing.steps.step import Parameter, Step
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.typed_numbers import parse_number
from xanesview.gui.panels.flow_layout import FlowLayout
from xanesview.gui.panels.number_field import NumberField
from xanesview.gui.panels.quiet import QuietCombo
from xanesview.texts import tr

COLUMN_OF_FILE = "Column of its file…"
"""Stands among the curves that a step can name: a column of the curve's own file, such as the flux of the scan."""
_NUMBER_PX, _COMBO_PX, _ROW_PX = 78, 132, 26
_COARSE = ("pre_low_ev", "pre_high_ev", "post_low_ev", "post_high_ev", "low_ev", "high_ev", "centre_ev", "wide_ev")


class StepNumber(NumberField):
    """A number of a step; where the data may decide, an empty field leaves it to them and shows what they gave.

    The wheel turns it only while it has the keyboard: it stands in a list that is scrolled.
    """

    cleared = Signal()

    def __init__(self, name: str, parameter: Parameter, begin_gesture: Callable[[], int]) -> None:
        self.whole, self.automatic = parameter.kind == "whole", parameter.automatic
        step = 1.0 if self.whole or name in _COARSE else 0.05 if not parameter.unit else 0.1
        super().__init__(
            name, parse_number, self._written, step, (parameter.low, parameter.high), begin_gesture
        )
        self.setFixedWidth(_NUMBER_PX)
        bounds = [tr("at least {low}").format(low=f"{parameter.low:g}")] if parameter.low > -1e5 else []
        bounds += [tr("at most {high}").format(high=f"{parameter.high:g}")] if parameter.high < 1e5 else []
        label = tr(parameter.label)
        tip = label + (f" ({parameter.unit})" if parameter.unit else "")
        tip += f"; {tr(' and ').join(bounds)}" if bounds else ""
        self.set_tip(f"{tip}. {tr('Empty: found from the data.')}" if self.automatic else f"{tip}.")
        self.setAccessibleName(label)

    def _written(self, value: float) -> str:
        text = f"{value:.0f}" if self.whole else f"{value:.2f}" if abs(value) >= 1000.0 else f"{value:.5g}"
        return text.replace("-", "−")

    def show_value(self, value: float | None, found: float | None) -> None:
        """Show a value, or that the data decide, and what they gave."""
        if value is not None:
            self.set_value(value)
            return
        self._value = 0.0 if found is None else float(found)
        self.setPlaceholderText(tr("auto") if found is None else self._written(round(float(found), 2)))
        if not (self.hasFocus() and self.isModified()):
            self.setText("")
            self._mark("")

    def refuse(self, problem: str) -> None:
        """Mark the field: what stands in it can't be."""
        self._mark(problem)

    def _take_text(self) -> None:
        if self.automatic and self.isModified() and not self.text().strip():
            self.setModified(False)
            self._mark("")
            self.cleared.emit()
            return
        super()._take_text()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the list scroll unless the field has the keyboard."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class StepForm(QWidget):
    """The parameters of one step as fields; tells what the user changes."""

    edited = Signal(dict, object)  # parameters, gesture
    entered = Signal()  # Enter was pressed in a field

    def __init__(self, step: Step, begin_gesture: Callable[[], int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._begin_gesture = begin_gesture
        self._step = step
        self.fields: dict[str, QWidget] = {}
        self._flow = FlowLayout(self)
        self._flow.setSpacing(SPACING)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        for name, parameter in step.parameters().items():
            if name != "on":
                self._add(name, parameter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for all rows of fields: a list that is scrolled would else press them together."""
        super().resizeEvent(event)
        self.setMinimumHeight(self._flow.heightForWidth(event.size().width()))

    def _add(self, name: str, parameter: Parameter) -> None:
        field = self._field(name, parameter)
        self.fields[name] = field
        if isinstance(field, QCheckBox):
            self._flow.addWidget(field)
            return
        pair = QWidget()
        row = QHBoxLayout(pair)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING // 2)
        label = Label(parameter.label)
        label.setProperty("muted", True)
        label.setProperty("small", True)
        label.setBuddy(field)
        row.addWidget(label)
        row.addWidget(field)
        if parameter.unit:
            unit = Label(parameter.unit)
            unit.setProperty("muted", True)
            unit.setProperty("small", True)
            row.addWidget(unit)
        self._flow.addWidget(pair)

    def _field(self, name: str, parameter: Parameter) -> QWidget:
        if parameter.kind in ("number", "whole"):
            field = StepNumber(name, parameter, self._begin_gesture)
            whole = parameter.kind == "whole"
            field.edited.connect(
                lambda value, gesture: self.edited.emit({name: round(value) if whole else value}, gesture)
            )
            field.entered.connect(self.entered)
            field.cleared.connect(lambda: self.edited.emit({name: None}, None))
            return field
        if parameter.kind == "flag":
            box = QCheckBox(parameter.label, objectName=name)
            box.setMinimumHeight(_ROW_PX)
            box.clicked.connect(lambda checked: self.edited.emit({name: checked}, None))
            return box
        if parameter.kind in ("choice", "text"):
            return self._combo(name, parameter)
        if parameter.kind == "texts":
            button = QToolButton(objectName=name, popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setMenu(QMenu(button))
            return button
        line = QLineEdit(objectName=name, placeholderText="none")
        line.setFixedWidth(2 * _NUMBER_PX)
        tip = tr("{label}: numbers in {unit}, parted by spaces or semicolons")
        line.setToolTip(plain(tip.format(label=tr(parameter.label), unit=parameter.unit)))
        line.editingFinished.connect(lambda: self._take_numbers(name, line))
        return line

    def _combo(self, name: str, parameter: Parameter) -> QWidget:
        if parameter.kind == "text" and "level" in name:
            line = QLineEdit(objectName=name, placeholderText="Fe K")
            line.setFixedWidth(_NUMBER_PX)
            line.editingFinished.connect(
                lambda: line.isModified() and self.edited.emit({name: line.text().strip()}, None)
            )
            return line
        combo = QuietCombo(objectName=name)
        combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumWidth(_COMBO_PX)
        for word in parameter.choices:
            combo.addItem(word, word)
        combo.activated.connect(lambda _at: self.edited.emit({name: combo.currentData()}, None))
        return combo

    def _take_numbers(self, name: str, line: QLineEdit) -> None:
        if not line.isModified():
            return
        line.setModified(False)
        words = [word for word in line.text().replace(";", " ").split() if word]
        try:
            values = tuple(parse_number(word) for word in words)
        except XanesviewError as error:
            line.setToolTip(plain(f"{error.message} {error.hint}"))
            return
        self.edited.emit({name: values}, None)

    # ---- what is shown ----

    def show_step(self, step: Step, found: Mapping[str, float], names: Sequence[str]) -> None:
        """Show the parameters, what the data gave where they decide, and the curves that can be named."""
        self._step = step
        for name, parameter in step.parameters().items():
            field, value = self.fields.get(name), getattr(step, name)
            if isinstance(field, StepNumber):
                field.show_value(value, found.get(name))
            elif isinstance(field, QCheckBox):
                field.setChecked(value)
            elif isinstance(field, QComboBox):
                self._show_choice(field, parameter, value, names)
            elif isinstance(field, QToolButton):
                self._show_names(field, name, value, names)
            elif isinstance(field, QLineEdit) and not (field.hasFocus() and field.isModified()):
                field.setText(value if isinstance(value, str) else "; ".join(f"{one:.7g}" for one in value))
                field.setModified(False)

    @staticmethod
    def _show_choice(combo: QComboBox, parameter: Parameter, value: str, names: Sequence[str]) -> None:
        if parameter.kind == "text":
            wanted = ["", *([value] if value and value not in names else []), *names]
            if [combo.itemData(at) for at in range(combo.count())] != wanted:
                combo.clear()
                for word in wanted:
                    combo.addItem(word or "none", word)
        combo.setCurrentIndex(max(combo.findData(value), 0))
        label = tr(parameter.label)
        combo.setToolTip(plain(f"{label}: {tr(value)}" if value else label))

    def _show_names(self, button: QToolButton, name: str, chosen: Sequence[str], names: Sequence[str]) -> None:
        several = tr("{n} curves").format(n=len(chosen)) if chosen else tr("choose")
        button.setText(chosen[0] if len(chosen) == 1 else several)
        menu = button.menu()
        menu.clear()
        for word in dict.fromkeys(one for one in (*names, *chosen) if one != COLUMN_OF_FILE):
            action = menu.addAction(word)
            action.setCheckable(True)
            action.setChecked(word in chosen)
            action.triggered.connect(lambda on, word=word: self._choose_name(name, word, on))
        if not menu.actions():
            menu.addAction(tr("Load further scans first")).setEnabled(False)

    def _choose_name(self, name: str, word: str, on: bool) -> None:
        chosen = [one for one in getattr(self._step, name) if one != word] + ([word] if on else [])
        self.edited.emit({name: tuple(chosen)}, None)

    def refuse(self, values: Mapping[str, Any], problem: str) -> None:
        """Mark the field whose value can't be."""
        for name in values:
            field = self.fields.get(name)
            if isinstance(field, StepNumber):
                field.refuse(problem)
            elif field is not None:
                field.setToolTip(plain(problem))
