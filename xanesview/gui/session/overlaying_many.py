"""Many measured curves laid over the prediction: a few at a time beside whatever else happens, then drawn together."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from xanesview.domain.counts import counted
from xanesview.shown.first_processing import first_processed
from xanesview.shown.overlay_changes import with_reference

if TYPE_CHECKING:
    from xanesview.domain.session import ReferenceCurve, Session
    from xanesview.shown.shown import Shown

#: So long the window waits for curves before it is heard and drawn again, s.
_TURN_S = 0.02


class OverlayingMany(QObject):
    """Gives each curve its first steps, and lays all over the prediction in one undo step.

    Parameters
    ----------
    shown
        Gives what is shown now.
    change
        Takes another session as one undo step, with its text.
    """

    def __init__(self, shown: Callable[[], Shown], change: Callable[..., None], parent: QObject) -> None:
        super().__init__(parent)
        self._shown, self._change = shown, change
        self._beside: Shown | None = None
        self._session: Session | None = None
        self._wanted: list[tuple[list[ReferenceCurve], Callable[[list[ReferenceCurve]], None]]] = []
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._go_on)

    @property
    def is_busy(self) -> bool:
        """Whether curves wait for their first steps."""
        return bool(self._wanted)

    def begin(self, references: Sequence[ReferenceCurve], then: Callable[[list[ReferenceCurve]], None]) -> None:
        """Lay curves over the prediction, and call `then` with them as they are drawn."""
        self._wanted.append((list(references), then))
        self._later.start()

    def _go_on(self) -> None:
        shown = self._shown()
        if self._beside is None or self._beside.look is not shown.look:  # another prediction: all anew
            self._beside, self._session = shown, shown.session
        references, then = self._wanted[0]
        first = len(self._beside.session.references)
        until = time.monotonic() + _TURN_S
        while (done := len(self._session.references) - first) < len(references):
            session = with_reference(self._session, references[done])
            self._session = first_processed(self._beside, session, len(session.references) - 1)
            if done + 1 < len(references) and time.monotonic() > until:
                self._later.start()
                return
        self._end(then, first, len(references))

    def _end(self, then: Callable[[list[ReferenceCurve]], None], first: int, count: int) -> None:
        """Take up what has changed meanwhile: the light, or other curves."""
        before, made, now = self._beside.session, self._session, self._shown().session
        self._beside = self._session = None
        self._wanted.pop(0)
        new = made.references[first:]
        if now.references == before.references:
            after = now.replace(references=made.references, prediction_steps=made.prediction_steps)
        else:
            after = now
            for one in new:
                after = with_reference(after, one)
        self._change(after, f"add {counted(count, 'reference')}")
        if self._wanted:
            self._later.start()
        then(list(new))
