"""The command itself: what it takes for a subcommand, how it reports what goes wrong, how fast it answers."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.unit.cli.conftest import STRUCTURES
from xanesview import __version__
from xanesview.cli import info
from xanesview.cli.arguments import parsed
from xanesview.cli.commands import COMMANDS
from xanesview.cli.main import main
from xanesview.errors import Cancelled, UsageError
from xanesview.io.examples import find_example
from xanesview.processes import own_environment

ROOT = Path(__file__).parents[3]


def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "xanesview", *words], capture_output=True, text=True, env=environment, cwd=cwd,
        timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "files"),
    [
        ([], []),
        (["benzene.xyz"], ["benzene.xyz"]),
        (["gui", "benzene.xyz"], ["benzene.xyz"]),
        (["--screenshot", "window.png", "benzene.xyz"], ["benzene.xyz"]),
        (["benzene.xyz", "--screenshot", "window.png"], ["benzene.xyz"]),
        (["benzene.xyz", "--theme", "dark", "measured.dat"], ["benzene.xyz", "measured.dat"]),
        (["POSCAR"], ["POSCAR"]),
        (["--", "-odd.xyz"], ["-odd.xyz"]),
    ],
)
def test_the_window_is_meant_without_a_subcommand(words: list[str], files: list[str]) -> None:
    arguments = parsed(words)
    assert arguments.command == "gui"
    assert arguments.file == files


def test_a_misspelt_subcommand_is_not_taken_for_a_file() -> None:
    with pytest.raises(UsageError, match="no command “predcit”") as caught:
        parsed(["predcit", "benzene.xyz", "--out", "x.csv"])
    assert "xanesview predict" in caught.value.hint


def test_a_file_called_like_a_subcommand_can_still_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plots").write_text("")
    assert parsed(["plots", "other.xyz"]).file == ["plots", "other.xyz"]


@pytest.mark.parametrize("words", [["--help"], ["predict", "--help"], ["--version"]])
def test_help_and_version_end_well(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    captured = capsys.readouterr()
    assert captured.out
    assert captured.err == ""


def test_help_is_quick_and_loads_nothing_heavy() -> None:
    start = time.perf_counter()
    found = run("-h")
    elapsed = time.perf_counter() - start
    assert found.returncode == 0
    for command in ("gui", "predict", "plot", "evaluate", "train", "info", "networks"):
        assert command in found.stdout
    # a bare interpreter takes a part of it; busy machines get some room beyond the 0.3 s of a quiet one
    assert elapsed < 1.0
    code = (
        "import sys; from xanesview.cli.main import main; main(['predict', '--help']); "
        "print(sorted({'numpy', 'ase', 'rdkit', 'h5py', 'torch', 'PySide6'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert loaded.stdout.splitlines()[-1] == "[]"


def test_every_subcommand_explains_itself_and_loads_nothing_heavy() -> None:
    code = (
        "import sys; from xanesview.cli.commands import COMMANDS; from xanesview.cli.main import main; "
        "codes = [main([command.name, '--help']) for command in COMMANDS]; print(set(codes)); "
        "print(sorted({'numpy', 'ase', 'rdkit', 'h5py', 'torch', 'PySide6'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert found.stdout.splitlines()[-2:] == ["{0}", "[]"]
    for command in COMMANDS:
        assert f"usage: xanesview {command.name} " in found.stdout


def test_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--version"])
    assert capsys.readouterr().out.strip() == f"xanesview {__version__}"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("info", str(STRUCTURES / "nan.xyz")), 1),
        (("info", str(STRUCTURES / "binary.xyz")), 1),
        (("info", "nothing.xyz"), 1),
        (("info",), 2),
        (("predict", "a.xyz"), 2),
        (("predict", str(STRUCTURES / "no_atoms.xyz"), "--out", "x.csv"), 1),
        (("plot", "nothing.csv", "--out", "x.svg"), 1),
        (("evaluate", "nothing", "--data", "nothing.h5"), 1),
        (("train", "nothing", "--data", "nothing.h5", "--out", "x"), 2),
    ],
)
def test_a_failing_process_writes_two_lines_and_no_trace(words: tuple[str, ...], code: int, tmp_path: Path) -> None:
    found = run(*words, cwd=tmp_path)
    assert found.returncode == code
    error, hint = found.stderr.splitlines()
    assert error.startswith("error: ")
    assert hint.startswith("hint: ")
    assert found.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_info_of_a_real_file_in_a_process(tmp_path: Path) -> None:
    found = run("info", str(STRUCTURES / "ethanol.mol"), cwd=tmp_path)
    assert found.returncode == 0
    assert "C2H6O" in found.stdout
    assert found.stderr == ""


def test_an_unexpected_error_is_one_line_and_a_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], xanesview_home: Path
) -> None:
    def fail(_arguments: object) -> int:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(info, "run_info", fail)
    assert main(["info", "x"]) == 1
    error, hint = capsys.readouterr().err.splitlines()
    assert error == "error: Something unexpected happened (ZeroDivisionError: a bug)."
    log = xanesview_home / "log" / "command-line.log"
    assert str(log) in hint
    assert "Traceback" in log.read_text()
    with pytest.raises(ZeroDivisionError):
        main(["info", "x", "--debug"])


@pytest.mark.parametrize(
    ("error", "code", "part"),
    [
        (Cancelled(), 1, "Cancelled"),
        (KeyboardInterrupt(), 130, "Interrupted"),
        (ModuleNotFoundError("No module named 'lightning'", name="lightning"), 1, "package lightning is missing"),
    ],
)
def test_other_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, part: str
) -> None:
    def end(_arguments: object) -> int:
        raise error

    monkeypatch.setattr(info, "run_info", end)
    assert main(["info", "x"]) == code
    assert part in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["info", "--smiles=--"], "--smiles needs a value."),
        (["predict", "--smiles=--", "--out", "a.csv"], "--smiles needs a value."),
        (["info", "a" * 300 + ".xyz"], "is too long (304 letters)"),
        (["predict", "--smiles", "C", "--relax", "none", "--out", "a" * 300 + ".csv"], "is too long (304 letters)"),
    ],
)
def test_what_no_file_system_and_no_chemist_writes_is_wrong_usage(words, sentence, capsys) -> None:
    assert main(words) == 2
    assert sentence in capsys.readouterr().err


def test_a_mistyped_command_is_no_file_to_open() -> None:
    done = run("predct")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "error: There is no command and no file “predct”.",
        "hint: “xanesview --help” lists the commands.",
    ]


@pytest.mark.parametrize(
    ("error", "told"),
    [(OSError(28, "No space left on device"), ""), (ValueError("odd"), "error: Something unexpected happened")],
)
def test_what_ends_another_thread_prints_no_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], xanesview_home: Path, error: Exception,
    told: str,
) -> None:  # fmt: skip
    """A full disk is met, and told of, by the thread that waits for the other one."""

    def fail() -> None:
        raise error

    def start(_arguments: object) -> None:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()

    monkeypatch.setattr(info, "run_info", start)
    before = threading.excepthook
    assert main(["info", "x.xyz"]) == 0
    assert threading.excepthook is before
    said = capsys.readouterr().err
    assert said.startswith(told)
    assert bool(said) == bool(told)
    assert "Traceback" not in said


def test_an_environment_that_matplotlib_does_not_take_is_told(tmp_path, monkeypatch) -> None:
    curve = tmp_path / "a.dat"
    curve.write_text("280 0.1\n285 1.0\n290 0.5\n", encoding="utf-8")
    words = [sys.executable, "-m", "xanesview", "plot", str(curve), "--out", str(tmp_path / "a.svg")]
    done = subprocess.run(words, env={**own_environment(), "MPLBACKEND": "rubbish"}, capture_output=True, text=True)
    assert done.returncode == 1
    assert "MPLBACKEND names no backend" in done.stderr


def test_without_a_standard_error_the_work_is_done(tmp_path) -> None:
    out = tmp_path / "b.csv"
    line = f"{shlex.quote(sys.executable)} -m xanesview predict {find_example('benzene').path} --out {out} 2>&-"
    done = subprocess.run(["sh", "-c", line], env=own_environment(), capture_output=True, text=True)
    assert done.returncode == 0
    assert out.is_file()


def test_too_little_memory_is_told(monkeypatch, capsys) -> None:
    monkeypatch.setattr("xanesview.cli.main._run", lambda _arguments: (_ for _ in ()).throw(MemoryError()))
    assert main(["networks"]) == 1
    assert "not enough memory" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a folder in use can't be removed")
def test_a_folder_that_was_removed_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    words = f"cd {shlex.quote(str(gone))} && rmdir {shlex.quote(str(gone))} && exec {shlex.quote(sys.executable)}"
    ended = subprocess.run(
        ["sh", "-c", f"{words} -P -m xanesview predict --smiles C --out {shlex.quote(str(tmp_path / 'a.csv'))}"],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: The folder in which the program was started is not there any more.\nhint:")


def test_settings_of_packages_in_the_current_folder_are_not_obeyed(tmp_path: Path) -> None:
    """PySCF runs such a file, and matplotlib may run LaTeX with what it says."""
    (tmp_path / ".pyscf_conf.py").write_text("open('ran', 'w').close()", encoding="utf-8")
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nlines.marker: o\n", encoding="utf-8")
    loaded = "from xanesview.reference.engine import pyscf_access; import os; print('PYSCF_CONFIG_FILE' in os.environ)"
    environment = {key: value for key, value in os.environ.items() if key not in ("HOME", "PYSCF_CONFIG_FILE")}
    environment["PYTHONPATH"] = str(ROOT)
    how = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True, "check": True}
    assert subprocess.run([sys.executable, "-P", "-c", loaded], **how).stdout == "False\n"
    assert not (tmp_path / "ran").exists()
    (tmp_path / "a.dat").write_text("\n".join(f"{280 + k} {k % 7}" for k in range(40)), encoding="utf-8")
    plot = [sys.executable, "-P", "-m", "xanesview", "plot", "a.dat", "--out"]
    subprocess.run([*plot, "there.svg"], **how)
    (tmp_path / "matplotlibrc").unlink()
    subprocess.run([*plot, "without.svg"], **how)
    there, without = (
        [line for line in (tmp_path / f"{name}.svg").read_text("utf-8").splitlines() if "dc:date" not in line]
        for name in ("there", "without")
    )
    assert there == without
