"""A cell that is none ends in one sentence, whatever the format, and numpy has nothing to warn of."""

from __future__ import annotations

import warnings
from pathlib import Path

import ase
import ase.io
import numpy as np
import pytest

from xanesview.domain.cells import cell_volume, spanned
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.registry import read_structure

CELLS = {
    "zero": ["0 0 0", "0 0 0", "0 0 0"],
    "flat": ["1 0 0", "2 0 0", "0 0 5"],
    "in one plane": ["3 0 0", "0 4 0", "3 4 0"],
    "not a number": ["nan nan nan", "0 5 0", "0 0 5"],
    "infinite": ["inf 0 0", "0 5 0", "0 0 5"],
    "tiny": ["1e-320 0 0", "0 1e-320 0", "0 0 1e-320"],
    "huge": ["1e29 0 0", "0 1e29 0", "0 0 1e29"],
}


def _poscar(rows: list[str], scale: str = "1.0") -> str:
    return "\n".join(["x", scale, *rows, "C O", "1 1", "Direct", "0 0 0", "0.5 0.5 0.5", ""])


FORMATS = {
    "POSCAR": lambda rows: _poscar(rows),
    "volume.vasp": lambda rows: _poscar(rows, "-100.0"),
    "x.extxyz": lambda rows: (
        f'2\nLattice="{" ".join(rows)}" Properties=species:S:1:pos:R:3 pbc="T T T"\nC 0 0 0\nO 0 0 1.2\n'
    ),
    "x.cell": lambda rows: "\n".join(
        ["%BLOCK LATTICE_CART", *rows, "%ENDBLOCK LATTICE_CART", "%BLOCK POSITIONS_FRAC", "C 0 0 0", "O 0.5 0.5 0.5",
         "%ENDBLOCK POSITIONS_FRAC", ""]
    ),
    "geometry.in": lambda rows: "\n".join(
        [*(f"lattice_vector {row}" for row in rows), "atom_frac 0 0 0 C", "atom_frac 0.5 0.5 0.5 O", ""]
    ),
    "x.xsf": lambda rows: "\n".join(["CRYSTAL", "PRIMVEC", *rows, "PRIMCOORD", "2 1", "6 0 0 0", "8 0 0 1.2", ""]),
}  # fmt: skip


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_with_a_cell_that_is_none_is_refused_in_a_sentence(name: str, cell: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(FORMATS[name](CELLS[cell]))
    if (name, cell) in (("x.extxyz", "zero"), ("volume.vasp", "huge")):
        return  # how some programs write a molecule; a cell that is scaled to its volume
    with warnings.catch_warnings(), np.errstate(divide="warn", over="warn", invalid="warn", under="warn"):
        warnings.simplefilter("error")
        with pytest.raises(XanesviewError) as told:
            read_structure(tmp_path / name)
    assert "\n" not in told.value.message
    assert told.value.hint


@pytest.mark.parametrize("cell", CELLS)
def test_an_ase_trajectory_and_a_structure_made_in_python_do_as_well(cell: str, tmp_path: Path) -> None:
    vectors = np.array([[float(x) for x in row.split()] for row in CELLS[cell]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if cell != "huge":
            with pytest.raises(XanesviewError):
                Structure([6, 8], [[0, 0, 0], [0, 0, 1.2]], vectors, True)
        ase.io.write(tmp_path / "x.traj", ase.Atoms("CO", [[0, 0, 0], [0, 0, 1.2]], cell=vectors, pbc=True))
        if cell == "zero":  # how ASE writes a molecule
            assert not read_structure(tmp_path / "x.traj").is_periodic
            return
        with pytest.raises(XanesviewError):
            read_structure(tmp_path / "x.traj")


def test_volumes_are_those_of_determinants() -> None:
    cells = np.random.default_rng(1).normal(size=(20, 3, 3))
    for cell in cells:
        assert cell_volume(cell) == pytest.approx(abs(np.linalg.det(cell)), rel=1e-10)
        for n in (1, 2, 3):
            gram = np.linalg.det(cell[:n] @ cell[:n].T)
            assert spanned(cell[:n]) == pytest.approx(np.sqrt(gram), rel=1e-8)
    assert np.isnan(cell_volume(np.full((3, 3), np.nan)))
