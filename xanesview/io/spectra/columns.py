"""Columns of numbers as beamlines, programs and spreadsheets write them, XDI among them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from xanesview.errors import XanesviewError
from xanesview.io.spectra.column_header import column_names, d_spacing, header_fields, network_fields
from xanesview.io.spectra.column_pairs import parted
from xanesview.io.spectra.column_text import Layout, guess_layout, read_lines, rows_of
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.own_notes import read_notes, with_notes
from xanesview.io.spectra.raw_table import RawTable

_FEWEST_POINTS = 3
_END_OF_FIELDS = "///"


def looks_like_xdi(text: str) -> bool:
    """Tell whether a text begins as a file of XAS Data Interchange does."""
    return text.lstrip("# \t").upper().startswith("XDI/")


def looks_like_columns(text: str) -> bool:
    """Tell whether a text has enough rows of two or more numbers."""
    lines = text.split("\n")
    try:
        return rows_of(lines, guess_layout(lines, "")).n_whole >= _FEWEST_POINTS
    except XanesviewError:
        return False


def read_columns(path: Path, answers: Answers) -> tuple[RawTable, ...]:
    """Return the table of a column file, or one for each of its columns of energies.

    Raises
    ------
    XanesviewError
        If the file can't be read or holds no two columns of numbers.
    """
    lines = read_lines(path)
    table = table_of(lines, path.name, answers)[0]
    written = _as_written(lines, table)
    whole = written is not table or answers.energy is not None  # who names a column counts those of the file
    return (written,) if whole else parted(table)


def _as_written(lines: Sequence[str], table: RawTable) -> RawTable:
    """Return a table that this program wrote with all that it was written of; any other as it is."""
    end = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    head = [line[1:].removeprefix(" ") for line in lines[:end]]
    if not head or not (head[0].startswith("XDI/1.0 xanesview") or head[0].startswith("program: xanesview")):
        return table
    if looks_like_xdi(head[0]):
        columns = _columns_of_xdi(head)
        head = head[head.index(_END_OF_FIELDS) + 1 :] if _END_OF_FIELDS in head else []
    else:
        columns = next(csv.reader(lines[end : end + 1]), [])
    notes = read_notes(head, columns[1:]) if len(columns) == len(table.names) else None
    if notes is None:
        return table
    fields = {key: value for key, value in table.facts.items() if not key.startswith(("xanesview.", "curve "))}
    return with_notes(table.replace(facts=fields, names=("energy", *columns[1:])), notes)


def _columns_of_xdi(head: Sequence[str]) -> list[str]:
    """Return what an XDI header of this program's calls the columns."""
    fields = [line.partition(": ") for line in head if line.startswith("Column.")]
    return [name for _, _, name in fields]


def layout_of(lines: Sequence[str], name: str, answers: Answers) -> Layout:
    """Return how lines are cut: as the answers say, else as is guessed."""
    if answers.delimiter is not None and answers.decimal is not None:
        return Layout(answers.delimiter, answers.decimal)
    layout = guess_layout(lines, name)
    return Layout(answers.delimiter or layout.delimiter, answers.decimal or layout.decimal)


def table_of(lines: Sequence[str], name: str, answers: Answers) -> tuple[RawTable, Layout, int]:
    """Return the table of some lines, how they are cut, and the index of the first row's line.

    Raises
    ------
    XanesviewError
        If they hold no two columns of numbers.
    """
    layout = layout_of(lines, name, answers)
    rows = rows_of(lines, layout)
    if rows.values.shape[0] == 0 or rows.values.shape[1] < 2:
        raise XanesviewError(
            f"“{name}” holds no two columns of numbers with this delimiter and decimal mark.",
            "Choose another delimiter or decimal mark.",
        )
    names, units = column_names(lines, rows, layout)
    head = lines[: rows.first_line]
    fields = header_fields(lines)
    table = RawTable(
        names=names,
        values=rows.values,
        units=units,
        facts={"file": name, **fields, **network_fields(lines)},
        d_spacing_angstrom=d_spacing(head),
    )
    return table, layout, rows.first_line
