"""Entries of NeXus files that this program wrote, read back as the scans that they were."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from xanesview.domain.measurement import SIGNAL_KINDS
from xanesview.domain.spectrum import KINDS
from xanesview.io.hdf5 import check_dataset
from xanesview.io.spectra.expression import quoted
from xanesview.io.spectra.hdf5_tree import column, length_of, member, members, text
from xanesview.io.spectra.raw_table import Offer, RawTable

PROGRAM = "xanesview"
_MOST_FACTS = 2000
_LARGEST_TEXT = 1_000_000


def own_scan(entry: h5py.Group, path: Path) -> RawTable | None:
    """Return an entry as it was written; None for one of another program, or that lacks something of it.

    Raises
    ------
    XanesviewError, OSError, …
        Where it is damaged.
    """
    process = member(entry, "process")
    if not isinstance(process, h5py.Group) or text(process, "program", path) != PROGRAM:
        return None
    energy, plot, signals = member(entry, "energy"), member(entry, "plot"), member(process, "signals")
    n = length_of(energy)
    if not n or not isinstance(plot, h5py.Group) or not isinstance(signals, h5py.Group):
        return None
    offers, columns = [], []
    for _, one in members(signals):
        if not isinstance(one, h5py.Group):
            continue
        called, kind = _told(one, "column", path), _told(one, "kind", path)
        values = member(plot, called) if called else None
        if length_of(values) != n:
            return None
        columns.append((called, column(values, path)))
        name, formula = _told(one, "name", path), _told(one, "formula", path)
        kind = kind if kind in SIGNAL_KINDS else "raw"
        offers.append(Offer(name or called, quoted(called), kind, formula, _facts(one, path)))
    if not columns:
        return None
    kind = _told(process, "kind", path)
    return RawTable(
        names=("energy", *(name for name, _ in columns)),
        values=np.column_stack([column(energy, path), *(values for _, values in columns)]),
        label=_told(process, "label", path) or _told(entry, "title", path) or path.stem,
        facts={"file": path.name, **_facts(process, path)},
        settings=_facts(process, path, "settings"),
        energy=0,
        unit="eV",
        offers=tuple(offers),
        is_sure=True,
        kind=kind if kind in KINDS else "measured",
        energy_from=_told(process, "energies", path),
    )


def _facts(group: h5py.Group, path: Path, name: str = "facts") -> dict[str, str]:
    kept = member(group, name)
    if not isinstance(kept, h5py.Group):
        return {}
    found = {}
    for key in list(kept.attrs)[:_MOST_FACTS]:
        value = kept.attrs[key] if key != "NX_class" else None
        if isinstance(value, str) and len(value) <= _LARGEST_TEXT:
            found[str(key)] = value
    for called, one in members(kept)[:_MOST_FACTS]:
        if isinstance(one, h5py.Dataset) and isinstance(key := one.attrs.get("key"), str):
            found[key] = _told(kept, called, path)
    return found


def _told(group: h5py.Group, name: str, path: Path) -> str:
    """Return a text of a group, whole; empty where there is none."""
    one = member(group, name)
    if not isinstance(one, h5py.Dataset) or one.shape != ():
        return ""
    check_dataset(one, path)
    value = one[()]
    told = value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value)
    return told if len(told) <= _LARGEST_TEXT else ""
