"""Counts in sentences: “1 site”, “6 sites”, “1,205 molecules”."""

from __future__ import annotations


def counted(n: int, one: str, many: str = "") -> str:
    """Return a number with what is counted.

    Parameters
    ----------
    n : how many
    one : the thing in the singular, such as “site” or “atom is”
    many : in the plural, where that isn't the singular with an s
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"
