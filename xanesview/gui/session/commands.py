"""Undo: one command holds the session before and after a gesture, another a switch beside the session."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from xanesview.domain.session import Session
from xanesview.gui.session.step_failed import StepFailed

log = logging.getLogger(__name__)

_NUMBER = re.compile(r"\d+")


class GuardedCommand(QUndoCommand):
    """A step that takes itself out of the history where it raises: an exception must not pass through Qt's own code.

    What it had begun is turned back, so that all is as before; the program's exception hook tells what happened.

    Parameters
    ----------
    text
        What the Edit menu says, as in "Undo turn polarisation".
    may_leave
        Whether the history can do without it now; not while several steps are passed over at once.
    """

    def __init__(self, text: str, may_leave: Callable[[], bool] = lambda: True) -> None:
        super().__init__(text)
        self._may_leave = may_leave

    def forward(self) -> None:
        """Make the step."""
        raise NotImplementedError

    def backward(self) -> None:
        """Take the step back."""
        raise NotImplementedError

    def undo(self) -> None:
        """Take the step back, or leave all as it is and say so."""
        self._attempt(self.backward, self.forward, is_undone=True)

    def redo(self) -> None:
        """Make the step, or leave all as it is and say so."""
        self._attempt(self.forward, self.backward, is_undone=False)

    def _attempt(self, act: Callable[[], None], contrary: Callable[[], None], is_undone: bool) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 (told below)
            try:
                contrary()
            except Exception:
                log.exception("“%s” could not be turned back whole", self.text())
            self.setObsolete(self._may_leave())
            failure = StepFailed(self.text(), is_undone, error)
            sys.excepthook(StepFailed, failure, error.__traceback__)


class SessionCommand(GuardedCommand):
    """Replace the session; moves of one gesture merge into one step.

    Parameters
    ----------
    before, after
        Sessions on either side of the change. Both are frozen, so holding them is enough to undo.
    apply
        Called with the session to show; the workspace tells the panels what differs.
    text
        What the Edit menu says, as in "Undo turn polarisation".
    gesture
        Number of the mouse gesture (drag, wheel run) this change belongs to, or None for a change of its own.
    may_leave
        See `GuardedCommand`.
    """

    _ID = 1

    def __init__(
        self, before: Session, after: Session, apply: Callable[[Session], None], text: str, gesture: int | None = None,
        may_leave: Callable[[], bool] = lambda: True,
    ) -> None:  # fmt: skip
        super().__init__(text, may_leave)
        self.before = before
        self.after = after
        self._apply = apply
        self._gesture = gesture
        self.is_given_up = False  # undone, it leaves no step to redo

    @property
    def begins(self) -> bool:
        """Whether there was no structure before it: nobody has made anything yet."""
        return self.before.structure is None

    def belongs_to(self, gesture: int) -> bool:
        """Whether it was made by this gesture."""
        return self._gesture == gesture

    def id(self) -> int:
        """Commands with the same id are offered to `mergeWith`."""
        return self._ID

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take over the end of `other` when both belong to one gesture."""
        if not isinstance(other, SessionCommand) or self._gesture is None or other._gesture != self._gesture:
            return False
        if other.isObsolete():  # it could not be done
            return False
        self.after = other.after
        if _NUMBER.sub("", self.text()) == _NUMBER.sub("", other.text()):
            self.setText(other.text())  # the frame that is shown at the end of the drag
        return True

    def backward(self) -> None:
        """Show the session from before the gesture."""
        self._apply(self.before)
        if self.is_given_up:
            self.setObsolete(True)

    def forward(self) -> None:
        """Show the session from after the gesture."""
        self._apply(self.after)


class SwitchCommand(GuardedCommand):
    """Something beside the session that is switched on or off: computed sites in the place of predicted ones.

    Parameters
    ----------
    switch
        Called with what it is to be: `on` when the step is made or redone, the contrary when it is undone.
    on
        What the step makes of it.
    text
        What the Edit menu says.
    may_leave
        See `GuardedCommand`.
    """

    def __init__(
        self, switch: Callable[[bool], None], on: bool, text: str, may_leave: Callable[[], bool] = lambda: True
    ) -> None:
        super().__init__(text, may_leave)
        self._switch, self._on = switch, on

    def backward(self) -> None:
        """Switch it back."""
        self._switch(not self._on)

    def forward(self) -> None:
        """Switch it."""
        self._switch(self._on)
