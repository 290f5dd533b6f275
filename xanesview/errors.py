"""Errors that a user can meet: each has one sentence that says what happened and a hint that says what to do."""

from __future__ import annotations


class XanesviewError(Exception):
    """Something a user caused or can mend.

    Window and command line show `message` and `hint` and go on; any other exception is a bug and reaches the
    exception hook.

    Parameters
    ----------
    message : str
        One full sentence: what happened.
    hint : str, optional
        What to do about it.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


class DamagedFileError(XanesviewError):
    """A file that was cut off or changed since the program wrote it, or that never was of its kind."""


class UsageError(XanesviewError):
    """A command line that cannot be understood; the program ends with exit code 2."""


class Cancelled(Exception):
    """The user cancelled what was running; this is not an error."""
