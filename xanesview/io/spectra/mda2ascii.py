"""Files of EPICS' mda2ascii: columns listed as positioners and detectors, then the numbers of each scan.

``#    2  [1-D Positioner 1]  PV, description, mode, unit, read-back PV, description, unit`` and
``#    3  [1-D Detector   1]  PV, description, unit``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from xanesview.errors import XanesviewError
from xanesview.io.spectra.column_text import Layout, Rows, read_lines, rows_of
from xanesview.io.spectra.energy_units import EV_PER_UNIT, known_unit
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.raw_table import RawTable

_COLUMN = re.compile(r"#\s*(\d{1,5})\s+\[\s*(Index|(?:\d-D )?(?:Positioner|Detector|Trigger)[^\]]*?)\s*\]\s*(.*)$")
_PV = re.compile(r"#\s*Extra PV\s+\d+:\s*([^,]+),\s*([^,]*),\s*\"([^\"]*)\"(?:,\s*(\S*))?")
_PLAIN = Layout(" ", ".")


def looks_like_mda2ascii(text: str) -> bool:
    """Tell whether a text is what mda2ascii writes."""
    return "mda2ascii" in text[:400] or (
        re.search(r"^#\s*Column Descriptions:", text, re.MULTILINE) is not None and "[1-D " in text
    )


def read_mda2ascii(path: Path, answers: Answers) -> tuple[RawTable, ...]:
    """Return the scans of a file.

    Raises
    ------
    XanesviewError
        If there is no scan of three points.
    """
    lines = read_lines(path)
    facts = {"file": path.name}
    for line in lines:
        if match := _PV.match(line[:400]):
            facts.setdefault((match[2].strip() or match[1].strip())[:60], f"{match[3]} {match[4] or ''}".strip())
        elif match := re.match(r"#\s*Scan time\s*=\s*(.+)", line):
            facts.setdefault("date", match[1].strip())
    starts = [k for k, line in enumerate(lines) if re.match(r"#\s*Column Descriptions:", line)]
    tables = []
    for place, start in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else len(lines)
        block = lines[start:end]
        listed = {int(match[1]): match for line in block if (match := _COLUMN.match(line[:1000]))}
        rows = rows_of(block, _PLAIN)
        tabbed = rows_of(block, Layout("\t", "."))
        rows = tabbed if tabbed.n_whole >= rows.n_whole else rows
        if rows.n_whole >= 3 and rows.values.shape[1] >= 2:
            tables.append(_table(rows, listed, facts, len(tables) + 1))
    if not tables:
        raise XanesviewError(f"{path.name} holds no scan of three points or more.", "It may be cut off; copy it again.")
    return tuple(tables) if len(tables) > 1 else (tables[0].replace(label=""),)


def _table(rows: Rows, listed: dict[int, re.Match[str]], facts: dict[str, str], number: int) -> RawTable:
    names, units = [], []
    first_positioner = None
    for place, cell in enumerate(rows.columns):
        name, unit = _name(listed.get(cell + 1))
        names.append(name or f"column {cell + 1}")
        units.append(unit)
        match = listed.get(cell + 1)
        if match and "Positioner" in match[2] and first_positioner is None:
            first_positioner = place
    table = RawTable(names=tuple(names), values=rows.values, units=tuple(units), label=f"scan {number}", facts=facts)
    if first_positioner is not None and _is_energy(names[first_positioner], units[first_positioner]):
        table = table.replace(energy=first_positioner)
    return table


def _name(match: re.Match[str] | None) -> tuple[str, str]:
    """Return name and unit of a listed column: its description, or its PV where it has none."""
    if match is None:
        return "", ""
    if match[2] == "Index":
        return "index", ""
    words: Sequence[str] = [word.strip() for word in match[3].split(",")]
    description = words[1] if len(words) > 1 else ""
    place = 3 if "Positioner" in match[2] else 2
    unit = words[place] if len(words) > place else ""
    return description or words[0], unit


def _is_energy(name: str, unit: str) -> bool:
    return known_unit(unit) in EV_PER_UNIT or re.search(r"energ|\bmono|kev|\bev\b", name, re.IGNORECASE) is not None
