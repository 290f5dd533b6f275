"""EMSA/MSA files: ``#KEYWORD : value`` lines, then XY pairs, or intensities alone on an axis of OFFSET and XPERCHAN.

ISO 22029; https://www.microscopy.org/resources/scientific_data/
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.io.spectra.column_text import read_lines
from xanesview.io.spectra.energy_units import known_unit, unit_in_name
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.raw_table import Offer, RawTable
from xanesview.io.text_file import LARGEST
from xanesview.limits import check_count

_MOST_POINTS = 3_000_000
_FEWEST_POINTS = 3
_KEYWORD = re.compile(r"\s*#\s*([A-Z0-9_\-]+)[^:]*?\s*:\s*(.*?)\s*$", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][-+]?\d+)?|nan", re.IGNORECASE)
_FACTS = {"TITLE": "title", "DATE": "date", "OWNER": "owner", "BEAMKV": "beam_kv", "SIGNALTYPE": "signal_type",
          "COLLANGLE": "collection_angle_mrad", "CONVANGLE": "convergence_angle_mrad"}  # fmt: skip
_HINT = "Export the spectrum as EMSA/MSA again."


def looks_like_emsa(text: str) -> bool:
    """Tell whether a text begins as EMSA/MSA files do."""
    return re.match(r"\s*#\s*FORMAT\s*:\s*(EMSA|MSA|ISO)", text, re.IGNORECASE) is not None


def read_emsa(path: Path, answers: Answers) -> tuple[RawTable, ...]:
    """Return the one spectrum of a file, with a column for each of NCOLUMNS where it has several.

    Raises
    ------
    XanesviewError
        If a keyword is no number, or numbers are missing.
    """
    told, body = _parted(read_lines(path))
    numbers = [float(word.lower().replace("d", "e")) for line in body for word in _NUMBER.findall(line)]
    values = np.array(numbers)
    values = np.where(np.abs(values) < LARGEST, values, np.nan)
    kind = told.get("DATATYPE", "Y").upper()
    unit = told.get("XUNITS", "").strip() or "eV"
    n_points = int(_number(told, "NPOINTS", path, 0.0))
    if kind.startswith("XY"):
        table = values[: values.size // 2 * 2].reshape(-1, 2)
        names = ["energy", told.get("YUNITS", "") or "intensity"]
    else:
        n_columns = max(1, int(_number(told, "NCOLUMNS", path, 1.0)))
        width = _width(body, n_columns, values.size, n_points)
        y = values[: values.size // width * width].reshape(-1, width)
        step, offset = _number(told, "XPERCHAN", path, 1.0), _number(told, "OFFSET", path, 0.0)
        if not step:
            raise XanesviewError(f"XPERCHAN of {path.name} is 0, so that it has no energies.", _HINT)
        check_count(len(y), _MOST_POINTS, f"points of {path.name}", _HINT)
        table = np.column_stack([offset + step * np.arange(len(y)), y])
        names = ["energy", *(["intensity"] if width == 1 else [f"intensity {k + 1}" for k in range(width)])]
    notices = _counted_points(n_points, table, path)
    if len(table) < _FEWEST_POINTS:
        raise XanesviewError(f"{path.name} holds {len(table)} points.", "It is cut off; export it again.")
    return (
        RawTable(
            names=tuple(names),
            values=table[:n_points] if _FEWEST_POINTS <= n_points < len(table) else table,
            facts={"file": path.name, **{name: told[key] for key, name in _FACTS.items() if told.get(key)}},
            energy=0,
            unit=known_unit(unit) or unit_in_name(unit),
            units=(known_unit(unit) or unit_in_name(unit) or unit, *[""] * (len(names) - 1)),
            offers=tuple(Offer(name, f'"{name}"', "raw") for name in names[1:]),
            is_sure=len(names) == 2,
            notices=notices,
        ),
    )


def _parted(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """Return the keywords, the first of each name, and the lines of numbers."""
    told: dict[str, str] = {}
    body = []
    for line in lines:
        if line.lstrip().startswith("#"):
            match = _KEYWORD.match(line[:2000])
            if match and match[1].upper().startswith("ENDOFDATA"):
                break
            if match:
                told.setdefault(match[1].upper(), match[2])
        elif line.strip():
            body.append(line)
    return told, body


def _width(body: list[str], n_columns: int, n_values: int, n_points: int) -> int:
    """Return how many spectra lie side by side: NCOLUMNS of one spectrum may as well be its numbers a line.

    The number of points tells which: with one spectrum it is the number of all values.
    """
    if n_columns == 1 or n_values == n_points:
        return 1
    return n_columns if n_columns * n_points == n_values or len(body) == n_points else 1


def _counted_points(n_points: int, table: np.ndarray, path: Path) -> tuple[Notice, ...]:
    """Return the notice where NPOINTS is not what the file holds."""
    if n_points in (0, len(table)):
        return ()
    held = f"{path.name} announces {counted(n_points, 'point')} but holds {len(table)}"
    if n_points > len(table):
        return (Notice("cut-off", f"{held}.", "It is cut off, or NPOINTS is wrong."),)
    if n_points < _FEWEST_POINTS:
        return (Notice("spectrum-points", f"{held}; all of them were taken.", "NPOINTS is wrong."),)
    return (Notice("spectrum-points", f"{held}; the first {n_points} were taken.", "NPOINTS is wrong."),)


def _number(told: dict[str, str], key: str, path: Path, default: float) -> float:
    """Return the number of a keyword."""
    if not told.get(key):
        return default
    match = _NUMBER.match(told[key])
    value = float(match[0].lower().replace("d", "e")) if match else float("nan")
    if not abs(value) < 1e9:
        raise XanesviewError(f"{key} of {path.name} is “{told[key][:30]}”, which is no number.", _HINT)
    return value
