"""Of a crystal the messages name the atoms that the file lists, not those that its symmetry makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from xanesview.errors import XanesviewError
from xanesview.io.structures.registry import read_structure

HEAD = """data_x
_cell_length_a 11.0
_cell_length_b 11.0
_cell_length_c 11.0
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'F m -3 m'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
"""


def written(folder: Path, *rows: str) -> Path:
    path = folder / "cubic.cif"
    path.write_text(HEAD + "\n".join(rows) + "\n")
    return path


def test_atoms_that_overlap_are_named_by_their_labels(tmp_path: Path) -> None:
    path = written(tmp_path, "Cu1 Cu 0 0 0", "O7 O 0.25 0.25 0.25", "N9 N 0.25 0.25 0.30")
    with pytest.raises(XanesviewError) as told:
        read_structure(path)
    assert told.value.message.startswith(("O7 and N9 of cubic.cif overlap", "N9 and O7 of cubic.cif overlap"))


def test_copies_of_one_atom_share_its_label(tmp_path: Path) -> None:
    path = written(tmp_path, "Cu1 Cu 0 0 0", "O7 O 0.25 0.25 0.28")
    with pytest.raises(XanesviewError, match=r"^O7 and its symmetry copy of cubic\.cif overlap"):
        read_structure(path)


def test_labels_that_several_rows_have_are_told_with_their_row(tmp_path: Path) -> None:
    path = written(tmp_path, "Cu Cu 0 0 0", "O O 0.25 0.25 0.25", "O O 0.25 0.25 0.30")
    with pytest.raises(XanesviewError) as told:
        read_structure(path)
    assert "O (row 2)" in told.value.message
    assert "O (row 3)" in told.value.message


def test_missing_hydrogens_are_told_of_listed_atoms(tmp_path: Path) -> None:
    path = written(tmp_path, "Cu1 Cu 0 0 0", "C12 C 0.25 0.25 0.25")
    (notice,) = [notice for notice in read_structure(path).notices if notice.kind == "missing-hydrogens"]
    assert "(C12)" in notice.message


def test_atoms_far_outside_are_named_too(tmp_path: Path) -> None:
    path = written(tmp_path, "Cu1 Cu 0 0 0", "C12 C nan 0.25 0.25")
    with pytest.raises(XanesviewError, match="C12"):
        read_structure(path)
