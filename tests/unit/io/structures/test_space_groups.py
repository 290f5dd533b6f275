"""Every tabulated setting by its full, short and Hall symbol; operations that are listed oddly."""

from __future__ import annotations

import gemmi
import numpy as np
import pytest
from ase.geometry import cellpar_to_cell

from xanesview.io.structures.space_groups import (
    Setting,
    combined,
    hall_setting,
    listed_setting,
    named_settings,
    numbered_settings,
)

CELLS = {
    "triclinic": (7, 9, 11, 80, 95, 99), "orthorhombic": (7, 9, 11, 90, 90, 90), "tetragonal": (7, 7, 11, 90, 90, 90),
    "trigonal": (7, 7, 11, 90, 90, 120), "hexagonal": (7, 7, 11, 90, 90, 120), "cubic": (7, 7, 7, 90, 90, 90),
}  # fmt: skip
UNIQUE_AXIS = {"a": (7, 9, 11, 99, 90, 90), "b": (7, 9, 11, 90, 99, 90), "c": (7, 9, 11, 90, 90, 99)}


def cell_of(group: gemmi.SpaceGroup) -> np.ndarray:
    """Return a cell that the group and no higher symmetry fits."""
    if group.ext == "R":
        return np.array(cellpar_to_cell((7, 7, 7, 70, 70, 70)))
    system = group.crystal_system_str()
    return np.array(cellpar_to_cell(CELLS.get(system) or UNIQUE_AXIS[group.monoclinic_unique_axis()]))


def keys_of(group: gemmi.SpaceGroup) -> frozenset:
    operations = list(group.operations())
    rotations = np.array([operation.rot for operation in operations], float) / 24
    translations = np.array([operation.tran for operation in operations], float) / 24
    return Setting("", rotations, translations).keys


def test_all_settings_by_all_their_symbols() -> None:
    groups = list(gemmi.spacegroup_table())
    assert len(groups) > 500
    for group in groups:
        cell, wanted = cell_of(group), keys_of(group)
        assert named_settings(group.xhm(), cell)[0].keys == wanted, group.xhm()
        assert hall_setting(group.hall).keys == wanted, group.hall
        assert any(found.keys == wanted for found in named_settings(group.short_name(), cell)), group.short_name()


def test_numbers_mean_the_standard_setting() -> None:
    cell = np.array(cellpar_to_cell(CELLS["orthorhombic"]))
    assert [found.label for found in numbered_settings(62, cell)] == ["P n m a"]
    assert numbered_settings(225, cell) == []


@pytest.mark.parametrize(
    ("triplets", "count", "incomplete"),
    [
        (["x,y,z", "-x,-y,-z"], 2, False), (["X, Y, Z", "1/2+X, 1/2-Y, -Z"], 2, False), (["-x,-y,-z"], 2, True),
        (["x,y,z", "-y,x-y,z+0.33", "-x+y,-x,z+0.667"], 3, False), (["1 x,y,z", "2 '-x,-y,-z'"], 2, False),
        (["x,y,z", "x+1/2,y+1/2,z", "-x,-y,-z"], 4, True),
    ],
)  # fmt: skip
def test_listed_operations(triplets: list[str], count: int, incomplete: bool) -> None:
    setting, closed = listed_setting(triplets)
    assert (len(setting), closed) == (count, incomplete)


@pytest.mark.parametrize("triplets", [["x,y"], ["x,y,q"], ["x,y,z+1/0"], ["x,x,z"], ["x+y,z,x", "x+1/24,y,z"], []])
def test_what_is_no_operation(triplets: list[str]) -> None:
    assert listed_setting(triplets) is None


def test_centrings_multiply_operations() -> None:
    assert combined(["x,y,z", "-x,-y,-z"], ["x,y,z", "x+1/2,y+1/2,z"]) == [
        "x,y,z", "-x,-y,-z", "x+1/2,y+1/2,z", "-x+1/2,-y+1/2,-z"
    ]  # fmt: skip
