"""How a page of the guide looks: Qt's Markdown with our sizes, quiet tables, code on a ground of its own."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextOption,
    QTextTable,
)

from xanesview.gui.appearance.palette import SPACING, Colours
from xanesview.gui.appearance.theme import small_size_pt, text_font, text_size_pt
from xanesview.gui.guide.pages import WINDOW_SCHEME

#: Qt would break the words of narrow columns.
_WHOLE_WORDS = QTextOption()
_WHOLE_WORDS.setWrapMode(QTextOption.WrapMode.WordWrap)
#: What stands for a picture in the text of a document.
PICTURE = "\ufffc"
#: Point size and space above of headings by level.
HEADINGS = {1: (17.0, 0), 2: (13.0, 3 * SPACING), 3: (11.0, 2 * SPACING)}
_LINE_HEIGHT_PERCENT, _CODE_HEIGHT_PERCENT = 122, 115
_CELL_PADDING_PX = 5


def typeset(document: QTextDocument, markdown: str, scheme: Colours) -> None:
    """Fill a document with a page in these colours."""
    document.setDefaultFont(text_font())
    document.setDocumentMargin(0)
    document.setDefaultTextOption(_WHOLE_WORDS)
    document.setMarkdown(markdown)
    for block in blocks_of(document):
        _set_block(block, scheme)
    _frame_code(document, scheme)
    for block in blocks_of(document):
        if not block.text() and QTextCursor(block).currentFrame().parentFrame() is None:
            _flatten(block)
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            _set_table(frame, scheme)


def blocks_of(document: QTextDocument) -> list[QTextBlock]:
    """Return the blocks of a document in order."""
    blocks, block = [], document.begin()
    while block.isValid():
        blocks.append(block)
        block = block.next()
    return blocks


def _set_block(block: QTextBlock, scheme: Colours) -> None:
    level = block.blockFormat().headingLevel()
    if level:
        _set_heading(block, level, scheme)
    elif _is_code(block):
        _set_code(block)
    elif QTextCursor(block).currentTable() is None:
        form = QTextBlockFormat()
        if PICTURE not in block.text():
            form.setLineHeight(_LINE_HEIGHT_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        form.setTopMargin(0)
        form.setBottomMargin(SPACING // 2 if block.textList() else SPACING)
        QTextCursor(block).mergeBlockFormat(form)
    if not _is_code(block):
        _set_words(block, scheme)


def _is_code(block: QTextBlock) -> bool:
    """Whether a block is a line of code: Qt marks each with the language of its fence, here an empty one."""
    return block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeLanguage)


def _set_heading(block: QTextBlock, level: int, scheme: Colours) -> None:
    size, above = HEADINGS[min(level, max(HEADINGS))]
    form = QTextBlockFormat()
    form.setTopMargin(above)
    form.setBottomMargin(SPACING)
    letters = QTextCharFormat()  # in the place of Qt's, which is a size relative to the text's
    letters.setFontPointSize(size)
    letters.setFontWeight(QFont.Weight.DemiBold)
    letters.setForeground(QColor(scheme.text))
    cursor = _whole(block)
    cursor.mergeBlockFormat(form)
    cursor.setCharFormat(letters)


def _set_code(block: QTextBlock) -> None:
    form = QTextBlockFormat()
    form.setNonBreakableLines(False)
    form.setLineHeight(_CODE_HEIGHT_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    form.setTopMargin(0)
    form.setBottomMargin(0)
    cursor = _whole(block)
    cursor.mergeBlockFormat(form)
    cursor.mergeBlockCharFormat(_monospaced(small_size_pt()))  # of an empty line
    cursor.mergeCharFormat(_monospaced(small_size_pt()))


def _frame_code(document: QTextDocument, scheme: Colours) -> None:
    """Put lines of code that follow one another on one ground; a ground of each line would show gaps."""
    form = QTextFrameFormat()
    form.setBackground(QColor(scheme.window))
    form.setBorder(0)
    form.setPadding(SPACING)
    form.setBottomMargin(SPACING + SPACING // 2)
    runs = [list(run) for is_code, run in groupby(blocks_of(document), _is_code) if is_code]
    for run in reversed(runs):  # from the end, so that the places of those before stay
        cursor = QTextCursor(run[0])
        cursor.setPosition(run[-1].position() + run[-1].length() - 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertFrame(form)


def _flatten(block: QTextBlock) -> None:
    """Qt puts an empty line before and after a frame or a table; their margins are enough."""
    form = QTextBlockFormat()
    form.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    form.setTopMargin(0)
    form.setBottomMargin(0)
    QTextCursor(block).setBlockFormat(form)


def _monospaced(size_pt: float) -> QTextCharFormat:
    letters = QTextCharFormat()
    letters.setFontFamilies([QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()])
    letters.setFontFixedPitch(True)
    letters.setFontPointSize(size_pt)
    return letters


def _set_words(block: QTextBlock, scheme: Colours) -> None:
    """Links in the palette's colour, those that act on the window with a dashed line; code within a sentence."""
    pieces = []
    at = block.begin()
    while not at.atEnd():
        piece = at.fragment()
        pieces.append((piece.position(), piece.length(), piece.charFormat()))
        at += 1
    for begin, length, form in pieces:
        letters = QTextCharFormat()
        if form.isAnchor():
            acts = form.anchorHref().startswith(f"{WINDOW_SCHEME}:")
            letters.setForeground(QColor(scheme.curves[0]))
            line = QTextCharFormat.UnderlineStyle
            letters.setUnderlineStyle(line.DashUnderline if acts else line.NoUnderline)
        elif form.fontFixedPitch():
            letters = _monospaced(text_size_pt() - 1.0)
            letters.setBackground(QColor(scheme.window))
        else:
            continue
        cursor = QTextCursor(block)
        cursor.setPosition(begin)
        cursor.setPosition(begin + length, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(letters)


def _set_table(table: QTextTable, scheme: Colours) -> None:
    """No box: a line below the heading and a fainter one below each row, small text."""
    form = table.format()
    form.setBorder(0)
    form.setBorderCollapse(True)
    form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
    form.setCellSpacing(0)
    form.setCellPadding(0)
    form.setTopMargin(SPACING // 2)
    form.setBottomMargin(2 * SPACING)
    form.setRightMargin(2)  # what collapsed borders add to the width
    table.setFormat(form)
    for row in range(table.rows()):
        for column in range(table.columns()):
            cell = table.cellAt(row, column)
            letters = QTextCharFormat()
            letters.setFontPointSize(small_size_pt() + 0.5)
            if row == 0:
                letters.setFontWeight(QFont.Weight.DemiBold)
                letters.setForeground(QColor(scheme.muted))
            cursor = cell.firstCursorPosition()
            cursor.setPosition(cell.lastCursorPosition().position(), QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(letters)
            edges = cell.format().toTableCellFormat()
            edges.setPadding(_CELL_PADDING_PX)
            edges.setLeftPadding(0 if column == 0 else SPACING)
            edges.setRightPadding(SPACING)
            edges.setBottomBorder(1)
            edges.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            edges.setBottomBorderBrush(QColor(scheme.faint if row == 0 else scheme.grid))
            cell.setFormat(edges)
    for column in range(table.columns()):  # Qt leaves headings of numbers on the left
        below = table.cellAt(min(1, table.rows() - 1), column).firstCursorPosition().blockFormat()
        form = QTextBlockFormat()
        form.setAlignment(below.alignment())
        table.cellAt(0, column).firstCursorPosition().mergeBlockFormat(form)


def _whole(block: QTextBlock) -> QTextCursor:
    cursor = QTextCursor(block)
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    return cursor
