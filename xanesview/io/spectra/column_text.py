"""Column files as text: encoding, delimiter, decimal mark, comments, header, and the rows of numbers."""

from __future__ import annotations

import dataclasses
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.io.spectra.decimal_commas import Commas, cells_of, commas_in
from xanesview.io.text_file import LARGEST, plain_float, read_text
from xanesview.limits import size

LARGEST_BYTES = 300_000_000
"""A million rows of a dozen columns; a file above this is something else and would stop the window for long."""
MOST_LINES = 3_000_000
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
        if self.delimiter == self.decimal:
            return cells_of(line)
        return [cell.strip().strip('"') for cell in line.strip(" \r\n").split(self.delimiter)]

    def numbers(self, line: str) -> list[float] | None:
        """Return a line's numbers (NaN for an empty cell), or None where a cell is a word."""
        result = self.mixed(line)
        return None if result is None or None in result else result  # type: ignore[return-value]

    def mixed(self, line: str) -> list[float | None] | None:
        """Return a line's numbers with None for each word, or None where there are fewer than two numbers."""
        cells = self.cells(line)
        while len(cells) > 2 and cells[-1] == "":
            cells.pop()  # a delimiter at the end of each line
        result = [self.number(cell) for cell in cells]
        numbers = [number for number in result if number is not None]
        return result if len(numbers) > 1 and any(map(math.isfinite, numbers)) else None

    def number(self, cell: str) -> float | None:
        """Return the number of a cell, NaN where it is empty or says that there is none, None for a word."""
        if len(cell) > _LONGEST_NUMBER:
            return None
        if self.decimal == ",":
            if "." in cell:
                return None
            cell = cell.replace(",", ".")
        try:
            number = plain_float(cell)
        except ValueError:
            if cell.lower() in _NOT_A_NUMBER:
                return math.nan
            if match := _SHORT_EXPONENT.fullmatch(cell):
                cell = f"{match[1]}E{match[2]}"
            elif not _FORTRAN.fullmatch(cell):
                return None
            number = float(cell.replace("D", "E").replace("d", "e"))
        return number if abs(number) < LARGEST else math.nan


_EMPTY_CELL = re.compile(r";\s?[-+.,\d;]")
_FORTRAN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[dD][-+]?\d+")  # exponents with D
_SHORT_EXPONENT = re.compile(r"([-+]?\d*\.\d+)([-+]\d{3})")  # of three digits: Fortran leaves the E out
_FAILED = re.compile(
    r"[*#?.x-]+|#(div/0|n/a|ref|value|num|name|null)[!?]?|over|overflow|over_?range|ovl|o\.?l|sat(urated)?|err(or)?|"
    r"invalid|fault|bad|lost|time_?out|-?1\.#(ind|inf)\w*",
    re.IGNORECASE,
)  # what stands where a number could not be given

_NUMERIC = re.compile(r"[-+\d.eE,; \t]*\d[-+\d.eE,; \t]*")
_JOINED = re.compile(r"(\d[eE][-+]\d\d|\d\.\d+)(?=[-+]\d*\.\d)()")

LAYOUTS = tuple(Layout(delimiter, decimal) for decimal in ".," for delimiter in DELIMITERS if delimiter != decimal)


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file.

    Raises
    ------
    XanesviewError
        For a folder, a missing, unreadable, empty, binary or far too large file, or one of endless lines.
    """
    n_bytes = path.stat().st_size if path.is_file() else 0
    if n_bytes > LARGEST_BYTES:
        raise XanesviewError(
            f"The file {path.name} has {size(n_bytes)}, too much for one spectrum.",
            f"Export fewer points or columns; up to {size(LARGEST_BYTES)} are read.",
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
    """Tell whether a line begins with a comment mark; a semicolon before a number may as well part cells."""
    stripped = line.lstrip()
    return stripped.startswith(COMMENT_MARKS) or (stripped.startswith(";") and not _EMPTY_CELL.match(stripped))


def guess_layout(lines: Sequence[str], name: str) -> Layout:
    """Return the layout that makes most lines rows of equally many numbers, words of the same columns left out.

    Raises
    ------
    XanesviewError
        If there are no two columns of numbers in any layout, or it can't be told where they are parted.
    """
    looked_at = tuple(_looked_at(lines))
    found = _guessed(looked_at)
    if found is None:
        raise XanesviewError(f"“{name}” holds no two columns of numbers.", _ASK)
    if found == Layout(",", "."):
        commas = commas_in(looked_at)
        if commas is Commas.UNCLEAR:
            raise XanesviewError(
                f"“{name}” has commas between its columns and in its numbers, and which is which can't be told.",
                "Write it with decimal points, or with semicolons or tabs between the columns.",
            )
        return Layout(",", ",") if commas is Commas.BOTH else found
    return found


@lru_cache(maxsize=8)  # one file is asked for by several formats, one after the other
def _guessed(candidates: tuple[str, ...]) -> Layout | None:
    """Return the layout of lines that are no comments, or None."""
    best: dict[bool, tuple[int, Layout]] = {}  # by whether all cells are numbers
    there = {mark for mark in (*DELIMITERS, ",") if any(mark in line for line in candidates)} | {" "}
    for layout in LAYOUTS:
        if layout.delimiter not in there or (layout.decimal == "," and "," not in there):
            continue  # it makes one cell of a line, or what the decimal point makes of it
        kinds = Counter(_kind(row) for row in map(layout.mixed, candidates) if row is not None)
        for kind, rows in kinds.most_common(1):
            plain = all(kind)
            if plain not in best or rows > best[plain][0]:
                best[plain] = (rows, layout)
    plain, mixed = best.get(True, (0, None)), best.get(False, (0, None))
    # a line of a title can look like words and numbers; of rows there are many
    rows, found = mixed if mixed[0] > max(2, 2 * plain[0]) else plain
    return None if rows < 2 else found


def _kind(row: Sequence[float | None]) -> tuple[bool, ...]:
    """Return which cells of a row are numbers."""
    return tuple(cell is not None for cell in row)


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


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of numbers of a text.

    Attributes
    ----------
    values : (R, C) float
        NaN for empty cells, and in rows that stand among the others but are words or cut short.
    first_line : int
        Index of the first line that is a row.
    columns : tuple[int, ...]
        Cells of a line that are numbers, from 0; the others hold words.
    n_cells : int
    n_whole : int
        How many of the rows hold numbers in all cells that others do.
    """

    values: np.ndarray
    first_line: int
    columns: tuple[int, ...]
    n_cells: int
    n_whole: int


def rows_of(lines: Sequence[str], layout: Layout) -> Rows:
    """Return the rows of numbers; comments, and lines above and below them, are left out.

    A line among them that is words, of another width or cut short is a row without numbers, so that it is told of:
    only its first cell is kept, where that can be an energy.
    """
    found = _even_rows(lines, layout)
    if found is not None:
        return found
    rows: list[list[float | None]] = []
    places: list[int] = []
    for place, line in enumerate(lines):
        if not line.strip() or is_comment(line):
            continue
        row = layout.mixed(line)
        if row is None or (None in row and layout.delimiter == " "):
            parted = _parted(line) if layout.delimiter == " " else line
            row = layout.mixed(parted) if parted != line else row
        if row is not None:
            rows.append(row)
            places.append(place)
    if layout.delimiter != " ":
        rows = _with_empty_ends(rows, [len(layout.cells(lines[place])) for place in places])
    kinds = Counter(map(_kind, rows))
    plain = [kind for kind in kinds if False not in kind]
    usual = max(plain, key=kinds.__getitem__, default=None)
    most = kinds.most_common(1)[0] if kinds else None
    if most is not None and (usual is None or (most[1] >= 3 and most[1] > 2 * kinds[usual])):
        usual = most[0]
    if usual is None:
        return Rows(np.empty((0, 0)), len(lines), (), 0, 0)
    columns = tuple(place for place, is_number in enumerate(usual) if is_number)
    kept = [index for index, row in enumerate(rows) if len(row) == len(usual) and _has(row, columns)]
    values = np.array([[rows[index][column] for column in columns] for index in kept])
    return _with_failed(lines, layout, Rows(values, 0, columns, len(usual), len(kept)), [places[k] for k in kept])


def _with_failed(lines: Sequence[str], layout: Layout, found: Rows, places: list[int]) -> Rows:
    """Return rows, each with the place of its line, together with those among and beside them that failed."""
    whole = dict(zip(places, found.values))
    first = found.values[np.isfinite(found.values[:, 0]), 0]
    low, high = (float(first.min()), float(first.max())) if first.size else (0.0, 0.0)
    span = high - low

    def failed(line: str, beyond: float) -> np.ndarray:
        row = np.full(len(found.columns), np.nan)
        cells = layout.cells(line)
        number = layout.number(cells[0]) if found.columns[0] == 0 and len(cells) <= found.n_cells else None
        if number is not None and low - beyond <= number <= high + beyond:
            row[0] = number
        return row

    def is_failed(place: int) -> bool:
        line = lines[place]
        if not line.strip() or is_comment(line) or not np.isfinite(failed(line, span)[0]):
            return False
        others = layout.cells(line)[1:]
        return all(map(_FAILED.fullmatch, others)) if others else place > places[-1]  # the last line may be cut short

    begin, end = places[0], places[-1] + 1
    while begin and is_failed(begin - 1):
        begin -= 1
    while end < len(lines) and is_failed(end):
        end += 1
    if end - begin == len(places):
        return dataclasses.replace(found, first_line=begin)
    among = (k for k in range(begin, end) if k in whole or (lines[k].strip() and not is_comment(lines[k])))
    values = [whole[k] if k in whole else failed(lines[k], 0.0 if places[0] < k < places[-1] else span) for k in among]
    return dataclasses.replace(found, values=np.array(values), first_line=begin)


def _with_empty_ends(rows: Sequence[list[float | None]], n_cells: Sequence[int]) -> list[list[float | None]]:
    """Return rows with the empty cells at their ends as far as others have numbers there.

    A column that has a number in every third row only is a column; a delimiter at the end of every line makes none.
    """
    widths = Counter(map(len, rows))
    width = max((w for w, n in widths.items() if n >= max(3, 0.02 * len(rows))), default=0)
    usual = widths.most_common(1)[0][0] if rows else 0  # of programs that write no delimiter there
    return [
        [*row, *[math.nan] * (width - len(row))]
        if min(len(row), width) < width and (cells >= width or len(row) == usual)
        else row
        for row, cells in zip(rows, n_cells)
    ]


def _has(row: Sequence[float | None], columns: Sequence[int]) -> bool:
    return all(row[column] is not None for column in columns)


def _parted(line: str) -> str:
    """Return a line in which numbers that Fortran wrote without a space between them are parted."""
    return _JOINED.sub(r"\1 \2", line)


def _even_rows(lines: Sequence[str], layout: Layout) -> Rows | None:
    """Return what `rows_of` does, by numpy's fast reader, or None where a row is not like the others."""
    if layout.delimiter == layout.decimal:
        return None
    first = next((place for place, line in enumerate(lines) if not is_comment(line) and layout.numbers(line)), None)
    first = _first_mixed(lines, layout) if first is None else first
    if first is None:
        return None
    if first and not is_comment(lines[first - 1]) and layout.number((layout.cells(lines[first - 1]) or ["x"])[0]):
        return None  # perhaps a row that failed
    kind = _kind(layout.mixed(lines[first]) or ())
    columns = tuple(place for place, is_number in enumerate(kind) if is_number)
    body = [line for line in lines[first:] if line.strip() and not is_comment(line)]
    if layout.decimal == ",":
        body = [line.replace(",", ".") for line in body]
    delimiter = None if layout.delimiter == " " else layout.delimiter
    wanted = None if all(kind) else columns
    if wanted is None and any("_" in line for line in body):
        return None  # numpy takes 2_280.0 for a number
    table = _loaded(body, delimiter, wanted)
    if table is None and wanted is None:  # remarks below the numbers
        end = next((place for place, line in enumerate(body) if not _NUMERIC.fullmatch(line)), len(body))
        is_remark = not any(map(_NUMERIC.match, body[end:]))
        table = _loaded(body[:end], delimiter, None) if is_remark else None
    if table is None or table.shape[1] != len(columns):
        return None
    table[~(np.abs(table) < LARGEST)] = np.nan
    return Rows(table, first, columns, len(kind), len(table))


def _loaded(body: Sequence[str], delimiter: str | None, columns: tuple[int, ...] | None) -> np.ndarray | None:
    """Return numpy's table of lines; None where there is a word, an empty cell, a row of another width."""
    try:
        return np.loadtxt(body, delimiter=delimiter, comments=None, ndmin=2, usecols=columns) if body else None
    except (ValueError, IndexError):
        return None


def _first_mixed(lines: Sequence[str], layout: Layout) -> int | None:
    """Return the first line whose words stand where those of the lines after it do."""
    found = ((place, layout.mixed(line)) for place, line in enumerate(lines[:_LOOKED_AT]) if not is_comment(line))
    rows = [(place, _kind(row)) for place, row in found if row is not None]
    if len(rows) < 3:
        return None
    usual = Counter(kind for _, kind in rows).most_common(1)[0][0]
    return next(place for place, kind in rows if kind == usual)
