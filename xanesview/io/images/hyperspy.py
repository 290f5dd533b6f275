"""HyperSpy's files of HDF5 (version 3 of its format, and what came before with the same groups): ``.hspy``.

``Experiments/NAME/data`` holds the numbers, ``axis-0``, ``axis-1``, … describe its dimensions in their order: name,
units and either offset, scale and size, or the values themselves; ``navigate`` tells pixels from the signal's axis.
https://hyperspy.org/rosettasciio/file_specification/hdf5.html
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np

from xanesview.errors import XanesviewError
from xanesview.io.hdf5 import read_h5
from xanesview.io.images.stack import Axis, Stack, is_stack
from xanesview.io.spectra.energy_units import EV_PER_UNIT, known_unit
from xanesview.io.spectra.hdf5_tree import (
    attribute,
    column,
    groups_of,
    member,
    members,
    opened_tree,
    refuse_all_elsewhere,
    refuse_complex_in,
    text,
)
from xanesview.limits import LARGEST_ENERGY_EV, check_count

_NAMELESS = ("_None_", "None", "<undefined>", "__unnamed__", "_bs_")
_LONGEST_AXIS = 10_000_000


def is_hyperspy(path: Path) -> bool:
    """Tell whether an HDF5 file is one of HyperSpy."""
    try:
        with read_h5(path) as file:
            return attribute(file, "file_format") == "HyperSpy" or isinstance(member(file, "Experiments"), h5py.Group)
    except (OSError, KeyError, ValueError, RuntimeError, TypeError):
        return False


def read_hyperspy(path: Path, signal: str | None = None, energy: str | None = None) -> list[Stack]:
    """Return the signals of a file that are images or series of spectra.

    Parameters
    ----------
    path : file
    signal : name of an experiment, where the file holds several
    energy : name of the axis of energies

    Raises
    ------
    XanesviewError
        If the file is damaged, or holds none.
    """
    with opened_tree(path) as file:
        experiments = member(file, "Experiments")
        if not isinstance(experiments, h5py.Group):
            raise XanesviewError(f"{path.name} has no signal of HyperSpy.", "Save it again from HyperSpy.")
        named = [(name, one) for name, one in members(experiments) if isinstance(one, h5py.Group)]
        if signal is not None:
            wanted = signal.strip("/").removeprefix("Experiments/").removesuffix("/data")
            chosen = [(name, one) for name, one in named if name == wanted]
            if not chosen:
                offered = ", ".join(name for name, _ in named[:20])
                raise XanesviewError(f"{path.name} has no signal “{wanted}”.", f"It has {offered or 'none'}.")
            named = chosen
        found = [stack for name, one in named for stack in _of_experiment(name, one, path, energy)]
        if not found:
            refuse_all_elsewhere(experiments, path)
            refuse_complex_in(groups_of(experiments) if signal is None else [one for _, one in named], path)
    if not found:
        raise XanesviewError(
            f"{path.name} holds no image or series of spectra over energies.",
            "A signal needs one axis in eV or keV and one or two of pixels.",
        )
    return found


def _of_experiment(name: str, group: h5py.Group, path: Path, asked: str | None) -> Iterator[Stack]:
    data = member(group, "data")
    if not is_stack(data):
        return
    described = [_axis_group(group, k, data.ndim) for k in range(data.ndim)]
    if any(one is None for one in described):
        return
    axes = [_axis(one, n, path) for one, n in zip(described, data.shape, strict=True)]
    energy = _energy(described, axes, asked)
    if energy is None:
        return
    title = next((found for one in groups_of(group) if one.name.endswith("/General")
                  if (found := _known(text(one, "title", path) or attribute(one, "title")))), "")  # fmt: skip
    label = title or _known(name)
    yield Stack(data.name, tuple(int(n) for n in data.shape), tuple(axes), energy, label=label,
                facts={"program": " ".join(filter(None, (attribute(group.file, "file_format"),
                                                         attribute(group.file, "file_format_version"))))})  # fmt: skip


def _axis_group(group: h5py.Group, k: int, n_axes: int) -> h5py.Group | None:
    for name in (f"axis-{k}", f"_list_{n_axes}_axes/_{k}", f"_list_{n_axes}_axes/{k}"):
        one = member(group, name)
        if isinstance(one, h5py.Group):
            return one
    return None


def _axis(group: h5py.Group, n: int, path: Path) -> Axis:
    name, unit = _known(attribute(group, "name")), _known(attribute(group, "units"))
    own = member(group, "axis")
    if isinstance(own, h5py.Dataset) and own.size == n and own.dtype.kind in "iuf":
        return Axis(name, unit, column(own, path))
    if attribute(group, "_type") == "FunctionalDataAxis":
        raise XanesviewError(
            f"The axis {name or 'of a signal'} of {path.name} is a formula.",
            "Save it with axes of numbers: axis.convert_to_non_uniform_axis() in HyperSpy.",
        )
    check_count(n, _LONGEST_AXIS, "points of an axis", "Cut the image first.")
    scale, offset = _number(group, "scale", 1.0), _number(group, "offset", 0.0)
    return Axis(name, unit, offset + scale * np.arange(n, dtype=float))


def _energy(groups: list[h5py.Group], axes: list[Axis], asked: str | None) -> int | None:
    """Return which axis is the energy: the one that is asked for, in a unit of energy, else called so."""
    if asked is not None:
        return next((k for k, one in enumerate(axes) if one.name.lower() == asked.lower()), None)
    signal = [k for k, one in enumerate(groups) if attribute(one, "navigate").lower() in ("false", "0")]
    for among in (signal, range(len(axes))):
        in_unit = [k for k in among if known_unit(axes[k].unit) in EV_PER_UNIT]
        called = [k for k in among if "energy" in axes[k].name.lower()]
        if in_unit or called:
            return (in_unit or called)[0]
    return None


def _known(word: str) -> str:
    return "" if word in _NAMELESS else word[:60]


def _number(group: h5py.Group, name: str, usual: float) -> float:
    try:
        value = float(attribute(group, name))
    except ValueError:
        return usual
    return value if abs(value) <= 1e3 * LARGEST_ENERGY_EV else usual
