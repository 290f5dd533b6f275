"""9809 files of Photon Factory, SPring-8, SAGA-LS and Aichi: angles of the monochromator and counts.

The head tells the spacing of the crystal planes (``D=  3.13551 A``) and, above the rows, what each counter is: mode 1
for I0, 2 for the transmitted beam, 3 for fluorescence. The first column is the angle that was asked for, the second
the one that was read back, which is taken where the beamline has an encoder. Fields are ten characters wide, so that
large counts may touch.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.io.spectra.column_text import Layout, read_lines, rows_of
from xanesview.io.spectra.expression import quoted
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.raw_table import Offer, RawTable
from xanesview.io.text_file import plain_float

_FIELD = 10
_SPACING = re.compile(r"\bD\s*=\s*(\d+\.?\d*)\s*A\b", re.IGNORECASE)
_FLUX, _THROUGH, _FLUORESCENCE = "1", "2", "3"
_HINT = "Choose the file as the beamline wrote it."


def looks_like_9809(text: str) -> bool:
    """Tell whether a text begins with the number of the format and tells angles."""
    first = text.lstrip("\ufeff\n").split("\n", 1)[0]
    return re.match(r"\s*9809\s+\S", first) is not None


def read_9809(path: Path, answers: Answers) -> tuple[RawTable, ...]:
    """Return the one scan of a file.

    Raises
    ------
    XanesviewError
        If it tells no d-spacing or has no rows.
    """
    lines = read_lines(path)
    start = next((k for k, line in enumerate(lines) if re.match(r"\s*offset\b", line, re.IGNORECASE)), None)
    if start is None:
        raise XanesviewError(f"{path.name} has no line of offsets above its counts.", _HINT)
    head = lines[:start]
    spacing = next((float(match[1]) for line in head if (match := _SPACING.search(line))), None)
    if spacing is None or not 0.1 < spacing < 50.0:
        raise XanesviewError(f"{path.name} tells no d-spacing (D= … A).", f"{_HINT} --d-spacing gives it in Å.")
    mode_words = len(_mode_line(head).split())
    rows = _rows(lines[start + 1 :], mode_words)
    if len(rows) < 3:
        raise XanesviewError(f"{path.name} holds {len(rows)} points.", "It is cut off; copy it again.")
    modes = _modes(head, rows.shape[1])
    names = _names(head, rows.shape[1], modes)
    offers = _offers(names, modes)
    return (
        RawTable(
            names=names,
            values=rows,
            facts=_facts(path, lines),
            energy=_angle_column(rows),
            unit="degrees",
            d_spacing_angstrom=spacing,
            offers=offers,
            is_sure=len([offer for offer in offers if offer.kind != "raw"]) == 1,
        ),
    )


def _rows(lines: list[str], n_columns: int) -> np.ndarray:
    """Return the counts; lines whose fields touch are cut by their width."""
    rows = rows_of(lines, Layout(" ", ".")).values
    numeric = [line for line in lines if re.match(r"\s*[\d.+-]", line)]
    fits = n_columns < 4 or (rows.ndim == 2 and rows.shape[1] == n_columns)
    if not numeric or (fits and len(rows) >= len(numeric)):
        return rows
    width = max(len(line.rstrip()) for line in numeric[:2000])
    cut = []
    for line in numeric:
        fields = [line[k : k + _FIELD] for k in range(0, width // _FIELD * _FIELD, _FIELD)]
        try:
            cut.append([plain_float(field) for field in fields])
        except ValueError:
            continue
    return np.array(cut) if len(cut) > (len(rows) if fits else 0) else rows


def _angle_column(rows: np.ndarray) -> int:
    """Return the column of angles that were read back, or of those asked for where none were."""
    if rows.shape[1] < 4:
        return 0
    asked, read_back = rows[:, 0], rows[:, 1]
    return 1 if np.all(read_back > 0) and np.all(np.abs(read_back - asked) < 0.05 * asked) else 0


def _mode_line(head: list[str]) -> str:
    """Return the line of modes; its label stands where the first column is, so that it has as many words."""
    return next((line for line in reversed(head) if re.match(r"\s*mode\b", line, re.IGNORECASE)), "")


def _modes(head: list[str], n_columns: int) -> list[str]:
    """Return the mode of each column as the head tells; the label stands where the first column is."""
    words = _mode_line(head).split()[1:]
    return [*[""] * max(0, n_columns - len(words)), *words][:n_columns]


def _names(head: list[str], n_columns: int, modes: list[str]) -> tuple[str, ...]:
    names = ["Angle(c)", "Angle(o)", "time/s", *(f"counter {k}" for k in range(1, n_columns - 2))][:n_columns]
    counts: dict[str, int] = {}
    for column in range(3, n_columns):
        kind = {_FLUX: "I0", _THROUGH: "I", _FLUORESCENCE: "If"}.get(modes[column])
        if kind:
            counts[kind] = counts.get(kind, 0) + 1
            names[column] = kind if counts[kind] == 1 else f"{kind}{counts[kind]}"
    return tuple(names)


def _offers(names: tuple[str, ...], modes: list[str]) -> tuple[Offer, ...]:
    by_mode = {mode: [k for k in range(3, len(names)) if modes[k] == mode] for mode in "123"}
    if not by_mode[_FLUX] and len(names) == 5:  # two counters of unknown modes: before and behind the sample
        by_mode = {_FLUX: [3], _THROUGH: [4], _FLUORESCENCE: []}
    offers = []
    if by_mode[_FLUX]:
        flux = quoted(names[by_mode[_FLUX][0]])
        for k in by_mode[_THROUGH]:
            name = "µ (transmission)" if k == by_mode[_THROUGH][0] else f"µ ({names[k]})"
            offers.append(Offer(name, f"ln({flux}/{quoted(names[k])})", "transmission"))
        detectors = [quoted(names[k]) for k in by_mode[_FLUORESCENCE]]
        if len(detectors) > 1:
            offers.append(Offer(f"If (sum of {len(detectors)})/I0", f"({'+'.join(detectors)})/{flux}", "fluorescence"))
        elif detectors:
            offers.append(Offer("If/I0", f"{detectors[0]}/{flux}", "fluorescence"))
    return (*offers, *(Offer(name, quoted(name), "raw") for name in names[3:]))


def _facts(path: Path, lines: list[str]) -> dict[str, str]:
    facts = {"file": path.name}
    for key, line in zip(("beamline", "scan", "title"), lines[:3]):
        if line.strip():
            facts[key] = " ".join(line.split())[:200]
    return facts
