"""The log, and what the interpreter says when it crashes: where it goes, and what an earlier start has left."""

from __future__ import annotations

import faulthandler
import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from xanesview.io.atomic import is_stream
from xanesview.paths import log_dir, note_not_kept

log = logging.getLogger(__name__)

#: The interpreter writes to this file by its number when it crashes, so it must not be closed.
_open_files: list[TextIO] = []
#: What was said of a crash of an earlier start, to be offered once.
_left_crash: list[Path] = []


class _LogFile(RotatingFileHandler):
    """A log that stands in nobody's way: what a full disk does not take is lost."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Say nothing: there is nowhere to say it."""


def write_log() -> Path:
    """Send the log, and what the interpreter says when it crashes, to files in the log folder."""
    path, crash_path = log_dir() / "xanesview.log", log_dir() / "crash.log"
    set_aside_crash(crash_path)
    root = logging.getLogger()
    try:
        if is_stream(path) or is_stream(crash_path):
            raise OSError("it is a pipe or a device")  # which may wait for ever
        handler = _LogFile(path, maxBytes=500_000, backupCount=2, encoding="utf-8")
        crash = crash_path.open("a", encoding="utf-8")
    except OSError as error:
        note_not_kept(path, "cannot be written", error)
        root.addHandler(logging.NullHandler())  # else warnings would go to the terminal
        return path
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
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
