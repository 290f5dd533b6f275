"""Curves in one table: side by side, each behind energies of its own, or one scan below the other."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from xanesview.io.spectra.energy_axis import guessed_axis, is_called_energy, is_plausible
from xanesview.io.spectra.energy_units import known_unit, unit_in_name
from xanesview.io.spectra.raw_table import RawTable

_NUMBER = re.compile(r"\s*\(\d{1,4}\)$|[\s_.#-]*\d{1,4}$")  # what tells columns of one name apart
_SHORT = {"e", "x", "ev", "kev", "hv", "hν", "en", "energy"}
_UNNAMED = re.compile(r"column \d+")
_LEAST_IN_COMMON = 0.5
_FEWEST_OF_A_SCAN = 5
_MOST_SCANS = 200


def parted(table: RawTable) -> tuple[RawTable, ...]:
    """Return a table for each scan: for each column of energies with the columns that follow it, else for each time
    that the energies begin anew; most tables hold one.

    Energies that repeat the first ones are left out, since their curves belong to these.
    """
    starts = _energies(table)
    ends = [*starts[1:], len(table.names)]
    if len(starts) < 2 or any(end - start < 2 for start, end in zip(starts, ends)):
        return _below_each_other(table)
    first = table.values[:, starts[0]]
    if all(np.allclose(table.values[:, at], first, rtol=0.0, atol=1e-9, equal_nan=True) for at in starts[1:]):
        return (_columns(table, [k for k in range(len(table.names)) if k == starts[0] or k not in starts]),)
    return tuple(_block(table, start, end) for start, end in zip(starts, ends))


def _below_each_other(table: RawTable) -> tuple[RawTable, ...]:
    """Return a table for each time that the energies begin anew and go the same way over about the same range."""
    axis = guessed_axis(table)
    energy = table.values[:, axis.column]
    rows = np.flatnonzero(np.isfinite(energy))
    if not axis.is_decided or rows.size < 2 * _FEWEST_OF_A_SCAN:
        return (table,)
    steps = np.diff(energy[rows])
    ways = np.sign(steps[: _FEWEST_OF_A_SCAN - 1].sum())
    begins = np.flatnonzero(steps * ways < -_LEAST_IN_COMMON * (np.nanmax(energy) - np.nanmin(energy))) + 1
    if not 0 < begins.size < _MOST_SCANS:
        return (table,)
    scans = np.split(rows, begins)
    ranges = [np.ptp(energy[scan]) for scan in scans]
    if min(map(len, scans)) < _FEWEST_OF_A_SCAN or min(ranges) < _LEAST_IN_COMMON * max(ranges):
        return (table,)
    if any(np.any(np.diff(energy[scan]) * ways < 0.0) for scan in scans):
        return (table,)  # in no order at all
    ends = [*(scan[0] for scan in scans[1:]), len(energy)]
    return tuple(
        table.replace(values=table.values[scan[0] : end], label=f"scan {k}")
        for k, (scan, end) in enumerate(zip(scans, ends), start=1)
    )


def _energies(table: RawTable) -> list[int]:
    """Return the columns of energies: those called as the first one is, or of unnamed ones each that looks like it."""
    if all(map(_UNNAMED.fullmatch, table.names)):
        return _look_alike(table)
    stems = [_stem(name) for name in table.names]
    if stems[0] not in _SHORT and not is_called_energy(stems[0]):
        return []
    found = [at for at, stem in enumerate(stems) if stem == stems[0]]
    return found if all(is_plausible(table.values[:, at], _unit(table, at)) for at in found) else []


def _look_alike(table: RawTable) -> list[int]:
    """Return every second column where each of them rises over about the range of the first."""
    found = list(range(0, len(table.names), 2))
    if len(table.names) < 4 or len(table.names) % 2 or len(table.values) < 10:
        return []
    ranges = []
    for at in found:
        column = table.values[:, at][np.isfinite(table.values[:, at])]
        if not is_plausible(column, "eV") or not np.all(np.diff(column) > 0):
            return []
        ranges.append((column[0], column[-1]))
    low, high = ranges[0]
    common = [min(high, last) - max(low, first) for first, last in ranges]
    return found if min(common) > _LEAST_IN_COMMON * (high - low) else []


def _stem(name: str) -> str:
    bare = re.sub(r"\s*[(\[/]\s*k?ev\s*[)\]]?\s*(?=\(\d+\)$|$)", "", name.lower())
    return _NUMBER.sub("", bare).strip(" _")


def _unit(table: RawTable, column: int) -> str:
    told = table.unit or known_unit(table.units[column]) or unit_in_name(table.names[column])
    high = table.values[:, column]
    return told or ("keV" if np.nanmax(high, initial=0.0) < 150.0 else "eV")


def _columns(table: RawTable, kept: list[int]) -> RawTable:
    return table.replace(
        names=tuple(table.names[k] for k in kept),
        units=tuple(table.units[k] for k in kept),
        values=table.values[:, kept],
    )


def _block(table: RawTable, start: int, end: int) -> RawTable:
    """Return the columns of one curve, or of some on the same energies, without the rows that only others have."""
    block = _columns(table, list(range(start, end)))
    rows = np.flatnonzero(np.isfinite(block.values).any(axis=1))
    last = int(rows[-1]) + 1 if rows.size else 0
    names = tuple(re.sub(r"\s*\(\d{1,4}\)$", "", name) for name in block.names)
    if len(set(names)) < len(names):
        names = block.names
    others = _shared(names[1:])
    return block.replace(names=names, values=block.values[:last], label=table.label or others)


def _shared(names: tuple[str, ...]) -> str:
    """Return what to call curves: the name of a single one, or what several names begin with, else the first."""
    if all(a == b for a, b in pairwise(names)):
        return names[0]
    start = names[0]
    while start and not all(name.startswith(start) for name in names):
        start = start[:-1]
    return start.strip(" _-.:") or names[0]
