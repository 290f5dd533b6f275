"""The list of the library panel: headings, and molecules as drawings with what is known of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from xanesview.gui.appearance.molecule_drawing import molecule_drawing
from xanesview.gui.appearance.palette import RADIUS, SPACING
from xanesview.gui.appearance.theme import colours, small_font
from xanesview.texts import told

PICTURE = QSize(92, 56)
ROW_PX, HEADING_PX = 62, 26
LINE, EDGE, REMARK, SMILES, SUBJECT = (Qt.ItemDataRole.UserRole + k for k in range(1, 6))
_DRAW_EVERY_MS = 10


class LibraryList(QListWidget):
    """Rows are activated by a double click or Enter; drawings are made one by one when they come into sight."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("library-list")
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_Row(self))
        self._drawings: dict[str, QPixmap] = {}
        self._draw_timer = QTimer(self, interval=_DRAW_EVERY_MS)
        self._draw_timer.timeout.connect(self._draw_next)
        self.verticalScrollBar().valueChanged.connect(self.draw)

    def add_heading(self, text: str) -> None:
        """Add a line that can't be chosen."""
        item = QListWidgetItem(told(text), self)
        item.setFlags(Qt.ItemFlag.NoItemFlags)

    def add_molecule(self, title: str, line: str, edge: str, remark: str, smiles: str, subject: object) -> None:
        """Add a molecule; ``subject`` is what activating the row hands over."""
        item = QListWidgetItem(title, self)
        for role, value in ((LINE, line), (EDGE, edge), (REMARK, remark), (SMILES, smiles), (SUBJECT, subject)):
            item.setData(role, value)
        if smiles in self._drawings:
            item.setIcon(QIcon(self._drawings[smiles]))

    def draw(self) -> None:
        """Begin to draw what is in sight and not drawn yet."""
        self._draw_timer.start()

    def redraw(self) -> None:
        """Draw anew in other colours."""
        self._drawings.clear()
        for row in range(self.count()):
            self.item(row).setIcon(QIcon())
        self.draw()

    def stop(self) -> None:
        """Draw no more; the window closes."""
        self._draw_timer.stop()

    def resizeEvent(self, event) -> None:
        """Draw what has come into sight."""
        super().resizeEvent(event)
        self.draw()

    def viewportEvent(self, event: QEvent) -> bool:
        """Draw in other colours when the palette changes."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_drawings"):
            self.redraw()
        return super().viewportEvent(event)

    def _draw_next(self) -> None:
        item = next(iter(self._undrawn()), None) if self.isVisible() else None
        if item is None:
            self._draw_timer.stop()
            return
        smiles = item.data(SMILES)
        if smiles not in self._drawings:
            self._drawings[smiles] = molecule_drawing(smiles, PICTURE, self.devicePixelRatioF(), colours(self))
        item.setIcon(QIcon(self._drawings[smiles]))

    def _undrawn(self):
        shown = self.viewport().rect()
        for row in range(self.count()):
            item = self.item(row)
            if item.data(SMILES) and item.icon().isNull() and self.visualItemRect(item).intersects(shown):
                if item.data(SMILES) in self._drawings and self._drawings[item.data(SMILES)].isNull():
                    continue  # can't be drawn
                yield item


class _Row(QStyledItemDelegate):
    """A drawing, beside it name and facts, at the right the edge and why it was found."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Headings are lower."""
        return QSize(100, ROW_PX if index.data(SMILES) is not None else HEADING_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw a heading or a molecule."""
        scheme = colours(option.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(SMILES) is None:
            painter.setFont(small_font())
            painter.setPen(QColor(scheme.muted))
            words = option.rect.adjusted(SPACING, 0, -SPACING, -3)
            painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, index.data())
        else:
            self._paint_molecule(painter, option, index, scheme)
        painter.restore()

    def _paint_molecule(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex, scheme) -> None:
        cell = option.rect.adjusted(2, 1, -2, -1)
        chosen = option.state & QStyle.StateFlag.State_Selected
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(scheme.selection if chosen else scheme.hover))
            painter.drawRoundedRect(cell, RADIUS, RADIUS)
        place = QRect(cell.left() + 4, cell.center().y() - PICTURE.height() // 2, PICTURE.width(), PICTURE.height())
        drawing = index.data(Qt.ItemDataRole.DecorationRole)
        if drawing is not None:
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
