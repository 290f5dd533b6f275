"""Writes session files beside the window: arrays may be large, and a disk slow."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, Signal

from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.work import Work

log = logging.getLogger(__name__)

#: How long the end of the program waits for a file that is being written, s.
PATIENCE_S = 10.0


class Gathered(Protocol):
    """Work as far as it is in memory."""

    def whole(self) -> Work:
        """Return all of it; called in the thread."""


class SessionWriting(QObject):
    """One file after the other; of what waits for the same file the newest is written only.

    What is gathered is frozen, so that the thread needs no copy and the window may go on changing its own.

    Attributes
    ----------
    known : dict of Path to str
        Digests of the files that were written here; whoever reads one adds it.
    """

    begun = Signal(object)  # Path
    written = Signal(object, object)  # Path, Gathered
    failed = Signal(object, object)  # Path, XanesviewError
    _ended = Signal(object, object, object)  # Path, Gathered, XanesviewError or None; from the thread

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._waiting: dict[Path, tuple[Gathered, bool]] = {}
        self.known: dict[Path, str] = {}
        self._closed = False
        self._telling = threading.Lock()
        self._ended.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether a file is being written, or waits for that."""
        return self._thread is not None

    def write(self, path: Path, gathered: Gathered, known_only: bool = False) -> None:
        """Write a file as soon as the one that is being written is done.

        With `known_only` it fails with a ChangedOnDiskError where the file is not what was written or read here last.
        """
        if self._closed:
            return
        if self._thread is not None:
            self._waiting[path] = gathered, known_only
            return
        asked = (path, gathered, known_only)
        self._thread = threading.Thread(target=self._run, args=asked, name="session-writing", daemon=True)
        self._thread.start()
        self.begun.emit(path)

    def finish(self) -> None:
        """Wait for the file that is being written; nothing is told of it any more."""
        with self._telling:
            self._closed = True
        self._waiting.clear()
        if self._thread is not None:
            self._thread.join(PATIENCE_S)
            self._thread = None

    def _run(self, path: Path, gathered: Gathered, known_only: bool) -> None:
        error = write_now(path, gathered, self.known, known_only)
        with self._telling:  # after `finish` the window may be gone
            if not self._closed:
                self._ended.emit(path, gathered, error)

    def _tell(self, path: Path, gathered: Gathered, error: XanesviewError | None) -> None:
        if self._closed:
            return
        self._thread.join()
        self._thread = None
        if self._waiting:
            following = next(iter(self._waiting))
            self.write(following, *self._waiting.pop(following))
        if error is None:
            self.written.emit(path, gathered)
        else:
            self.failed.emit(path, error)


def write_now(
    path: Path, gathered: Gathered, known: dict[Path, str] | None = None, known_only: bool = False
) -> XanesviewError | None:
    """Write a file, and return what to tell where it can't be written; `known` learns what it is now."""
    from xanesview.io.session_file.session_file import write_session_file

    known = {} if known is None else known
    try:
        known[path] = write_session_file(path, gathered.whole(), known.get(path, "") if known_only else "")
    except XanesviewError as error:
        return error
    except Exception as error:  # whatever it is: the user must hear that the work is not saved
        log.exception("a session can't be written")
        return XanesviewError(f"The session can't be saved ({type(error).__name__}: {error}).", "The log says more.")
    return None
