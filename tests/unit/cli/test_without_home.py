"""Commands do their work where the user's own folders can't be written, and say so once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from xanesview.cli.main import main
from xanesview.paths import HOME_VARIABLE
from xanesview.reference import kept as kept_sites

SAYS = "notice: Settings, caches and logs may be lost: "


@pytest.fixture
def homeless(tmp_path: Path) -> dict[str, str]:
    """The variables of a process whose home lies below a file: nothing there can be made or read."""
    (tmp_path / "file").write_text("in the way")
    home = tmp_path / "file" / "home"
    xdg = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "CACHE", "STATE", "DATA")}
    return {**{k: v for k, v in os.environ.items() if k != HOME_VARIABLE}, "HOME": str(home), **xdg}


@pytest.mark.parametrize(
    "words",
    [
        ["networks"],
        ["info", "methanal.xyz"],
        ["predict", "--smiles", "C=O", "--out", "spectra.csv"],
        ["plot", "methanal.xyz", "--out", "spectra.png"],
    ],
    ids=lambda words: words[0],
)
def test_a_command_works_without_a_home_and_says_so_once(words: list[str], homeless, tmp_path: Path) -> None:
    (tmp_path / "methanal.xyz").write_text("4\n\nC 0 0 -0.53\nO 0 0 0.675\nH 0 0.94 -1.11\nH 0 -0.94 -1.11\n")
    environment = {**homeless, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    done = subprocess.run(
        [sys.executable, "-m", "xanesview", *words],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(SAYS) == 1
    assert [line for line in done.stderr.splitlines() if not line.startswith("notice: ")] == []
    assert HOME_VARIABLE in done.stderr
    assert all((tmp_path / word).stat().st_size for word in words if word.startswith("spectra."))
    assert not (tmp_path / "~").exists()


def test_a_full_disk_is_told_of_by_the_command_that_met_it(monkeypatch, capsys, tmp_path: Path) -> None:
    from tests.full_disk import full_disk
    from xanesview.cli import networks
    from xanesview.io.examples import load_example

    site = kept_sites.ComputedSite(0, np.array([292.0]), np.array([[0.0, 0.0, 0.3]]), 297.5, 1.0)

    def run(_arguments) -> None:
        with full_disk(100):
            for _ in range(3):
                kept_sites.keep(load_example("benzene"), "C", {0: site})

    monkeypatch.setattr(networks, "run_networks", run)
    assert main(["networks"]) == 0
    told = capsys.readouterr().err
    assert told.count(SAYS) == 1
    assert "cannot be written to: File too large." in told
    monkeypatch.setattr(networks, "run_networks", lambda _arguments: None)
    assert main(["networks"]) == 0
    assert capsys.readouterr().err == ""
