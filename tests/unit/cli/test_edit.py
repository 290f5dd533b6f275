"""``xanesview edit``: what is asked for is done, in its order, and the file opens again."""

from __future__ import annotations

import numpy as np
import pytest

from xanesview.cli.main import main
from xanesview.io.structures.registry import read_structure
from xanesview.paths import resource

BENZENE = str(resource("examples/benzene.extxyz"))
HEMATITE = str(resource("crystals/hematite_Fe2O3.cif"))


def test_the_words_of_the_guide(tmp_path, capsys):
    out = tmp_path / "edited.extxyz"
    words = ["--move", "3", "-0.1,0,0.05", "--element", "5", "N", "--delete", "7,11", "--out", str(out)]
    assert main(["edit", BENZENE, *words]) == 0
    assert "C5H4N, 10 atoms" in capsys.readouterr().out
    before, after = read_structure(BENZENE), read_structure(out)
    assert after.symbols[5] == "N"
    assert after.positions_angstrom[3] - before.positions_angstrom[3] == pytest.approx([-0.1, 0.0, 0.05], abs=1e-7)
    stay = [k for k in range(12) if k not in (3, 7, 11)]
    assert after.positions_angstrom[[k for k in range(10) if k != 3]] == pytest.approx(before.positions_angstrom[stay])


def test_added_atoms_and_a_turn(tmp_path):
    out = tmp_path / "a.xyz"
    assert main(["edit", BENZENE, "--delete", "6", "--add", "O", "0", "--out", str(out)]) == 0
    assert read_structure(out).formula == "C6H5O"
    phenol = tmp_path / "b.extxyz"
    words = ["--element", "6", "O", "--move", "6", "0,0,0", "--out", str(phenol)]
    assert main(["edit", BENZENE, *words]) == 0


def test_close_atoms_are_told_and_atoms_on_each_other_refused(tmp_path, capsys):
    benzene, out = read_structure(BENZENE), str(tmp_path / "a.extxyz")
    inward = 0.5 * (benzene.positions_angstrom[0] - benzene.positions_angstrom[6])
    assert main(["edit", BENZENE, "--move", "6", ",".join(f"{c:.4f}" for c in inward), "--out", out]) == 0
    assert "closer than any bond" in capsys.readouterr().err
    place = ",".join(f"{c:.4f}" for c in benzene.positions_angstrom[0])
    assert main(["edit", BENZENE, "--place", "6", place, "--out", out]) == 1
    assert "on top of" in capsys.readouterr().err


def test_a_supercell_of_rattled_copies_is_a_file_of_frames(tmp_path, capsys):
    out = tmp_path / "hot.extxyz"
    words = ["--repeat", "2,1,1", "--temperature", "300", "--debye", "500", "--copies", "3", "--out", str(out)]
    assert main(["edit", HEMATITE, *words]) == 0
    assert "3 copies" in capsys.readouterr().out
    frames = [read_structure(out, k) for k in range(3)]
    assert {one.n_frames for one in frames} == {3}
    assert frames[0].n_atoms == 2 * read_structure(HEMATITE).n_atoms
    step = frames[1].positions_angstrom - frames[0].positions_angstrom
    assert 0.05 < step.std() < 0.25


def test_a_strain(tmp_path):
    out = tmp_path / "long.extxyz"
    assert main(["edit", HEMATITE, "--strain", "1,1,-2", "--out", str(out)]) == 0
    before, after = read_structure(HEMATITE), read_structure(out)
    lengths = [np.linalg.norm(one.cell_angstrom, axis=1) for one in (before, after)]
    assert lengths[1] / lengths[0] == pytest.approx([1.01, 1.01, 0.98])


@pytest.mark.parametrize("words", [
    [], ["--move", "99", "0,0,1"], ["--move", "x", "0,0,1"], ["--move", "1", "0,0"], ["--turn", "0,1", "30"],
    ["--element", "0", "Qq"], ["--copies", "4"], ["--rattle", "0.1", "--temperature", "300", "--debye", "300"],
    ["--temperature", "300"], ["--repeat", "a,b,c"], ["--strain", "1,1,1"], ["--delete", "0,0"], ["--frame", "0"],
    ["--rattle", "0.1", "--seed", "-1"], ["--rattle", "0.1", "--copies", "0"], ["--move", "0", "1e300,0,0"],
    ["--turn", "0,6", "1e9"], ["--rattle", "nan"], ["--temperature", "1e300", "--debye", "300"], ["--frame", "1e9"],
])  # fmt: skip
def test_what_cannot_be_is_told(tmp_path, capsys, words):
    out = tmp_path / "a.extxyz"
    assert main(["edit", BENZENE, *words, "--out", str(out)]) in (1, 2)
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert "hint: " in told
    assert not out.exists()


@pytest.mark.parametrize("words", [["--lying"], ["--height", "2"], ["--turned", "30"]], ids=lambda words: words[0])
def test_how_a_molecule_lies_asks_for_one(words, tmp_path, capsys):
    assert main(["edit", HEMATITE, *words, "--repeat", "2,1,1", "--out", str(tmp_path / "out.cif")]) == 2
    assert "Give --adsorb" in capsys.readouterr().err


def test_a_molecule_stands_on_a_slab_that_was_written_as_cif_as_on_any_other(tmp_path):
    """Slabs of CIF files repeat along their normal too."""
    heights = []
    for ending in ("cif", "extxyz"):
        slab, out = str(tmp_path / f"slab.{ending}"), str(tmp_path / f"with.{ending}.extxyz")
        words = ["--miller", "0,0,1", "--layers", "2", "--vacuum", "12", "--out", slab]
        assert main(["surface", HEMATITE, *words]) == 0
        bare = read_structure(slab)
        top = int(np.argmax(bare.positions_angstrom @ bare.surface_normal))
        assert main(["edit", slab, "--adsorb", "[C-]#[O+]", "--on", str(top), "--out", out]) == 0
        carbon = read_structure(out).positions_angstrom[bare.n_atoms]
        heights.append((carbon - bare.positions_angstrom[top]) @ bare.surface_normal)
    assert heights == pytest.approx([heights[0]] * 2, abs=1e-3)
    assert 1.0 < heights[0] < 3.0


@pytest.mark.parametrize("end", [np.argmin, np.argmax])
def test_a_molecule_that_hangs_below_the_slab_is_told(tmp_path, capsys, end):
    slab, out = str(tmp_path / "slab.extxyz"), str(tmp_path / "with.extxyz")
    words = ["--miller", "0,0,1", "--layers", "2", "--vacuum", "12", "--out", slab]
    assert main(["surface", HEMATITE, *words]) == 0
    bare = read_structure(slab)
    atom = int(end(bare.positions_angstrom @ bare.surface_normal))
    capsys.readouterr()
    assert main(["edit", slab, "--adsorb", "[C-]#[O+]", "--on", str(atom), "--out", out]) == 0
    assert ("lower face" in capsys.readouterr().err) == (end is np.argmin)
