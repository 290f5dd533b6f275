"""Many structures at once: folders, files of many, and what is passed over."""

from __future__ import annotations

import shutil

import pytest

from xanesview.errors import XanesviewError
from xanesview.io.examples import find_example
from xanesview.io.structure_sources import structure_sources

WATER = "3\n{title}\nO 0 0 0.1\nH 0 0.76 -0.48\nH 0 -0.76 -0.48\n"
MOL = """{title}
  hand

  2  1  0  0  0  0  0  0  0  0999 V2000
    0.0000    0.0000    0.0000 C   0  0
    1.2000    0.0000    0.3000 O   0  0
  1  2  2  0
M  END
$$$$
"""


@pytest.fixture
def folder(tmp_path):
    shutil.copy(find_example("benzene").path, tmp_path / "b.extxyz")
    (tmp_path / "a.xyz").write_text(WATER.format(title="") * 3)
    (tmp_path / "many.sdf").write_text(MOL.format(title="formaldehyde") + MOL.format(title=""))
    (tmp_path / "notes.txt").write_text("what these are\n")
    (tmp_path / ".hidden.xyz").write_text(WATER.format(title=""))
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "c.xyz").write_text(WATER.format(title=""))
    return tmp_path


def test_a_folder_gives_its_structures_by_name_a_trajectory_once_and_each_molecule_of_a_collection(folder):
    found = structure_sources([folder])
    assert [(one.path.name, one.frame) for one in found] == [
        ("a.xyz", None), ("b.extxyz", None), ("many.sdf", 0), ("many.sdf", 1)
    ]  # fmt: skip
    assert [one.name for one in found] == ["a", "b", "many 1", "many 2"]


def test_a_molecule_is_called_by_its_title_where_it_has_one(folder):
    first, second = structure_sources([folder / "many.sdf"])
    assert first.name_of(first.read()) == "formaldehyde"
    assert second.name_of(second.read()) == "many 2"


def test_a_file_that_is_named_itself_gives_all_its_frames(folder):
    found = structure_sources([folder / "a.xyz", folder / "b.extxyz"])
    assert [one.frame for one in found] == [0, 1, 2, None]
    assert found[1].read().frame == 1


def test_what_is_cut_off_is_told_of_when_its_turn_comes(tmp_path):
    (tmp_path / "cut.xyz").write_text("5\n\nC 0 0\n")
    (one,) = structure_sources([tmp_path])
    with pytest.raises(XanesviewError):
        one.read()
    assert structure_sources([tmp_path / "cut.xyz"]) == [one]


def test_a_folder_without_structures_is_told(tmp_path):
    with pytest.raises(XanesviewError, match="no structure in"):
        structure_sources([tmp_path])
