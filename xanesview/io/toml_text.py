"""TOML of files that anybody may have written: small, and nesting as little as what is read here does."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from xanesview.errors import OddContent
from xanesview.limits import LARGEST_RECIPE

_ASIDE = re.compile(r'''"""(?s:.*?)(?:"""|\Z)|'{3}(?s:.*?)(?:'{3}|\Z)|"(?:\\.|[^"\\\n])*"?|'[^'\n]*'?|\#[^\n]*''')
"""Strings and comments, in which points nest nothing; one that doesn't end reaches as far as it can."""
_DEEP_KEY = re.compile(r"(?<![\w-])(?:[\w-]+[ \t]*\.[ \t]*){8}")
"""Reading a key takes time and memory with the square of its parts; those of recipes have two."""


def toml_values(text: str) -> dict[str, Any]:
    """Return what a text in TOML says.

    Raises
    ------
    ValueError, RecursionError
        If it is none, too long, or nests too deep.
    """
    if len(text) > LARGEST_RECIPE:
        raise OddContent(f"it has {len(text):,} characters, and TOML may have {LARGEST_RECIPE:,} here")
    if _DEEP_KEY.search(_ASIDE.sub("_", text)):
        raise OddContent("one of its keys nests too deep")
    return tomllib.loads(text)
