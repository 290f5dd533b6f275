"""CSV tables of curves, each on its own grid, that read back as they were written.

Provenance stands in ``#`` lines on top: ``# curve 2: name``, ``# curve 2 kind: measured``, and so on. Names and values
that a plain line can't hold stand as JSON strings. Below, each curve has two columns, and a third with a band.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from xanesview.domain.geometry.geometry import exact
from xanesview.domain.spectrum import KINDS, Spectrum
from xanesview.errors import XanesviewError, in_plain_words
from xanesview.io.atomic import atomic_write, text_stream
from xanesview.io.cell_text import as_text
from xanesview.io.spectra.checks import native_width_ev, told_of
from xanesview.io.spectra.provenance import provenance
from xanesview.io.spectra.told_values import read_value, told_key, told_value
from xanesview.io.text_file import number, read_text

LARGEST_BYTES = 64_000_000
_OWN = ("kind", "intensity_unit", "energies", "native_fwhm_ev", "columns")
"""Facts of a curve that are not in its provenance; a provenance's own of these names stand in quotation marks."""
_RELATIVE = "relative to E0"
_LINE = re.compile(r"#\s*curve (\d{1,5})(?: (\"(?:[^\"\\]|\\.)*\"|[^:\"]+))?: ?(.*)")
_BAND = " (half width of the band)"


def write_csv(path: str | Path, spectra: Sequence[Spectrum], header: Mapping[str, str] | None = None) -> None:
    """Write curves side by side, each on its own grid: a pair of columns (and a third for a band) a curve.

    The header tells label, kind, units, native width and provenance of each curve; shorter curves leave cells empty.
    Numbers are written so that they read back to the last bit.

    Raises
    ------
    XanesviewError
        If there is no curve or the file can't be written.
    """
    if not spectra:
        raise XanesviewError("There is no curve to write.", "Predict a site or load a reference first.")
    lines = [f"{key}: {' '.join(str(value).split())}" for key, value in provenance(extra=header).items()]
    names: list[str] = []
    columns: list[np.ndarray] = []
    for k, spectrum in enumerate(spectra, start=1):
        label = spectrum.label or f"curve {k}"
        own = [spectrum.energy_ev, spectrum.intensity, *([] if spectrum.band is None else [spectrum.band])]
        lines.append(f"curve {k}: {told_value(label)}")
        lines.append(f"curve {k} kind: {spectrum.kind}")
        lines.append(f"curve {k} intensity_unit: {told_value(spectrum.unit)}")
        if spectrum.axis != "absolute":
            lines.append(f"curve {k} energies: {_RELATIVE}")
        if spectrum.native_fwhm_ev:
            lines.append(f"curve {k} native_fwhm_ev: {exact(spectrum.native_fwhm_ev)}")
        lines.append(f"curve {k} columns: {len(own)}")
        facts = spectrum.provenance.items()
        lines += [f"curve {k} {told_key(key, _OWN)}: {told_value(str(value))}" for key, value in facts]
        name = as_text(" ".join(label.split()))
        names += ["energy_ev" if len(spectra) == 1 else f"energy_ev ({name})", name]
        names += [f"{name}{_BAND}"] if len(own) == 3 else []
        columns += own
    with atomic_write(path) as temporary, text_stream(temporary) as stream:
        stream.writelines(f"# {line}\n" for line in lines)
        csv.writer(stream, lineterminator="\n").writerow(names)
        stream.writelines(f"{row}\n" for row in _rows(columns))


def _rows(columns: Sequence[np.ndarray]) -> Iterator[str]:
    for i in range(max(len(column) for column in columns)):
        yield ",".join(exact(c[i]) if i < len(c) and np.isfinite(c[i]) else "" for c in columns)


def looks_like_curves(text: str) -> bool:
    """Tell whether a text begins as a table of curves that this program wrote."""
    head = text.lstrip("\ufeff").split("\n", 40)
    return head[0].startswith("# program: xanesview") and any(line.startswith("# curve 1: ") for line in head)


def read_curves_csv(path: str | Path) -> list[Spectrum]:
    """Return the curves of a table that `write_csv` wrote, with names, kinds and provenance.

    Raises
    ------
    XanesviewError
        If it is another kind of table or damaged.
    """
    path = Path(path)
    lines = read_text(path, LARGEST_BYTES).lstrip("\ufeff").split("\n")
    body = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    told = _told(lines[:body])
    try:
        rows = list(csv.reader(line for line in lines[body:] if line.strip("\r ")))
    except csv.Error as error:
        raise XanesviewError(f"{path.name} can't be read as a table ({in_plain_words(error)}).", _DAMAGED) from error
    if not told or len(rows) < 2:
        raise XanesviewError(f"{path.name} is not a table of curves.", "Export curves as CSV or HDF5 to have one.")
    names, rows = rows[0], rows[1:]
    curves, at = [], 0
    for k, (label, own, facts) in sorted(told.items()):
        n_columns = _n_columns(own, label, names, at)
        if at + n_columns > len(names) or any(len(row) != len(names) for row in rows):
            raise XanesviewError(f"{path.name} has too few columns for its {len(told)} curves.", _DAMAGED)
        cells = [[row[at + column] for row in rows if row[at].strip()] for column in range(n_columns)]
        energy, *others = [_numbers(path, column) for column in cells]
        with told_of(path.name):
            curves.append(_spectrum(path, k, label, own, facts, energy, others))
        at += n_columns
    return curves


_DAMAGED = "The file is damaged or was changed by another program."


def _told(lines: Sequence[str]) -> dict[int, tuple[str, dict[str, str], dict[str, str]]]:
    """Label, own facts and provenance of each curve by its number."""
    told: dict[int, tuple[str, dict[str, str], dict[str, str]]] = {}
    for line in lines:
        match = _LINE.fullmatch(line.rstrip("\r"))
        if match is None:
            continue
        k, key, value = int(match[1]), match[2], read_value(match[3])
        if key is None:
            told[k] = (value, {}, {})
        elif k in told:
            quoted = key.startswith('"')
            told[k][1 if not quoted and key in _OWN else 2][read_value(key)] = value
    return told


def _n_columns(own: Mapping[str, str], label: str, names: Sequence[str], at: int) -> int:
    """How many columns a curve has; files of earlier versions tell by the name of the third."""
    if own.get("columns") in ("2", "3"):
        return int(own["columns"])
    return 3 if at + 2 < len(names) and names[at + 2] == f"{as_text(' '.join(label.split()))}{_BAND}" else 2


def _numbers(path: Path, cells: Sequence[str]) -> np.ndarray:
    return np.array([number(cell, f"A value of {path.name}") if cell.strip() else np.nan for cell in cells])


def _spectrum(
    path: Path, k: int, label: str, own: Mapping[str, str], facts: Mapping[str, str], energy: np.ndarray,
    others: Sequence[np.ndarray],
) -> Spectrum:  # fmt: skip
    kind = own.get("kind", "measured")
    if kind not in KINDS:
        raise XanesviewError(f"Curve {k} of {path.name} is of an unknown kind, “{kind}”.", _DAMAGED)
    return Spectrum(
        energy_ev=energy,
        intensity=others[0],
        unit=own.get("intensity_unit", "arb. u."),
        label=label,
        kind=kind,
        native_fwhm_ev=native_width_ev(own.get("native_fwhm_ev") or None, path.name),
        band=others[1] if len(others) > 1 else None,
        provenance=facts,
        axis="relative" if own.get("energies") == _RELATIVE else "absolute",
    )
