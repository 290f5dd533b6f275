"""``xanesview rank``: folders, lists and the library as candidates; lists and figures of what comes of it."""

from __future__ import annotations

import csv
import json
import shutil

import numpy as np
import pytest

import xanesview
from xanesview.cli.main import main
from xanesview.domain.spectrum import Spectrum
from xanesview.io.examples import find_example
from xanesview.io.spectra.curves import write_curves
from xanesview.reference.library.library import load_library
from xanesview.shown.candidates import nearest_in_composition

NAMES = ("pyridine", "thiophene", "benzene", "formaldehyde")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four molecules, and a file that is none."""
    place = tmp_path_factory.mktemp("candidates")
    for name in NAMES:
        shutil.copy(find_example(name).path, place / f"{name}.extxyz")
    (place / "readme.txt").write_text("what these are\n")
    (place / "empty.xyz").write_text("")
    return place


@pytest.fixture(scope="module")
def spectrum(tmp_path_factory):
    """Thiophene as measured, moved by 0.3 eV, scaled, with an offset and noise."""
    predicted = xanesview.predict(xanesview.read(find_example("thiophene").path))
    one = predicted.spectrum(as_measured=True)
    chance = np.random.default_rng(1)
    y = 40.0 * (one.intensity + 0.01 * one.intensity.max() * chance.standard_normal(len(one.energy_ev))) + 5.0
    path = tmp_path_factory.mktemp("measured") / "unknown.dat"
    np.savetxt(path, np.column_stack([one.energy_ev + 0.3, y]))
    return path


def test_the_right_molecule_of_a_folder_is_first(folder, spectrum, tmp_path, capsys):
    table, told, figure = (tmp_path / f"found.{ending}" for ending in ("csv", "json", "svg"))
    words = ["rank", str(spectrum), str(folder)]
    for out in (table, told, figure):
        words += ["--out", str(out)]
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[1].split()[1] == "thiophene"
    assert "thiophene fits best, and better than the others" in out
    assert "empty is left out" in err
    rows = list(csv.DictReader(table.open()))
    assert rows[0]["name"] == "thiophene"
    assert sorted(row["name"] for row in rows) == sorted(NAMES)
    assert float(rows[0]["shift_ev"]) == pytest.approx(0.3, abs=0.051)
    found = json.loads(told.read_text())
    assert found["ranked"][0]["network"].startswith("c_k_edge_tensor")
    assert found["ranked"][0]["structure_hash"]
    assert "thiophene, " in figure.read_text()


def test_a_list_of_smiles_and_a_mixture(spectrum, tmp_path, capsys):
    (tmp_path / "list.txt").write_text("# unknown\nthio c1ccsc1\nmethane C\nwrong C1CC\n")
    assert main(["rank", str(spectrum), "--list", str(tmp_path / "list.txt"), "--mixtures", "2"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[1].split()[1] == "thio"
    assert "mix" not in out
    assert "wrong is left out" in err


def test_the_library_takes_isomers_first(spectrum, capsys):
    words = ["rank", str(spectrum), "--library", "--formula", "C4H4S", "--most", "12"]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert len({line.split("±")[0].split("%")[0] for line in out.splitlines() if "±" in line}) == 12
    assert len([line for line in out.splitlines() if "±" in line]) == 12


def test_how_much_of_the_library_is_compared_is_said(spectrum, capsys):
    assert main(["rank", str(spectrum), "--library", "--most", "3"]) == 0
    err = " ".join(capsys.readouterr().err.split())
    assert "3 molecules of the library's" in err
    assert "the first by name" in err
    assert "Give --formula" in err
    assert main(["rank", str(spectrum), "--library", "--most", "3", "--formula", "C4H4S"]) == 0
    assert "those nearest in composition to C4H4S" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "No candidates were given"),
        (["--library", "--theta", "20"], "averages over directions"),
        (["--library", "--formula", "no formula"], "is no formula"),
        (["--library", "--largest-shift", "50"], "from 0 to 20 eV"),
        (["--formula", "CH4"], "belongs to --library"),
        (["--library", "--most", "0"], "from 1 to"),
        (["--library", "--out", "x.txt"], "neither a list nor a figure"),
        (["--library", "--theta", "20,40"], "can't have 2 angles"),
        (["--library", "--network", "c_k_edge_tensor"], "--network belongs to structures"),
        (["--library", "--conformers"], "--conformers belongs to structures"),
        (["--list", "names.txt", "--most", "20"], "--most belongs to --library"),
        (["--list", "names.txt", "--temperature", "300"], "--temperature belongs to --conformers"),
    ],
)
def test_what_makes_no_sense_is_refused(spectrum, more, said, capsys):
    assert main(["rank", str(spectrum), *more]) == 2
    assert said in capsys.readouterr().err


def test_what_is_said_of_columns_is_refused_where_there_are_none(folder, spectrum, tmp_path, capsys):
    own = tmp_path / "own.csv"
    energy_ev, intensity = np.loadtxt(spectrum).T
    write_curves(own, [Spectrum(energy_ev, intensity, label="mine")])
    assert main(["rank", str(own), str(folder), "--unit", "keV"]) == 2
    assert "--unit belongs to measured files" in capsys.readouterr().err


def test_a_folder_without_structures_is_told(spectrum, tmp_path, capsys):
    assert main(["rank", str(spectrum), str(tmp_path)]) == 1
    assert "There is no structure in" in capsys.readouterr().err


def test_nearest_in_composition_are_isomers_then_neighbours_each_constitution_once():
    library = load_library()
    found = nearest_in_composition(library, "C", "C4H8O", 40)
    isomers = {entry.smiles for entry in library.entries if (entry.element, entry.formula) == ("C", "C4H8O")}
    assert {entry.smiles for entry in found[: len(isomers)]} == isomers
    assert len({entry.smiles for entry in found}) == 40
    assert all(entry.element == "C" for entry in found)


def test_conformers_of_a_file_are_one_candidate_with_weights_by_energy(spectrum, tmp_path, capsys, monkeypatch):
    from xanesview.reference.engine import gfn2

    energies = {0.9: 0.0, 1.0: 0.3}  # by how far the second hydrogen is
    monkeypatch.setattr(gfn2, "energy_ev", lambda one: energies[round(float(one.positions_angstrom[2, 0]), 1)])
    block = "3\n\nC 0 0 0\nO 0 0 1.2\nH {x} 0 -0.5\n"
    (tmp_path / "bent.xyz").write_text(block.format(x=0.9) + block.format(x=1.0))
    (tmp_path / "mixed.xyz").write_text(block.format(x=0.9) + "2\n\nC 0 0 0\nO 0 0 1.13\n")
    words = ["rank", str(spectrum), str(tmp_path), "--conformers", "--temperature", "300"]
    assert main([*words, "--out", str(tmp_path / "list.json")]) == 0
    out, err = capsys.readouterr()
    assert "bent (2 conformers)" in out
    assert "bent.xyz: 2 conformers at 300 K: bent 1 100 %" in err
    assert "mixed.xyz is not averaged: it holds CHO and CO" in err
    found = json.loads((tmp_path / "list.json").read_text())["ranked"]
    assert sorted(line["name"] for line in found) == ["bent (2 conformers)", "mixed 1", "mixed 2"]
    assert next(line for line in found if "conformers" in line)["shares"].startswith("bent 1 100.0 %")
    assert main(["rank", str(spectrum), str(tmp_path), "--temperature", "300"]) == 2
    assert "belongs to --conformers" in capsys.readouterr().err
