"""CIF as databases, journals and programs write it: symmetry half told, labels for elements, broken quotes, mmCIF."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.labels import formula_elements, mixed_type
from xanesview.io.structures.registry import read_structure

FILES = Path(__file__).parents[3] / "data" / "structures"
MONOCLINIC, C_UNIQUE, ORTHORHOMBIC = (7, 9, 11, 90, 99, 90), (7, 9, 11, 90, 90, 99), (7, 9, 11, 90, 90, 90)
CUBIC, TRICLINIC = (5.43, 5.43, 5.43, 90, 90, 90), (7, 9, 11, 80, 95, 99)
HEXAGONAL, RHOMBOHEDRAL = (4.385, 4.385, 30.49, 90, 90, 120), (10.473, 10.473, 10.473, 24.166, 24.166, 24.166)
PAIR = ("C1 C 0.11 0.22 0.13", "O1 O 0.25 0.27 0.13")


def kinds(structure: Structure) -> list[str]:
    return [notice.kind for notice in structure.notices]


def written(
    folder: Path, cell: Sequence[float], atoms: Sequence[str], head: str = "", tags: str = "label type_symbol"
) -> Path:
    """Write a CIF file of a cell, rows of the atom loop and further lines."""
    names = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
    lines = ["data_test", *(f"_cell_{name} {value}" for name, value in zip(names, cell, strict=True)), head, "loop_"]
    lines += [f"_atom_site_{tag}" for tag in (*tags.split(), "fract_x", "fract_y", "fract_z")]
    path = folder / "crystal.cif"
    path.write_text("\n".join([*lines, *atoms]) + "\n", encoding="utf-8")
    return path


# ---- symmetry ----


@pytest.mark.parametrize(
    ("symbol", "cell", "count"),
    [
        ("P 1 21/n 1", MONOCLINIC, 8), ("P 21/n", MONOCLINIC, 8), ("P21/n", MONOCLINIC, 8), ("P2(1)/n", MONOCLINIC, 8),
        ("P 2_1/a", MONOCLINIC, 8), ("P 2~1~/c", MONOCLINIC, 8), ("I 2/a", MONOCLINIC, 16),
        ("A 1 2/n 1", MONOCLINIC, 16),
        ("P 21/b", C_UNIQUE, 8), ("P 1 1 21/b", C_UNIQUE, 8), ("P 21/n", C_UNIQUE, 8), ("C -1", TRICLINIC, 8),
        ("P b n m", ORTHORHOMBIC, 16), ("P m c n", ORTHORHOMBIC, 12), ("Pbnm", ORTHORHOMBIC, 16),
        ("A b a 2", ORTHORHOMBIC, 16), ("C m c e", ORTHORHOMBIC, 32), ("C m c a", ORTHORHOMBIC, 32),
    ],
)  # fmt: skip
def test_a_symbol_of_any_setting_gives_the_whole_cell(tmp_path: Path, symbol: str, cell: tuple, count: int) -> None:
    crystal = read_structure(written(tmp_path, cell, PAIR, f"_symmetry_space_group_name_H-M '{symbol}'"))
    assert crystal.n_atoms == count
    assert kinds(crystal) == []


@pytest.mark.parametrize(
    ("symbol", "position", "told"),
    [
        ("F d -3 m :1", "0 0 0", False), ("F d -3 m :2", "0.125 0.125 0.125", False), ("F d -3 m S", "0 0 0", False),
        ("F d -3 m Z", "0.125 0.125 0.125", False), ("F d 3 m (origin choice 2)", "0.125 0.125 0.125", False),
        ("F d -3 m", "0 0 0", True), ("F d -3 m", "0.125 0.125 0.125", True),
    ],
)  # fmt: skip
def test_both_origins_of_a_group(tmp_path: Path, symbol: str, position: str, told: bool) -> None:
    """Silicon has eight atoms in its cell; an origin that the symbol leaves open is the one that fits, and told."""
    head = f"_symmetry_space_group_name_H-M '{symbol}'"
    crystal = read_structure(written(tmp_path, CUBIC, [f"Si1 Si {position}"], head))
    assert crystal.formula == "Si8"
    assert kinds(crystal) == (["assumed-setting"] if told else [])


def test_the_formula_decides_between_origins() -> None:
    spinel = read_structure(FILES / "spinel_without_origin.cif")
    assert spinel.formula == "Al16Mg8O32"
    assert kinds(spinel) == []


@pytest.mark.parametrize("head", ["_space_group_IT_number 227", "_symmetry_space_group_name_Hall 'F 4d 2 3 -1d'"])
def test_number_and_hall_symbol(tmp_path: Path, head: str) -> None:
    assert read_structure(written(tmp_path, CUBIC, ["Si1 Si 0 0 0"], head)).formula == "Si8"


def test_a_hall_symbol_alone_is_enough() -> None:
    blende = read_structure(FILES / "hall_symbol.cif")
    assert blende.formula == "S4Zn4"
    assert kinds(blende) == []


@pytest.mark.parametrize(
    "head",
    [
        "_symmetry_space_group_name_H-M 'R -3 m :R'", "_symmetry_space_group_name_H-M 'R -3 m'",
        "_symmetry_space_group_name_H-M 'R -3 m R'", "_symmetry_Int_Tables_number 166",
        "_symmetry_space_group_name_Hall '-R 3 2\"'\n_symmetry_space_group_name_H-M 'R -3 m'",
    ],
)  # fmt: skip
def test_rhombohedral_axes_are_told_by_the_cell(tmp_path: Path, head: str) -> None:
    atoms = ("Bi1 Bi 0.4 0.4 0.4", "Te1 Te 0 0 0", "Te2 Te 0.2095 0.2095 0.2095")
    assert read_structure(written(tmp_path, RHOMBOHEDRAL, atoms, head)).formula == "Bi2Te3"


@pytest.mark.parametrize("symbol", ["R -3 m", "R -3 m :H", "R -3 m H"])
def test_hexagonal_axes(tmp_path: Path, symbol: str) -> None:
    atoms = ("Bi1 Bi 0 0 0.4", "Te1 Te 0 0 0", "Te2 Te 0 0 0.2095")
    crystal = read_structure(written(tmp_path, HEXAGONAL, atoms, f"_symmetry_space_group_name_H-M '{symbol}'"))
    assert crystal.formula == "Bi6Te9"


def test_corundum_on_rhombohedral_axes() -> None:
    corundum = read_structure(FILES / "rhombohedral_axes.cif")
    assert corundum.formula == "Al4O6"
    assert kinds(corundum) == []


def test_an_identity_alone_is_completed_and_told() -> None:
    fluorite = read_structure(FILES / "identity_only.cif")
    assert fluorite.formula == "Ca4F8"
    assert kinds(fluorite) == ["symmetry-completed"]
    assert "1 of the 192" in fluorite.notices[0].message


def test_generators_are_completed_to_their_group() -> None:
    crystal = read_structure(FILES / "three_of_four_operations.cif")
    assert crystal.n_atoms == 8
    assert "3 of the 4" in crystal.notices[0].message


@pytest.mark.parametrize("name", ["whole_cell_with_a_name.cif", "distorted_cell_with_a_name.cif"])
def test_a_whole_cell_keeps_its_atoms_though_a_group_is_named(name: str) -> None:
    crystal = read_structure(FILES / name)
    assert crystal.formula == "Cs4F4"
    assert kinds(crystal) == []


def test_a_whole_cell_without_operations(tmp_path: Path) -> None:
    """Listed copies of the named group count once; a cell distorted from it stays as it is listed."""
    for name, expected in (("whole_cell_with_a_name.cif", ["copies"]), ("distorted_cell_with_a_name.cif", [])):
        text = (FILES / name).read_text().replace("loop_\n_symmetry_equiv_pos_as_xyz\n'x,y,z'\n", "")
        (tmp_path / name).write_text(text)
        crystal = read_structure(tmp_path / name)
        assert crystal.formula == "Cs4F4"
        assert kinds(crystal) == expected


def test_the_formula_and_z_decide_whether_operations_are_missing(tmp_path: Path) -> None:
    head = (
        "_symmetry_space_group_name_H-M 'P -1'\n_chemical_formula_sum 'C O'\n_cell_formula_units_Z {}\n"
        "loop_\n_symmetry_equiv_pos_as_xyz\n'x,y,z'"
    )
    assert read_structure(written(tmp_path, TRICLINIC, PAIR, head.format(1))).n_atoms == 2
    assert read_structure(written(tmp_path, TRICLINIC, PAIR, head.format(2))).n_atoms == 4


def test_a_magnetic_group_with_its_centrings() -> None:
    assert read_structure(FILES / "magnetic_group.mcif").formula == "Mn4"


def test_a_symbol_that_does_not_fit_the_cell_is_told(tmp_path: Path) -> None:
    crystal = read_structure(written(tmp_path, TRICLINIC, PAIR, "_symmetry_space_group_name_H-M 'F m -3 m'"))
    assert crystal.n_atoms == 2
    assert "doesn't fit its cell" in crystal.notices[0].message
    assert "not understood" not in crystal.notices[0].message


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("_symmetry_space_group_name_H-M 'P 5 q'", "name of the file's space group (P 5 q) is not understood"),
        ("_symmetry_space_group_name_Hall 'P 5q'", "name of the file's space group (P 5q) is not understood"),
        ("_space_group_IT_number 225", "(no. 225) doesn't fit its cell"),
        ("loop_\n_symmetry_equiv_pos_as_xyz\n'x,y,q'", "operations of the file are not understood"),
    ],
)
def test_why_a_symmetry_was_not_used_is_told(tmp_path: Path, head: str, reason: str) -> None:
    crystal = read_structure(written(tmp_path, TRICLINIC, PAIR, head))
    assert crystal.n_atoms == 2
    assert kinds(crystal)[0] == "no-symmetry"
    assert reason in crystal.notices[0].message


@pytest.mark.parametrize(
    "tag", ["space_group_name_H-M_full", "symmetry_space_group_name_H-M", "space_group_name_H-M_alt"]
)
def test_a_full_symbol_under_any_tag(tmp_path: Path, tag: str) -> None:
    crystal = read_structure(written(tmp_path, CUBIC, ["Na1 Na 0 0 0", "Cl1 Cl .5 .5 .5"], f"_{tag} 'F 4/m -3 2/m'"))
    assert crystal.formula == "Cl4Na4"
    assert kinds(crystal) == []


def test_a_number_stands_in_for_a_name_that_is_not_understood(tmp_path: Path) -> None:
    head = "_symmetry_space_group_name_H-M 'rock salt'\n_symmetry_Int_Tables_number 225"
    assert read_structure(written(tmp_path, CUBIC, ["Na1 Na 0 0 0", "Cl1 Cl .5 .5 .5"], head)).formula == "Cl4Na4"


# ---- elements ----


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("labels_of_waters.cif", "Cl2MgO4"),  # WAT1, Ow2, O3W, W4 with a formula that has no tungsten
        ("labels_of_sites.cif", "O2Si"),  # T, Oco, Oc
        ("labels_in_capitals.cif", "ClFeH2O"),  # FE1, HO1, CL1, DW1 without a formula
        ("labels_of_a_peptide.cif", "C3N"),  # CA, CB beside N at 1.46 Å
        ("labels_of_calcium.cif", "CaO"),  # CA1 with oxygen at 2.4 Å
    ],
)
def test_elements_of_labels(name: str, formula: str) -> None:
    crystal = read_structure(FILES / name)
    assert crystal.formula == formula
    assert "assumed-elements" in kinds(crystal)


@pytest.mark.parametrize(
    ("labels", "formula", "expected"),
    [
        (("Os1", "S1"), "O S", "OS"), (("Os1", "S1"), "Os S", "OsS"), (("CO1", "N1"), "C N", "CN"),
        (("W1", "Na1"), "Na W", "NaW"), (("Co1", "O1"), "", "CoO"), (("Cs2", "O1"), "Cs O", "CsO"),
        (("CA1", "C2"), "C Ca", "CCa"), (("Dy1", "O1"), "", "DyO"), (("1C", "2O"), "", "CO"),
    ],
)  # fmt: skip
def test_the_formula_decides_what_a_label_means(tmp_path: Path, labels: tuple, formula: str, expected: str) -> None:
    head = "_symmetry_space_group_name_H-M 'P 1'" + (f"\n_chemical_formula_sum '{formula}'" if formula else "")
    atoms = [f"{label} {0.1 + 0.26 * k} 0.1 0.1" for k, label in enumerate(labels)]
    crystal = read_structure(written(tmp_path, (10, 10, 10, 90, 90, 90), atoms, head, tags="label"))
    assert crystal.formula == expected


def test_a_label_that_names_no_element_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, (8, 8, 8, 90, 90, 90), ["M1 0 0 0", "O1 0.3 0 0"], tags="label")
    with pytest.raises(XanesviewError, match="“M1”"):
        read_structure(path)


def test_formulas_as_files_write_them() -> None:
    assert formula_elements("C6 H5 D1 O2") == {6: 6, 1: 6, 8: 2}
    assert formula_elements("C10 H12 N1 1+") == {6: 10, 1: 12, 7: 1}
    assert formula_elements("Ca0.5 (Na0.5) O") == {20: 0.5, 11: 0.5, 8: 1}
    assert formula_elements("?") == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.62(1)Cu + 0.38(1)Al", [("Cu", 0.62), ("Al", 0.38)]), ("Cu0.62Al0.38", [("Cu", 0.62), ("Al", 0.38)]),
        ("0.5Fe3+ + 0.5Mg2+", [("Fe", 0.5), ("Mg", 0.5)]), ("Fe/Ni", [("Fe", 0.5), ("Ni", 0.5)]),
        ("0.9Fe", [("Fe", 0.9)]), ("Fe3+", []), ("O2-", []), ("O-2", []), ("Csp2", []), ("Cl", []), ("C12", []),
    ],
)  # fmt: skip
def test_types_that_are_several_elements(text: str, expected: list) -> None:
    assert mixed_type(text) == expected


def test_the_most_abundant_element_of_a_mixed_type_is_put_there() -> None:
    crystal = read_structure(FILES / "mixed_type.cif")
    assert crystal.formula == "MgNiO"
    assert "Ni/Fe" in crystal.notices[0].message
    assert "Mg1" in crystal.notices[1].message


# ---- syntax ----


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("utf_8_name.cif", "α-D-glucose, naïve"),
        ("latin_1_name.cif", "acide cinnamique (é)"),
        ("name_over_lines.cif", "tris(ethane-1,2-diamine- kappa2 N)cobalt"),
    ],
)
def test_names_beyond_ascii_and_over_lines(name: str, title: str) -> None:
    crystal = read_structure(FILES / name)
    assert crystal.name == title
    assert crystal.n_atoms == 2
    assert kinds(crystal) == []


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("_chemical_name_common\n;\n caf\\'eine\n;", "caféine"),
        ("_chemical_name_common '\\b-quartz'", "β-quartz"),
        ("_chemical_name_common \"5'-phosphate\"", "5'-phosphate"),
        ("_chemical_name_common 'a dog's life'", "a dog's life"),
        ("_chemical_name_common never quoted at all", "never quoted at all"),
        ("_chemical_name_common 'never closed", "never closed"),
        ("_journal_volume\n_chemical_name_common twice\n_cell_length_a 99", "twice"),
    ],
)
def test_values_in_broken_and_unusual_quotes(tmp_path: Path, head: str, title: str) -> None:
    crystal = read_structure(written(tmp_path, MONOCLINIC, PAIR, f"{head}\n_symmetry_space_group_name_H-M P 1 21/c 1"))
    assert crystal.name == title
    assert crystal.n_atoms == 8
    assert np.linalg.norm(crystal.cell_angstrom[0]) == pytest.approx(7)


def test_an_incomplete_row_is_told(tmp_path: Path) -> None:
    with pytest.raises(XanesviewError, match="fewer values"):
        read_structure(written(tmp_path, MONOCLINIC, [*PAIR, "O2 O 0.5"]))


# ---- mmCIF ----


def test_mmcif_gives_the_first_model_and_one_alternative() -> None:
    molecule = read_structure(FILES / "macromolecule.cif")
    assert molecule.formula == "CaH2O"
    assert not molecule.is_periodic
    assert molecule.name == "Hydroxide and water"
    np.testing.assert_allclose(molecule.positions_angstrom[2], [2.7, 0.0, 0.9])
    assert kinds(molecule) == ["several-frames", "alternatives", "deuterium"]


def test_mmcif_of_an_asymmetric_unit_is_told() -> None:
    molecule = read_structure(FILES / "asymmetric_unit_of_protein.cif")
    assert not molecule.is_periodic
    assert "P 21 21 21" in next(n.message for n in molecule.notices if n.kind == "asymmetric-unit")


def test_a_component_of_the_protein_data_bank_has_its_ideal_coordinates() -> None:
    formaldehyde = read_structure(FILES / "component.cif")
    assert formaldehyde.formula == "CH2O"
    assert formaldehyde.name == "FORMYL GROUP"
    assert np.linalg.norm(formaldehyde.positions_angstrom[1]) == pytest.approx(1.205)


def test_mmcif_without_elements_and_cells_of_zeros(tmp_path: Path) -> None:
    rows = "ALA CA 0 0 0\nALA CB 1.53 0 0\nALA 1HB 1.9 1 0\nCA CA 8 0 0\n"
    tags = ("label_comp_id", "label_atom_id", "Cartn_x", "Cartn_y", "Cartn_z")
    (tmp_path / "names.cif").write_text("data_x\nloop_\n" + "".join(f"_atom_site.{tag}\n" for tag in tags) + rows)
    assert read_structure(tmp_path / "names.cif").formula == "C2HCa"
    path = written(tmp_path, (0, 0, 0, 90, 90, 90), ["C1 C 0 0 0", "O1 O 1.13 0 0"])
    path.write_text(path.read_text().replace("fract", "Cartn"))
    molecule = read_structure(path)
    assert molecule.formula == "CO"
    assert not molecule.is_periodic


def test_a_file_of_many_blocks_is_read_soon_or_refused(tmp_path):
    crystal = (
        "data_a\n_cell_length_a 5\n_cell_length_b 5\n_cell_length_c 5\n_cell_angle_alpha 90\n_cell_angle_beta 90\n"
        "_cell_angle_gamma 90\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n"
        "Fe1 0 0 0\n"
    )
    path = tmp_path / "many.cif"
    path.write_text(crystal + "".join(f"data_{k}\n_x 1\n" for k in range(50_000)))
    began = time.process_time()
    assert read_structure(path).n_atoms == 1
    assert time.process_time() - began < 5.0
    path.write_text(crystal + "".join(f"data_{k}\n_x 1\n" for k in range(200_000)))
    with pytest.raises(XanesviewError, match="more than 100,000 data blocks"):
        read_structure(path)
