"""NeXus and other HDF5 files: NXxas of both kinds, NXdata, layouts of SOLEIL and BLISS, else datasets to choose from.

Of each entry the first that is over energies is taken: NXxas (``energy`` and ``intensity`` of the entry, or the
detectors ``incoming_beam`` and ``absorbed_beam``), an NXdata by its signal and axes, the counters in BLISS'
``measurement``, SOLEIL's ``scan_data``, any group in which something is called energy.
https://manual.nexusformat.org/classes/applications/NXxas.html,
https://fairmat-nfdi.github.io/nexus_definitions/classes/contributed_definitions/NXxas.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np

from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError
from xanesview.io.hdf5 import read_h5
from xanesview.io.spectra.energy_axis import guessed_axis
from xanesview.io.spectra.energy_units import EV_PER_UNIT, known_unit
from xanesview.io.spectra.hdf5_tree import (
    attribute,
    column,
    groups_with_data,
    length_of,
    member,
    members,
    numbers,
    opened_tree,
    refuse_all_elsewhere,
    refuse_complex_in,
    refuse_elsewhere,
    text,
)
from xanesview.io.spectra.interpretation import Answers
from xanesview.io.spectra.own_nexus import own_scan
from xanesview.io.spectra.raw_table import Offer, RawTable

_MOST_COLUMNS = 300
_MOST_STACKED = 500
_MOST_BYTES = 1_500_000_000
_CALLED_ENERGY = r"energy|energies|\benergie|photon|mono|\bkev\b|\bev\b"


def is_nexus(path: Path) -> bool:
    """Tell whether an HDF5 file is one of another program: neither tensors nor curves of this one."""
    try:
        with read_h5(path) as file:
            return "site" not in file and "curve" not in file
    except (OSError, KeyError, ValueError, RuntimeError, TypeError):
        return False


def read_nexus(path: Path, answers: Answers) -> tuple[RawTable, ...]:
    """Return the scans of a file; of the tree that ``--energy PATH`` points into, if it does.

    Raises
    ------
    XanesviewError
        If the file is damaged or has no columns of numbers.
    """
    with opened_tree(path) as file:
        groups = groups_with_data(file)
        if answers.energy is not None and "/" in answers.energy:
            return (_by_path(file, groups, path, answers.energy),)
        tables = [table for entry in _entries(file, groups) for table in _of_entry(entry, path)]
        return tuple(tables) or (_tree(groups, path),)


def _entries(file: h5py.File, groups: list[h5py.Group]) -> list[h5py.Group]:
    """Return the entries of a file and the subentries that say what they are; the file itself where it has none."""
    found = [group for group in groups if attribute(group, "NX_class") in ("NXentry", "NXsubentry")]
    subentries = [one for one in found if attribute(one, "NX_class") == "NXsubentry" and "definition" in one]
    entries = [one for one in found if attribute(one, "NX_class") == "NXentry"]
    within = {one.name.rpartition("/")[0] for one in subentries}
    within |= {parent for name in within for parent in _above(name)}
    kept = {one.name for one in entries if one.name not in within} | {one.name for one in subentries}
    return [one for one in groups if one.name in kept] or [file]


def _above(name: str) -> list[str]:
    """Return the paths of the groups that a group stands in."""
    parts = name.split("/")
    return ["/".join(parts[:n]) for n in range(2, len(parts))]


def _of_entry(entry: h5py.Group, path: Path) -> list[RawTable]:
    """Return the scans of one entry, by the first reading of it that is over energies."""
    own = own_scan(entry, path)
    if own is not None:
        return [own]
    below = groups_with_data(entry)
    for reading in (_new_nxxas, _old_nxxas, _nxdata, _counters):
        tables = [table for table in reading(entry, below, path) if guessed_axis(table).is_decided]
        if tables:
            facts = _facts(entry, path)
            label = _label(entry, facts)
            stacked = len(tables) > 1
            return [
                table.replace(facts={**facts, **table.facts}, label=f"{label} {table.label or k}" if stacked else label)
                for k, table in enumerate(tables, start=1)
            ]
    return []


def _label(entry: h5py.Group, facts: dict[str, str]) -> str:
    label = facts.get("sample.name", "") or facts.get("title", "")
    name = entry.name.strip("/")
    if not label or not re.fullmatch(r"entry[_\d]*", name):  # BLISS numbers its scans: 1.1
        label = f"{name} {label}".strip()
    return label


def _new_nxxas(entry: h5py.Group, below: list[h5py.Group], path: Path) -> Iterator[RawTable]:
    """Yield the spectra of NXxas as contributed: energy (nEnergy) and intensity ([nP,] nEnergy) of the entry."""
    energy, intensity = member(entry, "energy"), member(entry, "intensity")
    n = length_of(energy)
    if not n or not isinstance(intensity, h5py.Dataset) or intensity.dtype.kind not in "iuf":
        return
    plots = [group for group in below if attribute(group, "NX_class") == "NXdata"]
    others = {
        name: (name, column(one, path), attribute(one, "units"))
        for group in plots
        for name, one in members(group)[:_MOST_COLUMNS]
        if name not in ("energy", "intensity") and length_of(one) == n
    }
    yield from _stack(energy, intensity, "intensity", n, path, tuple(others.values()))


def _stack(
    energy: h5py.Dataset, intensity: h5py.Dataset, name: str, n: int, path: Path, others: tuple = (),
    beside: tuple[str, ...] = (),
) -> Iterator[RawTable]:  # fmt: skip
    """Yield one table for each spectrum of a stack, or for the one spectrum.

    Energies are along its last dimension, else along its first; `beside` says what each of several is called.
    """
    is_here = not (intensity.is_virtual or intensity.external) and bool(intensity.shape)
    stacked = is_here and intensity.shape[-1] == n
    turned = is_here and not stacked and len(intensity.shape) == 2 and intensity.shape[0] == n
    if not stacked and not turned and length_of(intensity) != n:
        return
    if intensity.size > n * _MOST_STACKED:
        raise XanesviewError(
            f"{intensity.name} of {path.name} stacks too many spectra.", "Choose one by --signal PATH."
        )
    axis, values = column(energy, path), numbers(intensity, path)
    rows = (values.T if turned else values).reshape(-1, n)
    for place, row in enumerate(rows):
        columns = [(name, row, attribute(intensity, "units")), *others]
        yield RawTable(
            label=beside[place] if len(beside) == len(rows) > 1 else "",
            names=("energy", *(one[0] for one in columns)),
            values=np.column_stack([axis, *(one[1] for one in columns)]),
            units=(attribute(energy, "units"), *(one[2] for one in columns)),
            energy=0,
            unit=known_unit(attribute(energy, "units")),
            offers=tuple(
                Offer(one[0], f'"{one[0]}"', "absorption" if k == 0 else "raw") for k, one in enumerate(columns)
            ),
            is_sure=True,
        )


def _old_nxxas(entry: h5py.Group, below: list[h5py.Group], path: Path) -> Iterator[RawTable]:
    """Yield the scan of NXxas as an application definition: a monochromator and two detectors."""
    named = {group.name.rsplit("/", 1)[-1]: group for group in reversed(below)}
    incoming, absorbed = named.get("incoming_beam"), named.get("absorbed_beam")
    mono = named.get("monochromator")
    if incoming is None or absorbed is None:
        return
    data = next((group for group in below if attribute(group, "NX_class") == "NXdata"), None)
    energies = (member(group, "energy") for group in (mono, data) if group is not None)
    energy = next((one for one in energies if length_of(one)), None)
    n = length_of(energy)
    if not n or length_of(member(incoming, "data")) != n or length_of(member(absorbed, "data")) != n:
        return
    mode = next((found for group in below if (found := text(group, "mode", path)) and "monitor" not in group.name), "")
    offers = [Offer("µ (transmission)", "ln(incoming_beam/absorbed_beam)", "transmission"),
              Offer("absorbed/incoming", "absorbed_beam/incoming_beam", "fluorescence")]  # fmt: skip
    if re.search("fluor|yield", mode, re.IGNORECASE):
        offers.reverse()
    yield RawTable(
        names=("energy", "incoming_beam", "absorbed_beam"),
        values=np.column_stack([column(one, path) for one in (energy, incoming["data"], absorbed["data"])]),
        units=(attribute(energy, "units"), "", ""),
        energy=0,
        unit=known_unit(attribute(energy, "units")),
        offers=tuple(offers),
        is_sure=bool(re.search("fluor|yield|trans", mode, re.IGNORECASE)),
        facts={"mode": mode} if mode else {},
    )


def _nxdata(entry: h5py.Group, below: list[h5py.Group], path: Path) -> Iterator[RawTable]:
    """Yield the first NXdata whose axis is called energy or is in eV, the default plot before others."""
    default = attribute(entry, "default")
    plots = [group for group in below if attribute(group, "NX_class") == "NXdata"]
    plots.sort(key=lambda group: group.name.rsplit("/", 1)[-1] != default)
    for group in plots:
        signal = attribute(group, "signal") or next(
            (name for name, one in members(group) if attribute(one, "signal") == "1"), ""
        )
        one = member(group, signal)
        axes = attribute(group, "axes") or (attribute(one, "axes") if isinstance(one, h5py.Dataset) else "")
        named = [name for name in reversed(re.split(r"[\s:,\[\]]+", axes)) if name]
        axis = next((name for name in named if length_of(at := member(group, name)) and is_energy(at, name)), "")
        if axis:
            refuse_elsewhere(group, signal, path)  # else the next columns would pass for what is meant
        for name in named:
            if re.search(_CALLED_ENERGY, name.lower()):
                refuse_elsewhere(group, name, path)
        if not isinstance(one, h5py.Dataset) or not axis:
            continue
        n = length_of(group[axis])
        others = tuple(
            (name, column(one, path), attribute(one, "units"))
            for name, one in members(group)[:_MOST_COLUMNS]
            if name not in (signal, axis) and length_of(one) == n
        )
        beside = next((_called_by(group, name, path) for name in named if name != axis), ())
        found = list(_stack(group[axis], one, signal, n, path, others, beside))
        if found:
            yield from found
            return


def _called_by(group: h5py.Group, name: str, path: Path) -> tuple[str, ...]:
    """Return what spectra along an axis are called, such as “angle = 20 deg”."""
    one = member(group, name)
    if not isinstance(one, h5py.Dataset) or one.dtype.kind not in "iuf":
        return ()
    if len(one.shape) != 1 or one.size > _MOST_STACKED:
        return ()
    unit = attribute(one, "units")
    return tuple(f"{name} = {value:g} {unit}".strip() for value in column(one, path))


def is_energy(one: h5py.Dataset, name: str) -> bool:
    """Tell by its unit, else by what it is called, whether a dataset holds energies."""
    words = f"{name} {attribute(one, 'long_name')} {attribute(one, 'label')}".lower()
    return known_unit(attribute(one, "units")) in EV_PER_UNIT or re.search(_CALLED_ENERGY, words) is not None


def _counters(entry: h5py.Group, below: list[h5py.Group], path: Path) -> Iterator[RawTable]:
    """Yield the columns of one group: BLISS' measurement, SOLEIL's scan_data, else the one with most about energies."""
    ranked = []
    for group in below:
        columns = [(name, one) for name, one in members(group)[:_MOST_COLUMNS] if length_of(one)]
        if len(columns) < 2:
            continue
        called = group.name.rsplit("/", 1)[-1].lower()
        rank = 0 if called == "measurement" else 1 if called == "scan_data" else 2
        energy = next((one for name, one in columns if is_energy(one, _called(name, one))), None)
        if energy is None and called == "measurement":  # BLISS has the moved axis among the positioners, too
            columns = [*_moved_energy(below, {length_of(one) for _, one in columns}), *columns]
            energy = next((one for name, one in columns if is_energy(one, name)), None)
        ranked.append((energy is None, rank, -len(columns), len(ranked), columns, energy))
    for _, _, _, _, columns, energy in sorted(ranked, key=lambda one: one[:4]):
        n = length_of(energy) if energy is not None else max(length_of(one) for _, one in columns)
        yield _columns([(_called(name, one), one) for name, one in columns if length_of(one) == n], path)
        return


def _moved_energy(below: list[h5py.Group], lengths: set[int]) -> list[tuple[str, h5py.Dataset]]:
    """Return energies among the positioners of an entry that were moved as long as counters counted."""
    places = [group for group in below if group.name.rsplit("/", 1)[-1].startswith("positioners")]
    return [
        (name, one) for group in places for name, one in members(group)[:_MOST_COLUMNS]
        if length_of(one) in lengths and is_energy(one, name)
    ][:1]  # fmt: skip


def _called(name: str, one: h5py.Dataset) -> str:
    """Return what a column is called: SOLEIL's devices stand in attributes of ``data_01``."""
    if not re.fullmatch(r"(data|actuator|timebase)[_\d]*", name):
        return name
    told = next((found for key in ("alias", "label", "long_name", "description") if (found := attribute(one, key))), "")
    return told.rstrip("/").rsplit("/", 1)[-1] or name


def _columns(columns: list[tuple[str, h5py.Dataset]], path: Path) -> RawTable:
    if sum(one.size * 8 for _, one in columns) > _MOST_BYTES:
        raise XanesviewError(f"{path.name} has too many numbers for spectra.", "Choose by --energy PATH --signal PATH.")
    return RawTable(
        names=tuple(name for name, _ in columns),
        values=np.column_stack([column(one, path) for _, one in columns]),
        units=tuple(attribute(one, "units") for _, one in columns),
        facts={"file": path.name},
    )


def _tree(groups: list[h5py.Group], path: Path) -> RawTable:
    """Return all columns of the most usual length, by their paths, to choose from."""
    found = _paths(groups)
    lengths = [length_of(one) for _, one in found]
    if len(lengths) < 2:
        refuse_all_elsewhere(groups[0].file, path)
        refuse_complex_in(groups, path)
    if not lengths:
        raise XanesviewError(f"{path.name} holds no columns of numbers.", "Choose another file.")
    n = max(set(lengths), key=lambda length: (lengths.count(length), length))
    chosen = [pair for pair in found if length_of(pair[1]) == n][:_MOST_COLUMNS]
    if len(chosen) < 2:
        raise XanesviewError(
            f"{path.name} holds {counted(len(found), 'column')} of numbers, no two of one length.",
            "Choose another file.",
        )
    return _columns(chosen, path)


def _paths(groups: list[h5py.Group]) -> list[tuple[str, h5py.Dataset]]:
    return [
        (f"{group.name.rstrip('/')}/{name}", one) for group in groups for name, one in members(group) if length_of(one)
    ]


def _by_path(file: h5py.File, groups: list[h5py.Group], path: Path, wanted: str) -> RawTable:
    """Return the dataset of energies that is asked for, with all of its length."""
    found = _paths(groups)
    name = f"/{wanted.strip('/')}"
    energy = next((one for other, one in found if other == name), None)
    if energy is None:
        refuse_elsewhere(file, name, path)
        offered = ", ".join(other for other, _ in found[:20])
        raise XanesviewError(f"{path.name} has no column {wanted}.", f"It has {offered or 'none'}.")
    chosen = [pair for pair in found if length_of(pair[1]) == length_of(energy)]
    chosen = [pair for pair in chosen if pair[0] == name] + [pair for pair in chosen if pair[0] != name]
    table = _columns([(wanted if other == name else other, one) for other, one in chosen[:_MOST_COLUMNS]], path)
    return table.replace(unit=known_unit(attribute(energy, "units")))


def _facts(entry: h5py.Group, path: Path) -> dict[str, str]:
    facts = {"file": path.name}
    for key, name in (("title", "title"), ("start_time", "date"), ("definition", "definition")):
        if found := text(entry, key, path):
            facts[name] = found
    for key in ("element", "edge"):
        one = member(entry, key)
        inside = text(one, "symbol", path) or text(one, "name", path) if isinstance(one, h5py.Group) else ""
        if found := text(entry, key, path) or inside:
            facts["element.symbol" if key == "element" else "element.edge"] = found
    for name, one in members(entry):
        is_sample = isinstance(one, h5py.Group) and (name == "sample" or attribute(one, "NX_class") == "NXsample")
        if is_sample and (found := text(one, "name", path)):
            facts["sample.name"] = found
    return facts
