"""Commas that part both columns and decimals, as in ``280,101,0,2``: told from whole numbers where that is possible.

A spreadsheet that writes so puts its numbers in quotes; a program that doesn't care writes pairs of digits.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from enum import Enum
from itertools import pairwise

_PAIR = re.compile(r"\s*([-+]?\d+)\s*,\s*(\d+(?:[eE][-+]?\d+)?)\s*(?:,|$)")
_WHOLE = re.compile(r"\s*[-+]?\d+\s*(,\s*[-+]?\d+(?:[eE][-+]?\d+)?\s*)+,?\s*")
_QUOTED = re.compile(r'"\s*[-+]?\d+,\d+([eE][-+]?\d+)?\s*"')
_FEWEST = 5  # rows that tell something


class Commas(Enum):
    """What commas between whole numbers are."""

    COLUMNS = "between columns"
    BOTH = "between columns and in numbers"
    UNCLEAR = "which of them part numbers can't be told"


def cells_of(line: str) -> list[str]:
    """Return the cells of a line in which commas are both: quoted ones, else pairs; else what stands between commas."""
    if '"' in line:
        return [cell.strip() for cell in next(csv.reader([line], skipinitialspace=True))]
    pairs = _pairs(line)
    return [cell.strip() for cell in line.split(",")] if pairs is None else pairs


def commas_in(lines: Sequence[str]) -> Commas:
    """Return what commas are in rows of which nothing but commas parts the numbers.

    Energies that rise in pairs, and stand still by whole numbers, are decimals; where rows have different numbers of
    cells, as where a zero behind the comma was left out, nobody can tell what belongs to what.
    """
    quoted = [line for line in lines if _QUOTED.search(line)]
    if len(quoted) >= 2 and 2 * len(quoted) > len(lines):
        return Commas.BOTH
    rows = [line for line in lines if _WHOLE.fullmatch(line)]
    if len(rows) < _FEWEST or 10 * len(rows) < 9 * (len(lines) - 1):
        return Commas.COLUMNS
    cells = [line.strip().rstrip(",").split(",") for line in rows]
    if _named_in_pairs(lines, cells):
        return Commas.BOTH
    firsts = [row[0].strip() for row in cells]
    repeated = sum(one == other for one, other in pairwise(firsts))
    if 3 * repeated < len(rows):
        return Commas.COLUMNS
    if len({len(row) for row in cells}) > 1:
        return Commas.UNCLEAR
    pairs = [_pairs(line) for line in rows]
    if None in pairs or len(pairs[0]) < 2:
        return Commas.COLUMNS
    energies = [float(row[0].replace(",", ".")) for row in pairs]
    steps = [second - first for first, second in pairwise(energies)]
    rises = all(step > 0 for step in steps) or all(step < 0 for step in steps)
    return Commas.BOTH if rises else Commas.COLUMNS


def _named_in_pairs(lines: Sequence[str], cells: Sequence[Sequence[str]]) -> bool:
    """Tell whether the line above the rows names half as many columns as each row has cells."""
    heads = [line for line in lines[:1] if re.search(r"[^\W\d]", line)]
    n_names = heads[0].strip().rstrip(",").count(",") + 1 if heads else 0
    return n_names > 1 and all(len(row) == 2 * n_names for row in cells)


def _pairs(line: str) -> list[str] | None:
    """Return the cells of a line whose commas stand in and between numbers by turns, or None."""
    found, at = [], 0
    while match := _PAIR.match(line, at):
        found.append(f"{match[1]},{match[2]}")
        at = match.end()
    return found if found and not line[at:].strip() else None
