"""Files written beside the window, one after the other: figures, numbers, scenes."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from xanesview.gui.background.spectrum_reading import Deliver, SpectrumReading
from xanesview.io.atomic import unless

Write = Callable[[], Any]
#: How long the end of the program waits for files that are being written, s.
PATIENCE_S = 10.0


class FileWriting(SpectrumReading):
    """A queue of files, of which one is written at a time; one that is given up leaves what was there before.

    What `begin` is given to write must be frozen: the window goes on meanwhile.
    """

    DOING = "Writing {name}…"

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._given_up = threading.Event()
        self._to_be_given_up: deque[threading.Event] = deque()  # of those that wait, in their order
        self.begun.connect(self._take_turn)

    def begin(self, name: str, read: Write, deliver: Deliver) -> None:
        """Write a file as soon as those before it are written.

        Parameters
        ----------
        name : str
            Of the file, to be told of.
        read : callable
            Writes it, with `xanesview.io.atomic`; called in the thread.
        deliver : callable
            Called in the window's thread with a function that returns what was returned, or raises what was raised.
        """

        given_up = threading.Event()

        def write() -> Any:
            with unless(given_up.is_set):
                return read()

        self._to_be_given_up.append(given_up)
        super().begin(name, write, deliver)

    def _take_turn(self, _name: str) -> None:
        """Its event is known before its thread runs: one that is given up at once writes nothing either."""
        self._given_up = self._to_be_given_up.popleft()

    def cancel(self) -> None:
        """Give up the file that is being written; those that wait for it are written."""
        self._given_up.set()
        super().cancel()

    def finish(self) -> None:
        """Wait for what is being written and waits for that: the window closes."""
        until = time.monotonic() + PATIENCE_S
        while self.is_busy and self.one.settle(max(until - time.monotonic(), 0.0)):
            self._next()
        self.shutdown()
