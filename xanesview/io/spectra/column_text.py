"""Column files as text: encoding, delimiter, decimal mark, comments, header, and the rows of numbers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.io.text_file import LARGEST, read_text

LARGEST_BYTES = 8_000_000
"""A spectrum has thousands of rows; a file above this is something else and would stop the window for long."""
MOST_LINES = 200_000
LONGEST_LINE = 100_000
"""Characters; thousands of columns fit."""

DELIMITERS = {"\t": "tab", ";": "semicolon", ",": "comma", " ": "spaces"}
COMMENT_MARKS = ("#", "%", "!", "//", "*", "@")

_LOOKED_AT = 600  # lines from which the layout is guessed
_CHARACTERS_LOOKED_AT = 60_000  # of them, where lines are long
_LONGEST_NUMBER = 100
_NOT_A_NUMBER = {"", "nan", "na", "n/a", "null", "none", "-", "inf", "-inf", "+inf", "infinity", "-infinity", "1.#qnan"}
_ASK = "Choose a text file with a column of energies and one of intensities."


@dataclass(frozen=True)
class Layout:
    """How lines of a column file are cut into numbers: delimiter (a key of `DELIMITERS`) and decimal mark."""

    delimiter: str
    decimal: str

    def cells(self, line: str) -> list[str]:
        """Return a line's cells as text."""
        if self.delimiter == " ":
            return line.split()
        return [cell.strip().strip('"') for cell in line.strip(" \r\n").split(self.delimiter)]

    def numbers(self, line: str) -> list[float] | None:
        """Return a line's numbers (NaN for an empty cell), or None where a cell is a word."""
        cells = self.cells(line)
        while len(cells) > 2 and cells[-1] == "":
            cells.pop()  # a delimiter at the end of each line
        result = []
        for cell in cells:
            number = self._number(cell)
            if number is None:
                return None
            result.append(number)
        return result if len(result) > 1 and any(map(math.isfinite, result)) else None

    def _number(self, cell: str) -> float | None:
        if len(cell) > _LONGEST_NUMBER:
            return None
        if self.decimal == ",":
            if "." in cell:
                return None
            cell = cell.replace(",", ".")
        try:
            number = float(cell)
        except ValueError:
            if cell.lower() in _NOT_A_NUMBER:
                return math.nan
            if not _FORTRAN.fullmatch(cell):
                return None
            number = float(cell.replace("D", "E").replace("d", "e"))
        return number if abs(number) < LARGEST else math.nan


_FORTRAN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[dD][-+]?\d+")  # exponents with D

LAYOUTS = tuple(Layout(delimiter, decimal) for decimal in ".," for delimiter in DELIMITERS if delimiter != decimal)


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file.

    Raises
    ------
    XanesviewError
        For a folder, a missing, unreadable, empty, binary or far too large file, or one of endless lines.
    """
    size = path.stat().st_size if path.is_file() else 0
    if size > LARGEST_BYTES:
        raise XanesviewError(
            f"The file {path.name} has {size / 1e6:.0f} MB, too much for one spectrum.",
            f"Export fewer points or columns; up to {LARGEST_BYTES / 1e6:.0f} MB are read.",
        )
    try:
        lines = read_text(path, LARGEST_BYTES).splitlines()
    except XanesviewError as error:
        raise XanesviewError(error.message, _ASK) from error
    if len(lines) > MOST_LINES:
        raise XanesviewError(
            f"The file {path.name} has {len(lines):,} lines, too many for one spectrum.",
            f"Export fewer points; up to {MOST_LINES:,} lines are read.",
        )
    for at, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            raise XanesviewError(f"Line {at} of {path.name} has {len(line):,} characters, which is no spectrum.", _ASK)
    return lines


def is_comment(line: str) -> bool:
    """Tell whether a line begins with a comment mark."""
    return line.lstrip().startswith(COMMENT_MARKS)


def guess_layout(lines: Sequence[str], name: str) -> Layout:
    """Return the layout that makes most lines rows of equally many numbers.

    Raises
    ------
    XanesviewError
        If there are no two columns of numbers in any layout.
    """
    best: tuple[int, Layout] | None = None
    candidates = _looked_at(lines)
    for layout in LAYOUTS:
        widths = Counter(len(row) for row in map(layout.numbers, candidates) if row is not None)
        if not widths:
            continue
        rows = widths.most_common(1)[0][1]
        if best is None or rows > best[0]:
            best = (rows, layout)
    if best is None or best[0] < 2:
        raise XanesviewError(f"“{name}” holds no two columns of numbers.", _ASK)
    return best[1]


def _looked_at(lines: Sequence[str]) -> list[str]:
    """Return the first lines that are no comments: many, or some where they are long."""
    found: list[str] = []
    characters = 0
    for line in lines:
        if line.strip() and not is_comment(line):
            found.append(line)
            characters += len(line)
            if len(found) == _LOOKED_AT or (characters > _CHARACTERS_LOOKED_AT and len(found) > 2):
                break
    return found


def rows_of(lines: Sequence[str], layout: Layout) -> tuple[np.ndarray, int]:
    """Return the table of numbers, (R, C) with NaN for empty cells, and the index of its first line.

    Lines that are comments, words or of another width are left out.
    """
    found = _even_rows(lines, layout)
    if found is not None:
        return found
    rows: list[list[float]] = []
    places: list[int] = []
    for place, line in enumerate(lines):
        if not line.strip() or is_comment(line):
            continue
        row = layout.numbers(line)
        if row is not None:
            rows.append(row)
            places.append(place)
    if not rows:
        return np.empty((0, 0)), len(lines)
    width = Counter(map(len, rows)).most_common(1)[0][0]
    kept = [index for index, row in enumerate(rows) if len(row) == width]
    return np.array([rows[index] for index in kept]), places[kept[0]]


def _even_rows(lines: Sequence[str], layout: Layout) -> tuple[np.ndarray, int] | None:
    """Return what `rows_of` does, by numpy's fast reader, or None where a row is not like the others."""
    first = next((place for place, line in enumerate(lines) if not is_comment(line) and layout.numbers(line)), None)
    if first is None:
        return None
    body = [line for line in lines[first:] if line.strip() and not is_comment(line)]
    if layout.decimal == ",":
        body = [line.replace(",", ".") for line in body]
    delimiter = None if layout.delimiter == " " else layout.delimiter
    try:
        table = np.loadtxt(body, delimiter=delimiter, comments=None, ndmin=2)
    except ValueError:  # a word, an empty cell, a row of another width
        return None
    table[~(np.abs(table) < LARGEST)] = np.nan
    return table, first


def header_names(lines: Sequence[str], first_row: int, n_columns: int, layout: Layout) -> tuple[str, ...]:
    """Return the columns' names: from an XDI header, from the last fitting line before the numbers, or numbered.

    References
    ----------
    XAS Data Interchange, specification 1.0: ``# Column.1: energy eV``.
    """
    named = {}
    for line in lines[:first_row]:
        match = re.match(r"\s*#\s*Column\.(\d+)\s*:\s*(.+?)\s*$", line, flags=re.IGNORECASE)
        if match and 1 <= int(match[1]) <= n_columns:
            named[int(match[1]) - 1] = match[2].split("||")[0].strip()
    if named:
        return tuple(named.get(index, f"column {index + 1}") for index in range(n_columns))
    for line in reversed(lines[max(0, first_row - 30) : first_row]):
        text = re.sub(r"^\s*(#|%|!|//|\*|@)+\s*", "", line).strip()
        if not text or set(text) <= set("-=_#/ "):
            continue
        cuts = (layout.cells, Layout("\t", ".").cells, Layout(",", ".").cells, Layout(" ", ".").cells)
        for cut in (*cuts, lambda words: re.split(r"\s{2,}|\t+", words.strip())):
            cells = cut(text)
            if len(cells) == n_columns and all(re.search(r"[^\W\d]", cell) for cell in cells):
                return tuple(cells)
        if not is_comment(line):
            break
    return tuple(f"column {index + 1}" for index in range(n_columns))


def network_fields(lines: Sequence[str]) -> dict[str, str]:
    """Return what the comments of an exported table say of the networks that its curves were made with."""
    fields = {}
    for line in lines[:400]:
        match = re.match(r"\s*#\s*((?:curve \d+ )?network(?:_version|_hash)?)\s*:\s*(.+?)\s*$", line)
        if match:
            fields[match[1]] = match[2]
    return fields


def header_fields(lines: Sequence[str]) -> dict[str, str]:
    """Return the ``# Family.key: value`` fields of an XDI header, keys in lower case."""
    fields = {}
    for line in lines[:400]:
        match = re.match(r"\s*#\s*([A-Za-z]\w*\.\w+)\s*:\s*(.+?)\s*$", line)
        if match:
            fields[match[1].lower()] = match[2]
    return fields
