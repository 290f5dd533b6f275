"""Names and values of a file's header, one line each: plain words where reading gives them back, else JSON strings."""

from __future__ import annotations

import json
import re
from collections.abc import Collection


def told_value(value: str, apart: str = "") -> str:
    """Return a value on one line, as it stands where reading it gives it back, else as a JSON string.

    Parameters
    ----------
    apart : a sign that parts values where they share a line, which is never among those returned
    """
    plain = value == " ".join(value.split()) and value.isprintable() and not value.startswith('"')
    if plain and (not apart or apart not in value):
        return value
    text = json.dumps(value)
    return text.replace(apart, f"\\u{ord(apart):04x}") if apart else text


def told_key(key: str, own: Collection[str]) -> str:
    """Return the name of a fact, a JSON string where it is odd or one of those that mean something else."""
    plain = key not in own and re.fullmatch(r"[^\W\d][\w. -]*\w|\w", key) is not None and key == " ".join(key.split())
    return key if plain else json.dumps(key)


def read_value(text: str) -> str:
    """Return the name or value that one of the above gave."""
    if not text.startswith('"'):
        return text
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str) else text
