"""The set-up script: it finds what is missing, says what to type, and is quick when nothing is to be done."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "packaging" / "bootstrap.py"

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'
MINT = "NAME='Linux Mint'\n# a comment\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"
FEDORA = 'NAME="Fedora Linux"\nID=fedora\n\nnonsense\n'


@pytest.fixture
def libraries(monkeypatch):
    """Return packaging/system_libraries.py as a module, importable by bootstrap.py for the time of a test."""
    spec = importlib.util.spec_from_file_location("system_libraries", SCRIPT.with_name("system_libraries.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(sys.modules, "system_libraries", module)
    return module


@pytest.fixture
def steps(monkeypatch, tmp_path):
    """Return packaging/steps.py as a module with its log in a temporary folder, importable by bootstrap.py."""
    spec = importlib.util.spec_from_file_location("steps", SCRIPT.with_name("steps.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "LOG", str(tmp_path / "build" / "bootstrap.log"))
    monkeypatch.setitem(sys.modules, "steps", module)
    return module


@pytest.fixture
def bootstrap(libraries, steps, monkeypatch, tmp_path):
    """Return packaging/bootstrap.py as a module whose virtual environment would lie in a temporary folder."""
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(module, "STAMP", str(tmp_path / "stamp.json"))
    return module


@pytest.fixture
def calls(bootstrap, monkeypatch):
    """Record the commands that the script would run, and let each succeed."""
    recorded = []

    def call(command, **options):
        recorded.append((list(command), options))
        return 0

    monkeypatch.setattr(bootstrap.subprocess, "call", call)
    monkeypatch.setattr(bootstrap, "run_step", lambda title, command, *more, **options: call(command, **options))
    return recorded


# ------------------------------------------------------------------ the system


@pytest.mark.parametrize(("text", "debian"), [(DEBIAN, True), (MINT, True), (FEDORA, False), ("", False)])
def test_debian_and_its_children_are_recognised(libraries, text, debian):
    assert libraries.is_debian_like(libraries.parse_os_release(text)) is debian


def test_os_release_values_lose_their_quotes(libraries):
    assert libraries.parse_os_release(MINT) == {"NAME": "Linux Mint", "ID": "linuxmint", "ID_LIKE": "ubuntu debian"}


def test_each_package_is_named_once_and_only_if_something_of_it_is_missing(libraries):
    present = {"libGL.so.1", "xauth"}
    needs = libraries.WINDOW + libraries.VIRTUAL_DISPLAY
    missing = libraries.missing(needs, is_present=lambda need: need.name in present)
    packages = libraries.packages_for(missing)
    assert "libgl1" not in packages
    assert "xauth" not in packages
    assert packages.count("xvfb") == 1
    assert packages.count("libglib2.0-0") == 1


def test_presence_is_found_out_by_loading_and_looking(libraries):
    need = libraries.Need
    program = "cmd" if os.name == "nt" else "env"
    assert libraries.missing([need("module", "json", "x"), need("program", program, "x")]) == []
    absent = [
        need("library", "libxanesview-nowhere.so.7", "x"),
        need("program", "xanesview-nowhere", "x"),
        need("module", "xanesview_nowhere", "x"),
    ]
    assert libraries.missing(absent) == absent


def test_the_venv_package_carries_the_version_where_python_is_not_the_default(libraries, tmp_path):
    default = tmp_path / "python3.11"
    default.write_text("")
    (needed, _) = libraries.python_needs((3, 11), str(default))
    assert needed.package == "python3-venv"
    (needed, _) = libraries.python_needs((3, 13), str(default))
    assert needed.package == "python3.13-venv"


def test_without_root_the_exact_apt_line_is_the_hint(bootstrap, libraries, calls):
    needs = [libraries.Need("library", "libxanesview-nowhere.so.7", "libxanesview7")]
    with pytest.raises(bootstrap.BootstrapError) as caught:
        bootstrap.provide(needs, debian=True, root=False)
    assert "libxanesview-nowhere.so.7" in str(caught.value)
    line = "sudo apt-get update && sudo apt-get install -y --no-install-recommends libxanesview7"
    assert caught.value.hint == "Type: " + line
    assert calls == []


def test_on_other_systems_the_libraries_are_named(bootstrap, libraries, calls):
    with pytest.raises(bootstrap.BootstrapError) as caught:
        bootstrap.provide([libraries.Need("library", "libnowhere.so.7", "libnowhere7")], debian=False, root=True)
    assert "libnowhere.so.7" in str(caught.value)
    assert calls == []


def test_as_root_the_packages_are_installed_and_looked_for_again(bootstrap, libraries, calls, monkeypatch):
    need = libraries.Need("library", "libnowhere.so.7", "libnowhere7")
    answers = iter([[need], []])
    monkeypatch.setattr(libraries, "missing", lambda needs: next(answers))
    bootstrap.provide([need], debian=True, root=True)
    assert [command[0] for command, _ in calls] == ["apt-get", "apt-get"]
    assert calls[-1][0][-1] == "libnowhere7"


def test_an_installation_that_did_not_help_is_an_error(bootstrap, libraries, calls):
    with pytest.raises(bootstrap.BootstrapError, match="could not be installed"):
        bootstrap.provide([libraries.Need("library", "libnowhere.so.7", "libnowhere7")], debian=True, root=True)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only X11 and Wayland are told by variables")
@pytest.mark.parametrize(
    ("environment", "display"),
    [({}, False), ({"DISPLAY": ""}, False), ({"DISPLAY": ":1"}, True), ({"WAYLAND_DISPLAY": "wayland-0"}, True)],
)
def test_a_display_is_found_by_its_variables(bootstrap, environment, display):
    assert bootstrap.has_display(environment) is display


# ------------------------------------------------------------------ the virtual environment


def test_an_old_python_is_one_sentence_and_a_hint(bootstrap):
    with pytest.raises(bootstrap.BootstrapError) as caught:
        bootstrap.check_python((3, 9))
    assert "3.11 or newer; this is 3.9" in str(caught.value)
    assert "bootstrap.py run" in caught.value.hint
    bootstrap.check_python((3, 11))


def test_errors_go_to_stderr_with_their_hint(bootstrap, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "OLDEST_PYTHON", (99, 0))
    assert bootstrap.main(["run"]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("error: xanesview needs Python 99.0")
    assert second.startswith("hint: ")


def test_a_stamp_covers_the_extras_it_names_and_fewer(bootstrap):
    stamp = {"digest": "d", "extras": ["test", "train"]}
    assert bootstrap.is_current(stamp, "d", ())
    assert bootstrap.is_current(stamp, "d", ("test",))
    assert not bootstrap.is_current(stamp, "d", ("abinitio",))
    assert not bootstrap.is_current(stamp, "other", ())
    assert not bootstrap.is_current({}, "d", ())


@pytest.mark.parametrize("content", ["", "[]", '{"digest": ', "\x00"])
def test_a_broken_stamp_counts_as_none(bootstrap, tmp_path, content):
    (tmp_path / "stamp.json").write_text(content)
    assert bootstrap.read_stamp(str(tmp_path / "stamp.json")) == {}
    assert bootstrap.read_stamp(str(tmp_path / "nothing.json")) == {}


def test_the_digest_follows_files_and_place(bootstrap, tmp_path):
    file = tmp_path / "pyproject.toml"
    file.write_text("a")
    before = bootstrap.digest([str(file)], "/here")
    assert bootstrap.digest([str(file)], "/here") == before
    assert bootstrap.digest([str(file)], "/there") != before
    file.write_text("b")
    assert bootstrap.digest([str(file)], "/here") != before


def test_packages_are_installed_once_and_extras_add_up(bootstrap, calls, monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "announce_download", lambda python, extras: None)
    compiled = []
    monkeypatch.setattr(bootstrap, "compile_program", compiled.append)
    bootstrap.install(("test",))
    bootstrap.install(())
    bootstrap.install(("test",))
    assert len(calls) == len(compiled) == 1
    command = calls[0][0]
    assert command[command.index("-c") + 1] == str(ROOT / "packaging" / "constraints.txt")
    bootstrap.install(("train",))
    assert calls[1][0][-1].endswith("[test,train]")
    assert json.loads((tmp_path / "stamp.json").read_text())["extras"] == ["test", "train"]


def test_a_failed_installation_leaves_no_stamp(bootstrap, monkeypatch, tmp_path):
    (tmp_path / "stamp.json").write_text('{"digest": "old", "extras": []}')
    monkeypatch.setattr(bootstrap, "announce_download", lambda python, extras: None)
    monkeypatch.setattr(bootstrap, "run_step", lambda *arguments, **options: 1)
    with pytest.raises(bootstrap.BootstrapError, match="could not be installed"):
        bootstrap.install(())
    assert not (tmp_path / "stamp.json").exists()


@pytest.mark.slow
def test_an_interrupted_virtual_environment_is_made_anew(bootstrap, capfd, tmp_path):
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to("/nowhere/python3")
    assert not bootstrap.is_healthy(str(venv))
    bootstrap.make_venv(str(venv))
    assert bootstrap.is_healthy(str(venv))
    assert "making it anew" in capfd.readouterr().out


def test_the_programs_byte_code_is_made(bootstrap, monkeypatch, tmp_path):
    (tmp_path / "xanesview").mkdir()
    (tmp_path / "xanesview" / "part.py").write_text("part = 1\n")
    monkeypatch.setattr(bootstrap, "ROOT", str(tmp_path))
    bootstrap.compile_program(sys.executable)
    assert list((tmp_path / "xanesview" / "__pycache__").glob("part.*.pyc"))


def test_what_is_there_already_is_not_made_again(bootstrap, calls, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "is_healthy", lambda venv: True)
    monkeypatch.setattr(bootstrap, "is_current", lambda stamp, wanted_digest, extras: True)
    bootstrap.set_up(("test",), [])
    assert calls == []
    assert capsys.readouterr().out == ""


def test_no_download_starts_before_its_size_is_said(bootstrap, monkeypatch, capsys):
    said_before_pip = []

    def run_step(title, command, **options):
        said_before_pip.append(capsys.readouterr().out)
        return 0

    monkeypatch.setattr(bootstrap, "run_step", run_step)
    monkeypatch.setattr(bootstrap, "compile_program", lambda python: None)
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, 1))
    bootstrap.install(())
    (text,) = said_before_pip
    assert "about 382 MB" in text
    assert "torch" in text
    bootstrap.install(("test",))
    assert "about 573 MB" in said_before_pip[1], "what the tests need comes on top"


# ------------------------------------------------------------------ steps and their log


CHATTER = "import sys; [print('Collecting package' + str(k)) for k in range(300)]; sys.exit({code})"


def test_a_step_is_one_line_and_everything_else_is_in_the_log(steps, capsys):
    assert steps.run_step("Python packages", [sys.executable, "-c", CHATTER.format(code=0)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("bootstrap: Python packages: done after ")
    log = Path(steps.LOG).read_text()
    assert "package0\n" in log
    assert "package299\n" in log


def test_a_long_step_gives_signs_of_life_where_no_terminal_is(steps, capsys):
    progress = steps.Progress("packages", every_s=0.02)
    progress.tell("7 packages found")
    until = time.monotonic() + 10
    while time.monotonic() < until and "packages: 7 packages found, 0 s" not in (said := capsys.readouterr().out):
        time.sleep(0.02)
    assert "packages: 7 packages found, 0 s" in said
    progress.end("done")
    capsys.readouterr()
    time.sleep(0.1)
    assert capsys.readouterr().out == ""


def test_a_failed_step_shows_the_end_of_its_log_and_names_it(steps, capsys):
    steps.run_step("first", [sys.executable, "-c", "print('of another step')"])
    assert steps.run_step("Python packages", [sys.executable, "-c", CHATTER.format(code=3)]) == 3
    steps.show_log_end()
    said = capsys.readouterr().out.splitlines()
    assert said[1].startswith("bootstrap: Python packages: failed after ")
    assert said[2:-1] == [f"  | Collecting package{k}" for k in range(280, 300)]
    assert said[-1].endswith(os.path.relpath(steps.LOG))


def test_a_program_that_is_not_there_is_a_failed_step(steps, capsys):
    assert steps.run_step("system packages", ["/nowhere/apt-get"]) == 127
    assert steps.log_end()
    assert "could not be started" in capsys.readouterr().out


def test_on_a_terminal_the_line_tells_how_far_pip_is(steps, monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    lines = ["Collecting a", "  Downloading a-1-py3-none-any.whl (450 kB)", "Collecting b==2",
             "  Downloading b-2-py3-none-any.whl.metadata (9 kB)", "  Downloading b-2-py3-none-any.whl (80.3 MB)",
             "Installing collected packages: a, b"]  # fmt: skip
    code = f"print({chr(10).join(lines)!r})"
    assert steps.run_step("Python packages", [sys.executable, "-c", code], words=steps.PipReader().words) == 0
    told = [part.rstrip() for part in capsys.readouterr().out.split("\r\x1b[K")]
    assert "bootstrap: Python packages: 2 packages found, 81 MB downloaded" in told
    assert told[-2] == "bootstrap: Python packages: unpacking 2 packages"
    assert told[-1].startswith("bootstrap: Python packages: done after ")


def test_apt_waits_for_dpkgs_lock(bootstrap, libraries, calls, monkeypatch):
    need = libraries.Need("library", "libnowhere.so.7", "libnowhere7")
    answers = iter([[need], []])
    monkeypatch.setattr(libraries, "missing", lambda needs: next(answers))
    bootstrap.provide([need], debian=True, root=True)
    for command, _ in calls:
        option = command[command.index("-o", 3) + 1]
        assert option == f"DPkg::Lock::Timeout={bootstrap.LOCK_PATIENCE_S}"


APT = """
import pathlib, sys
tries = pathlib.Path({tries!r})
tries.write_text(tries.read_text() + "x" if tries.exists() else "x")
if len(tries.read_text()) < 3:
    print("E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt)")
    sys.exit(100)
print("Reading package lists...")
"""


def test_apt_is_asked_again_while_another_program_holds_the_lists(bootstrap, steps, monkeypatch, tmp_path, capsys):
    code = APT.format(tries=str(tmp_path / "tries"))
    run_step = steps.run_step

    def apt(title, command, *arguments, **options):
        return run_step(title, [sys.executable, "-c", code], *arguments, **options)

    monkeypatch.setattr(bootstrap, "run_step", apt)
    pauses = []
    assert bootstrap.run_apt("list of system packages", ["update"], sleep=pauses.append) == 0
    assert pauses == [bootstrap.LOCK_PAUSE_S] * 2
    waiting, done = capsys.readouterr().out.splitlines()
    assert "waiting until it ends" in waiting
    assert "done after" in done


def test_apt_is_not_asked_again_after_any_other_failure(bootstrap, steps, monkeypatch, capsys):
    run_step = steps.run_step
    code = "import sys; print('E: Unable to locate package libnowhere7'); sys.exit(100)"
    monkeypatch.setattr(bootstrap, "run_step", lambda title, command, *arguments, **options: run_step(
        title, [sys.executable, "-c", code], *arguments, **options))  # fmt: skip
    assert bootstrap.run_apt("system packages", ["install", "libnowhere7"], sleep=pytest.fail) == 100
    assert "system packages: failed" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["bootstrap.py", "steps.py", "system_libraries.py"])
def test_an_old_python_can_read_the_script_far_enough_to_say_so(name):
    source = SCRIPT.with_name(name).read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 6))
    modules = {node.module if isinstance(node, ast.ImportFrom) else alias.name.split(".")[0]
               for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)
               for alias in node.names}  # fmt: skip
    assert modules <= set(sys.stdlib_module_names) | {"steps", "system_libraries"}


# ------------------------------------------------------------------ the two commands


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["test", "--help"]])
def test_help_explains_both_commands(arguments):
    done = subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=True)
    assert "bootstrap.py run" in done.stdout
    assert "bootstrap.py test" in done.stdout
    assert "downloads" in done.stdout


def test_an_unknown_command_is_wrong_usage():
    done = subprocess.run([sys.executable, str(SCRIPT), "fly"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "fly" in done.stderr


@pytest.fixture
def ready(bootstrap, monkeypatch):
    """Let the set-up be done already."""
    monkeypatch.setattr(bootstrap, "set_up", lambda extras, needs: None)
    return bootstrap


def test_run_opens_the_window_with_the_example(ready, calls, monkeypatch):
    monkeypatch.setattr(ready, "has_display", lambda: True)
    assert ready.main(["run"]) == 0
    assert calls[0][0][1:] == ["-m", "xanesview", "--example", "benzene"]


def test_run_passes_a_file_on(ready, calls, monkeypatch):
    monkeypatch.setattr(ready, "has_display", lambda: True)
    assert ready.main(["run", "my molecule.cif"]) == 0
    assert calls[0][0][1:] == ["-m", "xanesview", "my molecule.cif"]


def test_run_without_a_display_says_so_and_names_its_files(ready, calls, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(ready, "has_display", lambda: False)
    monkeypatch.setattr(ready, "HEADLESS_OUT", str(tmp_path / "out"))
    assert ready.main(["run"]) == 0
    verbs = [command[3] for command, _ in calls]
    assert verbs == ["predict", "plot", "plot"]
    said = capsys.readouterr().out
    assert "no display" in said
    for name in ("benzene.csv", "benzene.svg", "benzene.png"):
        assert name in said.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        ([], ROOT / "resources" / "examples" / "benzene.extxyz"),
        (["--example", "pyridine"], ROOT / "resources" / "examples" / "pyridine.extxyz"),
        (["molecule.cif"], "molecule.cif"),
    ],
)
def test_without_a_display_the_same_structure_is_predicted(ready, calls, monkeypatch, tmp_path, arguments, file):
    monkeypatch.setattr(ready, "has_display", lambda: False)
    monkeypatch.setattr(ready, "HEADLESS_OUT", str(tmp_path / "out"))
    assert ready.main(["run", *arguments]) == 0
    assert calls[0][0][3:5] == ["predict", str(file)]
    assert Path(file).exists() or file == "molecule.cif"


def test_a_failing_prediction_ends_the_headless_run_with_its_code(ready, monkeypatch, tmp_path):
    monkeypatch.setattr(ready, "has_display", lambda: False)
    monkeypatch.setattr(ready, "HEADLESS_OUT", str(tmp_path / "out"))
    monkeypatch.setattr(ready.subprocess, "call", lambda *arguments, **options: 1)
    assert ready.main(["run"]) == 1


def test_tests_run_in_a_virtual_display_where_there_is_none(ready, calls, monkeypatch):
    monkeypatch.setattr(ready, "has_display", lambda: False)
    assert ready.main(["test", "-k", "paths", "-x"]) == 0
    command, options = calls[0]
    assert command[:4] == ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24"]
    assert command[-3:] == ["-k", "paths", "-x"]
    assert options["env"]["LIBGL_ALWAYS_SOFTWARE"] == "1"


def test_tests_use_a_display_that_is_there(ready, calls, monkeypatch):
    monkeypatch.setattr(ready, "has_display", lambda: True)
    assert ready.main(["test", "-k", "paths"]) == 0
    assert calls[0][0][1:] == ["-m", "pytest", "-k", "paths"]


@pytest.mark.parametrize(
    ("cores", "arguments", "several"),
    [(2, [], True), (2, ["--durations=15"], True), (1, [], False), (8, ["-x"], False), (8, ["tests/unit"], False)],
)
def test_windows_and_all_else_run_side_by_side_where_there_are_cores(bootstrap, monkeypatch, cores, arguments, several):
    monkeypatch.setattr(bootstrap.os, "cpu_count", lambda: cores)
    shares = bootstrap.shares(arguments)
    if not several:
        assert shares == [arguments]
        return
    windows, rest, panels = shares
    assert (windows[0], rest[0], panels[0]) == ("tests/gui", "tests", bootstrap.PANELS)
    assert f"--ignore={bootstrap.PANELS}" in windows
    assert "--ignore=tests/gui" in rest, "each test in one of them"
    assert all(share[-len(arguments) :] == arguments for share in shares if arguments)


def test_the_next_share_begins_when_another_has_ended(bootstrap, tmp_path):
    """No more at a time than there are cores; what all of them exit with is told."""
    note = (
        "import sys, time; _, log, name, seconds, code = sys.argv; open(log, 'a').write(name); "
        "time.sleep(float(seconds)); open(log, 'a').write(name.upper()); sys.exit(int(code))"
    )
    asked = (("a", "3.0", "0"), ("b", "0.5", "3"), ("c", "0.1", "1"))
    commands = [[sys.executable, "-c", note, str(tmp_path / "log"), *one] for one in asked]
    assert bootstrap.run_beside(commands, dict(os.environ)) == [0, 3, 1]
    said = (tmp_path / "log").read_text(encoding="utf-8")
    assert said.index("B") < said.index("c") < said.index("A")


@pytest.mark.parametrize("codes", [(0, 0), (1, 0), (0, 3)])
def test_what_ran_beside_is_told_after_and_counts(bootstrap, monkeypatch, capfdbinary, tmp_path, codes):
    monkeypatch.setattr(bootstrap, "ROOT", str(tmp_path))
    program = "import sys, time; time.sleep({}); print({!r}, flush=True); sys.exit({})"
    commands = [
        [sys.executable, "-c", program.format(wait, word, code)]
        for wait, word, code in zip((0.3, 0.0), ("windows", "all else"), codes)
    ]
    assert bootstrap.run_beside(commands, dict(os.environ)) == list(codes)
    assert capfdbinary.readouterr().out.split(b"\n")[:2] == [b"windows", b"all else"]


def only_with(*wanted: str) -> list[str]:
    """Return a command that passes where these words are among its last ones."""
    return [sys.executable, "-c", f"import sys; sys.exit(0 if {wanted!r} == tuple(sys.argv[-{len(wanted)}:]) else 4)"]


def test_few_that_failed_are_tried_alone_and_named_where_they_pass(bootstrap, capsys):
    names = ["tests/a.py::one", "tests/b.py::two"]
    assert bootstrap.again(1, names, only_with(*names), dict(os.environ)) == 0
    assert "UNSTABLE, failed beside the others and passed alone: tests/a.py::one, tests/b.py::two" in " ".join(
        capsys.readouterr().out.split()
    )
    assert bootstrap.again(1, names, only_with("another"), dict(os.environ)) == 4
    assert "UNSTABLE" not in capsys.readouterr().out


@pytest.mark.parametrize(("code", "count"), [(0, 0), (1, 0), (1, 4), (-11, 1), (2, 1)])
def test_many_failures_crashes_and_interruptions_are_not_tried_again(bootstrap, code, count):
    names = [f"tests/a.py::{k}" for k in range(count)]
    assert bootstrap.again(code, names, ["no-such-command"], dict(os.environ)) == code


TESTS = """
import os

import pytest
def test_good(): pass
def test_bad(): assert False
def test_crash(): os.abort()
@pytest.mark.parametrize("word", ["a b", "c"])
def test_after(word): pass
"""


@pytest.fixture
def crashing(bootstrap, monkeypatch, tmp_path):
    """A folder of tests of which one ends its process, and the command that runs them."""
    monkeypatch.setattr(bootstrap, "ROOT", str(tmp_path))
    (tmp_path / "test_it.py").write_text(TESTS, encoding="utf-8")
    shutil.copy(SCRIPT.parents[1] / "tests" / "conftest.py", tmp_path)
    journal = str(tmp_path / "journal")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    return [*command, "-c", os.devnull, "--journal", journal, "test_it.py"], journal


def test_what_had_not_begun_runs_after_a_crash(bootstrap, crashing, capfd):
    command, journal = crashing
    (code,) = bootstrap.run_beside([command], dict(os.environ))
    assert bootstrap.has_crashed(code)
    assert bootstrap.go_on(code, journal, command, dict(os.environ)) == 1
    told = capfd.readouterr().out
    assert "in test_it.py::test_crash or at its end" in told
    assert "2 passed, 3 deselected" in told
    assert "Fatal Python error: Aborted" in told, "where it crashed is told with what the tests printed"
    assert bootstrap.failed_tests([journal, "none"]) == ["test_it.py::test_bad", "test_it.py::test_crash"]


@pytest.mark.parametrize("code", [0, 1, 2, 5, 137, 143, -9, -15])
def test_what_ended_otherwise_is_not_gone_on_with(bootstrap, tmp_path, code):
    (tmp_path / "journal").write_text("tests/a.py::one\n", encoding="utf-8")
    assert bootstrap.go_on(code, str(tmp_path / "journal"), ["no-such-command"], {}) == code

