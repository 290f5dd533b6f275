"""The table of a measured series: its angles, which can be changed, and what the resonance measures at each."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from xanesview.domain.geometry.directions import parse_angle_deg
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.panels.column_widths import WholeHeadings
from xanesview.gui.panels.number_field import NumberField
from xanesview.gui.panels.references.table import score_text
from xanesview.shown.scan_changes import common_beginning
from xanesview.texts import tr

ANGLE, LABEL, INTENSITY, FITTED = range(4)
_HEADINGS = ("θ", "Spectrum", "Intensity", "Fitted")
_ALL_PX = 290
_AROUND = " ,;·_-–"
_TIP = "Angle of the field from the surface normal: the grazing angle of p-polarised light. Wheel 1°, with Shift 0.1°"


class AngleTable(QTableWidget):
    """Shows a series; tells which angle the user changes."""

    changed = Signal(int, float, object)  # place among the references, degrees, gesture or None
    entered = Signal()

    def __init__(self, begin_gesture: Callable[[], int], parent: QWidget | None = None) -> None:
        super().__init__(0, len(_HEADINGS), parent)
        self.setAccessibleName(tr("Angles of the film"))
        self._begin_gesture = begin_gesture
        self._places: tuple[int, ...] = ()
        self.setHorizontalHeaderLabels([tr(one) for one in _HEADINGS])
        self.horizontalHeaderItem(ANGLE).setToolTip(plain(_TIP))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(32)
        self.setShowGrid(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(LABEL, QHeaderView.ResizeMode.Stretch)
        WholeHeadings(self, {ANGLE: 66, INTENSITY: 72, FITTED: 66})
        self.setMinimumWidth(210)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what the plot shows, too, where there is no room for the names."""
        super().resizeEvent(event)
        self.setColumnHidden(FITTED, self.viewport().width() < _ALL_PX)

    def show_series(self, places: Sequence[int], angles_deg: Sequence[float], labels: Sequence[str]) -> None:
        """Show these spectra; a row that is there already keeps its field and its focus."""
        while self.rowCount() > len(places):
            self.removeRow(self.rowCount() - 1)
        while self.rowCount() < len(places):
            self._add_row()
        self._places = tuple(places)
        brief = what_differs(labels)
        for row, (angle, label) in enumerate(zip(angles_deg, labels, strict=True)):
            self.cellWidget(row, ANGLE).set_value(float(angle))
            self.item(row, LABEL).setText(brief[row])
            self.item(row, LABEL).setToolTip(plain(label))

    def show_intensities(self, values: Sequence[float] | None, fitted: Sequence[float] | None) -> None:
        """Show what the resonance measures in each spectrum, and what the fit has there; None shows nothing."""
        for row in range(self.rowCount()):
            for column, numbers in ((INTENSITY, values), (FITTED, fitted)):
                told = numbers is not None and row < len(numbers)
                self.item(row, column).setText(score_text(float(numbers[row]), 4) if told else "")

    def _add_row(self) -> None:
        row = self.rowCount()
        self.insertRow(row)
        for column in (LABEL, INTENSITY, FITTED):
            cell = QTableWidgetItem()
            cell.setFlags(Qt.ItemFlag.ItemIsEnabled)
            if column != LABEL:
                cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(row, column, cell)
        field = NumberField(
            "series-angle", parse_angle_deg, lambda value: f"{value:.4g}°", 1.0, (0.0, 180.0), self._begin_gesture
        )
        field.set_tip(_TIP)
        field.edited.connect(lambda value, gesture, own=field: self._tell(own, value, gesture))
        field.entered.connect(self.entered)
        self.setCellWidget(row, ANGLE, field)

    def _tell(self, field: NumberField, value: float, gesture: object) -> None:
        row = next(k for k in range(self.rowCount()) if self.cellWidget(k, ANGLE) is field)
        self.changed.emit(self._places[row], value, gesture)


def what_differs(names: Sequence[str]) -> list[str]:
    """Return of names what they don't have in common at their beginnings and ends, words and numbers whole.

    “film_20deg” and “film_55deg” give “20deg” and “55deg”; names that would be empty so stay as they are.
    """
    begin = _whole_words(common_beginning(names))
    rest = [name[len(begin) :] for name in names]
    end = _whole_words(common_beginning([name[::-1] for name in rest]))
    brief = [name[: len(name) - len(end)].strip(_AROUND) for name in rest]
    return brief if len(names) > 1 and all(brief) else list(names)


def _whole_words(common: str) -> str:
    """Return what is in common, without the piece of a word or number at its end."""
    return re.sub(r"(?:[^\W_]|°)(?:[^\W_]|(?<=\d)\.)*$", "", common)
