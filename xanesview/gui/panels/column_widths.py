"""Columns as wide as their headings: a width in pixels is one for letters of the usual size."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QTableView

_OF_LETTERS = (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.Polish, QEvent.Type.Show)


class WholeHeadings(QObject):
    """Keeps columns at least as wide as what stands above them, whatever size letters have.

    Parameters
    ----------
    table : QTableView
    widths : mapping of column to width, px
        How wide they are where their headings need no more.
    """

    def __init__(self, table: QTableView, widths: Mapping[int, int]) -> None:
        super().__init__(table)
        self._table, self._widths = table, dict(widths)
        self._soon = QTimer(self, singleShot=True, interval=0)  # once the style is that of the new letters
        self._soon.timeout.connect(self._widen)
        for column, width in self._widths.items():
            table.setColumnWidth(column, width)
        table.horizontalHeader().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look again when letters have another size."""
        if event.type() in _OF_LETTERS:
            self._soon.start()
        return False

    def _widen(self) -> None:
        header = self._table.horizontalHeader()
        for column in self._widths:
            needed = header.sectionSizeHint(column)
            if not self._table.isColumnHidden(column) and self._table.columnWidth(column) < needed:
                self._table.setColumnWidth(column, needed)
