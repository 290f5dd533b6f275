"""Files of the SRS at Daresbury and of DUBBLE at the ESRF: a head ``&SRS … &END``, then points of one or more lines.

A point begins with a line of six numbers: angle in thousandths of a degree (or energy), time, I0, It, If, monitor;
counts of a detector of many elements follow four a line. The crystal stands nowhere: Si(111) is taken, which both had.
Diamond has the same head, a line of names below it, and then columns as any.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.io.spectra.column_text import read_lines
from xanesview.io.spectra.columns import table_of
from xanesview.io.spectra.energy_axis import SILICON_111_ANGSTROM
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.raw_table import Offer, RawTable
from xanesview.io.text_file import LARGEST, plain_float

_NAMES = ("angle", "time", "I0", "It", "If", "Im")
_HINT = "It may be cut off; copy it again."


def looks_like_srs(text: str) -> bool:
    """Tell whether a text begins with the head of the SRS."""
    return text.lstrip("\ufeff\n \t").upper().startswith("&SRS")


def read_srs(path: Path, answers: Answers) -> tuple[RawTable, ...]:
    """Return the one scan of a file.

    Raises
    ------
    XanesviewError
        If its head never ends or points are missing.
    """
    lines = read_lines(path)
    start = next((k for k, line in enumerate(lines) if line.strip().upper() == "&END"), None)
    if start is None:
        raise XanesviewError(f"The head of {path.name} has no &END.", _HINT)
    if _are_named(lines[start + 1 :]):  # as Diamond writes them
        table = table_of(lines[start + 1 :], path.name, answers)[0]
        return (table.replace(facts={**table.facts, **_facts(path, lines[: start + 1])}),)
    points = _points(lines[start + 1 :])
    widths = [len(point) for point in points]
    width = max(set(widths), key=widths.count) if widths else 0
    values = np.array([point for point in points if len(point) == width])
    if len(values) < 3 or width < 3:
        raise XanesviewError(f"{path.name} holds {len(values)} points.", _HINT)
    values = np.where(np.abs(values) < LARGEST, values, np.nan)
    elements = [f"Ge{k}" for k in range(1, width - len(_NAMES) + 1)]
    names = (*_NAMES[:width], *elements)
    is_angle = _falls(values[:, 0])
    if not is_angle:
        names = ("energy", *names[1:])
    lively = [name for k, name in enumerate(names) if name in elements and np.ptp(np.nan_to_num(values[:, k])) > 0]
    offers = []
    if lively and "I0" in names:
        offers.append(Offer(f"If (sum of {len(lively)})/I0", f"({'+'.join(lively)})/I0", "fluorescence"))
    if "It" in names:
        offers.append(Offer("µ (transmission)", "ln(I0/It)", "transmission"))
    if "If" in names:
        offers.append(Offer("If/I0", "If/I0", "fluorescence"))
    offers += [Offer(name, name, "raw") for name in names[2:]]
    return (
        RawTable(
            names=names,
            values=values,
            facts=_facts(path, lines[: start + 1]),
            energy=0,
            unit="millidegrees" if is_angle else "eV",
            d_spacing_angstrom=SILICON_111_ANGSTROM if is_angle else None,
            offers=tuple(offers),
            is_sure=False,
            assumption="the file tells no crystal; Si(111) was taken." if is_angle else "",
        ),
    )


def _are_named(body: list[str]) -> bool:
    """Tell whether the first line below the head names columns."""
    first = next((line.split() for line in body if line.strip()), [])
    return len(first) > 1 and all(re.search(r"[^\W\d]", word) for word in first)


def _points(lines: list[str]) -> list[list[float]]:
    """Return the numbers of each point; a line of as many numbers as the first begins one."""
    points: list[list[float]] = []
    longest = 0
    for line in lines:
        if re.match(r"\s*(END|DATA ABORTED)", line, re.IGNORECASE):
            break
        try:
            numbers = [plain_float(word) for word in line.split()]
        except ValueError:
            continue
        if not numbers:
            continue
        longest = longest or len(numbers)
        if len(numbers) == longest or not points:
            points.append(numbers)
        else:
            points[-1] += numbers
    return points


def _falls(column: np.ndarray) -> bool:
    steps = np.diff(column[np.isfinite(column)])
    return bool(steps.size and np.mean(steps < 0) > 0.5)


def _facts(path: Path, head: list[str]) -> dict[str, str]:
    text = " ".join(head)
    facts = {"file": path.name}
    for key, name in (("SRSTLE", "title"), ("SRSSTN", "station"), ("SRSDAT", "date"), ("SRSRUN", "run")):
        if match := re.search(rf"{key}\s*=\s*(?:'([^']*)'|([^,\s]*))", text):
            value = (match[1] or match[2] or "").strip()
            facts |= {name: value} if value else {}
    return facts
