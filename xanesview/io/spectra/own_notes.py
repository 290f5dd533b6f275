"""What is known of a scan as lines of a header, so that files in formats of others give this program all of it back.

Each line is ``key: value``. ``label``, ``kind``, ``energies`` and ``energies from`` are the scan's own, a line ``signal
NAME: FORMULA (KIND)`` stands for each column, ``signal 2 key: value`` for a fact of the second alone, and all others
are facts of the scan; a fact of one of these names stands in quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.measurement import SIGNAL_KINDS, Scan
from xanesview.domain.spectrum import KINDS
from xanesview.io.spectra.axis_header import AXIS_KEY, RELATIVE
from xanesview.io.spectra.expression import quoted
from xanesview.io.spectra.provenance import provenance
from xanesview.io.spectra.raw_table import Offer, RawTable
from xanesview.io.spectra.told_values import read_value, told_key, told_value

WHOLE = "scan"
"""Key of the number by which the groups of a project are known to be signals of one scan."""
_OWN = ("program", "date", "energy_unit", "label", "kind", AXIS_KEY, "energies from", WHOLE)
_FACT = re.compile(r"(\"(?:[^\"\\]|\\.)*\"|[^:\"]+): ?(.*)")
_SIGNAL_FACT = re.compile(r"signal (\d{1,5}) (.*)")
_FORMULA = re.compile(r"(.*) \(([a-z]+)\)")
_NAME = "name"
_PROGRAM = "xanesview "


@dataclass(frozen=True)
class OwnNotes:
    """What the lines say: of the scan, and of each of its signals (name, formula, kind, facts)."""

    label: str
    kind: str
    axis: str
    energy_from: str
    facts: Mapping[str, str]
    signals: tuple[tuple[str, str, str, Mapping[str, str]], ...]
    whole: str = ""


def notes_of(scan: Scan, columns: Sequence[str], apart: str = "", but: Sequence[str] = ()) -> list[str]:
    """Return the lines of a scan.

    Parameters
    ----------
    columns : what the columns of its signals are called in the file
    apart : a sign that parts the lines where they share one
    but : facts that stand elsewhere in the file
    """
    own = {**provenance(), "label": scan.label, "kind": scan.kind}
    if scan.axis == "relative":
        own[AXIS_KEY] = RELATIVE
    if scan.energy_from:
        own["energies from"] = scan.energy_from
    lines = [f"{key}: {told_value(value, apart)}" for key, value in own.items()]
    facts = {key: value for key, value in scan.facts.items() if key not in but and (key != AXIS_KEY)}
    lines += [_line(key, value, apart) for key, value in facts.items()]
    for column, signal in zip(columns, scan.signals, strict=True):
        lines.append(f"signal {told_value(column, apart)}: {told_value(signal.formula, apart)} ({signal.kind})")
    for number, (column, signal) in enumerate(zip(columns, scan.signals), start=1):
        if signal.name != column:
            lines.append(f"signal {number} {_NAME}: {told_value(signal.name, apart)}")
        facts = {key: value for key, value in signal.facts.items() if key != _NAME}  # the signal's own is told already
        lines += [f"signal {number} {_line(key, value, apart, (_NAME,))}" for key, value in facts.items()]
    return lines


def _line(key: str, value: str, apart: str, own: Sequence[str] = _OWN) -> str:
    name = told_key(key, own)
    name = told_value(key, apart) if apart and apart in name else name
    name = f'"{name}"' if name.startswith("signal ") else name
    return f"{name}: {told_value(str(value), apart)}"


def read_notes(lines: Sequence[str], columns: Sequence[str]) -> OwnNotes | None:
    """Return what lines say of a scan with such columns; None where they aren't this program's, or of other columns."""
    own: dict[str, str] = {}
    facts: dict[str, str] = {}
    of_signals = [line for line in lines if line.startswith("signal ")]
    for line in lines:
        match = None if line.startswith("signal ") else _FACT.fullmatch(line)
        if match is None:
            continue
        if match[1] in _OWN:
            own.setdefault(match[1], read_value(match[2]))
        else:
            facts.setdefault(read_value(match[1]), read_value(match[2]))
    if not own.get("program", "").startswith(_PROGRAM) or "label" not in own or len(of_signals) < len(columns):
        return None
    signals: list[tuple[str, str, str, dict[str, str]]] = []
    for line, column in zip(of_signals, columns):
        begin = f"signal {told_value(column)}: "
        match = _FORMULA.fullmatch(line[len(begin) :]) if line.startswith(begin) else None
        if match is None:
            return None  # columns were changed by another program
        signals.append((column, read_value(match[1]), match[2] if match[2] in SIGNAL_KINDS else "raw", {}))
    for line in of_signals[len(columns) :]:
        match = _SIGNAL_FACT.fullmatch(line)
        fact = _FACT.fullmatch(match[2]) if match else None
        if match is None or fact is None or not 1 <= int(match[1]) <= len(signals):
            continue
        at, value = int(match[1]) - 1, read_value(fact[2])
        if fact[1] == _NAME:
            signals[at] = (value, *signals[at][1:])
        else:
            signals[at][3][read_value(fact[1])] = value
    axis = "relative" if own.get(AXIS_KEY) == RELATIVE else "absolute"
    return OwnNotes(
        label=own["label"],
        kind=own["kind"] if own.get("kind") in KINDS else "measured",
        axis=axis,
        energy_from=own.get("energies from", ""),
        facts={**facts, **({AXIS_KEY: RELATIVE} if axis == "relative" else {})},
        signals=tuple(signals),
        whole=own.get(WHOLE, ""),
    )


def with_notes(table: RawTable, notes: OwnNotes) -> RawTable:
    """Return a table whose first column is the energies, as the scan that it was written from."""
    return table.replace(
        label=notes.label,
        facts={**table.facts, **notes.facts},
        energy=0,
        unit="eV",
        offers=offers_of(table.names[1:], notes),
        is_sure=True,
        kind=notes.kind,
        axis=notes.axis,
        energy_from=notes.energy_from,
    )


def offers_of(columns: Sequence[str], notes: OwnNotes) -> tuple[Offer, ...]:
    """Return what columns are, by notes of as many signals."""
    return tuple(
        Offer(name, quoted(column), kind, formula, facts)
        for column, (name, formula, kind, facts) in zip(columns, notes.signals, strict=True)
    )


def element_and_edge(facts: Mapping[str, str]) -> tuple[str, str]:
    """Return element and edge that facts tell, as beamlines do or as a prediction does (“C K”); empty where unknown."""
    element, _, edge = facts.get("edge", "").partition(" ")
    return facts.get("element.symbol") or element, facts.get("element.edge") or edge


def are_one_scan(one: RawTable, two: RawTable) -> bool:
    """Tell whether two groups are signals of one scan that this program parted: by its number, on the same energies."""
    number = one.facts.get(WHOLE)
    return bool(number) and number == two.facts.get(WHOLE) and np.array_equal(one.values[:, 0], two.values[:, 0])
