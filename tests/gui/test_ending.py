"""The window's process is gone within two seconds of being asked, whatever it does, and has kept its settings."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QThread

from tests.process_tree import ENDS_S, STUCK, children, is_alive, kill_all, wait_until
from xanesview.gui.background import ending

#: Starts the window as the command does; what is patched waits in a library, where nothing can stop it.
PROGRAM = f"""
import os, sys
from pathlib import Path
from xanesview.cli.main import main
from xanesview.gui import app
from xanesview.gui.first_opening import FirstOpening

folder = Path(os.environ["PLACE"])

def work(*_arguments, **_choices):
    (folder / "begun").touch()
    {STUCK}

def files_work():
    # Files that are opened are read for ever. The window's own thread reads its examples for their pictures as ever.
    import threading
    from xanesview.io.structures import registry
    read = registry.read_structure
    window = threading.main_thread()
    registry.read_structure = lambda *a, **c: (read if threading.current_thread() is window else work)(*a, **c)

def asked_to_close(window):
    from PySide6.QtCore import QTimer
    timer = QTimer(window)
    timer.timeout.connect(lambda: (folder / "close").exists() and (timer.stop(), window.close()))
    timer.start(20)
    window.view_ready.connect(lambda: (folder / "shown").touch())

after = FirstOpening.follow

def then(window):
    pass  # what the window does beside opening what the command line names

def shown(first):
    after(first)
    then(first._window)
    asked_to_close(first._window)

FirstOpening.follow = shown
"""
SLOW = {
    "files that were given up": """
def then(window):
    files_work()
    for _ in range(5):
        window.opening.open_file(folder / "large.xyz")
sys.argv[1:] = []
""",
    "a prediction": """
from xanesview.inference.shelf import InstalledNetworks
class Slow:
    predict = along = work
InstalledNetworks.load = lambda *_: Slow()
sys.argv[1:] = ["--example", "formaldehyde"]
""",
    "everything at once": """
from xanesview.gui.background import explaining, library_search, property_reading
from xanesview.inference.shelf import InstalledNetworks
InstalledNetworks.load = work
library_search.LibrarySearch._answer = work
explaining.Explaining._explained = work
def then(window):
    files_work()
    window.opening.open_file(folder / "large.xyz")
    window.library._search.look_for("", None, True)
    window.tabs["Why"].explaining.explain(None)
    window.tabs["Properties"]._readings._load = work
    window.tabs["Properties"]._readings.ask(property_reading.Question(None, "site", None))
sys.argv[1:] = []
""",
}
END = "\nsys.exit(main())\n"


@pytest.fixture
def start(tmp_path: Path):
    """Start the window with something slow and wait until that has begun."""
    begun = []

    def started(code: str, to_show: bool = True) -> subprocess.Popen:
        environment = {**os.environ, "PLACE": str(tmp_path)}
        (tmp_path / "large.xyz").write_text("1\n\nC 0 0 0\n")
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM + code + END], stderr=subprocess.PIPE, text=True, env=environment
        )
        begun.append(process)
        wait_until(lambda: (tmp_path / "begun").exists() or process.poll() is not None)
        wait_until(lambda: not to_show or (tmp_path / "shown").exists() or process.poll() is not None)
        assert process.poll() is None, process.stderr.read()
        return process

    yield started
    for process in begun:
        kill_all([*children(process.pid), process.pid] if process.poll() is None else [])
        process.communicate()


@pytest.mark.parametrize("how", ["closing", "SIGTERM"])
@pytest.mark.parametrize("what", SLOW)
def test_it_ends_whatever_goes_on(what: str, how: str, start, tmp_path: Path, xanesview_home: Path) -> None:
    process = start(SLOW[what])
    if how == "closing":
        (tmp_path / "close").touch()
    else:
        process.send_signal(signal.SIGTERM)
    try:
        _, told = process.communicate(timeout=ENDS_S)
    except subprocess.TimeoutExpired:
        pytest.fail("it goes on")
    assert process.returncode == (0 if how == "closing" else 143)
    assert "Traceback" not in told
    if how == "closing":  # a busy machine may not come to it in time when the system asks
        assert "[layout]" in (xanesview_home / "settings" / "window.ini").read_text(encoding="utf-8")
    assert (xanesview_home / "log" / "crash.log").read_text(encoding="utf-8") == ""


def told_at_the_end(process: subprocess.Popen) -> str:
    """Ask a process to end, as the system does; return what it wrote once it has."""
    process.send_signal(signal.SIGTERM)
    try:
        _, told = process.communicate(timeout=ENDS_S)
    except subprocess.TimeoutExpired:
        pytest.fail("it goes on")
    assert process.returncode == 143
    return told


def test_asked_by_the_system_it_takes_nothing_down_once_work_is_kept(start, tmp_path: Path) -> None:
    process = start("""
def then(window):
    window.view_pane.close = lambda: (folder / "torn").touch()
    (folder / "begun").touch()
sys.argv[1:] = []
""")
    told = told_at_the_end(process)
    assert "Traceback" not in told
    assert not (tmp_path / "torn").exists()


def test_it_ends_though_the_window_itself_hangs(start) -> None:
    process = start("""
def then(window):
    from PySide6.QtCore import QTimer
    QTimer.singleShot(100, window, work)
sys.argv[1:] = []
""", to_show=False)
    told = told_at_the_end(process)
    first, hint = told.splitlines()
    assert first == "error: Ended, as the system asked."
    nothing = "hint: This run has written no file; what was there before is as it was."
    assert hint in ("hint: Files written before are complete.", nothing)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=lambda one: one.name)
def test_the_process_that_computes_sites_ends_with_the_window(how: signal.Signals, start) -> None:
    pytest.importorskip("pyscf")
    process = start("""
from xanesview.gui.background.engine_process import EngineProcess
def then(window):
    from xanesview.io.examples import load_example
    from xanesview.reference.engines import MOLECULES
    window.workspace.computation.runs.begin(MOLECULES, load_example("benzene"), 0, 1.0)
    (folder / "begun").touch()
sys.argv[1:] = []
""")
    wait_until(lambda: any("site_worker" in command for command in children(process.pid).values()))
    everyone = list(children(process.pid))
    process.send_signal(how)
    try:
        wait_until(lambda: not any(map(is_alive, [*everyone, process.pid])), ENDS_S)
    finally:
        kill_all(everyone)


def test_threads_are_waited_for_together_and_not_for_long(qapp) -> None:
    gate = threading.Event()

    class Held(QThread):
        def run(self) -> None:
            gate.wait(60)

    threads = [threading.Thread(target=gate.wait, args=(60,), daemon=True), Held(), Held()]
    for thread in threads:
        thread.start()
        ending.let_end(thread)
    before = wait_until(lambda: True)
    assert not ending.wait_for_threads(0.3)
    assert wait_until(lambda: True) - before < 1.0
    gate.set()
    assert ending.wait_for_threads(10.0)
    assert not any(thread.isRunning() for thread in threads[1:])


def test_a_thread_that_has_nothing_to_do_ends_at_once(qapp) -> None:
    from xanesview.gui.background.explaining import Explaining
    from xanesview.gui.background.library_search import LibrarySearch
    from xanesview.reference.collection.collection import Collection

    for one in (Explaining(), LibrarySearch(Collection())):
        one.shutdown()
    assert ending.wait_for_threads(0.0)
