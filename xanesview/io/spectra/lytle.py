"""Files of Farrel Lytle's database: steps of the monochromator, explained by DSPACE and STPDEG in the head.

``NPTS NS CUEDGE CUHITE DSPACE STPDEG …`` with the numbers below; each row has the steps, I0, and two to four counts:
behind the sample, of fluorescence, behind a reference.
"""

from __future__ import annotations

import re
from pathlib import Path

from xanesview.errors import XanesviewError
from xanesview.io.spectra.column_text import Layout, read_lines, rows_of
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.raw_table import Offer, RawTable
from xanesview.io.text_file import plain_float

_NAMES = ("steps", "I0", "It", "If", "Iref")
_HINT = "Choose the file as the database has it."


def looks_like_lytle(text: str) -> bool:
    """Tell whether a text begins with the head that explains the steps."""
    first = text.lstrip("\ufeff\n").split("\n", 1)[0]
    return re.match(r"\s*NPTS\s+NS\s", first) is not None and "DSPACE" in first and "STPDEG" in first


def read_lytle(path: Path, answers: Answers) -> tuple[RawTable, ...]:
    """Return the one scan of a file.

    Raises
    ------
    XanesviewError
        If its head lacks a number or it has no rows.
    """
    lines = [line for line in read_lines(path) if line.strip()]
    words, numbers = lines[0].split(), lines[1].split() if len(lines) > 1 else []
    told = dict(zip(words, numbers))
    spacing, steps = _number(told.get("DSPACE")), _number(told.get("STPDEG"))
    if not 0.1 < spacing < 50.0 or not 1.0 < steps < 1e7:
        raise XanesviewError(f"The head of {path.name} lacks DSPACE or STPDEG.", _HINT)
    title = 2
    while title < len(lines) and re.match(r"\s*(DELTA|DELEND|SEC|OFFSET)", lines[title]):
        title += 1
    rows = rows_of(lines[title:], Layout(" ", ".")).values
    if rows.shape[0] < 3 or rows.shape[1] < 3:
        raise XanesviewError(f"{path.name} holds {rows.shape[0]} rows of numbers.", "It may be cut off.")
    names = (*_NAMES, *(f"counter {k}" for k in range(5, rows.shape[1])))[: rows.shape[1]]
    offers = [Offer("µ (transmission)", "ln(I0/It)", "transmission")]
    if "If" in names:
        offers.append(Offer("If/I0", "If/I0", "fluorescence"))
    return (
        RawTable(
            names=names,
            values=rows,
            facts={"file": path.name, "title": " ".join(lines[title].split())[:200]},
            energy=0,
            unit="steps",
            d_spacing_angstrom=spacing,
            steps_per_degree=steps,
            offers=(*offers, *(Offer(name, f'"{name}"', "raw") for name in names[1:])),
            is_sure=False,
        ),
    )


def _number(word: str | None) -> float:
    try:
        return plain_float(word or "nan")
    except ValueError:
        return float("nan")
