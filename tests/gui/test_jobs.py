"""The one list of jobs: what runs long, how it is stopped, what stays until it is dismissed."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from tests.gui.acting import LEFT
from tests.process_tree import children
from xanesview.domain.processing import prediction_fit
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import Cancelled
from xanesview.gui.background.file_writing import FileWriting
from xanesview.gui.session import job_watch
from xanesview.gui.session import jobs as jobs_module
from xanesview.gui.session.jobs import DONE, FAILED, RUNNING, STOPPED, JobList
from xanesview.gui.window.jobs.panel import JobsButton
from xanesview.io.atomic import write_text

SCRIPT = Path(__file__).with_name("fake_engine.py")
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def every_job_is_long(monkeypatch):
    """No test waits for a job to count as long."""
    monkeypatch.setattr(jobs_module, "MOMENT_MS", 0)
    monkeypatch.setattr(job_watch, "MANY_SITES", 1)


def states(window) -> list[tuple[str, str]]:
    return [(job.name, job.state) for job in window.workspace.jobs.jobs]


def test_a_list_keeps_what_failed_and_forgets_what_was_short(monkeypatch):
    monkeypatch.setattr(jobs_module, "MOMENT_MS", 60_000)
    jobs = JobList()
    short, failed = jobs.begin("short"), jobs.begin("failed")
    assert jobs.jobs == [], "nothing has run for a moment yet"
    short.end()
    failed.end("There is no such file.", failed=True)
    assert [(job.name, job.state) for job in jobs.jobs] == [("failed", FAILED)]
    jobs.dismiss(failed)
    assert jobs.jobs == []
    jobs.shutdown()


def test_what_runs_is_listed_after_a_moment_though_it_tells_nothing(qtbot, monkeypatch):
    monkeypatch.setattr(jobs_module, "MOMENT_MS", 60)
    for _ in range(10):  # a timer that is early now and then would find it too short
        jobs = JobList()
        with qtbot.waitSignal(jobs.changed, timeout=5_000):
            job = jobs.begin("silent")
        assert jobs.running == [job]
        jobs.shutdown()


def test_what_is_known_to_be_long_is_listed_from_its_start(monkeypatch):
    monkeypatch.setattr(jobs_module, "MOMENT_MS", 60_000)
    jobs = JobList()
    told = []
    jobs.changed.connect(lambda: told.append(len(jobs.running)))
    jobs.begin("long", at_once=True)
    assert told == [1]
    jobs.shutdown()


def test_one_short_job_after_another_hides_no_long_one(qtbot, monkeypatch):
    monkeypatch.setattr(jobs_module, "MOMENT_MS", 150)
    jobs = JobList()
    jobs._soon.setInterval(151)
    button = JobsButton(jobs)
    qtbot.addWidget(button)
    ended = [jobs.begin(name, at_once=True) for name in ("one", "two")]
    for job in ended:
        job.end()
    assert button.text() == "2 jobs ended"
    jobs.begin("long")
    shorts = QTimer(interval=30)
    shorts.timeout.connect(lambda: jobs.begin("short").end())
    shorts.start()
    qtbot.waitUntil(lambda: button.text() == "1 job", timeout=5_000)
    shorts.stop()
    jobs.shutdown()


def test_a_prediction_that_is_stopped_is_listed_until_its_network_has_stopped(window, networks, qtbot):
    networks.gate.clear()
    networks.step.clear()
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: len(window.workspace.jobs.running) == 1)
    (job,) = window.workspace.jobs.running
    qtbot.waitUntil(lambda: bool(networks.asked))
    window.named_actions["cancel"].trigger()
    qtbot.wait(700)
    assert job.is_running
    assert job.is_stopping
    assert "ended" not in window.status.jobs.text()
    networks.step.set()
    qtbot.waitUntil(lambda: job.state == STOPPED)


def test_the_time_left_follows_from_the_share(monkeypatch):
    jobs = JobList()
    job = jobs.begin("half")
    monkeypatch.setattr(type(job), "taken_s", 10.0)
    job.progress(0.25)
    assert job.left_s == pytest.approx(30.0)
    job.progress(0.01)
    assert job.left_s is None, "nobody knows yet"
    jobs.shutdown()


def test_a_prediction_stands_in_the_list_and_is_stopped_there(window, networks, qtbot):
    networks.gate.clear()
    window.opening.open_example("benzene")
    button = window.status.jobs
    qtbot.waitUntil(lambda: button.isVisible() and button.text() == "1 job")
    assert states(window) == [("Predict 6 sites of Benzene", RUNNING)]
    QTest.keyClick(window, Qt.Key.Key_J, CONTROL)
    qtbot.waitUntil(lambda: button.panel is not None and button.panel.isVisible())
    row = next(iter(button.panel.rows.values()))
    assert row.name.text() == "Predict 6 sites of Benzene"
    qtbot.mouseClick(row.button, LEFT)
    qtbot.waitUntil(lambda: states(window) == [("Predict 6 sites of Benzene", STOPPED)])
    assert not window.workspace.is_busy
    assert "Stopped" in row.told.text()
    qtbot.mouseClick(row.button, LEFT)
    qtbot.waitUntil(lambda: not states(window) and not button.isVisible())
    button.panel.close()


def begin_prediction(window, networks, qtbot) -> None:
    """Predict benzene, and hold it until it stands in the list: what is over at once need not stand there."""
    networks.gate.clear()
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: ("Predict 6 sites of Benzene", RUNNING) in states(window), timeout=20_000)
    networks.gate.set()


def test_a_prediction_that_is_done_says_so_and_waits_to_be_dismissed(window, networks, qtbot):
    begin_prediction(window, networks, qtbot)
    qtbot.waitUntil(lambda: ("Predict 6 sites of Benzene", DONE) in states(window), timeout=20_000)
    assert window.workspace.jobs.jobs[-1].sentence == "6 sites predicted"
    window.status.jobs.toggle()
    panel = window.status.jobs.panel
    qtbot.mouseClick(panel.clear, LEFT)
    assert states(window) == []
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_a_prediction_of_few_sites_leaves_no_line(window, networks, qtbot, monkeypatch):
    monkeypatch.setattr(job_watch, "MANY_SITES", 50)
    networks.gate.clear()
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: bool(window.workspace.jobs.running))
    networks.gate.set()
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None and not window.workspace.jobs.jobs)
    assert not window.status.jobs.isVisible()


def test_what_failed_keeps_its_sentence(window, networks, qtbot):
    from xanesview.errors import XanesviewError

    networks.error = XanesviewError("The network is out of order.", "Mend it.")
    begin_prediction(window, networks, qtbot)
    qtbot.waitUntil(
        lambda: [job.state for job in window.workspace.jobs.jobs if "Predict" in job.name] == [FAILED], timeout=20_000
    )
    job = next(job for job in window.workspace.jobs.jobs if "Predict" in job.name)
    assert job.sentence == "The network is out of order. Mend it."
    assert window.status.jobs.text() == "1 job failed"


def test_another_structure_gives_up_the_prediction_before(window, networks, qtbot):
    networks.gate.clear()
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: ("Predict 6 sites of Benzene", RUNNING) in states(window))
    window.opening.open_example("toluene")
    qtbot.waitUntil(lambda: ("Predict 7 sites of Toluene", RUNNING) in states(window))
    assert ("Predict 6 sites of Benzene", STOPPED) in states(window)


def test_a_computation_is_stopped_with_its_processes(benzene_window, qtbot):
    pytest.importorskip("pyscf", reason="the extra abinitio is not installed")
    window = benzene_window
    window.workspace.computation.engine.command = (sys.executable, str(SCRIPT), "hang")
    before = set(children(os.getpid()))
    window.named_actions["compute_reference"].trigger()
    qtbot.waitUntil(lambda: any("Compute" in name for name, _ in states(window)))
    qtbot.waitUntil(lambda: bool(set(children(os.getpid())) - before))
    job = next(job for job in window.workspace.jobs.jobs if "Compute" in job.name)
    assert (job.state, job.name) == (RUNNING, "Compute 1 site of Benzene (TP-DFT)")
    qtbot.waitUntil(lambda: job.left_s is not None)
    assert 0.0 <= job.share < 1.0
    job.stop()
    qtbot.waitUntil(lambda: job.state == STOPPED)
    assert not set(children(os.getpid())) - before


def test_a_computation_whose_process_dies_has_failed(benzene_window, qtbot):
    pytest.importorskip("pyscf", reason="the extra abinitio is not installed")
    window = benzene_window
    window.workspace.computation.engine.command = (sys.executable, str(SCRIPT), "die")
    window.named_actions["compute_reference"].trigger()
    qtbot.waitUntil(lambda: any(state == FAILED for _, state in states(window)))
    job = next(job for job in window.workspace.jobs.jobs if job.state == FAILED)
    assert "The calculation ended with code 3" in job.sentence


def test_a_fit_that_is_stopped_ends_at_its_next_trial():
    energy = np.linspace(280.0, 300.0, 400)
    curve = Spectrum(energy, np.exp(-((energy - 288.0) ** 2)), kind="measured")
    trials = []

    def cancelled() -> bool:
        trials.append(threading.current_thread().name)
        return len(trials) > 3

    with pytest.raises(Cancelled):
        prediction_fit.fit_series([curve], [curve], cancelled=cancelled)
    assert len(trials) == 4


@pytest.fixture
def gate():
    """Holds up what waits for it; open at the end, so that no thread is left."""
    found = threading.Event()
    yield found
    found.set()


def running(window) -> list[str]:
    return [job.name for job in window.workspace.jobs.jobs if job.state == RUNNING]


def job_of(window, name: str):
    return next(job for job in window.workspace.jobs.jobs if job.name == name)


@pytest.fixture
def slow_export(benzene_window, gate, monkeypatch, tmp_path):
    """The window while its curves are written to a file that is there already."""
    from xanesview.io.spectra import curves

    window, path, write = benzene_window, tmp_path / "curves.csv", curves.write_curves
    path.write_text("before")
    window.exporting.writing.one.patience_s = 0.0

    def slowly(*words) -> None:
        gate.wait(20.0)
        write(*words)

    monkeypatch.setattr(curves, "write_curves", slowly)
    window.exporting.write_data(path)
    return window, path


def test_an_export_stands_in_the_list_while_the_window_goes_on(slow_export, gate, qtbot):
    window, path = slow_export
    qtbot.waitUntil(lambda: "Write curves.csv" in running(window))
    qtbot.waitUntil(lambda: window.status.state.text() == "writing curves.csv…")
    before = window.workspace.geometry
    window.directions.x()
    assert window.workspace.geometry != before
    gate.set()
    qtbot.waitUntil(lambda: job_of(window, "Write curves.csv").state == DONE)
    assert "energy" in path.read_text(encoding="utf-8").lower()
    assert str(path) in window.plot_messages.text()
    qtbot.waitUntil(lambda: window.status.state.text() == "ready")


def test_an_export_that_is_stopped_leaves_the_old_file(slow_export, gate, qtbot):
    window, path = slow_export
    qtbot.waitUntil(lambda: "Write curves.csv" in running(window))
    job_of(window, "Write curves.csv").stop()
    qtbot.waitUntil(lambda: job_of(window, "Write curves.csv").state == STOPPED)
    gate.set()
    qtbot.wait(50)
    assert path.read_text() == "before"
    assert [one.name for one in path.parent.iterdir()] == ["curves.csv"], "no half file stays either"


def test_an_export_that_is_stopped_before_its_thread_runs_writes_nothing(qtbot, tmp_path, gate):
    path = tmp_path / "late.txt"
    path.write_text("before")
    writing = FileWriting()
    writing.one.patience_s = 0.0
    done: list[str] = []

    def late() -> None:
        gate.wait(20.0)
        write_text(path, "after")

    writing.begin("late.txt", late, lambda _result: done.append("late"))
    writing.cancel()
    writing.begin("next.txt", lambda: "next", lambda result: done.append(result()))
    gate.set()
    qtbot.waitUntil(lambda: done == ["next"], timeout=20_000)
    writing.finish()
    assert path.read_text() == "before"


def test_a_window_that_closes_first_writes_what_it_has_begun(slow_export, gate, qtbot):
    window, path = slow_export
    threading.Timer(0.05, gate.set).start()
    window.saving.asks = False
    window.close()
    assert path.read_text() != "before"


def test_an_export_that_fails_keeps_its_sentence(benzene_window, tmp_path, qtbot):
    benzene_window.exporting.writing.one.patience_s = 0.0
    benzene_window.exporting.write_data(tmp_path / "no_folder" / "curves.csv")
    qtbot.waitUntil(lambda: "no folder" in benzene_window.plot_messages.text())
    job = job_of(benzene_window, "Write curves.csv")
    assert (job.state, "no folder" in job.sentence) == (FAILED, True)


def test_a_spectrum_that_is_read_for_long_is_listed_and_given_up(window, gate, qtbot):
    spectra, taken = window.opening.spectra, []
    spectra.one.patience_s = 0.0
    spectra.begin("large.dat", lambda: gate.wait(20.0), taken.append)
    spectra.begin("next.dat", lambda: "read", lambda read: taken.append(read()))
    qtbot.waitUntil(lambda: "Read large.dat" in running(window))
    job_of(window, "Read large.dat").stop()
    qtbot.waitUntil(lambda: taken == ["read"])
    assert "Read large.dat" not in running(window)


def test_a_search_in_the_library_is_listed_and_stopped(window, gate, qtbot, monkeypatch):
    from xanesview.gui.background.library_search import LibrarySearch

    monkeypatch.setattr(LibrarySearch, "_answer", lambda *_: gate.wait(20.0))
    window.tabs.show("Library")
    qtbot.waitUntil(lambda: "Search the library of spectra" in running(window))
    job_of(window, "Search the library of spectra").stop()
    qtbot.waitUntil(lambda: "Search the library of spectra" not in running(window))
    assert window.library._empty.text().startswith("Stopped.")


def test_a_search_for_symmetry_is_listed_and_stopped(window, gate, qtbot, monkeypatch):
    from xanesview.gui.background import symmetry_search

    monkeypatch.setattr(symmetry_search._Search, "run", lambda _thread: gate.wait(20.0))
    window.opening.open_example("benzene")
    window.tabs.show("Sites")
    structure = window.workspace.structure
    window.sites.symmetry._search.ask(symmetry_search.SymmetryQuestion(structure, (0, 1), 0.02))
    qtbot.waitUntil(lambda: "Look for symmetry" in running(window), timeout=20_000)
    job_of(window, "Look for symmetry").stop()
    qtbot.waitUntil(lambda: "Look for symmetry" not in running(window))
    assert "not looked for" in window.sites.symmetry.symbol.text()


def test_an_explanation_and_a_reading_of_properties_are_listed_and_stopped(benzene_window, gate, qtbot, monkeypatch):
    from xanesview.gui.background.explaining import Explaining, Question

    monkeypatch.setattr(Explaining, "_explained", lambda *_: gate.wait(20.0))
    window = benzene_window
    why, properties = window.tabs["Why"], window.tabs["Properties"]
    why.explaining.explain(Question(window.workspace.structure, 0, Path("fake"), (), "gradient"))
    properties._readings._load = lambda: gate.wait(20.0)
    properties._readings.ask(None)
    names = {"Read properties from a spectrum", f"Explain the spectrum of {why._subject.text()}"}
    qtbot.waitUntil(lambda: names <= set(running(window)))
    for name in names:
        job_of(window, name).stop()
    qtbot.waitUntil(lambda: not names & set(running(window)))


def test_a_fit_is_listed_and_stopped(benzene_window, gate, qtbot):
    window = benzene_window
    window.workspace.fitting._thread.ask(lambda _cancelled: gate.wait(20.0))
    window.workspace.fitting.changed.emit()
    name = "Fit the prediction to a measured curve"
    qtbot.waitUntil(lambda: name in running(window))
    job_of(window, name).stop()
    qtbot.waitUntil(lambda: job_of(window, name).state == STOPPED)
    assert not window.workspace.fitting.is_busy


def test_what_went_well_is_told_for_a_while_and_what_failed_until_it_was_seen(qtbot):
    jobs = JobList()
    button = JobsButton(jobs)
    qtbot.addWidget(button)
    button._forget.setInterval(50)
    button.show()
    jobs.begin("well", at_once=True).end()
    jobs.begin("badly", at_once=True).end("No.", failed=True)
    assert button.text() == "1 job failed"
    qtbot.wait(120)
    assert button.text() == "1 job failed"
    button.toggle()
    button.toggle()
    assert not button.isVisible()
    assert [job.name for job in jobs.jobs] == ["well", "badly"], "the list keeps both"
    jobs.begin("again", at_once=True).end()
    assert button.text() == "1 job ended"
    qtbot.waitUntil(lambda: not button.isVisible())
    jobs.shutdown()
