"""A database of ASE: its rows are frames, read as plain arrays, whatever else stands in the file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import ase.db
import numpy as np
import pytest
from ase.build import bulk, fcc111, molecule

from xanesview.cli.main import main
from xanesview.errors import XanesviewError
from xanesview.io.recognition import kind_of_file
from xanesview.io.structures.registry import read_structure


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "rows.db"
    with ase.db.connect(path) as found:
        for atoms in (molecule("CH3OH"), fcc111("Cu", (2, 2, 3), vacuum=8.0), bulk("NaCl", "rocksalt", a=5.64)):
            found.write(atoms, name="a", data={"anything": [1, 2]})
    return path


def test_each_row_is_a_frame_as_ase_reads_it(database: Path) -> None:
    assert kind_of_file(database) == "structure"
    rows = [row.toatoms() for row in ase.db.connect(database).select()]
    for frame, atoms in enumerate(rows):
        structure = read_structure(database, frame)
        assert (structure.frame, structure.n_frames) == (frame, 3)
        np.testing.assert_array_equal(structure.numbers, atoms.numbers)
        distances = np.linalg.norm(structure.positions_angstrom[:, None] - structure.positions_angstrom, axis=2)
        np.testing.assert_allclose(distances, atoms.get_all_distances(), atol=1e-9)
        np.testing.assert_array_equal(structure.pbc, atoms.pbc)
        if atoms.pbc.any():
            np.testing.assert_allclose(structure.cell_angstrom, atoms.cell.array, atol=1e-9)
    assert read_structure(database).formula == "CH4O"


def test_the_command_line_takes_a_row(database: Path, tmp_path: Path, capsys) -> None:
    assert main(["info", str(database)]) == 0
    assert "3 structures" in capsys.readouterr().out
    assert main(["info", str(database), "--frame", "9"]) == 1
    assert "there is no frame 9" in capsys.readouterr().err


def _view(path: Path) -> None:
    with sqlite3.connect(path) as found:
        found.execute("DROP TABLE IF EXISTS systems")
        found.execute(
            "CREATE VIEW systems AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
            "SELECT x AS id, x AS numbers, x AS positions, x AS cell, x AS pbc FROM n"
        )


def _other(path: Path) -> None:
    with sqlite3.connect(path) as found:
        found.execute("CREATE TABLE pictures (id INTEGER)")


def _odd(values: tuple):
    def write(path: Path) -> None:
        with sqlite3.connect(path) as found:
            found.execute("CREATE TABLE systems (id, numbers, positions, cell, pbc)")
            found.execute("INSERT INTO systems VALUES (?, ?, ?, ?, ?)", values)

    return write


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (_view, "is no database of ASE"),
        (_other, "is no database of ASE"),
        (_odd((1, "text", b"", b"", 0)), "is damaged"),
        (_odd((1, b"\x06\0\0\0", b"\0" * 23, b"", 0)), "is damaged"),
        (_odd((1, b"\xff\0\0\0", b"\0" * 24, b"", 0)), "no elements"),
        (_odd((1, b"\x06\0\0\0", b"\0" * 24, b"\0" * 24, 7)), "is damaged"),
        (_odd((1, None, None, None, None)), "atom"),
    ],
)
def test_other_and_odd_databases_are_refused(tmp_path: Path, write, words: str) -> None:
    path = tmp_path / "a.db"
    write(path)
    with pytest.raises(XanesviewError, match=words):
        read_structure(path)


@pytest.mark.parametrize("keep", [17, 100, 4096])
def test_a_database_that_was_cut_off_is_damaged(database: Path, keep: int) -> None:
    database.write_bytes(database.read_bytes()[:keep])
    with pytest.raises(XanesviewError):
        read_structure(database)
    assert not database.with_name("rows.db-journal").exists()
