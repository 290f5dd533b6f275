"""``xanesview compute`` and ``xanesview dataset``: what lies in the folder, what is told, what a second run does."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.cli.main import main
from xanesview.reference.engine.diffuse_set import DIFFUSE_SET
from xanesview.training.data.dataset import read_datasets

LIST = "# a comment\nmethanal C=O val\nradical [CH3] train\nborane CB(C)C train\nmethane C\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A list with two good molecules and two bad ones, computed in this process."""
    place = tmp_path_factory.mktemp("computed")
    (place / "list.txt").write_text(LIST, encoding="utf-8")
    out = place / "out"
    command = ["compute", "--list", str(place / "list.txt"), "--out", str(out), "--processes", "1", "--properties"]
    assert main([*command, "--quiet"]) == 1, "two can't be computed"
    return place


def test_good_molecules_are_files_and_bad_ones_lines(folder):
    out = folder / "out"
    assert sorted(p.name for p in out.glob("*.npz")) == ["C_methanal.npz", "C_methane.npz"]
    failures = (out / "failures.tsv").read_text(encoding="utf-8").splitlines()
    assert [line.split("\t")[0] for line in failures] == ["C_radical.npz", "C_borane.npz"]
    assert "unpaired electrons" in failures[0]
    assert "no basis for B" in failures[1]
    with np.load(out / "C_methanal.npz") as found:
        assert list(found["sites"]) == [0]
        assert 280 < found["energy"][0] - 6.77 < 290
        dipole_debye, homo_ev, lumo_ev = found["properties"][[0, 2, 3]]
        assert 1.5 < dipole_debye < 3.5
        assert homo_ev < -8 < lumo_ev
        assert len(found["dipole"]) == len(found["energy"]) == found["ptr"][-1]


def test_second_run_computes_nothing(folder, capsys):
    before = {p: p.stat().st_mtime_ns for p in (folder / "out").iterdir()}
    code = main(["compute", "--list", str(folder / "list.txt"), "--out", str(folder / "out"), "--processes", "1"])
    assert code == 0
    told = capsys.readouterr().err
    assert "2 of 4 molecules are done already." in told
    assert "2 of 4 molecules had failed before and are left out. failures.tsv says why; --retry" in told
    assert {p: p.stat().st_mtime_ns for p in (folder / "out").iterdir()} == before


def test_results_become_a_data_file_that_training_reads(folder, tmp_path, capsys):
    out = tmp_path / "block.h5"
    assert main(["dataset", "build", str(folder / "out"), "--out", str(out)]) == 0
    again = ["dataset", "build", str(folder / "out"), "--edge", "C K", "--out", str(folder / "again.h5")]
    assert main(again) == 0, "the edge may be named as those of FEFF10 are"
    data = read_datasets([out], np.arange(280.0, 305.0, 0.5))
    names = {m.name: m.split for m in data.structures}
    assert names["methanal"] == "val"
    assert data.energy_offset_ev == pytest.approx(-6.77)
    capsys.readouterr()
    assert main(["dataset", "info", str(out)]) == 0
    told = capsys.readouterr().out
    assert "element: C" in told
    assert f"diffuse_set: {DIFFUSE_SET}" in told
    assert "val: 1 molecule, 1 site" in told


def test_file_is_computed_as_it_lies(tmp_path):
    xyz = "4\nformaldehyde\nC 0 0 -0.53\nO 0 0 0.675\nH 0 0.94 -1.11\nH 0 -0.94 -1.11\n"
    (tmp_path / "flat.xyz").write_text(xyz, encoding="utf-8")
    out = tmp_path / "out"
    command = ["compute", str(tmp_path / "flat.xyz"), "--edge", "O", "--out", str(out), "--processes", "1", "--quiet"]
    assert main(command) == 0
    with np.load(out / "O_flat.npz") as found:
        assert found["pos"][1] == pytest.approx([0, 0, 0.675])
        assert list(found["sites"]) == [1]


def test_run_goes_on_when_a_library_fails(tmp_path, monkeypatch, capsys):
    def fail(*_arguments, **_choices):
        raise RuntimeError("MMFF has no idea")

    monkeypatch.setattr("rdkit.Chem.rdDistGeom.EmbedMolecule", fail)
    command = ["compute", "--smiles", "C", "--smiles", "CC", "--out", str(tmp_path / "out"), "--processes", "1"]
    assert main(command) == 1
    told = capsys.readouterr()
    assert told.err.count("could not be finished") == 2
    assert "MMFF" not in told.err
    assert "2 failed" in told.out
    assert (tmp_path / "out" / "failures.tsv").read_text(encoding="utf-8").count("MMFF has no idea") == 2


def test_processes_on_several_cores(tmp_path, capsys):
    command = ["compute", "--smiles", "C", "--smiles", "C#C", "--out", str(tmp_path / "out"), "--processes", "2"]
    assert main(command) == 0
    assert sorted(p.name for p in (tmp_path / "out").glob("*.npz")) == ["C_C.npz", "C_C_C.npz"]
    assert "2 of 2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--edge", "C"], 2, "Nothing to compute"),
        (["--list", "nowhere.txt"], 1, "nowhere.txt"),
        (["--smiles", "C", "--sites", "O"], 2, "contradicts"),
        (["--smiles", "C", "--scheduler", "tcp://127.0.0.1:9"], 1, "hint:"),
    ],
)
def test_wrong_usage_is_one_line_and_a_hint(words, code, told, tmp_path, capsys):
    assert main(["compute", *words, "--out", str(tmp_path / "out")]) == code
    error = capsys.readouterr().err
    assert error.startswith("error:")
    assert told in error


def test_info_of_no_data_file(tmp_path, capsys):
    (tmp_path / "x.h5").write_text("no", encoding="utf-8")
    assert main(["dataset", "info", str(tmp_path / "x.h5")]) == 1
    assert "not a data file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--processes", "0"], "--processes is “0”; it goes from 1 to"),
        (["--processes", "-5"], "--processes is “-5”; it goes from 1 to"),
        (["--minutes", "-1"], "--minutes is “-1”; it"),
        (["--part", "5", "--parts", "2"], "no part 5 of 2"),
        (["--part", "-1"], "--part is “-1”; it goes from 0 to"),
        (["--parts", "0"], "--parts is “0”; it goes from 1 to"),
    ],
)
def test_numbers_that_mean_nothing_are_wrong_usage(words: list[str], told: str, tmp_path, capsys):
    assert main(["compute", "--smiles", "C", "--out", str(tmp_path / "out"), *words]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("processes", ["1", "2"])
def test_nothing_is_left_to_be_done(processes: str, tmp_path, capsys):
    """A part without molecules, or a command that is repeated after its end."""
    command = ["compute", "--smiles", "C", "--out", str(tmp_path / "out"), "--processes", processes]
    assert main([*command, "--part", "1", "--parts", "2"]) == 0
    assert "0 molecules, 0 sites" in capsys.readouterr().out
