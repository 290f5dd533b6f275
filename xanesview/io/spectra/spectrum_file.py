"""One spectrum of a file of any format, with the choices of the dialog that asks what lies in which column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.measurement import Question, Scan
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.io.spectra.column_text import read_lines
from xanesview.io.spectra.columns import table_of
from xanesview.io.spectra.energy_units import DEGREES_PER_UNIT, UNITS
from xanesview.io.spectra.expression import quoted
from xanesview.io.spectra.interpretation import Answers, axis_of, measurement_of, scan_of, signals_offered
from xanesview.io.spectra.measurement_file import read_tables
from xanesview.io.spectra.raw_table import RawTable
from xanesview.io.spectra.registry import COLUMNS

ENERGY_UNITS = UNITS[:-1]
_FEWEST_POINTS = 3
_SAMPLE = 200


@dataclass(frozen=True)
class ColumnPreview:
    """What a file of a measurement seems to hold.

    Attributes
    ----------
    path : Path
    delimiter : str
        ``"\\t"``, ``";"``, ``","`` or ``" "`` (any white space); also for files that are no columns of text.
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
        One of `ENERGY_UNITS`, or "steps" of a monochromator that the file explains.
    energy_column, intensity_column : int
        Guessed columns, from 0.
    text_lines : tuple[str, ...]
        The first lines as they stand in the file.
    confident : bool
        Whether the guess needs no question: two columns, or columns named as energy and absorption.
    signals : tuple[str, ...]
        Formulas of the signals that are offered, the usual one first.
    scans : tuple[str, ...]
        Labels of the file's scans; one scan where it is empty.
    scan : int
        Which of them this preview shows, from 0.
    i0_column : int or None
        Guessed column to divide by, where the usual signal is one column over another.
    transmission : bool
        Whether the usual signal is the logarithm of I0 over the intensity.
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
    signals: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()
    scan: int = 0
    i0_column: int | None = None
    transmission: bool = False


@dataclass(frozen=True)
class ColumnChoices:
    """What to read from a file; None means: as guessed.

    Attributes
    ----------
    delimiter, decimal, energy_unit : str or None
    energy_column, intensity_column : int or None
        From 0.
    i0_column : int or None
        Column of the incoming flux to divide by; None for no division of a chosen column.
    transmission : bool
        Take ln(I0/I), the absorption of a transmission measurement, instead of I/I0.
    label : str or None
        Name of the curve; the file's sample name or the file's own by default.
    signal : str or None
        Formula of an offered signal, or an expression of columns, instead of the columns above.
    scan : int or None
        From 0.
    """

    delimiter: str | None = None
    decimal: str | None = None
    energy_column: int | None = None
    intensity_column: int | None = None
    energy_unit: str | None = None
    i0_column: int | None = None
    transmission: bool = False
    label: str | None = None
    signal: str | None = None
    scan: int | None = None


def sniff(
    path: str | Path, *, delimiter: str | None = None, decimal: str | None = None, scan: int = 0
) -> ColumnPreview:
    """Look at a file and guess its layout, its columns and its signals.

    Parameters
    ----------
    path : path
    delimiter, decimal : str, optional
        Given instead of guessed.
    scan : int
        Which of several scans to show, from 0.

    Raises
    ------
    XanesviewError
        If the file can't be read or holds no two columns of numbers.
    """
    path = Path(path)
    answers = Answers(delimiter=delimiter, decimal=decimal)
    tables, found = read_tables(path, answers)
    if not 0 <= scan < len(tables):
        raise XanesviewError(f"{path.name} has no scan {scan + 1}.", f"It has {counted(len(tables), 'scan')}.")
    layout, first, lines = (" ", "."), 0, ()
    if found is COLUMNS or found.module == COLUMNS.module:
        lines = read_lines(path)
        _, cut, first = table_of(lines, path.name, answers)
        layout = (cut.delimiter, cut.decimal)
    return _preview(path, tables, scan, layout, lines, first)


def _preview(
    path: Path, tables: Sequence[RawTable], scan: int, layout: tuple[str, str], lines: Sequence[str], first: int
) -> ColumnPreview:
    table = tables[scan]
    axis = axis_of(table, Answers())
    offers, signals_sure = signals_offered(table, axis)
    intensity, flux, is_log = _columns_of(offers[0].expression if offers else "", table, axis.column)
    open_scan = len(tables) > 1
    open_axis = not (axis.is_sure and axis.is_decided) or bool(table.assumption)
    angles = axis.unit in DEGREES_PER_UNIT and table.d_spacing_angstrom is None
    enough = table.values.shape[0] >= _FEWEST_POINTS
    return ColumnPreview(
        path=path,
        delimiter=layout[0],
        decimal=layout[1],
        header=tuple(lines[:first]),
        columns=table.names,
        n_rows=table.values.shape[0],
        sample=table.values[:_SAMPLE].copy(),
        energy_unit=axis.unit,
        energy_column=axis.column,
        intensity_column=intensity,
        text_lines=tuple(lines[:_SAMPLE]),
        confident=signals_sure and not open_axis and not angles and not open_scan and enough,
        signals=tuple(_formula(offer.expression) for offer in offers),
        scans=tuple(one.label or f"scan {k}" for k, one in enumerate(tables, start=1)) if open_scan else (),
        scan=scan,
        i0_column=flux,
        transmission=is_log,
    )


def _formula(expression: str) -> str:
    one_name = expression.count('"') == 2 and expression[0] == expression[-1] == '"'
    return expression.strip('"') if one_name else expression


def _columns_of(expression: str, table: RawTable, energy: int) -> tuple[int, int | None, bool]:
    """Return the column of intensities, that of I0, and whether a logarithm is taken, of a simple signal."""
    places = {quoted(name): place for place, name in enumerate(table.names)}
    other = next((k for k in range(len(table.names)) if k != energy), 0)
    if expression in places:
        return places[expression], None, False
    is_log = expression.startswith("ln(") and expression.endswith(")")
    inner = expression[3:-1] if is_log else expression
    for text, place in places.items():
        if inner.endswith(f"/{text}") and inner[: -len(text) - 1] in places:
            above = places[inner[: -len(text) - 1]]
            return (place, above, True) if is_log else (above, place, False)
    return other, None, False


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
    if chosen.energy_unit is not None and chosen.energy_unit not in UNITS:
        hint = f"Choose one of {', '.join(ENERGY_UNITS)}."
        raise XanesviewError(f"Energies in “{chosen.energy_unit}” are not known.", hint)
    answers = Answers(
        delimiter=chosen.delimiter or (preview.delimiter if preview else None),
        decimal=chosen.decimal or (preview.decimal if preview else None),
        unit=chosen.energy_unit,
    )
    tables, found = read_tables(path, answers)
    place = chosen.scan if chosen.scan is not None else (preview.scan if preview else None)
    if place is None and chosen.energy_column is None and chosen.intensity_column is None and len(tables) > 1:
        measurement = measurement_of(tables, answers, path.name, found.name)
        scan, questions = measurement.scans[0], measurement.questions
    else:
        if not 0 <= (place or 0) < len(tables):
            raise XanesviewError(f"{path.name} has no scan {(place or 0) + 1}.", "Choose another.")
        scan, questions = _scan(tables[place or 0], chosen, answers, path)
    spectrum = scan.spectrum(label=chosen.label)
    assumed = [Notice("spectrum-assumed", one.message, one.hint) for one in questions if one.about == "unit"]
    return spectrum, (*scan.notices_of(), *assumed)


def _scan(table: RawTable, chosen: ColumnChoices, answers: Answers, path: Path) -> tuple[Scan, tuple[Question, ...]]:
    """Return the scan with what is chosen as its first signal, and what stays open."""
    axis = axis_of(table, answers)
    energy = _column(chosen.energy_column, axis.column, table, path)
    signal = chosen.signal
    if signal is None and chosen.intensity_column is not None:
        signal = _expression(table, chosen, energy, path)
    is_asked = chosen.energy_column is not None or not axis.is_decided
    answers = Answers(
        energy=f"${energy + 1}" if is_asked else None,
        unit=answers.unit,
        signal=signal,
        delimiter=answers.delimiter,
        decimal=answers.decimal,
    )
    return scan_of(table, answers, path.name)


def _expression(table: RawTable, chosen: ColumnChoices, energy: int, path: Path) -> str:
    """Return the signal that chosen columns make."""
    intensity = _column(chosen.intensity_column, 0, table, path)
    if energy == intensity:
        raise XanesviewError("Energy and intensity can't be the same column.", "Choose two columns.")
    name = table.names[intensity]
    if chosen.i0_column is None:
        return name
    flux = quoted(table.names[_column(chosen.i0_column, 0, table, path)])
    return f"ln({flux}/{quoted(name)})" if chosen.transmission else f"{quoted(name)}/{flux}"


def _column(chosen: int | None, guessed: int, table: RawTable, path: Path) -> int:
    column = guessed if chosen is None else int(chosen)
    if not 0 <= column < len(table.names):
        raise XanesviewError(
            f"“{path.name}” has {counted(len(table.names), 'column')}, no number {column + 1}.",
            "Choose another column.",
        )
    return column
