"""Starting and ending the program, as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from xanesview.errors import XanesviewError
from xanesview.gui import app
from xanesview.gui.appearance.palette import LIGHT

PROGRAM = [sys.executable, "-m", "xanesview"]


def start(*arguments: str, **variables: str | None) -> subprocess.CompletedProcess:
    environment = {**os.environ, **{k: v for k, v in variables.items() if v is not None}}
    for name, value in variables.items():
        if value is None:
            environment.pop(name, None)
    return subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, timeout=120, env=environment)


def test_without_a_display_one_sentence_one_hint_and_exit_code_1():
    done = start("--example", "benzene", DISPLAY=None, WAYLAND_DISPLAY=None, QT_QPA_PLATFORM=None)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "error: There is no display to open a window on."
    assert done.stderr.splitlines()[1].startswith("hint: ")
    assert "Traceback" not in done.stderr


def test_a_display_that_does_not_answer_is_named():
    done = start("--example", "benzene", DISPLAY=":4711", WAYLAND_DISPLAY=None)
    assert done.returncode == 1
    assert "error: The display :4711 does not answer." in done.stderr


def test_screenshot_shows_the_window_with_its_spectrum_and_ends(tmp_path):
    picture = tmp_path / "window.png"
    done = start("--example", "formaldehyde", "--size", "1100x720", "--screenshot", str(picture))
    assert done.returncode == 0, done.stderr
    image = QImage(str(picture)).convertToFormat(QImage.Format.Format_RGB888)
    assert (image.width(), image.height()) == (1100, 720)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(720, image.bytesPerLine())[:, : 3 * 1100]
    pixels = rows.reshape(720, 1100, 3).astype(int)
    accent = np.abs(pixels - QColor(LIGHT.accent).toTuple()[:3]).sum(axis=2) < 60
    assert accent[:, :600].sum() > 200, "the arrow"
    assert accent[:, 600:].sum() > 200, "the curve in the arrow's colour"


def test_a_window_with_its_spectrum_waits_for_no_package_of_training(tmp_path):
    words = ["--example", "formaldehyde", "--fresh", "--screenshot", str(tmp_path / "window.png")]
    code = f"import sys; from xanesview.cli.main import main; code = main({words}); print(*sys.modules); sys.exit(code)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert {"PySide6", "torch"} <= loaded
    assert sorted(loaded & {"e3nn", "torch_geometric", "lightning"}) == []


def test_screenshot_of_a_broken_file_fails_in_words(tmp_path):
    broken = tmp_path / "broken.xyz"
    broken.write_text("three\n")
    done = start(str(broken), "--screenshot", str(tmp_path / "never.png"))
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "hint: " in done.stderr
    assert not (tmp_path / "never.png").exists()


def test_ctrl_c_in_the_terminal_closes_the_window(tmp_path):
    process = subprocess.Popen([*PROGRAM, "--example", "benzene", "--fresh"], stderr=subprocess.PIPE, text=True)
    log = Path(os.environ["XANESVIEW_HOME"]) / "log" / "xanesview.log"
    end = time.monotonic() + 30
    while time.monotonic() < end and "window shown" not in (log.read_text() if log.exists() else ""):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    assert "Traceback" not in process.stderr.read()


def test_an_unexpected_error_is_told_and_the_program_goes_on(benzene_window, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    app.install_exception_hook(benzene_window, tmp_path / "xanesview.log")
    try:
        raise ZeroDivisionError("float division by zero")
    except ZeroDivisionError:
        sys.excepthook(*sys.exc_info())
    bar = benzene_window.plot_messages
    assert bar.isVisible()
    assert "float division by zero" in bar.notice.message
    assert str(tmp_path / "xanesview.log") in bar.notice.hint
    assert "Traceback" in bar.details()
    said = {button.text(): button for button in bar.findChildren(QToolButton) if button.isVisible()}
    assert {"Details", "Copy report"} <= said.keys()
    QTest.mouseClick(said["Copy report"], Qt.MouseButton.LeftButton)
    assert "float division by zero" in QGuiApplication.clipboard().text()
    assert benzene_window.isVisible()
    capsys.readouterr()


def test_wayland_with_xwayland_draws_through_x(monkeypatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    app.prepare_environment()
    assert os.environ["QT_QPA_PLATFORM"] == "xcb"


def test_a_platform_that_was_chosen_is_left_alone(monkeypatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("QT_QPA_PLATFORM", "wayland")
    app.prepare_environment()
    assert os.environ["QT_QPA_PLATFORM"] == "wayland"


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        # A display that needs no key lets everybody in: without one there is nothing to refuse.
        *([({"XAUTHORITY": "/nonexistent"}, "can't be used")] if os.environ.get("XAUTHORITY") else []),
        ({"DISPLAY": "garbage"}, "can't be used"),
        ({"DISPLAY": ":9999"}, "does not answer"),
        ({"QT_QPA_PLATFORM": "nonsense"}, "no platform “nonsense”"),
    ],
)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11 is Linux's")
def test_a_display_that_refuses_is_told_in_a_sentence(variables, said):
    """Qt would end the process."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", **variables}
    environment.pop("WAYLAND_DISPLAY", None)
    words = [*PROGRAM, "--fresh"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert [line.split(":")[0] for line in done.stderr.splitlines()[-2:]] == ["error", "hint"]
    assert "Abort" not in done.stderr


def test_a_platform_that_qt_has_is_let_through(monkeypatch):
    for name in ("xcb", "offscreen", "xcb;wayland", "minimal", "xcb:option"):
        monkeypatch.setenv("QT_QPA_PLATFORM", name)
        app.check_display()


def test_no_display_is_refused_before_qt_is_touched(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(XanesviewError, match="no display") as told:
        app.check_display()
    assert "xanesview predict" in told.value.hint
