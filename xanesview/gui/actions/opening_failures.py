"""What can't be opened of several files that are named together, told in one notice."""

from __future__ import annotations

from collections.abc import Callable

from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice

_MOST_LISTED = 6


class OpeningFailures:
    """Collects what fails of one opening: the only failure is told as it is, of several each in a line.

    Parameters
    ----------
    emit
        Shows a Notice, in the place of the one before.
    """

    def __init__(self, emit: Callable[[Notice], None]) -> None:
        self._emit = emit
        self._found: list[Notice] = []

    def begin(self) -> None:
        """Something else is opened: what failed before is past."""
        self._found.clear()

    def add(self, notice: Notice) -> None:
        """Take and tell a failure, together with those before it."""
        self._found.append(notice)
        self.tell()

    def tell(self) -> None:
        """Tell of all failures again, where there are any: something has covered them."""
        if len(self._found) == 1:
            self._emit(self._found[0])
        elif self._found:
            lines = [one.message for one in self._found[:_MOST_LISTED]]
            left = len(self._found) - len(lines)
            lines += [f"… and {counted(left, 'other file')}."] if left else []
            self._emit(Notice(self._found[0].kind, f"{len(self._found)} files can't be opened.", "\n".join(lines)))
