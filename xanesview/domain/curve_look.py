"""How the user wants one curve to look: name, colour, line, offset, place in the list; empty where it is left to us."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from xanesview.errors import XanesviewError

LARGEST_OFFSET = 1e30
"""Either way, as large as an intensity may be."""
BEFORE_MOVE, BEFORE_EDIT = "before the move", "before the edit"
"""What the frozen curve of the structure is called that no hand has touched."""
LINES = ("solid", "dashed", "dotted", "dash-dotted", "points")


@dataclass(frozen=True)
class CurveLook:
    """What a user has set for one curve.

    Parameters
    ----------
    name : str
        Instead of the label that tells what the curve is of.
    colour : str
        ``#rrggbb``, instead of the next one of the curve's family.
    line : str
        One of `LINES`, instead of that of its family.
    offset : float
        Added to the intensities where they are drawn, in their unit; numbers that are read or exported don't have it.
    place : int or None
        Its place in the list of curves; None after those that have one, in the order in which curves come.
    front : int
        Curves with a larger number are drawn above others; 0 where the kind of curve decides.
    hidden : bool
        Of the current curve and its average, which have nothing else to keep that.
    order : int or None
        Which colour of its family it has, given once so that it keeps it when others go.
    """

    name: str = ""
    colour: str = ""
    line: str = ""
    offset: float = 0.0
    place: int | None = None
    front: int = 0
    hidden: bool = False
    order: int | None = None

    def __post_init__(self) -> None:
        if self.line and self.line not in LINES:
            raise XanesviewError(f"“{self.line}” is no line style.", f"Choose one of: {', '.join(LINES)}.")
        if not abs(self.offset) <= LARGEST_OFFSET:  # also refuses NaN
            raise XanesviewError(f"An offset lies within ±{LARGEST_OFFSET:g}.", "Type a number such as 0.25.")

    def replace(self, **changes: Any) -> CurveLook:
        """Return a copy with the given fields changed."""
        return dataclasses.replace(self, **changes)


PLAIN = CurveLook()
"""Nothing set."""


def next_order(taken: set[int | None]) -> int:
    """Return the smallest number that no other curve of the family has."""
    return next(number for number in range(len(taken) + 1) if number not in taken)
