"""Several files that are given together: every good one opens, and all that can't be opened is told in one notice."""

from __future__ import annotations

import itertools
import os
import socket
from pathlib import Path
from urllib.parse import quote

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from xanesview.gui.actions import opening
from xanesview.gui.background import spectrum_reading
from xanesview.gui.window import drop_hint
from xanesview.io.session_file.session_file import write_session_file

WATER = "3\nwater\nO 0 0 0.12\nH 0 0.76 -0.48\nH 0 -0.76 -0.48\n"
METHANE = "5\nmethane\nC 0 0 0\nH .63 .63 .63\nH -.63 -.63 .63\nH -.63 .63 -.63\nH .63 -.63 -.63\n"
LINE = "".join(f"{280 + k / 2:.1f} {1 / (1 + 3 ** (10 - k)):.4f}\n" for k in range(50))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of good files and bad ones."""
    for name, text in (
        ("water.xyz", WATER), ("methane.xyz", METHANE), ("cut.xyz", WATER[:20]),
        ("odd.cif", "data_x\n_cell_length_a ?\n"),
        ("run.dat", LINE), ("empty.dat", "280 nan\n281 nan\n282 nan\n"), ("bad.xanesview", "no zip"),
        ("worse.xanesview", "PK"),
    ):  # fmt: skip
        (tmp_path / name).write_text(text)
    return tmp_path


def opened(window, qtbot, folder: Path, names: str) -> list[str]:
    """Open files as one, and return the formulas of what is open then."""
    window.opening.open_paths([folder / name for name in names.split()])
    qtbot.waitUntil(lambda: not (window.opening.reading.is_busy or window.opening.spectra.is_busy), timeout=5000)
    qtbot.wait(30)
    return [one.formula for one in window.workspace.session.structures]


def told(window) -> str:
    return f"{window.structure_messages.text()} {window.plot_messages.text()}"


def test_the_good_ones_open_and_each_bad_one_is_told(window, qtbot, folder) -> None:
    found = opened(window, qtbot, folder, "cut.xyz water.xyz odd.cif empty.dat run.dat methane.xyz gone.xyz")
    assert sorted(found) == ["CH4", "H2O"]
    assert [one.label for one in window.workspace.session.references] == ["run"]
    for name in ("cut.xyz", "odd.cif", "empty", "gone.xyz"):
        assert name in told(window)
    assert "4 files can't be opened." in told(window)


def test_a_damaged_session_keeps_nothing_from_opening(window, qtbot, folder) -> None:
    assert opened(window, qtbot, folder, "bad.xanesview worse.xanesview water.xyz run.dat") == ["H2O"]
    assert len(window.workspace.session.references) == 1
    assert "2 files can't be opened." in told(window)
    assert "bad.xanesview" in told(window)
    assert "worse.xanesview" in told(window)


def test_the_first_session_that_can_be_read_is_opened_and_the_others_are_told(benzene_window, qtbot, folder) -> None:
    window = benzene_window
    for name in ("a.xanesview", "b.xanesview"):
        write_session_file(folder / name, window.saving.gather().work.replace(networks=()))
    found = opened(window, qtbot, folder, "bad.xanesview a.xanesview b.xanesview methane.xyz")
    assert sorted(found) == ["C6H6", "CH4"]
    assert window.saving.path == folder / "a.xanesview"
    assert "b.xanesview was not opened: a window holds one session." in told(window)
    assert "bad.xanesview" in told(window)


def test_what_failed_before_is_past(window, qtbot, folder) -> None:
    opened(window, qtbot, folder, "cut.xyz")
    opened(window, qtbot, folder, "odd.cif")
    assert "odd.cif" in told(window)
    assert "cut.xyz" not in told(window)
    opened(window, qtbot, folder, "water.xyz")
    assert "odd.cif" not in told(window)


def test_many_failures_are_counted(window, qtbot, folder) -> None:
    for k in range(9):
        (folder / f"x{k}.xyz").write_text("0\n")
    opened(window, qtbot, folder, " ".join(f"x{k}.xyz" for k in range(9)))
    assert "9 files can't be opened." in told(window)
    assert "… and 3 other files." in told(window)


@pytest.mark.parametrize("order", [*itertools.permutations(["many", "none", "methane.xyz"])], ids=" ".join)
def test_a_folder_without_structures_spoils_nothing_of_the_drop(window, qtbot, folder, order) -> None:
    (folder / "none").mkdir()
    (folder / "many").mkdir()
    (folder / "many" / "water.xyz").write_text(WATER)
    assert opened(window, qtbot, folder, " ".join(order)) == ["CH4"]
    qtbot.waitUntil(lambda: len(window.workspace.candidates.rows) == 1, timeout=5000)
    qtbot.waitUntil(lambda: f"There is no structure in {folder / 'none'}." in told(window), timeout=5000)
    assert "2 files" not in told(window)


def test_a_folder_that_gives_nothing_and_a_damaged_file_are_told_together(window, qtbot, folder) -> None:
    for name in ("none", "nothing", "many"):
        (folder / name).mkdir()
    (folder / "many" / "water.xyz").write_text(WATER)
    assert opened(window, qtbot, folder, "none many cut.xyz nothing methane.xyz") == ["CH4"]
    for name in ("folder/none", "folder/nothing", "cut.xyz"):
        qtbot.waitUntil(lambda name=name: name.removeprefix("folder") in told(window), timeout=5000)


def test_of_hundreds_of_spectra_the_window_takes_what_a_plot_holds_and_breathes(window, qtbot, folder, monkeypatch):
    monkeypatch.setattr(opening, "MOST_REFERENCES", 12)
    monkeypatch.setattr(spectrum_reading, "BREATH_S", 0.0)
    for k in range(15):
        (folder / f"run{k:02}.dat").write_text(LINE)
    beats: list[int] = []
    timer = QTimer(window, interval=0)
    timer.timeout.connect(lambda: beats.append(len(window.workspace.session.references)))
    opened(window, qtbot, folder, "water.xyz")
    timer.start()
    opened(window, qtbot, folder, " ".join(f"run{k:02}.dat" for k in range(15)))
    qtbot.waitUntil(lambda: len(window.workspace.session.references) == 12, timeout=20000)
    assert len(beats) > 2, "the window is drawn and heard meanwhile"
    assert set(beats) <= {0, 12}, "and draws them together"
    assert "3 spectra not opened: a plot holds up to 12." in told(window)


def entered(window, urls: list[QUrl]) -> bool:
    """Drag something over the window; tell whether it would take it."""
    data = QMimeData()
    data.setUrls(urls)
    event = QDragEnterEvent(
        QPoint(300, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    window.dragEnterEvent(event)
    return event.isAccepted()


def test_odd_things_that_are_dragged_over_it(window, folder, monkeypatch) -> None:
    assert not entered(window, [])
    assert not entered(window, [QUrl("http://example.org/a.cif")])
    asked = []
    monkeypatch.setattr(drop_hint, "kind_of_file", lambda path: asked.append(path))
    assert entered(window, [QUrl.fromLocalFile(str(folder / f"{k}.xyz")) for k in range(300)])
    assert window.drop_hint.text() == "Drop to open 300 files"
    assert asked == [], "300 files are not looked into while they are dragged"
    window.drop_hint.hide()


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(path))


ODD = {
    "deleted.xyz": lambda path: None,
    "pipe.xyz": os.mkfifo,
    "socket.xyz": _socket,
    "loop.xyz": lambda path: path.symlink_to(path.name),
    "n" * 300 + ".xyz": lambda path: None,
    "line\nbreak.xyz": lambda path: path.write_text("0\n"),
    "M%FCnchen.xyz": lambda path: path.write_text("0\n"),
    "a%00b.xyz": lambda path: None,
    os.fsdecode(b"M\xfcnchen.xyz"): lambda path: path.write_text("0\n"),
    "empty": lambda path: path.mkdir(),
    "loops": lambda path: (path.mkdir(), (path / "self").symlink_to("."), (path / "a.xyz").symlink_to("a.xyz")),
    "pipes": lambda path: (path.mkdir(), os.mkfifo(path / "a.xyz"), os.mkfifo(path / "b")),
}


@pytest.mark.parametrize("name", ODD, ids=lambda name: ascii(name)[:20])
def test_odd_things_that_are_dropped_on_it_are_told(window, qtbot, tmp_path, caplog, monkeypatch, name: str) -> None:
    """What a file manager names may be gone, be no file, or have a name that no text has."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / name
    ODD[name](path)
    for url in (QUrl.fromLocalFile(str(path)), QUrl.fromEncoded(b"file://" + bytes(tmp_path) + b"/" + urlname(name))):
        data = QMimeData()
        data.setUrls([url])
        where, keys = QPointF(300, 300), Qt.KeyboardModifier.NoModifier
        entered(window, [url])
        window.dropEvent(QDropEvent(where, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, keys))
        qtbot.waitUntil(lambda: bool(told(window).strip() or window.workspace.candidates.paths), timeout=5000)
        qtbot.waitUntil(lambda: not (window.opening.reading.is_busy or window.opening.spectra.is_busy), timeout=5000)
        qtbot.waitUntil(lambda: not window.workspace.candidates.is_busy, timeout=5000)
        assert "unexpected" not in told(window)
    assert not [one for one in caplog.records if one.exc_info and "could not be read" not in one.message]


def urlname(name: str) -> bytes:
    """A name as file managers write it in a list of URLs."""
    return quote(os.fsencode(name)).encode()
