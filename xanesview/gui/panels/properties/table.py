"""The table of the properties panel: value and validated error of each property, faint where it can't be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import colours
from xanesview.texts import told, tr

if TYPE_CHECKING:
    from xanesview.inference.property_reader import PropertyReading, PropertyValue

PROPERTY, VALUE, ERROR, UNIT, R2 = range(5)
_TITLES = ("Property", "Value", "Error", "Unit", "R²")
_TIPS = (
    "GFN2-xTB properties of the whole molecule",
    "Read from the spectrum",
    "Mean absolute error in the test, on molecules the network has not seen",
    "",
    "Share of the variance between test molecules that the network explains",
)
_WIDTHS = {VALUE: 76, ERROR: 72, UNIT: 60, R2: 58}


class PropertyTable(QTableWidget):
    """One row a property."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_TITLES), parent)
        self.setObjectName("property-table")
        self._reading: PropertyReading | None = None
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(23)
        self.setHorizontalHeaderLabels([tr(one) for one in _TITLES])
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(PROPERTY, QHeaderView.ResizeMode.Stretch)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column, width in _WIDTHS.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(column, width)
        for column, tip in enumerate(_TIPS):
            item = self.horizontalHeaderItem(column)
            item.setToolTip(plain(tip))
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            item.setTextAlignment(left if column in (PROPERTY, UNIT) else right)

    def show_reading(self, reading: PropertyReading | None) -> None:
        """Fill the table, or empty it."""
        self._reading = reading
        values = () if reading is None else reading.values
        self.setRowCount(len(values))
        for row, value in enumerate(values):
            self._show_row(row, value)
        header = self.horizontalHeader()
        for column, width in _WIDTHS.items():
            needed = max(self.sizeHintForColumn(column), header.sectionSizeHint(column))
            self.setColumnWidth(column, max(width, needed))  # neither number nor heading is cut off

    def changeEvent(self, event: QEvent) -> None:
        """Take the new colours when the palette changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.show_reading(self._reading)

    def _show_row(self, row: int, value: PropertyValue) -> None:
        scheme = colours(self)
        number, error = value.texts
        cells = (value.title, number, f"± {error}", value.unit, f"{value.r2:.2f}".replace("-", "−"))
        tip = f"{value.title}: mean absolute error {error} {value.unit}, R² {value.r2:.2f} in the test"
        if not value.usable:
            tip = (
                f"Too little is told of the {_lower(value.title)}: R² {value.r2:.2f} in the test, below 0.5. "
                "Don't use this value."
            )
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column, text in enumerate(cells):
            item = QTableWidgetItem(told(text))
            # A row that is disabled can't be chosen, and a screen reader says so.
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if value.usable else Qt.ItemFlag(0))
            item.setToolTip(plain(tip.replace("-", "−") if column == R2 else tip))
            if column not in (PROPERTY, UNIT):
                item.setTextAlignment(right)
            if not value.usable:
                item.setForeground(QColor(scheme.faint))
            elif column in (ERROR, UNIT, R2):
                item.setForeground(QColor(scheme.muted))
            self.setItem(row, column, item)


def _lower(title: str) -> str:
    return title if title[:2].isupper() else title[:1].lower() + title[1:]
