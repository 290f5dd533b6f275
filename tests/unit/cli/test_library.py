"""``xanesview library`` on the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests import atlas_files, library_blocks
from xanesview.cli.main import main
from xanesview.io.spectra.curves import exported_curves
from xanesview.io.structures.embedding import structure_from_smiles
from xanesview.reference.collection.collection import Collection
from xanesview.reference.library import library as library_module

ENERGY_EV = np.linspace(280.0, 310.0, 120)


@pytest.fixture(autouse=True)
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One computed molecule comes with the program."""
    place = tmp_path / "reference"
    library_blocks.write(place / "c_k_0000.h5", [library_blocks.record(structure_from_smiles("c1ccoc1"), "furan")])
    monkeypatch.setattr(library_module, "library_dirs", lambda: [place])


def test_files_and_folders_are_added_searched_and_exported(tmp_path: Path, capsys) -> None:
    atlas_files.write_folder(tmp_path)
    xdi = atlas_files.write_xdi(tmp_path / "hematite.xdi")
    assert main(["library", "add", str(tmp_path / "MOLECULES"), str(xdi), "--tags", "standard, mine"]) == 0
    out = capsys.readouterr().out
    assert "2 spectra of 1 new file; it is watched." in out
    assert main(["library", "search", "ITIC", "90"]) == 0
    line, cited = capsys.readouterr().out.splitlines()
    assert line.split() == ["2", "C", "K", "ITIC", "90°", "C94H82N4O2S4", "#standard", "#mine"]
    assert cited.strip().startswith("A. Measurer")
    assert main(["library", "export", "itic", "--out", str(tmp_path / "out.csv")]) == 0
    assert [one.label for one in exported_curves(tmp_path / "out.csv")] == ["ITIC 20°", "ITIC 90°"]
    assert main(["library", "search", "furan"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split() == ["bundled", "C", "K", "furan", "C4H4O", "c1ccoc1"]


def test_folders_are_looked_through_again_and_forgotten(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "spectra"
    xdi = atlas_files.write_xdi(folder / "hematite.xdi")
    main(["library", "add", str(folder)])
    xdi.unlink()
    capsys.readouterr()
    assert main(["library", "folders"]) == 0
    assert "1 file is missing" in capsys.readouterr().out
    assert main(["library", "remove", str(folder), "1"]) == 0
    capsys.readouterr()
    assert main(["library", "folders"]) == 0
    assert capsys.readouterr().out == "No folder is watched.\n"
    assert main(["library", "search", "hematite"]) == 1
    assert "Nothing in your library answers" in capsys.readouterr().err


def test_what_holds_no_spectrum_is_told_and_the_rest_added(tmp_path: Path, capsys) -> None:
    (tmp_path / "notes.txt").write_text("no numbers here\n")
    xdi = atlas_files.write_xdi(tmp_path / "hematite.xdi")
    assert main(["library", "add", str(tmp_path / "notes.txt"), str(xdi), str(tmp_path / "none.dat")]) == 1
    told = capsys.readouterr()
    assert "hematite.xdi: 1 spectrum of 1 new file." in told.out
    assert told.err.count("error:") == 2
    assert main(["library", "remove", "77"]) == 1


def test_what_comes_into_a_folder_added_with_tags_gets_them(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "spectra"
    atlas_files.write_xdi(folder / "hematite.xdi")
    main(["library", "add", str(folder), "--tags", "standard"])
    (folder / "new").mkdir()
    np.savetxt(folder / "new" / "film.dat", np.column_stack([ENERGY_EV, 1.0 / (1.0 + np.exp(288.0 - ENERGY_EV))]))
    capsys.readouterr()
    assert main(["library", "folders"]) == 0
    assert "1 spectrum of 1 new file. #standard" in capsys.readouterr().out
    assert main(["library", "search", "film"]) == 0
    assert "#standard" in capsys.readouterr().out
    collection = Collection()
    collection.edit([2], tags=("mine",))
    np.savetxt(folder / "new" / "film.dat", np.column_stack([ENERGY_EV, 2.0 / (1.0 + np.exp(289.0 - ENERGY_EV))]))
    main(["library", "folders"])
    assert collection.entries([2])[0].told.tags == ("mine",), "what the user has said of it stays"
    main(["library", "add", str(folder), "--tags", "film"])
    assert collection.folder_tags() == {folder: ("standard", "film")}
