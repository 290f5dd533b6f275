"""Perl's literals as data: strings, numbers, lists and hashes, read by a parser of its own. Nothing is ever run.

Athena writes its projects as assignments of literals, one a line: ``@x = ('8979.0','8980.5');``. What is no literal,
such as a call of a function, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"""
    r"""|(?P<word>[A-Za-z_][\w:]*)|(?P<sign>=>|[()\[\]{},;]))""",
    re.DOTALL,
)
_ASSIGNED = re.compile(r"^[ \t]*([$@%])(\w{1,64})[ \t]*=[ \t]*|^\[record\]", re.MULTILINE)
_PLAIN = re.compile(r"\(([-+.,'\w\s]*)\);")
_WIDE = re.compile(r"\\x\{([0-9a-fA-F]{1,6})\}")
_DEEPEST = 40
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class NoLiteral(ValueError):
    """A value that is something else than a literal, or that never ends."""


def assignments(text: str) -> Iterator[tuple[str, object]]:
    """Yield name and value of each assignment of a text, ("[record]", None) for each end of a record.

    Lists become lists, hashes dicts, numbers strings as they stand; a value that is no literal is a `NoLiteral`.
    """
    at = 0
    while match := _ASSIGNED.search(text, at):
        at = match.end()
        if match[2] is None:
            yield "[record]", None
            continue
        if match[1] == "@" and (numbers := _plain_list(text, at)) is not None:
            value, at = numbers
            yield match[2], value
            continue
        try:
            value, at = _value(text, at, 0)
        except NoLiteral as error:
            yield match[2], error
            continue
        if match[1] == "%" and isinstance(value, list):
            value = _hash(value)
        yield match[2], value


def _plain_list(text: str, at: int) -> tuple[list[str], int] | None:
    """Return a list of numbers in quotation marks, as arrays are; None for any other list, which takes longer."""
    match = _PLAIN.match(text, at)
    if match is None:
        return None
    cells = [cell.strip().strip("'") for cell in match[1].split(",")]
    return (cells[:-1] if cells[-1] == "" else cells), match.end()


def _value(text: str, at: int, depth: int) -> tuple[object, int]:
    if depth > _DEEPEST:
        raise NoLiteral("it nests too deep")
    match = _TOKEN.match(text, at)
    if match is None:
        raise NoLiteral("it is no literal")
    if match["string"] is not None:
        return _unquoted(match["string"]), match.end()
    if match["number"] is not None:
        return match["number"], match.end()
    if match["word"] is not None:
        return _word(text, match["word"], match.end(), depth)
    if match["sign"] in _CLOSING:
        items, end = _items(text, match.end(), _CLOSING[match["sign"]], depth)
        return (_hash(items) if match["sign"] == "{" else items), end
    raise NoLiteral(f"“{match['sign']}” is out of place")


def _word(text: str, word: str, at: int, depth: int) -> tuple[object, int]:
    """Return the value of ``undef`` (empty), of ``bless( {…}, 'Class' )`` (the hash), or of a key without quotes."""
    if word == "undef":
        return "", at
    after = _TOKEN.match(text, at)
    if after is not None and after["sign"] == "(":
        if word != "bless":
            raise NoLiteral(f"it calls {word}")
        items, end = _items(text, after.end(), ")", depth)
        return (items[0] if items else ""), end
    if after is not None and after["sign"] in ("=>", ",", ")", "]", "}"):
        return word, at
    raise NoLiteral(f"it is {word}, no literal")


def _items(text: str, at: int, closing: str, depth: int) -> tuple[list[object], int]:
    items: list[object] = []
    while True:
        match = _TOKEN.match(text, at)
        if match is None:
            raise NoLiteral("it never ends")
        if match["sign"] == closing:
            return items, match.end()
        if match["sign"] in (",", "=>"):
            at = match.end()
            continue
        value, at = _value(text, at, depth + 1)
        items.append(value)


def _hash(items: list[object]) -> dict[str, object]:
    return {str(key): value for key, value in zip(items[::2], items[1::2])}


def _unquoted(string: str) -> str:
    inner = string[1:-1]
    if "\\" not in inner:
        return inner
    if string[0] == '"':
        inner = _WIDE.sub(lambda match: chr(min(int(match[1], 16), 0x10FFFF)), inner)
        inner = inner.replace("\\n", "\n").replace("\\t", "\t")
    return re.sub(r"\\(.)", r"\1", inner, flags=re.DOTALL)
