"""A button with a form of options below it: a range of energies, a largest shift, boxes to tick."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QFormLayout, QMenu, QToolButton, QWidget, QWidgetAction

from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.spoken_names import name_controls
from xanesview.gui.appearance.translations import translate
from xanesview.gui.appearance.typed_numbers import parse_number, parse_range
from xanesview.gui.panels.typed_field import TypedField
from xanesview.texts import tr

_LARGEST_EV = 20.0


class OptionsForm(QWidget):
    """The fields: range and shift first, then the boxes.

    Parameters
    ----------
    prefix : str
        What the names of the fields begin with.
    boxes : dict of QCheckBox
        By the name of the option that each sets.
    range_tip, shift_tip : str
        What the two fields are for.
    """

    def __init__(self, prefix: str, boxes: dict[str, QCheckBox], range_tip: str, shift_tip: str) -> None:
        super().__init__()
        self.boxes, self.range_tip, self.shift_tip = boxes, range_tip, shift_tip
        self.range = TypedField(placeholderText=tr("all in common"), objectName=f"{prefix}-range")
        self.range.setToolTip(plain(range_tip))
        self.shift = TypedField(objectName=f"{prefix}-shift")
        self.shift.setToolTip(plain(shift_tip))
        self.rows = QFormLayout(self)
        self.rows.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        self.rows.addRow(tr("Range / eV"), self.range)
        self.rows.addRow(tr("Largest shift / eV"), self.shift)
        for box in boxes.values():
            self.rows.addRow(box)


class OptionsButton(QToolButton):
    """Opens the form; what is set in it is handed on at once.

    Parameters
    ----------
    name : str
        Of the button.
    form : OptionsForm
    options : callable
        What is set now: an object with ``window_ev``, ``largest_shift_ev`` and an attribute a box.
    change : callable
        Takes what has changed, by name.
    """

    def __init__(self, name: str, form: OptionsForm, options: Callable[[], Any], change: Callable[..., None]) -> None:
        super().__init__(text=tr("Options"), objectName=name)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._options, self._change, self.form = options, change, form
        self._menu = QMenu()  # a child would hang on an inner window
        action = QWidgetAction(self._menu)
        action.setDefaultWidget(form)
        self._menu.addAction(action)
        self._menu.aboutToShow.connect(self.refresh)
        self.setMenu(self._menu)
        translate(form)  # which stands in no panel
        name_controls(form)
        form.range.editingFinished.connect(self._take_range)
        form.shift.editingFinished.connect(self._take_shift)
        for option, box in form.boxes.items():
            box.toggled.connect(lambda on, option=option: self._take_box(option, on))
        self.refresh()

    def refresh(self) -> None:
        """Show what is set."""
        options, form = self._options(), self.form
        window = options.window_ev
        form.range.setText("" if window is None else f"{window[0]:g}–{window[1]:g}")
        form.shift.setText(f"{options.largest_shift_ev:g}")
        form.range.mark("", form.range_tip)
        form.shift.mark("", form.shift_tip)
        for option, box in form.boxes.items():
            with QSignalBlocker(box):
                box.setChecked(getattr(options, option))

    def _take_box(self, option: str, on: bool) -> None:
        self._change(**{option: on})

    def _take_range(self) -> None:
        field, tip = self.form.range, self.form.range_tip
        try:
            window = parse_range(field.text())
        except XanesviewError as error:
            field.mark(f"{error.message} {error.hint}", tip)
            return
        field.mark("", tip)
        if window != self._options().window_ev:
            self._change(window_ev=window)

    def _take_shift(self) -> None:
        field = self.form.shift
        try:
            value = parse_number(field.text())
        except XanesviewError:
            value = -1.0
        good = 0.0 <= value <= _LARGEST_EV
        field.mark("" if good else f"Give 0 to {_LARGEST_EV:g} eV.", self.form.shift_tip)
        if good and value != self._options().largest_shift_ev:
            self._change(largest_shift_ev=value)
