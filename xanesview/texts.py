"""The one door through which every text goes that a user sees, so that a translation is a file.

The English text is its own name. A language is a table from English texts to texts of that language; what the table
lacks stays English. Without one, which is how the program starts, nothing is looked up.
"""

from __future__ import annotations

from collections.abc import Mapping

_table: Mapping[str, str] = {}
_language = "en"


def tr(text: str) -> str:
    """Return a text in the language chosen; the text itself where the language has none for it.

    Values are put in afterwards, so that the words around them can be found: ``tr("{n} sites").format(n=3)``.
    """
    return (_table.get(text) or text) if _table else text


def speak(language: str, table: Mapping[str, str]) -> None:
    """Let all texts that are asked for from now on be those of a language.

    Parameters
    ----------
    language : str
        Its code, such as "de"; "en" with an empty table is the program's own.
    table : mapping of English text to text
    """
    global _table, _language
    _table, _language = table, language


def language() -> str:
    """Return the code of the language that is spoken now."""
    return _language
