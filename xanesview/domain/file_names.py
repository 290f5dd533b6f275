"""File names as text: a name that is not UTF-8 reaches Python with surrogates, which nothing can write or draw."""

from __future__ import annotations

import re

_SURROGATES = re.compile(r"[\ud800-\udfff]")


def writable(text: str) -> str:
    """Return a text that any file, terminal or picture takes: bytes that were no UTF-8 become the sign for unknown."""
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)
