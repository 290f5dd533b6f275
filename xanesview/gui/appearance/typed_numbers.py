"""Numbers as people type them."""

from __future__ import annotations

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
