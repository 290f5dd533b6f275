"""Processes that compute sites: what they say, and that none outlives whoever started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from types import SimpleNamespace

import numpy as np
import pytest

from tests.process_tree import ENDS_S, children, is_alive, kill_all, wait_until
from tests.unit.reference.multiple_scattering.test_cluster import rutile
from xanesview.errors import XanesviewError
from xanesview.processes import own_environment
from xanesview.reference.multiple_scattering import site_worker
from xanesview.reference.multiple_scattering.calculation import _sized_for
from xanesview.reference.multiple_scattering.output import SiteTensor
from xanesview.reference.multiple_scattering.site_processes import computed

on_posix = pytest.mark.skipif(os.name != "posix", reason="groups of processes are POSIX's")

# Stands for FEFF's stages: a process that goes on for a minute, which its leader only waits for.
STAGES = """
import subprocess, sys, time
from xanesview.reference.engine.worker import serve_group

def answer(job, say):
    say({"number": job["number"], "stage": "potentials", "seconds": 0.0})
    if job["atom"] == 7:
        subprocess.run([sys.executable, "-c", "import time; time.sleep(60)"])
    if job["atom"] == 8:
        import os, signal
        os.kill(os.getpid(), signal.SIGKILL)
    print("a library prints")
    return {"number": job["number"], "atom": job["atom"], "seconds": 0.1}

serve_group(answer)
"""


@pytest.fixture
def command(tmp_path) -> tuple[str, ...]:
    script = tmp_path / "stages.py"
    script.write_text(STAGES)
    return sys.executable, str(script)


def jobs(*atoms: int) -> list[dict]:
    return [site_worker.job_of(rutile(), atom, "K", "fast") for atom in atoms]


def test_sites_are_answered_as_they_come_with_their_progress(command):
    told = []
    found = dict(computed(jobs(0, 1, 2), lambda *words: told.append(words), command=command))
    assert {place: answer["atom"] for place, answer in found.items()} == {0: 0, 1: 1, 2: 2}
    assert sorted(words[0] for words in told) == [0, 1, 2]
    assert {words[1] for words in told} == {"potentials"}


def test_a_process_that_dies_takes_one_site_with_it(command):
    found = dict(computed(jobs(8, 1), at_a_time=1, command=command))
    assert "ended by the system" in found[0]["error"]
    assert found[0]["hint"]
    assert found[1]["atom"] == 1


def test_no_job_begins_after_the_deadline(command):
    assert list(computed(jobs(0, 1), goes_on=lambda: False, command=command)) == []


@on_posix
def test_leaving_the_iteration_ends_what_the_processes_have_started(command):
    before = set(children(os.getpid()))
    began = []
    answers = computed(jobs(7, 0), lambda place, *_: began.append(place), command=command)
    next(answers)
    wait_until(lambda: sum("sleep(60)" in line for line in children(os.getpid()).values()))
    started = set(children(os.getpid())) - before
    start = time.monotonic()
    answers.close()
    wait_until(lambda: not any(map(is_alive, started)), ENDS_S)
    assert time.monotonic() - start < ENDS_S


@on_posix
def test_nothing_is_left_when_the_parent_is_killed_outright(command, tmp_path):
    parent = tmp_path / "parent.py"
    parent.write_text(
        textwrap.dedent(f"""
        from tests.unit.reference.multiple_scattering.test_processes import jobs
        from xanesview.reference.multiple_scattering.site_processes import computed
        for _ in computed(jobs(7, 7), command={command!r}):
            pass
    """)
    )
    known = own_environment()
    known["PYTHONPATH"] = os.pathsep.join([known["PYTHONPATH"], os.getcwd()])
    process = subprocess.Popen([sys.executable, str(parent)], env=known)
    try:
        wait_until(lambda: sum("sleep(60)" in line for line in children(process.pid).values()) == 2)
        left = children(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_until(lambda: not any(map(is_alive, left)), ENDS_S)
    finally:
        kill_all(left)


def test_a_worker_answers_with_the_tensor_and_tells_its_stages():
    said = []
    components = np.random.default_rng(0).normal(size=(6, 4))

    def compute(structure, atom, shell, settings, folder, tell) -> SiteTensor:
        assert (structure.formula, atom, shell, settings.name) == ("O4Ti2", 1, "K", "fast")
        assert folder.is_dir()
        tell("scattering")
        return SiteTensor(np.arange(4.0), components, 4900.0, 1e-6)

    answer = site_worker.answer({"number": 5, **jobs(1)[0]}, said.append, compute)
    assert (answer["number"], answer["tensor"]["e0_ev"]) == (5, 4900.0)
    np.testing.assert_allclose(answer["tensor"]["components"], components)
    assert [line["stage"] for line in said] == ["scattering"]
    assert said[0]["number"] == 5


@pytest.mark.parametrize(
    ("error", "words"),
    [(XanesviewError("No self-consistency.", "Try."), "No self-consistency."), (KeyError("x"), "stopped unexpectedly")],
)
def test_whatever_goes_wrong_becomes_an_answer(error, words):
    def compute(*_):
        raise error

    answer = site_worker.answer({"number": 1, **jobs(0)[0]}, lambda _line: None, compute)
    assert words in answer["error"]
    assert answer["hint"]
    assert answer["scope"] == "site"


def test_folders_of_killed_processes_are_removed_and_those_of_others_left(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead, own = tmp_path / f"xanesview-feff-{gone.pid}-abc", tmp_path / f"xanesview-feff-{os.getpid()}-abc"
    for folder in (dead, own):
        folder.mkdir()
        (folder / "pot.bin").write_bytes(b"0")
    site_worker.forget_dead()
    assert own.is_dir()
    assert not dead.exists()


def test_a_full_disk_is_told_before_feff_meets_it(tmp_path, monkeypatch):
    monkeypatch.setattr(site_worker.tempfile, "gettempdir", lambda: str(tmp_path))
    free = 10_000
    monkeypatch.setattr(site_worker.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))
    told = site_worker.answer({"number": 1, **jobs(0)[0]}, lambda _line: None, lambda *_: pytest.fail("it was begun"))
    assert told["error"] == f"There is no room for FEFF's files in {tmp_path}."
    assert "TMPDIR" in told["hint"]
    assert not list(tmp_path.iterdir())


def test_a_disk_that_fills_up_meanwhile_is_told_instead_of_the_stage_that_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(site_worker.tempfile, "gettempdir", lambda: str(tmp_path))
    left = [10**9, 0]
    monkeypatch.setattr(site_worker.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=left.pop(0)))

    def stops(*_given):
        raise XanesviewError("FEFF's stage POT stopped early.")

    told = site_worker.answer({"number": 1, **jobs(0)[0]}, lambda _line: None, stops)
    assert told["error"] == f"There is no room for FEFF's files in {tmp_path}."


def test_what_the_process_complains_of_does_not_reach_the_terminal(tmp_path, capfd):
    script = tmp_path / "complains.py"
    script.write_text("import os\nos.write(2, b'forrtl: No space left on device\\n')\n" + STAGES)
    assert len(dict(computed(jobs(0), command=(sys.executable, str(script))))) == 1
    assert "forrtl" not in "".join(capfd.readouterr())


FOLDER = """
import pathlib, subprocess, sys, tempfile
from xanesview.reference.engine.worker import serve_group
from xanesview.reference.multiple_scattering.site_worker import _folder

def answer(job, say):
    with _folder() as folder:
        say({"number": job["number"], "stage": str(folder), "seconds": 0.0})
        writing = "for n in itertools.count(): pathlib.Path(sys.argv[1], str(n % 50)).write_text('x')"
        subprocess.run([sys.executable, "-c", "import itertools, pathlib, sys\\n" + writing, str(folder)])

serve_group(answer)
"""
PARENT = """
import sys
from xanesview.cli import networks
from xanesview.cli.main import main
from xanesview.reference.multiple_scattering.site_processes import computed
def run(_arguments):
    for _ in computed([{"atom": 0}], lambda *words: print(words[1], flush=True), command=(sys.executable, WORKER)):
        pass
networks.run_networks = run
sys.exit(main())
"""


@on_posix
@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"])
def test_no_folder_stays_behind_a_calculation_that_was_ended(how, tmp_path):
    worker, parent = tmp_path / "worker.py", tmp_path / "parent.py"
    worker.write_text(FOLDER)
    parent.write_text(PARENT.replace("WORKER", repr(str(worker))))
    place = tmp_path / "temporary"
    place.mkdir()

    def hear() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)

    process = subprocess.Popen(
        [sys.executable, str(parent), "networks"], stdout=subprocess.PIPE, text=True, preexec_fn=hear,
        env={**own_environment(), "TMPDIR": str(place)},
    )  # fmt: skip
    everyone: list[int] = []
    try:
        folder = process.stdout.readline().strip()
        assert os.path.dirname(folder) == str(place)
        everyone = list(children(process.pid))
        process.send_signal(signal.Signals[how])
        process.wait(ENDS_S)
        wait_until(lambda: not any(map(is_alive, everyone)) and not list(place.iterdir()), 2 * ENDS_S)
    finally:
        kill_all([*everyone, process.pid])
        process.stdout.close()
        process.wait()


def test_tables_are_sized_for_self_consistency_and_whole_again_after_it(tmp_path):
    path = tmp_path / ".dimensions.dat"
    whole = "          61           3           4           1\n"
    path.write_text(whole)
    with _sized_for(25, tmp_path):
        assert path.read_text().split() == ["29", "3", "4", "1"]
    assert path.read_text() == whole
    with _sized_for(80, tmp_path):  # the scattering looks at fewer
        assert path.read_text() == whole


def test_a_feff_that_keeps_its_sizes_elsewhere_runs_as_it_is(tmp_path):
    with _sized_for(25, tmp_path):
        assert not list(tmp_path.iterdir())
