"""The window opens and predicts where the user's own folders can't be written, and says so once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.full_disk import full_disk
from xanesview import paths
from xanesview.gui import app
from xanesview.gui.first_opening import tell_what_is_not_kept
from xanesview.gui.settings import Settings

SAYS = "Settings, caches and logs may be lost: "


@pytest.fixture
def told(benzene_window, monkeypatch):
    """The window as it begins with nothing known; gives what is said of folders."""
    paths.forget_not_kept()
    said = []
    show = benzene_window.show_notice
    monkeypatch.setattr(benzene_window, "show_notice", lambda notice: (said.append(notice), show(notice)))
    yield said
    paths.forget_not_kept()


def test_a_window_without_a_home_shows_its_spectrum(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    home, picture = tmp_path / "file" / "home", tmp_path / "window.png"
    xdg = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "CACHE", "STATE", "DATA")}
    environment = {**os.environ, "HOME": str(home), **xdg}
    del environment[paths.HOME_VARIABLE]
    words = ["--example", "formaldehyde", "--size", "1100x720", "--screenshot", str(picture)]
    done = subprocess.run(
        [sys.executable, "-m", "xanesview", *words], env=environment, capture_output=True, text=True, timeout=200,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert picture.stat().st_size > 10_000
    assert "Traceback" not in done.stderr
    assert "qt.svg" not in done.stderr
    assert SAYS not in done.stderr, "it is said in the window"


def test_nothing_is_said_where_all_is_well(told, benzene_window) -> None:
    tell_what_is_not_kept(benzene_window)
    assert told == []


def test_a_folder_that_cannot_be_made_is_told_of_once_and_the_window_predicts(
    told, benzene_window, qtbot, tmp_path, monkeypatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "file"))
    settings = Settings()
    settings.theme = "dark"
    settings.write()
    assert settings.theme == "dark", "it holds for this session"
    tell_what_is_not_kept(benzene_window)
    for name in ("formaldehyde", "benzene"):
        with qtbot.waitSignal(benzene_window.workspace.prediction_changed, timeout=20_000):
            benzene_window.opening.open_example(name)
    assert [notice.message.startswith(SAYS) for notice in told] == [True]
    assert paths.HOME_VARIABLE in told[0].hint


def test_settings_that_a_full_disk_does_not_take_are_told_of_once(
    told, benzene_window, qtbot, tmp_path, monkeypatch
) -> None:
    benzene_window.settings = Settings()
    tell_what_is_not_kept(benzene_window)
    assert told == []
    with full_disk(0):
        benzene_window.settings.theme = "dark"
        for _ in range(2):
            benzene_window.workspace.prediction_changed.emit()
    assert [notice.message.startswith(SAYS) for notice in told] == [True]
    assert "window.ini cannot be written" in told[0].message


def test_a_log_that_cannot_be_written_does_not_stop_the_window(monkeypatch) -> None:
    paths.forget_not_kept()
    log = paths.log_dir()
    (log / "xanesview.log").mkdir()
    assert app.write_log() == log / "xanesview.log"
    assert "xanesview.log cannot be written" in paths.not_kept().message
    paths.forget_not_kept()
