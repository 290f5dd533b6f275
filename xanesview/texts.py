"""The one door through which every text goes that a user sees, so that a translation is a file.

The English text is its own name. A language is a table from English texts to texts of that language; what the table
lacks stays English. Without one, which is how the program starts, nothing is looked up.

What is put together elsewhere, as the name of a step or what a file is refused with, keeps its English words, in files
of sessions too, and is said in the language where it is shown: `told` finds the entry that it was made from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

_table: Mapping[str, str] = {}
_language = "en"


def tr(text: str) -> str:
    """Return a text in the language chosen; the text itself where the language has none for it.

    Values are put in afterwards, so that the words around them can be found: ``tr("{n} sites").format(n=3)``.
    """
    return (_table.get(text) or text) if _table else text


def told(text: str) -> str:
    """Return a text in which values stand already in the language chosen; what the table lacks stays English.

    The table has it as it is, or with places for the values, as in "pick {sites}"; values of several words are looked
    up, too. Lines, sentences one after the other and what dots, semicolons and colons part are looked up one by one.
    """
    return _told(text) if _table else text


_PLACE = re.compile(r"\{(\w+)\}")
_SENTENCES = re.compile(r"(?<=[.!?…]) (?=[A-ZÄÖÜ“])")
_WORDS = re.compile(r"[^\W\d_]+")
_SMALL = frozenset(
    ("a", "after", "an", "and", "are", "as", "at", "by", "for", "from", "in", "is", "it", "of", "on", "or", "the", "to",
     "with")
)  # fmt: skip
_PARTED_BY = (" · ", "; ", ": ")
_DEEPEST = 6
_LONGEST = 2000


@lru_cache(maxsize=4096)
def _told(text: str, depth: int = 0) -> str:
    if found := _table.get(text):
        return found
    if depth > _DEEPEST or len(text) > _LONGEST:
        return text
    if "\n" in text:
        return "\n".join(_told(line, depth + 1) for line in text.split("\n"))
    parts = _SENTENCES.split(text)
    if len(parts) > 1:  # a place for a value would swallow the end of one sentence and the beginning of the next
        told = [_told(part, depth + 1) for part in parts]
        if all(one != part for one, part in zip(told, parts, strict=True)):
            return " ".join(told)
    for begin, end, pattern, template, most in _templates():
        if not (text.startswith(begin) and text.endswith(end)):  # most aren't it: matching them all would take long
            continue
        if match := pattern.fullmatch(text):
            values = match.groupdict()
            told = {name: _told(value, depth + 1) if " " in value else value for name, value in values.items()}
            if all(_fits(value, told[name], most) for name, value in values.items()):
                return template.format(**told)
    if len(parts) > 1:
        return " ".join(_told(part, depth + 1) for part in parts)
    for sign in _PARTED_BY:  # what stands in a row of facts, each with a meaning of its own
        if sign in text:
            return sign.join(_told(part, depth + 1) for part in text.split(sign))
    return text


def _fits(value: str, told: str, most: int | None) -> bool:
    """Whether a value is short enough for its template; longer ones are some other sentence, unless they are known."""
    return most is None or len(value.split()) <= most or (most > 1 and told != value)


@cache
def _templates() -> list[tuple[str, str, re.Pattern[str], str, int | None]]:
    """Entries with places for values, those with most words of their own first: they are the surest.

    With each is what it begins and ends with, and how many words a value may have, None for any number. "{n} of
    {total}" and "{n} sites" have so little of their own that many a sentence holds it: they are only for short values.
    """
    found = []
    for key, text in _table.items():
        pieces = _PLACE.split(key)
        names, words = pieces[1::2], "".join(pieces[::2])
        if names and len(set(names)) == len(names) and any(letter.isalpha() for letter in words):
            pattern = "".join(
                f"(?P<{piece}>.+?)" if number % 2 else re.escape(piece) for number, piece in enumerate(pieces)
            )
            found.append((len(words), pieces[0], pieces[-1], re.compile(pattern), text, _most_words(pieces)))
    found.sort(key=lambda one: -one[0])
    return [tuple(one[1:]) for one in found]


def _most_words(pieces: list[str]) -> int | None:
    """How many words a value may have in a template, split into its own words and its places in turn."""
    own = _WORDS.findall(" ".join(pieces[::2]).lower())
    telling = [word for word in own if word not in _SMALL]
    if pieces[0].strip() and telling:  # it begins with words of its own, and a name of many words may follow
        return None
    return None if len(telling) > 1 else 2 if telling or pieces[0].strip() else 1


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
    _told.cache_clear()
    _templates.cache_clear()


def language() -> str:
    """Return the code of the language that is spoken now."""
    return _language
