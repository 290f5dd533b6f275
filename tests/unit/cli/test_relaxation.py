"""``--relax`` of the command line: what it does to SMILES and to files, and what written files say of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from xanesview.cli.main import main
from xanesview.io.spectra.tables import read_prediction_csv

ORIGIN = "geometry_origin"


@pytest.mark.parametrize(
    ("words", "origin"),
    [
        ([], "GFN2-xTB (before: MMFF94; rms "),
        (["--relax", "gfn2"], "GFN2-xTB (before: MMFF94; rms "),
        (["--relax", "mmff"], "MMFF94"),
        (["--relax", "none"], "ETKDG embedding"),
    ],
)
def test_predictions_say_how_the_geometry_was_made(formula, tmp_path, words, origin):
    out = tmp_path / "methane.csv"
    assert main(["predict", "--smiles", "C", *words, "--out", str(out), "--quiet"]) == 0
    assert read_prediction_csv(out).header[ORIGIN].startswith(origin)


def test_files_are_relaxed_only_where_it_is_asked_for(formula, tmp_path, capsys):
    path, out = tmp_path / "stretched.xyz", tmp_path / "out.csv"
    path.write_text("2\ncarbon monoxide\nC 0 0 0\nO 0 0 1.25\n")
    assert main(["predict", str(path), "--out", str(out)]) == 0
    assert ORIGIN not in read_prediction_csv(out).header
    assert main(["predict", str(path), "--relax", "gfn2", "--out", str(out)]) == 0
    assert read_prediction_csv(out).header[ORIGIN].startswith("GFN2-xTB (before: the file; rms 0.0")
    capsys.readouterr()
    assert main(["predict", str(path), "--relax", "mmff", "--out", str(out)]) == 2
    assert "--relax mmff relaxes molecules from SMILES only." in capsys.readouterr().err
    assert main(["compute", str(path), "--relax", "mmff", "--out", str(tmp_path / "folder")]) == 2


def test_a_crystal_is_not_relaxed(tmp_path, capsys):
    path = tmp_path / "cell.extxyz"
    path.write_text('1\nLattice="3 0 0 0 3 0 0 0 3" Properties=species:S:1:pos:R:3 pbc="T T T"\nC 0 0 0\n')
    assert main(["render", str(path), "--relax", "gfn2", "--out", str(tmp_path / "out.png")]) == 1
    assert "is a crystal; molecules are relaxed" in capsys.readouterr().err


def test_info_tells_the_geometry_and_why_it_is_not_a_better_one(capsys):
    assert main(["info", "--smiles", "N#N", "--smiles", "[Na+].[Cl-]"]) == 0
    told = capsys.readouterr().out
    assert "geometry    GFN2-xTB (before: MMFF94; rms 0.1" in told
    assert "has separate parts, and how they lie to each other is not known" in told
    assert main(["info", "--smiles", "N#N", "--relax", "mmff"]) == 0
    assert "geometry    MMFF94\n" in capsys.readouterr().out


def test_a_terminal_sees_the_steps(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert main(["info", "--smiles", "C"]) == 0
    assert "relaxing C: step 0, largest force 0." in capsys.readouterr().err


def test_compute_takes_the_three_ways_too(monkeypatch, tmp_path):
    from xanesview.cli import compute

    asked: list = []
    monkeypatch.setattr(compute, "_check_engine", lambda _: None)
    monkeypatch.setattr(compute, "_run", lambda _arguments, jobs, _folder: asked.extend(jobs) or 0)
    path = Path(tmp_path / "water.xyz")
    path.write_text("3\nwater\nO 0 0 0\nH 0 0.76 0.59\nH 0 -0.76 0.59\n")
    common = ["--edge", "O", "--out", str(tmp_path / "folder")]
    for words in ([], ["--relax", "none"], ["--relax", "gfn2"]):
        assert main(["compute", str(path), "--smiles", "O", *words, *common]) == 0
    assert main(["compute", "--smiles", "O", "--relax", "mmff", *common]) == 0
    assert [job.relax for job in asked] == ["none", "gfn2", "none", "none", "gfn2", "gfn2", "mmff"]
