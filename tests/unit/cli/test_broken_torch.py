"""A PyTorch that can't be imported: networks don't run, and say so once; everything else goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
WATER = ROOT / "tests" / "data" / "structures" / "water.xyz"
BROKEN = {
    "ImportError": 'raise ImportError("DLL load failed while importing _C")',
    "OSError": 'raise OSError("libcudart.so.12: cannot open shared object file: No such file or directory")',
}


@pytest.fixture(params=BROKEN)
def run(request, tmp_path):
    """Run the program with a torch in front of the real one that fails like this."""
    (tmp_path / "broken" / "torch").mkdir(parents=True)
    (tmp_path / "broken" / "torch" / "__init__.py").write_text(BROKEN[request.param])
    there = os.pathsep.join([str(tmp_path / "broken"), str(ROOT), os.environ.get("PYTHONPATH", "")])

    def run(*words: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "xanesview", *words],
            capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": there}, check=False,
        )  # fmt: skip

    return run


@pytest.fixture
def measured(tmp_path) -> str:
    (tmp_path / "measured.csv").write_text("".join(f"{280 + 0.2 * k},{min(k / 50, 1.0)}\n" for k in range(200)))
    return "measured.csv"


@pytest.mark.parametrize("words", [("predict", "--out", "out.csv"), ("plot", "--out", "out.svg")])
def test_networks_say_once_that_they_can_t_run(run, words):
    done = run(words[0], str(WATER), *words[1:], "--network", "o_k_edge_tensor")
    assert done.returncode == 1
    error, hint = done.stderr.strip().split("\n")
    assert error.startswith("error: Networks can't run because PyTorch can't be loaded (")
    assert hint.startswith("hint: Install PyTorch again")


def test_properties_say_so_too(run, measured):
    done = run("properties", measured)
    assert done.returncode == 1
    assert done.stderr.startswith("error: Networks can't run because PyTorch can't be loaded (")
    assert done.stderr.count("\n") == 2


def test_what_needs_no_network_works(run, measured):
    for words in (("info", str(WATER)), ("networks",), ("plot", measured, "--out", "out.svg")):
        done = run(*words)
        assert done.returncode == 0, done.stderr
        assert not done.stderr


@pytest.mark.gui
@pytest.mark.skipif(sys.platform.startswith("linux") and not os.environ.get("DISPLAY"), reason="no display")
def test_the_window_opens(run, tmp_path):
    done = run("gui", str(WATER), "--fresh", "--screenshot", "window.png")
    assert done.returncode == 0
    assert not done.stderr
    assert (tmp_path / "window.png").stat().st_size > 10_000
