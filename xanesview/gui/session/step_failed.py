"""What is told of a step of the history that raised."""

from __future__ import annotations

from xanesview.errors import XanesviewError


class StepFailed(Exception):
    """A step of the history that could not be done or undone; its cause is what was raised meanwhile.

    Parameters
    ----------
    step
        What the history calls it.
    is_undone
        Whether it was being undone.
    cause
    """

    def __init__(self, step: str, is_undone: bool, cause: Exception) -> None:
        what = "could not be undone" if is_undone else "could not be done"
        why = cause.message.rstrip(".") if isinstance(cause, XanesviewError) else f"{type(cause).__name__}: {cause}"
        super().__init__(f"“{step}” {what}; all is as it was before ({why}).")
        self.__cause__ = cause
