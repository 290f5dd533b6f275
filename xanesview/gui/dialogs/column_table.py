"""The numbers of a file of columns as they stand, the chosen ones tinted, with what they are in their headings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
)

from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import colours
from xanesview.io.spectra.spectrum_file import ColumnPreview

_ROWS_SHOWN, _COLUMNS_SHOWN = 60, 60
_TINT = 0.20


class _TintedCells(QStyledItemDelegate):
    """Draws a cell's own ground, which the style sheet would leave out."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Fill, then draw the cell."""
        ground = index.data(Qt.ItemDataRole.BackgroundRole)
        if ground is not None:
            painter.fillRect(option.rect, ground)
        super().paint(painter, option, index)


class ColumnTable(QTableWidget):
    """Shows the first rows and columns; a click on a heading is for whoever listens."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Columns of the file")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setShowGrid(False)
        self.setItemDelegate(_TintedCells(self))
        self._names: tuple[str, ...] = ()
        self._looks: dict[int, tuple[str, str]] = {}  # colour and role of the columns that have one

    def show_preview(self, preview: ColumnPreview) -> None:
        """Show a file's numbers, nothing chosen yet."""
        rows = preview.sample[:_ROWS_SHOWN]
        n, some = len(preview.columns), min(len(preview.columns), _COLUMNS_SHOWN)
        self.setColumnCount(some)
        self.setRowCount(len(rows))
        self.setHorizontalHeaderLabels([f"{name}\n" for name in preview.columns[:some]])
        self._names, self._looks = preview.columns, {}
        told = f"The first {some} of {n:,} columns; the choices name them all." if some < n else ""
        self.setToolTip(plain(told))
        for row, numbers in enumerate(rows):
            for column, value in enumerate(numbers[:some]):
                cell = QTableWidgetItem("" if np.isnan(value) else f"{value:.10g}".replace("-", "−"))
                cell.setBackground(QColor(0, 0, 0, 0))
                cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(row, column, cell)

    def tint(self, looks: Mapping[int, tuple[str, str]]) -> None:
        """Tint columns with their colours, and write their roles below their names."""
        for column in range(self.columnCount()):
            look = looks.get(column, ("", ""))
            if look == self._looks.get(column, ("", "")):
                continue  # each cell that is touched has the table measure its columns anew
            self._looks[column] = look
            colour, role = look
            ground = QColor(colour or colours(self).surface)
            ground.setAlphaF(_TINT if colour else 0.0)
            self.horizontalHeaderItem(column).setText(f"{self._names[column]}\n{role}")
            for row in range(self.rowCount()):
                self.item(row, column).setBackground(ground)
