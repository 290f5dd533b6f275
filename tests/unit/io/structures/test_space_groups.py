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
    is_symbol,
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


@pytest.mark.parametrize(
    ("symbol", "system", "number"),
    [
        ("F 4/m -3 2/m", "cubic", 225), ("F4/m-32/m", "cubic", 225), ("F 41/d -3 2/m", "cubic", 227),
        ("P 42/m -3 2/n", "cubic", 223), ("I 21/a -3", "cubic", 206), ("P 21/n 21/m 21/a", "orthorhombic", 62),
        ("P21/n21/m21/a", "orthorhombic", 62), ("C 2/m 2/c 21/m", "orthorhombic", 63),
        ("P 63/m 2/m 2/c", "hexagonal", 194), ("I 41/a 2/m 2/d", "tetragonal", 141),
        ("P 4/n 21/m 2/m", "tetragonal", 129), ("R -3 2/m", "trigonal", 166), ("R 3 2/m", "trigonal", 166),
        ("P -3 2/m 1", "trigonal", 164), ("P -3 1 2/m", "trigonal", 162),
    ],
)  # fmt: skip
def test_full_symbols(symbol: str, system: str, number: int) -> None:
    found = named_settings(symbol, np.array(cellpar_to_cell(CELLS[system])))
    assert {gemmi.find_spacegroup_by_name(setting.label).number for setting in found} == {number}


def test_a_full_symbol_leaves_open_what_its_short_one_does() -> None:
    cell = np.array(cellpar_to_cell(CELLS["cubic"]))
    labels = [setting.label for setting in named_settings("F 41/d -3 2/m", cell)]
    assert labels == ["F d -3 m:1", "F d -3 m:2"]
    assert [setting.label for setting in named_settings("F 41/d -3 2/m :2", cell)] == ["F d -3 m:2"]


@pytest.mark.parametrize(
    ("symbol", "label"),
    [
        ("F 4 3 m", "F -4 3 m"), ("P 4 3 n", "P -4 3 n"), ("P 4 3 2", "P 4 3 2"), ("Fm-3m1", "F m -3 m"),
        ("F m -3 m (225)", "F m -3 m"), ("F m -3 m (No. 225)", "F m -3 m"), ("F m -3 m, no. 225", "F m -3 m"),
        ("Fm3\u0305m", "F m -3 m"), ("Fm3\u0304m", "F m -3 m"), ("F m \u22123 m", "F m -3 m"),
        ("F m \u20133 m", "F m -3 m"), ("F m \\=3 m", "F m -3 m"), ("$Fm\\bar{3}m$", "F m -3 m"),
        ("P 2 (3)", "P 1 2 1"), ("P 2(1)", "P 1 21 1"), ("P 3 (143)", "P 3"), ("P 1 (1)", "P 1"),
        ("P 21/c (#14)", "P 1 21/c 1"), ("P21/c:b1", "P 1 21/c 1"), ("P2\u2081/c", "P 1 21/c 1"),
    ],
)  # fmt: skip
def test_unusual_spellings(symbol: str, label: str) -> None:
    cell = np.array(cellpar_to_cell(CELLS["cubic"] if "2" not in label or "4" in label else UNIQUE_AXIS["b"]))
    if label == "P 3":
        cell = np.array(cellpar_to_cell(CELLS["trigonal"]))
    assert named_settings(symbol, cell)[0].label == label


@pytest.mark.parametrize("symbol", ["", "P", "P 5", "unknown", "F 4/q -3 2/m", "P 7 m m"])
def test_what_is_no_symbol(symbol: str) -> None:
    assert named_settings(symbol, np.array(cellpar_to_cell(CELLS["cubic"]))) == []
    assert not is_symbol(symbol)
