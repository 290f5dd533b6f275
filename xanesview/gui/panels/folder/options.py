"""How candidates are compared: the form behind the button Options."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QFormLayout, QMenu, QToolButton, QWidget, QWidgetAction

from xanesview.errors import XanesviewError
from xanesview.gui.appearance.choice import Choice
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.typed_numbers import parse_number, parse_range
from xanesview.gui.panels.typed_field import TypedField
from xanesview.gui.session.candidate_ranking import RankSettings
from xanesview.texts import tr

_LARGEST_EV = 20.0
_RANGE_TIP = "Measured energies that count, eV, such as 283–300; empty for all that are in common"
_SHIFT_TIP = "How far a structure's spectrum may be moved, ± eV: by how much energy scales differ"


class OptionsButton(QToolButton):
    """Opens the form; every change is compared at once."""

    def __init__(self, settings: Callable[[], RankSettings], change: Callable[..., None]) -> None:
        super().__init__(text=tr("Options"), objectName="folder-options")
        self.setToolTip(plain("What counts in the comparison: range, shift, width, edge step, mixtures"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._settings, self._change = settings, change
        self.form = _Form(self)
        menu = QMenu(self)
        action = QWidgetAction(menu)
        action.setDefaultWidget(self.form)
        menu.addAction(action)
        menu.aboutToShow.connect(self.refresh)
        self.setMenu(menu)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        form = self.form
        form.range.editingFinished.connect(self._take_range)
        form.shift.editingFinished.connect(self._take_shift)
        for name, box in form.boxes.items():
            box.toggled.connect(lambda on, name=name: self._change(**{name: on}))
        form.mixtures.activated.connect(lambda _row: self._change(most_mixed=form.mixtures.currentData()))

    def refresh(self) -> None:
        """Show what is set."""
        settings, form = self._settings(), self.form
        window = settings.window_ev
        form.range.setText("" if window is None else f"{window[0]:g}–{window[1]:g}")
        form.shift.setText(f"{settings.largest_shift_ev:g}")
        form.range.mark("", _RANGE_TIP)
        form.shift.mark("", _SHIFT_TIP)
        for name, box in form.boxes.items():
            with QSignalBlocker(box):
                box.setChecked(getattr(settings, name))
        form.mixtures.setCurrentIndex(form.mixtures.findData(settings.most_mixed))

    def _take_range(self) -> None:
        field = self.form.range
        try:
            window = parse_range(field.text())
        except XanesviewError as error:
            field.mark(f"{error.message} {error.hint}", _RANGE_TIP)
            return
        field.mark("", _RANGE_TIP)
        if window != self._settings().window_ev:
            self._change(window_ev=window)

    def _take_shift(self) -> None:
        field = self.form.shift
        try:
            value = parse_number(field.text())
        except XanesviewError:
            value = -1.0
        good = 0.0 <= value <= _LARGEST_EV
        field.mark("" if good else f"Give 0 to {_LARGEST_EV:g} eV.", _SHIFT_TIP)
        if good and value != self._settings().largest_shift_ev:
            self._change(largest_shift_ev=value)


class _Form(QWidget):
    """The fields."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.range = TypedField(placeholderText=tr("all in common"), objectName="folder-range")
        self.range.setToolTip(plain(_RANGE_TIP))
        self.shift = TypedField(objectName="folder-shift")
        self.shift.setToolTip(plain(_SHIFT_TIP))
        self.boxes = {
            "width": QCheckBox(tr("Add a width")),
            "step": QCheckBox(tr("Allow for an edge step")),
            "offset": QCheckBox(tr("Fit an offset")),
        }
        self.mixtures = Choice(objectName="folder-mixtures")
        for text, most in (("none", 1), ("of two", 2), ("of up to three", 3)):
            self.mixtures.addItem(tr(text), most)
        self.mixtures.setToolTip(plain("Mix all, or the best thousand, with fractions that can't be negative"))
        rows = QFormLayout(self)
        rows.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        rows.addRow(tr("Range / eV"), self.range)
        rows.addRow(tr("Largest shift / eV"), self.shift)
        for box in self.boxes.values():
            rows.addRow(box)
        rows.addRow(tr("Mixtures"), self.mixtures)
