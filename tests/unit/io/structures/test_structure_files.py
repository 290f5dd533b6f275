"""Structure files as people have them: what is read, what is assumed and said, what is refused and why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.registry import read_structure, structure_format, write_structure

FILES = Path(__file__).parents[3] / "data" / "structures"


def kinds(structure: Structure) -> list[str]:
    return [notice.kind for notice in structure.notices]


def message(structure: Structure, kind: str) -> str:
    return next(notice.message for notice in structure.notices if notice.kind == kind)


@pytest.mark.parametrize(
    ("name", "formula", "periodic"),
    [
        ("water.xyz", "H2O", False),
        ("windows_line_ends.xyz", "H2O", False),
        ("utf16.xyz", "H2O", False),
        ("atomic_numbers_and_labels.xyz", "CO2", False),
        ("graphene.extxyz", "C2", True),
        ("graphite.cif", "C4", True),
        ("sodium_chloride.cif", "Cl4Na4", True),
        ("POSCAR_rutile", "O4Ti2", True),
        ("POSCAR_volume", "Si", True),
        ("packed_cell.pdb", "CaO", True),
        ("ethanol.mol", "C2H6O", False),
        ("ethanol_v3000.mol", "C2H6O", False),
    ],
)
def test_clean_files_are_read_without_a_notice(name: str, formula: str, periodic: bool) -> None:
    structure = read_structure(FILES / name)
    assert structure.formula == formula
    assert structure.is_periodic is periodic
    assert structure.notices == ()
    assert structure.source.endswith(name)


def test_extended_xyz_keeps_name_cell_and_open_direction() -> None:
    sheet = read_structure(FILES / "graphene.extxyz")
    assert sheet.name == "graphene sheet"
    assert sheet.pbc.tolist() == [True, True, False]
    np.testing.assert_allclose(sheet.cell_angstrom[1], [-1.23, 2.1304225, 0.0])
    np.testing.assert_allclose(sheet.surface_normal, [0, 0, 1])


def test_rocksalt_gets_its_whole_cell_from_the_space_group_symbol() -> None:
    salt = read_structure(FILES / "sodium_chloride.cif")
    sodium = salt.positions_angstrom[salt.numbers == 11] / 5.64 % 1.0
    expected = {(0.0, 0.0, 0.0), (0.0, 0.5, 0.5), (0.5, 0.0, 0.5), (0.5, 0.5, 0.0)}
    assert {tuple(np.round(row, 6) % 1.0) for row in sodium} == expected
    assert salt.name == "Halite"


def test_coordinates_rounded_near_a_special_position_make_one_atom() -> None:
    graphite = read_structure(FILES / "graphite.cif")  # lists 0.33 where 1/3 is meant
    assert graphite.n_atoms == 4


def test_poscar_positions_and_fixed_atoms() -> None:
    rutile = read_structure(FILES / "POSCAR_rutile")
    np.testing.assert_allclose(rutile.positions_angstrom[2], [0.3053 * 4.594, 0.3053 * 4.594, 0.0])
    assert rutile.symbols == ["Ti", "Ti", "O", "O", "O", "O"]


def test_poscar_with_a_volume_for_its_scale() -> None:
    crystal = read_structure(FILES / "POSCAR_volume")
    assert np.linalg.det(crystal.cell_angstrom) == pytest.approx(64.0)
    np.testing.assert_allclose(crystal.positions_angstrom, [[1.0, 1.0, 1.0]])


def test_poscar_without_elements_takes_them_from_the_comment_and_says_so() -> None:
    oxide = read_structure(FILES / "POSCAR_no_elements")
    assert oxide.formula == "Mg4O4"
    assert "Mg, O were taken from its comment line" in message(oxide, "assumed-elements")


@pytest.mark.parametrize("name", ["benzene_without_hydrogens.cif", "benzene_without_hydrogens_or_formula.cif"])
def test_a_crystal_without_its_hydrogens_says_what_was_assumed(name: str) -> None:
    crystal = read_structure(FILES / name)
    assert kinds(crystal) == ["missing-hydrogens"]
    text = message(crystal, "missing-hydrogens")
    assert "no hydrogen" in text
    assert "as they stand" in text
    assert crystal.notices[0].hint.startswith("Add the hydrogens")


def test_urea_without_hydrogens_is_noticed_by_its_bare_nitrogens() -> None:
    assert "4 atoms (N" in message(read_structure(FILES / "urea_without_hydrogens.cif"), "missing-hydrogens")


def test_two_elements_on_one_position() -> None:
    alloy = read_structure(FILES / "mixed_occupancy.cif")
    assert alloy.symbols == ["Fe", "Fe"]
    assert set(kinds(alloy)) == {"partial-occupancy"}
    assert "Fe/Ni" in alloy.notices[0].message
    assert "Fe2" in alloy.notices[1].message


def test_the_most_occupied_disordered_group_is_kept() -> None:
    methanol = read_structure(FILES / "disordered_methanol.cif")
    assert methanol.formula == "CH4O"
    oxygen = methanol.positions_angstrom[methanol.numbers == 8][0]
    np.testing.assert_allclose(oxygen, [0.55 * 6, 0.52 * 6, 0.7330 * 6])
    assert "group 2" in message(methanol, "alternatives")


def test_half_occupied_atoms_that_overlap_their_image_become_one() -> None:
    crystal = read_structure(FILES / "overlapping_half_atoms.cif")
    assert crystal.formula == "Cl2Na"
    assert {"partial-occupancy", "alternatives"} <= set(kinds(crystal))


def test_a_molecule_disordered_about_an_inversion_centre_stays_whole() -> None:
    crystal = read_structure(FILES / "disordered_about_inversion.cif")
    assert crystal.formula == "C2N"
    x = crystal.positions_angstrom[:, 0]
    np.testing.assert_allclose(np.sort(x), [0.46 * 8, 0.60 * 8, 0.78 * 8])
    assert "alternatives" in kinds(crystal)


@pytest.mark.parametrize(
    ("name", "formula", "count"),
    [
        ("deuterated_methanol.xyz", "CH4O", 3),
        ("deuterium.cif", "H2O", 2),
        ("deuterated_formaldehyde.mol", "CH2O", 2),
    ],
)
def test_deuterium_is_hydrogen(name: str, formula: str, count: int) -> None:
    structure = read_structure(FILES / name)
    assert structure.formula == formula
    assert message(structure, "deuterium").startswith(f"{count} deuterium")


@pytest.mark.parametrize(
    ("name", "which", "x"),
    [("methane_trajectory.xyz", "last", 0.1), ("models.pdb", "first", 0.0), ("two_molecules.sdf", "first", 1.4149)],
)
def test_files_of_several_structures_use_one_and_say_which(name: str, which: str, x: float) -> None:
    structure = read_structure(FILES / name)
    assert f"2 structures; the {which} one" in message(structure, "several-frames")
    assert structure.positions_angstrom[0, 0] == pytest.approx(x)


def test_pdb_alternatives_keep_the_most_occupied() -> None:
    serine = read_structure(FILES / "alternatives.pdb")
    assert serine.formula == "C3NO2"
    assert not serine.is_periodic  # CRYST1 with a cell of 1 Å means none
    np.testing.assert_allclose(serine.positions_angstrom[4], [0.03, -0.91, 1.23])
    assert "B (most occupied) was kept" in message(serine, "alternatives")
    assert "missing-hydrogens" in kinds(serine)


def test_pdb_asymmetric_unit_is_told() -> None:
    unit = read_structure(FILES / "asymmetric_unit.pdb")
    assert not unit.is_periodic
    assert "P 21 21 21" in message(unit, "asymmetric-unit")


def test_mol_file_without_hydrogens_gets_them() -> None:
    ethanol = read_structure(FILES / "ethanol_without_hydrogens.mol")
    assert ethanol.formula == "C2H6O"
    assert ethanol.smiles == "CCO"
    assert "6 hydrogens; they were added" in message(ethanol, "missing-hydrogens")


def test_flat_drawing_becomes_three_dimensional() -> None:
    aldehyde = read_structure(FILES / "benzaldehyde_drawing.mol")
    assert aldehyde.formula == "C7H6O"
    assert kinds(aldehyde) == ["flat-drawing"]
    carbonyl = np.linalg.norm(
        aldehyde.positions_angstrom[aldehyde.numbers == 8][0] - aldehyde.positions_angstrom[6]
    )
    assert carbonyl == pytest.approx(1.22, abs=0.03)  # not the 1.5 units of a drawing


def test_close_contact_is_noticed() -> None:
    squeezed = read_structure(FILES / "close_contact.xyz")
    assert kinds(squeezed) == ["overlap"]
    assert "0.84 Å" in squeezed.notices[0].message


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("nan.xyz", "not a finite number"),
        ("nan.mol", "not a finite number"),
        ("decimal_comma.xyz", "not a number"),
        ("no_atoms.xyz", "no atoms"),
        ("cut_off.xyz", "announces 5 atoms but holds 2"),
        ("count_too_small.xyz", "should hold the next number of atoms"),
        ("unknown_element.xyz", "not a chemical element"),
        ("placeholder.xyz", "a placeholder"),
        ("overlapping.xyz", "overlap: they are 0.02 Å apart"),
        ("far_away.xyz", "from the origin"),
        ("bad_lattice.extxyz", "nine numbers"),
        ("flat_lattice.extxyz", "no volume"),
        ("cut_off.cif", "no atoms"),
        ("reflections_only.cif", "no atoms"),
        ("no_cell.cif", "no _cell_length_a"),
        ("broken_coordinate.cif", "“zero”"),
        ("POSCAR_cut_off", "announces 6 atoms but holds coordinates of 3"),
        ("POSCAR_unknown_elements", "which elements"),
        ("cut_off.mol", "announces 9 atoms"),
        ("r_group.mol", "placeholder"),
        ("binary.xyz", "binary"),
        ("empty.cif", "empty"),
        ("prose.txt", "not known"),
        ("missing.xyz", "There is no file"),
        (".", "is a folder"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence_with_a_hint(name: str, part: str) -> None:
    with pytest.raises(XanesviewError) as caught:
        read_structure(FILES / name)
    assert part in caught.value.message
    assert caught.value.message.endswith(".")
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    huge = tmp_path / "trajectory.xyz"
    with huge.open("wb") as stream:
        stream.truncate(3_000_000_000)  # sparse: takes no room on disk
    with pytest.raises(XanesviewError, match="has 3 GB; files up to 200 MB"):
        read_structure(huge)


def test_a_compressed_file_is_told_as_such(tmp_path: Path) -> None:
    packed = tmp_path / "benzene.xyz.gz"
    packed.write_bytes(b"\x1f\x8b\x08\x00rest")
    with pytest.raises(XanesviewError, match="gzip") as caught:
        read_structure(packed)
    assert "Unpack" in caught.value.hint


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.xyz"
    path.write_text("1\n\nC 0 0 0\n")

    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # root may read everything, so the system can't be asked to refuse
    with pytest.raises(XanesviewError, match="Permission denied"):
        read_structure(path)


def test_content_outweighs_the_name(tmp_path: Path) -> None:
    disguised = tmp_path / "water.cif"
    disguised.write_bytes((FILES / "water.xyz").read_bytes())
    assert read_structure(disguised).formula == "H2O"
    for name, copy, expected in (("graphite.cif", "anything", "CIF"), ("POSCAR_rutile", "a.dat", "POSCAR and CONTCAR")):
        (tmp_path / copy).write_bytes((FILES / name).read_bytes())
        assert structure_format(tmp_path / copy).name == expected


@pytest.mark.parametrize("suffix", [".extxyz", ".cif", ".xyz"])
def test_written_crystals_come_back(tmp_path: Path, suffix: str) -> None:
    salt = read_structure(FILES / "sodium_chloride.cif")
    path = tmp_path / f"salt{suffix}"
    write_structure(path, salt)
    back = read_structure(path)
    np.testing.assert_allclose(back.positions_angstrom, salt.positions_angstrom, atol=1e-6)
    np.testing.assert_allclose(back.cell_angstrom, salt.cell_angstrom, atol=1e-6)
    assert back.symbols == salt.symbols
    assert list(tmp_path.iterdir()) == [path]


def test_written_molecules_keep_what_is_known_of_them(tmp_path: Path) -> None:
    acetate = Structure(
        [6, 8], [[0, 0, 0], [0, 0, 1.2]], name='a "quoted" name', smiles=r"C/C=C\C", charge=-1, multiplicity=2
    )
    path = tmp_path / "molecule.extxyz"
    write_structure(path, acetate)
    back = read_structure(path)
    assert (back.name, back.smiles, back.charge, back.multiplicity) == ('a "quoted" name', r"C/C=C\C", -1, 2)
    assert back.content_hash == acetate.content_hash
    assert not back.is_periodic


def test_molecules_are_not_written_as_cif_and_unknown_endings_are_told(tmp_path: Path) -> None:
    water = read_structure(FILES / "water.xyz")
    with pytest.raises(XanesviewError, match="without a unit cell"):
        write_structure(tmp_path / "water.cif", water)
    with pytest.raises(XanesviewError, match=r"\.docx"):
        write_structure(tmp_path / "water.docx", water)
    with pytest.raises(XanesviewError, match="no folder"):
        write_structure(tmp_path / "nowhere" / "water.xyz", water)
    assert list(tmp_path.iterdir()) == []


def test_five_thousand_atoms_are_read_quickly(tmp_path: Path) -> None:
    grid = np.stack(np.meshgrid(*[np.arange(17)] * 3, indexing="ij"), -1).reshape(-1, 3) * 1.55
    lines = [str(len(grid)), "block"] + [f"Si {x} {y} {z}" for x, y, z in grid]
    path = tmp_path / "block.xyz"
    path.write_text("\n".join(lines))
    assert read_structure(path).n_atoms == 4913
