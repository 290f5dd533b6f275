"""Shows one page of the guide: a column that is not too wide, pictures that fit it, the words that were looked for."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QImage,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QTextImageFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.theme import colours
from xanesview.gui.guide.pages import Page, guide_folder
from xanesview.gui.guide.search import Passage, occurrences
from xanesview.gui.guide.typesetting import blocks_of, typeset

#: Lines longer than this are hard to follow, px.
WIDEST_COLUMN_PX = 780
_LEAST_MARGIN_PX = 2 * SPACING
_TOP_PX = 3 * SPACING  # a heading as near to the top is the one that is being read
_METRES_AN_INCH, _SCREEN_DPI = 0.0254, 96.0
_FOUND_ALPHA, _CURRENT_ALPHA = 90, 190


class PageView(QTextBrowser):
    """Links are not followed here: `anchorClicked` says which."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guide-page")
        self.setOpenLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.page: Page | None = None
        self._document: QTextDocument | None = None
        self._pictures: list[_Picture] = []
        self._words = ""
        self._passage: Passage | None = None

    # ---- showing ----

    def show_page(self, page: Page) -> None:
        """Show a page from its top."""
        self.page = page
        self._passage = None
        self._fill()
        self.verticalScrollBar().setValue(0)

    def apply_theme(self) -> None:
        """Set the page anew in the palette's colours, where it was."""
        if self.page is None:
            return
        at = self.verticalScrollBar().value()
        self._fill()
        self.verticalScrollBar().setValue(at)

    def _fill(self) -> None:
        """Set the page in a document that is not shown yet: Qt would lay it out anew after each step."""
        before, self._document = self._document, QTextDocument(self)
        typeset(self._document, self.page.text, colours(self))
        self._pictures = _pictures_of(self._document)
        self._fit_pictures(self._document)
        self.setDocument(self._document)
        if before is not None:
            before.deleteLater()
        self._mark()

    def go_to_heading(self, anchor: str) -> bool:
        """Bring the heading with this anchor to the top; False where the page has none."""
        named = zip(self._headings(), self.page.headings, strict=True)
        block = next((block for block, one in named if one.anchor == anchor), None)
        if block is None:
            return False
        self.verticalScrollBar().setValue(self._top_of(block) - SPACING)
        return True

    def _headings(self) -> list[QTextBlock]:
        return [block for block in blocks_of(self.document()) if block.blockFormat().headingLevel() > 0]

    def _top_of(self, block: QTextBlock) -> int:
        """Distance of a block from the top of the page, px."""
        self.document().pageCount()  # lays out the whole page, which Qt else does by and by …
        bar, whole = self.verticalScrollBar(), ceil(self.document().size().height())
        bar.setMaximum(max(0, whole - self.viewport().height()))  # … and tells the scroll bar later, or an estimate
        return int(self.document().documentLayout().blockBoundingRect(block).top())

    def heading_in_view(self) -> int:
        """Rank of the last heading at or above the top of what is seen."""
        near_top = self.verticalScrollBar().value() + _TOP_PX
        return max(sum(self._top_of(block) <= near_top for block in self._headings()) - 1, 0)

    # ---- what was looked for ----

    def mark_words(self, words: str) -> None:
        """Mark every place where one of the words stands; none for an empty text."""
        self._words, self._passage = words, None
        self._mark()

    def show_passage(self, passage: Passage, words: str) -> None:
        """Show a passage that was found, in the middle where it can be, its words marked more strongly."""
        self._words, self._passage = words, passage
        self._mark()
        top = self._top_of(self.document().findBlockByNumber(passage.first))
        self.verticalScrollBar().setValue(top - self.viewport().height() // 3)

    def marked(self) -> list[str]:
        """The marked words, as they stand in the page."""
        return [selection.cursor.selectedText() for selection in self.extraSelections()]

    def _mark(self) -> None:
        selections = []
        for block in blocks_of(self.document()) if self._words else ():
            now = self._passage is not None and self._passage.first <= block.blockNumber() <= self._passage.last
            for begin, length in occurrences(block.text(), self._words):
                selections.append(self._selection(block.position() + begin, length, now))
        self.setExtraSelections(selections)

    def _selection(self, begin: int, length: int, now: bool) -> QTextEdit.ExtraSelection:
        ground = QColor(colours(self).curves[1])
        ground.setAlpha(_CURRENT_ALPHA if now else _FOUND_ALPHA)
        selection = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(begin)
        cursor.setPosition(begin + length, QTextCursor.MoveMode.KeepAnchor)
        selection.cursor = cursor
        selection.format.setBackground(ground)
        return selection

    # ---- pictures and width ----

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the column readable, the pictures within it, and what is being read where it is."""
        reading = self.cursorForPosition(self.viewport().rect().topLeft())
        before = self.cursorRect(reading).top()
        margin = max(_LEAST_MARGIN_PX, (self.width() - WIDEST_COLUMN_PX) // 2)
        if self.viewportMargins().left() != margin:
            self.setViewportMargins(margin, SPACING, margin, 0)
        super().resizeEvent(event)
        self.document().pageCount()  # a change to a page that is half laid out would leave the rest without height
        self._fit_pictures(self.document())
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self.cursorRect(reading).top() - before)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; Ctrl does not zoom, since the page has sizes of its own."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        super().wheelEvent(event)

    def _fit_pictures(self, document: QTextDocument) -> None:
        """Draw the pictures no wider than the column, smoothly, in the screen's own pixels."""
        column = min(self.viewport().width(), WIDEST_COLUMN_PX)
        for picture in self._pictures:
            cursor = QTextCursor(document)
            cursor.setPosition(picture.position)
            cursor.setPosition(picture.position + 1, QTextCursor.MoveMode.KeepAnchor)
            form = QTextImageFormat(cursor.charFormat().toImageFormat())
            own = picture.image.deviceIndependentSize()
            width = round(min(column, own.width()))
            if round(form.width()) == width:
                continue
            form.setWidth(width)
            form.setHeight(own.height() * width / own.width())
            ratio = self.devicePixelRatioF()
            fitted = picture.image.scaledToWidth(round(width * ratio), Qt.TransformationMode.SmoothTransformation)
            fitted.setDevicePixelRatio(ratio)
            document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(picture.name), fitted)
            cursor.setCharFormat(form)


@dataclass(frozen=True)
class _Picture:
    """A picture in the page: its place in the document, its file, and itself in its own size."""

    position: int
    name: str
    image: QImage


def _pictures_of(document: QTextDocument) -> list[_Picture]:
    found = []
    for block in blocks_of(document):
        at = block.begin()
        while not at.atEnd():
            piece = at.fragment()
            if piece.charFormat().isImageFormat():
                name = piece.charFormat().toImageFormat().name()
                found.append(_Picture(piece.position(), name, _read(guide_folder() / name)))
            at += 1
    return found


def _read(path: Path) -> QImage:
    """Read a picture in the size it is meant for: a figure of 85 mm at 300 dots an inch is 321 px wide."""
    image = QImage(str(path))
    image.setDevicePixelRatio(max(1.0, image.dotsPerMeterX() * _METRES_AN_INCH / _SCREEN_DPI))
    return image
