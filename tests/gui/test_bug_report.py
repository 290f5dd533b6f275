"""What a report of a bug needs can be had at the terminal, from a message and after a crash."""

from __future__ import annotations

import logging
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from xanesview import paths
from xanesview.domain.structure import Notice
from xanesview.gui import logs
from xanesview.gui.bug_report import bug_report
from xanesview.gui.window.recovery import offer_crash_report
from xanesview.version import __version__

ROOT = Path(__file__).resolve().parents[2]


def button(bar, name: str) -> QToolButton:
    return bar.findChild(QToolButton, name)


def test_a_report_names_versions_display_and_folders(qapp) -> None:
    text = bug_report()
    assert text.startswith("xanesview:")
    assert __version__ in text
    for part in ("PySide6-Essentials", "numpy", str(paths.log_dir()), str(paths.data_dir()), "OpenGL:", "screens:"):
        assert part in text
    assert "can't be told" not in text


def test_a_question_that_fails_is_one_line_of_the_report(qapp, monkeypatch) -> None:
    def broken():
        raise OSError("no such machine")

    monkeypatch.setattr("platform.platform", broken)
    assert "system:     can't be told (OSError: no such machine)" in bug_report()


def test_an_error_with_details_can_be_copied_with_them(window, qapp) -> None:
    bar = window.plot_messages
    window.show_notice(Notice("error", "Something unexpected happened."), "Traceback: here")
    report = button(bar, "message-report")
    assert report.isVisible()
    QTest.mouseClick(report, Qt.MouseButton.LeftButton)
    assert "Traceback: here" in QGuiApplication.clipboard().text()
    assert "Python:" in QGuiApplication.clipboard().text()
    window.show_notice(Notice("prediction", "A sentence."))
    assert not report.isVisible(), "without details there is nothing to report"


def test_the_help_menu_copies_a_report(window) -> None:
    window.named_actions["copy_report"].trigger()
    assert "Python:" in QGuiApplication.clipboard().text()
    assert "clipboard" in window.plot_messages.text()


def test_what_was_said_of_a_crash_is_offered_once(window, tmp_path) -> None:
    crash = tmp_path / "crash.log"
    crash.write_text("Fatal Python error: Segmentation fault\n  File here\n")
    left = logs.set_aside_crash(crash)
    assert not crash.exists()
    assert logs.set_aside_crash(crash) is None
    crash.write_text("")
    assert logs.set_aside_crash(crash) is None, "an empty file says nothing"
    assert logs.left_crash() == left
    assert logs.left_crash() is None
    offer_crash_report(window.offers, left)
    assert window.offers.isVisible()
    assert str(left) in window.offers.text()
    QTest.mouseClick(button(window.offers, "offer-copy-report"), Qt.MouseButton.LeftButton)
    assert "Segmentation fault" in QGuiApplication.clipboard().text()
    assert not window.offers.isVisible()


def test_the_log_is_bounded_and_what_a_killed_start_has_left_is_offered_by_the_next(xanesview_home) -> None:
    start = (
        "import logging, os, signal, sys; from xanesview.gui import logs; logs.write_log(20_000);"
        "print(logs.left_crash());"
        "[logging.getLogger('house').warning('x' * 1000) for _ in range(100)];"
        "sys.stdout.flush(); os.kill(os.getpid(), signal.SIGSEGV)"
    )
    first, second = (
        subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, cwd=ROOT) for _ in "12"
    )
    assert first.returncode == second.returncode == -signal.SIGSEGV
    assert first.stdout.strip() == "None"
    assert second.stdout.strip().endswith("crash-last.log")
    assert "Fatal Python error" in (paths.log_dir() / "crash-last.log").read_text()
    sizes = [path.stat().st_size for path in paths.log_dir().glob("xanesview.log*")]
    assert len(sizes) == 3, "two are kept beside the present one"
    assert max(sizes) <= 20_000


@pytest.fixture
def small_log(xanesview_home):
    """A log of 400 bytes with two kept beside it: its path, and what writes a line."""
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    level = root.level
    path = logs.write_log(400, 2)
    yield path, logging.getLogger("house").warning
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_logs_are_set_aside_in_order_and_the_oldest_goes(small_log) -> None:
    path, write = small_log
    for k in range(30):
        write("line %02d of a log that is short", k)
    files = [path.with_name(path.name + ending) for ending in (".2", ".1", "")]
    assert sorted(path.parent.glob("xanesview.log*")) == sorted(files)
    assert all(file.stat().st_size <= 400 for file in files)
    found = re.findall(r"line (\d\d)", "".join(file.read_text() for file in files))
    assert found == [f"{k:02d}" for k in range(30 - len(found), 30)], "the last lines, none missing among them"


def test_a_log_that_cannot_be_set_aside_keeps_every_line_and_says_so(small_log, monkeypatch) -> None:
    path, write = small_log

    def held(source, target):
        raise PermissionError(13, "it is held open by another window")

    with monkeypatch.context() as patch:
        patch.setattr("os.rename", held)
        for k in range(30):
            write("line %02d of a log that is held", k)
    text = path.read_text()
    assert re.findall(r"line (\d\d)", text) == [f"{k:02d}" for k in range(30)]
    assert 1 < text.count("can't be set aside and grows") < 10, "it is tried again, but not at each line"
    for k in range(30, 50):
        write("line %02d of a log that is free again", k)
    assert path.stat().st_size <= 400
    assert path.with_name("xanesview.log.1").exists()


def test_a_log_that_another_window_has_set_aside_is_begun_anew(small_log) -> None:
    path, write = small_log
    write("before")
    path.rename(path.with_name("xanesview.log.1"))
    write("after")
    assert "after" in path.read_text()


def test_lines_that_a_full_disk_did_not_take_are_counted_in_the_log(small_log, monkeypatch) -> None:
    path, write = small_log
    write("before")

    def full(self, record):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(logs._LogFile, "shouldRollover", full)
        for _ in range(3):
            write("lost")
    write("after")
    text = path.read_text()
    assert "could not be written here before this one: 3" in text
    assert text.rstrip().endswith("after")
    assert "lost" not in text
