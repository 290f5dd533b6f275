"""``xanesview surface``: from a CIF to a slab that opens again."""

from __future__ import annotations

import numpy as np

from xanesview.cli.main import main
from xanesview.io.structures.registry import read_structure
from xanesview.paths import resource

HEMATITE = str(resource("crystals/hematite_Fe2O3.cif"))


def test_a_slab_of_a_cif(tmp_path, capsys):
    out = tmp_path / "slab.extxyz"
    words = ["surface", HEMATITE, "--miller", "0,0,1", "--layers", "1", "--vacuum", "15", "--repeat", "2,1"]
    assert main([*words, "--out", str(out)]) == 0
    assert "Fe24O36" in capsys.readouterr().out
    slab = read_structure(out)
    assert slab.formula == "Fe24O36"
    np.testing.assert_allclose(slab.surface_normal, [0, 0, 1])
    assert slab.cell_angstrom[2, 2] - np.ptp(slab.positions_angstrom[:, 2]) > 14.9


def test_terminations_are_listed(capsys):
    assert main(["surface", HEMATITE, "--miller", "0,0,1", "--terminations"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("0: ")
    assert len(lines) >= 2
    assert any("Fe above" in line for line in lines)
    assert any("O3 above" in line or "O above" in line for line in lines)


def test_what_is_missing_or_wrong_is_told(tmp_path, capsys):
    assert main(["surface", HEMATITE, "--miller", "1,1,0"]) == 2
    assert main(["surface", HEMATITE, "--miller", "0,0,0", "--terminations"]) == 2
    assert main(["surface", HEMATITE, "--miller", "1,0,0", "--repeat", "x", "--out", str(tmp_path / "a.cif")]) == 2
    molecule = str(resource("examples/benzene.extxyz"))
    assert main(["surface", molecule, "--miller", "1,0,0", "--out", str(tmp_path / "a.cif")]) == 1
    assert "no crystal" in capsys.readouterr().err


def test_the_smallest_cell_of_the_surface(tmp_path, capsys):
    """Hematite is rhombohedral: its hexagonal cell of 30 atoms holds three primitive ones along the axis."""
    out = tmp_path / "slab.extxyz"
    words = ["surface", HEMATITE, "--miller", "0,0,1", "--layers", "2", "--primitive", "--out", str(out)]
    assert main(words) == 0
    assert "Fe8O12" in capsys.readouterr().out
    slab = read_structure(out)
    assert slab.name.endswith("(001)")
