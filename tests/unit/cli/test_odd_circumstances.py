"""Odd settings, names and files are told of in one sentence, and nothing else writes to the terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from xanesview.cli.main import main
from xanesview.errors import XanesviewError
from xanesview.io.text_file import number

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="of Linux")


def _run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "xanesview", *words], env={**os.environ, **environment}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(("threads", "told"), [("abc", True), ("", True), ("0", True), ("2", False), ("2,1", False)])
def test_a_number_of_threads_that_is_none_is_passed_over(threads: str, told: bool) -> None:
    done = _run("info", "--smiles", "C", OMP_NUM_THREADS=threads)
    assert done.returncode == 0
    assert ("OMP_NUM_THREADS" in done.stderr) == told
    assert "libgomp" not in done.stderr


_KILLED = """
import os, signal
from xanesview.processes import own_pool
if __name__ == "__main__":
    with own_pool(2) as submit:
        submit(abs, -1).result()
        os.kill(os.getpid(), signal.SIGKILL)
"""


@ON_LINUX
def test_a_process_that_is_killed_leaves_no_complaint_of_pythons(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(_KILLED)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == -9
    assert "leaked" not in done.stderr, "its tracker ends after it, with the same standard error"


@pytest.mark.parametrize("name", [" ", "", " x.dat"])
def test_a_name_of_blanks_is_seen(name: str, capsys) -> None:
    assert main(["info", name]) != 0
    assert f"“{name}”" in capsys.readouterr().err or not name


@ON_LINUX
def test_what_the_system_makes_is_no_file(capsys) -> None:
    assert main(["info", "/proc/self/mem"]) == 1
    assert "/proc/self/mem is made by the system, not a file." in capsys.readouterr().err


def test_the_largest_number_is_none_that_is_read() -> None:
    with pytest.raises(XanesviewError, match="the scale is “1e30”; numbers below 1e\\+30 are read"):
        number("1e30", "the scale")


@pytest.mark.parametrize("smiles", ["[C+1000]", "[O-99]"])
def test_charges_that_no_atom_has(smiles: str, capsys) -> None:
    assert main(["info", "--smiles", smiles]) == 1
    assert "is not a SMILES string" in capsys.readouterr().err


@ON_LINUX
def test_a_network_in_a_folder_whose_name_is_not_utf8(tmp_path: Path, capsys) -> None:
    from tests.unit.networks.small_bundles import make_bundle

    folder = make_bundle(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff")), name="odd")
    assert main(["info", str(folder)]) == 0
    said = capsys.readouterr()
    assert "the name of the folder is not in UTF-8" in said.out + said.err
    assert r"\xff" in said.out + said.err.replace("\udcff", r"\xff")
