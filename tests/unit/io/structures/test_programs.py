"""Structures as programs write and read them: input files, trajectories, drawings, frames."""

from __future__ import annotations

import contextlib
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.constraints import FixAtoms
from ase.io.trajectory import Trajectory

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.bravais import bravais_cell
from xanesview.io.structures.registry import read_structure, structure_format

FILES = Path(__file__).parents[3] / "data" / "structures"
FEFF = Path(__file__).parents[3] / "data" / "imported" / "feff" / "feff.inp"


def kinds(structure: Structure) -> list[str]:
    return [notice.kind for notice in structure.notices]


def distance(structure: Structure, i: int, j: int) -> float:
    return float(np.linalg.norm(structure.positions_angstrom[i] - structure.positions_angstrom[j]))


def angle(structure: Structure, i: int, j: int, k: int) -> float:
    first, second = (structure.positions_angstrom[a] - structure.positions_angstrom[j] for a in (i, k))
    return float(np.degrees(np.arccos(first @ second / np.linalg.norm(first) / np.linalg.norm(second))))


@pytest.mark.parametrize(
    ("name", "kind", "formula", "pbc", "told"),
    [
        ("acetonitrile.mol2", "MOL2", "C2H3N", "FFF", ["several-frames"]),
        ("packed_with_force_field_types.mol2", "MOL2", "CHCl", "TTT", []),
        ("methanol.cjson", "Chemical JSON", "CH4O", "FFF", []),
        ("rock_salt.cjson", "Chemical JSON", "MgO", "TTT", []),
        ("silicon.cell", "CASTEP cell", "Si2", "TTT", []),
        ("carbon_monoxide.cell", "CASTEP cell", "CO", "TTT", []),
        ("rutile_geometry.in", "FHI-aims geometry", "O4Ti2", "TTT", []),
        ("silicon.pwi", "Quantum ESPRESSO input", "Si2", "TTT", []),
        ("nickel_oxide_pw.in", "Quantum ESPRESSO input", "NiO", "TTT", []),
        ("water.gjf", "Gaussian input", "H2O", "FFF", []),
        ("hydrogen_peroxide.com", "Gaussian input", "H2O2", "FFF", ["several-frames"]),
        ("polymer.gjf", "Gaussian input", "C2", "TFF", []),
        ("graphene.xsf", "XSF and AXSF", "C2", "TTF", []),
        ("stretching.axsf", "XSF and AXSF", "CO", "FFF", ["several-frames"]),
        ("urea.res", "SHELX", "C2H8N4O2", "TTT", []),
    ],
)
def test_files_of_programs(tmp_path: Path, name: str, kind: str, formula: str, pbc: str, told: list[str]) -> None:
    structure = read_structure(FILES / name)
    assert structure.formula == formula
    assert "".join("FT"[flag] for flag in structure.pbc.astype(int)) == pbc
    assert kinds(structure) == told
    (tmp_path / "unnamed.txt").write_bytes((FILES / name).read_bytes())
    assert structure_format(tmp_path / "unnamed.txt").name == kind


def test_units_and_fractions_of_cells() -> None:
    for name in ("silicon.cell", "silicon.pwi"):
        silicon = read_structure(FILES / name)
        assert distance(silicon, 0, 1) == pytest.approx(2.352, abs=0.01)
        assert abs(np.linalg.det(silicon.cell_angstrom)) == pytest.approx(40.04, abs=0.1)
    assert distance(read_structure(FILES / "carbon_monoxide.cell"), 0, 1) == pytest.approx(1.13)
    rutile = read_structure(FILES / "rutile_geometry.in")
    assert distance(rutile, 0, 2) == pytest.approx(1.9816, abs=1e-3)  # Cartesian among fractional atoms
    oxide = read_structure(FILES / "nickel_oxide_pw.in")
    np.testing.assert_allclose(oxide.positions_angstrom[1], [2.09, 2.09, 2.09])


def test_charge_and_multiplicity_of_input_files() -> None:
    methanol = read_structure(FILES / "methanol.cjson")
    assert (methanol.charge, methanol.multiplicity, methanol.name) == (1, 2, "methanol")
    water = read_structure(FILES / "water.gjf")
    assert (water.charge, water.multiplicity, water.name) == (-1, 2, "water, heavy")


def test_a_z_matrix_with_variables() -> None:
    peroxide = read_structure(FILES / "hydrogen_peroxide.com")
    assert distance(peroxide, 0, 1) == pytest.approx(1.45)
    assert distance(peroxide, 1, 3) == pytest.approx(0.97)
    assert angle(peroxide, 0, 1, 3) == pytest.approx(100.0)
    first, axis, last = np.diff(peroxide.positions_angstrom[[2, 0, 1, 3]], axis=0)
    normals = np.cross(first, axis), np.cross(axis, last)
    turn = np.degrees(np.arctan2(np.dot(np.cross(*normals), axis) / np.linalg.norm(axis), np.dot(*normals)))
    assert turn == pytest.approx(-115.0)


@pytest.mark.parametrize(
    "values",
    ["Variables:\nr=0.97\nConstants:\nd=115.0", " Variables:\n r 0.97\n d 115.0", "Constants:\nr 0.97\nd 115",
     "\nVariables:\nr=0.97\n\nConstants:\nd=115.0", "r=0.97\nd=115.0", "\nr=0.97\nd=115.0"],
)  # fmt: skip
def test_values_below_a_z_matrix_with_or_without_a_blank_line(tmp_path: Path, values: str) -> None:
    path = tmp_path / "peroxide.gjf"
    path.write_text(f"# hf\n\nperoxide\n\n0 1\nO\nO 1 1.45\nH 2 r 1 100.0\nH 1 r 2 100.0 3 d\n{values}\n\n")
    peroxide = read_structure(path)
    assert peroxide.formula == "H2O2"
    assert distance(peroxide, 0, 3) == pytest.approx(0.97)


@pytest.mark.parametrize(
    ("ibrav", "celldm", "lengths", "angles", "volume"),
    [
        (1, (1, 0, 0, 0, 0, 0), (1, 1, 1), (90, 90, 90), 1),
        (2, (1, 0, 0, 0, 0, 0), (0.5**0.5,) * 3, (60, 60, 60), 0.25),
        (3, (1, 0, 0, 0, 0, 0), (0.75**0.5,) * 3, (70.529, 70.529, 109.471), 0.5),
        (-3, (1, 0, 0, 0, 0, 0), (0.75**0.5,) * 3, (109.471,) * 3, 0.5),
        (4, (1, 0, 1.6, 0, 0, 0), (1, 1, 1.6), (90, 90, 120), 1.6 * 0.75**0.5),
        (5, (1, 0, 0, 0.5, 0, 0), (1, 1, 1), (60, 60, 60), 0.5**0.5),
        (-5, (1, 0, 0, 0.5, 0, 0), (1, 1, 1), (60, 60, 60), 0.5**0.5),
        (6, (1, 0, 1.6, 0, 0, 0), (1, 1, 1.6), (90, 90, 90), 1.6), (7, (1, 0, 1.6, 0, 0, 0), None, None, 0.8),
        (8, (1, 1.2, 1.6, 0, 0, 0), (1, 1.2, 1.6), (90, 90, 90), 1.92), (9, (1, 1.2, 1.6, 0, 0, 0), None, None, 0.96),
        (-9, (1, 1.2, 1.6, 0, 0, 0), None, None, 0.96), (91, (1, 1.2, 1.6, 0, 0, 0), None, None, 0.96),
        (10, (1, 1.2, 1.6, 0, 0, 0), None, None, 0.48), (11, (1, 1.2, 1.6, 0, 0, 0), None, None, 0.96),
        (12, (1, 1.2, 1.6, 0.5, 0, 0), (1, 1.2, 1.6), (90, 90, 60), 1.92 * 0.75**0.5),
        (-12, (1, 1.2, 1.6, 0, 0.5, 0), (1, 1.2, 1.6), (90, 60, 90), 1.92 * 0.75**0.5),
        (13, (1, 1.2, 1.6, 0.5, 0, 0), None, None, 0.96 * 0.75**0.5),
        (-13, (1, 1.2, 1.6, 0, 0.5, 0), None, None, 0.96 * 0.75**0.5),
        (14, (1, 1.2, 1.6, 0.1, 0.2, 0.3), (1, 1.2, 1.6), np.degrees(np.arccos([0.1, 0.2, 0.3])), None),
    ],
)  # fmt: skip
def test_bravais_lattices(ibrav: int, celldm: tuple, lengths, angles, volume: float | None) -> None:
    cell = bravais_cell(ibrav, celldm, "pw.in")
    found = np.linalg.norm(cell, axis=1)
    if lengths is not None:
        np.testing.assert_allclose(found, lengths, atol=1e-9)
        cosines = [cell[i] @ cell[j] / found[i] / found[j] for i, j in ((1, 2), (0, 2), (0, 1))]
        np.testing.assert_allclose(np.sort(np.degrees(np.arccos(cosines))), np.sort(angles), atol=1e-3)
    if volume is not None:
        assert np.linalg.det(cell) == pytest.approx(volume)


def test_lattices_that_lack_something_are_refused() -> None:
    for ibrav, celldm in ((4, (1, 0, 0, 0, 0, 0)), (77, (1, 1, 1, 0, 0, 0)), (1, (0, 0, 0, 0, 0, 0))):
        with pytest.raises(XanesviewError):
            bravais_cell(ibrav, celldm, "pw.in")


def test_occupancies_of_shelx_are_of_the_site_and_free_variables_count() -> None:
    urea = read_structure(FILES / "urea.res")  # 10.25 on a site of symmetry 4 is a whole atom
    assert urea.name == "urea in P -4 21 m"
    disordered = read_structure(FILES / "disordered_in_parts.ins")
    assert disordered.formula == "C2F2"
    assert "group 1" in disordered.notices[0].message  # 0.65 by FVAR, against 0.35
    np.testing.assert_allclose(np.sort(disordered.positions_angstrom[disordered.numbers == 9][:, 0]), [2.88, 5.12])


def test_the_absorber_of_feff_is_known() -> None:
    cluster = read_structure(FEFF)
    assert cluster.absorbers == (0,)
    assert cluster.symbols[0] == "Fe"
    assert not cluster.is_periodic


def test_a_feff_input_without_absorber_says_so(tmp_path: Path) -> None:
    text = "POTENTIALS\n 0 26 Fe\n 1 8 O\nATOMS\n 0 0 0 1 O\n 2.1 0 0 1 O\nEND\n"
    (tmp_path / "feff.inp").write_text(text)
    cluster = read_structure(tmp_path / "feff.inp")
    assert cluster.absorbers == ()
    assert "No atom" in cluster.notices[0].message


# ---- trajectories ----


def written_trajectory(path: Path, frames: int = 3) -> Path:
    with Trajectory(path, "w") as trajectory:
        for k in range(frames):
            atoms = Atoms("CO", [[0, 0, 0], [0, 0, 1.13 + 0.1 * k]], cell=[8, 9, 10], pbc=[True, True, False])
            atoms.set_constraint(FixAtoms([0]))
            trajectory.write(atoms)
    return path


def test_a_trajectory_of_ase_gives_its_first_frame(tmp_path: Path) -> None:
    structure = read_structure(written_trajectory(tmp_path / "relaxation.traj"))
    assert structure.formula == "CO"
    assert distance(structure, 0, 1) == pytest.approx(1.13)
    assert structure.pbc.tolist() == [True, True, False]
    np.testing.assert_allclose(np.diag(structure.cell_angstrom), [8, 9, 10])
    assert "3 structures; the first one" in structure.notices[0].message


class _Mischief:
    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self):
        return (open, (self.path, "w"))


@pytest.mark.parametrize("name", ["old.traj", "old.trj", "POSCAR", "unnamed"])
def test_a_pickle_in_a_trajectory_is_never_run(tmp_path: Path, name: str) -> None:
    """Trajectories of ASE's first versions are pickles, which run code when they are read."""
    mark = tmp_path / "mischief"
    (tmp_path / name).write_bytes(b"PickleTrajectory" + pickle.dumps(_Mischief(mark)))
    with pytest.raises(XanesviewError):
        read_structure(tmp_path / name)
    assert not mark.exists()


def test_objects_that_a_trajectory_names_are_not_made(tmp_path: Path) -> None:
    path = written_trajectory(tmp_path / "named.traj", frames=1)
    data = path.read_bytes()
    changed = data.replace(b'"pbc": [true, true, false]', b'"pbc": {"__ndarray__":[]} ')
    assert changed != data
    path.write_bytes(changed)
    with pytest.raises(XanesviewError, match="damaged"):
        read_structure(path)


@pytest.mark.parametrize("at", [0, 24, 40, 200])
def test_a_trajectory_that_is_cut_or_lies_about_sizes(tmp_path: Path, at: int) -> None:
    path = written_trajectory(tmp_path / "cut.traj")
    data = path.read_bytes()
    for broken in (data[: at + 20], data[:at] + struct.pack("<q", 2**61) + data[at + 8 :]):
        path.write_bytes(broken)
        with contextlib.suppress(XanesviewError):
            assert read_structure(path).n_atoms == 2


# ---- drawings, frames, POSCAR of VASP 4 ----


def test_a_drawing_with_all_hydrogens_becomes_three_dimensional() -> None:
    amine = read_structure(FILES / "drawing_with_hydrogens.sdf")
    assert amine.formula == "CH5N"
    assert kinds(amine) == ["flat-drawing"]
    lengths = [distance(amine, 0, k) for k in np.flatnonzero(amine.numbers == 1) if distance(amine, 0, k) < 1.5]
    np.testing.assert_allclose(lengths, 1.09, atol=0.02)
    assert np.ptp(amine.positions_angstrom, axis=0).min() > 0.5


def test_a_drawing_keeps_the_handedness_of_its_wedges() -> None:
    alanine = read_structure(FILES / "alanine_drawing_v3000.mol")
    assert alanine.smiles == "C[C@H](N)C(=O)O"
    assert kinds(alanine) == ["flat-drawing"]


def test_a_flat_molecule_stays_as_it_is_though_its_file_says_2d() -> None:
    formaldehyde = read_structure(FILES / "planar_molecule_said_2d.mol")
    assert kinds(formaldehyde) == []
    assert distance(formaldehyde, 0, 1) == pytest.approx(1.205)


@pytest.mark.parametrize("name", ["formaldehyde.mol", "formaldehyde.sdf", "unnamed"])
def test_a_line_of_counts_without_a_version(tmp_path: Path, name: str) -> None:
    """Writers older than V3000 end the line of counts after its numbers."""
    atoms = ((0, 0, "C"), (1.205, 0, "O"), (-0.58, 0.94, "H"), (-0.58, -0.94, "H"))
    rows = "".join(f"{x:10.4f}{y:10.4f}{0:10.4f} {symbol:3} 0  0\n" for x, y, symbol in atoms)
    for counts in ("  4  3", "  4  3  0  0  0  0  0  0  0    1"):
        text = f"formaldehyde\n  prog  01010100003D\n\n{counts}\n{rows}  1  2  2\n  1  3  1\n  1  4  1\nM  END\n"
        (tmp_path / name).write_text(text)
        formaldehyde = read_structure(tmp_path / name)
        assert formaldehyde.formula == "CH2O"
        assert distance(formaldehyde, 0, 1) == pytest.approx(1.205)


def test_a_drawing_of_impossible_valence_is_refused() -> None:
    with pytest.raises(XanesviewError, match="flat drawing whose bonds"):
        read_structure(FILES / "drawing_impossible_valence.mol")


def test_frames_parted_by_end_alone() -> None:
    water = read_structure(FILES / "frames_parted_by_end.pdb")
    assert water.formula == "H2O"
    assert "3 structures; the first one" in water.notices[0].message


@pytest.mark.parametrize(
    ("name", "formula", "where"),
    [
        ("POSCAR_symbols_behind", "NiO", "Ni, O were taken from the ends of its lines"),
        ("POSCAR_formula_comment", "O4Ti2", "Ti, O were taken from its comment line"),
    ],
)
def test_elements_of_vasp_4(name: str, formula: str, where: str) -> None:
    oxide = read_structure(FILES / name)
    assert oxide.formula == formula
    assert where in oxide.notices[0].message


def test_a_formula_out_of_proportion_is_no_list_of_elements() -> None:
    with pytest.raises(XanesviewError, match="which elements"):
        read_structure(FILES / "POSCAR_formula_out_of_proportion")


@pytest.mark.parametrize(
    ("comment", "counts", "formula"),
    [
        ("Mg1 O1", "2 2", "Mg2O2"), ("MgO", "2 2", "Mg2O2"), ("Mg O", "1 3", "MgO3"), ("Mg, O", "2 2", "Mg2O2"),
        ("O2 Mg2 (mp-1265)", "2 2", "Mg2O2"), ("Mg2O2", "2 2", "Mg2O2"), ("CO on MgO", "2 2", None),
        ("CO on graphite", "2 2", None), ("the MgO", "2 2", None), ("MgO", "1 3", None), ("MgO slab", "2 2", None),
        ("Mg", "2 2", None), ("Mg O Mg", "2 2", None), ("", "2 2", None),
    ],
)  # fmt: skip
def test_only_a_list_or_a_formula_in_the_comment_names_elements(
    tmp_path: Path, comment: str, counts: str, formula: str | None
) -> None:
    path = tmp_path / "POSCAR"
    rows = "0 0 0\n.5 .5 0\n.5 0 .5\n0 .5 .5\n"
    path.write_text(f"{comment}\n1.0\n4.2 0 0\n0 4.2 0\n0 0 4.2\n{counts}\nDirect\n{rows}")
    if formula is None:
        with pytest.raises(XanesviewError, match="which elements"):
            read_structure(path)
    else:
        assert read_structure(path).formula == formula


def test_configurations_of_an_xdatcar() -> None:
    melt = read_structure(FILES / "XDATCAR_two")
    assert melt.formula == "NiO"
    assert "2 structures; the first one" in melt.notices[0].message


def test_a_lattice_of_zeros_is_none() -> None:
    assert not read_structure(FILES / "zero_lattice.extxyz").is_periodic
    sheet = read_structure(FILES / "sheet_without_third_vector.extxyz")
    assert sheet.pbc.tolist() == [True, True, False]
    np.testing.assert_allclose(np.abs(sheet.surface_normal), [0, 0, 1])


@pytest.mark.parametrize(
    ("announced", "told"), [("3 1", "announces 3 atoms but holds 2"), ("x", "should hold the number of atoms")]
)
def test_an_xsf_that_is_cut_off_says_so(tmp_path: Path, announced: str, told: str) -> None:
    path = tmp_path / "cut.xsf"
    path.write_text(f"CRYSTAL\nPRIMVEC\n4 0 0\n0 4 0\n0 0 4\nPRIMCOORD\n{announced}\n6 0 0 0\n8 0 0 1.1\n")
    with pytest.raises(XanesviewError, match=told):
        read_structure(path)


@pytest.mark.parametrize("text", ["--Link1--\n", "--Link1--\n\n--Link1--\n"])
def test_gaussian_input_of_empty_jobs_has_no_atoms(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.gjf"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(XanesviewError, match="has no atoms"):
        read_structure(path)
