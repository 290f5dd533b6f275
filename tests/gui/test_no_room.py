"""Whatever the window writes: where it cannot be written, that is said, and what was there before stays there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.full_disk import contents, full_disk
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.main_window import MainWindow


def _action(name: str) -> Callable[[MainWindow, Path], str]:
    def write(window: MainWindow, _path: Path) -> str:
        window.named_actions[name].trigger()
        return ""

    return write


def _recipe(window: MainWindow, _path: Path) -> str:
    window.tabs["Processing"].save_recipe()
    return ""


WAYS = {
    "session.xanesview": _action("save_as"),
    "data.csv": _action("export_data"),
    "view.glb": _action("export_view"),
    "series.csv": lambda window, path: window.exporting.write_series(path) or "",
    "recipe.toml": _recipe,
    "table.csv": lambda window, path: window.tabs["Folder"].export(path) or "",
}
PLACES = {
    "a folder that is not there": lambda folder, name: folder / "no" / "such" / name,
    "a folder in its place": lambda folder, name: _made(folder / name),
    "a file for a folder": lambda folder, name: _touched(folder / "file") / name,
    "where nothing may be written": lambda _folder, name: Path("/proc") / name,
    "a name too long": lambda folder, name: folder / ("n" * 300 + name),
    "a pipe that nobody reads": lambda folder, name: _piped(folder / name),
    "a link to itself": lambda folder, name: _looped(folder / "loop") / name,
}


def _made(path: Path) -> Path:
    path.mkdir()
    return path


def _touched(path: Path) -> Path:
    path.touch()
    return path


def _piped(path: Path) -> Path:
    os.mkfifo(path)
    return path


def _looped(path: Path) -> Path:
    path.symlink_to(path.name)
    return path


@pytest.fixture
def working(benzene_window: MainWindow, monkeypatch: pytest.MonkeyPatch):
    energy = np.linspace(280.0, 310.0, 61)
    measured = Spectrum(energy, np.exp(-((energy - 290.0) ** 2)) + 0.2, label="run", kind="measured")
    monkeypatch.setattr("xanesview.shown.candidate_rows.candidate_lines", lambda *_: [{"name": "a", "rank": 1}])
    benzene_window.workspace.add_reference(ReferenceCurve(spectrum=measured, label="run"))
    yield benzene_window
    benzene_window.saving.asks = False


def _said(window: MainWindow, qtbot) -> str:
    bars = (window.plot_messages, window.structure_messages)
    qtbot.waitUntil(lambda: any(bar.isVisible() and bar.notice.kind != "saved" for bar in bars), timeout=8000)
    bar = next(bar for bar in bars if bar.isVisible() and bar.notice.kind != "saved")
    message, hint = bar.notice.message, bar.notice.hint
    assert hint
    bar.clear()
    return message


def _check(told: str, folder: Path, before: dict[str, bytes]) -> None:
    QApplication.processEvents()
    assert told
    assert "Traceback" not in told
    assert "unexpected" not in told.lower()
    assert contents(folder) == before


@pytest.mark.parametrize("name", WAYS)
def test_where_it_cannot_be_written_is_told(working, qtbot, tmp_path, monkeypatch, name: str) -> None:
    for number, place in enumerate(PLACES.values()):
        folder = _made(tmp_path / str(number))
        path = place(folder, name)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, path=path: (str(path), ""))
        before = contents(folder)
        told = WAYS[name](working, path) or _said(working, qtbot)
        _check(told, folder, before)
    path = tmp_path / name
    path.write_bytes(b"what was there before\n")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with full_disk(10):
        told = WAYS[name](working, path) or _said(working, qtbot)
    _check(told, tmp_path, {**contents(tmp_path), name: b"what was there before\n"})


def test_a_name_that_data_can_not_have_is_asked_again_with_the_rest_kept(benzene_window, qtbot, tmp_path, monkeypatch):
    asked, told = [], []
    benzene_window.workspace.message.connect(lambda notice: told.append(notice.message))

    def answer(_window, _heading, start, _kinds):
        asked.append(Path(start).name)
        return (str(tmp_path / "v.png"), "") if len(asked) == 1 else (str(tmp_path / Path(start).name), "")

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    benzene_window.exporting.data()
    assert asked[1:] == ["v.csv"]
    assert any("v.png" in text for text in told)
    qtbot.waitUntil((tmp_path / "v.csv").exists)
