"""Files that lie where a user works are data: no process of the program's takes a module from there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from xanesview.processes import command_of, own_environment

ROOT = Path(__file__).resolve().parents[2]
#: Modules that every process of ours imports sooner or later.
NAMES = ("random", "numpy", "json", "multiprocessing", "ase", "threading")
RAN = "ran.txt"
SPAWN = """
import multiprocessing, operator
from xanesview.processes import keep_to_installed_modules
keep_to_installed_modules()
with multiprocessing.get_context("spawn").Pool(1) as pool:
    print(pool.apply(operator.add, (1, 2)))
"""


@pytest.fixture
def trapped(tmp_path) -> Path:
    """A folder with modules that say that they were run."""
    for name in NAMES:
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / RAN)!r}, 'a').write({name!r})\n")
    return tmp_path


def run(command, folder: Path, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120,
        check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_a_process_of_ours_finds_its_modules_elsewhere(trapped) -> None:
    done = run(command_of("xanesview.reference.engine.relaxation_worker"), trapped, **own_environment())
    assert done.returncode == 0, done.stderr
    assert not (trapped / RAN).exists()


def test_what_it_starts_in_turn_does_too(trapped) -> None:
    script = "import subprocess, sys; print(subprocess.run([sys.executable, '-c', 'import random, json']).returncode)"
    done = run([sys.executable, "-P", "-c", script], trapped, **own_environment())
    assert done.stdout.strip() == "0"
    assert not (trapped / RAN).exists()


def test_a_pool_of_the_command_line_does(trapped) -> None:
    done = run([sys.executable, "-P", "-c", SPAWN], trapped, PYTHONPATH=str(ROOT))
    assert done.stdout.strip() == "3", done.stderr
    assert not (trapped / RAN).exists()


def test_the_command_line_says_so_to_all_that_it_starts(tmp_path) -> None:
    script = (
        "import os, sys; sys.argv = ['xanesview', 'networks']; from xanesview.cli.main import main; main();"
        " print(os.environ['PYTHONSAFEPATH'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    done = subprocess.run(
        [sys.executable, "-P", "-c", script], cwd=tmp_path, env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "1"


def test_a_program_that_calls_it_keeps_its_environment(monkeypatch, capsys) -> None:
    from xanesview.cli.main import main

    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    main(["networks"])
    assert "PYTHONSAFEPATH" not in os.environ
