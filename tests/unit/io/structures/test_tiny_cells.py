"""Cells that no atom fits into, in every format that has a cell; and thin ones that are allowed."""

from __future__ import annotations

import time

import ase.io
import numpy as np
import pytest
from ase import Atoms

from xanesview.domain.neighbour_list import pairs_within
from xanesview.domain.structure import Structure, bonds
from xanesview.errors import XanesviewError
from xanesview.inference.domain_check import REACH_ANGSTROM
from xanesview.io.structures.checks import checked_structure
from xanesview.io.structures.registry import read_structure
from xanesview.networks.neighbours import neighbour_edges

SOON_S = 2.0  # no measure of speed: what hangs takes minutes
CELLS = {
    "planes 0.4 Å apart": (8.0, 8.0, 0.4),
    "needle": (1e4, 0.3, 1e4),
    "tiny": (0.2, 0.2, 3.0),
    "nearly nothing": (3.0, 3.0, 0.001),
}


def _files(a: float, b: float, c: float) -> dict[str, str]:
    rows = f"{a} 0 0\n0 {b} 0\n0 0 {c}\n"
    lengths = "".join(f"_cell_length_{n} {x}\n" for n, x in zip("abc", (a, b, c)))
    angles = "".join(f"_cell_angle_{n} 90\n" for n in ("alpha", "beta", "gamma"))
    atoms = "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\nC1 0 0 0\n"
    lattice = f"{a} 0 0 0 {b} 0 0 0 {c}"
    unit_cell = f'{{"a":{a},"b":{b},"c":{c},"alpha":90,"beta":90,"gamma":90}}'
    return {
        "plain.cif": f"data_x\n{lengths}{angles}_symmetry_space_group_name_H-M 'P 1'\n{atoms}",
        "cubic.cif": f"data_x\n{lengths}{angles}_symmetry_space_group_name_H-M 'F m -3 m'\n{atoms}",
        "POSCAR": f"x\n1.0\n{rows}C\n1\nDirect\n0 0 0\n",
        "x.extxyz": f'1\nLattice="{lattice}" Properties=species:S:1:pos:R:3 pbc="T T T"\nC 0 0 0\n',
        "x.pdb": f"CRYST1{a:9.3f}{b:9.3f}{c:9.3f}  90.00  90.00  90.00 P 1           1\n"
        "HETATM    1  C   UNL A   1       0.000   0.000   0.000  1.00  0.00           C\nEND\n",
        "x.xsf": f"CRYSTAL\nPRIMVEC\n{rows}PRIMCOORD\n1 1\nC 0 0 0\n",
        "x.cell": f"%BLOCK LATTICE_CART\n{rows}%ENDBLOCK LATTICE_CART\n%BLOCK POSITIONS_FRAC\nC 0 0 0\n"
        "%ENDBLOCK POSITIONS_FRAC\n",
        "abc.cell": f"%BLOCK LATTICE_ABC\n{a} {b} {c}\n90 90 90\n%ENDBLOCK LATTICE_ABC\n%BLOCK POSITIONS_FRAC\n"
        "C 0 0 0\n%ENDBLOCK POSITIONS_FRAC\n",
        "geometry.in": f"lattice_vector {a} 0 0\nlattice_vector 0 {b} 0\nlattice_vector 0 0 {c}\natom_frac 0 0 0 C\n",
        "x.pwi": "&control\n/\n&system\nibrav=0, nat=1, ntyp=1\n/\nATOMIC_SPECIES\nC 12 C.upf\nCELL_PARAMETERS "
        f"angstrom\n{rows}ATOMIC_POSITIONS crystal\nC 0 0 0\n",
        "x.res": f"TITL x\nCELL 0.71 {a} {b} {c} 90 90 90\nZERR 1 0 0 0 0 0 0\nLATT -1\nSFAC C\nUNIT 1\n"
        "C1 1 0.1 0.1 0.1 11 0.05\nHKLF 4\nEND\n",
        "x.cjson": f'{{"chemicalJson":1,"unitCell":{unit_cell},'
        '"atoms":{"elements":{"number":[6]},"coords":{"3d":[0,0,0]}}}',
    }


@pytest.mark.parametrize("name", [*_files(1, 1, 1), "x.traj"])
@pytest.mark.parametrize("cell", CELLS.values(), ids=list(CELLS))
def test_a_cell_smaller_than_its_atoms_is_refused_at_once(tmp_path, name, cell):
    path = tmp_path / name
    if name == "x.traj":
        ase.io.write(path, Atoms("C", [[0, 0, 0]], cell=cell, pbc=True))
    else:
        path.write_text(_files(*cell)[name])
    begun = time.process_time()
    with pytest.raises(XanesviewError) as told:
        read_structure(path)
    assert time.process_time() - begun < SOON_S
    assert name in told.value.message
    assert told.value.message.endswith(".")
    assert told.value.hint


def test_the_placeholder_of_a_pdb_file_without_a_cell_is_no_cell(tmp_path):
    path = tmp_path / "x.pdb"
    path.write_text(_files(1.0, 1.0, 1.0)["x.pdb"])
    assert not read_structure(path).is_periodic


@pytest.mark.parametrize("turns", [0, 1, 4])
def test_a_thin_cell_has_the_neighbours_of_the_reduced_one(turns):
    reduced = np.diag([1.6, 1.7, 30.0])
    thin = reduced.copy()
    neighbour_edges(np.zeros((1, 3)), None, None, 1.0)  # the packages it needs are imported
    thin[1] += turns * reduced[0]  # the same lattice, its planes nearer and nearer
    begun = time.process_time()
    structures = [checked_structure([6], np.zeros((1, 3)), cell, [True] * 3) for cell in (reduced, thin)]
    counts = []
    for structure in structures:
        found = neighbour_edges(structure.positions_angstrom, structure.cell_angstrom, structure.pbc, REACH_ANGSTROM)
        counts.append((len(found[0]), len(bonds(structure)[0])))
    assert counts[0] == counts[1]
    assert time.process_time() - begun < 2 * SOON_S


@pytest.mark.parametrize("n_atoms", [100, 3000, 100_000])
def test_a_heap_of_atoms_in_one_place_is_refused_at_once(tmp_path, n_atoms):
    path = tmp_path / "heap.xyz"
    path.write_text(f"{n_atoms}\n\n" + "C 0 0 0\n" * n_atoms)
    text_read_s = 1e-5 * n_atoms
    begun = time.process_time()
    with pytest.raises(XanesviewError, match=r"Atoms of heap\.xyz overlap"):
        read_structure(path)
    assert time.process_time() - begun < SOON_S + text_read_s


def test_the_search_for_neighbours_has_a_bound():
    """What a file can't hold, a program can make: planes a hundredth of an Å apart."""
    cell = np.array([[2.0, 0.0, 0.0], [400.0, 2.0, 0.0], [0.0, 0.0, 30.0]])
    Structure([6], np.zeros((1, 3)), cell, [True] * 3)
    begun = time.process_time()
    found = pairs_within(np.zeros((1, 3)), cell, np.ones(3, bool), 5.5)
    assert len(found[0]) == 20
    assert time.process_time() - begun < SOON_S
    with pytest.raises(XanesviewError, match="so flat or skewed"):
        pairs_within(np.zeros((1, 3)), np.array([[2.0, 0, 0], [4e6, 2.0, 0], [0, 0, 30.0]]), np.ones(3, bool), 5.5)
    assert time.process_time() - begun < SOON_S
