"""The undo list of a window as part of its work, and a window that takes one up."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoStack

from xanesview.domain.session import Session
from xanesview.domain.work import KeptHistory, KeptStep
from xanesview.gui.session.commands import SessionCommand


def history_of(stack: QUndoStack, left_out: int) -> KeptHistory:
    """Return what can be undone and redone; sessions are frozen, so nothing is copied.

    Switches beside the session, such as computed sites in the place of predicted ones, count as left out: what they
    switch is not in a session file as a choice.

    Parameters
    ----------
    left_out : int
        How many steps were left out already when the work was opened.
    """
    commands = [stack.command(place) for place in range(stack.count())]
    now = stack.index()
    parts = commands[:now], commands[now:]
    done, undone = ([one for one in part if isinstance(one, SessionCommand)] for part in parts)
    undo = tuple(KeptStep(one.text(), one.before) for one in reversed(done))
    switches = len(commands) - len(done) - len(undone)
    return KeptHistory(undo, tuple(KeptStep(one.text(), one.after) for one in undone), left_out + switches)


def fill(
    stack: QUndoStack, history: KeptHistory, session: Session, apply: Callable[[Session], None],
    may_leave: Callable[[], bool],
) -> None:  # fmt: skip
    """Put the steps of a history on an empty stack and stand where it stood; the stack tells of it once.

    Parameters
    ----------
    session : Session
        The present one.
    apply : callable
        Shows a session, as all commands get it. It is called while the stack is filled, too: whoever asks for that
        passes over what it is called with.
    may_leave : callable
        See `GuardedCommand`.
    """
    if not (history.undo or history.redo):
        return
    stack.blockSignals(True)
    try:
        after = session
        pairs = []
        for step in history.undo:
            pairs.append((step.session, after, step.text))
            after = step.session
        before = session
        later = []
        for step in history.redo:
            later.append((before, step.session, step.text))
            before = step.session
        for one, other, text in (*reversed(pairs), *later):
            stack.push(SessionCommand(one, other, apply, text, None, may_leave))
        stack.setIndex(len(pairs))
        stack.setClean()
    finally:
        stack.blockSignals(False)
    stack.indexChanged.emit(stack.index())
