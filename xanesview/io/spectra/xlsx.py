"""The first sheet of an Excel workbook, read as columns of text.

A workbook is a zip archive of XML. What an entry unpacks to is looked at before it is unpacked, and no document that
defines entities is parsed.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from xanesview.errors import XanesviewError
from xanesview.io.spectra.column_pairs import parted
from xanesview.io.spectra.columns import table_of
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.raw_table import RawTable
from xanesview.limits import size

_MOST_UNPACKED = 120_000_000
_MOST_COLUMNS = 2000
_DAMAGE = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError, ValueError)
_COMMA = re.compile(r"[-+]?\d+,\d+([eE][-+]?\d+)?")  # numbers that were typed as text
_PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_LINKS = "xl/_rels/workbook.xml.rels"
_HINT = "Save the sheet as CSV and open that."


def is_xlsx(path: Path) -> bool:
    """Tell whether a zip archive is a workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except _DAMAGE:
        return False


def read_xlsx(path: Path, answers: Answers) -> tuple[RawTable, ...]:
    """Return the table of the first sheet, or one for each of its columns of energies.

    Raises
    ------
    XanesviewError
        If the workbook is damaged, too large, or its first sheet has no two columns of numbers.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            sheet = _first_sheet(archive, path)
            shared = []
            if "xl/sharedStrings.xml" in archive.namelist():
                shared = ["".join(one.itertext()) for one in _parsed(archive, "xl/sharedStrings.xml", path)]
            lines = list(_lines(_parsed(archive, sheet, path), shared))
    except (*_DAMAGE, ElementTree.ParseError) as error:
        raise XanesviewError(f"The workbook {path.name} is damaged or protected by a password.", _HINT) from error
    kept = Answers(**{**answers.__dict__, "delimiter": "\t", "decimal": "."})
    table = table_of(lines, path.name, kept)[0]
    return parted(table) if answers.energy is None else (table,)


def _first_sheet(archive: zipfile.ZipFile, path: Path) -> str:
    """Return the part that is shown first; where the workbook doesn't tell, that of the lowest number."""
    names = sorted((n for n in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d{1,4}\.xml", n)),
                   key=lambda name: int(re.sub(r"\D", "", name)))  # fmt: skip
    if not names:
        raise XanesviewError(f"{path.name} has no sheet.", _HINT)
    first = _parsed(archive, "xl/workbook.xml", path).find(".//{*}sheet")
    if first is None or _LINKS not in archive.namelist():
        return names[0]
    wanted = next((value for key, value in first.items() if key.endswith("}id")), "")
    links = {one.get("Id"): one.get("Target", "") for one in _parsed(archive, _LINKS, path)}
    target = f"xl/{links.get(wanted, '').removeprefix('/xl/')}"
    return target if target in names else names[0]


def _parsed(archive: zipfile.ZipFile, name: str, path: Path) -> ElementTree.Element:
    """Return a part of the workbook, unpacked no further than a limit."""
    with archive.open(name) as stream:
        content = stream.read(_MOST_UNPACKED + 1)
    if len(content) > _MOST_UNPACKED:
        raise XanesviewError(f"{path.name} unpacks to more than {size(_MOST_UNPACKED)}.", _HINT)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\0" in content[:200]:
        raise XanesviewError(f"{path.name} defines entities, which no workbook does.", _HINT)
    return ElementTree.fromstring(content)


def _lines(sheet: ElementTree.Element, shared: list[str]) -> Iterator[str]:
    """Yield the rows of a sheet as text, their cells parted by tabs; columns without a number are left out."""
    rows = list(_rows(sheet, shared))
    numbers = [row for row in rows if sum(map(_is_number, row)) > 1]
    used = {column for row in numbers for column, cell in enumerate(row) if cell}
    for row in rows:
        cells = [cell for column, cell in enumerate(row) if column in used] if used else row
        while cells and not cells[-1]:
            cells.pop()
        yield "\t".join(cells)


def _rows(sheet: ElementTree.Element, shared: list[str]) -> Iterator[list[str]]:
    for row in sheet.iterfind(".//{*}row"):
        cells: list[str] = []
        for cell in row.iterfind("{*}c"):
            column = _column(cell.get("r", ""), len(cells))
            if column >= _MOST_COLUMNS:
                break
            cells += [""] * (column + 1 - len(cells))
            text = " ".join(_value(cell, shared).split())
            cells[column] = text.replace(",", ".") if _COMMA.fullmatch(text) else text
        yield cells


def _is_number(cell: str) -> bool:
    return _PLAIN.fullmatch(cell) is not None


def _column(reference: str, default: int) -> int:
    """Return the column of a cell called like AB12, from 0."""
    letters = re.match(r"[A-Z]{1,3}(?=\d)", reference)
    if letters is None:
        return default
    number = 0
    for letter in letters[0]:
        number = 26 * number + ord(letter) - 64
    return number - 1


def _value(cell: ElementTree.Element, shared: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(text.text or "" for text in cell.iterfind(".//{*}t"))
    value = cell.find("{*}v")
    text = (value.text or "") if value is not None else ""
    if kind == "s":
        return shared[int(text)] if text.isascii() and text.isdigit() and int(text) < len(shared) else ""
    return text
