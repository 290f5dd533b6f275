"""Spectra from column files: what lies in which column is guessed, and can be said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.io.spectra.column_text import (
    Layout,
    guess_layout,
    header_fields,
    header_names,
    network_fields,
    read_lines,
    rows_of,
)

ENERGY_UNITS = ("eV", "keV")

_FEWEST_POINTS = 3
_ENERGY_NAMES = r"(^|[^a-z])(energy|energies|photon|ev|kev|hv|hν|e|mono|encoder)([^a-z]|$)|energy"
_INTENSITY_NAMES = (  # most telling first
    r"norm", r"flat", r"^sum$", r"xmu|mutrans|mufluor|^mu|\bmu\b|µ|μ", r"absor|absorbance|intens|oscillator|epsilon",
    r"tey|tfy|pey|pfy|aey|fluor|yield|signal|spectrum|counts|sigma|cross",
)  # fmt: skip
_FLUX_NAMES = r"\bi0\b|^i0|monitor|mirror"
_NOT_INTENSITY = r"\bi0\b|^i0|monitor|mirror|time|index|point|error|std|stddev|sigma_err|ring|current|dwell|temperature"


@dataclass(frozen=True)
class ColumnPreview:
    """What a column file seems to hold.

    Attributes
    ----------
    path : Path
    delimiter : str
        ``"\\t"``, ``";"``, ``","`` or ``" "`` (any white space).
    decimal : str
        ``"."`` or ``","``.
    header : tuple[str, ...]
        Lines before the first row of numbers.
    columns : tuple[str, ...]
        Name of each column; "column 1" … where the file gives none.
    n_rows : int
    sample : (R, C) array
        The first rows of numbers.
    energy_unit : str
        ``"eV"`` or ``"keV"``.
    energy_column, intensity_column : int
        Guessed columns, from 0.
    text_lines : tuple[str, ...]
        The first lines as they stand in the file.
    confident : bool
        Whether the guess needs no question: two columns, or columns named as energy and absorption.
    """

    path: Path
    delimiter: str
    decimal: str
    header: tuple[str, ...]
    columns: tuple[str, ...]
    n_rows: int
    sample: np.ndarray
    energy_unit: str
    energy_column: int
    intensity_column: int
    text_lines: tuple[str, ...]
    confident: bool


@dataclass(frozen=True)
class ColumnChoices:
    """What to read from a column file; None means: as guessed.

    Attributes
    ----------
    delimiter, decimal, energy_unit : str or None
    energy_column, intensity_column : int or None
        From 0.
    i0_column : int or None
        Column of the incoming flux to divide by; None for no division.
    transmission : bool
        Take ln(I0/I), the absorption of a transmission measurement, instead of I/I0.
    label : str or None
        Name of the curve; the file's sample name or the file's own by default.
    """

    delimiter: str | None = None
    decimal: str | None = None
    energy_column: int | None = None
    intensity_column: int | None = None
    energy_unit: str | None = None
    i0_column: int | None = None
    transmission: bool = False
    label: str | None = None


def looks_like_xdi(text: str) -> bool:
    """Tell whether a text begins as a file of XAS Data Interchange does."""
    return text.lstrip("# \t").upper().startswith("XDI/")


def looks_like_columns(text: str) -> bool:
    """Tell whether a text has enough rows of two or more numbers."""
    lines = text.split("\n")
    try:
        return len(rows_of(lines, guess_layout(lines, ""))[0]) >= _FEWEST_POINTS
    except XanesviewError:
        return False


def sniff(path: str | Path, *, delimiter: str | None = None, decimal: str | None = None) -> ColumnPreview:
    """Look at a column file and guess its layout and its columns.

    Parameters
    ----------
    path : path
    delimiter, decimal : str, optional
        Given instead of guessed.

    Raises
    ------
    XanesviewError
        If the file can't be read or holds no two columns of numbers.
    """
    path = Path(path)
    return _preview(path, read_lines(path), delimiter, decimal)[0]


def read_spectrum(
    path: str | Path, preview: ColumnPreview | None = None, choices: ColumnChoices | None = None, **choice: object
) -> Spectrum:
    """Read a spectrum; what had to be mended stands in its provenance under "notice".

    Parameters
    ----------
    path : path
    preview : ColumnPreview, optional
        Result of `sniff`, so that its layout need not be guessed again.
    choices : ColumnChoices, optional
    **choice
        Fields of `ColumnChoices`, instead of it.

    Raises
    ------
    XanesviewError
        If the file or the chosen columns can't be used.
    """
    return read_spectrum_with_notices(path, preview, choices, **choice)[0]


def read_spectrum_with_notices(
    path: str | Path, preview: ColumnPreview | None = None, choices: ColumnChoices | None = None, **choice: object
) -> tuple[Spectrum, tuple[Notice, ...]]:
    """Read a spectrum and say what had to be mended: order, repeated energies, rows without numbers."""
    path = Path(path)
    chosen = choices if choices is not None else ColumnChoices(**choice)
    lines = read_lines(path)
    delimiter = chosen.delimiter or (preview.delimiter if preview else None)
    decimal = chosen.decimal or (preview.decimal if preview else None)
    guess, table = _preview(path, lines, delimiter, decimal)
    energy_column = _column(chosen.energy_column, guess.energy_column, guess)
    intensity_column = _column(chosen.intensity_column, guess.intensity_column, guess)
    if energy_column == intensity_column:
        raise XanesviewError("Energy and intensity can't be the same column.", "Choose two columns.")
    unit = chosen.energy_unit or guess.energy_unit
    if unit not in ENERGY_UNITS:
        raise XanesviewError(f"Energies in “{unit}” are not known.", f"Choose one of {', '.join(ENERGY_UNITS)}.")
    energy = table[:, energy_column] * (1000.0 if unit == "keV" else 1.0)
    intensity, formula = _intensity(table, intensity_column, chosen, guess)
    energy, intensity, notices = _in_order(energy, intensity, path.name)
    fields = header_fields(lines)
    provenance = {
        "file": path.name,
        "energy column": f"{guess.columns[energy_column]} ({unit})",
        "intensity column": formula,
        **{key: value for key, value in fields.items() if not key.startswith("column.")},
        **network_fields(lines),
    }
    if notices:
        provenance["notice"] = " ".join(notice.message for notice in notices)
    spectrum = Spectrum(
        energy_ev=energy,
        intensity=intensity,
        unit="arb. u.",
        label=chosen.label or fields.get("sample.name", "") or path.stem,
        kind="measured",
        provenance=provenance,
    )
    return spectrum, notices


def _preview(
    path: Path, lines: Sequence[str], delimiter: str | None, decimal: str | None
) -> tuple[ColumnPreview, np.ndarray]:
    """Return the preview and the whole table of numbers, (R, C)."""
    if delimiter is None or decimal is None:
        layout = guess_layout(lines, path.name)
        layout = Layout(delimiter or layout.delimiter, decimal or layout.decimal)
    else:
        layout = Layout(delimiter, decimal)
    table, first = rows_of(lines, layout)
    if table.shape[0] == 0 or table.shape[1] < 2:
        raise XanesviewError(
            f"“{path.name}” holds no two columns of numbers with this delimiter and decimal mark.",
            "Choose another delimiter or decimal mark.",
        )
    names = header_names(lines, first, table.shape[1], layout)
    energy_column, energy_sure = _guess_energy(names, table)
    intensity_column, intensity_sure = _guess_intensity(names, table, energy_column)
    unit, unit_sure = _guess_unit(names[energy_column], table[:, energy_column])
    preview = ColumnPreview(
        path=path,
        delimiter=layout.delimiter,
        decimal=layout.decimal,
        header=tuple(lines[:first]),
        columns=names,
        n_rows=table.shape[0],
        sample=table[:200].copy(),
        energy_unit=unit,
        energy_column=energy_column,
        intensity_column=intensity_column,
        text_lines=tuple(lines[:200]),
        confident=energy_sure and intensity_sure and unit_sure and table.shape[0] >= _FEWEST_POINTS,
    )
    return preview, table


def _guess_energy(names: Sequence[str], table: np.ndarray) -> tuple[int, bool]:
    """Return the column of energies and whether that is sure."""
    rising = [index for index in range(table.shape[1]) if _is_monotonic(table[:, index])]
    named = [index for index, name in enumerate(names) if re.search(_ENERGY_NAMES, name.lower())]
    for index in named:
        if index in rising:
            return index, True
    if named:
        return named[0], False
    if rising:
        return rising[0], rising[0] == 0
    return 0, False


def _is_monotonic(column: np.ndarray) -> bool:
    steps = np.diff(column[np.isfinite(column)])
    return bool(steps.size and np.any(steps != 0) and (np.mean(steps >= 0) > 0.98 or np.mean(steps <= 0) > 0.98))


def _guess_intensity(names: Sequence[str], table: np.ndarray, energy_column: int) -> tuple[int, bool]:
    """Return the column of intensities and whether that is sure."""
    others = [index for index in range(table.shape[1]) if index != energy_column]
    if len(others) == 1:
        return others[0], True
    lively = [index for index in others if np.nanstd(table[:, index]) > 0] or others
    plain = [index for index in lively if not re.search(_NOT_INTENSITY, names[index].lower())] or lively
    for pattern in _INTENSITY_NAMES:
        fitting = [index for index in plain if re.search(pattern, names[index].lower())]
        if fitting:
            # A raw signal beside its incoming flux may still have to be divided by it: that is for the user to say.
            raw = pattern == _INTENSITY_NAMES[-1] and any(re.search(_FLUX_NAMES, name.lower()) for name in names)
            return fitting[0], len(fitting) == 1 and not raw
    return plain[0], False


def _guess_unit(name: str, energies: np.ndarray) -> tuple[str, bool]:
    """Return the unit of the energies and whether that is sure."""
    lower = name.lower()
    if "kev" in lower:
        return "keV", True
    if re.search(r"(^|[^a-z])ev([^a-z]|$)", lower):
        return "eV", True
    finite = energies[np.isfinite(energies)]
    if finite.size == 0:
        return "eV", False
    low, high = float(finite.min()), float(finite.max())
    # A near-edge spectrum spans tens of eV. Between 20 eV and 150 keV, numbers that span less than 2.5 are keV.
    if low > 0.02 and high < 150 and high - low < 2.5:
        return "keV", True
    return "eV", low > 20


def _column(chosen: int | None, guessed: int, preview: ColumnPreview) -> int:
    column = guessed if chosen is None else int(chosen)
    if not 0 <= column < len(preview.columns):
        raise XanesviewError(
            f"“{preview.path.name}” has {counted(len(preview.columns), 'column')}, no number {column + 1}.",
            "Choose another column.",
        )
    return column


def _intensity(
    table: np.ndarray, column: int, choices: ColumnChoices, preview: ColumnPreview
) -> tuple[np.ndarray, str]:
    """Return the intensities, (R,), and how they came about."""
    signal, name = table[:, column], preview.columns[column]
    if choices.i0_column is None:
        return signal, name
    flux = table[:, _column(choices.i0_column, 0, preview)]
    flux_name = preview.columns[choices.i0_column]
    with np.errstate(divide="ignore", invalid="ignore"):
        if choices.transmission:
            return np.where((flux > 0) & (signal > 0), np.log(flux / signal), np.nan), f"ln({flux_name} / {name})"
        return np.where(flux != 0, signal / flux, np.nan), f"{name} / {flux_name}"


def _in_order(
    energy: np.ndarray, intensity: np.ndarray, name: str
) -> tuple[np.ndarray, np.ndarray, tuple[Notice, ...]]:
    """Return finite points with rising energies, and what was done for it."""
    notices = []
    usable = np.isfinite(energy) & np.isfinite(intensity)
    if usable.sum() < _FEWEST_POINTS:
        found = f"“{name}” holds {counted(int(usable.sum()), 'usable point')} in these columns"
        left_out = int((~usable).sum())
        if left_out:
            found += f"; in {counted(left_out, 'row')} there is no finite number, but nan, inf or nothing"
        raise XanesviewError(f"{found}.", "Choose other columns, or check the delimiter and the decimal mark.")
    if not usable.all():
        left_out = int((~usable).sum())
        rows = counted(left_out, "row without a number was", "rows without a number were")
        notices.append(Notice("spectrum-gaps", f"{rows} left out."))
    energy, intensity = energy[usable], intensity[usable]
    steps = np.diff(energy)
    if np.all(steps <= 0) and np.any(steps < 0):
        energy, intensity = energy[::-1], intensity[::-1]
        notices.append(Notice("spectrum-order", "The energies fall in the file; the points were turned round."))
    elif np.any(steps < 0):
        order = np.argsort(energy, kind="stable")
        energy, intensity = energy[order], intensity[order]
        notices.append(Notice("spectrum-order", "The energies were not in order; the points were sorted."))
    unique, where = np.unique(energy, return_inverse=True)
    if unique.size < energy.size:
        repeated = energy.size - unique.size
        intensity = np.bincount(where, weights=intensity) / np.bincount(where)
        energy = unique
        averaged = counted(repeated, "repeated energy was", "repeated energies were")
        notices.append(Notice("spectrum-duplicates", f"{averaged} averaged."))
    if energy.size < _FEWEST_POINTS:
        left = counted(energy.size, "different energy", "different energies")
        raise XanesviewError(f"“{name}” holds only {left}.", "Choose other columns.")
    return np.ascontiguousarray(energy), np.ascontiguousarray(intensity), tuple(notices)
