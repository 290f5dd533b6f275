"""The nightly set (``--slow``): each kind of file damaged for minutes, and the benchmarks that need no data of others.

Benchmarks measure and judge nothing; here they have to come to their end, and what they print is kept on the screen.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzzing import targets

ROOT = Path(__file__).parents[2]
NETWORKS = ("bench_isd_painn", "bench_large", "bench_lines", "bench_network", "bench_processing")
WINDOWS = ("bench_gaps", "bench_gui", "bench_moving", "bench_orbit", "bench_peanuts", "bench_plot_update")


def _run(capsys: pytest.CaptureFixture[str], *words: str) -> int:
    with capsys.disabled():
        print(f"\n=== {' '.join(words)}", flush=True)
        return subprocess.run([sys.executable, *words], cwd=ROOT, check=False).returncode


@pytest.mark.nightly
@pytest.mark.parametrize("kind", sorted(targets()))
def test_damaged_files_are_refused_in_a_sentence(
    kind: str, pytestconfig: pytest.Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    minutes = str(pytestconfig.getoption("--minutes"))
    assert _run(capsys, "tests/fuzz.py", kind, "--minutes", minutes, "--out", str(tmp_path)) == 0


@pytest.mark.nightly
@pytest.mark.parametrize("name", NETWORKS)
def test_benchmarks_come_to_their_end(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(capsys, f"tests/benchmarks/{name}.py") == 0


@pytest.mark.nightly
@pytest.mark.gui
@pytest.mark.parametrize("name", WINDOWS)
def test_benchmarks_of_the_window_come_to_their_end(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(capsys, f"tests/benchmarks/{name}.py") == 0
