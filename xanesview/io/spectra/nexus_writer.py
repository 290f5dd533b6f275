"""NeXus files of scans: an entry of NXxas for each, with an NXdata in it that opens as a plot elsewhere.

https://fairmat-nfdi.github.io/nexus_definitions/classes/contributed_definitions/NXxas.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import h5py

from xanesview.domain.file_names import writable
from xanesview.domain.measurement import Scan, Signal
from xanesview.io.hdf5 import written_h5
from xanesview.io.spectra.provenance import provenance


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
    entry.attrs["NX_class"] = "NXentry"
    entry.attrs["default"] = "plot"
    entry["definition"] = "NXxas"
    entry["title"] = writable(scan.label)
    _group(entry, "element", "NXelement")["name"] = scan.facts.get("element.symbol", "")
    _group(entry, "edge", "NXabsorption_edge")["name"] = scan.facts.get("element.edge", "")
    _group(entry, "sample", "NXsample")["name"] = writable(scan.facts.get("sample.name", "") or scan.label)
    energy = entry.create_dataset("energy", data=scan.energy_ev)
    energy.attrs["units"] = "eV"
    intensity = entry.create_dataset("intensity", data=signal.values)
    intensity.attrs["long_name"] = _words(signal)
    plot = _group(entry, "plot", "NXdata")
    plot["energy"], plot["intensity"] = energy, intensity
    plot.attrs["signal"], plot.attrs["axes"] = "intensity", ["energy"]
    names = []
    for number, other in enumerate(scan.signals[1:], start=2):
        name = re.sub(r"\W+", "_", other.name, flags=re.ASCII).strip("_") or "signal"
        name = name if name not in plot else f"{name}_{number}"
        plot.create_dataset(name, data=other.values).attrs["long_name"] = _words(other)
        names.append(name)
    if names:
        plot.attrs["auxiliary_signals"] = names
    process = _group(entry, "process", "NXprocess")
    process["program"] = "xanesview"
    process["signal"] = _words(signal)
    process["energies"] = writable(scan.energy_from)
    for name, facts in (("facts", scan.facts), ("settings", scan.settings)):
        kept = _group(process, name, "NXcollection")
        for key, value in facts.items():
            kept.attrs[writable(key[:200])] = writable(str(value))
    raw = _group(entry, "channels", "NXcollection")
    for channel in scan.channels:
        name = channel.name.replace("/", "_").strip(".") or "channel"
        if name not in raw:
            raw.create_dataset(name, data=channel.values).attrs["units"] = channel.unit


def _words(signal: Signal) -> str:
    return signal.name if signal.name == signal.formula else f"{signal.name} = {signal.formula}"
