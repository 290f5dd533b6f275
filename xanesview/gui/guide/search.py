"""Search over all pages of the guide: every word must stand in one paragraph, one row of a table or one heading."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument

from xanesview.gui.appearance.palette import LIGHT
from xanesview.gui.guide.pages import Page
from xanesview.gui.guide.typesetting import PICTURE, blocks_of, typeset

MOST_HITS = 200
_SAME = str.maketrans("−–‑’‘“”", "---''\"\"")
_BESIDE = "  ·  "  # between the cells of a row


@dataclass(frozen=True)
class Passage:
    """What can be found: a paragraph, a row of a table, or a heading.

    Attributes
    ----------
    page, heading
        Name of the page, words of the heading that it stands below.
    text
        As it is read.
    first, last
        Numbers of its blocks in the page's document.
    is_heading
    """

    page: str
    heading: str
    text: str
    first: int
    last: int
    is_heading: bool = False


class GuideIndex:
    """All passages of some pages, read once."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._order = {page.name: rank for rank, page in enumerate(pages)}
        self._passages = [(passage, folded(passage.text)) for page in pages for passage in passages_of(page)]

    def find(self, words: str) -> list[Passage]:
        """Return the passages that hold every word, headings first, then in the order of the pages."""
        wanted = folded(words).split()
        if not wanted:
            return []
        found = [passage for passage, text in self._passages if all(word in text for word in wanted)]
        return sorted(found, key=lambda one: (not one.is_heading, self._order[one.page], one.first))[:MOST_HITS]


def folded(text: str) -> str:
    """Return a text as it is compared: small letters, E₀ as e0, one kind of minus; as long as it was."""
    return "".join((unicodedata.normalize("NFKC", letter).casefold() or letter)[0] for letter in text.translate(_SAME))


def occurrences(text: str, words: str) -> list[tuple[int, int]]:
    """Return (begin, length) of every place where one of the words stands in a text, in order, overlaps left out."""
    plain, found = folded(text), []
    for word in set(folded(words).split()):
        begin = plain.find(word)
        while begin >= 0:
            found.append((begin, len(word)))
            begin = plain.find(word, begin + len(word))
    kept: list[tuple[int, int]] = []
    for begin, length in sorted(found, key=lambda one: (one[0], -one[1])):
        if not kept or begin >= kept[-1][0] + kept[-1][1]:
            kept.append((begin, length))
    return kept


def passages_of(page: Page) -> list[Passage]:
    """Return the passages of a page, in order."""
    document = QTextDocument()
    typeset(document, page.text, LIGHT)  # as it is shown, so that the blocks have the same numbers
    heading, found = page.title, []
    for _, group in groupby(blocks_of(document), key=_row_of):
        blocks = list(group)
        text = _BESIDE.join(words for block in blocks if (words := block.text().replace(PICTURE, "").strip()))
        if not text:
            continue
        is_heading = blocks[0].blockFormat().headingLevel() > 0
        heading = text if is_heading else heading
        first, last = blocks[0].blockNumber(), blocks[-1].blockNumber()
        found.append(Passage(page.name, heading, text, first, last, is_heading))
    return found


def _row_of(block: QTextBlock) -> tuple[int, int]:
    """What blocks of one row of a table have in common; any other block stands for itself."""
    cursor = QTextCursor(block)
    table = cursor.currentTable()
    if table is None:
        return -1, block.blockNumber()
    return table.firstPosition(), table.cellAt(cursor).row()
