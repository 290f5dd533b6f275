"""Files of spectra read beside the window, one after the other; each is delivered, whatever is named after it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError
from xanesview.gui.background.structure_reading import StructureReading
from xanesview.texts import tr

#: What takes no longer than this is not told of, ms.
QUIET_MS = 200
#: After so long the window is drawn and heard before the next of many files is read, s.
BREATH_S = 0.2

Read = Callable[[], Any]
Deliver = Callable[[Read], None]


class SpectrumReading(QObject):
    """A queue of files, of which one is read at a time.

    Attributes
    ----------
    one : StructureReading
        The thread that reads: what is ready within its patience is delivered before `begin` returns.
    """

    DOING = "Reading {name}…"
    begun = Signal(str)  # a name: its turn has come
    ended = Signal(str)  # and it is over; why it failed, where it has
    working = Signal(str, str)  # what is being read longer than a moment and what waits, "" when that is over

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.one = StructureReading(self)
        self._waiting: deque[tuple[str, Read, Deliver]] = deque()
        self._starting = self._breathes = False
        self._name = ""
        self._later = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._later.timeout.connect(self._tell)

    @property
    def name(self) -> str:
        """The file that is being read, or was last."""
        return self._name

    @property
    def is_busy(self) -> bool:
        """Whether a file is being read, or the window breathes before the next one."""
        return self.one.is_busy or self._breathes

    def begin(self, name: str, read: Read, deliver: Deliver) -> None:
        """Read a file as soon as those before it are read.

        Parameters
        ----------
        name : str
            Of the file, to be told of.
        read, deliver : callable
            As `StructureReading.begin` takes them.
        """
        self._waiting.append((name, read, deliver))
        if self.is_busy and self._name and not self._later.isActive():
            self._tell()
        self._next()

    def cancel(self) -> None:
        """Give up the file that is being read; those that wait for it are read."""
        was_busy = self.is_busy
        self.one.cancel()
        if was_busy:
            self.ended.emit("")
        self._over()
        self._next()

    def shutdown(self) -> None:
        """Begin nothing more; what still runs ends unheard."""
        self._waiting.clear()
        self._breathes = False
        self._later.stop()
        self.one.shutdown()

    def _next(self) -> None:
        if self._starting:
            return
        self._starting, self._breathes = True, False
        try:
            until = time.monotonic() + BREATH_S
            while self._waiting and not self.one.is_busy:
                self._name, read, deliver = self._waiting.popleft()
                self.begun.emit(self._name)
                self.one.begin(read, lambda result, deliver=deliver: self._deliver(result, deliver))
                if self.one.is_busy:
                    self._later.start()
                elif self._waiting and time.monotonic() > until:
                    self._breathes = True
                    self._tell_waiting()
                    QTimer.singleShot(0, self, self._next)
                    return
        finally:
            self._starting = False

    def _deliver(self, result: Read, deliver: Deliver) -> None:
        self._over()
        self.ended.emit(_problem(result))
        try:
            deliver(result)
        finally:  # a file that reveals a bug keeps no other waiting
            QTimer.singleShot(0, self, self._next)

    def _tell(self) -> None:
        if self.is_busy:
            self._tell_waiting()

    def _tell_waiting(self) -> None:
        rest = len(self._waiting)
        then = f"Then {counted(rest, 'other file')}." if rest else ""
        self.working.emit(tr(self.DOING).format(name=self._name), then)

    def _over(self) -> None:
        self._later.stop()
        self.working.emit("", "")


def _problem(result: Read) -> str:
    """Return why there is no result, in words for users; empty where there is one."""
    try:
        result()
    except XanesviewError as error:
        return f"{error.message} {error.hint}".strip()
    except Exception as error:  # noqa: BLE001  whoever it is delivered to deals with it
        return f"{type(error).__name__}: {error}"
    return ""
