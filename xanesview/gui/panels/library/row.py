"""How a row of the library list is drawn: a picture, beside it name and facts, at the right the edge and a remark."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from xanesview.gui.appearance.palette import RADIUS, SPACING
from xanesview.gui.appearance.theme import colours, small_font

PICTURE = QSize(92, 56)
ROW_PX, HEADING_PX = 62, 26
LINE, EDGE, REMARK, SMILES, SUBJECT, CURVE = (Qt.ItemDataRole.UserRole + k for k in range(1, 7))


class Row(QStyledItemDelegate):
    """Headings, molecules with their drawing, and the user's references with their curve."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Headings are lower."""
        return QSize(100, ROW_PX if index.data(LINE) is not None else HEADING_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw a heading or a row."""
        scheme = colours(option.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(LINE) is None:
            painter.setFont(small_font())
            painter.setPen(QColor(scheme.muted))
            words = option.rect.adjusted(SPACING, 0, -SPACING, -3)
            painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, index.data())
        else:
            self._paint_row(painter, option, index, scheme)
        painter.restore()

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex, scheme) -> None:
        cell = option.rect.adjusted(2, 1, -2, -1)
        chosen = option.state & QStyle.StateFlag.State_Selected
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(scheme.selection if chosen else scheme.hover))
            painter.drawRoundedRect(cell, RADIUS, RADIUS)
        place = QRect(cell.left() + 4, cell.center().y() - PICTURE.height() // 2, PICTURE.width(), PICTURE.height())
        drawing = index.data(Qt.ItemDataRole.DecorationRole)
        if index.data(CURVE):
            _draw_curve(painter, place, index.data(CURVE), QColor(scheme.text))
        elif drawing is not None:
            drawing.paint(painter, place)
        words = cell.adjusted(PICTURE.width() + 2 * SPACING, SPACING, -SPACING, -SPACING)
        small, top, bottom = small_font(), Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        measure = QFontMetrics(small)
        edge, remark = index.data(EDGE), index.data(REMARK)
        painter.setFont(small)
        painter.setPen(QColor(scheme.muted))
        painter.drawText(words, right | top, edge)
        painter.drawText(words, right | bottom, remark)
        room = words.width() - measure.horizontalAdvance(remark) - SPACING
        line = measure.elidedText(index.data(LINE), Qt.TextElideMode.ElideRight, room)
        painter.drawText(words, left | bottom, line)
        font = option.font
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(scheme.text))
        room = words.width() - measure.horizontalAdvance(edge) - SPACING
        title = QFontMetrics(font).elidedText(index.data(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(words, left | top, title)


def _draw_curve(painter: QPainter, place: QRect, heights: bytes, colour: QColor) -> None:
    """Draw a spectrum without axes, heights 0 to 255 from its first to its last energy."""
    room = QRectF(place).adjusted(4, 6, -4, -6)
    step = room.width() / max(len(heights) - 1, 1)
    points = [QPointF(room.left() + k * step, room.bottom() - h / 255.0 * room.height()) for k, h in enumerate(heights)]
    painter.setPen(QPen(colour, 1.2))
    painter.drawPolyline(QPolygonF(points))
