"""SPEC files: scans of ``#S``, labels of ``#L`` parted by two spaces, rows of numbers; spectra of MCAs are left out.

The scanned motor stands in the first column; scans over anything else than energies are offered after the others.
https://certif.com/spec_help/scans.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from xanesview.errors import XanesviewError
from xanesview.io.spectra.column_header import d_spacing
from xanesview.io.spectra.column_text import Layout, read_lines, rows_of
from xanesview.io.spectra.energy_axis import guessed_axis
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.raw_table import RawTable

_FEWEST_POINTS = 3
_COMMAND = re.compile(r"\d+\s+(?:[ad]\d?scan|lup|dummyscan)\s+(\w+)\s+[-+.\d]", re.IGNORECASE)
_PLAIN = Layout(" ", ".")


def looks_like_spec(text: str) -> bool:
    """Tell whether a text has scans with labels as SPEC writes them."""
    return (
        re.search(r"^#S +\d+", text, re.MULTILINE) is not None
        and re.search(r"^#[LN] ?\S", text, re.MULTILINE) is not None
    )


def read_spec(path: Path, answers: Answers) -> tuple[RawTable, ...]:
    """Return the scans of a file, those over energies if there are such.

    Raises
    ------
    XanesviewError
        If it holds no scan of three points.
    """
    lines = read_lines(path)
    spacing = d_spacing([line for line in lines if line.startswith("#")][:400])
    found = [table for block in _blocks(lines) if (table := _table(block, path, spacing)) is not None]
    over_energies = [table for table in found if guessed_axis(table).is_decided and not _scans_another(table)]
    if not found:
        raise XanesviewError(f"{path.name} holds no scan of three points or more.", "It may be cut off.")
    return tuple(over_energies or found)


def _scans_another(table: RawTable) -> bool:
    """Tell whether the command moved a motor that is not the column that might be taken for energies."""
    axis = guessed_axis(table)
    match = _COMMAND.match(table.facts["scan"])
    return match is not None and not axis.is_sure and match[1].lower() != table.names[axis.column].lower()


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in lines:
        if line.startswith("#S "):
            if block:
                yield block
            block = [line]
        elif block:
            block.append(line)
    if block:
        yield block


def _table(block: list[str], path: Path, spacing: float | None) -> RawTable | None:
    labels: list[str] = []
    facts = {"file": path.name, "scan": block[0][2:].strip()[:200]}
    body, is_spectrum = [], False
    for line in block[1:]:
        if line.startswith("#L"):
            labels = [label for label in re.split(r"\s{2,}|\t+", line[2:].strip()) if label]
        elif line.startswith("#D ") and "date" not in facts:
            facts["date"] = line[3:].strip()[:100]
        elif line.startswith("@") or is_spectrum:  # an MCA's spectrum, each line but the last ends in a backslash
            is_spectrum = line.rstrip().endswith("\\")
        elif line.strip() and not line.startswith("#"):
            body.append(line)
    rows = rows_of(body, _PLAIN).values
    if rows.shape[0] < _FEWEST_POINTS or rows.shape[1] < 2:
        return None
    if len(labels) != rows.shape[1]:
        words = next((line[2:].split() for line in block if line.startswith("#L")), [])
        labels = words if len(words) == rows.shape[1] else [f"column {k + 1}" for k in range(rows.shape[1])]
    table = RawTable(
        names=tuple(labels),
        values=rows,
        label=block[0][3:].strip()[:80],
        facts=facts,
        d_spacing_angstrom=spacing,
    )
    command = block[0].split()
    scanned = {word.lower() for word in command[3:5]}
    if labels[0].lower() in scanned and re.match(
        r"(e|en|ene|energy|mono|mono_?e|kev|ev)\w*$", labels[0], re.IGNORECASE
    ):
        table = table.replace(energy=0)
    return table
