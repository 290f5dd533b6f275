"""``--scheduler`` of ``predict`` and ``compute``: a real Dask cluster writes and says what one process does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.test_predict_many import said, written
from xanesview.cli.main import main
from xanesview.io.examples import find_example


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory):
    """A scheduler and one worker with two threads, in processes and a folder of their own."""
    folder = tmp_path_factory.mktemp("dask")
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    code = (
        "from distributed import LocalCluster\n"
        "if __name__ == '__main__':\n"
        "    here = LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None)\n"
        "    print(here.scheduler_address, flush=True)\n"
        "    input()\n"
    )
    (folder / "local.py").write_text(code, encoding="utf-8")
    started = subprocess.Popen(
        [sys.executable, "local.py"], cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    yield started.stdout.readline().strip()
    started.communicate("\n", timeout=60)


def test_predict_on_a_cluster_writes_and_says_what_one_process_does(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.xyz").write_text("2\n\nC 0 0\n", encoding="utf-8")
    Path("recipe.toml").write_text('[[steps]]\nkind = "smooth"\nwidth_ev = 0.6\n', encoding="utf-8")
    names = ["benzene", "acetonitrile", "pyridine", "thiophene", "benzene", "pyridine", "toluene", "styrene", "alanine"]
    for name in set(names):
        source = find_example(name).path
        Path(f"{name}{source.suffix}").write_bytes(source.read_bytes())
    files = [f"{name}{find_example(name).path.suffix}" for name in names]
    files.insert(4, "broken.xyz")
    how = [*files, "--theta", "30", "--recipe", "recipe.toml"]
    assert main(["predict", *how, "--out", "here"]) == 1
    here = said(capsys, Path("here"))
    assert main(["predict", *how, "--scheduler", address, "--out", "there"]) == 1
    there = said(capsys, tmp_path / "there")
    assert there == here
    assert without_sources(Path("there")) == without_sources(Path("here"))
    assert len(here[0]) == len(without_sources(Path("there"))) == len(names)


def without_sources(folder: Path) -> dict[str, list[str]]:
    """Return the files of a folder without the line that names the structure's file: whole, from a worker."""
    return {name: [line for line in lines if "# source" not in line] for name, lines in written(folder).items()}


def test_compute_on_a_cluster(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compute", "--smiles", "C", "--scheduler", address, "--out", str(tmp_path / "out")]) == 0
    assert [p.name for p in (tmp_path / "out").glob("*.npz")] == ["C_C.npz"]
    assert re.search(r"1 molecule, 1 site", capsys.readouterr().out)


def test_sites_of_a_crystal_are_computed_on_a_cluster(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("nitrogen.xyz").write_text("2\n\nN 0 0 0\nN 0 0 1.1\n", encoding="utf-8")
    how = ["compute", "nitrogen.xyz", "--edge", "N K", "--engine", "feff", "--preset", "fast", "--out", "out"]
    assert main([*how, "--scheduler", address]) == 0
    assert [path.name for path in Path("out").glob("*.npz")] == ["feff_N-K_nitrogen_0000.npz"]
    assert "out: 1 site in " in capsys.readouterr().out
    assert main([*how, "--scheduler", address]) == 0
    assert "1 of 1 site is done already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--scheduler", "tcp://127.0.0.1:9"], 1, "No Dask scheduler answers at tcp://127.0.0.1:9.\n"),
        (["--scheduler", "nonsense://"], 1, "“nonsense://” is no address of a Dask scheduler."),
        (["--scheduler", "tcp://127.0.0.1:9", "--processes", "2"], 2, "Leave --processes out"),
    ],
)
def test_no_cluster_is_one_sentence_and_a_hint(words, code, told, tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setattr("xanesview.cli.cluster._PATIENCE_S", 1)
    assert main(["predict", "--smiles", "C", *words, "--out", str(tmp_path / "a.csv")]) == code
    error = capsys.readouterr().err
    assert error.startswith("error:")
    assert told in error
    assert "Traceback" not in error
