"""Work kept by itself, so that a crash or a power cut loses seconds: a file a window, gone after a clean end.

A lock beside each file tells whose window is still there. What is left by one that is not is claimed by the next start,
moved to another folder and offered until somebody has answered; `xanesview` opens it from there at any time.
"""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.background.lock_place import clear_of_strangers
from xanesview.gui.background.session_writing import SessionWriting, write_now
from xanesview.gui.session.commands import SessionCommand
from xanesview.gui.session.workspace import Workspace
from xanesview.io.atomic import made_folder
from xanesview.io.session_mark import ENDING
from xanesview.paths import data_dir, not_kept, note_not_kept

if TYPE_CHECKING:
    from xanesview.gui.session.whole_work import Gathered

log = logging.getLogger(__name__)

#: Changes that have come to rest for so long are kept, ms; those that never rest at the latest after the other time.
REST_MS = 2000
LATEST_MS = 15_000
#: However long a write took, a busy machine's or a large session's: no more than so much later, ms.
MOST_REST_MS, MOST_LATEST_MS = 8000, 30_000
#: How many pieces of unsaved work are left for the user to find.
MOST_LEFT = 20
_LOCK = ".lock"
_LOCK_WRITTEN_S = 10.0  # after it was made a lock names its holder, s
#: Of what was claimed, until it is answered.
_asked: dict[Path, QLockFile] = {}
_SHARE = 20  # of the time, large work may take one part for writing


class Autosave(QObject):
    """Keeps the work of one window.

    Parameters
    ----------
    gather
        Gives the work as it is now, with the file that it belongs to.
    has_computed
        Tells whether sites were computed that no file has; they are kept without any step of the user.
    """

    told = Signal(object)  # a Notice, once: nothing can be kept

    def __init__(
        self, workspace: Workspace, gather: Callable[[], Gathered], parent: QObject,
        has_computed: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._workspace, self._gather, self._has_computed = workspace, gather, has_computed
        self._path: Path | None = None
        self._lock: QLockFile | None = None
        self._on = True
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._latest = QTimer(self, singleShot=True, interval=LATEST_MS)
        for timer in (self._rest, self._latest):
            timer.timeout.connect(self.keep)
        self._writing = SessionWriting(self)
        self._began_s = 0.0
        self._writing.written.connect(self._written)
        self._writing.failed.connect(lambda _path, error: self._give_up(error))
        workspace.undo_stack.indexChanged.connect(self._note)
        workspace.undo_stack.cleanChanged.connect(self._follow_clean)
        for result in (  # comes beside the window, without a step of the user, or after it
            workspace.relaxation.arrived, workspace.computation.arrived, workspace.fitting.changed,
            workspace.references_changed,
        ):  # fmt: skip
            result.connect(self._note)

    @property
    def path(self) -> Path | None:
        """Where the work is kept, None while nothing is."""
        return self._path

    def keep(self) -> None:
        """Keep the work now, beside the window."""
        if self._begin():
            self._began_s = time.monotonic()
            self._writing.write(self._path, self._gather())

    def end(self, forget: bool = True) -> None:
        """Keep nothing more; what is kept goes, unless the window ends against the will of its user."""
        pending = self._rest.isActive() or self._writing.is_busy
        self._stop_timers()
        self._writing.finish()
        if not forget and pending and self._begin():
            write_now(self._path, self._gather())
        self._on = False
        self._let_go(forget)

    def _note(self) -> None:
        if not self._on or not self._is_touched():
            return
        self._rest.start()
        if not self._latest.isActive():
            self._latest.start()

    def _is_touched(self) -> bool:
        """Whether more was done than to open one structure."""
        stack = self._workspace.undo_stack
        if self._has_computed():
            return True
        only = stack.command(0) if stack.count() == 1 else None
        return not stack.isClean() and not (isinstance(only, SessionCommand) and only.begins)

    def _follow_clean(self, clean: bool) -> None:
        """What is saved need not be kept."""
        if clean:
            self._stop_timers()
            self.forget_saved()
        else:
            self._note()

    def _written(self) -> None:
        took_ms = 1000.0 * (time.monotonic() - self._began_s)
        wanted = round(_SHARE * took_ms)
        self._rest.setInterval(min(max(REST_MS, wanted), MOST_REST_MS))
        self._latest.setInterval(min(max(LATEST_MS, wanted), MOST_LATEST_MS))
        self.forget_saved()

    def forget_saved(self) -> None:
        """Keep no longer what a file has."""
        if self._path is None or self._writing.is_busy:
            return
        if self._workspace.undo_stack.isClean() and not self._has_computed():
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _begin(self) -> bool:
        self._stop_timers()
        if not self._on:
            return False
        if self._path is None:
            try:
                self._path, self._lock = _own_place()
            except XanesviewError as error:
                self._give_up(error)
                return False
        return True

    def _stop_timers(self) -> None:
        self._rest.stop()
        self._latest.stop()

    def _give_up(self, error: XanesviewError) -> None:
        """Say once that nothing is kept, unless that has been said of all folders."""
        self._on = False
        self._stop_timers()
        log.warning("work is not kept by itself: %s", error)
        if not_kept() is None:
            note_not_kept(data_dir() / "autosave", "cannot be written to")
            sentence = f"Work is no longer kept by itself: {error.message}"
            self.told.emit(Notice("autosave", sentence, "Save it with Ctrl+S now and then."))

    def _let_go(self, forget: bool) -> None:
        if self._path is not None and forget:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.unlock()
        self._path = self._lock = None


def _own_place() -> tuple[Path, QLockFile]:
    """A file of this window alone, and its lock, held."""
    folder = made_folder(data_dir() / "autosave")
    path = folder / f"{os.getpid()}-{os.urandom(4).hex()}{ENDING}"
    lock = _lock_of(path)
    if not lock.tryLock(0):
        raise XanesviewError(f"The folder {folder} cannot be written to.", "Make room there and make it writable.")
    return path, lock


def claim_left_work() -> list[Path]:
    """Return what windows have left that are no longer there, newest first, and move it to where nobody else claims it.

    Each piece is returned once, and again at the next start where no `answered` came. What can't be moved, on a full or
    a read-only disk, is offered where it lies, and claimed again at the next start.
    """
    claimed = _unanswered()
    for path in _newest_first(data_dir() / "autosave"):
        lock = _lock_of(path)
        if not _taken(lock):
            continue  # its window is there
        try:
            place = _free_place(made_folder(data_dir() / "unsaved") / path.name)
            asked = _lock_of(place)
            asked.tryLock(0)
            path.replace(place)
        except (OSError, XanesviewError) as error:  # offered where it is, which its lock says to other windows
            log.warning("work that was left can't be moved: %s", error)
            place, asked = path, lock
        else:
            lock.unlock()
        _asked[place] = asked
        claimed.append(place)
    if claimed:
        for old in _newest_first(data_dir() / "unsaved")[MOST_LEFT:]:
            with contextlib.suppress(OSError):
                old.unlink(missing_ok=True)
    return claimed


def answered(path: Path) -> None:
    """Note that the user knows of a piece of work that was claimed: it is not offered again."""
    lock = _asked.pop(path, None)
    if lock is not None:
        lock.unlock()


def _unanswered() -> list[Path]:
    """What was offered by windows that are no longer there, and not answered; claimed anew."""
    found = []
    for path in _newest_first(data_dir() / "unsaved"):
        if path in _asked or not Path(f"{path}{_LOCK}").exists():
            continue
        lock = _lock_of(path)
        if _taken(lock):
            _asked[path] = lock
            found.append(path)
    return found


def _lock_of(path: Path) -> QLockFile:
    clear_of_strangers(Path(f"{path}{_LOCK}"))
    lock = QLockFile(f"{path}{_LOCK}")
    lock.setStaleLockTime(0)
    return lock


def _taken(lock: QLockFile) -> bool:
    """Take a lock unless somebody holds it; one that names nobody, as a power cut leaves it, is held by nobody."""
    if lock.tryLock(0):
        return True
    file = Path(lock.fileName())
    if lock.error() != QLockFile.LockError.LockFailedError and not file.exists():
        return True  # nobody holds it, and nobody can: the disk is full or read-only
    if _holder_is_gone(lock):
        return True  # what it left can't be removed from a read-only disk
    try:
        names_holder = file.read_bytes().split(b"\n", 1)[0].strip().isdigit()
        if names_holder or time.time() - file.stat().st_mtime < _LOCK_WRITTEN_S:
            return False
        file.unlink()
    except OSError:
        return False
    return lock.tryLock(0)


def _holder_is_gone(lock: QLockFile) -> bool:
    """Whether a lock names a process of this computer that has ended."""
    told = lock.getLockInfo()  # process number, computer, program; as the binding gives them
    number, host = (told[-3], told[-2]) if isinstance(told, tuple) else (0, "")
    if not number or host != platform.node():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _free_place(path: Path) -> Path:
    """This path, or another where something lies there already."""
    return path if not path.exists() else path.with_name(f"{path.stem}-{os.urandom(4).hex()}{path.suffix}")


def _newest_first(folder: Path) -> list[Path]:
    """The sessions of a folder; what begins with a point is just being written, or was when its window was killed."""
    try:
        files = [one for one in folder.glob(f"[!.]*{ENDING}") if one.is_file()]
        return sorted(files, key=lambda one: one.stat().st_mtime, reverse=True)
    except OSError:  # there is none, or one has gone meanwhile
        return []
