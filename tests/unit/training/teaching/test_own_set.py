"""The set of the user's own spectra: grows, keeps each site once, takes data files in, forgives damaged ones."""

from __future__ import annotations

import pytest

from tests.library_blocks import record, write
from tests.teaching_files import SMILES, computed, molecule
from xanesview.cli.main import main
from xanesview.errors import XanesviewError
from xanesview.training.teaching.own_set import APART, OUT, TEACHES, OwnSet


@pytest.fixture
def own(tmp_path):
    return OwnSet(tmp_path / "own_spectra")


def test_a_site_is_kept_once_and_sites_of_a_molecule_stand_together(own):
    ethane = molecule("CC")
    assert own.add(ethane, "C", computed(ethane, [0]))
    assert not own.add(ethane, "C", computed(ethane, [0])), "it is there already"
    assert own.add(ethane, "C", computed(ethane, [1]))
    (entry,) = own.content().entries
    assert (entry.n_sites, entry.element, entry.edge, entry.formula) == (2, "C", "K", "C2H6")


def test_the_folder_is_what_dataset_build_takes(own, tmp_path, capsys):
    for smiles in ("CC", "CCO"):
        own.add(molecule(smiles), "C", computed(molecule(smiles)))
    assert main(["dataset", "build", str(own.folder), "--out", str(tmp_path / "own.h5")]) == 0
    assert "2 molecules, 4 sites" in capsys.readouterr().out


def test_about_a_third_is_kept_apart_for_good_and_one_constitution_together(own):
    for smiles in SMILES:
        own.add(molecule(smiles), "C", computed(molecule(smiles)))
    other = molecule("CCO").replace(positions_angstrom=molecule("CCO").positions_angstrom * 1.01)
    own.add(other, "C", computed(other))
    entries = own.content().entries
    marks = own.marks(entries)
    groups = {one.constitution: marks[one.key] for one in entries}
    assert len(groups) == len(SMILES)
    assert 2 <= sum(mark == APART for mark in groups.values()) <= 3
    assert all(marks[one.key] == groups[one.constitution] for one in entries)
    own.set_marks({entries[0].key: OUT})
    new = molecule("CCCC")
    own.add(new, "C", computed(new))
    again = own.marks(own.content().entries)
    assert again[entries[0].key] == OUT
    assert all(again[key] == mark for key, mark in marks.items() if key != entries[0].key)
    assert set(again.values()) <= {TEACHES, APART, OUT}


def test_a_damaged_result_is_told_and_stays_and_its_molecule_can_be_added_again(own):
    ethane, ethanol = molecule("CC"), molecule("CCO")
    own.add(ethane, "C", computed(ethane))
    own.add(ethanol, "C", computed(ethanol))
    path = own.content().entries[0].path
    path.write_bytes(path.read_bytes()[:200])
    content = own.content()
    assert len(content.entries) == 1
    assert len(content.problems) == 1
    assert path.name in content.problems[0]
    for one in (ethane, ethanol):
        own.add(one, "C", computed(one))
    assert len(own.content().entries) == 2
    assert path.with_suffix(".damaged").exists(), "nothing is thrown away"


def test_damaged_marks_are_made_anew(own):
    own.add(molecule("CC"), "C", computed(molecule("CC")))
    own.marks(own.content().entries)
    (own.folder / "marks.json").write_text("{", encoding="utf-8")
    assert set(own.marks(own.content().entries).values()) == {TEACHES}


def test_a_data_file_is_taken_in_once(own, tmp_path):
    file = write(tmp_path / "block.h5", [record(molecule(s), name=s, smiles=s) for s in ("CC", "CCO")])
    own.add_file(file)
    own.add_file(file)
    entries = own.content().entries
    assert [(one.name, one.n_sites, one.is_imported) for one in entries] == [("CC", 2, True), ("CCO", 2, True)]
    (tmp_path / "none.h5").write_bytes(b"no data")
    with pytest.raises(XanesviewError, match=r"none\.h5"):
        own.add_file(tmp_path / "none.h5")
    assert len(own.content().entries) == 2


def test_a_slab_is_not_taken(own):
    slab = molecule("CC").replace(cell_angstrom=[[9, 0, 0], [0, 9, 0], [0, 0, 9]], pbc=[True, True, False])
    assert not own.add(slab, "C", computed(slab))
