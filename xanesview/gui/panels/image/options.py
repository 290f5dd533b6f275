"""How an image's spectra are taken apart: the form behind the button Options."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QFormLayout, QMenu, QToolButton, QWidget, QWidgetAction

from xanesview.domain.images.design import CombineChoices
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.typed_numbers import parse_number, parse_range
from xanesview.gui.panels.typed_field import TypedField
from xanesview.texts import tr

_LARGEST_EV = 20.0
_RANGE_TIP = "Energies that count, eV, such as 283–300; empty for all that are in common"
_SHIFT_TIP = (
    "How far components may be moved, ± eV, all by the same: by how much energy scales differ; 0 for not at all"
)


class OptionsButton(QToolButton):
    """Opens the form; what is set holds for the next fit."""

    def __init__(self, choices: Callable[[], CombineChoices], change: Callable[..., None]) -> None:
        super().__init__(text=tr("Options"), objectName="image-options")
        self.setToolTip(plain("What is fitted: range, shift, offset, edge step, amounts"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._choices, self._change = choices, change
        self.form = _Form(self)
        self._menu = menu = QMenu()  # a child would hang on an inner window
        action = QWidgetAction(menu)
        action.setDefaultWidget(self.form)
        menu.addAction(action)
        menu.aboutToShow.connect(self.refresh)
        self.setMenu(menu)
        self.form.range.editingFinished.connect(self._take_range)
        self.form.shift.editingFinished.connect(self._take_shift)
        for name, box in self.form.boxes.items():
            box.toggled.connect(lambda on, name=name: self._take_box(name, on))
        self.refresh()

    def refresh(self) -> None:
        """Show what is set."""
        choices, form = self._choices(), self.form
        window = choices.window_ev
        form.range.setText("" if window is None else f"{window[0]:g}–{window[1]:g}")
        form.shift.setText(f"{choices.largest_shift_ev:g}")
        form.range.mark("", _RANGE_TIP)
        form.shift.mark("", _SHIFT_TIP)
        for name, box in form.boxes.items():
            with QSignalBlocker(box):
                box.setChecked(getattr(choices, name))

    def _take_box(self, name: str, on: bool) -> None:
        changes = {name: on}
        if name == "sum_to_one" and on:  # of curves as they are: those of a mean of one would say nothing
            changes["area"] = False
        self._change(**changes)
        self.refresh()

    def _take_range(self) -> None:
        field = self.form.range
        try:
            window = parse_range(field.text())
        except XanesviewError as error:
            field.mark(f"{error.message} {error.hint}", _RANGE_TIP)
            return
        field.mark("", _RANGE_TIP)
        if window != self._choices().window_ev:
            self._change(window_ev=window)

    def _take_shift(self) -> None:
        field = self.form.shift
        try:
            value = parse_number(field.text())
        except XanesviewError:
            value = -1.0
        good = 0.0 <= value <= _LARGEST_EV
        field.mark("" if good else f"Give 0 to {_LARGEST_EV:g} eV.", _SHIFT_TIP)
        if good and value != self._choices().largest_shift_ev:
            self._change(largest_shift_ev=value)


class _Form(QWidget):
    """The fields."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.range = TypedField(placeholderText=tr("all in common"), objectName="image-range")
        self.range.setToolTip(plain(_RANGE_TIP))
        self.shift = TypedField(objectName="image-shift")
        self.shift.setToolTip(plain(_SHIFT_TIP))
        self.boxes = {
            "offset": QCheckBox(tr("Fit an offset")),
            "step": QCheckBox(tr("Allow for an edge step")),
            "area": QCheckBox(tr("Bring components to one area")),
            "sum_to_one": QCheckBox(tr("Amounts add up to one")),
        }
        self.boxes["area"].setToolTip(
            plain("Amounts are parts of the mean intensity; else of the curves as they are drawn")
        )
        rows = QFormLayout(self)
        rows.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        rows.addRow(tr("Range / eV"), self.range)
        rows.addRow(tr("Largest shift / eV"), self.shift)
        for box in self.boxes.values():
            rows.addRow(box)
