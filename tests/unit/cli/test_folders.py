"""Folders of spectra on the command line: converted file by file, drawn together."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.cli.main import main


@pytest.fixture
def scans(tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    energy = np.linspace(281.0, 312.0, 90)
    for number in range(4):
        mu = 1.0 + np.exp(-(((energy - 286.0 - 0.1 * number) / 0.8) ** 2))
        np.savetxt(folder / f"scan_{number}.dat", np.c_[energy, mu], header="energy_eV mu", fmt="%.4f")
    (folder / "notes.md").write_text("# Beamtime\nno numbers here\n")
    return folder


def test_each_spectrum_of_a_folder_is_converted(scans, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["convert", str(scans), "--out", str(out), "--format", "xdi"]) == 0
    assert sorted(path.name for path in out.iterdir()) == [f"scan_{k}.xdi" for k in range(4)]
    assert "4 of 4 files" in capsys.readouterr().out
    assert main(["convert", str(scans), "--out", str(tmp_path / "csv")]) == 0
    assert (tmp_path / "csv" / "scan_3.csv").read_text().splitlines()


def test_a_folder_is_drawn_and_it_says_how_many(scans, tmp_path, capsys):
    assert main(["plot", str(scans), "--out", str(tmp_path / "all.png")]) == 0
    told = capsys.readouterr()
    assert "4 spectra of" in told.err
    assert "4 curves" in told.out


def test_a_folder_without_spectra_and_a_file_as_target_are_refused(scans, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert main(["plot", str(tmp_path / "empty"), "--out", str(tmp_path / "a.png")]) != 0
    assert "There is no spectrum in" in capsys.readouterr().err
    assert main(["convert", str(scans), "--out", str(tmp_path / "a.csv")]) != 0
    assert "is a file" in capsys.readouterr().err
    assert main(["convert", str(scans / "scan_0.dat"), "--out", str(tmp_path / "a.csv"), "--format", "csv"]) != 0
    assert "--format" in capsys.readouterr().err
