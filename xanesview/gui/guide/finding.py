"""The left side of the guide: its contents as a tree, or what a search has found."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QAbstractTextDocumentLayout, QColor, QPainter, QPalette, QTextDocument
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from xanesview.gui.appearance.palette import RADIUS, SPACING
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import colours, small_font
from xanesview.gui.guide.pages import Page
from xanesview.gui.guide.search import Passage, occurrences

_BEFORE, _SNIPPET = 34, 130  # letters before the first word found, letters in all
_PAGE_ROLE, _ANCHOR_ROLE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


class Contents(QTreeWidget):
    """Pages and their sections."""

    chosen = Signal(str, str)  # page, anchor

    def __init__(self, pages: Iterable[Page], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guide-contents")
        self.setAccessibleName("Contents")
        self.setHeaderHidden(True)
        self.setIndentation(2 * SPACING)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for page in pages:
            item = self._item(page.title, page.name, "")
            self.addTopLevelItem(item)
            item.addChildren([self._item(one.text, page.name, one.anchor) for one in page.headings if one.level == 2])
        self.itemClicked.connect(self._choose)
        self.itemActivated.connect(self._choose)

    @staticmethod
    def _item(text: str, page: str, anchor: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem([text])
        item.setToolTip(0, plain(text))
        item.setData(0, _PAGE_ROLE, page)
        item.setData(0, _ANCHOR_ROLE, anchor)
        return item

    def _choose(self, item: QTreeWidgetItem) -> None:
        self.chosen.emit(item.data(0, _PAGE_ROLE), item.data(0, _ANCHOR_ROLE))

    def follow(self, page: str, anchor: str) -> None:
        """Mark the page, or its section, that is being read, and open its branch alone."""
        for row in range(self.topLevelItemCount()):
            item = self.topLevelItem(row)
            item.setExpanded(item.data(0, _PAGE_ROLE) == page)
            if item.data(0, _PAGE_ROLE) == page:
                sections = (item.child(k) for k in range(item.childCount()))
                self.setCurrentItem(next((one for one in sections if one.data(0, _ANCHOR_ROLE) == anchor), item))


class Hits(QListWidget):
    """What was found: where it stands, and a line of it with the words in bold."""

    chosen = Signal(object)  # Passage

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guide-hits")
        self.setAccessibleName("Found")
        self.setItemDelegate(_HitCell(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.currentItemChanged.connect(lambda item: item and self.chosen.emit(item.data(_PAGE_ROLE)))
        self.itemClicked.connect(lambda item: self.chosen.emit(item.data(_PAGE_ROLE)))

    def fill(self, passages: Iterable[Passage], titles: dict[str, str], words: str) -> None:
        """List passages; `titles` by the pages' names."""
        self.blockSignals(True)
        self.clear()
        for passage in passages:
            place = titles[passage.page]
            if passage.heading not in (place, passage.text):
                place += f" ▸ {passage.heading}"
            item = QListWidgetItem(f"{place}: {passage.text}")
            item.setData(_PAGE_ROLE, passage)
            item.setData(_ANCHOR_ROLE, f"<p style='margin:0'>{escape(place)}</p>{_snippet(passage.text, words)}")
            self.addItem(item)
        self.setCurrentRow(-1)
        self.blockSignals(False)

    def step(self, by: int) -> None:
        """Go to the next hit (or the one before), round about."""
        if self.count():
            row = self.currentRow()
            self.setCurrentRow((row + by) % self.count() if row >= 0 else (0 if by > 0 else self.count() - 1))

    def passages(self) -> list[Passage]:
        """What is listed."""
        return [self.item(row).data(_PAGE_ROLE) for row in range(self.count())]


def _snippet(text: str, words: str) -> str:
    """A stretch of a text around the first word found, as HTML with all words found in bold."""
    places = occurrences(text, words)
    begin = max(0, places[0][0] - _BEFORE) if places else 0
    begin = text.rfind(" ", 0, begin) + 1 if begin else 0
    end = min(len(text), begin + _SNIPPET)
    end = max(text.rfind(" ", begin, end), begin + _BEFORE) if end < len(text) else end  # whole words
    html, at = "… " if begin else "", begin
    for place, length in places:
        if begin <= place and place + length <= end:
            html += escape(text[at:place]) + f"<b>{escape(text[place : place + length])}</b>"
            at = place + length
    return html + escape(text[at:end]) + (" …" if end < len(text) else "")


class _HitCell(QStyledItemDelegate):
    """Draws a hit over as many lines as it needs."""

    def _document(self, index: QModelIndex, width: int) -> QTextDocument:
        document = QTextDocument()
        document.setDefaultFont(small_font())
        document.setDefaultStyleSheet(f"p {{ color: {colours(self.parent()).muted}; }}")
        document.setDocumentMargin(0)
        document.setTextWidth(width - 2 * SPACING)
        document.setHtml(index.data(_ANCHOR_ROLE))
        return document

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """As wide as the list, as high as the text."""
        width = self.parent().viewport().width()
        return QSize(width, int(self._document(index, width).size().height()) + 2 * SPACING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw one hit."""
        scheme = colours(self.parent())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        states = ((QStyle.StateFlag.State_Selected, scheme.selection), (QStyle.StateFlag.State_MouseOver, scheme.hover))
        ground = next((colour for state, colour in states if option.state & state), None)
        if ground is not None:
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        painter.translate(option.rect.left() + SPACING, option.rect.top() + SPACING)
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette.setColor(QPalette.ColorRole.Text, QColor(scheme.text))
        document = self._document(index, option.rect.width())
        document.documentLayout().draw(painter, context)
        painter.restore()
