"""NeXus files of scans: an entry of NXxas for each, with an NXdata in it that opens as a plot elsewhere.

https://fairmat-nfdi.github.io/nexus_definitions/classes/contributed_definitions/NXxas.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import h5py

from xanesview.domain.file_names import writable
from xanesview.domain.measurement import Scan, Signal
from xanesview.io.hdf5 import written_h5
from xanesview.io.spectra.own_nexus import PROGRAM
from xanesview.io.spectra.own_notes import element_and_edge
from xanesview.io.spectra.provenance import provenance

_LARGEST_ATTRIBUTE = 8000  # bytes; one of HDF5 holds 64 kB, with the others of its group


def write_nexus(path: Path, scans: Sequence[Scan]) -> None:
    """Write one entry a scan: energy, intensity (its first signal), element and edge, signals and channels.

    Raises
    ------
    XanesviewError
        If the file can't be written.
    """
    with written_h5(path) as file:
        file.attrs["NX_class"] = "NXroot"
        file.attrs["default"] = "entry1"
        for key, value in provenance().items():
            file.attrs[key] = value
        for number, scan in enumerate(scans, start=1):
            _write_entry(file.create_group(f"entry{number}"), scan)


def _group(parent: h5py.Group, name: str, kind: str) -> h5py.Group:
    group = parent.create_group(name)
    group.attrs["NX_class"] = kind
    return group


def _write_entry(entry: h5py.Group, scan: Scan) -> None:
    signal = scan.signals[0]
    element, edge = element_and_edge({**scan.facts, **signal.facts})
    entry.attrs["NX_class"] = "NXentry"
    entry.attrs["default"] = "plot"
    entry["definition"] = "NXxas"
    entry["title"] = writable(scan.label)
    _group(entry, "element", "NXelement")["name"] = writable(element)
    _group(entry, "edge", "NXabsorption_edge")["name"] = writable(edge)
    _group(entry, "sample", "NXsample")["name"] = writable(scan.facts.get("sample.name", "") or scan.label)
    energy = entry.create_dataset("energy", data=scan.energy_ev)
    energy.attrs["units"] = "eV"
    intensity = entry.create_dataset("intensity", data=signal.values)
    intensity.attrs["long_name"] = _words(signal)
    plot = _group(entry, "plot", "NXdata")
    plot["energy"], plot["intensity"] = energy, intensity
    plot.attrs["signal"], plot.attrs["axes"] = "intensity", ["energy"]
    names = ["intensity"]
    for number, other in enumerate(scan.signals[1:], start=2):
        name = re.sub(r"\W+", "_", other.name, flags=re.ASCII).strip("_") or "signal"
        name = name if name not in plot else f"{name}_{number}"
        plot.create_dataset(name, data=other.values).attrs["long_name"] = _words(other)
        names.append(name)
    if names[1:]:
        plot.attrs["auxiliary_signals"] = names[1:]
    process = _group(entry, "process", "NXprocess")
    process["program"] = PROGRAM
    process["signal"] = _words(signal)
    process["energies"] = writable(scan.energy_from)
    process["kind"], process["label"] = scan.kind, writable(scan.label)
    for name, facts in (("facts", scan.facts), ("settings", scan.settings)):
        _write_facts(_group(process, name, "NXcollection"), facts)
    signals = _group(process, "signals", "NXcollection")
    for number, (name, one) in enumerate(zip(names, scan.signals), start=1):
        kept = _group(signals, f"signal{number}", "NXcollection")
        for key, value in (("column", name), ("name", one.name), ("formula", one.formula), ("kind", one.kind)):
            kept[key] = writable(value)
        _write_facts(_group(kept, "facts", "NXcollection"), one.facts)
    raw = _group(entry, "channels", "NXcollection")
    for channel in scan.channels:
        name = channel.name.replace("/", "_").strip(".") or "channel"
        if name not in raw:
            raw.create_dataset(name, data=channel.values).attrs["units"] = channel.unit


def _write_facts(group: h5py.Group, facts: Mapping[str, str]) -> None:
    """Write facts as attributes; those that none holds as texts in the group, which an attribute names."""
    for number, (key, value) in enumerate(facts.items(), start=1):
        text = writable(str(value))
        if len(text.encode()) < _LARGEST_ATTRIBUTE and len(key) < 200:
            group.attrs[writable(key)] = text
        else:
            long = group.create_dataset(f"fact_{number}", data=text)
            long.attrs["key"] = writable(key)


def _words(signal: Signal) -> str:
    return signal.name if signal.name == signal.formula else f"{signal.name} = {signal.formula}"
