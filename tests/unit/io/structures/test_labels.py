"""Elements of labels and types that are names of waters and groups, and of W, which may be tungsten."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from xanesview.domain.structure import Structure
from xanesview.io.structures.labels import heavy_atom
from xanesview.io.structures.registry import read_structure


def crystal_of(folder: Path, atoms: Sequence[str], tags: str = "label", head: str = "") -> Structure:
    """Read a cubic cell in P 1 of 10 Å of rows of the atom loop."""
    lines = ["data_test", *(f"_cell_length_{axis} 10" for axis in "abc")]
    lines += [f"_cell_angle_{name} 90" for name in ("alpha", "beta", "gamma")]
    lines += ["_symmetry_space_group_name_H-M 'P 1'", head, "loop_"]
    lines += [f"_atom_site_{tag}" for tag in (*tags.split(), "fract_x", "fract_y", "fract_z")]
    path = folder / "crystal.cif"
    path.write_text("\n".join([*lines, *atoms]) + "\n")
    return read_structure(path)


def assumed(structure: Structure) -> str:
    return " ".join(notice.message for notice in structure.notices if notice.kind == "assumed-elements")


@pytest.mark.parametrize(
    ("kind", "symbol"),
    [("H2O", "O"), ("OH2", "O"), ("OH", "O"), ("Wat", "O"), ("H3O", "O"), ("NH4", "N"), ("NH4+", "N"), ("CH3", "C"),
     ("OH-", "O"), ("D2O", "O"), ("H3O+", "O"), ("OH1-", "O"), ("NH", "N")],
)  # fmt: skip
def test_a_type_that_is_a_molecule_is_its_heavy_atom(tmp_path: Path, kind: str, symbol: str) -> None:
    crystal = crystal_of(tmp_path, ["Ca1 Ca 0 0 0", f"X1 {kind} 0.24 0 0"], "label type_symbol")
    assert tuple(crystal.symbols) == ("Ca", symbol)
    assert f"{symbol} for {kind}" in assumed(crystal)


@pytest.mark.parametrize("kind", ["H", "O", "HO", "Ho", "CD", "Hf", "HF", "O2-", "H1+", "Na+", "Co", "CO", "Oh1", ""])
def test_other_types_are_no_molecules(kind: str) -> None:
    assert heavy_atom(kind) is None


@pytest.mark.parametrize(
    ("atoms", "symbols"),
    [
        (("Na1 0 0 0", "W1 0.24 0 0", "W2 0 0.24 0"), ("Na", "O", "O")),
        (("Mg1 0 0 0", "W1 0.206 0 0"), ("Mg", "O")),
        (("C1 0 0 0", "N1 0.147 0 0", "W1 0.5 0.5 0.5"), ("C", "N", "O")),
        (("O1 0 0 0", "W1 0.28 0 0", "W2 0.28 0.28 0"), ("O", "O", "O")),
        (("W1 0 0 0", "O1 0.176 0 0", "O2 0 0.19 0"), ("W", "O", "O")),
        (("W1 0 0 0", "Cl1 0.24 0 0"), ("W", "Cl")), (("W1 0 0 0", "C1 0.206 0 0"), ("W", "C")),
        (("W1 0 0 0", "W2 0.274 0 0"), ("W", "W")), (("W1 0 0 0", "Fe1 0.25 0 0"), ("W", "Fe")),
    ],
)  # fmt: skip
def test_a_w_without_formula_is_what_its_surroundings_say(tmp_path: Path, atoms: Sequence[str], symbols: tuple) -> None:
    crystal = crystal_of(tmp_path, atoms)
    assert tuple(crystal.symbols) == symbols
    named = [row.split()[0] for row, symbol in zip(atoms, symbols) if row.startswith("W")]
    told = symbols[[row.split()[0] for row in atoms].index("W1")]
    assert f"{told} for {', '.join(named)}" in assumed(crystal)


def test_a_formula_with_tungsten_says_what_w_is(tmp_path: Path) -> None:
    crystal = crystal_of(tmp_path, ["W1 0 0 0", "O1 0.176 0 0"], head="_chemical_formula_sum 'W O'")
    assert tuple(crystal.symbols) == ("W", "O")
    assert assumed(crystal) == ""
