"""Counts in sentences: “1 site”, “6 sites”, “1,205 molecules”."""

from __future__ import annotations

import math
from collections.abc import Sequence


def counted(n: int, one: str, many: str = "") -> str:
    """Return a number with what is counted.

    Parameters
    ----------
    n : how many
    one : the thing in the singular, such as “site” or “atom is”
    many : in the plural, where that isn't the singular with an s
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def first_few(sentences: Sequence[str], others: str, most: int = 3) -> str:
    """Return the first of many sentences, and how many more there are in words such as “and {n} more.”."""
    left = len(sentences) - most
    return " ".join([*sentences[:most], *([others.format(n=f"{left:,}")] if left > 0 else [])])


def percent(share: float) -> str:
    """Return a share as people write it, to two digits and never with a power of ten: “0.31 %”, “4.4 %”, “440 %”."""
    value = 100.0 * share
    if not math.isfinite(value):
        return "–"
    digits = 0 if abs(value) >= 9.95 else 1 if abs(value) >= 0.995 else 2
    return f"{value:,.{digits}f} %"
