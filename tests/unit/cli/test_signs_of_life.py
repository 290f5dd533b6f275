"""What takes long says now and then that it goes on, and what can't begin leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from xanesview.cli import rank
from xanesview.cli.main import main


def test_a_long_ranking_says_how_far_it_is_where_there_is_no_terminal(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(rank, "_SILENT_S", 0.0)
    energy = np.linspace(280, 310, 120)
    np.savetxt(tmp_path / "m.dat", np.column_stack([energy, 1 / (1 + (energy - 288) ** 2)]), header="energy mu")
    assert main(["rank", str(tmp_path / "m.dat"), "--edge", "C K", "--library", "--most", "5"]) == 0
    told = capsys.readouterr().err
    assert "3 of 5 candidates compared" in told


def test_a_computation_that_lacks_its_package_makes_no_folder(tmp_path) -> None:
    code = "import sys; sys.modules['pyscf'] = None; from xanesview.cli.main import main; sys.exit(main())"
    words = ["compute", "--smiles", "C", "--out", str(tmp_path / "out")]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "pyscf" in done.stderr
    assert not (tmp_path / "out").exists()
