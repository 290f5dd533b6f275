"""Text of JSON files: JSON knows no NaN and no infinity, which Python writes all the same."""

from __future__ import annotations

import json
from collections.abc import Callable


def json_text(value: object, indent: int | None = None, default: Callable[[object], object] | None = None) -> str:
    """Return a value as JSON that every program reads: numbers that are not finite become null.

    Parameters
    ----------
    indent, default : as `json.dumps` takes them
    """
    text = json.dumps(value, indent=indent, ensure_ascii=False, default=default)
    if not any(word in text for word in ("NaN", "Infinity")):
        return text
    finite = json.loads(text, parse_constant=lambda _: None)
    return json.dumps(finite, indent=indent, ensure_ascii=False, allow_nan=False)
