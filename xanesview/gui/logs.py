"""The log, and what the interpreter says when it crashes: where it goes, and what an earlier start has left."""

from __future__ import annotations

import faulthandler
import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from xanesview.io.atomic import is_no_file
from xanesview.paths import log_dir, note_not_kept

log = logging.getLogger(__name__)

#: The interpreter writes to this file by its number when it crashes, so it must not be closed.
_open_files: list[TextIO] = []
#: What was said of a crash of an earlier start, to be offered once.
_left_crash: list[Path] = []


_TALKATIVE = ("fontTools", "matplotlib", "PIL", "h5py", "numexpr")
"""Libraries that say at every figure what nobody asks a log for."""


class _LogFile(RotatingFileHandler):
    """A log that stands in nobody's way; what it can't do is told in the log itself as soon as a line fits again.

    Parameters
    ----------
    path : Path
    max_bytes : int
        Size at which the log is set aside. Where that can't be done, it goes on in the same file and tries again
        after as many bytes more.
    kept : int
        How many logs that were set aside stay.
    """

    def __init__(self, path: Path, max_bytes: int, kept: int) -> None:
        super().__init__(path, maxBytes=max_bytes, backupCount=kept, encoding="utf-8")
        self._limit, self._n_lost = max_bytes, 0

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, after a line that says how many were lost before it."""
        if self._n_lost:
            n_lost, self._n_lost = self._n_lost, 0
            super().emit(_said(f"lines that could not be written here before this one: {n_lost}"))
            if self._n_lost:  # it can't be written yet
                self._n_lost += n_lost
                return
        super().emit(record)

    def shouldRollover(self, record: logging.LogRecord) -> bool:
        """Tell whether a line is too much for the file; another window may have set the file aside meanwhile."""
        if self.stream is not None and not self._is_in_place():
            self.stream.close()
            self.stream = self._open()
        return super().shouldRollover(record)

    def doRollover(self) -> None:
        """Set the file aside; where that fails, as where another window holds it open, lines go on into it."""
        try:
            super().doRollover()
        except OSError as error:
            self.stream = self._open()
            self.maxBytes = self.stream.seek(0, os.SEEK_END) + self._limit
            logging.FileHandler.emit(self, _said(f"this log can't be set aside and grows: {error}"))
        else:
            self.maxBytes = self._limit

    def handleError(self, record: logging.LogRecord) -> None:
        """Count a line that was lost, as on a full disk: there is nowhere else to say it."""
        self._n_lost += 1

    def _is_in_place(self) -> bool:
        try:
            return os.path.samestat(os.stat(self.baseFilename), os.fstat(self.stream.fileno()))
        except OSError:
            return False


def _said(text: str) -> logging.LogRecord:
    """A line of the log on itself."""
    return log.makeRecord(log.name, logging.WARNING, __file__, 0, text, (), None)


def write_log(max_bytes: int = 500_000, kept: int = 2) -> Path:
    """Send the log, and what the interpreter says when it crashes, to files in the log folder.

    Parameters
    ----------
    max_bytes : int
        Size of a log at which it is set aside and another begun.
    kept : int
        How many are kept beside the present one.
    """
    path, crash_path = log_dir() / "xanesview.log", log_dir() / "crash.log"
    set_aside_crash(crash_path)
    root = logging.getLogger()
    try:
        if is_no_file(path) or is_no_file(crash_path):
            raise OSError("it is a pipe or a device")  # which may wait for ever
        handler = _LogFile(path, max_bytes, kept)
        crash = crash_path.open("a", encoding="utf-8")
    except OSError as error:
        note_not_kept(path, "cannot be written", error)
        root.addHandler(logging.NullHandler())  # else warnings would go to the terminal
        return path
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    faulthandler.enable(crash)
    _open_files.append(crash)
    return path


def set_aside_crash(crash_path: Path) -> Path | None:
    """Return what the interpreter said of a crash of an earlier start, under another name, so that it is told once."""
    try:
        if crash_path.is_file() and crash_path.stat().st_size > 0:
            _left_crash[:] = [crash_path.replace(crash_path.with_name("crash-last.log"))]
            return _left_crash[0]
    except OSError as error:  # in use by another window, or not ours
        log.warning("what was said of a crash can't be set aside: %s", error)
    return None


def left_crash() -> Path | None:
    """Return the file of what was said of a crash before this start, once; None where there was none."""
    return _left_crash.pop() if _left_crash else None
