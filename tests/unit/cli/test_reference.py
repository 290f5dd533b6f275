"""``xanesview reference`` on the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests import library_blocks
from xanesview.cli.main import main
from xanesview.io.spectra.tensor_file import read_tensor
from xanesview.io.structures.embedding import structure_from_smiles
from xanesview.io.structures.registry import write_structure
from xanesview.reference.library import library as library_module
from xanesview.reference.library.library import load_library
from xanesview.reference.library.matching import offers


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "reference"
    records = [
        library_blocks.record(structure_from_smiles("c1ccoc1"), "furan"),
        library_blocks.record(structure_from_smiles("Cc1ccoc1"), "ring_00002", sigma_angstrom=0.04),
    ]
    library_blocks.write(place / "c_k_0000.h5", records)
    monkeypatch.setattr(library_module, "library_dirs", lambda: [place])
    return place


def test_search_lists_what_answers(capsys) -> None:
    assert main(["reference", "search", "C5H6O"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert " ".join(line.split()) == "C K 3-methylfuran C5H6O 5 sites displaced by 0.04 Å formula Cc1ccoc1"


def test_search_by_similarity_and_limit(capsys) -> None:
    assert main(["reference", "search", "--similar", "Cc1ccoc1", "--limit", "1"]) == 0
    first, rest = capsys.readouterr().out.splitlines()
    assert "100 % alike" in first
    assert rest == "1 more; --limit shows them."


def test_nothing_found_is_an_error(capsys) -> None:
    assert main(["reference", "search", "nonsense"]) == 1
    assert "Nothing in the library answers “nonsense”" in capsys.readouterr().err


def test_a_known_name_that_is_not_there_is_pointed_to_its_like(capsys) -> None:
    assert main(["reference", "search", "toluene"]) == 1
    assert "--similar lists those most like it." in capsys.readouterr().err
    assert main(["reference", "search", "--similar", "2-methylfuran", "--limit", "1"]) == 0
    assert "3-methylfuran" in capsys.readouterr().out


def test_match_writes_the_tensors_in_the_frame_of_the_file(tmp_path: Path, folder: Path, capsys) -> None:
    turn = np.array([[0.0, -1.0, 0.0], [0.0, 0.0, 1.0], [-1.0, 0.0, 0.0]])
    loaded = structure_from_smiles("c1ccoc1").rotated(turn)
    write_structure(tmp_path / "turned.xyz", loaded)
    out = tmp_path / "furan.h5"
    assert main(["reference", "match", str(tmp_path / "turned.xyz"), "--out", str(out)]) == 0
    assert "C K, 4 of 4 sites" in capsys.readouterr().out
    (offer,) = offers(loaded, load_library([folder]))
    found = read_tensor(out).tensor
    np.testing.assert_array_equal(found.sites, offer.tensor.sites)
    np.testing.assert_allclose(found.components, offer.tensor.components, atol=1e-6 * found.components.max())


def test_a_molecule_that_is_not_there_is_an_error(capsys) -> None:
    assert main(["reference", "match", "--smiles", "CCO"]) == 1
    assert "no C K spectra" in capsys.readouterr().err


def test_a_displaced_molecule_is_not_matched(capsys) -> None:
    assert main(["reference", "match", "--smiles", "Cc1ccoc1"]) == 1
