"""No file makes the window unpickle anything: Qt would, of a settings file.

PySide writes Python objects into QSettings as pickles, and reads them as such, whoever wrote the file. Reading a pickle
looks up what it calls, which Python tells to whoever listens ("pickle.find_class"), and is refused here where Qt or the
program itself has asked for it. Libraries that read what they have installed themselves are left alone.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

_EVENT = "pickle.find_class"
_OURS = str(Path(__file__).resolve().parents[1])
_installed = False

log = logging.getLogger(__name__)


class UnpicklingError(RuntimeError):
    """Something that was read holds a pickle, which may run anything."""


def refuse_pickles() -> None:
    """From now on, let nothing be unpickled for the window; once a process, and for good."""
    global _installed
    if not _installed:
        _installed = True
        sys.addaudithook(_listen)


def _listen(event: str, arguments: tuple) -> None:
    if event != _EVENT:
        return
    caller = sys._getframe(1)  # C has no frames: it is whoever called Qt, or the event loop
    if caller.f_code.co_filename.startswith(_OURS):
        log.warning("a pickle that asks for %s.%s was not read", *arguments)
        raise UnpicklingError("A pickle is not read: it could run anything.")
