"""The syntax of CIF: data blocks, tags, loops, quoted and many-line values (S. R. Hall et al., Acta Cryst. A47, 655).

Read by our own tokens rather than by gemmi's parser or ASE's: files from databases, journals and programs break the
grammar in small ways (quotes that end on a later line, names with blanks and without quotes, letters beyond ASCII, a
tag twice, an end cut off), for which gemmi refuses the whole file and ASE most of it, while all but one value is plain.
Tags are given in lower case with ``_`` for the ``.`` of mmCIF and of newer core dictionaries.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from xanesview.errors import XanesviewError

_TOKEN = re.compile(
    r"""\s+|\#.*|'''(?P<t1>.*?)'''|\"\"\"(?P<t2>.*?)\"\"\"|'(?P<q1>(?:[^']|'(?=\S))*)'(?=\s|$)"""
    r"""|"(?P<q2>(?:[^"]|"(?=\S))*)"(?=\s|$)|(?P<open>['"]\S.*$)|(?P<bare>\S+)"""
)
_MOST_QUOTED_LINES = 30
MOST_BLOCKS = 100_000
_ESCAPES = {
    r"\'": "\u0301", r"\`": "\u0300", r"\^": "\u0302", r"\"": "\u0308", r"\~": "\u0303", r"\,": "\u0327",
}  # fmt: skip
_GREEK = dict(zip("abgdezhqiklmnxoprstufcyw", "αβγδεζηθικλμνξοπρστυφχψω"))


@dataclass
class CifBlock:
    """One data block: its name, the values of each tag, and the tags of loops whose last row is incomplete."""

    name: str
    values: dict[str, list[str]] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)

    def column(self, *tags: str) -> list[str]:
        """Return the values of the first of these tags that is there."""
        return next((self.values[tag] for tag in tags if self.values.get(tag)), [])

    def word(self, *tags: str) -> str:
        """Return the first value of the first of these tags that says something, else an empty string."""
        for tag in tags:
            text = next(iter(self.values.get(tag, ())), "").strip()
            if text not in ("", "?", "."):
                return text
        return ""


def cif_blocks(text: str) -> list[CifBlock]:
    """Return the data blocks of a CIF file; what stands before the first header belongs to a block without a name.

    Raises
    ------
    XanesviewError
        If there are more than `MOST_BLOCKS`.
    """
    return _Reader(text.rstrip("\x1a\0 \n").split("\n")).blocks()


def plain_text(value: str) -> str:
    """Return a text with CIF's marks for accents and Greek letters (``caf\\'e``, ``\\b``) as the letters themselves."""
    value = re.sub(r"\\([A-Za-z])", lambda found: _greek(found[1]), value)
    value = re.sub(r"(\\['`^\"~,])([A-Za-z])", lambda found: found[2] + _ESCAPES[found[1]], value)
    return unicodedata.normalize("NFC", " ".join(value.split()))


def _greek(letter: str) -> str:
    found = _GREEK.get(letter.lower(), letter)
    return found.upper() if letter.isupper() else found


class _Reader:
    """Walks over the lines of a file and fills blocks."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._at = 0
        self._rest = ""  # of a line in which a value of several lines ended
        self._block = CifBlock("")
        self._blocks = [self._block]
        self._tags: list[str] = []  # of the loop, or the one tag that waits for its value
        self._items: list[str] = []
        self._in_loop = self._in_head = False

    def blocks(self) -> list[CifBlock]:
        """Return what was found."""
        while self._rest or self._at < len(self._lines):
            line, fresh = self._rest, not self._rest
            self._rest = ""
            if fresh:
                line = self._lines[self._at]
                self._at += 1
            if fresh and line.startswith(";"):
                self._value(self._text_field(line))
            elif "'" not in line and '"' not in line and "#" not in line:
                self._words(line.split())
            else:
                self._quoted_words(line)
        self._close()
        return [block for block in self._blocks if block.values]

    def _words(self, words: list[str]) -> None:
        """Take the words of a line without quotes; rows of numbers, nearly all of a file, are taken at once."""
        in_rows = self._in_loop and not self._in_head and bool(words)
        if in_rows and not any(word[0] == "_" for word in words) and not _is_header(words[0]):
            self._items += words
            return
        for word in words:
            self._bare(word)

    def _bare(self, word: str) -> None:
        lower = word.lower()
        if word[0] == "_":
            if not (self._in_loop and self._in_head):
                self._close()
            self._tags.append(lower.replace(".", "_"))
        elif lower == "loop_":
            self._close()
            self._in_loop = self._in_head = True
        elif _is_header(lower):
            self._close()
            if lower.startswith("data_"):
                self._block = CifBlock(word[5:])
                self._blocks.append(self._block)
                if len(self._blocks) > MOST_BLOCKS:
                    raise XanesviewError(
                        f"The file has more than {MOST_BLOCKS:,} data blocks, too many to choose from.", "Split it."
                    )
        else:
            self._value(word)

    def _value(self, value: str) -> None:
        self._in_head = False
        if self._tags:
            self._items.append(value)

    def _quoted_words(self, line: str) -> None:
        for found in _TOKEN.finditer(line):
            kind = found.lastgroup
            if kind == "bare":
                self._bare(found["bare"])
            elif kind == "open":
                self._value(self._over_lines(found["open"]))
            elif kind is not None:
                self._value(found[kind])

    def _over_lines(self, start: str) -> str:
        """Return a quoted value that ends on a later line, or the rest of the line where its quote is never closed."""
        quote, words = start[0], [start[1:]]
        for line in self._lines[self._at : self._at + _MOST_QUOTED_LINES]:
            if line.lstrip().startswith(("_", "loop_", "data_", ";", "#")):
                break
            end = re.search(rf"{quote}(?=\s|$)", line)
            if end:
                self._at += len(words)
                self._rest = line[end.end() :].strip()
                words.append(line[: end.start()])
                return " ".join(words)
            words.append(line)
        return start[1:].rstrip(quote)

    def _text_field(self, first: str) -> str:
        """Return a value between lines that begin with a semicolon, as one line; a file cut off ends it as well."""
        lines = [first[1:]]
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if line.startswith(";"):
                self._rest = line[1:].strip()
                break
            lines.append(line)
        return " ".join(" ".join(lines).split())

    def _close(self) -> None:
        """Give the tags that were read their values."""
        tags, items, values = self._tags, self._items, self._block.values
        if self._in_loop and tags:
            if len(items) % len(tags):
                self._block.incomplete.update(tags)
            whole = len(items) - len(items) % len(tags)
            for k, tag in enumerate(tags):
                values.setdefault(tag, items[k:whole:len(tags)])
        elif tags and items:
            values.setdefault(tags[0], [" ".join(items)])  # several: a value with blanks that lacks its quotes
        self._tags, self._items = [], []
        self._in_loop = self._in_head = False


def _is_header(word: str) -> bool:
    if word[0] not in "dDsSlLgG":
        return False
    lower = word.lower()
    return lower.startswith(("data_", "save_")) or lower in ("loop_", "global_", "stop_")
