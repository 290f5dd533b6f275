"""ASCII files of SSRL's data collectors: weights and offsets, then a name a line for each column, then the numbers.

``PTS: 455 COLS: 6`` stands in the head; offsets are subtracted already. The binary form is not read.
"""

from __future__ import annotations

import re
from pathlib import Path

from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError
from xanesview.io.spectra.column_text import Layout, read_lines, rows_of
from xanesview.io.spectra.energy_axis import is_plausible
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.raw_table import RawTable

_HINT = "It may be cut off; copy it again."


def looks_like_ssrl(text: str) -> bool:
    """Tell whether a text begins as files of the data collectors do."""
    first = text.lstrip("\ufeff\n ").split("\n", 1)[0]
    return re.match(r"SSRL\b.*Data Collector", first) is not None


def read_ssrl(path: Path, answers: Answers) -> tuple[RawTable, ...]:
    """Return the one scan of a file.

    Raises
    ------
    XanesviewError
        If its head has no names of columns, or rows are missing.
    """
    lines = read_lines(path)
    start = next((k for k, line in enumerate(lines) if re.match(r"\s*data:", line, re.IGNORECASE)), None)
    if start is None:
        raise XanesviewError(f"{path.name} has no line “Data:” above the names of its columns.", _HINT)
    told = re.search(r"COLS:\s*(\d{1,5})", "\n".join(lines[:start]))
    names = []
    body = start + 1
    for body in range(start + 1, len(lines)):
        line = lines[body].strip()
        if not line and names:
            break
        if line:
            if re.match(r"[-+\d.\s]+$|[-+\d.]+\s+[-+\d.]", line):
                break
            names.append(line)
    rows = rows_of(lines[body:], Layout(" ", ".")).values
    if rows.shape[0] < 3 or rows.shape[1] < 2:
        raise XanesviewError(f"{path.name} holds {rows.shape[0]} rows of numbers.", _HINT)
    if len(names) != rows.shape[1]:
        counts = f", counts {told[1]}" if told else ""
        raise XanesviewError(
            f"{path.name} names {counted(len(names), 'column')}{counts} and has {rows.shape[1]}.",
            _HINT,
        )
    title = " ".join(" ".join(line.split()) for line in lines[6:12] if line.strip())
    facts = {"file": path.name, "date": " ".join(lines[1].split()), **({"title": title[:300]} if title else {})}
    achieved = next((k for k, name in enumerate(names) if re.match(r"achieved energy", name, re.IGNORECASE)), None)
    if achieved is not None and not is_plausible(rows[:, achieved], "eV"):
        achieved = None  # without an encoder there is nothing but zeros
    return (
        RawTable(
            names=tuple(names),
            values=rows,
            facts=facts,
            energy=achieved,
            unit="eV" if achieved is not None else "",
            d_spacing_angstrom=_spacing(lines[:start]),
        ),
    )


def _spacing(head: list[str]) -> float | None:
    found = re.search(r"Si\(\d{3}\)\s+(\d\.\d+)", "\n".join(head))
    return float(found[1]) if found and float(found[1]) > 0.3 else None
