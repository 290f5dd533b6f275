"""What names of neighbouring curves share, painted above the first of them: its row is twice as high for that."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.theme import colours
from xanesview.gui.panels.curves.table import NAME, CurveTable
from xanesview.gui.plot.curve_key import shorter_name


class HeadedRows(QStyledItemDelegate):
    """Paints and edits the cells of a row below what stands above it."""

    def __init__(self, table: QTableView, model: CurveTable, row_px: int) -> None:
        super().__init__(table)
        self._table, self._model, self._row_px = table, model, row_px

    def set_heights(self) -> None:
        """Give each row its height."""
        heights = self._table.verticalHeader()
        for row in range(self._model.rowCount()):
            wanted = self._row_px * (2 if self._model.heading(row) else 1)
            if heights.sectionSize(row) != wanted:
                heights.resizeSection(row, wanted)

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Of a name without room for all of it stays what tells it from the others."""
        super().initStyleOption(option, index)
        if index.column() != NAME or not option.text:
            return
        room = self._table.style().subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, self._table)
        margin = self._table.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, None, self._table) + 1
        names = [str(self._model.index(row, NAME).data()) for row in range(self._model.rowCount())]
        width = room.width() - 2 * margin
        option.text = shorter_name(option.text, QFontMetricsF(option.font), width, names)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw the heading across the row, once, and the cell below it."""
        words = self._model.heading(index.row())
        if words:
            self._paint_heading(painter, option, index.column(), words)
        super().paint(painter, self._below(option, index), index)

    def editorEvent(self, event: QEvent, model: CurveTable, option: QStyleOptionViewItem, index: QModelIndex) -> bool:
        """The tick box is where it is painted."""
        return super().editorEvent(event, model, self._below(option, index), index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """A name is typed where it stands."""
        super().updateEditorGeometry(editor, self._below(option, index), index)

    def _below(self, option: QStyleOptionViewItem, index: QModelIndex) -> QStyleOptionViewItem:
        if not self._model.heading(index.row()):
            return option
        lower = QStyleOptionViewItem(option)
        lower.rect = QRect(option.rect)
        lower.rect.setTop(option.rect.bottom() + 1 - self._row_px)
        return lower

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, column: int, words: str) -> None:
        """Draw a cell's part of the words: they go on across the columns."""
        left = self._table.columnViewportPosition(0)
        line = QRect(left, option.rect.top(), self._table.viewport().width(), self._row_px)
        line.adjust(SPACING // 2, 0, -SPACING, 0)
        painter.save()
        painter.setClipRect(QRect(option.rect.left(), line.top(), option.rect.width(), self._row_px))
        painter.setPen(QColor(colours(self._table).muted))
        painter.setFont(option.font)
        cut = option.fontMetrics.elidedText(words, Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, cut)
        painter.restore()
