"""``xanesview conformers``: the table and the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from xanesview.cli.main import main
from xanesview.io.structures.registry import read_structure

pytest.importorskip("tblite")


def test_they_are_listed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "ethanol.sdf"
    assert main(["conformers", "--smiles", "CCO", "--most", "4", "--temperature", "350", "--out", str(out)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("C2H6O, CCO: shares at 350 K")
    rows = [line.split() for line in told[2:-1]]
    assert [row[0] for row in rows] == ["1", "2"], "anti and gauche"
    assert sum(float(row[3]) for row in rows) == pytest.approx(100.0, abs=0.2)
    first = read_structure(out, 0)
    assert first.n_frames == 2
    assert first.conformer.temperature_k == 350.0


def test_another_ending_is_refused_before_anything_is_computed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformers", "--smiles", "CCO", "--out", "x.cif"]) == 2
    assert "not written" in capsys.readouterr().err
