"""Stacks of spectra in NeXus and other HDF5 files: an NXdata by its signal and axes, else numbers beside energies.

STXM and other microscopes write the energy first, series in time last; which dimension is the energy is told by the
name or the unit of an axis, never by its place. https://manual.nexusformat.org/classes/base_classes/NXdata.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

import h5py

from xanesview.errors import XanesviewError
from xanesview.io.hdf5 import refuse_complex
from xanesview.io.images.stack import Axis, Stack, is_stack, shape_of
from xanesview.io.spectra.hdf5_tree import (
    attribute,
    column,
    groups_with_data,
    length_of,
    member,
    members,
    opened_tree,
    refuse_all_elsewhere,
    refuse_complex_in,
    refuse_elsewhere,
    text,
)
from xanesview.io.spectra.nexus import is_energy, is_nexus

_TIME = r"time|frame|scan|cycle|^t$|delay"
_TIME_UNITS = ("s", "sec", "second", "seconds", "min", "minutes", "h", "hours", "ms", "ns", "ps", "fs", "us", "µs")
_WANTED = "Name one of numbers in which two or three dimensions, one of them energies, are longer than one."
_FEW = 500
"""Up to so many spectra of a file are scans that can be looked at one by one."""


def is_image(path: Path) -> bool:
    """Tell whether an HDF5 file holds an image, a series in time, or more spectra than scans are."""
    if not is_nexus(path):
        return False
    try:
        facts = path.stat()
    except OSError:
        return False
    return _holds_image(path, facts.st_dev, facts.st_ino, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=16)
def _holds_image(path: Path, *_version: int) -> bool:
    """Tell it of a file in one version of it: whatever opens a file asks several times."""
    try:
        with opened_tree(path) as file:
            return any(_is_meant(stack) for stack in _stacks(file, path, in_doubt=False))
    except XanesviewError:
        return False


def read_stacks(path: Path, signal: str | None = None, energy: str | None = None) -> list[Stack]:
    """Return the stacks of a file, the one that is meant first.

    Parameters
    ----------
    path : file
    signal, energy : paths of datasets in the file, where the user names them

    Raises
    ------
    XanesviewError
        If the file is damaged or holds none.
    """
    with opened_tree(path) as file:
        if signal is not None:
            return [_asked(file, path, signal, energy)]
        found = list(_stacks(file, path, energy=energy))
        if not found:
            refuse_all_elsewhere(file, path)
            refuse_complex_in(groups_with_data(file), path)
            raise XanesviewError(
                f"{path.name} holds no image or series of spectra over energies.",
                f"Two or three dimensions, one of them energies, are longer than one; it has {_datasets(file)}.",
            )
    return found


def _is_meant(stack: Stack) -> bool:
    if len(stack.longer) == 2 or stack.n_spectra > _FEW:
        return True
    other = stack.axes[stack.longer[0]] if stack.longer else Axis()
    return bool(re.search(_TIME, other.name.lower())) or other.unit.lower().strip() in _TIME_UNITS


def _stacks(file: h5py.File, path: Path, in_doubt: bool = True, energy: str | None = None) -> Iterator[Stack]:
    """Yield the stacks of a file: those of NXdata, then those beside energies, each dataset once.

    Without those `in_doubt` a group of several columns is a scan, whose detectors may be stacks as well.
    """
    groups = groups_with_data(file)
    default = attribute(file, "default")
    plots = [one for one in groups if attribute(one, "NX_class") == "NXdata"]
    plots.sort(key=lambda one: default not in one.name.split("/"))
    seen: set[int] = set()
    for found in (
        *(_of_plot(one, path) for one in plots),
        *(_beside(one, path, energy) for one in groups if in_doubt or not _is_scan(one)),
    ):
        for stack in found:
            address = h5py.h5o.get_info(file[stack.dataset].id).addr
            if address not in seen:
                seen.add(address)
                yield stack


def _is_scan(group: h5py.Group) -> bool:
    lengths = [length_of(one) for _, one in members(group) if length_of(one)]
    return any(lengths.count(n) > 1 for n in lengths)


def _of_plot(group: h5py.Group, path: Path) -> Iterator[Stack]:
    """Yield the stack of an NXdata, if its signal is one and one of its axes is the energy."""
    signal = attribute(group, "signal") or next(
        (name for name, one in members(group) if attribute(one, "signal") == "1"), ""
    )
    one = member(group, signal)
    if not is_stack(one):
        return
    named = [name for name in re.split(r"[\s:,\[\]]+", attribute(group, "axes") or attribute(one, "axes")) if name]
    axes = [Axis()] * one.ndim
    energy = None
    for place, name in enumerate(named):
        values = member(group, name)
        if name == "." or not isinstance(values, h5py.Dataset):
            continue
        told = attribute(group, f"{name}_indices")
        dimension = int(told) if told.isdigit() else place
        if len(named) < one.ndim and not told:
            dimension = next((k for k, n in enumerate(one.shape) if n == length_of(values)), one.ndim)
        if dimension >= one.ndim or values.size != one.shape[dimension] or values.dtype.kind not in "iuf":
            continue
        axes[dimension] = _axis(values, name, path)
        if length_of(values) and is_energy(values, name):
            energy = dimension
    if energy is not None:
        yield _stack(group, one, axes, energy, path)


def _beside(group: h5py.Group, path: Path, asked: str | None) -> Iterator[Stack]:
    """Yield the stacks of a group that have a dimension as long as the energies there."""
    inside = members(group)
    given = member(group.file if asked and "/" in asked else group, asked)
    energies = [(asked, given)] if isinstance(given, h5py.Dataset) else [
        (name, one) for name, one in inside if length_of(one) and is_energy(one, name)
    ]  # fmt: skip
    for _, one in inside:
        if not is_stack(one):
            continue
        for called, energy in energies:
            fitting = [k for k, n in enumerate(one.shape) if n == length_of(energy)]
            if len(fitting) == 1:
                axes = [Axis()] * one.ndim
                axes[fitting[0]] = _axis(energy, called, path)
                yield _stack(group, one, axes, fitting[0], path)
                break


def _asked(file: h5py.File, path: Path, signal: str, energy: str | None) -> Stack:
    """Return the dataset that is asked for, with the energies that are asked for or those beside it."""
    for name in (signal, energy):
        refuse_elsewhere(file, name, path)
    one = member(file, signal)
    if isinstance(one, h5py.Dataset):
        refuse_complex(one, path)
    if not is_stack(one):
        offered = ", ".join(
            f"{group.name.rstrip('/')}/{name}" for group in groups_with_data(file) for name, found in members(group)
            if is_stack(found)
        )  # fmt: skip
        if isinstance(one, h5py.Dataset):
            _refuse(one, signal, path, f"It has {offered[:300]}." if offered else _WANTED)
        raise XanesviewError(f"{path.name} has no stack {signal}.", f"It has {offered[:300] or 'none'}.")
    found = [*_of_plot(one.parent, path), *_beside(one.parent, path, energy)]
    stack = next((stack for stack in found if stack.dataset == one.name), None)
    if stack is None or (energy and not stack.axes[stack.energy].name.endswith(energy.rsplit("/", 1)[-1])):
        stack = next((stack for stack in _beside(one.parent, path, energy) if stack.dataset == one.name), None)
    if stack is None:
        raise XanesviewError(
            f"No dimension of {signal} in {path.name} is as long as its energies, or several are.",
            "Name the dataset of its energies: --energy PATH.",
        )
    return stack


def _refuse(one: h5py.Dataset, signal: str, path: Path, hint: str) -> NoReturn:
    """Say why a dataset is no stack."""
    if one.dtype.kind not in "iuf":
        raise XanesviewError(f"{signal} in {path.name} holds no numbers.", hint)
    if not one.size:
        raise XanesviewError(f"{signal} in {path.name} is empty: its shape is {shape_of(one)}.", hint)
    raise XanesviewError(f"{signal} in {path.name} is no image or series: its shape is {shape_of(one)}.", hint)


def _datasets(file: h5py.File) -> str:
    """Return the first few datasets of numbers with their shapes."""
    found = [
        f"{group.name.rstrip('/')}/{name} ({shape_of(one)})"
        for group in groups_with_data(file) for name, one in members(group)
        if isinstance(one, h5py.Dataset) and one.dtype.kind in "iuf"
    ]  # fmt: skip
    return ", ".join(found[:4]) + (", …" if len(found) > 4 else "") if found else "no numbers"


def _axis(values: h5py.Dataset, name: str, path: Path) -> Axis:
    called = attribute(values, "long_name") or name.rsplit("/", 1)[-1]
    called = re.sub(r"\s*[\(\[].*[\)\]]\s*$", "", called) or name
    return Axis(called[:60], attribute(values, "units")[:20], column(values, path))


def _stack(group: h5py.Group, one: h5py.Dataset, axes: list[Axis], energy: int, path: Path) -> Stack:
    entry = _entry(group)
    title = text(entry, "title", path) if entry is not None else ""
    facts = {}
    if entry is not None and (found := text(entry, "start_time", path)):
        facts["date"] = found
    return Stack(
        one.name, tuple(int(n) for n in one.shape), tuple(axes), energy, label=title,
        unit=attribute(one, "units")[:20], facts=facts,
    )  # fmt: skip


def _entry(group: h5py.Group) -> h5py.Group | None:
    while group.name not in (None, "/"):
        if attribute(group, "NX_class") == "NXentry":
            return group
        group = group.parent
    return None
