"""Whatever the program does, it ends when it is asked to, and no process of its own outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.process_tree import ENDS_S, STUCK, children, is_alive, kill_all, wait_until
from xanesview.cli.main import main
from xanesview.processes import ENDING

#: Takes minutes to compute.
LARGE = ("CCCCCCCCCCCCCCCCCC", "CCCCCCCCCCCCCCCCCCO")


def started(*words: str, **variables: str) -> subprocess.Popen:
    """Start Python with these arguments; Ctrl+C reaches it however the tests were started."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", **variables}
    return subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
        preexec_fn=_hearing,
    )  # fmt: skip


def _hearing() -> None:
    """Signals reach the program however the tests were started: `nohup` and shells have some ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def ended(process: subprocess.Popen) -> tuple[int, str]:
    """Wait for the end, in the time that is promised; exit code and standard error."""
    try:
        _, told = process.communicate(timeout=ENDS_S)
    except subprocess.TimeoutExpired:
        kill_all([*children(process.pid), process.pid])
        process.communicate()
        raise
    return process.returncode, told


def workers(process: subprocess.Popen) -> list[int]:
    """Return the processes that compute for another one."""
    return [pid for pid, command in children(process.pid).items() if "spawn_main" in command]


@pytest.mark.parametrize("how", [signal.SIGKILL, *ENDING], ids=lambda one: one.name)
def test_processes_that_compute_end_with_the_one_that_started_them(how: signal.Signals, tmp_path: Path) -> None:
    pytest.importorskip("pyscf")
    smiles = [word for text in LARGE for word in ("--smiles", text)]
    process = started("-m", "xanesview", "compute", *smiles, "--out", str(tmp_path / "out"), "--processes", "2")
    everyone: list[int] = []
    try:
        wait_until(lambda: len(workers(process)) == 2 or process.poll() is not None)
        computing = workers(process)
        assert len(computing) == 2, process.stderr.read()
        wait_until(lambda: all("libcint" in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8") for pid in computing))
        everyone = list(children(process.pid))
        process.send_signal(how)
        if how == signal.SIGINT:  # as a terminal does
            for pid in computing:
                os.kill(pid, how)
        wait_until(lambda: not any(map(is_alive, everyone)), ENDS_S)
        code, told = ended(process)
    finally:
        kill_all([*everyone, process.pid])
        process.communicate()
    if how == signal.SIGKILL:
        assert code == -signal.SIGKILL
    else:
        assert code == 128 + how
        assert len(told.splitlines()) == 2
        assert told.startswith("error: ")
    assert "Traceback" not in told
    assert [path for path in (tmp_path / "out").iterdir() if path.suffix == ".npz"] == []


CHILD = "import os, time; from xanesview.processes import end_with_parent; end_with_parent(int(os.environ['PARENT']))"


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_a_child_ends_with_its_parent_also_where_the_system_does_not_help(system: str) -> None:
    child = f"import sys; sys.platform = {system!r}; {CHILD}; print('ready', flush=True); {STUCK}"
    code = (
        "import os, subprocess, sys, time; "
        "environment = {**os.environ, 'PARENT': str(os.getpid())}; "
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}], env=environment); "
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = started("-c", code)
    pid = int(parent.stdout.readline())
    try:
        assert parent.stdout.readline() == "ready\n"
        assert is_alive(pid)
        parent.kill()
        wait_until(lambda: not is_alive(pid), ENDS_S)
    finally:
        kill_all([pid, parent.pid])
        parent.communicate()


def test_a_child_whose_parent_has_ended_already_ends() -> None:
    child = started("-c", f"{CHILD}; time.sleep(60)", PARENT="1")
    assert ended(child) == (1, "")


@pytest.mark.parametrize(
    "work",
    [
        "time.sleep(60)",
        STUCK,
        f"threading.Thread(target=lambda: exec({STUCK!r}, {{}})).start(); time.sleep(60)",
        "[time.sleep(0.1) for _ in iter(int, 1)]",
        "forgiving()",
        "changing(SystemExit(1))",
        "changing(RuntimeError('callback failed'))",
        "slow_to_clean_up(); time.sleep(60)",
    ],
    ids=[
        "Python", "a library", "a thread of a library", "a loop", "what goes on at every error",
        "what makes an end of its own of it", "what makes an error of it", "a slow end of the interpreter",
    ],
)
@pytest.mark.parametrize("how", ENDING, ids=lambda one: one.name)
def test_whatever_a_command_does_it_ends_when_asked(how: signal.Signals, work: str) -> None:
    code = f"""
import sys, threading, time
from xanesview.cli import networks
from xanesview.cli.main import main
def forgiving():
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
def changing(error):
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        raise error
def slow_to_clean_up():
    import atexit
    atexit.register(time.sleep, 20)
def run(_arguments):
    print("begun", flush=True)
    {work}
networks.run_networks = run
sys.argv[1:] = ["networks"]
sys.exit(main())
"""
    process = started("-c", code)
    assert process.stdout.readline() == "begun\n"
    time.sleep(0.2)
    process.send_signal(how)
    code, told = ended(process)
    assert code == 128 + how
    assert told.splitlines()[1] == "hint: This run has written no file; what was there before is as it was."
    assert len(told.splitlines()) == 2


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=lambda one: one.name)
def test_a_training_ends_as_all_else_does(how: signal.Signals, tmp_path: Path) -> None:
    """Lightning handles both signals itself, and ends the program without a word."""
    pytest.importorskip("lightning")
    code = f"""
import sys
from xanesview.cli import networks
from xanesview.cli.main import main
def run(_arguments):
    import lightning
    from lightning.pytorch.demos.boring_classes import BoringModel
    class Begun(lightning.Callback):
        def on_train_batch_start(self, trainer, module, batch, number):
            if number == 3:
                print("begun", flush=True)
    choices = dict(logger=False, enable_progress_bar=False, enable_model_summary=False, enable_checkpointing=False)
    trainer = lightning.Trainer(
        max_epochs=-1, callbacks=[Begun()], accelerator="cpu", default_root_dir={str(tmp_path)!r}, **choices)
    trainer.fit(BoringModel())
networks.run_networks = run
sys.argv[1:] = ["networks"]
sys.exit(main())
"""
    process = started("-W", "ignore", "-c", code)
    while line := process.stdout.readline():
        if line == "begun\n":
            break
    process.send_signal(how)
    code, told = ended(process)
    assert code == 128 + how
    said = [line for line in told.splitlines() if line.startswith(("error: ", "hint: "))]
    assert len(said) == 2


def test_asking_twice_does_not_wait() -> None:
    code = """
import sys, time
from xanesview.cli import networks
from xanesview.cli.main import main
def run(_arguments):
    try:
        print("begun", flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        print("cleaning", flush=True)
        time.sleep(1.2)
        raise
networks.run_networks = run
sys.exit(main(["networks"]))
"""
    process = started("-c", code)
    assert process.stdout.readline() == "begun\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "cleaning\n"
    process.send_signal(signal.SIGINT)
    assert ended(process) == (130, "")


def test_a_command_leaves_signals_as_they_were(capsys: pytest.CaptureFixture[str]) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert main(["--version"]) == 0
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    assert signal.set_wakeup_fd(-1) == -1
    capsys.readouterr()


def test_what_was_started_to_ignore_ctrl_c_does() -> None:
    code = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
from xanesview.cli import networks
from xanesview.cli.main import main
def run(_arguments):
    signal.raise_signal(signal.SIGINT)
    print("goes on")
networks.run_networks = run
sys.exit(main(["networks"]))
"""
    process = started("-c", code)
    said, _ = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "goes on\n")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=lambda one: one.name)
def test_a_child_is_started_wholly_before_the_end_is_heard_of(how: signal.Signals) -> None:
    """A start that is broken off leaves a child that nobody knows of, which prints a trace as it gets no orders."""
    code = f"""
import signal, sys
from xanesview.cli import networks
from xanesview.cli.main import main
from xanesview.processes import starting_children
def run(_arguments):
    with starting_children():
        signal.raise_signal({int(how)})
        print("started", flush=True)
    print("goes on", flush=True)
networks.run_networks = run
sys.argv[1:] = ["networks"]
sys.exit(main())
"""
    process = started("-c", code)
    said, told = process.communicate(timeout=60)
    assert (process.returncode, said) == (128 + how, "started\n")
    assert len(told.splitlines()) == 2
