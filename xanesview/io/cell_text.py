"""Words of a user's in tables that a spreadsheet may open: what begins like a formula is written as text."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_text(word: str) -> str:
    """Return a word with an apostrophe before it where a spreadsheet would compute it; readers take that off again."""
    return f"'{word}" if word.startswith(_FORMULA) else word
