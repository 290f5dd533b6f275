"""Background work that can wait does so while something is dragged.

Threads of Python take turns, and each turn costs the window some milliseconds: with the library being read beside it,
a move of the arrow takes twice as long. What nobody looks at yet goes on when the mouse has been still for a moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable

#: So long after the last move the hand counts as still, s.
STILL_S = 0.3
_LOOK_S = 0.05

_newest_move_s = float("-inf")


def note_move() -> None:
    """Something was dragged a little, just now."""
    global _newest_move_s
    _newest_move_s = time.monotonic()


def wait_for_rest(given_up: Callable[[], bool] = lambda: False) -> None:
    """Return when nothing is being dragged, or nobody waits any more; for a background thread."""
    while time.monotonic() - _newest_move_s < STILL_S and not given_up():
        time.sleep(_LOOK_S)
