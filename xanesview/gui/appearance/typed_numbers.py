"""Numbers as people type them."""

from __future__ import annotations

import re

from xanesview.errors import XanesviewError
from xanesview.io.text_file import LARGEST, plain_float


def parse_number(text: str) -> float:
    """Return a typed number; a decimal comma and a typographic minus are understood."""
    cleaned = text.replace("−", "-").replace(",", ".").replace("eV", "").replace("×", "").strip()
    try:
        value = plain_float(cleaned)
    except ValueError as error:
        raise XanesviewError(f"“{text[:30]}” is not a number.", "Type a number such as 0.25.") from error
    if not abs(value) <= LARGEST:  # also refuses NaN
        raise XanesviewError(f"“{text[:30]}” is not a number that can be used.", "Type a number such as 0.25.")
    return value


def parse_range(text: str) -> tuple[float, float] | None:
    """Return two energies, eV, of “283–300”, “283, 300” or “283:300”; None of nothing.

    Raises
    ------
    XanesviewError
        If it is something else.
    """
    words = [word for word in re.split(r"[\s,;:–-]+", text.replace("eV", "").strip()) if word]
    if not words:
        return None
    hint = "Write the lower energy first, as in 283–300."
    if len(words) != 2:
        raise XanesviewError(f"“{text.strip()}” is no range.", hint)
    low, high = (parse_number(word) for word in words)
    if not low < high:
        raise XanesviewError(f"“{text.strip()}” is no range.", hint)
    return low, high
