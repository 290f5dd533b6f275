"""Spectra are read beside the window: it lives on, says so, lets them be given up, and loses none of several."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from tests.gui.acting import LEFT, LIVELY_MS, longest_pause_ms
from xanesview.gui.panels.references import panel as panel_module
from xanesview.gui.panels.references.contents import read_beside

PATIENT = {"timeout": 20_000}


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three spectra in columns, and one that is none."""
    paths = [tmp_path / f"{name}.dat" for name in ("first", "second", "third")]
    for k, path in enumerate(paths):
        path.write_text("\n".join(f"{280 + 0.5 * n}\t{(n - 10 - k) ** 2}" for n in range(60)), encoding="utf-8")
    return paths


@pytest.fixture
def gates(benzene_window, monkeypatch):
    """A gate for each file by its name; the file is read in a thread once it is open."""
    found: dict[str, threading.Event] = {}

    def held(path: Path):
        assert threading.current_thread() is not threading.main_thread()
        assert found.setdefault(path.stem, threading.Event()).wait(60)
        return read_beside(path)

    monkeypatch.setattr(panel_module, "read_beside", held)
    benzene_window.opening.spectra.one.patience_s = 0.0
    for name in ("first", "second", "third"):
        found[name] = threading.Event()
    yield found
    for gate in found.values():
        gate.set()


def labels(window) -> list[str]:
    return [reference.label for reference in window.workspace.session.references]


def test_the_window_lives_on_and_says_what_it_reads(benzene_window, gates, files, qtbot):
    window = benzene_window
    window.references.load_file(files[0])
    bar = window.plot_messages
    assert not bar.isVisible(), "what is ready in a moment is not told of"
    qtbot.waitUntil(bar.isVisible, **PATIENT)
    assert bar.text() == "Reading first.dat…"
    assert longest_pause_ms(window, qtbot) < LIVELY_MS
    assert labels(window) == []
    gates["first"].set()
    qtbot.waitUntil(lambda: labels(window) == ["first"], **PATIENT)
    assert "Reading" not in bar.text()


def test_of_several_files_none_is_lost_and_they_come_in_order(benzene_window, gates, files, qtbot):
    window = benzene_window
    window.opening.open_paths(files)
    qtbot.waitUntil(window.plot_messages.isVisible, **PATIENT)
    assert window.plot_messages.text() == "Reading first.dat… Then 2 other files."
    for name in ("third", "second", "first"):
        gates[name].set()
    qtbot.waitUntil(lambda: len(labels(window)) == 3, **PATIENT)
    assert labels(window) == ["first", "second", "third"]
    assert not window.opening.spectra.is_busy


@pytest.mark.parametrize("how", ["button", "escape"])
def test_what_is_being_read_is_given_up_and_the_next_is_read(benzene_window, gates, files, qtbot, how):
    window = benzene_window
    window.opening.open_paths(files[:2])
    qtbot.waitUntil(window.plot_messages.isVisible, **PATIENT)
    gates["second"].set()
    if how == "button":
        qtbot.mouseClick(window.plot_messages.findChild(QToolButton, "message-give-up"), LEFT)
    else:
        QTest.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: labels(window) == ["second"], **PATIENT)
    gates["first"].set()
    qtbot.wait(100)
    assert labels(window) == ["second"]
    assert len(window.workspace.session.picked) == 6


def test_a_file_that_cannot_be_read_keeps_no_other_waiting(benzene_window, gates, files, qtbot):
    window = benzene_window
    files[0].write_text("no numbers here\n", encoding="utf-8")
    window.opening.open_paths(files[:2])
    qtbot.waitUntil(lambda: window.opening.spectra.is_busy, **PATIENT)
    for gate in gates.values():
        gate.set()
    qtbot.waitUntil(lambda: labels(window) == ["second"], **PATIENT)
    assert "first.dat" in window.plot_messages.text()


def test_a_window_closes_while_a_file_is_read(benzene_window, gates, files):
    benzene_window.references.load_file(files[0])
    benzene_window.close()
    gates["first"].set()
