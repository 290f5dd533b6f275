"""How well what was typed fits a text: by words, each of which may be cut short, or have letters left out."""

from __future__ import annotations

import unicodedata

_START, _INSIDE, _SCATTERED = 3.0, 2.0, 1.0
_TIP = 0.3
"""What a word is worth that stands in the explanation only."""


def folded(text: str) -> str:
    """Return a text as it is compared: lower case, without accents, indices as digits (E₀ is found by “e0”)."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in parts if not unicodedata.combining(one))


def score(typed: str, title: str, told: str = "") -> float:
    """Return how well a title, or else what is told of it, fits what was typed; 0 where a word of it is missing.

    Parameters
    ----------
    typed : str
        Words in any order. One counts most as the start of a word of the title, less inside one, least with letters
        left out ("rslts" for "results").
    title, told : str
    """
    words = folded(typed).split()
    title, told = folded(title), folded(told)
    total = 0.0
    for word in words:
        worth = _worth(word, title) or _TIP * (word in told)
        if not worth:
            return 0.0
        total += worth
    if words and title.startswith(words[0]):
        total += 1.0
    return total + 1.0 / (2.0 + len(title)) if words else 1.0  # of two that fit alike the shorter one


def _worth(word: str, text: str) -> float:
    parts = text.split()
    if any(part.lstrip("(“").startswith(word) for part in parts):
        return _START
    if word in text:
        return _INSIDE
    return _SCATTERED if len(word) > 2 and any(_scattered(word, part) for part in parts) else 0.0


def _scattered(word: str, part: str) -> bool:
    """Whether the letters stand in this order in a word that begins with the first of them."""
    rest = iter(part)
    return part[:1] == word[0] and all(letter in rest for letter in word)
