"""Undo: one command holds the session before and after a gesture, another a switch beside the session."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from xanesview.domain.session import Session


class SessionCommand(QUndoCommand):
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
    """

    _ID = 1

    def __init__(
        self, before: Session, after: Session, apply: Callable[[Session], None], text: str, gesture: int | None = None
    ) -> None:
        super().__init__(text)
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
        self.after = other.after
        return True

    def undo(self) -> None:
        """Show the session from before the gesture."""
        self._apply(self.before)
        self.setObsolete(self.is_given_up)

    def redo(self) -> None:
        """Show the session from after the gesture."""
        self._apply(self.after)


class SwitchCommand(QUndoCommand):
    """Something beside the session that is switched on or off: computed sites in the place of predicted ones.

    Parameters
    ----------
    switch
        Called with what it is to be: `on` when the step is made or redone, the contrary when it is undone.
    on
        What the step makes of it.
    text
        What the Edit menu says.
    """

    def __init__(self, switch: Callable[[bool], None], on: bool, text: str) -> None:
        super().__init__(text)
        self._switch, self._on = switch, on

    def undo(self) -> None:
        """Switch it back."""
        self._switch(not self._on)

    def redo(self) -> None:
        """Switch it."""
        self._switch(self._on)
