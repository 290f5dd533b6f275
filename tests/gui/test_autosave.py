"""Work that was not saved is there after a crash, offered once, and never taken from a window that is still open."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QLockFile, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from tests.full_disk import full_disk
from tests.gui.acting import current, shown
from xanesview import paths
from xanesview.gui.session import autosave
from xanesview.gui.session import autosave as autosave_module
from xanesview.gui.session.autosave import claim_left_work
from xanesview.gui.window import recovery
from xanesview.gui.window.recovery import offer_left_work
from xanesview.io.session_file.session_file import read_session_file, write_session_file

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of the user's own, with nothing in them."""
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "home"))
    paths.forget_not_kept()
    yield tmp_path / "home"
    paths.forget_not_kept()


@pytest.fixture
def keeping(benzene_window, qtbot, monkeypatch):
    """A window with benzene that keeps its work by itself, soon after each change."""
    monkeypatch.setattr(autosave_module, "REST_MS", 20)
    benzene_window.keep_work()
    yield benzene_window
    benzene_window.saving.asks = False


def kept_files() -> list[Path]:
    return sorted((paths.data_dir() / "autosave").glob("*.xanesview"))


def freeze(window, qtbot) -> Path:
    """Freeze a curve and wait until that is kept."""
    window.workspace.curves.freeze()
    qtbot.waitUntil(lambda: bool(kept_files()) and not window.autosave._writing.is_busy, timeout=5000)
    return kept_files()[0]


def button(bar, name: str) -> QToolButton:
    return bar.findChild(QToolButton, name)


def left_by_another(window, name: str = "1-dead.xanesview") -> Path:
    """Work as a window leaves it that was killed."""
    folder = paths.data_dir() / "autosave"
    folder.mkdir(parents=True, exist_ok=True)
    write_session_file(folder / name, window.saving.gather().whole())
    return folder / name


def test_changes_are_kept_and_gone_after_a_clean_end(keeping, qtbot) -> None:
    assert kept_files() == [], "a structure that was only opened is not kept"
    path = freeze(keeping, qtbot)
    assert len(read_session_file(path).session.frozen) == 1
    keeping.saving.asks = False
    keeping.close()
    assert list((paths.data_dir() / "autosave").iterdir()) == []
    assert claim_left_work() == []


def test_what_is_saved_is_no_longer_kept(keeping, qtbot, tmp_path) -> None:
    freeze(keeping, qtbot)
    with qtbot.waitSignal(keeping.saving.saved, timeout=5000):
        keeping.saving.write(tmp_path / "work.xanesview")
    assert kept_files() == []
    keeping.workspace.curves.remove_frozen()
    qtbot.waitUntil(lambda: bool(kept_files()), timeout=5000)
    assert read_session_file(kept_files()[0]).origin == str(tmp_path / "work.xanesview")


def test_the_first_change_of_a_session_that_was_opened_is_kept(keeping, qtbot, tmp_path) -> None:
    path = tmp_path / "work.xanesview"
    write_session_file(path, keeping.saving.gather().whole())
    keeping.opening.open_paths([path])
    QApplication.processEvents()
    assert kept_files() == []
    kept = freeze(keeping, qtbot)
    assert len(read_session_file(kept).session.frozen) == 1


def test_another_process_shows_what_was_saved_and_killed_leaves_its_work_to_the_next(
    benzene_window, qtbot, tmp_path
) -> None:
    benzene_window.workspace.pick([0, 4])
    saved = tmp_path / "saved.xanesview"
    write_session_file(saved, benzene_window.saving.gather().whole())
    words = [sys.executable, "-m", "tests.gui.process_with_work", str(saved)]
    QApplication.processEvents()
    numbers = current(benzene_window).tolist()
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ}) as process:
        assert [float.fromhex(text) for text in json.loads(process.stdout.readline())] == numbers
        path = Path(process.stdout.readline().strip())
        assert path.exists()
        assert claim_left_work() == [], "it is another's, who is still there"
        offer_left_work(benzene_window.offers, benzene_window.saving)
        assert not benzene_window.offers.isVisible()
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    offer_left_work(benzene_window.offers, benzene_window.saving)
    assert "changes to “saved.xanesview”" in benzene_window.offers.text()
    offer_left_work(benzene_window.offers, benzene_window.saving)
    QTest.mouseClick(button(benzene_window.offers, "offer-recover"), Qt.MouseButton.LeftButton)
    assert not benzene_window.offers.isVisible(), "it was offered once"
    session = benzene_window.workspace.session
    assert session.picked == (1, 2)
    qtbot.waitUntil(lambda: bool(shown(benzene_window, "frozen")), timeout=5000)
    assert np.isfinite(shown(benzene_window, "frozen")[0].intensity).all()
    assert benzene_window.windowTitle() == "*saved.xanesview – Benzene – xanesview", "it is not saved yet"
    benzene_window.workspace.undo_stack.undo()
    assert benzene_window.workspace.session.picked == (0, 4), "undo goes on after the kill"


def test_a_window_that_the_system_ends_leaves_its_work(keeping, qtbot) -> None:
    freeze(keeping, qtbot)
    keeping.workspace.pick([3])
    keeping.close_at_once()
    assert not keeping.isVisible(), "nothing was asked"
    (left,) = claim_left_work()
    assert read_session_file(left).session.picked == (3,), "what was done last, too"


def test_work_that_was_left_can_be_left_and_is_still_there(benzene_window, qtbot) -> None:
    left_by_another(benzene_window)
    offer_left_work(benzene_window.offers, benzene_window.saving)
    assert str(paths.data_dir() / "unsaved") in benzene_window.offers.text()
    QTest.mouseClick(button(benzene_window.offers, "offer-leave-it"), Qt.MouseButton.LeftButton)
    assert not benzene_window.offers.isVisible()
    assert claim_left_work() == []
    (path,) = (paths.data_dir() / "unsaved").glob("*.xanesview")
    assert benzene_window.opening.open_paths([path])


def test_several_pieces_are_offered_one_after_the_other(benzene_window, qtbot) -> None:
    for name in ("1-a.xanesview", "2-b.xanesview"):
        left_by_another(benzene_window, name)
    offer_left_work(benzene_window.offers, benzene_window.saving)
    for _ in range(2):
        assert benzene_window.offers.isVisible()
        buttons = benzene_window.offers.findChildren(QToolButton)
        assert sorted(one.text() for one in buttons if one.isVisible() and one.text()) == ["Leave it", "Recover"]
        QTest.mouseClick(button(benzene_window.offers, "message-close"), Qt.MouseButton.LeftButton)
    assert not benzene_window.offers.isVisible()


def test_work_of_a_saved_session_belongs_to_its_file_again(benzene_window, qtbot, tmp_path) -> None:
    path = tmp_path / "mine.xanesview"
    work = benzene_window.saving.gather().whole()
    write_session_file(path, work)
    folder = paths.data_dir() / "autosave"
    folder.mkdir(parents=True)
    write_session_file(folder / "7-x.xanesview", work.replace(origin=str(path)))
    offer_left_work(benzene_window.offers, benzene_window.saving)
    assert "changes to “mine.xanesview”" in benzene_window.offers.text()
    QTest.mouseClick(button(benzene_window.offers, "offer-recover"), Qt.MouseButton.LeftButton)
    assert benzene_window.saving.path == path
    assert benzene_window.windowTitle().startswith("*mine.xanesview")


def test_what_was_left_and_is_damaged_is_told_of_and_stays(benzene_window) -> None:
    path = left_by_another(benzene_window)
    path.write_bytes(path.read_bytes()[:400])
    offer_left_work(benzene_window.offers, benzene_window.saving)
    assert "can't be read" in benzene_window.offers.text()
    QTest.mouseClick(button(benzene_window.offers, "offer-dismiss"), Qt.MouseButton.LeftButton)
    assert not benzene_window.offers.isVisible()
    assert (paths.data_dir() / "unsaved" / path.name).stat().st_size == 400


def test_an_offer_that_nobody_answered_comes_back(benzene_window, monkeypatch) -> None:
    left_by_another(benzene_window)
    offer_left_work(benzene_window.offers, benzene_window.saving)
    assert claim_left_work() == [], "it is being asked"
    for lock in autosave._asked.values():  # as a kill would have it: the lock is there, and its process is not
        file = Path(lock.fileName())
        told = file.read_text().split("\n", 1)[1]
        file.unlink()
        file.write_text(f"999999999\n{told}")
    monkeypatch.setattr(autosave, "_asked", {})
    (path,) = claim_left_work()
    autosave.answered(path)
    assert claim_left_work() == []
    assert path.exists()


def test_work_of_the_same_name_lies_beside_what_was_there(benzene_window) -> None:
    left_by_another(benzene_window)
    (first,) = claim_left_work()
    left_by_another(benzene_window)
    (second,) = claim_left_work()
    assert first != second
    assert first.exists()


def test_what_another_window_is_just_writing_is_left_alone(benzene_window) -> None:
    path = left_by_another(benzene_window, ".1-x.xanesview-abc.xanesview")
    assert claim_left_work() == []
    assert path.exists()


def test_two_windows_that_start_together_offer_one_piece_once(benzene_window) -> None:
    path = left_by_another(benzene_window)
    lock = QLockFile(f"{path}.lock")
    assert lock.tryLock(0), "the other one is just about to claim it"
    assert claim_left_work() == []
    lock.unlock()
    assert len(claim_left_work()) == 1


def test_a_home_that_cannot_be_written_is_told_of_once_and_nothing_is_kept(keeping, qtbot, home) -> None:
    (home / "data").mkdir(parents=True, exist_ok=True)
    (home / "data" / "autosave").write_text("in the way")
    said = []
    keeping.autosave.told.connect(said.append)
    for _ in range(3):
        keeping.workspace.curves.freeze()
        keeping.workspace.curves.remove_frozen()
        QTest.qWait(60)
    assert len(said) == 1
    assert said[0].message.startswith("Work is no longer kept by itself: ")
    assert keeping.plot_messages.isVisible()


def test_a_disk_that_fills_up_is_told_of_once(keeping, qtbot) -> None:
    said = []
    keeping.autosave.told.connect(said.append)
    with full_disk(100):
        keeping.workspace.curves.freeze()
        qtbot.waitUntil(lambda: bool(said), timeout=5000)
        keeping.workspace.pick([2])
        QTest.qWait(60)
    assert len(said) == 1


def test_windows_of_tests_and_pictures_keep_nothing(benzene_window) -> None:
    assert benzene_window.autosave is None
    benzene_window.workspace.curves.freeze()
    QApplication.processEvents()
    assert kept_files() == []


@pytest.mark.parametrize("content", [b"", bytes(60), b"\xff\xfe rubbish\n\n"])
@pytest.mark.parametrize("claimed", [False, True])
def test_a_lock_that_names_nobody_hides_no_work(benzene_window, content: bytes, claimed: bool) -> None:
    """A power cut leaves files of no length, or of zeros."""
    path = left_by_another(benzene_window)
    if claimed:
        (path,) = claim_left_work()
        autosave.answered(path)
    lock = Path(f"{path}.lock")
    lock.write_bytes(content)
    assert claim_left_work() == [], "it may be that it is just being written"
    os.utime(lock, (1e9, 1e9))
    assert len(claim_left_work()) == 1
    for one in tuple(autosave._asked):
        autosave.answered(one)


def test_work_that_cannot_be_moved_is_offered_where_it_lies(benzene_window, qtbot) -> None:
    """A file stands where the folder would, as a full or a read-only disk would have it."""
    path = left_by_another(benzene_window)
    (paths.data_dir() / "unsaved").write_text("", encoding="utf-8")
    offer_left_work(benzene_window.offers, benzene_window.saving)
    assert "was not saved" in benzene_window.offers.text()
    assert claim_left_work() == [], "another window does not offer it, too"
    QTest.mouseClick(button(benzene_window.offers, "offer-recover"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: path not in autosave._asked, timeout=5000)
    assert path.exists()
    assert claim_left_work() == [path], "and offered again until it can be moved"
    autosave.answered(path)


def test_a_lock_that_cannot_be_made_hides_no_work(benzene_window, monkeypatch) -> None:
    """On a disk that can only be read: with nothing there, and with the lock of a window that has been killed."""

    class OnlyRead(QLockFile):
        def tryLock(self, _timeout: int = 0) -> bool:
            return False

        def error(self):
            there = Path(self.fileName()).exists()
            return self.LockError.LockFailedError if there else self.LockError.PermissionError

    path = left_by_another(benzene_window)
    monkeypatch.setattr(autosave, "QLockFile", OnlyRead)
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(30, "Read-only file system")))
    assert claim_left_work() == [path]
    autosave.answered(path)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    lock = Path(f"{path}.lock")
    lock.write_text(f"{ended.pid}\nxanesview\n{platform.node()}\n", encoding="utf-8")
    assert claim_left_work() == [path]
    autosave.answered(path)
    lock.write_text(f"{os.getpid()}\nxanesview\n{platform.node()}\n", encoding="utf-8")
    assert claim_left_work() == [], "its window is there"


def test_work_that_is_gone_when_it_is_to_be_offered_is_not(benzene_window, monkeypatch) -> None:
    for name in ("1-a.xanesview", "2-b.xanesview"):
        left_by_another(benzene_window, name)
    read = recovery._read
    monkeypatch.setattr(recovery, "_read", lambda path: (path.unlink() if path.name[0] == "1" else None, read(path))[1])
    offer_left_work(benzene_window.offers, benzene_window.saving)
    assert "was not saved" in benzene_window.offers.text()
    assert "can't be read" not in benzene_window.offers.text()
    for one in tuple(autosave._asked):
        autosave.answered(one)
