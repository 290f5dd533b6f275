"""File names as text: a name that is not UTF-8 reaches Python with surrogates, which nothing can write or draw."""

from __future__ import annotations

import re

_SURROGATES = re.compile(r"[\ud800-\udfff]")


def is_utf8(name: str) -> bool:
    """Tell whether all of a name, or a path, was text in UTF-8."""
    return _SURROGATES.search(name) is None


def writable(text: str) -> str:
    """Return a text that any file, terminal or picture takes: bytes that were no UTF-8 become the sign for unknown."""
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)
