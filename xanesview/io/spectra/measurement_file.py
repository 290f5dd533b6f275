"""One door to files of measurements: any format of the registry, by its content, to scans and signals."""

from __future__ import annotations

from pathlib import Path

from xanesview.domain.measurement import Measurement
from xanesview.errors import XanesviewError
from xanesview.io import file_format
from xanesview.io.file_format import Format
from xanesview.io.session_mark import refuse_session
from xanesview.io.spectra.interpretation import Answers, measurement_of
from xanesview.io.spectra.raw_table import RawTable
from xanesview.io.spectra.registry import COLUMNS, MEASURED, measured_format
from xanesview.io.text_file import check_is_file, read_head

_MOST_KEPT = 200_000_000  # bytes


def read_tables(path: str | Path, answers: Answers | None = None) -> tuple[tuple[RawTable, ...], Format]:
    """Return the tables of a file as recorded, at least one, and its format.

    Raises
    ------
    XanesviewError
        With one sentence and a hint, for anything that can't be used.
    """
    path = Path(path).expanduser()
    answers = answers or Answers()
    check_is_file(path)
    refuse_session(path)
    _refuse_known_binary(path)
    found = measured_format(path)
    if found is None and not file_format.of_magic(MEASURED, read_head(path)):
        found = COLUMNS  # its reader tells why not
    if found is None:
        raise XanesviewError(f"{path.name} holds no measured spectrum.", "Choose a file of another format.")
    tables = _tables(path, answers, found)
    if not tables:
        raise XanesviewError(f"{path.name} holds no spectrum.", "It may be cut off; choose another file.")
    return tables, found


_last: list[tuple[tuple, tuple[RawTable, ...]]] = []
"""The file that was read last, if any: its name, state and layout, and its tables."""


def _tables(path: Path, answers: Answers, found: Format) -> tuple[RawTable, ...]:
    """Read a file, unless it is the one that was read last: a dialog asks for one scan of it after the other."""
    if found.module == COLUMNS.module:
        layout = (answers.delimiter, answers.decimal, answers.energy is None)
    else:
        layout = (answers.energy if "/" in (answers.energy or "") else None, answers.energy is None)
    state = path.stat()
    key = (path.resolve(), state.st_ino, state.st_mtime_ns, state.st_size, found.name, layout)
    for known, tables in _last[:]:
        if known == key:
            return tables
    tables = found.function("read")(path, answers)
    alone = len(tables) > 1 or found.module == COLUMNS.module  # others may look at the files beside theirs
    keeps = alone and sum(table.values.nbytes for table in tables) <= _MOST_KEPT
    _last[:] = [(key, tables)] if keeps else []
    return tables


def read_measurement(path: str | Path, answers: Answers | None = None) -> Measurement:
    """Return all scans of a file with their signals, and what the file leaves open.

    Parameters
    ----------
    path : path
    answers : Answers, optional
        What the user says of energies, units, signal and scan.

    Raises
    ------
    XanesviewError
        With one sentence and a hint, for anything that can't be used.
    """
    path = Path(path).expanduser()
    answers = answers or Answers()
    tables, found = read_tables(path, answers)
    return measurement_of(tables, answers, path.name, found.name)


def _refuse_known_binary(path: Path) -> None:
    """Tell of binary files that have a text form beside them how to get that."""
    head = read_head(path)[:400]
    if head.lstrip()[:4] == b"SSRL" and b"\0" in head:
        raise XanesviewError(
            f"{path.name} is a binary file of SSRL's data collector, which is not read.",
            "Convert it to its ASCII form, at the beamline or with SIXPack, and open that.",
        )
